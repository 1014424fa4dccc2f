"""Dates as nurses type them: "8/10/25", "10 Aug 2025", "Aug 2025", "2025-08", "9/1-10/20". Pure; the month comes first.

A date without a year is the latest such date not after today; in a range the years follow from the order of its ends.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FLAGS = re.IGNORECASE | re.ASCII
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d\d"

# The first pattern that fits at a place holds; longer shapes come first.
_SHAPES = tuple(
    re.compile(rf"(?<![\w./-])(?:{shape})(?![\w/])(?!\.\d)", _FLAGS)
    for shape in (
        rf"(?P<y>{_YEAR})-(?P<m>\d\d)-(?P<d>\d\d)",
        r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d\d)",
        r"(?P<m>\d{1,2})-(?P<d>\d{1,2})-(?P<y>\d{4}|\d\d)",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format('name')},?\s+(?P<y>\d{{4}})",
        rf"{_MONTH.format('name')}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
        rf"(?P<y>{_YEAR})-(?P<m>\d\d)",
        rf"(?P<m>\d{{1,2}})/(?P<y>{_YEAR})",
        rf"{_MONTH.format('name')},?\s+(?P<y>\d{{4}}|'\d\d)",
        rf"{_MONTH.format('name')}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH.format('name')}",
        r"(?P<m>\d{1,2})/(?P<d>\d{1,2})(?!\s*(?:tab|pill|dose))",
        rf"(?P<y>{_YEAR})(?!\s*(?:mg|mcg|g|ml|units?|%))",
        _MONTH.format("name"),
    )
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date where it stands in the text. What is not written is None; `text` is what the reader will recognise."""

    text: str
    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None

    @property
    def complete(self) -> bool:
        return self.year is not None and self.month is not None and self.day is not None

    @property
    def iso(self) -> str:
        """YYYY, YYYY-MM or YYYY-MM-DD."""
        return "-".join(part for part in (f"{self.year:04}", self.month and f"{self.month:02}", self.day and f"{self.day:02}") if part)

    def first_day(self) -> date:
        return date(self.year or 1, self.month or 1, self.day or 1)


class NotADate(Exception):
    """Carries the sentence that says which text is no date, and why."""


def find_dates(text: str, today: date) -> list[Written]:
    """The dates in a text, in order, as written: years may still be missing. Raises NotADate for what looks like one and is none."""
    found: list[Written] = []
    at = 0
    while at < len(text):
        hits = [match for shape in _SHAPES if (match := shape.search(text, at))]
        if not hits:
            break
        match = min(hits, key=lambda hit: (hit.start(), -hit.end()))
        found.append(_written(match, today))
        at = match.end()
        if text[at : at + 1] == "-" and text[at + 1 : at + 2].isdigit() and len(text) > at + 1:
            at += 1  # the second end of a range stands right behind its dash
            rest = find_dates(text[at:], today)
            return found + [Written(w.text, w.start + at, w.end + at, w.year, w.month, w.day) for w in rest]
    return found


def _written(match: re.Match[str], today: date) -> Written:
    groups = match.groupdict()
    year, name = groups.get("y"), groups.get("name")
    month = (
        MONTH_NAMES.index(next(full for full in MONTH_NAMES if full.startswith(name.lower()[:3]))) + 1 if name else _number(groups.get("m"))
    )
    written = Written(match.group(), match.start(), match.end(), _full_year(year, today) if year else None, month, _number(groups.get("d")))
    _check(written)
    return written


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _full_year(text: str, today: date) -> int:
    """Two digits are the latest such year that is not after this one."""
    digits = text.lstrip("'")
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year else year - 100


def _check(written: Written) -> None:
    year, month, day = written.year, written.month, written.day
    if year is not None and year < 1900:
        raise NotADate(f"“{written.text}” is not a date: the year is too early.")
    if month is None:
        return
    if not 1 <= month <= 12:
        swapped = (
            f"The month comes first, as in {day}/{month}"
            if day is not None and 1 <= day <= 12 and month <= 31
            else "There is no such month"
        )
        raise NotADate(f"“{written.text}” is not a date. {swapped}.")
    longest = monthrange(year if year is not None else 2024, month)[1]
    if day is not None and not 1 <= day <= longest:
        raise NotADate(f"“{written.text}” is not a date. There is no such day.")


def not_after(written: Written, limit: date) -> Written:
    """A date without a year, in the latest year in which it is not after the limit; one with a year as it is."""
    if written.year is not None:
        return written
    for year in range(limit.year, max(limit.year - 9, 1), -1):
        dated = _in_year(written, year)
        if dated and dated.first_day() <= limit:
            return dated
    raise NotADate(f"“{written.text}” has no year, and none fits.")


def from_on(written: Written, start: date) -> Written:
    """A date without a year, in the first year in which it is not before the start."""
    if written.year is not None:
        return written
    for year in range(start.year, min(start.year + 9, 9999)):
        dated = _in_year(written, year)
        if dated and dated.first_day() >= start:
            return dated
    raise NotADate(f"“{written.text}” has no year, and none fits.")


def _in_year(written: Written, year: int) -> Written | None:
    if written.day is not None and written.month is not None and written.day > monthrange(year, written.month)[1]:
        return None
    return Written(written.text, written.start, written.end, year, written.month, written.day)


def in_order(first: Written, last: Written, today: date) -> tuple[Written, Written]:
    """Both ends of a range with their years: a missing one follows from the other end, or from today."""
    if last.year is None and first.year is not None:
        return first, from_on(last, first.first_day())
    last = not_after(last, today)
    return not_after(first, last.first_day()), last


def in_words(iso: str) -> str:
    """ "2025-08-10" as 10 Aug 2025, "2025-08" as Aug 2025, "2025" as it is."""
    parts = [int(part) for part in iso.split("-")]
    words = [str(parts[2])] if len(parts) > 2 else []
    if len(parts) > 1:
        words.append(SHORT[parts[1] - 1])
    return " ".join([*words, str(parts[0])])
