"""Plans, how many turnaround rules there are by line of business, and what the policy library asks of them. Reads alone."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Count

from cases.models import Plan, ServiceLine, TurnaroundRule
from cases.workflow import UNDECIDED
from criteria.neighbours import KnownPlan

from .codes import in_force


def plans_and_rules(on: date) -> tuple[list[Plan], Mapping[str, int]]:
    """Two statements. Rules in force on this day, by line of business."""
    counted = TurnaroundRule.objects.filter(in_force(on)).values_list("line_of_business").annotate(count=Count("pk")).order_by()
    return list(Plan.objects.order_by("name")), dict(counted)


def known_plans() -> list[KnownPlan]:
    """Every plan as policies name it, by name. One statement."""
    rows = Plan.objects.order_by("name", "code").values_list("code", "name", "line_of_business", "state")
    return [KnownPlan(*row) for row in rows]


def running_reviews(codes: Collection[str]) -> int:
    """Cases with an undecided line of these codes: whatever begins to govern now, they keep what they were pinned to."""
    lines = ServiceLine.objects.filter(code__in=codes, status__in=UNDECIDED, pinned_at__isnull=False)
    return lines.values("case_id").distinct().count()
