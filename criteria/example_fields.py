"""The facts and the expectations of an example: how the editor names them, reads them, and writes back what was typed. Pure.

What is posted as it was shown stays as it stood, whatever it was: a null, an empty list, a value of the wrong type.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .enums import Certainty, Response, ReviewType, SessionSource, Side
from .node_fields import NodeField, Posted, typed, word_choices
from .places import JSON

SITE = (NodeField("name", "Name"), NodeField("side", "Side", "choice", choices=(("", "Not said"), *word_choices(Side))))
SCALARS = (
    NodeField("facts.review_type", "Review", "choice", choices=(("", "Before the service"), *word_choices(ReviewType)), half=True),
    NodeField("facts.received", "Received", "date", half=True),
    NodeField("facts.first_service", "First date of service", "date", half=True),
    NodeField("facts.birth_date", "Birth date", "date", half=True),
    NodeField("facts.symptom_onset", "Onset of symptoms", help="2025, 2025-08 or 2025-08-14.", half=True),
    NodeField("facts.line.code", "Code of the line", half=True),
    NodeField("facts.line.units", "Units", "number", half=True),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of facts, one row each. `key` is its path in the example."""

    key: str
    title: str
    fields: tuple[NodeField, ...]


TABLES = (
    Rows(
        "facts.diagnoses",
        "Diagnoses",
        (NodeField("code", "Code"), NodeField("certainty", "Certainty", "choice", choices=(("", ""), *word_choices(Certainty)))),
    ),
    Rows(
        "facts.treatments",
        "Treatments",
        (
            NodeField("kind", "Kind"),
            NodeField("agent", "What exactly"),
            NodeField("from", "From", "date"),
            NodeField("to", "To", "date"),
            NodeField("response", "Response", "choice", choices=(("", "Not said"), *word_choices(Response))),
        ),
    ),
    Rows(
        "facts.sessions",
        "Earlier sessions",
        (
            NodeField("code", "Code"),
            NodeField("date", "Date", "date"),
            NodeField("source", "Source", "choice", choices=(("", "Left out"), *word_choices(SessionSource))),
        ),
    ),
    Rows("facts.line.sites", "Sites asked for", SITE),
    Rows("facts.line.examined_sites", "Sites examined", SITE),
    Rows("facts.other_lines", "Other lines of the member", (NodeField("code", "Code"), NodeField("first_service", "First date", "date"))),
)
LISTS = (("open", "Open"), ("settled", "Settled"), ("reasons", "Reason"))  # of criteria, compared exactly


def held(example: Any, key: str) -> Any:
    """What stands at a path of names; None where nothing does."""
    for part in key.split("."):
        example = example.get(part) if isinstance(example, dict) else None
    return example


def text_of_value(value: Any) -> str:
    return "" if value is None else str(value)


def rows_of(example: Any, rows: Rows) -> list[tuple[str, ...]]:
    """The texts of a list, row by row. A site may be a bare name; what is no row shows nothing."""
    items = held(example, rows.key)
    return [_row(item, rows) for item in items] if isinstance(items, list) else []


def _row(item: Any, rows: Rows) -> tuple[str, ...]:
    if isinstance(item, str) and rows.fields == SITE:
        return item, ""
    return tuple(text_of_value(held(item, field.key)) for field in rows.fields)


def compared(example: Any) -> Iterator[str]:
    """The lists that an example compares."""
    for key in (*(key for key, _ in LISTS), "shortest"):
        if isinstance(held(example, f"expect.{key}"), list):
            yield key


def steps_of(example: Any) -> dict[str, str]:
    """The expected shortest way: what each criterion needs."""
    steps = held(example, "expect.shortest")
    records = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    pairs = [(step.get("criterion"), step.get("needs")) for step in records]
    return {name: needs for name, needs in pairs if isinstance(name, str) and isinstance(needs, str) and name and needs}


def names_in(listed: Any) -> list[str]:
    """The criteria that a list names."""
    return [name for name in listed if isinstance(name, str) and name] if isinstance(listed, list) else []


# ---- writing


