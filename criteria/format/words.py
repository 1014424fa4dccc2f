"""The small shapes that a policy is written in: ids, codes, wordings, periods, dates."""

from enum import StrEnum
from typing import Any

from .records import ByType, Field, ListOf, MapOf
from .shapes import Day, Number, OneOf, Problems, Shape, Text
from .yaml_text import Path

MAX_YEARS = 500  # of a period: with fact dates from 1800 through 9000 no arithmetic leaves the calendar


def words(enum: type[StrEnum]) -> OneOf:
    return OneOf(*(str(word) for word in enum))


def must(shape: Shape, doc: str = "") -> Field:
    return Field(shape, required=True, doc=doc)


class Period(Text):
    """`N days|weeks|months|years`, singular too, N at least 1."""

    def __init__(self) -> None:
        super().__init__(
            r"[1-9][0-9]{0,5} (day|week|month|year)s?", f"a period such as 3 months, 2 weeks, 10 days or 1 year, at most {MAX_YEARS} years"
        )

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        before = len(problems.errors)
        super().judge(value, at, problems)
        if len(problems.errors) == before:
            number, unit = value.split()
            if int(number) > MAX_YEARS * _PER_YEAR[unit.rstrip("s")]:
                problems.add(at, f"{value} is too long. Allowed: {self.says}.")


_PER_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}

TEXT = Text()
TITLE = Text(most=200)
ID = Text(r"[A-Za-z0-9_-]+", "letters, digits, hyphen and underscore", most=80)
VERSION = Text(most=40)
CODE = Text(r"[A-Za-z0-9]{1,7}", "a procedure code of up to 7 letters and digits")
DIAGNOSIS = Text(r"[A-Za-z0-9.]{1,20}", "a diagnosis code of letters, digits and a dot")
DIAGNOSIS_PATTERN = Text(r"[A-Za-z0-9.]{0,20}\*?", "a diagnosis code, with * only as its last character")
STATE = Text(r"[A-Z]{2}", "a state as two capital letters")
LANGUAGE = Text(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", "a language code such as en or es")
URL = Text(says="a web address", refused=r"(?!https?:)[a-z][a-z0-9+.-]*:")
KIND = TEXT
TEXTS = ListOf(TEXT)
CITES = ListOf(ID, distinct=True)
WORDING = ByType(TEXT, MapOf(LANGUAGE, TEXT, required=("en",)), dict, "text, or a mapping of languages to text, with en")
DAY = Day(1800, 9999)
FACT_DAY = Day(1800, 9000)
ONSET = Day(1800, 9000, partial=True)
PERIOD = Period()
AT_LEAST_ONE = Number(1, 1_000_000)
