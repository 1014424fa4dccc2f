"""The tree editor as the page shows it: where the author is, rows of the tree, what blocks submission. Display values; no queries."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from criteria import example_fields, node_fields, places
from criteria.node_fields import CHECKS
from criteria.places import WORDS, found, kind_at, path_of, text_of
from criteria.readiness import Blocker

POLICY_ROW = "About the policy"
KINDS = {"all": "All of these", "any": "Any of these", "at_least": "At least", "none": "None of these"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the author is: the page's address, the node in hand, the tab, the findings of the try-out and the language of its words."""

    base: str
    at: str
    tab: str
    findings: Mapping[str, str]
    language: str = "en"
    plan: str = ""

    def url(self, at: str | None = None, tab: str | None = None) -> str:
        given = {"tab": self.tab if tab is None else tab, "at": self.at if at is None else at}
        return f"{self.base}?{urlencode({**given, **self.tried})}"

    @property
    def tried(self) -> dict[str, str]:
        """What is carried along of the try-out."""
        findings = {f"f-{name}": finding for name, finding in self.findings.items()}
        more = {"language": self.language if self.language != "en" else "", "as": self.plan}
        return findings | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree, or of the lists of references and examples."""

    at: str
    url: str
    kind: str
    label: str
    note: str
    depth: int
    is_current: bool
    wrong: str  # in words, empty where nothing is


def tab_of(kind: str) -> str:
    return {"reference": "references", "example": "examples"}.get(kind, "tree")


def tree_rows(document: Any, place: Place, blocked: Mapping[str, int]) -> list[Row]:
    """The policy, then every rule with its notes and nodes, in document order."""
    rows = [_row(document, place, blocked, (), POLICY_ROW, "", 0)]
    rules = found(document, "rules")
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        if not isinstance(rule, dict):
            continue
        codes = rule.get("codes")
        said = ", ".join(str(code) for code in codes) if isinstance(codes, list) else ""
        rows.append(_row(document, place, blocked, ("rules", number), str(rule.get("name") or "A rule without a name"), said, 0))
        for path, node in places.below(rule.get("criteria"), ("rules", number, "criteria")):
            depth = 1 + sum(isinstance(part, int) for part in path[3:])
            rows.append(_row(document, place, blocked, path, *_named(node), depth))
        notes = rule.get("evidence_notes")
        for index, note in enumerate(notes if isinstance(notes, list) else []):
            label = str(note.get("says") or "An evidence note without words") if isinstance(note, dict) else ""
            rows.append(_row(document, place, blocked, ("rules", number, "evidence_notes", index), label, "evidence note", 1))
    return rows


def list_rows(document: Any, place: Place, blocked: Mapping[str, int], key: str, notes: Sequence[str]) -> list[Row]:
    """References or examples. `notes`: what stands at the right of each."""
    items = found(document, key)
    rows = []
    for number, item in enumerate(items if isinstance(items, list) else []):
        label = str(item.get("title" if key == "references" else "name") or "Without a name") if isinstance(item, dict) else "?"
        note = notes[number] if number < len(notes) else ""
        rows.append(_row(document, place, blocked, (key, number), label, note, 0))
    return rows


def _row(document: Any, place: Place, blocked: Mapping[str, int], path: places.Path, label: str, note: str, depth: int) -> Row:
    at, count = text_of(path), blocked.get(text_of(path), 0)
    wrong = f"{count} thing{'s' * (count > 1)} to mend" if count else ""
    return Row(at, place.url(at), kind_at(document, at), label, note, min(depth, 12), at == place.at, wrong)


def _named(node: Mapping[str, Any]) -> tuple[str, str]:
    kind = places.kind_of_group(node)
    if kind:
        held = node["at_least"] if kind == "at_least" else None
        words = f"At least {held.get('n')}" if isinstance(held, dict) else KINDS[kind]
        title = node.get("title")
        return (f"{words.removesuffix(' of these')}: {title}" if title else words + " of these" * (kind == "at_least")), ""
    name, _ = node_fields.check_of(node)
    note = CHECKS[name][0].lower() if name in CHECKS else "physician certifies" if node.get("authority") == "physician" else ""
    return str(node.get("text") or "A new criterion"), note


# ---- what is wrong


def nearest(document: Any, where: str) -> str:
    """The path of the node that a problem's path leads to; empty is the whole policy."""
    path = path_of(where)
    while path and not kind_at(document, text_of(path)):
        path = path[:-1]
    return text_of(path)


