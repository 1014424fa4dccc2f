"""Signed decisions. Append-only: a correction is a new row that supersedes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cases.enums import DenialBasis, Outcome, SignedAs, SignedWith
from criteria.models import who

from .line import ServiceLine


class Determination(models.Model):
    """A signed decision on a line. Withdrawn, void and no review needed are statuses of the line, not decisions.

    `snapshot` is canonical JSON: policy digests, findings, evidence, facts, flags, documents, decision; `digest` its SHA-256.
    `findings` {criterion: finding} and `value` are what replay and reports read. `member_reason` by language.
    """

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="determinations")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    basis = models.CharField(max_length=18, blank=True, choices=DenialBasis.choices)
    requested_units = models.PositiveSmallIntegerField()
    approved_units = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(null=True)
    valid_through = models.DateField(null=True)
    approved_sites = models.JSONField(default=list)
    authorization_number = models.CharField(max_length=20, null=True, unique=True)
    rationale = models.TextField(blank=True)
    circumstances = models.TextField(blank=True)
    alternatives = models.TextField(blank=True)
    member_reason = models.JSONField(default=dict)
    value = models.CharField(max_length=12)
    findings = models.JSONField()
    snapshot = models.TextField()
    digest = models.CharField(max_length=64)
    signed_by = who()
    signed_at = models.DateTimeField()
    signed_as = models.CharField(max_length=16, choices=SignedAs.choices)
    signed_with = models.CharField(max_length=12, choices=SignedWith.choices)
    licence = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line"], condition=Q(supersedes__isnull=True), name="one_first_decision"),
            models.CheckConstraint(
                condition=Q(outcome="approved")
                | (Q(signed_as="medical_director", signed_with="password") & ~Q(basis="") & ~Q(rationale="")),
                name="adverse_is_a_directors",
                violation_error_message="Only a medical director signs a denial or a reduction, with its basis and rationale.",
            ),
            models.CheckConstraint(
                condition=Q(approved_units__lte=F("requested_units")),
                name="no_more_than_asked",
                violation_error_message="No more units can be approved than were asked for.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="denied", approved_units=0, authorization_number__isnull=True)
                | (
                    ~Q(outcome="denied")
                    & Q(
                        approved_units__gte=1,
                        authorization_number__isnull=False,
                        valid_from__isnull=False,
                        valid_through__gte=F("valid_from"),
                    )
                ),
                name="approval_has_its_number_and_dates",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["signed_at"], name="decided_in_order")]

    def __str__(self) -> str:
        return f"{self.line}: {self.outcome}"
