"""Asking the practice for what is missing, and what its answers do: items received, lines back to whoever asked, criteria open again.

What to ask for is written in queries/asking.py; letters are issued by actions/letters.py.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from authreview.due import day
from authreview.errors import Conflict, Denied, Incomplete, Problem
from authreview.models import User
from authreview.roles import Role
from cases import permissions, workflow
from cases.enums import CaseStatus, ClockKind, FindingLabel, FindingOrigin, ItemStatus, LineStatus
from cases.models import Case, ClockEntry, Document, InformationRequest, RequestItem, ServiceLine
from cases.queries.asking import STILL_WANTED, ItemDraft
from cases.queries.lines import LineReview, line_review
from cases.queries.recorded import loaded_lines
from cases.queries.requests import asked_by_director, item_rows

from .assignment import put
from .clock import enter, keep_clock, turnaround_rule
from .history import locked_case, record_event
from .settle import move, settle

REOPENS = (FindingLabel.UNCLEAR, FindingLabel.NOT_DOCUMENTED)
ALL_ANSWERED = "Every item has been answered or is no longer needed."
NOT_WAITING = "Line {line} does not wait for an answer, so it is not taken back. Nothing was recorded; load the page again."
ASKED_TODAY = "“{item}” was asked for on line {line} today already, and waits for its answer. Nothing was sent; take its tick away."
ANSWERED = (ItemStatus.RECEIVED, ItemStatus.PARTLY, ItemStatus.WAIVED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came for one item: received, partly, or waived. The first two name the document, and the page where one is known."""

    item: int
    status: str
    document: int | None = None
    page: int | None = None


@transaction.atomic
def draft_request(*, case_id: int, items: Sequence[ItemDraft], by: User, at: datetime | None = None) -> InformationRequest:
    """Keep a request that is not sent yet, in place of the one kept before. One event `request_drafted`. Raises Denied, Conflict."""
    case = _open_case(case_id)
    lines = _lines_asked(case, items, by)
    request = _unsent(case, by, at or timezone.now())
    RequestItem.objects.bulk_create(item_rows(request, items, lines))
    record_event(case, "request_drafted", by=by, at=at, payload={"request": request.pk, "items": _plain(request)})
    return request


@transaction.atomic
def send_request(
    *, case_id: int, items: Sequence[ItemDraft], answer_by: datetime, by: User, at: datetime | None = None
) -> InformationRequest:
    """Ask for these items until `answer_by`. Their lines wait; where the rule says so their clock stops. One event a line.

    A director who asks about a line in the directors' hands has the case, if nobody has: the answers come back there.
    Raises Denied, Conflict, Incomplete.
    """
    now = at or timezone.now()
    case = _open_case(case_id)
    lines = _lines_asked(case, items, by)
    _check_items(items, answer_by, now)
    _check_not_asked_today(case, items, now)
    if case.director_id is None and any(line.status == LineStatus.PHYSICIAN_REVIEW for line in lines.values()):
        put(case, Role.MEDICAL_DIRECTOR, by, by=by, at=now)
    request = _unsent(case, by, now)
    RequestItem.objects.bulk_create(item_rows(request, items, lines))
    request.sent_at, request.sent_by, request.answer_by = now, by, answer_by
    request.save(update_fields=["sent_at", "sent_by", "answer_by"])
    asked = _plain(request)
    for line in lines.values():
        mine = [item for item in asked if item["line"] == line.number]
        payload: dict[str, Any] = {"request": request.pk, "items": mine, "answer_by": answer_by}
        if line.status == LineStatus.AWAITING_INFORMATION:
            record_event(case, "information_requested", by=by, line=line.number, at=now, payload=payload)
        else:
            move(case, line, LineStatus.AWAITING_INFORMATION, by=by, at=now, **payload)
    _stop_clocks(case, lines.values(), answer_by, by, now)
    keep_clock(case, now=now)
    settle(case)
    return request


