"""YAML text -> plain data that knows its lines. Reads untrusted text safely; knows nothing of policies.

Built from the parser's events: a composer would expand aliases, and the C one dies of deep nesting.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

Path = tuple[str | int, ...]

MAX_BYTES = 2_000_000
MAX_VALUES = 50_000  # of a text; a policy of 40 criteria has some 2,000
MAX_DEPTH = 100  # of YAML collections; 20 groups of a policy take at most 70

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_TAG = "tag:yaml.org,2002:"
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TRUE = frozenset({"yes", "true", "on"})


@dataclass(frozen=True, slots=True)
class Odd:
    """A bare scalar that YAML takes for something no policy holds."""

    raw: str
    kind: str


class Refused:
    """Stands where the reader has complained already, so that nobody complains twice."""


REFUSED = Refused()


@dataclass(slots=True)
class YamlText:
    """What was read. `raw` keeps how a bare scalar was written, for the sentence that asks for quotes."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    key_lines: dict[Path, int] = field(default_factory=dict)
    raw: dict[Path, str] = field(default_factory=dict)
    errors: list[tuple[Path, int | None, str]] = field(default_factory=list)
    readable: bool = True  # False: the text breaks off, and its shape is not worth judging


class _Stop(Exception):
    """Reading on makes no sense; the complaint stands in the errors."""


def read(text: bytes | str, loader: Any = None) -> YamlText:
    """Plain data of one YAML document, or errors. Raises nothing, whatever the text is."""
    result = YamlText()
    try:
        _read(_decoded(text, result), result, loader or LOADER)
    except _Stop:
        result.readable = False
    return result


def _stop(result: YamlText, message: str, line: int | None = None, at: Path = ()) -> _Stop:
    result.errors.append((at, line, message))
    return _Stop()


def _decoded(text: bytes | str, result: YamlText) -> str:
    if len(text) > MAX_BYTES:
        raise _stop(result, f"The file is larger than {MAX_BYTES:,} bytes. A policy is a text of some pages.")
    if isinstance(text, bytes):
        given = text
        try:
            text = given.decode("utf-8")
        except UnicodeDecodeError as problem:
            line = given.count(b"\n", 0, problem.start) + 1
            raise _stop(result, "The file is not UTF-8 text. Save it as UTF-8.", line) from None
    text = text.removeprefix("\ufeff")
    found = _UNPRINTABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise _stop(result, f"The file holds the character U+{ord(found[0]):04X}, which text cannot hold.", line)
    if not text.strip():
        raise _stop(result, "The file is empty. A policy is one YAML mapping that begins with format: 1.")
    return text


def _read(text: str, result: YamlText, loader: Any) -> None:
    events = yaml.parse(text, Loader=loader)
    try:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _stop(result, "A second document begins here. A file holds one policy.", _line(event))
            elif isinstance(event, yaml.NodeEvent):
                result.data = _Builder(events, result).value(event, (), 1)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        words = " ".join(part for part in (problem.context, problem.problem) if part)
        hint = " Indent with spaces: YAML takes no tabs." if mark and _line_at(text, mark.line).lstrip(" ").startswith("\t") else ""
        raise _stop(result, f"This is not YAML: {words or 'it cannot be read'}.{hint}", mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, ValueError, OverflowError) as problem:
        raise _stop(result, f"This is not YAML: {str(problem).splitlines()[0] if str(problem) else 'it cannot be read'}.") from None
    if result.data is None:
        raise _stop(result, "The file is empty. A policy is one YAML mapping that begins with format: 1.")


def short(text: str | None) -> str:
    """As much of a text as a sentence holds."""
    shown = text or ""
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _line_at(text: str, index: int) -> str:
    lines = text.splitlines()
    return lines[index] if index < len(lines) else ""


