"""Regulated wording as a new installation starts with it: written by one person, approved by another. Later wording is the admin's."""

from datetime import date
from pathlib import Path

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from authreview.errors import Denied
from authreview.models import User
from cases.models import LetterText

SEEDS: Path = Path(settings.BASE_DIR) / "cases" / "data" / "letter_texts.yaml"
LANGUAGES = ("en", "es")
SAME_PERSON = "Nobody approves their own wording."


@transaction.atomic
def install_letter_texts(*, written_by: User, approved_by: User, effective_from: date = date(2025, 1, 1)) -> int:
    """Add the shipped texts of those keys that have no row yet, approved. How many were added. Raises Denied."""
    if written_by == approved_by:
        raise Denied(SAME_PERSON)
    now = timezone.now()
    have = set(LetterText.objects.values_list("key", "line_of_business", "language"))
    rows = [
        LetterText(
            key=seed["key"],
            line_of_business=line_of_business,
            language=language,
            body=seed[language].strip(),
            effective_from=effective_from,
            written_by=written_by,
            written_at=now,
            approved_by=approved_by,
            approved_at=now,
        )
        for seed in yaml.safe_load(SEEDS.read_text())
        for line_of_business in seed.get("for", [""])
        for language in LANGUAGES
        if language in seed and (seed["key"], line_of_business, language) not in have
    ]
    LetterText.objects.bulk_create(rows)
    return len(rows)