def blocked_nodes(document: Any, blockers: Sequence[Blocker]) -> dict[str, int]:
    count: dict[str, int] = {}
    for blocker in blockers:
        at = nearest(document, blocker.where)
        count[at] = count.get(at, 0) + 1
    return count


def words_of(node: Any) -> str:
    """By which a node is known to people."""
    return next((str(node[key]) for key in WORDS if node.get(key)), "") if isinstance(node, dict) else ""


def plain(message: str, label: str = "") -> str:
    """The format's sentence for somebody who fills in a form: there a missing key is an empty field. `label`: where it stands."""
    said = message.removeprefix(f"{label}: ")
    said = re.sub(r"^\w+ is required here and missing\..*|^This is empty\. .*", "This is still empty.", said, flags=re.DOTALL)
    return re.sub(r"^This list is empty\. .*", "This list is empty.", said, flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class Blocked:
    """One thing that blocks submission, linked to the field or node where it is mended. `line`: where the text of the policy has it."""

    label: str
    url: str
    message: str
    where: str = ""
    line: int | None = None


def blocked_rows(document: Any, place: Place, blockers: Sequence[Blocker], lines: Mapping[places.Path, int] | None = None) -> list[Blocked]:
    """`lines` of the text, where it is shown."""
    rows = []
    for blocker in blockers:
        at = nearest(document, blocker.where)
        kind = kind_at(document, at)
        node = found(document, at)
        label = words_of(node) if at else ""
        rest = blocker.where.removeprefix(at).lstrip(".")
        name, key = _field_at(kind, node, rest)
        message = plain(blocker.message, label)
        said = f"{name}. {message}" if name and message.startswith("This ") and not (label and message.startswith(label)) else message
        url = _mended_at(place, at, kind, rest, key)
        label = label or (f"A {kind} without words" if at and kind else POLICY_ROW)
        rows.append(Blocked(label, url, said, blocker.where, line_of(blocker.where, lines or {})))
    return sorted(rows, key=lambda row: row.line or 0)


def line_of(where: str, lines: Mapping[places.Path, int]) -> int | None:
    """The line of a path, or of the nearest thing above it that stands in the text."""
    path = path_of(where)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def _field_at(kind: str, node: Any, rest: str) -> tuple[str, str]:
    """How the form names the field at this path of a node, and the field's key: of a whole that is missing, its first field."""
    fields = dict(_fields(kind, node))
    inner = re.sub(r"\[.*", "", rest)
    while inner and inner not in fields:
        whole = next((key for key in fields if key.startswith(inner + ".")), "")
        if whole:
            return (fields[whole] if inner == rest else ""), whole
        inner = inner.rpartition(".")[0]
    return (fields.get(inner, "") if inner == rest else ""), inner


def _fields(kind: str, node: Any) -> Iterator[tuple[str, str]]:
    """Key and label of everything that the form of a node has."""
    yield from ((field.key, field.label) for section in node_fields.SECTIONS.get(kind, ()) for field in section.fields)
    if kind == "criterion":
        name, _ = node_fields.check_of(node)
        yield from ((f"check.{name}.{field.key}", field.label) for field in CHECKS.get(name, ("", ()))[1])
        yield "check", "Check"
    if kind == "example":
        yield from ((field.key, field.label) for field in example_fields.SCALARS)
        yield from ((table.key, table.title) for table in example_fields.TABLES)
        yield from ((f"expect.{key}", label) for key, label in (*example_fields.LISTS, ("shortest", "Shortest way")))


def _mended_at(place: Place, at: str, kind: str, rest: str, key: str) -> str:
    """The address of the field; what no field holds is mended in the tree, in the try-out, or in the text."""
    if key or not rest:
        return place.url(at, tab_of(kind)) + (f"#field-{slug(key)}" if key else "")
    if rest.startswith("findings"):
        return place.url(at, "examples") + (f"#field-{slug(rest)}" if "." in rest else "#part-criteria")
    if rest == "examples":
        return place.url(at, "examples") + "#try"
    if kind == "group" or rest == "criteria":
        return place.url(at, "tree")
    return place.url(at, "yaml") + "#blockers"


def slug(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-")


def state_fields(place: Place) -> Iterator[tuple[str, str]]:
    """What every form carries along."""
    yield "at", place.at
    yield "tab", place.tab
    yield from place.tried.items()
