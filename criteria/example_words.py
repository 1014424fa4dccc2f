"""What an example expected and what it got, in words: a criterion by what it says, with its id beside it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .enums import Next
from .examples import Result

LABELS: Mapping[str, str] = {
    "value": "Value",
    "open": "Open",
    "settled": "Settled",
    "reasons": "Reasons",
    "shortest": "Shortest way",
    "next": "Next step",
    "authority": "Certified by",
}
VALUE_WORDS = {"met": "met", "not_met": "not met", "undetermined": "undecided"}
NEXT_WORDS = {
    Next.APPROVE: "approve",
    Next.REFER: "a medical director decides",
    Next.CONTINUE: "go on with the criteria that are open",
    Next.REQUEST_INFORMATION: "request information",
}
LONGEST = 60  # of a criterion's text


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was expected or got; `id` where it is a criterion."""

    text: str
    id: str = ""

    def __str__(self) -> str:
        return f"“{self.text}” ({self.id})" if self.id else self.text


@dataclass(frozen=True, slots=True)
class Difference:
    """What an example expected of one thing, and what it got."""

    label: str
    expected: tuple[Said, ...]
    got: tuple[Said, ...]

    def __str__(self) -> str:
        expected, got = (", ".join(map(str, said)) for said in (self.expected, self.got))
        return f"{self.label}: expected {expected}, got {got}"


def differences(result: Result) -> tuple[Difference, ...]:
    return tuple(
        Difference(LABELS[key], said(key, expected, result.texts), said(key, got, result.texts)) for key, expected, got in result.unlike
    )


def said(key: str, value: Any, texts: Mapping[str, str]) -> tuple[Said, ...]:
    """A value of an outcome; `texts` of the criteria by id."""
    if isinstance(value, list):
        return tuple(_criterion(item, texts) for item in value) or (Said("nothing"),)
    if value is None:
        return (Said("nobody"),)
    if key == "authority":
        return (Said("a nurse" if value == "nurse" else "a medical director"),)
    return (Said(VALUE_WORDS.get(value, NEXT_WORDS.get(value, str(value)))),)


def _criterion(item: Any, texts: Mapping[str, str]) -> Said:
    """By its id, or a step with what it needs."""
    name, needs = (item["criterion"], f": {item['needs'].replace('_', ' ')}") if isinstance(item, Mapping) else (str(item), "")
    text = texts.get(name, "")
    return Said(f"{shortened(text)}{needs}", name) if text else Said(f"{name}{needs}")


def shortened(text: str) -> str:
    """To whole words."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0].rstrip(',;:')} …"
