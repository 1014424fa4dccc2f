"""One requested procedure, where it stands, which rule governs it, and what the practice changed about it."""

from typing import ClassVar

from django.db import models
from django.db.models import Case as Choose
from django.db.models import F, Q, Value, When

from cases.enums import Channel, LineStatus, SideLabel
from criteria.models import PolicyVersion, who

from .case import Case


class ServiceLine(models.Model):
    """A service line. `as_received` is the request at routing as canonical JSON; amendments never touch it.

    `policy_version` null with `pinned_at` set: no policy governs, the line goes the general-necessity way, `pinned_why` says so.
    `pinned`: the editions whose joined rule governs. `proposals` and `flags`: what checks and rules say of the facts now.
    `reviewer_ids`: people who marked a criterion here as nurse; none of them signs it as director.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=7)
    modifiers = models.CharField(max_length=20, blank=True)
    units = models.PositiveSmallIntegerField(default=1)
    place = models.CharField(max_length=4, blank=True)
    first_service = models.DateField(null=True)
    last_service = models.DateField(null=True)
    as_received = models.TextField(blank=True)
    diagnoses = models.ManyToManyField("cases.Diagnosis", related_name="lines")
    status = models.CharField(max_length=22, choices=LineStatus.choices, default=LineStatus.NURSE_REVIEW)
    queue = models.GeneratedField(
        expression=Choose(
            When(status="nurse_review", then=Value("nurse")),
            When(status="awaiting_information", then=Value("information")),
            When(status__in=["physician_review", "peer_to_peer"], then=Value("director")),
            When(status="decided", then=Value("notify")),
            default=Value(""),
        ),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    rule = models.CharField(max_length=80, blank=True)
    pinned = models.JSONField(default=list)  # base first, then overlays in slug order: {policy, version, digest, rule, title}
    pinned_at = models.DateTimeField(null=True)
    pinned_why = models.TextField(blank=True)
    reviewer_ids = models.JSONField(default=list)
    proposals = models.JSONField(default=dict)  # criterion -> {finding, arithmetic, stated}; these three are kept by actions/computed.py
    flags = models.JSONField(default=list)  # {key, sentence, ask, fingerprint, resolutions, resolved}
    open_flags = models.PositiveSmallIntegerField(default=0)
    decide_by = models.DateTimeField(null=True)
    notify_by = models.DateTimeField(null=True)
    clock = models.TextField(blank=True)  # the arithmetic of the deadline in words
    clock_stopped = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)  # withdrawn, void, no review needed: the reason given

    class Meta:
        ordering: ClassVar = ["case", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="line_number_unique"),
            models.CheckConstraint(condition=Q(units__gte=1), name="units_at_least_one", violation_error_message="Units start at 1."),
            models.CheckConstraint(
                condition=Q(last_service__isnull=True) | Q(last_service__gte=F("first_service")),
                name="service_dates_in_order",
                violation_error_message="The last day of service cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["decided", "notified"], decided_at__isnull=False)
                | (~Q(status__in=["decided", "notified"]) & Q(decided_at__isnull=True)),
                name="decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(status="notified", notified_at__isnull=False) | (~Q(status="notified") & Q(notified_at__isnull=True)),
                name="notified_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True) | Q(notified_at__gte=F("decided_at")),
                name="told_after_decided",
                violation_error_message="Nobody can be told of a decision before it is made.",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["code", "case"], name="line_code"),
            models.Index(fields=["policy_version", "decided_at"], name="line_replay", condition=Q(decided_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case} line {self.number}"


class Site(models.Model):
    """A muscle or nerve asked for, with its side where one was stated."""

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=80)
    side = models.CharField(max_length=9, blank=True, choices=SideLabel.choices)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "name", "side"], name="site_once", violation_error_message="This site is listed twice.")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_side_display().lower()}" if self.side else self.name


class Amendment(models.Model):
    """A change of a line that the practice asked for: what, who agreed, when, by which channel. Append-only."""

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="amendments")
    before = models.TextField()
    after = models.TextField()
    agreed_with = models.CharField(max_length=160)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    agreed_at = models.DateTimeField()
    at = models.DateTimeField()
    by = who()

    def __str__(self) -> str:
        return f"{self.line}, {self.at:%d %b %Y}"


class FlagResolution(models.Model):
    """Flags are computed; only their resolutions are kept. A changed fingerprint opens the flag again."""

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="resolutions")
    flag = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    by = who()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["line", "flag", "fingerprint"], name="flag_resolved_once")]

    def __str__(self) -> str:
        return f"{self.flag}: {self.reason}"
