"""The form of an example as the page shows it: facts in rows, a finding and an expectation a criterion, what came of it. No queries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from criteria import example_fields
from criteria.example_fields import LISTS, SCALARS, TABLES, Rows, held, rows_of
from criteria.example_words import Difference, differences, said
from criteria.examples import Report
from criteria.node_fields import NodeField
from criteria.readiness import Blocker
from criteria.tree import Criterion

from .editor import plain, slug
from .node_form import FieldView, Given, field_view
from .trying import FINDINGS

Parts = Sequence[tuple[str, Sequence[Criterion]]]  # title, criteria: what an example is assessed against


@dataclass(frozen=True, slots=True)
class TableView:
    """One list of facts: its rows, and an empty one more."""

    id: str
    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[FieldView, ...], ...]
    errors: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """One list of criteria, and whether the example compares it."""

    key: str
    label: str
    is_compared: bool


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion: its finding, and how the example expects it to stand."""

    name: str
    text: str
    finding: FieldView
    ticks: tuple[tuple[Column, bool], ...]
    needs: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class ResultView:
    """What came of the example: whether it holds, and what differs; `kind` is that of a pill."""

    kind: str
    word: str
    differences: tuple[Difference, ...]
    got: str


@dataclass(frozen=True, slots=True)
class ExampleView:
    facts: tuple[FieldView, ...]
    tables: tuple[TableView, ...]
    columns: tuple[Column, ...]
    parts: tuple[tuple[str, tuple[CriterionLine, ...]], ...]
    errors: tuple[str, ...]
    result: ResultView


def example_view(example: Any, at: str, parts: Parts, blockers: Sequence[Blocker], given: Given | None, report: Report) -> ExampleView:
    columns = _columns(example, given)
    texts = {leaf.id: leaf.text or leaf.id for _, criteria in parts for leaf in criteria}
    shown = [(title, tuple(_line(leaf.id, texts[leaf.id], example, columns, given) for leaf in criteria)) for title, criteria in parts]
    strange = [name for name in _named(example) if name not in texts]
    if strange:
        shown.append(("Of no criterion here", tuple(_line(name, name, example, columns, given) for name in strange)))
    wrong = [b.message for b in blockers if b.where.startswith((f"{at}.findings", f"{at}.expect.")) and not _has_field(b.where, at)]
    return ExampleView(
        tuple(field_view(field, example, at, "", blockers, given) for field in SCALARS),
        tuple(_table(rows, example, at, blockers, given) for rows in TABLES),
        columns,
        tuple(shown),
        tuple(dict.fromkeys(wrong)),
        _result(at, report),
    )


def _has_field(where: str, at: str) -> bool:
    return where in (f"{at}.expect.value", f"{at}.expect.next", f"{at}.expect.authority")


def _columns(example: Any, given: Given | None) -> tuple[Column, ...]:
    known = set(example_fields.compared(example))
    if given is not None:
        known = {key.removeprefix("compare.") for key in given.values if key.startswith("compare.")}
    return tuple(Column(key, label, key in known) for key, label in (*LISTS, ("shortest", "Shortest way")))


def _named(example: Any) -> list[str]:
    """Ids that an example names itself."""
    findings = held(example, "findings")
    names = list(findings) if isinstance(findings, dict) else []
    for key, _ in LISTS:
        names += example_fields.names_in(held(example, f"expect.{key}"))
    return list(dict.fromkeys([*names, *example_fields.steps_of(example)]))


