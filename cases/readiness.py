"""What is missing before a step: a list of problems, each with the place where it is mended. Loaded things only; nothing is queried.

Who may take the step is permissions.py; a button shows the first sentence of either.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from authreview.due import day
from authreview.errors import Problem
from criteria.assessment import Path
from criteria.assessment import values as node_values
from criteria.enums import Authority, Family, GroupKind, Value
from criteria.tree import Criterion, Node

from .enums import DenialBasis, ItemStatus, Outcome
from .intake_problems import CHECK_THE_YEAR, is_far_off
from .models import InformationRequest, PeerToPeer
from .queries.decide import validity
from .queries.lines import LineReview

NO_RULE = "No policy governs this line, so a medical director decides it."
UNDETERMINED = "Approve needs every open criterion met."
NOT_MET = "The criteria are not met as marked, so a medical director decides."
PHYSICIAN = "The rule asks a medical director to certify this."
FLAGS_OPEN = "A flag is open: ask for it, resolve it, or refer the line."
ANSWER_ALL = "Mark every criterion first, so that the letter names all reasons."
STALE = "Something arrived since this was marked: look at it again."


def row_url(review: LineReview, criterion_id: str) -> str:
    """Where a criterion of the line is marked."""
    line = review.line
    return reverse("case-line", args=[line.case.reference, line.number]) + f"#finding-{criterion_id}"


def approval_problems(review: LineReview) -> list[Problem]:
    """What keeps a nurse from approving this line in full; empty when the assessment allows it."""
    assessment, line = review.assessment, review.line
    here = reverse("case-line", args=[line.case.reference, line.number])
    if assessment is None:
        return [Problem(f"Line {line.number}", here, NO_RULE)]
    problems: list[Problem] = []
    if assessment.value == Value.UNDETERMINED:
        problems += [Problem(_text(review, open_id), row_url(review, open_id), UNDETERMINED) for open_id in assessment.open]
        problems = problems or [Problem(f"Line {line.number}", here, "No criterion speaks to this case, so a medical director decides.")]
    elif assessment.value == Value.NOT_MET:
        problems += [Problem(_text(review, reason), row_url(review, reason), NOT_MET) for reason in assessment.reasons]
    elif assessment.authority != Authority.NURSE:
        problems.append(Problem(f"Line {line.number}", here, PHYSICIAN))
    problems += [_bare(review, leaf) for leaf in review.without_evidence]
    problems += [
        Problem(_text(review, criterion), row_url(review, criterion), STALE)
        for criterion, finding in review.findings.items()
        if finding.stale and finding.value is not None and review.criterion(criterion)  # reopened and unanswered: the assessment judges it
    ]
    problems += [Problem(flag["sentence"], here + "#flags", FLAGS_OPEN) for flag in review.flags if not flag["resolved"]]
    return problems


_VERDICT = re.compile(
    r"\b(den(?:y|ies|ied|ial|ying)|reject\w*|declin(?:e|ed|ing)|approv(?:e|es|ed|al|ing)|recommend\w*|suggest\w*|advis(?:e|es|ed|ing)"
    r"|should (?:be|not)|not (?:medically )?necessary|uphold|overturn)\b",
    re.IGNORECASE,
)


def referral_problems(question: str) -> list[Problem]:
    """A referral gives the findings and asks; it recommends nothing, in either direction."""
    if not question.strip():
        return [Problem("Question", "#id_question", "Write the question for the medical director.")]
    said = list(dict.fromkeys(match.group().lower() for match in _VERDICT.finditer(question)))
    if not said:
        return []
    words = ", ".join(f"“{word}”" for word in said)
    return [Problem("Question", "#id_question", f"Say what was found and what you ask, without a recommendation: leave out {words}.")]


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What a director is about to sign on one line. Units, sites and dates None or empty: as asked for."""

    outcome: str
    basis: str = ""
    approved_units: int | None = None
    approved_sites: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_through: date | None = None
    rationale: str = ""
    circumstances: str = ""
    alternatives: str = ""
    member_reason: Mapping[str, str] | None = None
    no_conflict: bool = False


