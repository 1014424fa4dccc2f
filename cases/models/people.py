"""Plans, members and practitioners: who a request is about and who asks."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from cases.enums import LineOfBusinessLabel
from criteria.models import pair, who


class Plan(models.Model):
    """What policies name in `applies_to.plans`. `contact` holds the placeholders of letters: address, phones, hours, appeals."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    line_of_business = models.CharField(max_length=20, choices=LineOfBusinessLabel.choices)
    state = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    contact = models.JSONField(default=dict, blank=True)
    history = HistoricalRecords()  # letters print what stands here: who changed it, and what it was

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person covered by a plan, as far as a review needs to know them."""

    plan = models.ForeignKey(Plan, models.PROTECT)
    member_id = models.CharField(max_length=40)
    given_name = models.CharField(max_length=120)
    family_name = models.CharField(max_length=120)
    birth_date = models.DateField()
    language = models.CharField(max_length=8, default="en")
    large_print = models.BooleanField(default=False)
    address = models.JSONField(default=list, blank=True)  # up to six lines
    representative = models.JSONField(null=True, blank=True)  # name, relation, address
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    eligibility_seen_at = models.DateTimeField(null=True, blank=True)
    eligibility_seen_by = who(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "member_id"],
                name="member_unique_in_plan",
                violation_error_message="This plan has that member number already.",
            ),
            pair("eligibility_seen_at", "eligibility_seen_by"),
        ]
        indexes: ClassVar = [
            models.Index(Lower("family_name"), Lower("given_name"), name="member_name"),
            models.Index(fields=["member_id"], name="member_number"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Practitioner(models.Model):
    """Who asks, or the facility where the service is to take place. The NPI's check digit was verified at intake."""

    npi = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=160)
    specialty = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    fax = models.CharField(max_length=30, blank=True)
    address = models.JSONField(default=list, blank=True)
    facility = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name