def _line(name: str, text: str, example: Any, columns: Sequence[Column], given: Given | None) -> CriterionLine:
    words = (("", "Not answered"), *((value, label) for value, _, label in FINDINGS))
    findings = held(example, "findings")
    finding = field_view(
        NodeField(name, text, "choice", choices=words), findings if isinstance(findings, dict) else {}, "", "findings.", (), given
    )
    # an id may hold a dot, which a path would take apart
    value = findings.get(name) if isinstance(findings, dict) and given is None else finding.value
    options = tuple((word, label, word == (value or "")) for word, label in words)
    finding = FieldView(finding.field, finding.name, finding.id, value, options, (), False)
    ticks = tuple((column, _is_ticked(example, column.key, name, given)) for column in columns if column.key != "shortest")
    need = example_fields.steps_of(example).get(name, "")
    if given is not None:
        need = "".join(given.values.get(f"expect.shortest.{name}", [])[-1:])
    known = {"": "–", "met": "met", "not_met": "not met"}
    needs = tuple((word, label, word == need) for word, label in ({need: need} | known).items())
    return CriterionLine(name, text, finding, ticks, needs)


def _is_ticked(example: Any, key: str, name: str, given: Given | None) -> bool:
    listed = held(example, f"expect.{key}") if given is None else given.values.get(f"expect.{key}", [])
    return isinstance(listed, list) and name in listed


# ---- facts


def _table(rows: Rows, example: Any, at: str, blockers: Sequence[Blocker], given: Given | None) -> TableView:
    stored = rows_of(example, rows)
    count = len(stored)
    if given is not None:
        posted = [int(match[1]) for key in given.values if (match := re.match(re.escape(rows.key) + r"\[([0-9]{1,3})\]\.", key))]
        count = max([count, *(number + 1 for number in posted)])
    shown = tuple(_row(rows, number, stored[number] if number < len(stored) else (), given) for number in range(count + (given is None)))
    wrong = [blocker for blocker in blockers if _is_in(blocker, at, rows)]
    errors = [f"{_where(blocker.where.removeprefix(f'{at}.{rows.key}'), rows)}{plain(blocker.message)}" for blocker in wrong]
    return TableView(slug(rows.key), rows.title, tuple(field.label for field in rows.fields), shown, tuple(errors), len(stored))


def _is_in(blocker: Blocker, at: str, rows: Rows) -> bool:
    whole = f"{at}.{rows.key}"
    return blocker.where == whole or blocker.where.startswith(f"{whole}[")


def _where(rest: str, rows: Rows) -> str:
    """ "[1].code" in words: row 2, Code."""
    match = re.match(r"\[([0-9]+)\](?:\.(\w+))?", rest)
    if not match:
        return ""
    label = next((field.label for field in rows.fields if field.key == match[2]), "")
    return f"Row {int(match[1]) + 1}{', ' + label if label else ''}: "


def _row(rows: Rows, number: int, stored: Sequence[str], given: Given | None) -> tuple[FieldView, ...]:
    return tuple(
        _cell(field, f"{rows.key}[{number}].{field.key}", stored[place] if stored else "", rows, number, given)
        for place, field in enumerate(rows.fields)
    )


def _cell(field: NodeField, name: str, text: str, rows: Rows, number: int, given: Given | None) -> FieldView:
    value = text if given is None else "".join(given.values.get(name, [])[-1:])
    choices = field.choices if not value or value in dict(field.choices) else ((value, value), *field.choices)
    labelled = NodeField(name, f"{field.label}, {rows.title.lower()}, row {number + 1}", field.kind)
    options = tuple((word, label, word == value) for word, label in choices)
    return FieldView(labelled, name, f"field-{slug(name)}", value, options, (), False)


# ---- what came of it


def _result(at: str, report: Report) -> ResultView:
    match = re.fullmatch(r"examples\[([0-9]+)\]", at)
    if report.errors or not match or int(match[1]) >= len(report.results):
        return ResultView("na", "Not run yet", (), "Examples run once what blocks submission is mended.")
    result = report.results[int(match[1])]
    value, step = (said(key, result.got[key], {})[0].text for key in ("value", "next"))
    got = f"{value[0].upper()}{value[1:]}; next: {step}."
    return ResultView("met" if result.ok else "not-met", "Holds" if result.ok else "Fails", differences(result), got)
