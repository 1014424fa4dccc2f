"""What is typed about letters: why one is void, how and when it went out. Whether it may be is the actions' business."""

from typing import Any

from django import forms
from django.utils import timezone

from cases.enums import DeliveryChannel

from .case import SentOnce

WHEN = "%Y-%m-%dT%H:%M"


def _now() -> str:
    return timezone.localtime().strftime(WHEN)


class DeliveryForm(SentOnce):
    """How and when one letter went out."""

    channel = forms.ChoiceField(label="How it went", choices=DeliveryChannel.choices)
    sent_at = forms.DateTimeField(
        label="When", input_formats=[WHEN, f"{WHEN}:%S"], widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN)
    )
    tracking = forms.CharField(label="Tracking or fax receipt", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sent_at"].initial = _now


class VoidForm(forms.Form):
    """Why an issued letter does not hold."""

    reason = forms.CharField(label="Why it does not hold", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class BatchForm(DeliveryForm):
    """Several letters that went out together."""

    letters = forms.TypedMultipleChoiceField(coerce=int, choices=(), error_messages={"required": "Tick the letters that went out."})

    def __init__(self, *args: Any, letters: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["tracking"], self.fields["form_key"]  # a batch goes out once, whatever is sent
        self.fields["letters"].choices = letters  # type: ignore[attr-defined]
