"""Time: the turnaround rules an administrator keeps, and the entries that deadlines.py reads."""

from typing import ClassVar

from django.db import models

from cases.enums import ClockKind, LineOfBusinessLabel, ReviewKind, Urgency
from criteria.models import who

from .case import Case
from .line import ServiceLine


class TurnaroundRule(models.Model):
    """How long a decision and its notice may take. A row in use is closed and followed by another, never edited."""

    line_of_business = models.CharField(max_length=20, choices=LineOfBusinessLabel.choices)
    state = models.CharField(max_length=2, blank=True)
    review_type = models.CharField(max_length=12, choices=ReviewKind.choices)
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=14)  # hours, calendar_days, business_days
    start = models.CharField(max_length=14, default="receipt")  # receipt, complete
    notify_amount = models.PositiveSmallIntegerField(null=True, blank=True)
    notify_unit = models.CharField(max_length=14, blank=True)
    extension_days = models.PositiveSmallIntegerField(default=0)
    extension_reasons = models.JSONField(default=list, blank=True)
    tolls = models.BooleanField(default=False)
    answer_days = models.PositiveSmallIntegerField(null=True, blank=True)
    on_miss = models.CharField(max_length=20)
    citation = models.CharField(max_length=200)
    verify = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["line_of_business", "review_type", "urgency", "-effective_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line_of_business", "state", "review_type", "urgency", "effective_from"],
                name="one_rule_from_a_day",
                violation_error_message="There is a rule from that day already.",
            )
        ]

    def __str__(self) -> str:
        whose = f"{self.get_line_of_business_display()}, {self.get_review_type_display().lower()}, {self.urgency}"
        return f"{whose}: {self.amount} {self.unit.replace('_', ' ')}"


class ClockEntry(models.Model):
    """What moves a deadline, line null for the whole case. Append-only; the history is never parsed for state."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clock_entries")
    line = models.ForeignKey(ServiceLine, models.PROTECT, null=True, related_name="clock_entries")
    kind = models.CharField(max_length=16, choices=ClockKind.choices)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60, blank=True)
    by = who()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%d %b %Y %H:%M}"
