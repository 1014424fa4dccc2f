"""What a reviewer found for one criterion on one line, and the passages it rests on."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cases.enums import FindingLabel, FindingOrigin
from criteria.models import who

from .document import Document
from .line import ServiceLine


class Finding(models.Model):
    """One per line and criterion of the joined tree. A null value is evidence or a note that is not yet answered.

    `searched` (not documented): the pages this reviewer had opened, [[document id, first page, last page], ...].
    `stale`: why it must be looked at again. `as_role`: in which role the person marked it.
    """

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="findings")
    criterion = models.CharField(max_length=80)
    value = models.CharField(max_length=16, null=True, choices=FindingLabel.choices)
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=8, choices=FindingOrigin.choices, default=FindingOrigin.MANUAL)
    proposed = models.CharField(max_length=16, blank=True)
    arithmetic = models.TextField(blank=True)
    searched = models.JSONField(default=list)
    stale = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)
    as_role = models.CharField(max_length=16, default="nurse")
    by = who()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "criterion"], name="one_finding_per_criterion"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__in=FindingLabel.values), name="finding_value"),
            models.CheckConstraint(
                condition=~Q(origin="accepted") | (Q(value=F("proposed")) & ~Q(arithmetic="")),
                name="accepted_is_what_was_proposed",
                violation_error_message="An accepted finding is the one that was proposed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"


class Evidence(models.Model):
    """Document, page and quote behind a finding. The server cuts the quote from the page's text; it is typed where a scan has none."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="evidence")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    page = models.PositiveIntegerField()
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    quote = models.TextField()
    by = who()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(start__isnull=True, end__isnull=True) | Q(start__lt=F("end")), name="passage_in_order"),
            models.CheckConstraint(condition=~Q(quote=""), name="quote_not_empty", violation_error_message="A quote cannot be empty."),
        ]

    def __str__(self) -> str:
        return self.quote
