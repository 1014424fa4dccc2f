"""Code sets with effective dates: our own lay wording for services, and ICD-10-CM."""

from typing import ClassVar

from django.db import models


class ServiceCode(models.Model):
    """A procedure code with our own wording and its unit rules. No descriptor of the code's owner is kept here."""

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

    class Meta:
        ordering: ClassVar = ["code", "-effective_from"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "effective_from"], name="service_code_once")]

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
