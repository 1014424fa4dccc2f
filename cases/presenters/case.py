"""The case page around the checklist: header, tabs, clinical facts, amendments, decision. No queries."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from authreview.canonical import sha256
from authreview.due import DueIn, day, day_time, due_in
from cases import workflow
from cases.enums import LineStatus, Outcome, TreatmentKind
from cases.models import Amendment, Case, ServiceLine
from cases.queries.case_page import PageRecord
from cases.queries.lines import LineReview
from cases.typed_dates import in_words
from cases.wording import case_question
from criteria.enums import Value

from .history_words import FIELDS, of_line
from .row import sentence
from .standing import open_lists


@dataclass(frozen=True, slots=True)
class Header:
    """What the page is about, who asks, and until when."""

    question: str
    facts: list[dict[str, Any]]
    clock: DueIn | None
    clock_words: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One line with where it stands: a pill of its own kind."""

    number: int
    url: str
    label: str
    current: bool
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """What is asked for on a line."""

    code: str
    name: str
    facts: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class FactShown:
    kind: str
    id: int
    text: str
    confirmed: str
    source: str
    url: str
    fixed: bool

    @property
    def slot(self) -> str:
        """Id of the place where its form opens."""
        return f"fact-{self.kind}-{self.id}"


@dataclass(frozen=True, slots=True)
class FactGroup:
    title: str
    kind: str
    rows: list[FactShown]


@dataclass(frozen=True, slots=True)
class AmendmentShown:
    line: int
    changes: list[tuple[str, str, str]]  # what, before, after
    agreed: str
    who: str

    @property
    def words(self) -> str:
        return f"{'; '.join(f'{what} {before} → {after}' for what, before, after in self.changes)}, agreed {self.agreed}"


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """The decision that stands, with its signature checked."""

    kind: str
    outcome: str
    basis: str
    signed: str
    verified: bool
    digest: str
    number: str
    valid: str
    rationale: str


def header(page: PageRecord, now: datetime) -> Header:
    """The question in one sentence, the people, the clock of the most urgent open line."""
    case = page.record.case
    of_lines = {row.code for line in page.record.lines for row in line.diagnoses.all()}
    diagnoses = [row.text for row in page.record.diagnoses if row.code in of_lines]
    running = [line for line in page.record.lines if line.status in workflow.UNDECIDED and line.decide_by]
    first = min(running, key=lambda line: (line.clock_stopped, line.decide_by), default=None)
    return Header(
        question=case_question([procedure(page, line) for line in page.record.lines], diagnoses, past=case.review_type == "postservice"),
        facts=_head_facts(case),
        clock=due_in(first.decide_by, now, stopped=first.clock_stopped) if first else None,
        clock_words=f"{_received(case)} {first.clock}" if first else "",
    )


def who_has_it(case: Case) -> str:
    """Nurse and director of the case by name, as the head of its page says it."""
    people = (("nurse", case.reviewer), ("director", case.director))
    said = [f"{role} {person.get_full_name() or person.username}" for role, person in people if person]
    return f"With {' and '.join(said)}" if said else "With nobody yet"


def procedure(page: PageRecord, line: ServiceLine) -> str:
    """The short name of a line's procedure, without what follows a comma."""
    return page.names.get(line.code, "").split(",")[0]


def line_tab(review: LineReview, name: str, *, current: bool) -> Tab:
    line = review.line
    kind, words = stands(review)
    return Tab(
        line.number, reverse("case-line", args=[line.case.reference, line.number]), f"{line.code} {name}".strip(), current, kind, words
    )


def stands(review: LineReview) -> tuple[str, str]:
    """(pill, words) of a line's tab."""
    line, assessment = review.line, review.assessment
    if line.status in (LineStatus.DECIDED, LineStatus.NOTIFIED):
        outcome = review.determination.outcome if review.determination else ""
        return {"approved": "met", "denied": "not-met"}.get(outcome, "unclear"), Outcome(outcome).label.lower() if outcome else "decided"
    if line.status != LineStatus.NURSE_REVIEW:
        return "calm", LineStatus(line.status).label.lower()
    if assessment is None:
        return "ask", "no policy"
    if assessment.value is Value.MET:
        return "met", "criteria met"
    if assessment.value is Value.NOT_MET:
        return "unclear", "for the director"
    if not any(review.values.get(leaf.id) for leaf in review.criteria):
        return "calm", "not begun"
    return "ask", f"{min((len(each.points) for each in open_lists(review)), default=0)} open"


def line_shown(page: PageRecord, line: ServiceLine) -> LineShown:
    sites = "; ".join(str(site) for site in line.sites.all()) or "no site named"
    facts = [
        {"label": "Units", "value": f"{line.units} unit{'s' if line.units != 1 else ''}"},
        {"label": "Sites", "value": sites},
        {"label": "Service", "value": _service(line)},
        {"label": "For", "value": ", ".join(f"{row.code} {row.text}" for row in line.diagnoses.all()) or "no diagnosis"},
    ]
    if line.modifiers:
        facts.insert(1, {"label": "Modifiers", "value": f"modifiers {line.modifiers}"})
    return LineShown(line.code, procedure(page, line), facts)


