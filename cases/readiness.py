"""What is missing before a step: a list of problems, each with the place where it is mended. Loaded things only; nothing is queried.

Who may take the step is permissions.py; a button shows the first sentence of either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from authreview.errors import Incomplete, Problem
from criteria.enums import Authority, Value
from criteria.tree import Criterion

from .enums import DenialBasis, Outcome
from .models import InformationRequest, PeerToPeer
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
        if finding.stale and review.criterion(criterion)
    ]
    problems += [Problem(flag["sentence"], here + "#flags", FLAGS_OPEN) for flag in review.flags if not flag["resolved"]]
    return problems


def check_approval(review: LineReview) -> None:
    """Raises Incomplete with what keeps the line from a nurse's approval."""
    problems = approval_problems(review)
    if problems:
        raise Incomplete(problems[0].message, problems)


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What a director is about to sign on one line."""

    outcome: str
    basis: str = ""
    approved_units: int | None = None
    rationale: str = ""
    circumstances: str = ""
    member_reason: Mapping[str, str] | None = None
    no_conflict: bool = False


def unanswered(review: LineReview) -> list[Criterion]:
    """Criteria nobody has marked, in document order, that still can matter for the reasons of a letter.

    Every applicable criterion is answered before an adverse signature, so that the letter names all reasons and an appeal meets no new ones.
    """
    return [leaf for leaf in review.criteria if review.values.get(leaf.id) is None]


def decision_problems(
    review: LineReview,
    draft: DecisionDraft,
    peer_to_peers: Sequence[PeerToPeer],
    requests: Sequence[InformationRequest],
    *,
    peer_to_peer_required: bool = True,
) -> list[Problem]:
    """What is missing before a director signs. An approval needs a reason only where the criteria are not met as marked."""
    page = reverse("sign-off-line", args=[review.line.case.reference, review.line.number])
    problems: list[Problem] = []
    if not draft.no_conflict:
        problems.append(
            Problem("Conflict of interest", page + "#no-conflict", "Say that you have no conflict of interest in this decision.")
        )
    if draft.outcome == Outcome.APPROVED:
        met = review.assessment is not None and review.assessment.value == Value.MET
        if not met and not draft.rationale.strip():
            problems.append(Problem("Rationale", page + "#rationale", "Say why you approve although the criteria are not met as marked."))
        return problems
    problems += _adverse_problems(review, draft, page)
    if peer_to_peer_required and not peer_to_peers:
        sentence = "Offer a peer-to-peer conversation before an adverse decision."
        problems.append(Problem("Peer-to-peer", page + "#peer-to-peer", sentence))
    if _undetermined(review) and draft.basis == DenialBasis.NO_INFORMATION and not requests:
        sentence = "Nothing was asked for: a line is not denied for information that nobody requested."
        problems.append(Problem("Information request", page + "#asked", sentence))
    if _undetermined(review) and draft.outcome == Outcome.DENIED and draft.basis != DenialBasis.NO_INFORMATION:
        sentence = "The criteria are undetermined: choose “Information asked for did not come” as the basis, or settle the open criteria."
        problems.append(Problem("Basis", page + "#basis", sentence))
    return problems


def _adverse_problems(review: LineReview, draft: DecisionDraft, page: str) -> list[Problem]:
    problems = [
        Problem(leaf.text, row_url(review, leaf.id), "Mark every criterion first, so that the letter names all reasons.")
        for leaf in unanswered(review)
    ]
    if not draft.basis:
        problems.append(Problem("Basis", page + "#basis", "Choose the basis of the decision."))
    if not draft.rationale.strip():
        problems.append(Problem("Rationale", page + "#rationale", "Write the clinical rationale for the practitioner and the file."))
    if not draft.circumstances.strip():
        problems.append(
            Problem("Individual circumstances", page + "#circumstances", "Record what is particular to this member, or that nothing is.")
        )
    if not (draft.member_reason or {}).get("en", "").strip():
        problems.append(
            Problem("Reason in the member's letter", page + "#member-reason", "Write the reason for the member in plain words.")
        )
    if draft.outcome == Outcome.APPROVED_IN_PART and not _less(review, draft):
        problems.append(Problem("Units", page + "#approved-units", "Approved in part is fewer units than asked for, and at least one."))
    if review.joined is None and draft.basis == DenialBasis.EXPERIMENTAL:
        problems.append(Problem("Basis", page + "#basis", "No policy governs this line, so the basis cannot be a policy's exclusion."))
    return problems


def _less(review: LineReview, draft: DecisionDraft) -> bool:
    return draft.approved_units is not None and 1 <= draft.approved_units < review.line.units


def _undetermined(review: LineReview) -> bool:
    return review.assessment is not None and review.assessment.value == Value.UNDETERMINED


def _text(review: LineReview, criterion_id: str) -> str:
    leaf = review.criterion(criterion_id)
    return leaf.text if leaf else criterion_id


def _bare(review: LineReview, leaf: Criterion) -> Problem:
    return Problem(leaf.text, row_url(review, leaf.id), "Marked met without evidence: cite the passage that shows it.")
