"""What the pages of deciding share: the head with its question, the next steps of a line with their reasons, lines to choose from.

Display values only; nothing is queried here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from authreview import due
from authreview.errors import Problem
from authreview.models import User
from cases import permissions, readiness, workflow
from cases.enums import LineStatus, ReviewKind
from cases.models import Case, ServiceLine
from cases.permissions import why_not
from cases.queries.lines import LineReview
from cases.wording import case_question
from criteria.enums import FindingValue, Next, Value

EXCLUSION_WORDS = {FindingValue.MET: "applies", FindingValue.NOT_MET: "does not apply"}
FINDING_WORDS = {
    FindingValue.MET: "met",
    FindingValue.NOT_MET: "not met",
    FindingValue.UNCLEAR: "unclear",
    FindingValue.NOT_DOCUMENTED: "not documented",
    FindingValue.NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a head: its name is read out, not drawn."""

    label: str
    value: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The band over a page: the question, whose it is, when it is due and why then."""

    question: str
    facts: list[Fact]
    clock: due.DueIn
    why: str
    case_url: str
    reference: str


@dataclass(frozen=True, slots=True)
class Action:
    """One next step: `why` is the reason it is not available now. Shaped for components/action.html."""

    id: str
    label: str
    url: str
    kind: str = "quiet"
    why: str = ""
    key: str = ""


def line_name(line: ServiceLine, names: Mapping[str, str]) -> str:
    """ "Line 3, 64405 Occipital block"."""
    return f"Line {line.number}, {' '.join(part for part in (line.code, names.get(line.code, '')) if part)}"


def finding_words(value: str | None, *, exclusion: bool) -> str:
    """A finding in the words of its criterion: an exclusion applies or does not."""
    if value is None:
        return "not marked"
    found = FindingValue(value)
    return (EXCLUSION_WORDS.get(found) if exclusion else None) or FINDING_WORDS[found]


def head(case: Case, lines: Sequence[ServiceLine], names: Mapping[str, str], now: datetime, line: ServiceLine | None = None) -> Head:
    """For the whole case, or for one of its lines. Diagnoses are prefetched."""
    about = [line] if line else list(lines)
    diagnoses = list(dict.fromkeys(row.text for each in about for row in each.diagnoses.all()))
    procedures = [names.get(each.code, each.code).split(",")[0] for each in about]
    question = case_question(procedures, diagnoses, past=case.review_type == ReviewKind.POSTSERVICE)
    undecided = [each for each in about if each.status in workflow.UNDECIDED] or about
    clock_line = min(undecided, key=lambda each: (each.clock_stopped, each.decide_by or case.received_at))
    clock = due.due_in(clock_line.decide_by, now, stopped=clock_line.clock_stopped)
    if clock_line.status not in workflow.UNDECIDED:
        clock = due.DueIn("calm", "check", "decided", due.day(clock_line.decided_at))
    return Head(question, _facts(case, lines, line), clock, clock_line.clock, reverse("case", args=[case.reference]), case.reference)


def _facts(case: Case, lines: Sequence[ServiceLine], line: ServiceLine | None) -> list[Fact]:
    place = f"{case.reference}, line {line.number} of {len(lines)}" if line else case.reference
    facts = [Fact("Reference", place, lead=True)]
    if case.member:
        facts.append(Fact("Member", f"{case.member.name}, born {due.day(case.member.birth_date)}"))
    if case.plan:
        facts.append(Fact("Plan", f"{case.plan.name}, {case.get_line_of_business_display().lower()}"))
    facts.append(Fact("Review", f"{case.get_review_type_display().lower()}, {case.get_urgency_display().lower()}"))
    if case.requester:
        row = case.requester
        parts = [row.name, row.specialty, f"phone {row.phone}" if row.phone else "", f"fax {row.fax}" if row.fax else ""]
        facts.append(Fact("Practice", ", ".join(part for part in parts if part)))
    return facts


# ---- next steps of a line -------------------------------------------------------------------------------------------------------
def line_actions(review: LineReview, reader: User, *, items: int = 0, open_request: int | None = None) -> list[Action]:
    """The steps that this person could take on the line, each with the reason why not; for cases/decide/actions.html.

    `items`: how many things the request would ask for; `open_request`: the id of a sent request with items of this line without an answer.
    """
    line = review.line
    if line.status in workflow.UNDECIDED and line.status in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER):
        return _directors(line, reader)
    if line.status not in workflow.UNDECIDED:
        return []
    reference, number = line.case.reference, line.number
    step = review.assessment.next if review.assessment else Next.REFER
    received = []
    if open_request is not None:
        url = reverse("information-received", args=[reference, open_request])
        received = [Action("receive", "Record what arrived", url, "accent", why_not(permissions.check_receive_information, reader), "v")]
    counted = f"Request information ({items} item{'' if items == 1 else 's'})" if items else "Request information"
    approve_why = why_not(permissions.check_approve_as_nurse, reader, line) or _first(readiness.approval_problems(review))
    ask = Action(
        "request",
        counted,
        reverse("information-request", args=[reference]),
        "accent" if step is Next.REQUEST_INFORMATION and not received else "quiet",
        why_not(permissions.check_request_information, reader, line),
        "r",
    )
    refer = Action(
        "refer",
        "Refer to medical director",
        reverse("referral", args=[reference]) + f"?line={number}",
        "accent" if step is Next.REFER else "quiet",
        why_not(permissions.check_refer, reader, line),
        "f",
    )
    approve_url = reverse("approve", args=[reference]) + f"?line={number}"
    return [*received, ask, refer, Action("approve", "Approve", approve_url, "quiet" if approve_why else "accent", approve_why, "p")]


def _directors(line: ServiceLine, reader: User) -> list[Action]:
    url = reverse("sign-off-line", args=[line.case.reference, line.number])
    return [Action("sign-off", f"Decide line {line.number}", url, "accent", why_not(permissions.check_decide, reader, line), "d")]


def _first(problems: Iterable[Problem]) -> str:
    return next((problem.message for problem in problems), "")


# ---- lines to choose from -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class LineChoice:
    """A line with a tick box, or with the reason why it cannot be chosen."""

    number: int
    name: str
    detail: str
    ticked: bool
    why: str


def referral_choices(reviews: Sequence[LineReview], names: Mapping[str, str], reader: User, asked: int | None) -> list[LineChoice]:
    """Ticked: lines whose next step is the director, and the one that the reader came from."""
    found = []
    for review in reviews:
        line = review.line
        if line.status not in workflow.UNDECIDED:
            continue
        why = why_not(permissions.check_refer, reader, line)
        ticked = not why and (line.number == asked or _goes_to_director(review))
        found.append(LineChoice(line.number, line_name(line, names), _standing(review), ticked, why))
    return found


def _goes_to_director(review: LineReview) -> bool:
    """The rule sends it there. A line that no policy governs goes there too; one that is met goes only if a physician certifies it."""
    if review.assessment is None:
        return True
    if review.assessment.value is Value.MET:
        return review.assessment.authority == "physician"
    return review.assessment.next is Next.REFER


def _standing(review: LineReview) -> str:
    if review.assessment is None:
        return "no policy governs it"
    words = {Value.MET: "criteria met as marked", Value.NOT_MET: "criteria not met as marked"}
    count = len(review.assessment.open)
    return words.get(review.assessment.value, f"undecided, {count} open")


def neutral_question(reviews: Iterable[LineReview], names: Mapping[str, str]) -> str:
    """The findings as findings, and the question; never a recommendation."""
    said = [f"{line_name(review.line, names)}: {_found(review)}" for review in reviews]
    if not said:
        return ""
    ask = "How do you decide?" if len(said) == 1 else "How do you decide each line?"
    return "\n".join([*said, ask])


def _found(review: LineReview) -> str:
    assessment = review.assessment
    if assessment is None:
        return "no policy governs this line; it is reviewed for general necessity."
    ids = assessment.reasons or assessment.open
    marked = [
        f"“{leaf.text}” is marked: {finding_words(review.values.get(leaf.id), exclusion=leaf.id in review.exclusions)}"
        for leaf in review.criteria
        if leaf.id in ids
    ]
    if not marked:
        return "the criteria are met as marked, and the rule asks a physician to certify."
    return "the criterion " + "; the criterion ".join(marked) + "."


@dataclass(frozen=True, slots=True)
class ApprovalChoice:
    """A line that a nurse may approve, or why not: every problem with the place where it is mended."""

    number: int
    name: str
    detail: str
    supports: list[str]
    notes: list[str]
    ticked: bool
    why: str
    problems: list[Problem]


def approval_choices(reviews: Sequence[LineReview], names: Mapping[str, str], reader: User, asked: int | None) -> list[ApprovalChoice]:
    """Each line is chosen by itself; only the one that the reader came from is ticked."""
    found = []
    for review in reviews:
        line = review.line
        if line.status not in workflow.UNDECIDED:
            continue
        why = why_not(permissions.check_approve_as_nurse, reader, line)
        problems = [] if why else readiness.approval_problems(review)
        supports = [_said(review, leaf.id, leaf.text) for leaf in review.criteria if _supports(review, leaf.id)]
        notes = [note for part in (review.joined.parts if review.joined else ()) for note in part.notes_on_approval]
        ticked = line.number == asked and not why and not problems
        found.append(ApprovalChoice(line.number, line_name(line, names), asked_for(line), supports, notes, ticked, why, problems))
    return found


def _supports(review: LineReview, criterion: str) -> bool:
    wanted = FindingValue.NOT_MET if criterion in review.exclusions else FindingValue.MET
    return review.values.get(criterion) == wanted


def _said(review: LineReview, criterion: str, text: str) -> str:
    return f"Does not apply: {text[:1].lower()}{text[1:]}" if criterion in review.exclusions else text


def asked_for(line: ServiceLine) -> str:
    """Units, sites and dates in words: "1 unit, trapezius (both sides), 16 Mar 2026"."""
    units = f"{line.units} unit{'' if line.units == 1 else 's'}"
    parts = [units, "; ".join(str(site) for site in line.sites.all()), due.day(line.first_service) or "no date"]
    if line.last_service and line.last_service != line.first_service:
        parts[-1] = f"{parts[-1]} to {due.day(line.last_service)}"
    if line.modifiers:
        parts.append(f"modifier {line.modifiers}")
    return ", ".join(part for part in parts if part)