@transaction.atomic
def receive_items(
    *, case_id: int, answers: Sequence[Answer], by: User, take_back: Collection[int] = (), at: datetime | None = None
) -> Case:
    """Tick items off against the document that answers them. Only the criteria they are about open again.

    A line goes back to whoever asked when nothing that was asked for it is open any more, or at once where its number is in `take_back`.
    One event `items_received` a line, and the event of its move. Raises Denied, Conflict, Incomplete.
    """
    permissions.check_receive_information(by)
    now = at or timezone.now()
    case = _open_case(case_id)
    if not answers and not take_back:
        raise Incomplete("Tick what has arrived.", [Problem("Items", message="Tick at least one, or take a line back.")])
    waiting = set(case.lines.filter(status=LineStatus.AWAITING_INFORMATION).values_list("number", flat=True))
    if set(take_back) - waiting:
        raise Conflict(NOT_WAITING.format(line=min(set(take_back) - waiting)))
    rows = _rows(case, answers)
    for answer in answers:
        _receive(case, rows[answer.item], answer, by, now)
    lines = {line.number: line for line in loaded_lines(case)}
    for number in sorted({row.line.number for row in rows.values()}):
        mine = [row for row in rows.values() if row.line.number == number]
        reopened = _reopen(lines[number], mine, f"answers arrived {day(now)}")
        payload = {"items": [_item(row) | {"document": row.document_id, "page": row.page} for row in mine], "reopened": reopened}
        record_event(case, "items_received", by=by, line=number, at=now, payload=payload)
    _return_lines(case, {row.line_id for row in rows.values()}, by, now, take_back)
    _close_requests(case, by, now)
    keep_clock(case, now=now)
    return settle(case)


def close_moot_items(case: Case, *, by: User | None = None, at: datetime | None = None) -> list[RequestItem]:
    """Close the open items that have stopped mattering, under the case's lock; their lines go back to whoever asked when none is left.

    An item matters while one of its criteria can still change the line's value, or its flag is open, and its line is undecided. One that
    names neither matters until then. One event `items_moot` a line. Does nothing, in one statement, where no item is open.
    """
    asked = RequestItem.objects.filter(request__case=case, request__sent_at__isnull=False, status__in=STILL_WANTED)
    waiting = list(asked.select_related("line"))
    if not waiting:
        return []
    now = at or timezone.now()
    reviews = {line.pk: line_review(line) for line in loaded_lines(case)}
    moot = [item for item in waiting if not _still_matters(item, reviews[item.line_id])]
    for item in moot:
        item.status = ItemStatus.MOOT
        item.resolved_at, item.resolved_by = (now, by) if by else (None, None)
        item.save(update_fields=["status", "resolved_at", "resolved_by"])
    for line_id in dict.fromkeys(item.line_id for item in moot):
        mine = [_item(item) for item in moot if item.line_id == line_id]
        record_event(case, "items_moot", by=by, line=reviews[line_id].line.number, at=now, payload={"items": mine})
    if moot:
        _return_lines(case, {item.line_id for item in moot}, by, now)
        if by is not None:
            _close_requests(case, by, now)
        keep_clock(case, now=now)
        settle(case, at=now)
    return moot


# ---- parts: asking --------------------------------------------------------------------------------------------------------------
def _open_case(case_id: int) -> Case:
    case = locked_case(case_id)
    if case.status != CaseStatus.OPEN:
        raise Conflict("This case is not open any more.")
    return case


def _check_items(items: Sequence[ItemDraft], answer_by: datetime, now: datetime) -> None:
    problems = []
    if not items:
        problems.append(Problem("Items", "#items", "Tick at least one thing to ask for."))
    if any(not item.wording.get("en", "").strip() for item in items):
        problems.append(Problem("Items", "#items", "Every item needs its wording in English."))
    if answer_by <= now:
        problems.append(Problem("Answer by", "#id_answer_by", "The last day for the answer is still to come."))
    if problems:
        raise Incomplete(problems[0].message, problems)