def written_facts(example: JSON, given: Posted) -> JSON | None:
    """The facts after what was posted; None where there are none (any more)."""
    before = example.get("facts")
    after: JSON = {"facts": deepcopy(before) if isinstance(before, dict) else {}}
    for field in SCALARS:
        posted = given.get(field.key)
        if posted is not None and posted[-1] != text_of_value(held(example, field.key)):
            _put(after, field.key.split("."), typed(field, posted))
    for rows in TABLES:
        items = _written_rows(example, rows, given)
        stood = held(example, rows.key)
        if items != (stood if isinstance(stood, list) else []):
            _put(after, rows.key.split("."), items or None)
    facts: JSON = after["facts"]
    return before if facts == before or (not facts and not isinstance(before, dict)) else facts or None


def _put(holder: JSON, path: Sequence[str], value: Any) -> None:
    """Sets what stands at a path; None takes it out, and a record that is empty then."""
    first, *rest = path
    if not rest:
        holder.pop(first, None)
        holder |= {first: value} if value is not None else {}
        return
    inner = holder[first] if isinstance(holder.get(first), dict) else {}
    _put(inner, rest, value)
    holder[first] = inner
    if not inner and first != "facts":
        del holder[first]


def _written_rows(example: JSON, rows: Rows, given: Posted) -> list[Any]:
    """A row that is emptied goes; one that stands as it was shown stays what it was."""
    stood = held(example, rows.key)
    items = stood if isinstance(stood, list) else []
    name = re.compile(re.escape(rows.key) + r"\[([0-9]{1,3})\]\.\w+")
    posted = {int(match[1]) for key in given if (match := name.fullmatch(key))}
    kept = []
    for number in sorted(posted | set(range(len(items)))):
        was = items[number] if number < len(items) else None
        shown = _row(was, rows)
        names = [f"{rows.key}[{number}].{field.key}" for field in rows.fields]
        texts = tuple("".join(given.get(name, [old])[-1:]) for name, old in zip(names, shown, strict=True))
        if number < len(items) and texts == shown:
            kept.append(was)
        elif any(text.strip() for text in texts):
            kept.append(_record(was, rows, shown, texts))
    return kept


def _record(was: Any, rows: Rows, shown: Sequence[str], texts: Sequence[str]) -> Any:
    record = dict(was) if isinstance(was, dict) else {}
    for field, old, text in zip(rows.fields, shown, texts, strict=True):
        if text != old or not isinstance(was, dict):
            value = typed(field, [text])
            record.pop(field.key, None)
            record |= {field.key: value} if value is not None else {}
    return record["name"] if rows.fields == SITE and record.keys() == {"name"} else record


def written_lists(expect: Any, given: Posted) -> JSON | None:
    """What is expected, with the lists as they were ticked. A list is compared where its column is, or where something is ticked anew."""
    after: JSON = dict(expect) if isinstance(expect, dict) else {}
    for key in (*(key for key, _ in LISTS), "shortest"):
        before = after.get(key)
        shown: list[Any] = list(steps_of({"expect": expect}).items()) if key == "shortest" else names_in(before)
        ticked: list[Any] = _steps(given) if key == "shortest" else names_in(given.get(f"expect.{key}"))
        was_compared = isinstance(before, list)
        if given.get(f"compare.{key}") or (ticked and not was_compared):
            if not was_compared or sorted(ticked) != sorted(shown):  # in whatever order: the form has none of its own
                after[key] = [{"criterion": name, "needs": needs} for name, needs in ticked] if key == "shortest" else ticked
        elif was_compared:
            del after[key]
    return after or (None if isinstance(expect, dict) or expect is None else expect)


def _steps(given: Posted) -> list[Any]:
    prefix = "expect.shortest."
    chosen = [(key.removeprefix(prefix), values[-1]) for key, values in given.items() if key.startswith(prefix)]
    return [(name, needs) for name, needs in chosen if needs]


def expecting(expect: Any, got: Mapping[str, Any]) -> JSON:
    """An expectation of what came of an example: of what was compared, or of the usual where nothing was."""
    usual = ["value", "open", "next", *(key for key in ("reasons", "authority") if got[key])]
    keys = [key for key in got if isinstance(expect, dict) and key in expect] or usual
    return {key: deepcopy(got[key]) for key in keys}
