"""What a checklist row posts: shape and conversion only. A passage comes as word numbers of a page, or as words typed from it."""

from collections.abc import Iterable
from typing import Any

from django import forms

from authreview.errors import Problem
from authreview.numbers import whole_number
from cases.enums import FindingLabel


class CiteFields(forms.Form):
    """The passage selected in the record, filled in by the viewer; empty where none is."""

    cite_document = forms.IntegerField(required=False, min_value=1)
    cite_page = forms.IntegerField(required=False, min_value=1)
    cite_first = forms.IntegerField(required=False, min_value=0)
    cite_last = forms.IntegerField(required=False, min_value=0)

    def passage(self) -> dict[str, Any] | None:
        """The arguments of a Selection, or None."""
        found = self.cleaned_data
        names = ("cite_document", "cite_page", "cite_first", "cite_last")
        if any(found.get(name) is None for name in names):
            return None
        document, page, first, last = (found[name] for name in names)
        return {"document_id": document, "page": page, "first_word": first, "last_word": last}


class FindingForm(forms.Form):
    """One row. No value is a note that is not answered yet; `accept` is the proposal as it was shown."""

    value = forms.ChoiceField(choices=FindingLabel.choices, required=False)
    note = forms.CharField(required=False, max_length=4000, strip=False)
    version = forms.IntegerField(required=False, min_value=0)
    accept = forms.ChoiceField(choices=FindingLabel.choices, required=False)
    uncite = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    copy = forms.CharField(required=False)


class CiteForm(CiteFields):
    """A passage and the criterion that it is cited to; typed words where nothing is selected."""

    criterion = forms.CharField(max_length=80)
    quote_document = forms.IntegerField(required=False, min_value=1)
    quote_page = forms.IntegerField(required=False, min_value=1)
    quote_text = forms.CharField(required=False, max_length=3000, label="Words")

    def passage(self) -> dict[str, Any] | None:
        found = self.cleaned_data
        if found["quote_text"] and found["quote_document"]:
            return {"document_id": found["quote_document"], "page": found["quote_page"] or 1, "text": found["quote_text"]}
        return super().passage()


class TypedFactForm(CiteFields):
    """A fact typed into a row, with its source where a passage is selected."""

    typed = forms.CharField(max_length=300, required=False)
    version = forms.IntegerField(required=False, min_value=0)


def shown_versions(texts: Iterable[str]) -> dict[str, int]:
    """What a list of criteria showed, as it comes back: "pain:0" is the criterion with the version that was looked at."""
    pairs = (text.rpartition(":") for text in texts)
    return {criterion: number for criterion, _, version in pairs if criterion and (number := whole_number(version)) is not None}


class ResolveFlagForm(forms.Form):
    reason = forms.CharField(max_length=40)
    note = forms.CharField(required=False, max_length=1000)


def problems_of(form: forms.Form) -> list[Problem]:
    """What is wrong with a form that has no page of its own."""
    return [Problem(name.replace("_", " ").capitalize(), message=" ".join(map(str, errors))) for name, errors in form.errors.items()]
