"""Policies beside plans: the exceptions of a plan, what names it, what is for everybody; and the lines of business. No queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from authreview import due
from cases.enums import LineOfBusinessLabel
from cases.models import Plan
from criteria.audience import ForAudience
from criteria.models import PolicyVersion
from criteria.presenters.life import STATUS_PILLS
from criteria.queries import ends_on


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A version with its days. `pill`: how it stands today."""

    title: str
    version: str
    url: str
    codes: str
    days: str
    kind: str
    standing: str
    about: str  # whose exception it is, or whom it is for


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    id: str
    title: str
    says: str
    rows: tuple[PolicyRow, ...]


def for_plan(plan: Plan, found: Sequence[ForAudience], today: date) -> list[PolicyGroup]:
    """Policies for one plan, in three groups; the last one is what governs where nothing names the plan."""
    mine = [each for each in found if each.reaches(plan.code, plan.line_of_business)]
    overlays = [each for each in mine if each.version.overlays]
    naming = [each for each in mine if not each.version.overlays and each.plans]
    others = [each for each in mine if not each.version.overlays and not each.plans]
    later = _followers(found, today)
    return [
        PolicyGroup("overlays", "Exceptions of this plan", "They join their base as another way to be met.", _rows(overlays, today, later)),
        PolicyGroup(
            "naming", "Policies that name this plan", "They go before those of the same basis that name none.", _rows(naming, today, later)
        ),
        PolicyGroup("others", "Policies that name no plan", "They govern where nothing above does.", _rows(others, today, later)),
    ]


def _followers(found: Iterable[ForAudience], today: date) -> dict[int, PolicyVersion]:
    """By policy the newest version that has begun: those before it govern no new review."""
    begun = [each.version for each in found if each.version.published_at is not None and each.version.effective_from <= today]
    return {version.policy_id: version for version in sorted(begun, key=lambda version: version.effective_from)}


def _rows(found: Iterable[ForAudience], today: date, later: Mapping[int, PolicyVersion]) -> tuple[PolicyRow, ...]:
    return tuple(_row(each, today, later.get(each.version.policy_id)) for each in found)


def _row(each: ForAudience, today: date, newest: PolicyVersion | None) -> PolicyRow:
    version = each.version
    ends = ends_on(version)
    days = f"{due.day(version.effective_from)} to {due.day(ends)}" if ends else f"from {due.day(version.effective_from)}"
    kind, standing = _standing(version, today, newest)
    url = reverse("admin:criteria_policyversion_change", args=[version.pk])
    return PolicyRow(version.title, version.version, url, ", ".join(each.codes), days, kind, standing, _about(each))


def _standing(version: PolicyVersion, today: date, newest: PolicyVersion | None) -> tuple[str, str]:
    if version.published_at is None:
        return STATUS_PILLS[version.status], version.get_status_display()
    if version.effective_from > today:
        return "ask", "To come"
    if newest is not None and newest.effective_from > version.effective_from:
        return "calm", f"Followed by {newest.version}"
    return "met", "In force"


def _about(each: ForAudience) -> str:
    """Whose exception, and for whom, in words."""
    whom = [_labels(each.lines_of_business), f"plan{'s' if len(each.plans) > 1 else ''} {', '.join(each.plans)}" if each.plans else ""]
    whom += [f"services in {', '.join(each.states)}" if each.states else ""]
    audience = "; ".join(part for part in whom if part) or "everybody"
    return f"Adds to {each.version.overlays}, for {audience}" if each.version.overlays else f"For {audience}"


def _labels(words: Iterable[str]) -> str:
    return ", ".join(LineOfBusinessLabel(word).label if word in LineOfBusinessLabel.values else word for word in words)


# ---- lines of business


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of business. `policies`: those that name it; what names none is for it too."""

    label: str
    word: str
    plans: tuple[tuple[str, str], ...]
    policies: tuple[PolicyRow, ...]
    rules: int
    rules_url: str


def lines_of_business(plans: Iterable[Plan], rules: Mapping[str, int], found: Sequence[ForAudience], today: date) -> list[LineRow]:
    kept, later = list(plans), _followers(found, today)
    listed = reverse("admin:cases_turnaroundrule_changelist")
    return [
        LineRow(
            label=str(word.label),
            word=word.value,
            plans=tuple((plan.name, reverse("admin:cases_plan_change", args=[plan.pk])) for plan in kept if plan.line_of_business == word),
            policies=_rows((each for each in found if word in each.lines_of_business), today, later),
            rules=rules.get(word, 0),
            rules_url=f"{listed}?line_of_business__exact={word.value}",
        )
        for word in LineOfBusinessLabel
    ]
