"""The request as a whole, its place in the queues, and what was said about it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cases.enums import CaseStatus, Channel, ContactKind, LineOfBusinessLabel, Party, Queue, ReviewKind, Urgency
from criteria.models import pair, who

from .people import Member, Plan, Practitioner


def sent_once(of: str, *, name: str) -> models.UniqueConstraint:
    """One row for a form that was sent several times: `sent_as` is what actions/history.py sent_as makes of it, empty without a form."""
    return models.UniqueConstraint(fields=[of, "sent_as"], condition=~Q(sent_as=""), name=name)


class Case(models.Model):
    """One prior authorization request with its service lines. In intake most columns may still be empty."""

    reference = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=10, choices=CaseStatus.choices, default=CaseStatus.INTAKE)
    received_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = who()
    received_reason = models.CharField(max_length=200, blank=True)  # why received_at is not entered_at
    channel = models.CharField(max_length=10, choices=Channel.choices)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True)
    line_of_business = models.CharField(max_length=20, blank=True, choices=LineOfBusinessLabel.choices)
    state = models.CharField(max_length=2, blank=True)  # where the service takes place
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="cases")
    requester = models.ForeignKey(Practitioner, models.PROTECT, null=True, related_name="+")
    facility = models.ForeignKey(Practitioner, models.PROTECT, null=True, related_name="+")
    review_type = models.CharField(max_length=12, blank=True, choices=ReviewKind.choices)
    urgency = models.CharField(max_length=10, blank=True, choices=Urgency.choices)
    urgency_by_practitioner = models.BooleanField(default=False)
    reviewer = who(null=True)  # the nurse who has it; WorkItem.assignee is derived from these two
    director = who(null=True)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    draft = models.JSONField(null=True)  # the raw intake form as last typed; emptied when routed
    closed_at = models.DateTimeField(null=True)
    event_count = models.PositiveIntegerField(default=0)
    event_head = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["intake", "duplicate"])
                | (
                    Q(member__isnull=False, plan__isnull=False, requester__isnull=False)
                    & ~Q(review_type="")
                    & ~Q(urgency="")
                    & ~Q(line_of_business="")
                ),
                name="case_past_intake_is_complete",
                violation_error_message="A case past intake names its member, plan, practitioner, type and urgency.",
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("entered_at")),
                name="received_before_entered",
                violation_error_message="A request cannot be received after it was entered.",
            ),
            models.CheckConstraint(
                condition=Q(received_at=F("entered_at")) | ~Q(received_reason=""),
                name="back_dated_with_reason",
                violation_error_message="A back-dated receipt needs a reason.",
            ),
            models.CheckConstraint(
                condition=Q(status="duplicate", duplicate_of__isnull=False) | (~Q(status="duplicate") & Q(duplicate_of__isnull=True)),
                name="duplicate_names_the_other",
                violation_error_message="A duplicate names the case it repeats.",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "-received_at"], name="case_of_member"),
            models.Index(fields=["-closed_at", "id"], name="case_done", condition=Q(closed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.reference


class WorkItem(models.Model):
    """A case standing in one queue: the only table the worklist reads. Written by actions/settle.py alone, under the case's lock."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="work")
    queue = models.CharField(max_length=12, choices=Queue.choices)
    due_at = models.DateTimeField()
    line_of_business = models.CharField(max_length=20, blank=True)
    urgency = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=2, blank=True)
    assignee = who(null=True)
    assigned_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "queue"], name="once_in_a_queue"), pair("assigned_at", "assignee")]
        indexes: ClassVar = [
            models.Index(fields=["queue", "due_at", "id"], name="work_queue"),
            models.Index(fields=["assignee", "due_at", "id"], name="work_mine", condition=Q(assignee__isnull=False)),
            models.Index(fields=["queue", "due_at", "id"], name="work_free", condition=Q(assignee__isnull=True)),
            models.Index(fields=["due_at", "id"], name="work_due"),
        ]

    def __str__(self) -> str:
        return f"{self.case} in {self.queue}"


class Note(models.Model):
    """A reviewer's note on a case, for colleagues. Append-only; never in a letter."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = models.TextField()
    by = who()
    at = models.DateTimeField()
    sent_as = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [sent_once("case", name="note_sent_once")]

    def __str__(self) -> str:
        return f"{self.case}, {self.at:%d %b %Y}"


class Contact(models.Model):
    """A call, voicemail, fax or mail about a case. Append-only. An oral notice names the determination it told of."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=12, choices=ContactKind.choices)
    party = models.CharField(max_length=12, choices=Party.choices)
    person = models.CharField(max_length=160, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    notice_of = models.ForeignKey("cases.Determination", models.PROTECT, null=True, related_name="oral_notices")
    happened_at = models.DateTimeField()
    by = who()
    at = models.DateTimeField()
    sent_as = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [sent_once("case", name="contact_sent_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at:%d %b %Y}"