def unanswered(review: LineReview) -> list[Criterion]:
    """Criteria nobody has marked, in document order, that still can matter for the reasons of a letter.

    Each is answered before an adverse signature, so that a letter names all reasons and an appeal meets no new ones. What stands
    in a group that speaks for the request already (one of its alternatives is met) can be no reason.
    """
    if review.joined is None:
        return []
    known = node_values(review.joined, review.values)
    return [leaf for leaf in _against_or_open(review.joined.root, (), True, known) if review.values.get(leaf.id) is None]


def _against_or_open(node: Node, path: Path, want: bool, known: Mapping[Path, Value | None]) -> Iterator[Criterion]:
    """Leaves outside of every group that has the value wanted, or that is taken out."""
    if known[path] in (None, Value.MET if want else Value.NOT_MET):
        return
    if isinstance(node, Criterion):
        yield node
        return
    want = want is not (node.kind is GroupKind.NONE)
    for number, child in enumerate(node.children):
        yield from _against_or_open(child, (*path, number), want, known)


def decision_problems(
    review: LineReview,
    draft: DecisionDraft,
    peer_to_peers: Sequence[PeerToPeer],
    requests: Sequence[InformationRequest],
    *,
    now: datetime | None = None,
    language: str = "en",
    peer_to_peer_required: bool = True,
) -> list[Problem]:
    """What is missing before a director signs. An approval needs a reason only where the criteria are not met as marked.

    `requests`: the sent ones that ask for this line, with their items. `language`: the member's.
    """
    page = reverse("sign-off-line", args=[review.line.case.reference, review.line.number])
    problems: list[Problem] = []
    if draft.outcome not in Outcome.values:
        return [Problem("Decision", page + "#decision", "Choose the decision on this line.")]
    if not draft.no_conflict:
        problems.append(
            Problem("Conflict of interest", page + "#no-conflict", "Say that you have no conflict of interest in this decision.")
        )
    if draft.outcome != Outcome.DENIED:
        problems += _dates(review, draft, page, timezone.localdate(now))
    if draft.outcome == Outcome.APPROVED:
        met = review.assessment is not None and review.assessment.value == Value.MET
        if not met and not draft.rationale.strip():
            problems.append(Problem("Rationale", page + "#rationale", "Say why you approve although the criteria are not met as marked."))
        return problems
    problems += _adverse_problems(review, draft, page, language)
    problems += _basis_problems(review, draft, requests, page)
    problems += _conversation(peer_to_peers, page, required=peer_to_peer_required)
    problems += _still_asked(review, requests, page, now or timezone.now())
    return problems


def _adverse_problems(review: LineReview, draft: DecisionDraft, page: str, language: str) -> list[Problem]:
    problems = [Problem(leaf.text, row_url(review, leaf.id), ANSWER_ALL) for leaf in unanswered(review)]
    problems += [
        Problem(_text(review, criterion), row_url(review, criterion), STALE)
        for criterion, finding in review.findings.items()
        if finding.stale and finding.value is not None and review.criterion(criterion)
    ]
    if not draft.rationale.strip():
        problems.append(Problem("Rationale", page + "#rationale", "Write the clinical rationale for the practitioner and the file."))
    if not draft.circumstances.strip():
        sentence = "Record what is particular to this member, or that nothing is."
        problems.append(Problem("Individual circumstances", page + "#circumstances", sentence))
    reasons = draft.member_reason or {}
    if not reasons.get("en", "").strip():
        sentence = "Write the reason for the member in plain words."
        problems.append(Problem("Reason in the member's letter", page + "#member-reason", sentence))
    elif not reasons.get(language, "").strip():
        sentence = "This member reads another language: the reason is needed in it too, in the same words."
        problems.append(Problem("Reason in the member's letter", page + f"#member-reason-{language}", sentence))
    if draft.outcome == Outcome.APPROVED_IN_PART and not _less(review, draft):
        sentence = "Approved in part is less than asked for, and at least one unit: fewer units, or fewer of the sites."
        problems.append(Problem("Units", page + "#approved-units", sentence))
    return problems


