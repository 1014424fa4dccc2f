"""Letters: regulated wording by version, one rendering per recipient, its bytes, its delivery."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cases.enums import DeliveryChannel, LetterKind, LetterStatus, LineOfBusinessLabel, Recipient
from criteria.models import pair, who

from .case import Case, sent_once
from .determination import Determination
from .request import InformationRequest


class LetterText(models.Model):
    """Regulated wording with placeholders. Approved rows are closed and followed, never edited; empty columns match all."""

    key = models.CharField(max_length=60)
    line_of_business = models.CharField(max_length=20, blank=True, choices=LineOfBusinessLabel.choices)
    state = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=8)
    body = models.TextField()
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    written_by = who()
    written_at = models.DateTimeField()
    approved_by = who(null=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["key", "line_of_business", "state", "language", "-effective_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key", "line_of_business", "state", "language", "effective_from"],
                name="one_text_from_a_day",
                violation_error_message="There is a text from that day already.",
            ),
            pair("approved_at", "approved_by"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("written_by")),
                name="text_second_person",
                violation_error_message="Nobody approves their own wording.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


class Letter(models.Model):
    """One rendering of determinations or a request for one recipient. `context` is canonical JSON, exactly what was rendered."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="letters")
    determinations = models.ManyToManyField(Determination, related_name="letters")
    request = models.ForeignKey(InformationRequest, models.PROTECT, null=True, related_name="letters")
    kind = models.CharField(max_length=20, choices=LetterKind.choices)
    recipient = models.CharField(max_length=12, choices=Recipient.choices)
    language = models.CharField(max_length=8)
    large_print = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=LetterStatus.choices, default=LetterStatus.DRAFT)
    context = models.TextField()
    context_digest = models.CharField(max_length=64)
    versions = models.JSONField(default=dict)  # template, texts, renderer
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = who(null=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = who(null=True)
    void_reason = models.CharField(max_length=200, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind", "recipient", "language", "context_digest"],
                condition=~Q(status="void"),
                name="letter_once",
                violation_error_message="This very letter exists already.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["issued", "void"]) | (Q(issued_at__isnull=False) & ~Q(pdf_sha256="")),
                name="issued_has_its_bytes",
            ),
            models.CheckConstraint(
                condition=(Q(status="void", voided_at__isnull=False) & ~Q(void_reason=""))
                | (~Q(status="void") & Q(voided_at__isnull=True)),
                name="void_has_a_reason",
                violation_error_message="A void letter needs its reason.",
            ),
            pair("issued_at", "issued_by"),
            pair("voided_at", "voided_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "id"], name="letters_issued", condition=Q(status="issued"))]

    def __str__(self) -> str:
        return f"{self.case} {self.kind} to {self.recipient}"


class LetterFile(models.Model):
    """The bytes of an issued letter, apart so that no list loads them. Append-only."""

    letter = models.OneToOneField(Letter, models.PROTECT, related_name="file")
    pdf = models.BinaryField()

    def __str__(self) -> str:
        return str(self.letter)


class Delivery(models.Model):
    """How and when an issued letter went out. Append-only."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=DeliveryChannel.choices)
    tracking = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField()
    at = models.DateTimeField()
    by = who()
    sent_as = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [sent_once("letter", name="delivery_sent_once")]

    def __str__(self) -> str:
        return f"{self.letter} by {self.channel}"
