"""Clinical facts as typed on the case page: one form a kind, dates as nurses write them. Validate and convert only."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from cases.enums import CertaintyLabel, SideLabel, TreatmentKind, TreatmentResponse
from cases.intake_problems import DIAGNOSIS_CODE, NOT_A_DIAGNOSIS_CODE, is_far_off, trial_problem
from cases.models import ServiceLine
from cases.typed_dates import NotADate, find_dates, not_after

from .case import near

DAY = forms.DateInput(attrs={"type": "date"})


def kinds() -> list[tuple[str, str]]:
    return [("", "Choose"), *TreatmentKind.choices]


class FactForm(forms.Form):
    """`cleaned_data` holds the columns of the fact; `line` is the line it is of, where the kind has one."""

    line = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Line")

    def __init__(self, *args: Any, lines: list[ServiceLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[Any, str]] = [(line.number, f"Line {line.number}, {line.code}") for line in lines]
        if isinstance(self, OnsetForm):
            choices.insert(0, ("", "All lines"))
        if isinstance(self, OnsetForm | ExaminationForm):
            self.fields["line"].choices = choices  # type: ignore[attr-defined]
            self.order_fields([name for name in self.fields if name != "line"])
        else:
            del self.fields["line"]


class OnsetForm(FactForm):
    value = forms.CharField(label="When it began", max_length=40, help_text="8/10/25, Aug 2025 or 2025: as exact as the record.")

    def clean_value(self) -> str:
        try:
            dates = find_dates(self.cleaned_data["value"], timezone.localdate())
            written = [not_after(each, timezone.localdate()) for each in dates]
        except NotADate as wrong:
            raise forms.ValidationError(str(wrong.args[0])) from wrong
        if len(written) != 1:
            raise forms.ValidationError("Type one date, like this: 8/10/25, or Aug 2025.")
        if written[0].first_day() > timezone.localdate():
            raise forms.ValidationError("This day is still to come.")
        return written[0].iso


class TreatmentForm(FactForm):
    kind = forms.ChoiceField(choices=kinds, label="Kind of care")
    agent = forms.CharField(required=False, max_length=120, label="What", help_text="Name and dose.")
    from_date = forms.DateField(required=False, label="First day", widget=DAY)
    to_date = forms.DateField(required=False, label="Last day", widget=DAY)
    sessions = forms.IntegerField(required=False, min_value=1, max_value=500, label="Visits")
    response = forms.ChoiceField(choices=[("", "Not stated"), *TreatmentResponse.choices], required=False, label="Result")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("from_date"), found.get("to_date")
        if first and last and last < first:
            self.add_error("to_date", "A trial cannot end before it starts.")
        elif wrong := trial_problem(first, last, timezone.localdate()):
            self.add_error("to_date" if is_far_off(last, timezone.localdate()) else "from_date", wrong)
        return found


class SessionForm(FactForm):
    code = forms.CharField(max_length=7, label="Procedure code")
    date = forms.DateField(label="Day", widget=DAY)

    def clean_date(self) -> dt.date:
        if self.cleaned_data["date"] > timezone.localdate():
            raise forms.ValidationError("An earlier session is not in the future.")
        return near(self.cleaned_data["date"])


class ExaminationForm(FactForm):
    site = forms.CharField(max_length=80, label="Muscle or nerve")
    side = forms.ChoiceField(choices=[("", "Not stated"), *SideLabel.choices], required=False, label="Side")


class DiagnosisForm(FactForm):
    code = forms.CharField(max_length=8, label="ICD-10-CM code")
    text = forms.CharField(max_length=200, label="In words")
    certainty = forms.ChoiceField(choices=CertaintyLabel.choices, label="Certainty")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        if not DIAGNOSIS_CODE.fullmatch(code):
            raise forms.ValidationError(NOT_A_DIAGNOSIS_CODE)
        return code


class ScoreForm(FactForm):
    scale = forms.CharField(max_length=80, label="Scale", help_text="Pain 0 to 10, Neck Disability Index")
    value = forms.CharField(max_length=40, label="Value")
    date = forms.DateField(required=False, label="Day", widget=DAY)

    def clean_date(self) -> dt.date | None:
        return near(self.cleaned_data["date"])


FORMS: dict[str, type[FactForm]] = {
    "onset": OnsetForm,
    "treatment": TreatmentForm,
    "session": SessionForm,
    "examination": ExaminationForm,
    "diagnosis": DiagnosisForm,
    "score": ScoreForm,
}
TITLES = {
    "onset": "onset",
    "treatment": "treatment tried",
    "session": "earlier session",
    "examination": "exam finding",
    "diagnosis": "diagnosis",
    "score": "score",
}
