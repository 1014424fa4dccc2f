"""Forms of deciding: items to ask for, answers, a referral, approvals, a director's decision, peer-to-peer. Shape of input only."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django import forms
from django.utils import timezone

from cases.enums import DenialBasis, Outcome, PeerOutcome
from cases.models import Document
from cases.queries.asking import ItemDraft, Target

A_YEAR = timedelta(days=366)
TOO_FAR = "This is more than a year away. Check the year."
_TARGET = re.compile(r"(\d{1,3})(?:!([\w-]{1,40})|:([\w,-]*))")


def read_targets(text: str) -> tuple[Target, ...]:
    """The hidden field of an item back as targets. Raises ValidationError."""
    found = []
    for part in text.split(";"):
        match = _TARGET.fullmatch(part.strip())
        if match is None:
            raise forms.ValidationError("This item no longer says what it is about. Load the page again.")
        line, flag, criteria = match.groups()
        found.append(Target(int(line), tuple(each for each in (criteria or "").split(",") if each), flag or ""))
    return tuple(found)


class ItemForm(forms.Form):
    """One thing to ask for. Only a ticked one is read."""

    tick = forms.BooleanField(required=False)
    targets = forms.CharField(widget=forms.HiddenInput)
    en = forms.CharField(required=False, max_length=1000, show_hidden_initial=True, widget=forms.Textarea(attrs={"rows": 2}))
    es = forms.CharField(required=False, max_length=1200, show_hidden_initial=True, widget=forms.Textarea(attrs={"rows": 2, "lang": "es"}))

    def __init__(self, *args: Any, member_language: str = "en", **options: Any) -> None:
        super().__init__(*args, **options)
        self.member_language = member_language
        if member_language != "es":
            self.fields["es"].widget = forms.HiddenInput()
        for name in ("en", "es"):
            self.fields[name].widget.attrs |= {"class": "form-control"}
        self.fields["tick"].widget.attrs |= {"class": "form-check-input"}

    def clean_targets(self) -> tuple[Target, ...]:
        return read_targets(self.cleaned_data["targets"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("tick"):
            return data
        english, spanish = data.get("en", "").strip(), data.get("es", "").strip()
        if not english:
            self.add_error("en", "Write what you ask for, or take the tick away.")
        if "en" in self.changed_data and "es" not in self.changed_data and spanish:
            if self.member_language == "es":
                self.add_error("es", "The English was changed: change the Spanish too, so that the member's notice says the same.")
            data["es"] = ""
        elif self.member_language == "es" and not spanish:
            self.add_error("es", "This member reads Spanish: the notice needs these words too.")
        return data

    def so_far(self) -> ItemDraft | None:
        """A ticked form as it stands, though something may still be wrong with it."""
        data = self.cleaned_data
        if not data.get("tick") or not data.get("en") or "targets" not in data:
            return None
        return ItemDraft({"en": data["en"], **({"es": data["es"]} if data.get("es") else {})}, data["targets"])

    def draft(self) -> ItemDraft:
        """What the action takes, of a valid and ticked form."""
        data = self.cleaned_data
        return ItemDraft({"en": data["en"], **({"es": data["es"]} if data["es"] else {})}, data["targets"])


class OwnItemForm(forms.Form):
    """One more thing in the reviewer's own words."""

    line = forms.TypedChoiceField(coerce=int, required=False, label="Line")
    en = forms.CharField(required=False, max_length=1000, label="In your own words", widget=forms.Textarea(attrs={"rows": 2}))
    es = forms.CharField(required=False, max_length=1200, label="In Spanish", widget=forms.Textarea(attrs={"rows": 2, "lang": "es"}))

    def __init__(self, *args: Any, lines: Iterable[tuple[int, str]] = (), member_language: str = "en", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["line"].choices = list(lines)  # type: ignore[attr-defined]
        self.fields["line"].widget.attrs |= {"class": "form-select"}
        for name in ("en", "es"):
            self.fields[name].widget.attrs |= {"class": "form-control"}
        self.member_language = member_language

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("en") and not data.get("line") and "line" not in self.errors:
            self.add_error("line", "Say which line this is about.")
        if data.get("en") and self.member_language == "es" and not data.get("es"):
            self.add_error("es", "This member reads Spanish: the notice needs these words too.")
        return data

    def drafts(self) -> list[ItemDraft]:
        data = self.cleaned_data
        if not data.get("en") or not data.get("line"):
            return []
        return [ItemDraft({"en": data["en"], **({"es": data["es"]} if data.get("es") else {})}, (Target(data["line"]),))]


class UntilForm(forms.Form):
    """The last day for the answer, to the end of that day where the plan is."""

    answer_by = forms.DateField(
        label="Answer by", widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, zone: tzinfo, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone

    def clean_answer_by(self) -> datetime:
        day: date = self.cleaned_data["answer_by"]
        now = timezone.now()
        until = datetime.combine(day, time(23, 59), self.zone)
        if until <= now:
            raise forms.ValidationError("The last day for the answer is still to come.")
        if until > now + A_YEAR:
            raise forms.ValidationError(TOO_FAR)
        return until


ANSWERS = (("", "Open"), ("received", "Received"), ("partly", "Partly"), ("waived", "Waive"))


class AnswerForm(forms.Form):
    """What came for one item, and where it stands if not in the document named for all."""

    status = forms.ChoiceField(choices=ANSWERS, required=False)
    document = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def __init__(self, *args: Any, documents: Iterable[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["document"].choices = [("", "As above"), *documents]  # type: ignore[attr-defined]
        self.fields["document"].widget.attrs |= {"class": "form-select form-select-sm"}
        self.fields["page"].widget.attrs |= {"class": "form-control form-control-sm", "inputmode": "numeric"}


class AnsweredInForm(forms.Form):
    """The document that answers the items, unless an item names another."""

    document = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, label="Answered in")
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000, label="Page")

    def __init__(self, *args: Any, documents: Iterable[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["document"].choices = [("", "Choose a document"), *documents]  # type: ignore[attr-defined]
        self.fields["document"].widget.attrs |= {"class": "form-select"}
        self.fields["page"].widget.attrs |= {"class": "form-control", "inputmode": "numeric"}


class ChosenLinesForm(forms.Form):
    """Lines by number."""

    lines = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "Choose at least one line."})

    def __init__(self, *args: Any, numbers: Collection[int] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lines"].choices = [(number, str(number)) for number in numbers]  # type: ignore[attr-defined]


class ReferralForm(ChosenLinesForm):
    question = forms.CharField(
        label="Question for the medical director",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 7, "class": "form-control", "aria-describedby": "question-hint"}),
        error_messages={"required": "Write the question for the medical director."},
    )


# ---- the director ---------------------------------------------------------------------------------------------------------------
ASK, RETURN = "ask", "return"
DECISIONS = (*Outcome.choices, (ASK, "Ask"), (RETURN, "Return"))
BASES = (("", "Choose the basis"), *DenialBasis.choices)


def _text(label: str, rows: int = 2, **attributes: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "class": "form-control", **attributes})
    return forms.CharField(required=False, label=label, max_length=8000, widget=widget)


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    return forms.DateField(required=False, label=label, widget=widget)


