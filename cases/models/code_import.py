"""Which files of codes were imported: who, when, which bytes, and how much they changed. Append-only."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from authreview import due
from cases.enums import CodeSet
from criteria.models import who


class CodeImport(models.Model):
    """One import. `file_sha256` is the file's name in storage; the counts are of codes."""

    code_set = models.CharField(max_length=10, choices=CodeSet.choices)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    is_whole = models.BooleanField()  # codes that the file lacked have ended
    filename = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    encoding = models.CharField(max_length=30)
    added = models.PositiveIntegerField()
    reworded = models.PositiveIntegerField()
    extended = models.PositiveIntegerField()
    ended = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    imported_by = who()
    imported_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gte=F("effective_from")), name="import_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_code_set_display()} from {due.day(self.effective_from)}"
