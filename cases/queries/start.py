"""What of plans, codes and wording waits for an administrator. Counts and few rows; nothing of a case."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cases.models import LetterText, Plan, ServiceCode
from criteria.choosing import named_plans

from .codes import in_force


@dataclass(frozen=True, slots=True)
class ToKeep:
    """`unknown_plans`: codes of plans that published policies name and that are not kept here."""

    texts: tuple[LetterText, ...]
    unworded: int
    unverified: int
    unknown_plans: tuple[str, ...]


def to_keep(on: date) -> ToKeep:
    texts = LetterText.objects.filter(approved_at__isnull=True).select_related("written_by").order_by("effective_from", "pk")
    codes = ServiceCode.objects.filter(in_force(on))
    return ToKeep(
        texts=tuple(texts),
        unworded=codes.filter(Q(lay_name__en__isnull=True)).count(),
        unverified=codes.exclude(verify="").count(),
        unknown_plans=tuple(sorted(set(named_plans()) - set(Plan.objects.values_list("code", flat=True)))),
    )
