"""Calendar arithmetic of the policy format, and dates in words. Pure: no check is judged here.

Months and years are calendar months: the same day of a later month, or its last day where it has none (30 Nov and 3 months: 28 Feb).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # never the server's locale
PERIOD = re.compile(r"([1-9][0-9]*) (day|week|month|year)s?")
PARTIAL = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def add_days(day: date, days: int) -> date:
    """A date that many days later (earlier, if negative), held within the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def add_months(day: date, months: int) -> date:
    """A date that many calendar months later (earlier, if negative), the end of a month clamped, held within the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Period:
    """`3 months` of the file format. `unit` is day, week, month or year."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Period":
        """A period as it is written. Raises ValueError."""
        match = PERIOD.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a period such as '6 weeks', '3 months' or '1 year'")
        return cls(int(match[1]), match[2])

    def after(self, day: date) -> date:
        return self._moved(day, self.count)

    def before(self, day: date) -> date:
        return self._moved(day, -self.count)

    def _moved(self, day: date, count: int) -> date:
        if self.unit in ("day", "week"):
            return add_days(day, count * (7 if self.unit == "week" else 1))
        return add_months(day, count * (12 if self.unit == "year" else 1))

    def __str__(self) -> str:
        return counted(self.count, self.unit)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year: every day from `first` to `last` is possible."""

    first: date
    last: date
    text: str

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """YYYY, YYYY-MM or YYYY-MM-DD. Raises ValueError."""
        if PARTIAL.fullmatch(text) is None:
            raise ValueError(f"{text!r} is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")
        year, *rest = (int(part) for part in text.split("-"))
        if len(rest) == 2:
            only = date(year, *rest)
            return cls(only, only, day_words(only))
        start, end = (rest[0], rest[0]) if rest else (1, 12)
        first = date(year, start, 1)
        last = date(year, end, monthrange(year, end)[1])
        return cls(first, last, f"{MONTHS[start - 1]} {year}" if rest else str(year))

    def __str__(self) -> str:
        return self.text


def completed_years(born: date, on: date) -> int:
    """Age in completed years; somebody born on 29 February completes a year on 28 February."""
    years = on.year - born.year
    return years if add_months(born, years * 12) <= on else years - 1


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def day_words(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span_words(first: date, last: date) -> str:
    """Two dates, the year once where they share it: 1 Sep to 20 Oct 2025."""
    start = day_words(first).removesuffix(f" {first.year}") if first.year == last.year else day_words(first)
    return f"{start} to {day_words(last)}"


def elapsed_words(start: date, end: date, unit: str) -> str:
    """The time between two dates in the units of a period: 3 months and 1 day, 45 days."""
    if unit == "day":
        return counted((end - start).days, "day")
    if unit == "week":
        weeks, days = divmod((end - start).days, 7)
        parts = [(weeks, "week"), (days, "day")]
    else:
        months = (end.year - start.year) * 12 + end.month - start.month
        if add_months(start, months) > end:
            months -= 1
        days = (end - add_months(start, months)).days
        parts = [(months, "month"), (days, "day")] if unit == "month" else [(months // 12, "year"), (months % 12, "month"), (days, "day")]
    said = [counted(number, noun) for number, noun in parts if number]
    return " and ".join(filter(None, (", ".join(said[:-1]), *said[-1:]))) or "0 days"
