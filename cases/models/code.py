"""Code sets with effective dates: our own lay wording for services, and ICD-10-CM. What is in use is closed and followed (triggers.py)."""

from typing import ClassVar

from django.db import models

from criteria.models import pair, who


class ServiceCode(models.Model):
    """A procedure code with our own wording and its unit rules. `descriptor`: from a licensed table that was imported; none is shipped."""

    code = models.CharField(max_length=7)
    name = models.CharField(max_length=120)  # short, for reviewers
    lay_name = models.JSONField()  # by language, for members
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    max_units_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    per_side = models.BooleanField(default=False)
    min_sites = models.PositiveSmallIntegerField(null=True, blank=True)
    max_sites = models.PositiveSmallIntegerField(null=True, blank=True)
    verify = models.CharField(max_length=200, blank=True)
    descriptor = models.CharField(max_length=500, blank=True)
    changed_by = who(null=True)  # who brought this version; nobody for what a new installation starts with
    changed_at = models.DateTimeField(null=True, blank=True)
    ended_by = who(null=True)  # who last set its last day
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code", "-effective_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="service_code_once"),
            pair("changed_at", "changed_by"),
            pair("ended_at", "ended_by"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DiagnosisCode(models.Model):
    """One ICD-10-CM code of a release."""

    code = models.CharField(max_length=8)
    text = models.CharField(max_length=300)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code", "-effective_from"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "effective_from"], name="diagnosis_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"
