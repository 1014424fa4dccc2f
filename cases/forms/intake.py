"""Fields of a request that stand once: member, practitioner, facility, the request itself, the onset. Validate and convert only."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.urls import reverse_lazy
from django.utils import timezone
from localflavor.us.us_states import STATE_CHOICES

from cases.enums import Channel, ReviewKind, Urgency
from cases.intake_data import MemberData, PractitionerData
from cases.intake_problems import CHECK_THE_YEAR, LEFT_BEFORE_JOINED, NOT_A_DAY, is_far_off
from cases.models import Plan
from cases.npi import npi_problem
from cases.typed_dates import NotADate, find_dates

LANGUAGES = [("en", "English"), ("es", "Spanish")]
STATES = [("", "As the plan"), *STATE_CHOICES]
MOST_ADDRESS_LINES = 6


class QuietForm(forms.Form):
    """A bound form that shows what was typed; it is judged only when somebody asks for it."""

    def __init__(self, *args: Any, judge: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not judge:
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}


class DayField(forms.DateField):
    """A day as browsers send it, or as people type it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, required=options.pop("required", False), **options)


class OnsetField(forms.CharField):
    """A day, a month or a year, as people write them; becomes YYYY-MM-DD, YYYY-MM or YYYY."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, required=False, **options)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        today = timezone.localdate()
        try:
            found = find_dates(text, today)
        except NotADate as wrong:
            raise ValidationError(str(wrong)) from wrong
        if len(found) != 1 or (text[: found[0].start] + text[found[0].end :]).strip(" .,") or found[0].year is None:
            raise ValidationError(NOT_A_DAY)
        if found[0].first_day() > today:
            raise ValidationError("The onset cannot lie in the future.")
        return found[0].iso


class LinesField(forms.CharField):
    """An address as lines of text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=600, **options)

    def clean(self, value: Any) -> tuple[str, ...]:
        lines = tuple(line.strip() for line in str(super().clean(value)).splitlines() if line.strip())
        if len(lines) > MOST_ADDRESS_LINES:
            raise ValidationError(f"An address has at most {MOST_ADDRESS_LINES} lines.")
        return lines


class NpiField(forms.CharField):
    """Ten digits whose last one checks the others. When it is typed, `find` looks it up and fills in what is on file."""

    def __init__(self, *, find: str, **options: Any) -> None:
        looks_up = {
            "hx-post": reverse_lazy("intake-new"),
            "hx-trigger": "change",
            "hx-vals": json.dumps({find: "1"}),
            "hx-target": "#section-practitioner",
            "hx-swap": "outerHTML",
        }
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", **looks_up})
        super().__init__(widget=widget, max_length=20, **options)

    def clean(self, value: Any) -> str:
        npi = str(super().clean(value)).replace(" ", "").replace("-", "")
        if npi and (wrong := npi_problem(npi)):
            raise ValidationError(wrong)
        return npi


