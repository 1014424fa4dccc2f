"""Attaching files and describing them. A file is read here, so that what is wrong with it stands at its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from authreview.canonical import sha256
from cases.enums import DocumentKind
from cases.intake_problems import OLDEST_YEAR
from cases.reading import ACCEPTED, Contents, Unreadable, check_size, read_file

MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that can be attached: its bytes, what it was called, and what reading it gave."""

    data: bytes
    filename: str
    contents: Contents


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of uploads, each read for real. Every file that cannot be attached is named with its reason."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=FilesInput(attrs={"multiple": True, "accept": ACCEPTED, "class": "form-control", "aria-describedby": "id_uploads_hint"}),
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not files:
            raise forms.ValidationError("Choose a file to attach.")
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"Attach at most {MOST_FILES} files at a time.")
        uploads, problems = [], []
        for file in files:
            try:
                uploads.append(_read(file))
            except Unreadable as unreadable:
                problems.append(forms.ValidationError(f"{file.name}: {unreadable.sentence}"))
        if problems:
            raise forms.ValidationError(problems)
        return uploads


def _read(file: UploadedFile) -> Upload:
    check_size(file.size or 0)
    data = file.read()
    return Upload(data, file.name or "", read_file(data))


class DescribeForm(forms.Form):
    """What a document is called and where it comes from."""

    title = forms.CharField(max_length=160)
    kind = forms.ChoiceField(choices=DocumentKind.choices)
    date = forms.DateField(required=False, label="Date of the document", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    source = forms.CharField(max_length=120, required=False, label="From", help_text="Who wrote it, or where it came from.")

    def clean_date(self) -> Any:
        date = self.cleaned_data["date"]
        if date and date > timezone.localdate():
            raise forms.ValidationError("This date is still to come.")
        if date and date.year < OLDEST_YEAR:
            raise forms.ValidationError(f"This day is before {OLDEST_YEAR}. Check the year.")
        return date


class UploadForm(DescribeForm):
    """One or several files. `known`: SHA-256 -> title of what the record has; `replaceable`: documents that may be replaced."""

    uploads = FilesField(label="Files")
    title = forms.CharField(max_length=160, required=False, help_text="Left empty, the file's name.")
    replaces = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label="Replaces")
    field_order = ("uploads", "title", "kind", "date", "source", "replaces")

    def __init__(
        self, *args: Any, known: Mapping[str, str] | None = None, replaceable: Sequence[tuple[int, str]] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.known = known or {}
        if replaceable:
            self.fields["replaces"].choices = [("", "Nothing"), *replaceable]  # type: ignore[attr-defined]
        else:
            del self.fields["replaces"]

    @property
    def largest_mb(self) -> int:
        """What one file may weigh, for the hint."""
        most: int = settings.DOCUMENT_MAX_BYTES
        return most // (1024 * 1024)

    def clean_uploads(self) -> list[Upload]:
        uploads: list[Upload] = self.cleaned_data["uploads"]
        seen = dict(self.known)
        for upload in uploads:
            name = sha256(upload.data)
            if name in seen:
                raise forms.ValidationError(f"{upload.filename}: this file is in the record already, as “{seen[name]}”.")
            seen[name] = upload.filename
        return uploads

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        several = len(cleaned.get("uploads", ())) > 1
        if several and cleaned.get("title"):
            self.add_error("title", "One title does not fit several files. Leave it empty, and each is called by its file's name.")
        if several and cleaned.get("replaces"):
            self.add_error("replaces", "Attach the file that replaces another one by itself.")
        return cleaned
