"""Policies and their versions. The document is the truth; every other column is derived from it or says what people did.

Published rows cannot be changed: triggers in the database refuse it (criteria.triggers), not only this code.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .enums import VersionStatus

WHO = settings.AUTH_USER_MODEL


def pair(at: str, by: str) -> models.CheckConstraint:
    """Who and when are set together, or neither."""
    both_empty = Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
    both_set = Q(**{f"{at}__isnull": False, f"{by}__isnull": False})
    return models.CheckConstraint(
        condition=both_empty | both_set, name=f"%(class)s_{at}_with_{by}", violation_error_message=f"{at} and {by} are set together."
    )


def who(*, null: bool = False) -> models.ForeignKey:
    """The person of a `*_by` column."""
    return models.ForeignKey(WHO, models.PROTECT, related_name="+", null=null, blank=null)


class Policy(models.Model):
    """A policy's identity across its versions, and the head of its event chain."""

    slug = models.SlugField(unique=True, max_length=80)
    event_count = models.PositiveIntegerField(default=0)
    event_head = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "policies"
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug


class PolicyVersion(models.Model):
    """One dated edition. `document` is the file as data, frozen once published."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    version = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status.choices, default=VersionStatus.DRAFT)
    document = models.JSONField()
    digest = models.CharField(max_length=64)  # sha256 of the canonical document: the cache key of the parsed tree
    revision = models.PositiveIntegerField(default=1)  # guards two editors on one draft
    title = models.CharField(max_length=200)
    basis_rank = models.PositiveSmallIntegerField()  # 1 ncd .. 4 guideline
    overlays = models.SlugField(max_length=80, blank=True)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    next_review = models.DateField(null=True, blank=True)
    in_force_until = models.DateField(null=True, blank=True)  # set once by retiring; never in the document
    waived_languages = models.JSONField(default=list)  # languages an approver agreed to publish without
    drafted_by = who()
    drafted_at = models.DateTimeField()
    submitted_by = who(null=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = who(null=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    published_by = who(null=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_by = who(null=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["policy__slug", "-effective_from", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["policy", "version"],
                name="version_unique_in_policy",
                violation_error_message="This policy has that version already.",
            ),
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(status__in=["draft", "in_review", "approved"]),
                name="one_version_in_work",
                violation_error_message="This policy has a version in work already.",
            ),
            pair("submitted_at", "submitted_by"),
            pair("approved_at", "approved_by"),
            pair("published_at", "published_by"),
            pair("retired_at", "retired_by"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | (~Q(approved_by=F("drafted_by")) & ~Q(approved_by=F("submitted_by"))),
                name="nobody_approves_their_own_draft",
                violation_error_message="Nobody approves their own draft.",
            ),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gte=F("effective_from")),
                name="effective_in_order",
                violation_error_message="A policy cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "retired"]) | Q(published_at__isnull=False, approved_at__isnull=False),
                name="published_was_approved",
                violation_error_message="Only an approved version is published.",
            ),
            models.CheckConstraint(
                condition=~Q(status="retired") | Q(retired_at__isnull=False, in_force_until__isnull=False),
                name="retired_has_an_end",
                violation_error_message="A retired version names its last day.",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["overlays"], name="version_overlays", condition=~Q(overlays=""))]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class RuleCode(models.Model):
    """Derived from the document when it is saved: which rule of which version names a code."""

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="codes")
    code = models.CharField(max_length=7)
    rule = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "code"], name="one_rule_per_code")]
        indexes: ClassVar = [models.Index(fields=["code", "version"], name="rule_by_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.rule}"


class PolicyEvent(models.Model):
    """What happened to a policy. Append-only, chained per policy; `payload` is the very text that was hashed."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="events")
    version = models.CharField(max_length=40, blank=True)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    by = who(null=True)
    at = models.DateTimeField()
    origin = models.CharField(max_length=60)
    payload = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["policy", "sequence"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["policy", "sequence"], name="policy_event_sequence")]

    def __str__(self) -> str:
        return f"{self.policy} {self.sequence} {self.kind}"
