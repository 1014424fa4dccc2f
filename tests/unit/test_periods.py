"""Calendar arithmetic: partial dates, periods, months that end early, and time in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.periods import PartialDate, Period, add_months, elapsed_words, span_words

RECEIVED = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("9999", date(9999, 1, 1), date(9999, 12, 31)),
        ("2025-08-14", date(2025, 8, 14), date(2025, 8, 14)),
    ],
)
def test_partial_dates(text, first, last):
    partial = PartialDate.parse(text)
    assert (partial.first, partial.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "25", "2025-8", "2025-13", "2025-02-30", "2025-00", "2025-08-00", "0000", "2025-08-14T10:00", "٢٠٢٥", "2025\n"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    "text", ["", "3", "months", "0 days", "03 months", "-3 months", "3  months", "3 Months", "1.5 years", "3 months\n", "٣ months"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "said"), [("1 day", "1 day"), ("1 days", "1 day"), ("2 week", "2 weeks"), ("12 months", "12 months"), ("1 year", "1 year")]
)
def test_periods_as_they_are_read(text, said):
    assert str(Period.parse(text)) == said


@pytest.mark.parametrize("unit", ["days", "weeks", "months", "years"])
def test_a_period_beyond_the_calendar_stops_at_its_end(unit):
    period = Period.parse(f"{10**30} {unit}")
    assert (period.after(RECEIVED), period.before(RECEIVED)) == (date.max, date.min)


@pytest.mark.parametrize(
    ("start", "end", "unit", "said"),
    [
        (date(2025, 8, 14), date(2025, 11, 14), "month", "3 months"),
        (date(2024, 1, 1), date(2026, 3, 4), "year", "2 years, 2 months and 3 days"),
        (date(2025, 1, 1), date(2025, 1, 9), "week", "1 week and 1 day"),
        (date(2025, 1, 1), date(2025, 1, 1), "month", "0 days"),
    ],
)
def test_elapsed_time_in_words(start, end, unit, said):
    assert elapsed_words(start, end, unit) == said


def test_a_span_says_its_year_once_where_it_can():
    assert span_words(date(2025, 9, 1), date(2025, 10, 20)) == "1 Sep to 20 Oct 2025"
    assert span_words(date(2025, 12, 1), date(2026, 1, 2)) == "1 Dec 2025 to 2 Jan 2026"


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_months_keep_the_day_or_the_end_of_the_month(day, months):
    later = add_months(day, months)
    month = PartialDate.parse(f"{later:%Y-%m}")
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, month.last.day)
