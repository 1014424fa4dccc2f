"""The checks of the format: what each may say. What they propose is in criteria.checks."""

from typing import Any

from criteria.enums import Response

from .records import ByType, Field, ListOf, Record
from .shapes import JSON, Flag, Number, Problems, Shape
from .words import AT_LEAST_ONE, CODE, DIAGNOSIS_PATTERN, KIND, PERIOD, must, words
from .yaml_text import Path


def one_of_keys(*keys: str, exactly: bool = False) -> Any:
    """One of these keys: exactly one, or at least one."""

    def also(value: JSON, at: Path, problems: Problems) -> None:
        given = [key for key in keys if value.get(key) is not None]
        if not given or (exactly and len(given) > 1):
            problems.add(at, f"Give {'exactly' if exactly else 'at least'} one of {', '.join(keys)} here.")

    return also


def _age(value: JSON, at: Path, problems: Problems) -> None:
    one_of_keys("at_least", "at_most")(value, at, problems)
    least, most = value.get("at_least"), value.get("at_most")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        problems.add((*at, "at_most"), f"at_most {most} is below at_least {least}. Allowed: {least} or more.")


def _treatments(value: JSON, at: Path, problems: Problems) -> None:
    kinds, how_many = value.get("any_of"), value.get("how_many")
    if isinstance(kinds, list) and isinstance(how_many, int) and not isinstance(how_many, bool) and how_many > len(kinds) > 0:
        problems.add((*at, "how_many"), f"how_many is {how_many}, and any_of names {len(kinds)}. Allowed: 1 to {len(kinds)}.")


def _any_of(item: Shape) -> Field:
    return must(ListOf(item, filled=True, distinct=True))


def _spacing(most: int) -> Record:
    return Record({"at_least": must(Number(1, most))})


_RESPONSE = words(Response)
CHECKS = Record(
    {
        "symptom_duration": Field(
            Record({"more_than": Field(PERIOD), "at_least": Field(PERIOD)}, one_of_keys("more_than", "at_least", exactly=True)),
            doc="How long symptoms have lasted on the reference date.",
        ),
        "age": Field(Record({"at_least": Field(Number(0, 1000)), "at_most": Field(Number(0, 1000))}, _age), doc="Completed years."),
        "diagnosis": Field(Record({"any_of": _any_of(DIAGNOSIS_PATTERN)}), doc="A confirmed diagnosis among these; * only last."),
        "treatments": Field(
            Record(
                {
                    "any_of": _any_of(KIND),
                    "at_least": Field(PERIOD, doc="Length of one trial."),
                    "response": Field(ByType(_RESPONSE, ListOf(_RESPONSE, filled=True, distinct=True), list)),
                    "how_many": Field(AT_LEAST_ONE, doc="That many kinds. Default 1."),
                    "within": Field(PERIOD, doc="Ending within that period before the reference date."),
                },
                _treatments,
            ),
            doc="Earlier treatment: kind, length, response.",
        ),
        "prior_sessions": Field(
            Record({"at_most": must(AT_LEAST_ONE), "within": must(PERIOD)}), doc="Sessions in a period, this one included."
        ),
        "days_since_last": Field(_spacing(182_500), doc="Days since the last session."),
        "months_since_last": Field(_spacing(6_000), doc="Calendar months since the last session."),
        "units": Field(Record({"at_most": must(AT_LEAST_ONE)}), doc="Units of this line."),
        "sites": Field(
            Record(
                {"at_least": Field(AT_LEAST_ONE), "examined": Field(Flag(only=True))}, one_of_keys("at_least", "examined", exactly=True)
            ),
            doc="Number of named sites, or: each requested site was examined.",
        ),
        "requested_with": Field(Record({"none_of": _any_of(CODE)}), doc="None of these codes for the member on the same day."),
    },
)
CHECKS.also = one_of_keys(*CHECKS.fields, exactly=True)
CHECKS.rules = {"minProperties": 1, "maxProperties": 1}
