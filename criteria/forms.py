"""Forms about policies: a file or pasted text with its errors at their lines, a reason, a last day. They validate; they do not act."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from .format import FormatError, Loaded, load
from .format.yaml_text import MAX_BYTES

AROUND = 2  # lines shown before and after the one with the error
SHOWN_ERRORS = 50


@dataclass(frozen=True, slots=True)
class PlacedError:
    """One error of a file with the lines around it: number, text, whether it is the one."""

    path: str
    line: int | None
    message: str
    lines: tuple[tuple[int, str, bool], ...]


class PolicyTextForm(forms.Form):
    """A policy as a file, or as text. `loaded` is the policy; `placed` its errors; `shown_text` what the page shows again."""

    file = forms.FileField(required=False, label="File", widget=forms.FileInput(attrs={"class": "form-control", "accept": ".yaml,.yml"}))
    text = forms.CharField(
        required=False,
        label="Text",
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control policy-text", "rows": 28, "spellcheck": "false", "autocomplete": "off"}),
    )

    loaded: Loaded | None = None
    given = ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload, text = cleaned.get("file"), cleaned.get("text") or ""
        if not upload and not text.strip():
            self.add_error("file", "Choose a file, or paste the text of one.")
            return cleaned
        data = upload.read(MAX_BYTES + 1) if upload else text.encode("utf-8", "surrogatepass")
        self.given = data.decode("utf-8", "replace") if len(data) <= MAX_BYTES else ""
        self.loaded = load(data, upload.name if upload else "the text")
        count = len(self.loaded.errors)
        if self.refuses(self.loaded):
            self.add_error("text", "The policy has 1 error." if count == 1 else f"The policy has {count:,} errors.")
        return cleaned

    def refuses(self, found: Loaded) -> bool:
        return bool(found.errors)

    @property
    def placed(self) -> list[PlacedError]:
        """The first errors, each with the lines around it."""
        lines = self.given.splitlines()
        return [_placed(error, lines) for error in self.listed]

    @property
    def listed(self) -> tuple[FormatError, ...]:
        """The first errors: of very many nobody reads the rest."""
        return self.loaded.errors[:SHOWN_ERRORS] if self.loaded else ()

    @property
    def shown_text(self) -> str:
        """What was given, so that it is mended in place: a file's text too."""
        return self.given or str(self["text"].value() or "")


class SaveTextForm(PolicyTextForm):
    """The text of a draft with the revision that was opened: a later one is a conflict. What can be kept is, with its errors."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def refuses(self, found: Loaded) -> bool:
        return found.kept is None


class StartForm(forms.Form):
    """A policy from nothing: what a draft has at least."""

    title = forms.CharField(max_length=200, label="Title", widget=forms.TextInput(attrs={"class": "form-control"}))
    policy = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]*$",
        max_length=80,
        label="Short name",
        help_text="Its identity across versions: small letters, digits and hyphens, such as joint-shots.",
        error_messages={"invalid": "Use small letters, digits and hyphens, such as joint-shots."},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    version = forms.CharField(
        max_length=40,
        label="Version",
        help_text="Such as 2026.1.",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        first = "version" if self.initial else "title"  # of a version that follows another the rest is known
        self.fields[first].widget.attrs["data-focus"] = ""


class PublishForm(forms.Form):
    """Of a version that begins before the day it is published."""

    confirmed_past = forms.BooleanField(
        label="I have read this, and it is meant",
        error_messages={"required": "Tick this if it is meant, or send the version back for a later first day."},
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class ReturnForm(forms.Form):
    why = forms.CharField(
        label="Why it goes back",
        max_length=500,
        error_messages={"required": "Say what is to be changed."},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )


class WaiveForm(forms.Form):
    why = forms.CharField(
        label="Why without Spanish",
        max_length=500,
        error_messages={"required": "Say why it is published without Spanish."},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2, "id": "id_why_waive"}),
    )


class RetireForm(forms.Form):
    last_day = forms.DateField(
        label="Last day in force",
        error_messages={"required": "Give the last day on which it governs."},
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )

    def clean_last_day(self) -> Any:
        last_day = self.cleaned_data["last_day"]
        if last_day < timezone.localdate():
            raise forms.ValidationError("The last day is today or later.")
        return last_day


def _placed(error: FormatError, lines: list[str]) -> PlacedError:
    if error.line is None or not 1 <= error.line <= len(lines):
        return PlacedError(error.path, error.line, error.message, ())
    first, last = max(1, error.line - AROUND), min(len(lines), error.line + AROUND)
    shown = tuple((number, lines[number - 1][:200], number == error.line) for number in range(first, last + 1))
    return PlacedError(error.path, error.line, error.message, shown)
