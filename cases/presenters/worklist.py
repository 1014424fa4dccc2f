"""A row of the worklist in words: how long is left, where the case stands, who has it. No queries; nothing here orders anything."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse

from authreview.due import DueIn, day, due_in, near_day
from authreview.models import User
from cases.enums import CaseStatus, ItemStatus, LineStatus, Outcome, Queue, ReviewKind
from cases.models import Case, InformationRequest, ServiceLine, WorkItem
from cases.queries.worklist import Shown
from cases.workflow import QUEUE_OF

# how a status reads alone ("Nurse review") and after "Line 1"
STANDS: dict[str, tuple[str, str]] = {
    LineStatus.NURSE_REVIEW: ("Nurse review", "in nurse review"),
    LineStatus.AWAITING_INFORMATION: ("Waiting for information", "waiting for information"),
    LineStatus.PHYSICIAN_REVIEW: ("With the director", "with the director"),
    LineStatus.PEER_TO_PEER: ("Peer-to-peer offered", "in peer-to-peer"),
    LineStatus.DECIDED: ("Decided, to notify", "decided, to notify"),
    LineStatus.NOTIFIED: ("Decided and notified", "decided and notified"),
    LineStatus.WITHDRAWN: ("Withdrawn", "withdrawn"),
    LineStatus.VOID: ("Void", "void"),
    LineStatus.NO_REVIEW_NEEDED: ("No review needed", "not in need of review"),
}
CAME = frozenset({ItemStatus.RECEIVED, ItemStatus.PARTLY})
GONE = frozenset({ItemStatus.WAIVED, ItemStatus.MOOT})


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list. Second lines may be empty."""

    url: str
    reference: str
    due: DueIn
    why: str  # the arithmetic of the deadline
    how: str
    member: str
    member_id: str
    procedure: str
    more_procedures: str
    stands: str
    stands_more: str
    plan: str
    plan_name: str
    reviewer: str
    is_mine: bool


def work_row(item: WorkItem, shown: Shown, reader: User, now: datetime) -> Row:
    """A case as it stands in one queue."""
    case = shown.cases[item.case_id]
    here = [line for line in case.lines.all() if QUEUE_OF[LineStatus(line.status)] == item.queue]
    stopped = bool(here) and all(line.clock_stopped for line in here) and item.queue != Queue.NOTIFY
    due = due_in(item.due_at, now, stopped=stopped)
    if stopped:
        due = DueIn(due.kind, due.icon, due.words, f"{near_day(item.due_at, now)} if no answer")
    return _row(case, shown, reader, due, item.assignee_id, _stands(case, shown, item.queue, now), why=_why(here, item.due_at))


def done_row(case: Case, shown: Shown, reader: User) -> Row:
    """A closed case, with what became of it."""
    loaded = shown.cases[case.pk]
    if loaded.status == CaseStatus.DUPLICATE:
        other = loaded.duplicate_of.reference if loaded.duplicate_of else ""
        return _row(loaded, shown, reader, _closed(loaded), loaded.reviewer_id, (f"Duplicate of {other}", ""))
    return _row(loaded, shown, reader, _closed(loaded), loaded.reviewer_id, (_ends(loaded.lines.all()), ""))


def case_row(case: Case, shown: Shown, reader: User, now: datetime) -> Row:
    """A case found by search: open or closed."""
    loaded = shown.cases[case.pk]
    if loaded.status not in (CaseStatus.OPEN, CaseStatus.INTAKE):
        return done_row(loaded, shown, reader)
    open_lines = [line for line in loaded.lines.all() if QUEUE_OF[LineStatus(line.status)]]
    dates = [each for line in open_lines if (each := _due_at(line))]
    due = due_in(min(dates, default=None), now, stopped=bool(open_lines) and all(line.clock_stopped for line in open_lines))
    stands = _stands(loaded, shown, "", now) if loaded.status == CaseStatus.OPEN else ("Intake, not routed yet", "")
    return _row(loaded, shown, reader, due, loaded.reviewer_id, stands)


def draft_row(item: WorkItem, shown: Shown, draft: Mapping[str, Any], now: datetime) -> Row:
    """A draft, by what has been typed of it so far."""
    case = shown.cases[item.case_id]
    typed = {name: str((draft.get(name) or [""])[0]) for name in ("given_name", "family_name", "member_id")}
    codes = [str(values[0]) for name, values in sorted(draft.items()) if name.startswith("lines-") and name.endswith("-code") and values[0]]
    return Row(
        url=case_url(case),
        reference=case.reference,
        due=due_in(item.due_at, now),
        why="A draft is routed within 24 hours of receipt.",
        how=case.get_channel_display().lower(),
        member=f"{typed['given_name']} {typed['family_name']}".strip() or "No member yet",
        member_id=typed["member_id"],
        procedure=codes[0] if codes else "No procedure yet",
        more_procedures=_and_more(codes[1:], {}),
        stands="Intake, not routed yet",
        stands_more=f"received {near_day(case.received_at, now)}",
        plan="",
        plan_name="",
        reviewer="",
        is_mine=False,
    )


