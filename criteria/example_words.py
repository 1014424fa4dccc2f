"""What an example expected and what it got, in words: a criterion by what it says, with its id beside it. Pure."""

from collections.abc import Iterator, Mapping
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
    """How one thing came out other than expected: words before it, and what. Of a list only what is missing and what is too many."""

    label: str
    parts: tuple[tuple[str, tuple[Said, ...]], ...]

    def __str__(self) -> str:
        return f"{self.label}: " + ", ".join(f"{word} {', '.join(map(str, said))}" for word, said in self.parts)


def differences(result: Result) -> tuple[Difference, ...]:
    return tuple(Difference(LABELS[key], tuple(_parts(key, expected, got, result.texts))) for key, expected, got in result.unlike)


def _parts(key: str, expected: Any, got: Any, texts: Mapping[str, str]) -> Iterator[tuple[str, tuple[Said, ...]]]:
    one, other = said(key, expected, texts), said(key, got, texts)
    lists = isinstance(expected, list) and isinstance(got, list)
    missing, more = (tuple(each for each in these if each not in those) for these, those in ((one, other), (other, one)))
    if not (lists and expected and got and (missing or more)):
        yield from (("expected", one), ("got", other))
        return
    if missing:
        yield "missing", missing
    if more:
        yield "not expected", more


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