def _check_not_asked_today(case: Case, items: Sequence[ItemDraft], now: datetime) -> None:
    """The same press twice asks once. On another day the same may be asked again: the practice is reminded."""
    open_items = RequestItem.objects.filter(request__case=case, request__sent_at__isnull=False, status__in=STILL_WANTED)
    today = timezone.localdate(now)
    asked = {
        (row.line.number, frozenset(row.criteria), row.flag, row.wording["en"])
        for row in open_items.select_related("line", "request")
        if row.request.sent_at and timezone.localdate(row.request.sent_at) == today
    }
    for item in items:
        for target in item.targets:
            if (target.line, frozenset(target.criteria), target.flag, item.wording["en"].strip()) in asked:
                raise Conflict(ASKED_TODAY.format(item=item.wording["en"], line=target.line))


def _lines_asked(case: Case, items: Sequence[ItemDraft], by: User) -> dict[int, ServiceLine]:
    """The lines that the items are about, each one that this person may ask about, each item about something that the line has."""
    numbers = {target.line for item in items for target in item.targets}
    lines = {line.number: line for line in loaded_lines(case) if line.number in numbers}
    if numbers - lines.keys() or any(not item.targets for item in items):
        raise Conflict("Every item is about a line of this case.")
    for line in lines.values():
        permissions.check_request_information(by, line)
    known = {number: _things(line) for number, line in lines.items()}
    for item in items:
        for target in item.targets:
            if not {*target.criteria, *([f"flag {target.flag}"] if target.flag else [])} <= known[target.line]:
                what = f"“{item.wording.get('en', '')}” is about something that line {target.line} does not have"
                raise Conflict(f"{what}, or has no longer. Take its tick away.")
    return lines


def _things(line: ServiceLine) -> set[str]:
    """Criteria of the line's rule and its flags: what an item can be about."""
    review = line_review(line)
    return {leaf.id for leaf in review.criteria} | {f"flag {flag['key']}" for flag in review.flags}


def _unsent(case: Case, by: User, now: datetime) -> InformationRequest:
    """The request in work, emptied; a case has one at most."""
    request = case.requests.filter(sent_at__isnull=True).first()
    if request is None:
        return InformationRequest.objects.create(case=case, created_by=by, created_at=now)
    request.items.all().delete()
    return request


def _stop_clocks(case: Case, lines: Iterable[ServiceLine], until: datetime, by: User, now: datetime) -> None:
    """Each line's own clock, where the rule stops it for information; a sibling's goes on. The first stop alone counts."""
    rule = turnaround_rule(case)
    if rule is None or not rule.tolls:
        return
    stopped = set(ClockEntry.objects.filter(case=case, kind=ClockKind.TOLLED).values_list("line_id", flat=True))
    for line in lines:
        if line.pk not in stopped and None not in stopped:
            enter(case, ClockKind.TOLLED, at=now, by=by, line=line, until=until, reason="information asked for", recorded_at=now)


# ---- parts: receiving -----------------------------------------------------------------------------------------------------------
def _rows(case: Case, answers: Sequence[Answer]) -> dict[int, RequestItem]:
    wanted = {answer.item for answer in answers}
    if len(wanted) != len(answers):
        raise Conflict("An item is answered once at a time.")
    rows = {
        row.pk: row
        for row in RequestItem.objects.filter(request__case=case, request__sent_at__isnull=False, pk__in=wanted).select_related("line")
    }
    if wanted - rows.keys():
        raise Conflict("This item is not one of this case's requests.")
    return rows


def _receive(case: Case, row: RequestItem, answer: Answer, by: User, now: datetime) -> None:
    if answer.status not in ANSWERED:
        raise Conflict("An item is received, partly received, or waived.")
    if row.status not in STILL_WANTED:
        raise Conflict(f"“{row}” is {ItemStatus(row.status).label.lower()} already.")
    if answer.status == ItemStatus.WAIVED:
        if not by.has_role(Role.NURSE, Role.MEDICAL_DIRECTOR):
            raise Denied("Only a nurse or a medical director waives an item.")
    else:
        row.document, row.page = _document(case, row, answer), answer.page
    row.status, row.resolved_at, row.resolved_by = answer.status, now, by
    row.save(update_fields=["status", "document", "page", "resolved_at", "resolved_by"])


