"""Which policies are for a plan or a line of business: those in force, to come and in work, and whether they name it. Reads alone."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from .models import PolicyVersion
from .queries import ends_on


@dataclass(frozen=True, slots=True)
class ForAudience:
    """A version beside those whom it names; an empty list names everybody."""

    version: PolicyVersion
    codes: tuple[str, ...]
    plans: tuple[str, ...]
    lines_of_business: tuple[str, ...]
    states: tuple[str, ...]

    def reaches(self, plan: str, line_of_business: str) -> bool:
        return (not self.plans or plan in self.plans) and (not self.lines_of_business or line_of_business in self.lines_of_business)


def audiences(on: date) -> list[ForAudience]:
    """Every version that is in force on this day, begins later, or is in work; in the order of slugs. Two statements."""
    rows = PolicyVersion.objects.select_related("policy").prefetch_related("codes").order_by("policy__slug", "-effective_from", "-pk")
    return [_audience(version) for version in rows if version.published_at is None or (ends_on(version) or date.max) >= on]


def _audience(version: PolicyVersion) -> ForAudience:
    """Of a document that may be a draft with anything in it."""
    named: Any = version.document.get("applies_to")
    lists = {key: tuple(each for each in _list(named, key) if isinstance(each, str)) for key in ("plans", "lines_of_business", "states")}
    return ForAudience(version, tuple(sorted({row.code for row in version.codes.all()})), **lists)


def _list(named: Any, key: str) -> list[Any]:
    found = named.get(key) if isinstance(named, dict) else None
    return found if isinstance(found, list) else []
