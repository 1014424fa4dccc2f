"""Asking, referring, talking: information requests with their items, referrals, peer-to-peer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.enums import ItemStatus, PeerOutcome
from criteria.models import pair, who

from .case import Case
from .document import Document
from .line import ServiceLine


class InformationRequest(models.Model):
    """An itemised request for what is missing. One in work per case; a sent one has its answer date."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="requests")
    created_by = who()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_by = who(null=True)
    answer_by = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = who(null=True)
    closed_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(sent_at__isnull=True), name="one_request_in_work"),
            pair("sent_at", "sent_by"),
            pair("closed_at", "closed_by"),
            models.CheckConstraint(condition=Q(sent_at__isnull=True) | Q(answer_by__isnull=False), name="sent_has_a_date"),
        ]

    def __str__(self) -> str:
        return f"{self.case} request {self.pk}"


class RequestItem(models.Model):
    """One thing asked for. `criteria`: ids; several mean that one of these would do. `wording` by language, always with "en"."""

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="items")
    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="asked")
    position = models.PositiveSmallIntegerField()
    wording = models.JSONField()
    criteria = models.JSONField(default=list)
    flag = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=8, choices=ItemStatus.choices, default=ItemStatus.OPEN)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    page = models.PositiveIntegerField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = who(null=True)

    class Meta:
        ordering: ClassVar = ["request", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "position"], name="item_position"),
            pair("resolved_at", "resolved_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["line"], name="open_items", condition=Q(status__in=["open", "partly"]))]

    def __str__(self) -> str:
        return str(self.wording.get("en", ""))


class Referral(models.Model):
    """Lines handed to a medical director with one neutral question. Append-only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    lines = models.ManyToManyField(ServiceLine, related_name="referrals")
    question = models.TextField()
    by = who()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.question


class PeerToPeer(models.Model):
    """The conversation offered to the requesting practitioner before an adverse decision on a line."""

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="peer_to_peers")
    offered_at = models.DateTimeField()
    offered_by = who()
    offered_how = models.CharField(max_length=40)
    open_until = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True, choices=PeerOutcome.choices)
    closed_at = models.DateTimeField(null=True)
    closed_by = who(null=True)
    practitioner = models.CharField(max_length=160, blank=True)
    specialty = models.CharField(max_length=80, blank=True)
    new_information = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line"], condition=Q(closed_at__isnull=True), name="one_open_conversation"),
            pair("closed_at", "closed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.line} peer-to-peer"