def _document(case: Case, row: RequestItem, answer: Answer) -> Document:
    document = Document.objects.filter(case=case, pk=answer.document).first() if answer.document else None
    if document is None:
        raise Incomplete("Name the document that answers each item.", [Problem(str(row), message="Choose the document that answers it.")])
    if answer.page is not None and not 1 <= answer.page <= max(document.page_count, 1):
        pages = "1 page" if document.page_count == 1 else f"{document.page_count} pages"
        raise Incomplete(f"{document.title} has {pages}.", [Problem(str(row), message=f"{document.title} has {pages}.")])
    return document


def _reopen(line: ServiceLine, rows: Iterable[RequestItem], words: str) -> dict[str, str | None]:
    """Open the criteria again that something arrived for, and nothing else. Answers criterion -> the finding as it was."""
    if line.status not in workflow.UNDECIDED:
        return {}
    criteria = {criterion for row in rows if row.status != ItemStatus.WAIVED for criterion in row.criteria}
    before: dict[str, str | None] = {}
    for finding in line.findings.all():
        if finding.criterion not in criteria or finding.value is None:
            continue
        before[finding.criterion] = finding.value
        finding.stale = words[:120]
        if finding.value in REOPENS:
            finding.value, finding.origin, finding.proposed, finding.arithmetic = None, FindingOrigin.MANUAL, "", ""
        finding.version += 1
        finding.save(update_fields=["value", "origin", "proposed", "arithmetic", "stale", "version"])
    return before


def _return_lines(case: Case, among: Collection[int], by: User | None, now: datetime, take_back: Collection[int] = ()) -> None:
    """Back to whoever asked: of these lines (by pk) those that wait for nothing any more, and any that is taken back (by number)."""
    open_items = RequestItem.objects.filter(request__case=case, request__sent_at__isnull=False, status__in=STILL_WANTED)
    waiting = set(open_items.values_list("line_id", flat=True))
    entries = set(case.clock_entries.values_list("line_id", "kind"))
    there = case.lines.filter(status=LineStatus.AWAITING_INFORMATION).order_by("number")
    back = [line for line in there if line.number in take_back or (line.pk in among and line.pk not in waiting)]
    directors = asked_by_director(back)
    for line in back:
        to = LineStatus.PHYSICIAN_REVIEW if line.pk in directors else LineStatus.NURSE_REVIEW
        move(case, line, to, by=by, at=now, event="information_received", items_open=line.pk in waiting)
        if by is not None and (line.pk, ClockKind.TOLLED) in entries and (line.pk, ClockKind.RESUMED) not in entries:
            enter(case, ClockKind.RESUMED, at=now, by=by, line=line, reason="answer received", recorded_at=now)


def _close_requests(case: Case, by: User, now: datetime) -> None:
    for request in case.requests.filter(sent_at__isnull=False, closed_at__isnull=True):
        if not request.items.filter(status__in=STILL_WANTED).exists():
            request.closed_at, request.closed_by, request.closed_why = now, by, ALL_ANSWERED
            request.save(update_fields=["closed_at", "closed_by", "closed_why"])


def _still_matters(item: RequestItem, review: LineReview) -> bool:
    if review.line.status not in workflow.UNDECIDED:
        return False
    if item.flag:
        return any(flag["key"] == item.flag and not flag["resolved"] for flag in review.flags)
    if item.criteria and review.assessment is not None:
        return not set(review.assessment.open).isdisjoint(item.criteria)
    return True


def _plain(request: InformationRequest) -> list[dict[str, Any]]:
    return [_item(item) for item in request.items.select_related("line")]


def _item(item: RequestItem) -> dict[str, Any]:
    return {
        "item": item.pk,
        "line": item.line.number,
        "wording": item.wording["en"],
        "criteria": item.criteria,
        "flag": item.flag,
        "status": item.status,
    }
