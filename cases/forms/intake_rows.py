"""Rows of a request: diagnoses, service lines with their sites, treatments. Validate and convert only."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone

from authreview.numbers import whole_number
from cases.enums import CertaintyLabel, SideLabel, TreatmentKind, TreatmentResponse
from cases.intake_data import DiagnosisData, LineData, SiteData, TreatmentData
from cases.intake_problems import (
    CHECK_THE_YEAR,
    DIAGNOSIS_CODE,
    ENDS_BEFORE_START,
    LAST_BEFORE_FIRST,
    LAST_WITHOUT_FIRST,
    MOST_UNITS,
    NOT_A_DIAGNOSIS_CODE,
    NOT_A_SERVICE_CODE,
    SERVICE_CODE,
    SITE_TWICE,
    is_far_off,
)

from .intake import DayField, OnsetField, QuietForm
from .typed import MOST_ROWS, MOST_SITES

# places of service that these procedures have; the codes are those of CMS
PLACES = [
    ("", "Not stated"),
    ("11", "11 Office"),
    ("22", "22 Hospital outpatient, on campus"),
    ("19", "19 Hospital outpatient, off campus"),
    ("24", "24 Ambulatory surgical center"),
    ("21", "21 Hospital inpatient"),
    ("23", "23 Emergency room"),
    ("20", "20 Urgent care"),
    ("12", "12 Home"),
    ("49", "49 Independent clinic"),
]
UNITS = f"Units are a whole number from 1 to {MOST_UNITS}."
SESSIONS = "Sessions are a whole number from 1 to 500."
MODIFIER = re.compile(r"[0-9A-Z]{2}")
OFF = {"autocomplete": "off", "spellcheck": "false"}
# looks the typed text up while it is typed; without scripts a button does
SEARCHED = {
    **OFF,
    "placeholder": "Code or words",
    "data-combobox": "",
    "hx-get": reverse_lazy("intake-diagnoses"),
    "hx-trigger": "input changed delay:200ms",
    "hx-target": "next .options",
    "hx-sync": "this:replace",
}
HINTED = {**OFF, "hx-get": reverse_lazy("intake-services"), "hx-trigger": "change", "hx-target": "next .code-hint"}


class DiagnosisForm(QuietForm):
    code = forms.CharField(label="ICD-10-CM code", max_length=60, widget=forms.TextInput(attrs=SEARCHED))
    text = forms.CharField(label="As the request words it", max_length=200, required=False)
    certainty = forms.ChoiceField(label="Certainty", choices=CertaintyLabel.choices, initial=CertaintyLabel.CONFIRMED)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip().upper()
        if len(code) > 3 and "." not in code:
            code = f"{code[:3]}.{code[3:]}"
        if not DIAGNOSIS_CODE.fullmatch(code):
            raise ValidationError(NOT_A_DIAGNOSIS_CODE)
        return code

    def asked(self) -> DiagnosisData:
        value = self.cleaned_data
        return DiagnosisData(code=value["code"], text=value["text"], certainty=value["certainty"])


class LineForm(QuietForm):
    """A service line. Its sites are numbered fields, as many as `site_count` says."""

    code = forms.CharField(label="Procedure code", max_length=7, widget=forms.TextInput(attrs=HINTED))
    units = forms.IntegerField(
        min_value=1, max_value=MOST_UNITS, initial=1, error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), UNITS)
    )
    modifiers = forms.CharField(max_length=20, required=False, widget=forms.TextInput(attrs=OFF))
    place = forms.ChoiceField(label="Place of service", choices=PLACES, required=False)
    first_service = DayField(label="First day of service")
    last_service = DayField(label="Last day")
    diagnoses = forms.CharField(
        label="Diagnoses it is for", max_length=200, required=False, help_text="Codes or row numbers; empty for all of them."
    )
    onset = OnsetField(label="Onset, if another")
    no_review_why = forms.CharField(
        label="No review needed because",
        max_length=200,
        required=False,
        help_text="Only where the plan asks for no review of it.",
    )
    site_count = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_SITES, required=False, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(self.sites_shown):
            self.fields[f"site_{number}"] = forms.CharField(label=f"Site {number + 1}", max_length=80, required=False)
            side = forms.ChoiceField(label=f"Side of site {number + 1}", choices=[("", "Not stated"), *SideLabel.choices], required=False)
            self.fields[f"side_{number}"] = side

    @property
    def sites_shown(self) -> int:
        typed = str(self.data.get(self.add_prefix("site_count"), "")) if self.is_bound else "1"
        return min(whole_number(typed) or 0, MOST_SITES)

    @property
    def site_rows(self) -> list[dict[str, Any]]:
        return [{"number": number, "site": self[f"site_{number}"], "side": self[f"side_{number}"]} for number in range(self.sites_shown)]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        if not SERVICE_CODE.fullmatch(code):
            raise ValidationError(NOT_A_SERVICE_CODE)
        return code

    def clean_modifiers(self) -> str:
        modifiers = self.cleaned_data["modifiers"].upper().replace(",", " ").replace("-", " ").split()
        if wrong := [each for each in modifiers if not MODIFIER.fullmatch(each)]:
            raise ValidationError(f"{', '.join(wrong)} is no modifier: each has two characters, like 50 or RT.")
        return ", ".join(modifiers)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_service"), cleaned.get("last_service")
        if last and not first and "first_service" not in self.errors:
            self.add_error("first_service", LAST_WITHOUT_FIRST)
        if first and last and last < first:
            self.add_error("last_service", LAST_BEFORE_FIRST)
        for name, day in (("first_service", first), ("last_service", last)):
            if is_far_off(day, timezone.localdate()):
                self.add_error(name, CHECK_THE_YEAR)
        seen: set[tuple[str, str]] = set()
        for number in range(self.sites_shown):
            name, side = " ".join(cleaned.get(f"site_{number}", "").split()), cleaned.get(f"side_{number}", "")
            if side and not name:
                self.add_error(f"site_{number}", "Name the muscle or nerve of this side.")
            elif name and (name, side) in seen:
                self.add_error(f"site_{number}", SITE_TWICE)
            seen.add((name, side))
        return cleaned

    def diagnosis_codes(self, known: list[str]) -> tuple[str, ...]:
        """The codes this line is for; row numbers count from 1. Raises ValidationError for one that the request does not name."""
        found: list[str] = []
        for each in self.cleaned_data.get("diagnoses", "").upper().replace(",", " ").replace(";", " ").split():
            number = whole_number(each)
            code = known[number - 1] if number is not None and 0 < number <= len(known) else each
            if code not in known:
                raise ValidationError(f"{each} is not among the diagnoses of this request.")
            found.append(code)
        return tuple(dict.fromkeys(found))

    def asked(self, known: list[str]) -> LineData:
        value = self.cleaned_data
        sites = ((" ".join(value[f"site_{number}"].split()), value[f"side_{number}"]) for number in range(self.sites_shown))
        names = ("code", "units", "modifiers", "place", "first_service", "last_service", "onset", "no_review_why")
        return LineData(
            **{name: value[name] for name in names},
            diagnoses=self.diagnosis_codes(known),
            sites=tuple(SiteData(name, side) for name, side in sites if name),
        )


class TreatmentForm(QuietForm):
    kind = forms.ChoiceField(label="Kind of care", choices=[("", "Choose"), *TreatmentKind.choices], required=False)
    agent = forms.CharField(label="What exactly", max_length=120, required=False)
    from_date = DayField(label="From")
    to_date = DayField(label="To")
    sessions = forms.IntegerField(
        min_value=1, max_value=500, required=False, error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), SESSIONS)
    )
    response = forms.ChoiceField(label="Result", choices=[("", "Not stated"), *TreatmentResponse.choices], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("kind") and "kind" not in self.errors:
            self.add_error("kind", "Choose the kind of care.")
        start, end = cleaned.get("from_date"), cleaned.get("to_date")
        if start and end and end < start:
            self.add_error("to_date", ENDS_BEFORE_START)
        return cleaned

    def asked(self) -> TreatmentData:
        names = ("kind", "agent", "from_date", "to_date", "sessions", "response")
        return TreatmentData(**{name: self.cleaned_data[name] for name in names})


def _rows(form: type[QuietForm], least: int) -> Any:
    return forms.formset_factory(form, extra=0, min_num=least, validate_min=False, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


DiagnosisRows = _rows(DiagnosisForm, 1)
LineRows = _rows(LineForm, 1)
TreatmentRows = _rows(TreatmentForm, 0)
