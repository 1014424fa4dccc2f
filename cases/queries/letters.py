"""What letters are written from and what has been sent: a fixed number of statements, and never the bytes of a letter in a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch

from cases.enums import LetterStatus
from cases.models import Case, Delivery, Document, InformationRequest, Letter, LetterFile, LetterText, PeerToPeer, RequestItem

from .codes import services_begun
from .recorded import CaseRecord, case_record


@dataclass(frozen=True)
class LetterMaterial:
    """A case with everything a letter of it may say. `lay_names`: code -> wording by language, for lines without a rule."""

    record: CaseRecord
    letters: Sequence[Letter]
    requests: Sequence[InformationRequest]
    documents: Sequence[Document]
    peer_to_peers: Mapping[int, PeerToPeer]  # by line, the last one
    lay_names: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]
    texts: dict[tuple[str, date], Mapping[str, LetterText]] = field(default_factory=dict)  # by language and day, once read

    @property
    def case(self) -> Case:
        return self.record.case


def letter_material(case: Case, record: CaseRecord | None = None) -> LetterMaterial:
    """`case` comes with the people it names (recorded.case_with_people, or select_related). `record`: where it is loaded already."""
    record = record or case_record(case)
    codes = services_begun({line.code for line in record.lines}).values()
    return LetterMaterial(
        record=record,
        letters=letters_of(case),
        requests=_requests(case),
        documents=list(case.documents.order_by("id")),
        peer_to_peers={row.line_id: row for row in PeerToPeer.objects.filter(line__case=case).order_by("id")},
        lay_names={code.code: code.lay_name for code in codes},
        names={code.code: code.name for code in codes},
    )


def letters_of(case: Case) -> list[Letter]:
    """Every letter of a case, newest last, with what it tells and how it went out."""
    deliveries = Prefetch("deliveries", Delivery.objects.select_related("by").order_by("id"))
    rows = (
        Letter.objects.filter(case=case)
        .select_related("issued_by", "voided_by", "corrects", "corrected_by")
        .prefetch_related("determinations", deliveries)
    )
    return list(rows.order_by("id"))


def letter_of(case: Case, letter_id: int) -> Letter | None:
    """One letter of this case, or None."""
    return Letter.objects.filter(case=case, pk=letter_id).select_related("case", "issued_by", "voided_by").first()


def letter_bytes(letter: Letter) -> bytes | None:
    """The PDF of an issued letter."""
    found = LetterFile.objects.filter(letter=letter).values_list("pdf", flat=True).first()
    return bytes(found) if found is not None else None


def print_batch(limit: int = 200) -> list[Letter]:
    """Issued letters that nobody has sent yet, the oldest first."""
    rows = Letter.objects.filter(status=LetterStatus.ISSUED, deliveries__isnull=True).select_related("case", "case__plan", "issued_by")
    return list(rows.order_by("issued_at", "id")[:limit])


def letters_by_id(ids: Sequence[int]) -> list[Letter]:
    """Issued letters, in the order of their numbers."""
    return list(Letter.objects.filter(pk__in=ids, status=LetterStatus.ISSUED).select_related("case").order_by("id"))


def texts_held_up(on: date, case: Case | None = None) -> list[LetterText]:
    """Wording whose first day has come while nobody approved it, unless approved wording of a later day has overtaken it.

    With a case: what its letters could carry.
    """
    same = {name: OuterRef(name) for name in ("key", "line_of_business", "state", "language")}
    later = LetterText.objects.filter(**same, approved_at__isnull=False, effective_from__gt=OuterRef("effective_from"))
    waiting = LetterText.objects.filter(~Exists(later), approved_at__isnull=True, effective_from__lte=on)
    if case is not None:
        waiting = waiting.filter(line_of_business__in=("", case.line_of_business), state__in=("", case.state))
    return list(waiting.order_by("effective_from", "key"))


def _requests(case: Case) -> list[InformationRequest]:
    items = RequestItem.objects.select_related("line", "document").order_by("position")
    rows = case.requests.filter(sent_at__isnull=False).select_related("sent_by").prefetch_related(Prefetch("items", items))
    return list(rows.order_by("id"))