class _Builder:
    """Turns one node's events into data. Goes on after a complaint, so that all of them are reported."""

    def __init__(self, events: Iterator[Any], result: YamlText) -> None:
        self.events = events
        self.result = result
        self.count = 0

    def complain(self, at: Path, event: Any, message: str) -> None:
        self.result.errors.append((at, _line(event), message))

    def value(self, event: Any, at: Path, depth: int) -> Any:
        self.count += 1
        if self.count > MAX_VALUES:
            raise _stop(self.result, f"The text has more than {MAX_VALUES:,} values. A policy is a text of some pages.", _line(event))
        self.result.lines.setdefault(at, _line(event))
        if isinstance(event, yaml.AliasEvent):
            self.complain(at, event, f"Aliases (*{short(event.anchor)}) are not allowed: write the value out.")
            return REFUSED
        if event.anchor is not None:
            self.complain(at, event, f"Anchors (&{short(event.anchor)}) are not allowed: write the value out where it is needed.")
        tagged = event.tag is not None
        if tagged:
            self.complain(at, event, f"Tags ({short(event.tag)}) are not allowed: write the bare value.")
        if isinstance(event, yaml.ScalarEvent):
            return REFUSED if tagged else self.scalar(event, at)
        if depth > MAX_DEPTH:
            message = f"This is nested deeper than {MAX_DEPTH} levels. Groups may be nested 20 deep."
            raise _stop(self.result, message, _line(event), at)
        built = self.sequence(at, depth) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(at, depth)
        return REFUSED if tagged else built

    def sequence(self, at: Path, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.value(event, (*at, len(items)), depth + 1))
        return items

    def mapping(self, at: Path, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(event, at, depth)
            here = (*at, key if key is not None else "?")
            repeated = key in items
            if repeated:
                self.complain(here, event, f"The key {short(key)} stands here twice. Keep one.")
            elif key is not None:
                self.result.key_lines[here] = _line(event)
            value = self.value(next(self.events), here, depth + 1)
            if key is not None and not repeated:
                items[key] = value
        return items

    def key(self, event: Any, at: Path, depth: int) -> str | None:
        """The key as text; None, after a complaint, if it is none."""
        if not isinstance(event, yaml.ScalarEvent):
            if not isinstance(event, yaml.AliasEvent):
                self.complain(at, event, "A key is a word here, not a list or a mapping.")
            self.value(event, (*at, "?"), depth + 1)
            return None
        if event.tag is not None or event.anchor is not None:
            self.complain((*at, event.value), event, "Tags and anchors are not allowed, on a key neither.")
            return str(event.value)
        if event.implicit[0] and event.value == "<<":
            self.complain((*at, "<<"), event, "Merge keys (<<) are not allowed: write the values out.")
            return None
        value = _plain(event.value) if event.implicit[0] else event.value
        if not isinstance(value, str):
            shown = short(event.value or "null")
            message = f'A key is text, and YAML reads {shown} as {kind_of(value)}. Put it in quotes: "{shown}".'
            self.complain((*at, shown), event, message)
            return None
        return value

    def scalar(self, event: Any, at: Path) -> Any:
        if not event.implicit[0]:
            return event.value
        value = _plain(event.value)
        if not isinstance(value, str):
            self.result.raw.setdefault(at, event.value)
        return value


def _plain(raw: str) -> Any:
    """The value of a bare (unquoted) scalar, by the rules of YAML 1.1 that every YAML reader of Python follows."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, raw, (True, False)).removeprefix(_TAG)
    if tag == "null":
        return None
    if tag == "bool":
        return raw.lower() in _TRUE
    if tag == "int":
        return int(raw) if _WHOLE_NUMBER.fullmatch(raw) else Odd(raw, "a number")
    if tag == "float":
        return Odd(raw, "a number")
    if tag == "timestamp":
        return _day(raw)
    return raw


def _day(raw: str) -> date | Odd:
    if not _DAY.fullmatch(raw):
        return Odd(raw, "a date with a time of day")
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return Odd(raw, "a date that does not exist")


def kind_of(value: Any) -> str:
    """What a value is, in words."""
    if isinstance(value, Odd):
        return value.kind
    for kind, words in _KINDS:
        if isinstance(value, kind):
            return words
    return "nothing" if value is None else "something else"


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a number"),
    (float, "a number"),
    (date, "a date"),
    (str, "text"),
    (list, "a list"),
    (dict, "a mapping"),
)
