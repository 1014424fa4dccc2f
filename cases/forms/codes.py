"""Bringing a file of codes, and writing the wording and unit rules of one code.

A file is opened here, so that what is wrong with it stands at its field.
"""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cases.code_files import MEBIBYTE, MOST_BYTES, NotACodeFile, Release, check_size, open_table
from cases.enums import CodeSet
from cases.intake_problems import OLDEST_YEAR

MOST_UNITS = 999
ONLY = [("", "all"), ("now", "in force"), ("coming", "to come"), ("unworded", "without words for members"), ("verify", "to verify")]
LAST_YEAR = 2199


class DayField(forms.DateField):
    """A day, written as browsers write it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not OLDEST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"No code is in force before {OLDEST_YEAR} or after {LAST_YEAR}. Check the year.")
        return day


class CodeFileForm(forms.Form):
    """Which set, from when, whole or additions, and the file. `data_read` is what was brought, once the form is valid."""

    code_set = forms.ChoiceField(label="Code set", choices=CodeSet.choices, widget=forms.RadioSelect)
    is_whole = forms.TypedChoiceField(
        label="This file is",
        choices=[
            ("yes", "the whole release: codes in force that it lacks end on the day before"),
            ("no", "additions and changes alone: nothing ends"),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    effective_from = DayField(label="In force from", help_text="1 October for ICD-10-CM, 1 January for procedure codes.")
    effective_until = DayField(
        label="In force until", required=False, help_text="The last day, if the release is over. Empty: until another one follows."
    )
    file = forms.FileField(label="File", widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}), allow_empty_file=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.data_read, self.filename = b"", ""
        self.fields["file"].help_text = (
            f"CSV up to {MOST_BYTES // MEBIBYTE} MB with a header: code and text; effective from, effective until and billable if you have "
            "them. UTF-8, with or without byte order mark, or Windows-1252; comma, semicolon, tab or bar."
        )
        self.fields["file"].error_messages["required"] = "Choose a file."

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        code_set = self.cleaned_data.get("code_set")
        try:
            check_size(file.size or 0)
            self.data_read = file.read()
            if code_set:
                open_table(self.data_read, CodeSet(code_set))
        except NotACodeFile as wrong:
            raise forms.ValidationError(wrong.sentence) from wrong
        self.filename = (file.name or "")[-200:]
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("effective_from"), cleaned.get("effective_until")
        if starts and ends and ends < starts:
            self.add_error("effective_until", "The last day is before the first.")
        return cleaned

    @property
    def release(self) -> Release:
        said = self.cleaned_data
        return Release(CodeSet(said["code_set"]), said["effective_from"], said["effective_until"], said["is_whole"])


class CodeSearch(forms.Form):
    """The filter over a list of codes; what is not among the choices narrows nothing."""

    q = forms.CharField(required=False, label="Code or words", widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}))
    only = forms.ChoiceField(required=False, label="Show", choices=ONLY)

    def __init__(self, data: Any, *, code_set: CodeSet) -> None:
        super().__init__(data, auto_id="filter-%s")
        if code_set == CodeSet.DIAGNOSIS:
            self.fields["only"].choices = ONLY[:3]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("q", "only")}


class ServiceCodeForm(forms.Form):
    """Our wording and rules of one procedure code from a day on."""

    code = forms.CharField(max_length=5, help_text="Five characters.")
    effective_from = DayField(label="In force from")
    name = forms.CharField(max_length=120, help_text="Short, for reviewers: “Occipital block”.")
    lay_en = forms.CharField(
        label="Wording for members, English",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It goes into a sentence: begin small, no full stop, your own words.",
    )
    lay_es = forms.CharField(
        label="Wording for members, Spanish", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "es"})
    )
    max_units_per_day = forms.IntegerField(label="Most units a day", min_value=1, max_value=MOST_UNITS, required=False)
    min_sites = forms.IntegerField(label="Fewest sites", min_value=1, max_value=MOST_UNITS, required=False)
    max_sites = forms.IntegerField(label="Most sites", min_value=1, max_value=MOST_UNITS, required=False)
    per_side = forms.BooleanField(label="Asked for by side; both sides on one line count as one unit", required=False)
    verify = forms.CharField(
        label="Still to verify", max_length=200, required=False, help_text="What has not been confirmed, and where to look."
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, is_new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_new:
            del self.fields["code"]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        fewest, most = cleaned.get("min_sites"), cleaned.get("max_sites")
        if fewest and most and most < fewest:
            self.add_error("max_sites", "The most sites cannot be fewer than the fewest.")
        return cleaned


class EndCodeForm(forms.Form):
    """The last day of a code; empty takes it back."""

    last_day = DayField(label="Last day", required=False, help_text="Empty: in force without an end.")
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
