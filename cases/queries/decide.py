"""What a decision says and rests on: the member's reason from the policy's wording, what could change it, what was asked, said and opened.

Writes nothing. Signing is actions/determination.py, what a signature freezes is snapshot.py, what is missing before it is readiness.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils import timezone

from cases.enums import DenialBasis
from cases.models import Amendment, Document, InformationRequest, PageOpening, PeerToPeer, Referral, RequestItem, Score, ServiceLine
from cases.wording import long_date
from criteria.enums import Family, Value
from criteria.tree import Criterion

from .lines import LineReview

LANGUAGES = ("en", "es")
OTHER_REASON = {
    "en": "A note from your doctor that shows a different reason for the care, one that our rule covers.",
    "es": "Una nota de su médico que muestre otra razón para la atención, una que nuestra regla cubra.",
}
ASKED = {
    "en": "We asked your doctor for this on {asked}. The answer was due by {due}. It did not come.",
    "es": "Le pedimos esto a su médico el {asked}. La respuesta debía llegar a más tardar el {due}. No llegó.",
}


# ---- the member's reason --------------------------------------------------------------------------------------------------------
def deciding_criteria(review: LineReview, basis: str) -> list[Criterion]:
    """The criteria that a decision on this basis rests on, in document order: what made the rule not met, or what stayed open."""
    if review.assessment is None:
        return []
    if basis == DenialBasis.NO_INFORMATION:
        ids: Sequence[str] = review.assessment.open
    elif basis in (DenialBasis.MEDICAL_NECESSITY, DenialBasis.EXPERIMENTAL):
        ids = review.assessment.reasons
    else:
        ids = ()
    return [leaf for leaf in review.criteria if leaf.id in ids]


def suggested_basis(review: LineReview) -> str:
    """Which basis the reasons' family names, as a hint beside the choice; nothing is chosen for anybody."""
    if review.assessment is None:
        return ""
    if review.assessment.value is Value.UNDETERMINED:
        return DenialBasis.NO_INFORMATION
    leaves = deciding_criteria(review, DenialBasis.MEDICAL_NECESSITY)
    if not leaves:
        return ""
    experimental = all(leaf.family is Family.EXPERIMENTAL for leaf in leaves)
    return DenialBasis.EXPERIMENTAL if experimental else DenialBasis.MEDICAL_NECESSITY


def member_reason(review: LineReview, basis: str, requests: Iterable[InformationRequest] = ()) -> dict[str, str]:
    """The reason for the member by language, in the policy's own wording; none where the basis has none (benefit, administrative)."""
    leaves = deciding_criteria(review, basis)
    return {language: text for language in LANGUAGES if (text := _reason(leaves, basis, review.line, list(requests), language))}


def _reason(leaves: Sequence[Criterion], basis: str, line: ServiceLine, requests: list[InformationRequest], language: str) -> str:
    """One text in one language; nothing unless every criterion has its wording there."""
    missing = basis == DenialBasis.NO_INFORMATION
    wordings = [(leaf.missing or {}) if missing else leaf.reason for leaf in leaves]
    if not leaves or any(language not in wording for wording in wordings):
        return ""
    sentences = list(dict.fromkeys(wording[language].strip() for wording in wordings))
    if missing:
        sentences += [_asked(request, language) for request in requests if _is_about(request, line)][-1:]
    return " ".join(sentences)


def _is_about(request: InformationRequest, line: ServiceLine) -> bool:
    return request.sent_at is not None and any(item.line_id == line.pk for item in request.items.all())


def _asked(request: InformationRequest, language: str) -> str:
    if request.sent_at is None or request.answer_by is None:
        return ""
    asked, due = timezone.localtime(request.sent_at).date(), timezone.localtime(request.answer_by).date()
    return ASKED[language].format(asked=long_date(asked, language), due=long_date(due, language))


def what_could_change(review: LineReview, basis: str, language: str = "en") -> list[str]:
    """What could change a decision, from its own reasons alone: earlier treatment cannot undo an exclusion."""
    found: list[str] = []
    for leaf in deciding_criteria(review, basis):
        text = OTHER_REASON.get(language, "") if leaf.id in review.exclusions else leaf.ask.get(language, "")
        found.append(text if not text or text.endswith(".") else f"{text}.")
    return [text for text in dict.fromkeys(found) if text]


# ---- what stands beside the findings --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Beside:
    """What a director reads besides the findings of one line. Requests are the sent ones that ask for this line, with all their items."""

    documents: list[Document]
    requests: list[InformationRequest]
    referrals: list[Referral]
    peer_to_peers: list[PeerToPeer]
    scores: list[Score]
    amendments: list[Amendment]


def beside(line: ServiceLine) -> Beside:
    """In a fixed number of statements."""
    case = line.case
    return Beside(
        documents=list(case.documents.select_related("replaced_by").order_by("id")),
        requests=requests_of(line),
        referrals=list(line.referrals.select_related("by").order_by("id")),
        peer_to_peers=list(line.peer_to_peers.select_related("offered_by", "closed_by").order_by("id")),
        scores=list(case.scores.order_by("id")),
        amendments=list(line.amendments.select_related("by").order_by("id")),
    )


def requests_of(line: ServiceLine) -> list[InformationRequest]:
    """Sent requests with an item for this line, oldest first; all their items, so that numbers are those of the letter."""
    items = RequestItem.objects.select_related("line", "document").order_by("position")
    found = InformationRequest.objects.filter(items__line=line, sent_at__isnull=False).distinct().order_by("id")
    return list(found.select_related("sent_by").prefetch_related(Prefetch("items", items)))


def pages_opened(case_id: int, user_id: int) -> tuple[set[int], int]:
    """Documents of the case of which this person opened a page, and how many pages in all."""
    rows = PageOpening.objects.filter(page__document__case_id=case_id, user_id=user_id).values_list("page__document_id", flat=True)
    opened = list(rows)
    return set(opened), len(opened)