def fact_groups(page: PageRecord) -> list[FactGroup]:
    """Clinical facts by kind, each stated or confirmed."""
    record = page.record
    lines = {line.pk: line.number for line in record.lines}
    groups: list[tuple[str, str, list[tuple[Any, str]]]] = [
        ("Onset", "onset", [(row, f"began {in_words(row.value)}" + _on_line(lines, row.line_id)) for row in record.onsets]),
        ("Diagnoses", "diagnosis", [(row, f"{row.code} {row.text}, {row.get_certainty_display().lower()}") for row in record.diagnoses]),
        ("Treatments tried", "treatment", [(row, _trial(row)) for row in record.treatments]),
        ("Exam findings", "examination", [(row, f"{_site(row)}{_on_line(lines, row.line_id)}") for row in page.examinations]),
        ("Earlier sessions", "session", [(row, _session(row)) for row in page.sessions]),
        ("Scores", "score", [(row, f"{row.scale} {row.value}" + (f", {day(row.date)}" if row.date else "")) for row in page.scores]),
    ]
    return [FactGroup(title, kind, [_fact(kind, row, text) for row, text in rows]) for title, kind, rows in groups]


def amendments(rows: Iterable[Amendment]) -> list[AmendmentShown]:
    """As received against as it is now, newest first."""
    return [_amendment(row) for row in rows]


def decision(review: LineReview) -> DecisionShown | None:
    """What was decided on the line, or None."""
    found = review.determination
    if found is None:
        return None
    kind, _ = stands(review)
    valid = f"{day(found.valid_from)} to {day(found.valid_through)}" if found.valid_from else ""
    units = f", {found.approved_units} of {found.requested_units} units" if found.outcome == Outcome.APPROVED_IN_PART else ""
    return DecisionShown(
        kind=kind,
        outcome=found.get_outcome_display() + units,
        basis=found.get_basis_display() if found.basis else "",
        signed=f"{found.signed_by.signature}, {day_time(found.signed_at)}",
        verified=sha256(found.snapshot) == found.digest,
        digest=found.digest,
        number=found.authorization_number or "",
        valid=valid,
        rationale=found.rationale,
    )


def texts_of(reviews: Sequence[LineReview]) -> dict[tuple[int | None, str], tuple[str, bool]]:
    """(line, criterion) -> its words, and whether it is an exclusion: for the history's sentences."""
    return {(review.line.number, leaf.id): (leaf.text, leaf.id in review.exclusions) for review in reviews for leaf in review.criteria}


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _head_facts(case: Case) -> list[dict[str, Any]]:
    member, asker, plan = case.member, case.requester, case.plan
    phones = ", ".join(f"{label} {value}" for label, value in (("phone", asker.phone), ("fax", asker.fax)) if value) if asker else ""
    practice = ", ".join(part for part in (asker.name, asker.specialty, phones) if part) if asker else ""
    review = f"{case.get_review_type_display().lower()}, {case.get_urgency_display().lower()}"
    return [
        {"label": "Reference", "value": case.reference, "lead": True},
        {"label": "Member", "value": f"{member.name}, born {day(member.birth_date)}, {member.member_id}" if member else "", "lead": False},
        {"label": "Plan", "value": f"{plan.name}, {case.get_line_of_business_display()}" if plan else "", "lead": False},
        {"label": "Review", "value": review, "lead": False},
        {"label": "Practice", "value": practice, "lead": False},
    ]


def _received(case: Case) -> str:
    return f"Received {day_time(case.received_at)} by {case.get_channel_display().lower()}."


def _service(line: ServiceLine) -> str:
    if line.first_service is None:
        return "no date"
    last = f" to {day(line.last_service)}" if line.last_service and line.last_service != line.first_service else ""
    return f"{day(line.first_service)}{last}"


def _on_line(lines: dict[int, int], line_id: int | None) -> str:
    return f" (line {lines[line_id]})" if line_id in lines else ""


def _trial(row: Any) -> str:
    kind = TreatmentKind(row.kind).label if row.kind in TreatmentKind.values else row.kind.replace("_", " ")
    dates = " to ".join(day(each) for each in (row.from_date, row.to_date) if each) or "no dates"
    sessions = f"{row.sessions} sessions" if row.sessions else ""
    return ", ".join(part for part in (row.agent or kind, dates, sessions, row.get_response_display().lower() or "no result") if part)


def _site(row: Any) -> str:
    return f"{row.site}, {row.get_side_display().lower()}" if row.side else row.site


def _session(row: Any) -> str:
    return f"{row.code}, {day(row.date)}" + (", expected from an approval" if row.source == "approved" else "")


def _fact(kind: str, row: Any, text: str) -> FactShown:
    who = f"confirmed by {row.confirmed_by.signature}, {day(row.confirmed_at)}" if row.confirmed else ""
    place = (
        f"{row.document.title}, p. {row.page}"
        if kind != "session" and kind != "score" and kind != "examination" and row.document_id
        else ""
    )
    url = f"?document={row.document_id}&page={row.page}" if place else ""
    return FactShown(kind, row.pk, sentence(text), who, place, url, kind == "session" and row.source == "approved")


def _amendment(row: Amendment) -> AmendmentShown:
    before, after = json.loads(row.before), json.loads(row.after)
    changed = [name for name in FIELDS if before.get(name) != after.get(name)]
    changes = [(FIELDS[name], of_line(name, before.get(name)), of_line(name, after[name])) for name in changed]
    agreed = f"with {row.agreed_with} by {row.get_channel_display().lower()}, {day(row.agreed_at)}"
    return AmendmentShown(row.line.number, changes, agreed, row.by.signature)