class DecisionForm(forms.Form):
    """A director's decision on one line. What is missing before it is signed is readiness.decision_problems."""

    decision = forms.ChoiceField(choices=DECISIONS, error_messages={"required": "Choose the decision on this line."})
    basis = forms.ChoiceField(choices=BASES, required=False, widget=forms.Select(attrs={"class": "form-select"}))
    circumstances = _text("Individual circumstances")
    rationale = _text("Rationale (practitioner, file)", 4)
    alternatives = _text("Covered alternatives")
    member_reason_en = _text("Reason in the member's letter", 4)
    member_reason_es = _text("The same in Spanish", 4, lang="es")
    approved_units = forms.IntegerField(
        required=False, min_value=1, label="Units approved", widget=forms.NumberInput(attrs={"class": "form-control"})
    )
    approved_sites = forms.MultipleChoiceField(required=False, label="Sites approved", widget=forms.CheckboxSelectMultiple)
    valid_from = _day("Valid from")
    valid_through = _day("Valid through")
    return_why = _text("What the nurse should look at")
    no_conflict = forms.BooleanField(required=False, label="I have no conflict of interest in this decision")
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sites: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["approved_sites"].choices = [(site, site) for site in sites]  # type: ignore[attr-defined]
        self.fields["no_conflict"].widget.attrs |= {"class": "form-check-input", "id": "no-conflict"}

    def reasons(self) -> Mapping[str, str]:
        return {language: self.cleaned_data.get(f"member_reason_{language}", "") for language in ("en", "es")}


class TalkForm(forms.Form):
    """Which lines a conversation is about: those that it can be about, by number and name."""

    lines = forms.TypedMultipleChoiceField(
        coerce=int,
        label="About",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose the lines that the conversation is about.",
            "invalid_choice": "Choose lines that wait for you.",
        },
    )

    def __init__(self, *args: Any, lines: Iterable[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lines"].choices = list(lines)  # type: ignore[attr-defined]


class OfferForm(TalkForm):
    """A peer-to-peer conversation is offered."""

    how = forms.CharField(max_length=40, label="Offered by", initial="phone", widget=forms.TextInput(attrs={"class": "form-control"}))
    open_until = forms.DateTimeField(
        label="Open until",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "form-control"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_open_until(self) -> datetime:
        until: datetime = self.cleaned_data["open_until"]
        if until > timezone.now() + A_YEAR:
            raise forms.ValidationError(TOO_FAR)
        return until


class ConversationForm(TalkForm):
    """How the offered conversation went."""

    outcome = forms.ChoiceField(choices=PeerOutcome.choices, label="How it went", widget=forms.Select(attrs={"class": "form-select"}))
    practitioner = forms.CharField(
        required=False, max_length=160, label="Spoke with", widget=forms.TextInput(attrs={"class": "form-control"})
    )
    specialty = forms.CharField(required=False, max_length=80, widget=forms.TextInput(attrs={"class": "form-control"}))
    new_information = _text("What was new")


def newest_since(documents: Iterable[Document], at: datetime | None) -> int | None:
    """The document that most likely answers a request: the last one that came after it was sent."""
    came = [row.pk for row in documents if at is None or row.added_at >= at]
    return came[-1] if came else None
