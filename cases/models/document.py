"""The record: documents, their pages as text with word boxes, and who opened which page first."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.enums import DocumentKind, Reading
from criteria.models import who

from .case import Case


class Document(models.Model):
    """One uploaded file. `sha256` is also its name in storage: written before the row, never overwritten."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=DocumentKind.choices, default=DocumentKind.CLINICAL_NOTE)
    date = models.DateField(null=True)
    source = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=80)
    filename = models.CharField(max_length=200)
    page_count = models.PositiveIntegerField(default=0)
    reading = models.CharField(max_length=8, choices=Reading.choices, default=Reading.PENDING)
    reading_error = models.CharField(max_length=200, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    added_by = who()
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "sha256"], name="same_file_once", violation_error_message="This file is in the record already."
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["reading", "id"], name="document_to_read", condition=Q(reading__in=["pending", "running"]))
        ]

    def __str__(self) -> str:
        return self.title


class DocumentPage(models.Model):
    """One page. `words` is [[start, end, x, y, width, height], ...]: characters of `text`, and points from the top left."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    width_pt = models.FloatField()
    height_pt = models.FloatField()
    text = models.TextField(blank=True)  # NUL removed; offsets of evidence count in this text
    words = models.JSONField(default=list)  # deferred everywhere but in the viewer
    text_source = models.CharField(max_length=6)  # layer, typed, none
    confidence = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["document", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "number"], name="page_number_unique")]

    def __str__(self) -> str:
        return f"{self.document}, p. {self.number}"


class PageOpening(models.Model):
    """First time a person opened a page: proof of reading and "searched in". A fact of the case; AccessRecord is the audit."""

    page = models.ForeignKey(DocumentPage, models.PROTECT, related_name="openings")
    user = who()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["page", "user"], name="opened_once")]

    def __str__(self) -> str:
        return f"{self.page} by {self.user}"
