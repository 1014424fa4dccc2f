"""Over how many months a draft is replayed. Validates and converts only."""

from django import forms

MOST_MONTHS = 120


class ReplayForm(forms.Form):
    months = forms.IntegerField(
        label="Months back from today", min_value=1, max_value=MOST_MONTHS, initial=6, help_text=f"1 to {MOST_MONTHS}."
    )
