"""What taking a request in looks up: people on file, codes, and requests that this one may repeat."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, Value, When
from django.db.models.functions import Length
from django.utils import timezone

from cases.enums import CaseStatus
from cases.models import Case, DiagnosisCode, Document, Member, Practitioner, ServiceCode, ServiceLine

from .codes import MOST_LETTERS, in_force

REPEAT = timedelta(days=30)
MOST_FOUND = 12


def draft_case(reference: str) -> Case | None:
    return Case.objects.filter(reference=reference.replace("\0", "")).first()


def documents_of(case: Case) -> list[Document]:
    return list(Document.objects.filter(case=case).order_by("id"))


def member_on_file(plan: str, member_id: str) -> Member | None:
    """The member of this number in the plan of this code."""
    return Member.objects.filter(plan__code=plan, member_id=member_id).select_related("plan", "eligibility_seen_by").first()


def member(pk: int) -> Member | None:
    return Member.objects.filter(pk=pk).select_related("plan").first()


def practitioner_on_file(npi: str) -> Practitioner | None:
    return Practitioner.objects.filter(npi=npi).first()


def services(codes: Collection[str]) -> dict[str, ServiceCode]:
    """Procedure codes that we know."""
    return {row.code: row for row in ServiceCode.objects.filter(in_force(timezone.localdate()), code__in=codes)}


def diagnosis_texts(codes: Collection[str]) -> dict[str, str]:
    """ICD-10-CM codes of these that exist, with their titles."""
    return dict(DiagnosisCode.objects.filter(in_force(timezone.localdate()), code__in=codes).values_list("code", "text"))


def has_diagnosis_codes() -> bool:
    """Whether a code set is loaded at all."""
    return DiagnosisCode.objects.exists()


def diagnoses_found(text: str, most: int = MOST_FOUND) -> list[DiagnosisCode]:
    """Codes that begin like the text, then titles that hold all its words; short titles first."""
    text = text.replace("\0", "").strip()[:MOST_LETTERS]
    words = text.split()
    if not words or len(text.strip()) < 2:
        return []
    code = text.strip().upper().replace(" ", "")
    code = f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code and code[1:2].isdigit() else code
    titled = Q()
    for word in words:
        titled &= Q(text__icontains=word)
    place = Choose(
        When(code=code, then=Value(0)),
        When(code__startswith=code, then=Value(1)),
        When(text__istartswith=words[0], then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    rows = DiagnosisCode.objects.filter(Q(code__startswith=code) | titled, in_force(timezone.localdate()))
    return list(rows.order_by(place, Length("text"), "code")[:most])


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request tells whether it repeats another: whose, which codes on which days, when received."""

    plan: str
    member_id: str
    lines: tuple[tuple[str, date | None, date | None], ...]
    received_at: datetime


def repeated(asked: Asked, besides: Case | None = None) -> list[Case]:
    """Routed requests of the same member within 30 days that share a code on days that may be the same; newest first."""
    codes = {code for code, _, _ in asked.lines}
    if not (asked.member_id and codes):
        return []
    rows = ServiceLine.objects.filter(
        code__in=codes,
        case__member__member_id=asked.member_id,
        case__received_at__range=(asked.received_at - REPEAT, asked.received_at + REPEAT),
        case__status__in=[CaseStatus.OPEN, CaseStatus.CLOSED],
    ).select_related("case")
    rows = rows.filter(case__member__plan__code=asked.plan) if asked.plan else rows
    rows = rows.exclude(case=besides) if besides else rows
    found = {row.case.pk: row.case for row in rows if any(_overlaps(row, line) for line in asked.lines if line[0] == row.code)}
    return sorted(found.values(), key=lambda case: case.received_at, reverse=True)


def codes_of(cases: Iterable[Case]) -> dict[int, list[str]]:
    """Case -> the codes it asks for."""
    found: dict[int, list[str]] = {}
    for case_id, code in ServiceLine.objects.filter(case__in=list(cases)).order_by("number").values_list("case_id", "code"):
        found.setdefault(case_id, []).append(code)
    return found


def _overlaps(row: ServiceLine, line: tuple[str, date | None, date | None]) -> bool:
    """Days may be the same unless both are known and lie apart."""
    _, first, last = line
    if first is None or row.first_service is None:
        return True
    return first <= (row.last_service or row.first_service) and row.first_service <= (last or first)
