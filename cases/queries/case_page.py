"""What the case page and its saves read. A save reads its line, findings and evidence in one statement; the page reads everything once."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from django.db import connection
from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast

from authreview.models import User
from cases.models import (
    Amendment,
    Case,
    CaseEvent,
    Contact,
    Diagnosis,
    Examination,
    Finding,
    InformationRequest,
    Letter,
    Note,
    Onset,
    PageOpening,
    RequestItem,
    Score,
    ServiceLine,
    Session,
    Treatment,
)
from cases.models.fact import Fact

from .asking import STILL_WANTED
from .codes import services_begun
from .lines import LineReview, line_review
from .recorded import CaseRecord
from .rules import joined_rule


@dataclass(frozen=True, slots=True)
class Passage:
    """One citation as it is shown."""

    id: int
    document_id: int
    document: str
    page: int
    start: int | None
    end: int | None
    quote: str


class Passages(tuple[Passage, ...]):
    """Citations in the order they were made; `all()` as on a related manager, so that readiness asks both alike."""

    __slots__ = ()

    def all(self) -> "Passages":
        return self


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding as read for a page or a save: the columns of the row without its object. `who` is set where somebody shows it."""

    id: int
    criterion: str
    value: str | None
    note: str = ""
    origin: str = "manual"
    proposed: str = ""
    arithmetic: str = ""
    searched: tuple[tuple[int, int, int], ...] = ()
    stale: str = ""
    version: int = 1
    at: datetime | None = None
    who: str = ""
    evidence: Passages = field(default_factory=Passages)


LINE_FIELDS = ("id", "number", "code", "status", "open_flags", "units", "policy_version_id")
JSON_FIELDS = ("pinned", "proposals", "flags", "reviewer_ids")
FINDING_FIELDS = ("id", "criterion", "value", "note", "origin", "proposed", "arithmetic", "stale", "version", "at")
WHO_FIELDS = ("username", "first_name", "last_name", "credentials")
EVIDENCE_FIELDS = ("id", "document_id", "document__title", "page", "start", "end", "quote")
LEAN = (
    *LINE_FIELDS,
    *(f"{name}_text" for name in JSON_FIELDS),
    *(f"findings__{name}" for name in FINDING_FIELDS),
    "searched_text",
    *(f"findings__by__{name}" for name in WHO_FIELDS),
    *(f"findings__evidence__{name}" for name in EVIDENCE_FIELDS),
    "waits",
)
AS_TEXT = {f"{name}_text": Cast(name, CharField()) for name in JSON_FIELDS} | {"searched_text": Cast("findings__searched", CharField())}
_WANTED = {*LINE_FIELDS, *JSON_FIELDS, "case_id"}
LINE_COLUMNS = [column.attname for column in ServiceLine._meta.concrete_fields if column.attname in _WANTED]  # noqa: SLF001  the model's order
FINDING_AT = len(LINE_FIELDS) + len(JSON_FIELDS)
SEARCHED_AT = FINDING_AT + len(FINDING_FIELDS)
WHO_AT = SEARCHED_AT + 1
EVIDENCE_AT = WHO_AT + len(WHO_FIELDS)


CASE, NUMBER = 2**40 + 1, 2**14 + 1  # stand for the case and the number of the line in the statement that is kept


