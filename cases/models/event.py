"""The history of a case. Append-only, chained by hash; shown as the timeline, never read for state."""

from typing import ClassVar

from django.db import models

from criteria.models import who

from .case import Case


class CaseEvent(models.Model):
    """One change: who, what, when, from where. `payload` is canonical JSON (before and after), the very text that was hashed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    line = models.PositiveSmallIntegerField(null=True)
    by = who(null=True)
    at = models.DateTimeField()
    origin = models.CharField(max_length=60)
    payload = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["case", "sequence"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "sequence"], name="event_sequence")]

    def __str__(self) -> str:
        return f"{self.case} {self.sequence} {self.kind}"
