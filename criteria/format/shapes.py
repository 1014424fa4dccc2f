"""The words in which a document's shape is declared: text, word, number, date. Lists and records are in records.py.

Each checks a value, orders it for writing, and has a JSON Schema. Nothing here knows a policy.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .yaml_text import REFUSED, Odd, Path, kind_of, short

JSON = dict[str, Any]
MAX_ERRORS = 1000  # nobody reads more, and a hostile file has a million


@dataclass(frozen=True, slots=True)
class FormatError:
    """One thing that is wrong: where (`rules[0].codes[1]`), in which line of the file if known, and what is allowed."""

    path: str
    line: int | None
    message: str


def path_text(at: Path) -> str:
    """rules[0].criteria.all[2]"""
    text = ""
    for part in at:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[\w-]+", part):
            text += f".{short(part)}" if text else short(part)
        else:
            text += f"[{json.dumps(short(part))}]"
    return text


def listed(names: Iterable[str]) -> str:
    """Names in one sentence; of very many only the first."""
    known = list(names)
    return ", ".join(known[:40]) + (f" and {len(known) - 40} more" if len(known) > 40 else "")


class Problems:
    """Collects errors, and knows in which line a path stands."""

    def __init__(
        self, lines: Mapping[Path, int] | None = None, key_lines: Mapping[Path, int] | None = None, raw: Mapping[Path, str] | None = None
    ) -> None:
        self.errors: list[FormatError] = []
        self._lines = lines or {}
        self._key_lines = key_lines or {}
        self._raw = raw or {}

    def add(self, at: Path, message: str, *, line: int | None = None, key: bool = False) -> None:
        if len(self.errors) >= MAX_ERRORS:
            self.errors[MAX_ERRORS:] = [FormatError("", None, f"There are more than {MAX_ERRORS:,} errors; the rest is not listed.")]
            return
        shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in message)
        self.errors.append(FormatError(path_text(at), line or self._line(at, key), shown))

    @property
    def full(self) -> bool:
        return len(self.errors) > MAX_ERRORS

    def wrong(self, at: Path, value: Any, allowed: str) -> None:
        """A value of the wrong type. Text that YAML took for something else gets the sentence about quotes."""
        raw = self._raw.get(at)
        if raw and allowed.startswith("text"):
            self.add(at, f'YAML reads {short(raw)} as {kind_of(value)}, and text is expected. Put it in quotes: "{short(raw)}".')
            return
        self.add(at, f"This is {kind_of(value)}{_shown(value, raw)}. Allowed: {allowed}.")

    def _line(self, at: Path, key: bool) -> int | None:
        if key and at in self._key_lines:
            return self._key_lines[at]
        for end in range(len(at), -1, -1):
            if at[:end] in self._lines:
                return self._lines[at[:end]]
        return None


def _shown(value: Any, raw: str | None) -> str:
    if raw is None and isinstance(value, str | bool | int | float):
        raw = json.dumps(value, ensure_ascii=False) if not isinstance(value, int) or abs(value) < 10**20 else "a huge one"
    if raw is None and isinstance(value, Odd):
        raw = value.raw
    return f" ({short(raw)})" if raw else ""


class Shape:
    """One declared shape. `says` names in words what is allowed."""

    says = "anything"

    def check(self, value: Any, at: Path, problems: Problems) -> None:
        if value is not REFUSED:
            self.judge(value, at, problems)

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        raise NotImplementedError

    def ordered(self, value: Any) -> Any:
        """The value with its keys in the declared order and its dates as dates, for writing YAML."""
        return value

    def schema(self) -> JSON:
        raise NotImplementedError


class Text(Shape):
    """Text that is not empty; with a pattern, text of that form."""

    def __init__(self, pattern: str | None = None, says: str = "text", most: int | None = None, refused: str | None = None) -> None:
        self.pattern, self.most, self.refused = pattern, most, refused
        self.says = f"text: {says}" if says != "text" else says

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.wrong(at, value, self.says)
        elif not value.strip():
            problems.add(at, f"This is empty. Allowed: {self.says}, not empty.")
        elif _UNSPEAKABLE.search(value):
            problems.add(at, "This holds a control character. Allowed: text that can be shown and printed.")
        elif self.most is not None and len(value) > self.most:
            problems.add(at, f"This has {len(value)} characters. Allowed: at most {self.most}.")
        elif (self.pattern and not re.fullmatch(self.pattern, value)) or (self.refused and re.match(self.refused, value, re.IGNORECASE)):
            problems.add(at, f"{json.dumps(short(value), ensure_ascii=False)} is not allowed here. Allowed: {self.says}.")

    def schema(self) -> JSON:
        schema: JSON = {"type": "string", "minLength": 1, "pattern": f"^(?:{self.pattern})$" if self.pattern else r"\S"}
        return schema | ({"maxLength": self.most} if self.most else {})


_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class OneOf(Shape):
    """A word of a closed list."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.says = "one of " + ", ".join(words) if len(words) > 1 else words[0]

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.wrong(at, value, self.says)
        elif value not in self.words:
            problems.add(at, f"{json.dumps(short(value), ensure_ascii=False)} is not allowed here. Allowed: {self.says}.")

    def schema(self) -> JSON:
        return {"enum": list(self.words)}


class Number(Shape):
    """A whole number within limits."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most
        self.says = f"a whole number from {least} to {most}" if least < most else f"the number {least}"

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.wrong(at, value, self.says + ", without quotes" * isinstance(value, str))
        elif not self.least <= value <= self.most:
            problems.add(at, f"{value if abs(value) < 10**20 else 'This number'} is not allowed here. Allowed: {self.says}.")

    def schema(self) -> JSON:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Flag(Shape):
    """true or false, or only one of them."""

    def __init__(self, only: bool | None = None) -> None:
        self.only = only
        self.says = "true or false" if only is None else str(only).lower()

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if not isinstance(value, bool) or (self.only is not None and value is not self.only):
            problems.wrong(at, value, self.says)

    def schema(self) -> JSON:
        return {"type": "boolean"} if self.only is None else {"const": self.only}


class Day(Shape):
    """A date, bare or as quoted ISO text. With `partial`, a year or a month may stand for it."""

    def __init__(self, least: int, most: int, partial: bool = False) -> None:
        self.years, self.partial = range(least, most + 1), partial
        self.says = f"a date as YYYY-MM-DD{', YYYY-MM or YYYY' * partial}, without a time, from {least} to {most}"

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        day = as_day(value)
        if day is None and self.partial and isinstance(value, str | int):
            day = as_first_day(str(value))
        if day is None or day.year not in self.years:
            problems.wrong(at, value, self.says)

    def ordered(self, value: Any) -> Any:
        return as_day(value) or value

    def schema(self) -> JSON:
        schema: JSON = {
            "type": "string",
            "pattern": "^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?$" if self.partial else "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        }
        return {"anyOf": [schema, {"type": "integer", "minimum": 1000, "maximum": 9999}]} if self.partial else schema | {"format": "date"}


def as_day(value: Any) -> date | None:
    """A date of a document: as YAML read it, or as ISO text; None if it is neither."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def as_first_day(text: str) -> date | None:
    """The first day of YYYY or YYYY-MM."""
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2})?", text):
        return as_day(f"{text}-01-01"[:10])
    return None
