"""Clinical facts: stated as typed from the form until a nurse confirms them against the record."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cases.enums import CertaintyLabel, SideLabel, TreatmentResponse
from criteria.models import pair, who

from .case import Case
from .line import ServiceLine
from .people import Member


class Fact(models.Model):
    """What every fact carries: where it stands in the record, who stated it, who confirmed it."""

    document = models.ForeignKey("cases.Document", models.PROTECT, null=True, related_name="+")
    page = models.PositiveIntegerField(null=True)
    quote = models.TextField(blank=True)
    stated_by = who()
    stated_at = models.DateTimeField()
    confirmed_by = who(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None


class Diagnosis(Fact):
    case = models.ForeignKey(Case, models.PROTECT, related_name="diagnoses")
    code = models.CharField(max_length=8)
    text = models.CharField(max_length=200)
    certainty = models.CharField(max_length=9, choices=CertaintyLabel.choices)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "code"], name="diagnosis_once", violation_error_message="This diagnosis is listed already."
            ),
            pair("confirmed_at", "confirmed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Onset(Fact):
    """When the pain began: YYYY, YYYY-MM or YYYY-MM-DD. A line's own onset comes before the case's."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="onsets")
    line = models.ForeignKey(ServiceLine, models.PROTECT, null=True, related_name="onsets")
    value = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line"], name="one_onset_per_line"),
            models.UniqueConstraint(fields=["case"], condition=Q(line__isnull=True), name="one_onset_per_case"),
            pair("confirmed_at", "confirmed_by"),
        ]

    def __str__(self) -> str:
        return self.value


class Treatment(Fact):
    """One trial of one kind of care."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="treatments")
    kind = models.CharField(max_length=40)
    agent = models.CharField(max_length=120, blank=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    sessions = models.PositiveSmallIntegerField(null=True)
    response = models.CharField(max_length=16, blank=True, choices=TreatmentResponse.choices)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(from_date__isnull=True) | Q(to_date__gte=F("from_date")),
                name="trial_dates_in_order",
                violation_error_message="A trial cannot end before it starts.",
            ),
            pair("confirmed_at", "confirmed_by"),
        ]

    def __str__(self) -> str:
        return self.agent or self.kind


class Examination(Fact):
    """An exam finding at a requested site; one without a side covers every side."""

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="examinations")
    site = models.CharField(max_length=80)
    side = models.CharField(max_length=9, blank=True, choices=SideLabel.choices)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "site", "side"], name="exam_once", violation_error_message="This site is examined already."
            ),
            pair("confirmed_at", "confirmed_by"),
        ]

    def __str__(self) -> str:
        return self.site


class Session(Fact):
    """The member's history: one sitting of a procedure, reported, or expected from an approval (released when that ends)."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="sessions")
    code = models.CharField(max_length=7)
    date = models.DateField()
    region = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=10)
    line = models.ForeignKey(ServiceLine, models.PROTECT, null=True, related_name="sessions")
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["date", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(source="approved") | Q(line__isnull=False),
                name="approved_session_names_its_line",
                violation_error_message="A session expected from an approval names its line.",
            ),
            pair("confirmed_at", "confirmed_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["member", "code", "date"], name="session_history")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"


class Score(Fact):
    """A measured scale: pain 7/10, Neck Disability Index 46 %."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="scores")
    scale = models.CharField(max_length=80)
    value = models.CharField(max_length=40)
    date = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [pair("confirmed_at", "confirmed_by")]

    def __str__(self) -> str:
        return f"{self.scale} {self.value}"
