"""Plans and how many turnaround rules there are by line of business. Reads alone."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count

from cases.models import Plan, TurnaroundRule

from .codes import in_force


def plans_and_rules(on: date) -> tuple[list[Plan], Mapping[str, int]]:
    """Two statements. Rules in force on this day, by line of business."""
    counted = TurnaroundRule.objects.filter(in_force(on)).values_list("line_of_business").annotate(count=Count("pk")).order_by()
    return list(Plan.objects.order_by("name")), dict(counted)
