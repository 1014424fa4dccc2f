"""The question which rule governs: a code, a member's plan, where and when. Validates and converts only."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from localflavor.us.us_states import STATE_CHOICES

from .enums import LINE_LABELS
from .governing import Place


class PlaceForm(forms.Form):
    """Sent by GET. What is left empty is not known of the line: only policies for everybody match it."""

    code = forms.CharField(
        label="Procedure code",
        max_length=7,
        validators=[RegexValidator(r"^[A-Za-z0-9]+$", "A procedure code has letters and digits only, such as 64405.")],
    )
    plan = forms.SlugField(label="Plan", required=False, max_length=80, help_text="Its short name, such as ahh.")
    line_of_business = forms.ChoiceField(
        label="Line of business", required=False, choices=[("", "not known"), *((word.value, label) for word, label in LINE_LABELS.items())]
    )
    state = forms.ChoiceField(label="State of service", required=False, choices=[("", "not known"), *STATE_CHOICES])
    on = forms.DateField(
        label="Reference date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The day of receipt; after the service its first day.",
    )

    def __init__(self, data: Any = None, *, codes: Iterable[str] = (), plans: Iterable[str] = ()) -> None:
        super().__init__(data, auto_id="governing-%s", initial={"on": timezone.localdate()})
        self.codes, self.plans = list(codes), list(plans)
        self.fields["code"].widget.attrs |= {"list": "known-codes", "autocomplete": "off", "spellcheck": "false", "inputmode": "text"}
        self.fields["plan"].widget.attrs |= {"list": "known-plans", "autocomplete": "off", "spellcheck": "false"}

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()

    @property
    def place(self) -> Place:
        """Of a valid form. Without a day it is today."""
        said = self.cleaned_data
        day = said["on"] or timezone.localdate()
        return Place(said["code"], said["plan"] or None, said["line_of_business"] or None, said["state"] or None, day)
