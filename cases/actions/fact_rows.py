"""The rows of clinical facts: found, written, confirmed, said in words. Called by facts.py under the case's lock; no step of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from authreview.due import day
from authreview.errors import Conflict, Denied, Incomplete, Problem
from authreview.models import User
from cases import permissions
from cases.enums import CaseStatus
from cases.intake_problems import CHECK_THE_YEAR, DIAGNOSIS_CODE, NOT_A_DIAGNOSIS_CODE, is_far_off, trial_problem
from cases.models import Case, Diagnosis, Examination, Onset, Score, ServiceLine, Session, Treatment
from cases.queries.case_page import Passage
from cases.typed_dates import in_words
from criteria.enums import SessionSource

from .history import locked_case, record_event

AnyFact = Onset | Treatment | Session | Examination | Diagnosis | Score
KINDS: dict[str, type[AnyFact]] = {
    "onset": Onset,
    "treatment": Treatment,
    "session": Session,
    "examination": Examination,
    "diagnosis": Diagnosis,
    "score": Score,
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "onset": ("value",),
    "treatment": ("kind", "agent", "from_date", "to_date", "sessions", "response"),
    "session": ("code", "date", "region"),
    "examination": ("site", "side"),
    "diagnosis": ("code", "text", "certainty"),
    "score": ("scale", "value", "date"),
}
GONE = "This fact is not recorded any more."
EXPECTED = "This session is expected from an approval; it ends with it."
CASE_CLOSED = "This case is not open any more; its facts stay as they are."


def said(fact: AnyFact) -> str:
    """A fact in the words of the history."""
    match fact:
        case Onset():
            return f"began {in_words(fact.value)}"
        case Treatment():
            dates = " to ".join(day(each) for each in (fact.from_date, fact.to_date) if each)
            response = fact.get_response_display().lower()
            return ", ".join(part for part in (fact.agent or fact.kind.replace("_", " "), dates, response) if part)
        case Session():
            return f"{fact.code} on {day(fact.date)}"
        case Examination():
            return f"{fact.site}, {fact.get_side_display().lower()}" if fact.side else fact.site
        case Diagnosis():
            return f"{fact.code} {fact.text}, {fact.get_certainty_display().lower()}"
        case Score():
            return f"{fact.scale} {fact.value}"


def open_case(case_id: int) -> Case:
    case = locked_case(case_id)
    if case.status != CaseStatus.OPEN:
        raise Denied(CASE_CLOSED)
    return case


def fact_of(case: Case, kind: str, fact_id: int) -> AnyFact:
    """A fact of this case or its member. Raises Conflict."""
    if kind not in KINDS:
        raise Conflict(GONE)
    owners: dict[str, dict[str, Any]] = {"session": {"member": case.member}, "examination": {"line__case": case}}
    owner = owners.get(kind, {"case": case})
    fact = KINDS[kind].objects.filter(pk=fact_id, **owner).first()
    if fact is None:
        raise Conflict(GONE)
    if isinstance(fact, Session) and fact.source == SessionSource.APPROVED:
        raise Conflict(EXPECTED)
    return fact


def stated_facts(case: Case) -> list[tuple[str, AnyFact]]:
    found: list[tuple[str, AnyFact]] = []
    for kind, rows in (
        ("onset", case.onsets),
        ("diagnosis", case.diagnoses),
        ("treatment", case.treatments),
        ("score", case.scores),
        ("examination", Examination.objects.filter(line__case=case)),
        ("session", Session.objects.filter(member=case.member, source=SessionSource.REPORTED)),
    ):
        found += [(kind, row) for row in rows.filter(confirmed_at__isnull=True).order_by("id")]
    return found


def columns_of(kind: str, fact: AnyFact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in COLUMNS[kind]}


def recorded(
    case: Case,
    kind: str,
    values: Mapping[str, Any],
    by: User,
    *,
    line: int | None,
    passage: Passage | None,
    at: datetime | None = None,
) -> AnyFact:
    """A new fact, or the one it completes, with its event."""
    held = _held(case, kind, values, line)
    if held is not None:
        return edited(case, held, kind, values, by, passage, at)
    now = at or timezone.now()
    fact = KINDS[kind](**{name: values[name] for name in COLUMNS[kind] if name in values}, **_owner(case, kind, line))
    fact.stated_by, fact.stated_at = by, now
    _source(fact, passage)
    _confirm(fact, by, now)
    _save(fact)
    if isinstance(fact, Diagnosis) and line is not None:
        fact.lines.add(_line(case, line))
    payload = {"kind": kind, "says": said(fact), "after": columns_of(kind, fact), "confirmed": fact.confirmed}
    record_event(case, "fact_stated", by=by, line=line, at=now, payload=payload)
    return fact


def edited(
    case: Case, fact: AnyFact, kind: str, values: Mapping[str, Any], by: User, passage: Passage | None, at: datetime | None = None
) -> AnyFact:
    before, was_confirmed = columns_of(kind, fact), fact.confirmed
    for name in COLUMNS[kind]:
        if name in values:
            setattr(fact, name, values[name])
    _source(fact, passage)
    now = at or timezone.now()
    _confirm(fact, by, now)
    if columns_of(kind, fact) == before and fact.confirmed == was_confirmed and passage is None:
        return fact
    _save(fact)
    payload = {"kind": kind, "says": said(fact), "before": before, "after": columns_of(kind, fact), "confirmed": fact.confirmed}
    record_event(case, "fact_edited", by=by, at=now, payload=payload)
    return fact


def _held(case: Case, kind: str, values: Mapping[str, Any], line: int | None) -> Any:
    """The row that this fact is about already: the onset, the diagnosis of that code, a trial that was only named, the same again."""
    match kind:
        case "onset":
            return case.onsets.filter(line__number=line).first() if line else case.onsets.filter(line__isnull=True).first()
        case "diagnosis":
            return case.diagnoses.filter(code=values["code"]).first()
        case "treatment":
            rows = case.treatments.filter(kind=values["kind"])
            named = rows.filter(from_date__isnull=True, to_date__isnull=True, response="", agent__in=["", values.get("agent", "")])
            return _same(rows, kind, values) or named.first()
        case "examination":
            return _same(Examination.objects.filter(line__case=case, line__number=line or 0), kind, values)
        case "session":
            return _same(Session.objects.filter(member=case.member, source=SessionSource.REPORTED), kind, values)
    return _same(case.scores.all(), kind, values)


def _same(rows: Any, kind: str, values: Mapping[str, Any]) -> Any:
    return rows.filter(**{name: values[name] for name in COLUMNS[kind] if name in values}).first()


def _owner(case: Case, kind: str, line: int | None) -> dict[str, Any]:
    match kind:
        case "examination":
            if line is None:
                raise Incomplete("Say which line was examined.")
            return {"line": _line(case, line)}
        case "session":
            return {"member_id": case.member_id, "source": SessionSource.REPORTED}
        case "onset":
            return {"case": case, "line": _line(case, line) if line else None}
    return {"case": case}


def _line(case: Case, number: int) -> ServiceLine:
    row = case.lines.filter(number=number).first()
    if row is None:
        raise Conflict(f"{case.reference} has no line {number}.")
    return row


def _source(fact: AnyFact, passage: Passage | None) -> None:
    if passage is not None:
        fact.document_id, fact.page, fact.quote = passage.document_id, passage.page, passage.quote


def _confirm(fact: AnyFact, by: User, now: datetime) -> None:
    """Confirmed by who may confirm; stated anew by anybody else."""
    if permissions.can(permissions.check_confirm_facts, by):
        if not fact.confirmed:
            fact.confirmed_at, fact.confirmed_by = now, by
    else:
        fact.confirmed_at, fact.confirmed_by = None, None


def _slip_of_the_pen(fact: AnyFact) -> tuple[str, str]:
    """(what, sentence) of a value that nobody can have meant; empty where all is well. Forms say it beside their field."""
    today = timezone.localdate()
    match fact:
        case Session() | Score() if is_far_off(fact.date, today):
            return "Day", CHECK_THE_YEAR
        case Treatment() if wrong := trial_problem(fact.from_date, fact.to_date, today):
            return "Days", wrong
        case Diagnosis() if not DIAGNOSIS_CODE.fullmatch(fact.code):
            return "Code", NOT_A_DIAGNOSIS_CODE
    return "", ""


def _save(fact: AnyFact) -> None:
    what, slip = _slip_of_the_pen(fact)
    if slip:
        raise Incomplete(slip, [Problem(what, message=slip)])
    try:
        with transaction.atomic():
            fields = fact._meta.fields  # noqa: SLF001  the model's own rules
            unsaid = [field.name for field in fields if field.is_relation or (field.null and getattr(fact, field.attname) is None)]
            fact.full_clean(exclude=unsaid)
            fact.save()
    except ValidationError as wrong:
        problems = [Problem(name.replace("_", " ").capitalize(), message=" ".join(texts)) for name, texts in wrong.message_dict.items()]
        raise Incomplete(problems[0].message, problems) from wrong
    except IntegrityError as broken:
        raise Incomplete("This fact is recorded already, or its dates are not in order.") from broken
