"""Turnaround rules: a row in use is closed and followed by another from a day to come, never edited."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from cases.models import TurnaroundRule
from cases.turnaround import EXTENSION_WORDS, OnMiss, Start, Unit

from .following import FollowedAdmin, is_in_use, must_begin_later

WHOSE = ("line_of_business", "state", "review_type", "urgency")
TERMS = (
    "effective_from",
    "amount",
    "unit",
    "start",
    "notify_amount",
    "notify_unit",
    "extension_days",
    "extension_reasons",
    "tolls",
    "answer_days",
    "on_miss",
    "citation",
    "verify",
)


# of a rule in use, which is looked at: the words of what is kept as a key
SAID = {
    "unit": "unit_said",
    "start": "start_said",
    "notify_unit": "notify_said",
    "extension_reasons": "reasons_said",
    "on_miss": "miss_said",
}


def _said(words: Any) -> list[tuple[str, str]]:
    return [(str(word), str(word).replace("_", " ").capitalize()) for word in words]


class TermsForm(forms.ModelForm):
    """How long, from when, and what may lengthen it."""

    unit = forms.ChoiceField(choices=_said(Unit))
    start = forms.ChoiceField(label="Counted from", choices=_said(Start))
    notify_unit = forms.ChoiceField(label="Unit of the notice", choices=[("", "the same time"), *_said(Unit)], required=False)
    extension_reasons = forms.MultipleChoiceField(
        choices=[(str(word), said) for word, said in EXTENSION_WORDS.items()], required=False, widget=forms.CheckboxSelectMultiple
    )
    on_miss = forms.ChoiceField(label="If it is missed", choices=_said(OnMiss))

    class Meta:
        model = TurnaroundRule
        fields: tuple[str, ...] = TERMS
        widgets = {"effective_from": forms.DateInput(attrs={"type": "date"})}
        labels = {
            "effective_from": "First day",
            "extension_days": "Days of an extension",
            "amount": "Time to decide",
            "notify_amount": "Time for the notice",
            "tolls": "Asking for information stops the clock",
            "answer_days": "Days for the answer",
            "verify": "What counsel must still confirm",
        }

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        must_begin_later(self, "A rule begins on a day to come: what was received until then has its deadline.")
        if bool(given.get("notify_amount")) != bool(given.get("notify_unit")):
            self.add_error("notify_unit", "The time for the notice is an amount and a unit, or neither.")
        if given.get("extension_days") and not given.get("extension_reasons"):
            self.add_error("extension_reasons", "An extension needs its reasons.")
        return given


class RuleForm(TermsForm):
    """A new row for what no row is in use for; or one that has not begun."""

    class Meta(TermsForm.Meta):
        fields = (*WHOSE, *TERMS)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        same = TurnaroundRule.objects.exclude(pk=self.instance.pk).filter(**{name: given.get(name, "") for name in WHOSE})
        begins = given.get("effective_from")
        if begins and same.filter(Q(effective_until=None) | Q(effective_until__gte=begins)).exists():
            self.add_error(None, "There is a rule for these on that day already. Open it, and end and follow it.")
        return given


@admin.register(TurnaroundRule)
class TurnaroundRuleAdmin(FollowedAdmin):
    form = RuleForm
    follow_form = TermsForm
    whose = WHOSE
    list_display = ("line_of_business", "state", "review_type", "urgency", "time", "effective_from", "effective_until", "citation")
    list_display_links = ("line_of_business", "time")
    list_filter = ("line_of_business", "review_type", "urgency")
    search_fields = ("citation", "=state")
    search_help_text = "Citation, or a state as two letters"

    @admin.display(description="Time")
    def time(self, rule: TurnaroundRule) -> str:
        return f"{rule.amount} {rule.unit.replace('_', ' ')}"

    def get_fields(self, request: HttpRequest, obj: TurnaroundRule | None = None) -> tuple[str, ...]:
        if obj is None:
            return (*WHOSE, *TERMS)
        terms = (SAID.get(name, name) for name in TERMS[1:]) if is_in_use(obj) else TERMS[1:]
        return (*WHOSE, "effective_from", "effective_until", *terms)

    @admin.display(description="Unit")
    def unit_said(self, rule: TurnaroundRule) -> str:
        return rule.unit.replace("_", " ")

    @admin.display(description="Counted from")
    def start_said(self, rule: TurnaroundRule) -> str:
        return rule.start.replace("_", " ")

    @admin.display(description="Unit of the notice")
    def notify_said(self, rule: TurnaroundRule) -> str:
        return rule.notify_unit.replace("_", " ") or "the same time"

    @admin.display(description="Reasons for an extension")
    def reasons_said(self, rule: TurnaroundRule) -> str:
        return "; ".join(EXTENSION_WORDS.get(reason, reason) for reason in rule.extension_reasons)

    @admin.display(description="If it is missed")
    def miss_said(self, rule: TurnaroundRule) -> str:
        return rule.on_miss.replace("_", " ")
