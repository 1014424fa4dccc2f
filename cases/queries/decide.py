"""What a decision says and rests on: the member's reason from the policy's wording, what could change it, what was asked, said and opened.

Writes nothing. Signing is actions/determination.py, what a signature freezes is snapshot.py, what is missing before it is readiness.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch
from django.utils import timezone

from cases.enums import DenialBasis, ItemStatus, ReviewKind
from cases.models import Amendment, Case, Document, InformationRequest, PageOpening, PeerToPeer, Referral, RequestItem, Score, ServiceLine
from cases.wording import long_date
from criteria.enums import Family, Value
from criteria.tree import Criterion

from .lines import LineReview

LANGUAGES = ("en", "es")
VALID_DAYS = 90  # a convention without a source (DOMAIN U12): how long an approval may be used
OTHER_REASON = {
    "en": "A note from your doctor that shows a different reason for the care, one that our rule covers.",
    "es": "Una nota de su médico que muestre otra razón para la atención, una que nuestra regla cubra.",
}
NOT_ANSWERED = {
    "en": "We asked your doctor for this on {asked}. What came did not answer it.",
    "es": "Le pedimos esto a su médico el {asked}. Lo que llegó no responde a esto.",
}
ASKED = {
    "en": "We asked your doctor for this on {asked}. The answer was due by {due}. It did not come.",
    "es": "Le pedimos esto a su médico el {asked}. La respuesta debía llegar a más tardar el {due}. No llegó.",
}


def validity(case: Case, line: ServiceLine, decided_on: date) -> tuple[date, date]:
    """First and last day of an approval: 90 days from the service date, or from the decision; after the service its own dates."""
    first = line.first_service or decided_on
    if case.review_type == ReviewKind.POSTSERVICE and line.first_service:
        return first, line.last_service or first
    if case.review_type == ReviewKind.PRESERVICE:
        first = max(first, decided_on)
    enough = first + min(timedelta(days=VALID_DAYS), date.max - first)  # an amended day may be any day there is
    return first, max(enough, line.last_service or first)


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
        ids = {leaf.id for leaf in leaves}
        sentences += [_asked(request, line, ids, language) for request in requests if _is_about(request, line)][-1:]
    return " ".join(sentences)


def _is_about(request: InformationRequest, line: ServiceLine) -> bool:
    return request.sent_at is not None and any(item.line_id == line.pk for item in request.items.all())


def _asked(request: InformationRequest, line: ServiceLine, criteria: set[str], language: str) -> str:
    """When it was asked, and that nothing came, or nothing that answers it."""
    if request.sent_at is None or request.answer_by is None:
        return ""
    asked, due = timezone.localtime(request.sent_at).date(), timezone.localtime(request.answer_by).date()
    about = [row for row in request.items.all() if row.line_id == line.pk and not criteria.isdisjoint(row.criteria)]
    came = any(row.status in (ItemStatus.RECEIVED, ItemStatus.PARTLY) for row in about)
    words = NOT_ANSWERED if came else ASKED
    return words[language].format(asked=long_date(asked, language), due=long_date(due, language))


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
    """Of one line, in a fixed number of statements."""
    return besides(line.case, [line])[line.pk]


def besides(case: Case, lines: Sequence[ServiceLine]) -> dict[int, Beside]:
    """Of several lines of a case, in the same number of statements as of one."""
    ids = [line.pk for line in lines]
    items = RequestItem.objects.select_related("line", "document").order_by("position")
    asked = case.requests.filter(sent_at__isnull=False).select_related("sent_by").prefetch_related(Prefetch("items", items)).order_by("id")
    referred = case.referrals.select_related("by").prefetch_related(Prefetch("lines", ServiceLine.objects.only("pk"))).order_by("id")
    offered = PeerToPeer.objects.filter(line__in=ids).select_related("offered_by", "closed_by").order_by("id")
    changed = Amendment.objects.filter(line__in=ids).select_related("by", "line").order_by("id")
    documents, scores = list(case.documents.select_related("replaced_by").order_by("id")), list(case.scores.order_by("id"))
    requests, referrals, conversations, amendments = list(asked), list(referred), list(offered), list(changed)
    return {
        line.pk: Beside(
            documents=documents,
            requests=[row for row in requests if _is_about(row, line)],
            referrals=[row for row in referrals if line.pk in {each.pk for each in row.lines.all()}],
            peer_to_peers=[row for row in conversations if row.line_id == line.pk],
            scores=scores,
            amendments=[row for row in amendments if row.line_id == line.pk],
        )
        for line in lines
    }


def conversations(case: Case) -> list[PeerToPeer]:
    """Every conversation of a case with its line: rows that were offered together are one."""
    return list(PeerToPeer.objects.filter(line__case=case).select_related("line").order_by("line__number", "id"))


def pages_opened(case_id: int, user_id: int) -> tuple[set[int], int]:
    """Documents of the case of which this person opened a page, and how many pages in all."""
    rows = PageOpening.objects.filter(page__document__case_id=case_id, user_id=user_id).values_list("page__document_id", flat=True)
    opened = list(rows)
    return set(opened), len(opened)