@cache
def _statement(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The read of a save, compiled once for a kind of database: the ORM would need as long to write it as the database to answer it."""
    asked = RequestItem.objects.filter(line=OuterRef("pk"), status__in=STILL_WANTED, request__sent_at__isnull=False)
    waits = Subquery(asked.order_by("-request_id").values("request_id")[:1])
    rows = ServiceLine.objects.filter(case_id=CASE, number=NUMBER).order_by().annotate(**AS_TEXT, waits=waits)
    sql, params = rows.values_list(*LEAN).query.sql_with_params()
    return sql, tuple(CASE if each == CASE else NUMBER if each == NUMBER else each for each in params)


def _moment(value: Any) -> datetime:
    """A time as the database hands it over: SQLite as text in UTC."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def line_to_mark(case: Case, number: int) -> LineReview | None:
    """One line with its findings and evidence in one statement, without facts; None where the case has no such line.

    Called under the case's lock. What is not read here (sites, diagnoses, clock words) is not there.
    """
    sql, params = _statement(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [case.pk if each is CASE else number if each is NUMBER else each for each in params])
        rows = cursor.fetchall()
    if not rows:
        return None
    first = rows[0]
    read = dict(zip(LINE_FIELDS, first, strict=False)) | {"case_id": case.pk}
    read |= {name: json.loads(text) for name, text in zip(JSON_FIELDS, first[len(LINE_FIELDS) : FINDING_AT], strict=True)}
    line = ServiceLine.from_db(ServiceLine.objects.db, LINE_COLUMNS, [read[name] for name in LINE_COLUMNS])
    line.case = case
    line.__dict__["waits"] = first[-1]  # a sent request with an item about it that has no answer
    line._prefetched_objects_cache = {"determinations": []}  # type: ignore[attr-defined]  # noqa: SLF001  an undecided line has none
    return LineReview(line, joined_rule(line), cast("Mapping[str, Finding]", _seen(rows)))


def _seen(rows: Iterable[tuple[Any, ...]]) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    cited: dict[str, list[Passage]] = {}
    for row in rows:
        criterion = row[FINDING_AT + 1]
        if criterion is None:
            continue
        if criterion not in found:
            id_, _, value, note, origin, proposed, arithmetic, stale, version, at = row[FINDING_AT:SEARCHED_AT]
            searched = tuple(map(tuple, json.loads(row[SEARCHED_AT] or "[]")))
            who = User(**dict(zip(WHO_FIELDS, row[WHO_AT:EVIDENCE_AT], strict=True))).signature
            found[criterion] = Seen(id_, criterion, value, note, origin, proposed, arithmetic, searched, stale, version, _moment(at), who)
        if row[EVIDENCE_AT] is not None:
            cited.setdefault(criterion, []).append(Passage(*row[EVIDENCE_AT:-1]))
    for criterion, passages in cited.items():
        found[criterion] = replace(found[criterion], evidence=Passages(sorted(passages, key=lambda passage: passage.id)))
    return dict(sorted(found.items(), key=lambda item: item[1].id))


def open_request(line: ServiceLine, requests: Iterable[InformationRequest] = ()) -> int | None:
    """The sent request that waits for an answer about this line: as read by a save, or among those of a page."""
    if "waits" in line.__dict__:
        return cast("int | None", line.__dict__["waits"])
    return next((row.pk for row in requests for item in row.items.all() if item.line_id == line.pk and item.status in STILL_WANTED), None)


def seen(review: LineReview, criterion: str) -> Seen | None:
    """The finding of a criterion, from a page's rows or a save's."""
    row: Any = review.findings.get(criterion)
    return row if row is None or isinstance(row, Seen) else as_seen(row)


def as_seen(row: Finding) -> Seen:
    """A loaded row, its evidence and person prefetched, as a save reads it."""
    passages = Passages(
        Passage(each.pk, each.document_id, each.document.title, each.page, each.start, each.end, each.quote) for each in row.evidence.all()
    )
    return Seen(
        id=row.pk,
        criterion=row.criterion,
        value=row.value,
        note=row.note,
        origin=row.origin,
        proposed=row.proposed,
        arithmetic=row.arithmetic,
        searched=tuple(map(tuple, row.searched)),
        stale=row.stale,
        version=row.version,
        at=row.at,
        who=row.by.signature,
        evidence=passages,
    )


def with_seen(review: LineReview, rows: Iterable[Seen]) -> LineReview:
    """The same line with some findings as they are now."""
    return LineReview(review.line, review.joined, {**review.findings, **{row.criterion: cast("Finding", row) for row in rows}})


FACT = ("document", "confirmed_by")


@dataclass(frozen=True)
class PageRecord:
    """Everything the case page shows beside the viewer: a fixed number of statements."""

    record: CaseRecord
    reviews: list[LineReview]
    sessions: list[Session]
    examinations: list[Examination]
    scores: list[Score]
    notes: list[Note]
    contacts: list[Contact]
    amendments: list[Amendment]
    requests: list[InformationRequest]
    letters: list[Letter]
    events: list[CaseEvent]
    names: dict[str, str]  # of procedures


def page_record(record: CaseRecord) -> PageRecord:
    """What hangs on a loaded case."""
    case = record.case
    codes = {line.code for line in record.lines}
    for line in record.lines:
        line.case = case
    return PageRecord(
        record=record,
        reviews=[line_review(line) for line in record.lines],
        sessions=list(case.member.sessions.filter(released_at__isnull=True).select_related(*FACT)) if case.member else [],
        examinations=list(Examination.objects.filter(line__case=case).select_related(*FACT)),
        scores=list(case.scores.select_related(*FACT).order_by("id")),
        notes=list(case.notes.select_related("by").order_by("-id")),
        contacts=list(case.contacts.select_related("by").order_by("-happened_at", "-id")),
        amendments=list(Amendment.objects.filter(line__case=case).select_related("by", "line").order_by("-id")),
        requests=list(case.requests.filter(sent_at__isnull=False).prefetch_related("items").order_by("-id")),
        letters=list(case.letters.order_by("-id").defer("context")),
        events=list(case.events.select_related("by").order_by("-sequence")),
        names={code: row.name for code, row in services_begun(codes).items()},
    )


FACTS: dict[str, type[Fact]] = {
    "onset": Onset,
    "treatment": Treatment,
    "session": Session,
    "examination": Examination,
    "diagnosis": Diagnosis,
    "score": Score,
}


def fact_row(case: Case, kind: str, fact_id: int) -> Any:
    """A fact of this case or its member, or None."""
    owners: dict[str, dict[str, Any]] = {"session": {"member": case.member}, "examination": {"line__case": case}}
    model = FACTS.get(kind)
    return model._default_manager.filter(pk=fact_id, **owners.get(kind, {"case": case})).first() if model else None  # noqa: SLF001


def pages_opened(case_id: int, user_id: int) -> list[tuple[int, int, int]]:
    """What this person has had before them: runs of pages, (document, first page, last page)."""
    rows = (
        PageOpening.objects.filter(page__document__case_id=case_id, user_id=user_id)
        .order_by("page__document_id", "page__number")
        .values_list("page__document_id", "page__number")
    )
    return list(_runs(rows))


def _runs(pages: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    run: tuple[int, int, int] | None = None
    for document, page in pages:
        if run and run[0] == document and run[2] + 1 == page:
            run = (document, run[1], page)
            continue
        if run:
            yield run
        run = (document, page, page)
    if run:
        yield run