def _basis_problems(review: LineReview, draft: DecisionDraft, requests: Sequence[InformationRequest], page: str) -> list[Problem]:
    """The basis agrees with what the criteria say, or it is one that they do not speak to (benefit, administrative)."""
    value = review.assessment.value if review.assessment else None
    clinical = draft.basis in (DenialBasis.MEDICAL_NECESSITY, DenialBasis.EXPERIMENTAL)
    sentence = ""
    if not draft.basis:
        sentence = "Choose the basis of the decision."
    elif review.joined is None and draft.basis == DenialBasis.EXPERIMENTAL:
        sentence = "No policy governs this line, so the basis cannot be a policy's exclusion."
    elif draft.basis == DenialBasis.NO_INFORMATION and value is not None and value != Value.UNDETERMINED:
        sentence = "The criteria are answered: nothing is missing that could change them."
    elif draft.basis == DenialBasis.NO_INFORMATION and not requests:
        return [
            Problem("Asked and answered", page + "#asked", "Nothing was asked for: a line is not denied for information nobody requested.")
        ]
    elif clinical and draft.outcome == Outcome.DENIED and value == Value.UNDETERMINED:
        sentence = "The criteria are undetermined: choose “Information asked for did not come” as the basis, or settle the open criteria."
    elif clinical and draft.outcome == Outcome.DENIED and value == Value.MET:
        sentence = "The criteria are met as marked: a denial would contradict them. Change the finding it rests on first."
    elif draft.basis == DenialBasis.EXPERIMENTAL and value == Value.NOT_MET and not _experimental(review):
        sentence = "None of the reasons is a use without proven benefit: choose medical necessity."
    return [Problem("Basis", page + "#basis", sentence)] if sentence else []


def _conversation(peer_to_peers: Sequence[PeerToPeer], page: str, *, required: bool) -> list[Problem]:
    if not peer_to_peers and required:
        return [Problem("Peer-to-peer", page + "#peer-to-peer", "Offer a peer-to-peer conversation before an adverse decision.")]
    if any(row.closed_at is None for row in peer_to_peers):
        return [Problem("Peer-to-peer", page + "#peer-to-peer", "The conversation is still offered: record how it went first.")]
    return []


def _still_asked(review: LineReview, requests: Sequence[InformationRequest], page: str, now: datetime) -> list[Problem]:
    """An adverse decision waits for the line's own open items until their last day; an approval for none."""
    for request in requests:
        waiting = [
            row for row in request.items.all() if row.line_id == review.line.pk and row.status in (ItemStatus.OPEN, ItemStatus.PARTLY)
        ]
        if waiting and request.answer_by and request.answer_by > now:
            sentence = f"The practice has until {day(request.answer_by)} to answer what was asked for this line."
            return [Problem("Asked and answered", page + "#asked", sentence)]
    return []


def _dates(review: LineReview, draft: DecisionDraft, page: str, today: date) -> list[Problem]:
    """The days as they will be signed: what is left empty is as asked for."""
    first, last = validity(review.line.case, review.line, today)
    first = draft.valid_from or first
    last = draft.valid_through or max(first, last)
    if last < first:
        return [Problem("Valid through", page + "#id_valid_through", "The last day cannot be before the first.")]
    if is_far_off(first, today) or is_far_off(last, today):
        return [Problem("Valid from", page + "#id_valid_from", CHECK_THE_YEAR)]
    return []


def _experimental(review: LineReview) -> bool:
    reasons = review.assessment.reasons if review.assessment else ()
    return any(leaf.id in reasons and leaf.family is Family.EXPERIMENTAL for leaf in review.criteria)


def _less(review: LineReview, draft: DecisionDraft) -> bool:
    """Fewer units, or all of them at some of the sites."""
    units = review.line.units if draft.approved_units is None else draft.approved_units
    asked = {str(site) for site in review.line.sites.all()}
    fewer_sites = bool(draft.approved_sites) and set(draft.approved_sites) < asked
    return 1 <= units < review.line.units or (units == review.line.units and fewer_sites)


def _text(review: LineReview, criterion_id: str) -> str:
    leaf = review.criterion(criterion_id)
    return leaf.text if leaf else criterion_id


def _bare(review: LineReview, leaf: Criterion) -> Problem:
    return Problem(leaf.text, row_url(review, leaf.id), "Marked met without evidence: cite the passage that shows it.")
