"""The filters over a list of cases, and who is to have one. Validate and convert only."""

from collections.abc import Iterable
from typing import Any

from django import forms

from authreview.models import User
from authreview.roles import Role
from cases.enums import LineOfBusinessLabel, Urgency
from cases.queries.worklist import Filters

ALL = ("", "all")


class WorklistFilters(forms.Form):
    """Each is optional; what is not among the choices is refused by itself and narrows nothing."""

    line_of_business = forms.ChoiceField(label="Line of business", required=False, choices=[ALL, *LineOfBusinessLabel.choices])
    urgency = forms.ChoiceField(label="Urgency", required=False, choices=[ALL, *Urgency.choices])
    code = forms.ChoiceField(label="Procedure", required=False)
    who = forms.ChoiceField(label="Assigned", required=False)

    def __init__(
        self, data: Any, *, services: Iterable[tuple[str, str]] = (), people: Iterable[User] = (), without: Iterable[str] = ()
    ) -> None:
        super().__init__(data, auto_id="filter-%s")
        self._choose("code", [ALL, *((code, f"{code} {name}") for code, name in services)])
        self._choose("who", [ALL, ("me", "me"), ("nobody", "nobody"), *((str(each.pk), _name(each)) for each in people)])
        for name in without:
            del self.fields[name]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def filters(self) -> Filters:
        """What was understood of it."""
        self.is_valid()
        return Filters(**{name: self.cleaned_data.get(name, "") for name in Filters.__slots__})


class AssignmentForm(forms.Form):
    """Somebody, in one of the two places that a case has."""

    role = forms.ChoiceField(choices=[(Role.NURSE.value, "Nurse"), (Role.MEDICAL_DIRECTOR.value, "Medical director")])
    person = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="nobody")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


def _name(person: User) -> str:
    return person.get_full_name() or person.username
