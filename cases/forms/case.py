"""Notes, contacts, amendments and endings of lines as typed on the case page. Validate and convert only."""

from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from django import forms
from django.forms import formset_factory
from django.utils import timezone
from django.utils.crypto import get_random_string

from cases.enums import Channel, ContactKind, Party, SideLabel
from cases.intake_data import SiteData
from cases.intake_problems import CHECK_THE_YEAR, is_far_off
from cases.models import ServiceLine

Moment = TypeVar("Moment", date | None, datetime | None)
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
SIDES = {word: side for side, label in SideLabel.choices for word in (side, label.lower(), "both" if side == "bilateral" else side)}


def not_to_come(value: datetime | None) -> datetime | None:
    if value is not None and value > timezone.now():
        raise forms.ValidationError("This time is still to come.")
    return near(value)


def near(value: Moment) -> Moment:
    """A day or time of a case, or a slip of the pen."""
    day = value.date() if isinstance(value, datetime) else value
    if is_far_off(day, timezone.localdate()):
        raise forms.ValidationError(CHECK_THE_YEAR)
    return value


class SentOnce(forms.Form):
    """A form whose second sending says nothing new: its key is made where it is drawn, and goes with what was typed to the action."""

    form_key = forms.CharField(required=False, widget=forms.HiddenInput, initial=partial(get_random_string, 22))


class NoteForm(SentOnce):
    text = forms.CharField(
        label="Note", max_length=8000, widget=forms.Textarea(attrs={"rows": 2}), help_text="For colleagues; never in a letter."
    )


class ContactForm(SentOnce):
    kind = forms.ChoiceField(choices=ContactKind.choices, label="Kind")
    party = forms.ChoiceField(choices=Party.choices, label="With", initial=Party.PRACTICE)
    person = forms.CharField(required=False, max_length=160, label="Name")
    outcome = forms.CharField(required=False, max_length=200, label="What came of it")
    happened_at = forms.DateTimeField(required=False, label="When", widget=MOMENT, help_text="Empty: now.")

    def clean_happened_at(self) -> datetime | None:
        return not_to_come(self.cleaned_data["happened_at"])


class _Lines(forms.Form):
    lines = forms.TypedMultipleChoiceField(coerce=int, label="Lines", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, lines: list[ServiceLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = [(line.number, f"{line.number}: {line.code}") for line in lines]  # type: ignore[attr-defined]


class ChangeForm(_Lines):
    """What becomes of some lines. What is left empty stays as it is."""

    first_service = forms.DateField(required=False, label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    last_service = forms.DateField(required=False, label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    units = forms.IntegerField(required=False, min_value=1, max_value=999, label="Units")
    code = forms.CharField(required=False, max_length=7, label="Code", help_text="Another code of the same rule.")
    modifiers = forms.CharField(required=False, max_length=20, label="Modifiers")
    sites = forms.CharField(
        required=False, label="Sites", widget=forms.Textarea(attrs={"rows": 2}), help_text="One on each row: masseter, both sides"
    )

    def clean_first_service(self) -> date | None:
        return near(self.cleaned_data["first_service"])

    def clean_last_service(self) -> date | None:
        return near(self.cleaned_data["last_service"])

    def clean_sites(self) -> tuple[SiteData, ...] | None:
        rows = [row.strip() for row in self.cleaned_data["sites"].splitlines() if row.strip()]
        found = []
        for row in rows:
            name, _, side = (part.strip() for part in row.partition(","))
            if side and side.lower() not in SIDES:
                raise forms.ValidationError(f"“{side}” is no side: left, right or both sides.")
            found.append(SiteData(name, SIDES[side.lower()] if side else ""))
        return tuple(found) or None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and all(found.get(name) in (None, "") for name in self.change_names):
            raise forms.ValidationError("Say what changes: a day, units, a code, modifiers or sites.")
        first, last = found.get("first_service"), found.get("last_service")
        if first and last and last < first:
            self.add_error("last_service", "The last day cannot be before the first.")
        return found

    change_names = ("first_service", "last_service", "units", "code", "modifiers", "sites")

    def change(self) -> dict[str, Any]:
        """The arguments of a LineChange."""
        return {name: self.cleaned_data[name] or None for name in self.change_names}


class AmendForm(ChangeForm):
    """A change, and who agreed to it."""

    agreed_with = forms.CharField(max_length=160, label="Agreed with", help_text="Who at the practice.")
    channel = forms.ChoiceField(choices=Channel.choices, label="How")
    agreed_at = forms.DateTimeField(required=False, label="When", widget=MOMENT, help_text="Empty: now.")

    def clean_agreed_at(self) -> datetime | None:
        return not_to_come(self.cleaned_data["agreed_at"])


MORE_CHANGES = 2  # of other lines, in the same agreement
_MoreForms = formset_factory(ChangeForm, extra=MORE_CHANGES, max_num=MORE_CHANGES, absolute_max=MORE_CHANGES)


def more_changes(data: Any, lines: list[ServiceLine], auto_id: str) -> forms.BaseFormSet[ChangeForm]:
    """Further changes of the same agreement, each of its own lines; bound where the page sent them."""
    sent = data if data and "more-TOTAL_FORMS" in data else None
    return _MoreForms(sent, prefix="more", form_kwargs={"lines": lines}, auto_id=auto_id)


class EndForm(_Lines):
    why = forms.CharField(max_length=200, label="Reason")