def case_url(case: Case) -> str:
    """A draft opens where it is typed, everything else on its page."""
    return reverse("intake" if case.status == CaseStatus.INTAKE else "case", args=[case.reference])


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _row(case: Case, shown: Shown, reader: User, due: DueIn, assignee_id: int | None, stands: tuple[str, str], *, why: str = "") -> Row:
    lines = list(case.lines.all())
    codes = list(dict.fromkeys(line.code for line in lines))
    when = "" if case.review_type != ReviewKind.POSTSERVICE else "after the service"
    people = {person.pk: person for person in (case.reviewer, case.director) if person}
    has_it = people.get(assignee_id) if assignee_id else None
    is_mine = assignee_id == reader.pk
    nothing = "yet" if case.status == CaseStatus.INTAKE else "taken in"
    return Row(
        url=case_url(case),
        reference=case.reference,
        due=due,
        why=why,
        how=", ".join(part for part in (when or case.urgency, case.get_channel_display().lower()) if part),
        member=case.member.name if case.member else f"No member {nothing}",
        member_id=case.member.member_id if case.member else "",
        procedure=_named(codes[0], shown.names) if codes else f"No procedure {nothing}",
        more_procedures=_and_more(codes[1:], shown.names),
        stands=stands[0],
        stands_more=stands[1],
        plan=case.get_line_of_business_display(),
        plan_name=case.plan.name if case.plan else "",
        reviewer="me" if is_mine else (has_it.get_full_name() or has_it.username) if has_it else "nobody",
        is_mine=is_mine,
    )


def _named(code: str, names: Mapping[str, str]) -> str:
    return f"{code} {names[code]}" if code in names else code


def _and_more(codes: Sequence[str], names: Mapping[str, str]) -> str:
    if not codes:
        return ""
    return _named(codes[0], names) if len(codes) == 1 else f"and {len(codes)} more: {', '.join(codes)}"


def _stands(case: Case, shown: Shown, queue: str, now: datetime) -> tuple[str, str]:
    """Lines of the queue in hand first, the others after them."""
    groups = _by_status(case.lines.all())
    if not groups:
        return "", ""
    groups.sort(key=lambda group: QUEUE_OF[LineStatus(group[0])] != queue)
    (status, lines), *rest = groups
    words = f"{_lines(lines)} {STANDS[status][1]}" if rest else STANDS[status][0]
    told, also = _counts(case, status, lines, shown, now)
    others = "; ".join(f"{_lines(group).lower()} {STANDS[each][1]}" for each, group in rest)
    return words + told, "; ".join(part for part in (also, others) if part)


def _counts(case: Case, status: str, lines: Sequence[ServiceLine], shown: Shown, now: datetime) -> tuple[str, str]:
    """What is counted of a status: criteria and flags in review, items and dates while waiting."""
    if status == LineStatus.NURSE_REVIEW:
        marked = sum(shown.marked.get(line.pk, 0) for line in lines)
        flags = sum(line.open_flags for line in lines)
        return f", {_count(marked, 'criterion', 'criteria')} marked" if marked else ", not begun", _flags(flags)
    if status == LineStatus.AWAITING_INFORMATION:
        return _received(case.requests.all(), {line.pk for line in lines}, now)
    return "", ""


def _received(requests: Iterable[InformationRequest], lines: set[int], now: datetime) -> tuple[str, str]:
    asked = [request for request in requests if request.closed_at is None]
    items = [item for request in asked for item in request.items.all() if item.line_id in lines and item.status not in GONE]
    if not items:
        return "", ""
    came = sum(item.status in CAME for item in items)
    sent = max((request.sent_at for request in asked if request.sent_at), default=None)
    answer = min((request.answer_by for request in asked if request.answer_by), default=None)
    when = f"asked {near_day(sent, now)}" if sent else ""
    until = f"answer due {near_day(answer, now)}" if answer else ""
    return f", {came} of {len(items)} received", ", ".join(part for part in (when, until) if part)


def _why(lines: Sequence[ServiceLine], due_at: datetime) -> str:
    """How the date was counted, of the line that is due by it."""
    return next((line.clock for line in lines if _due_at(line) == due_at), lines[0].clock if lines else "")


def _flags(count: int) -> str:
    return f"{_count(count, 'flag', 'flags')} open" if count else ""


def _ends(lines: Iterable[ServiceLine]) -> str:
    """What became of the lines: "2 approved, 1 denied"."""
    ends: dict[str, int] = {}
    for line in lines:
        decided = list(line.determinations.all())
        word = Outcome(decided[-1].outcome).label if decided else LineStatus(line.status).label
        ends[word.lower()] = ends.get(word.lower(), 0) + 1
    words = ", ".join(f"{count} {word}" if len(ends) > 1 or count > 1 else word for word, count in ends.items())
    return words[:1].upper() + words[1:]


def _closed(case: Case) -> DueIn:
    return DueIn("calm", "check", "closed", day(case.closed_at))


def _due_at(line: ServiceLine) -> datetime | None:
    return line.notify_by if line.status == LineStatus.DECIDED else line.decide_by


def _by_status(lines: Iterable[ServiceLine]) -> list[tuple[str, list[ServiceLine]]]:
    ordered = sorted(lines, key=lambda line: (list(STANDS).index(line.status), line.number))
    return [(status, list(group)) for status, group in groupby(ordered, key=lambda line: line.status)]


def _lines(lines: Sequence[ServiceLine]) -> str:
    """Line 1; Lines 2 to 4; Lines 1, 3."""
    numbers = [line.number for line in lines]
    if len(numbers) == 1:
        return f"Line {numbers[0]}"
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"Lines {numbers[0]} to {numbers[-1]}"
    return f"Lines {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