class IntakeForm(QuietForm):
    """`entered_at` is when the draft was begun: nothing is received after it."""

    plan = forms.ModelChoiceField(Plan.objects.all(), to_field_name="code", empty_label="Choose a plan")
    member_id = forms.CharField(label="Member number", max_length=40)
    given_name = forms.CharField(max_length=120)
    family_name = forms.CharField(max_length=120)
    birth_date = DayField(required=True)
    language = forms.ChoiceField(label="Language of letters", choices=LANGUAGES)
    large_print = forms.BooleanField(required=False)
    address = LinesField(label="Address for letters")
    joined_on = DayField(label="Covered since")
    left_on = DayField(label="Coverage ended")
    eligibility_seen = forms.BooleanField(label="I have checked that the member is covered", required=False)
    representative_name = forms.CharField(label="Representative or guardian", max_length=120, required=False)
    representative_relation = forms.CharField(label="Their role", max_length=60, required=False)
    representative_address = LinesField(label="Their address")

    requester_npi = NpiField(label="NPI", find="find-requester", error_messages={"required": "The practitioner's NPI is missing."})
    requester_name = forms.CharField(label="Name", max_length=160, error_messages={"required": "The practitioner's name is missing."})
    requester_specialty = forms.CharField(label="Specialty", max_length=80, required=False)
    requester_phone = forms.CharField(label="Phone", max_length=30, required=False)
    requester_fax = forms.CharField(label="Fax", max_length=30, required=False)
    requester_address = LinesField(label="Address")
    facility_npi = NpiField(label="NPI", required=False, find="find-facility")
    facility_name = forms.CharField(label="Name", max_length=160, required=False)
    facility_phone = forms.CharField(label="Phone", max_length=30, required=False)

    review_type = forms.ChoiceField(label="Type", choices=ReviewKind.choices)
    urgency = forms.ChoiceField(choices=Urgency.choices)
    urgency_by_practitioner = forms.BooleanField(label="The practitioner asked for this urgency", required=False)
    channel = forms.ChoiceField(choices=Channel.choices)
    state = forms.ChoiceField(label="State of service", choices=STATES, required=False)
    received_at = forms.DateTimeField(
        label="Received earlier, at",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    received_reason = forms.CharField(label="Why it is entered later", max_length=200, required=False)
    onset = OnsetField(label="When the symptoms began", help_text="A day, a month or a year. Leave empty if the form does not say.")

    def __init__(self, *args: Any, entered_at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entered_at = entered_at

    def clean_birth_date(self) -> Any:
        day = self.cleaned_data["birth_date"]
        if day > timezone.localdate():
            raise ValidationError("A birth date lies in the past.")
        return day

    def clean_received_at(self) -> Any:
        at = self.cleaned_data["received_at"]
        if at and at > self.entered_at:
            raise ValidationError("This is later than the entry of the request began.")
        if at and is_far_off(at.date(), self.entered_at.date()):
            raise ValidationError(CHECK_THE_YEAR)
        return at

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("received_at") and not cleaned.get("received_reason"):
            self.add_error("received_reason", "Say why the request was received before it was entered.")
        if cleaned.get("received_reason") and not cleaned.get("received_at") and "received_at" not in self.errors:
            self.add_error("received_at", "Say when it was received, or leave the reason empty.")
        joined, left = cleaned.get("joined_on"), cleaned.get("left_on")
        if joined and left and left < joined:
            self.add_error("left_on", LEFT_BEFORE_JOINED)
        if cleaned.get("facility_npi") and not cleaned.get("facility_name"):
            self.add_error("facility_name", "Name the facility of this NPI.")
        if cleaned.get("facility_name") and not cleaned.get("facility_npi") and "facility_npi" not in self.errors:
            self.add_error("facility_npi", "Give the facility's NPI.")
        if (cleaned.get("representative_address") or cleaned.get("representative_relation")) and not cleaned.get("representative_name"):
            self.add_error("representative_name", "Name the representative.")
        return cleaned

    def member(self) -> MemberData:
        value = self.cleaned_data
        representative: Mapping[str, Any] | None = None
        if value["representative_name"]:
            representative = {
                "name": value["representative_name"],
                "relation": value["representative_relation"],
                "address": list(value["representative_address"]),
            }
        names = ("member_id", "given_name", "family_name", "birth_date", "language", "large_print", "address", "joined_on", "left_on")
        return MemberData(
            **{name: value[name] for name in names}, representative=representative, eligibility_seen=value["eligibility_seen"]
        )

    def requester(self) -> PractitionerData:
        fields = ("npi", "name", "specialty", "phone", "fax", "address")
        return PractitionerData(**{name: self.cleaned_data[f"requester_{name}"] for name in fields})

    def facility(self) -> PractitionerData | None:
        value = self.cleaned_data
        if not value["facility_npi"]:
            return None
        return PractitionerData(npi=value["facility_npi"], name=value["facility_name"], phone=value["facility_phone"])
