"""The tree editor as the page shows it: rows of the tree, fields of the node in hand, the try-out in words. Display values; no queries."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from criteria import node_fields, places
from criteria.assessment import Assessment
from criteria.enums import FindingValue, Next, Value
from criteria.node_fields import CHECKS, NodeField, Section
from criteria.places import found, kind_at, path_of, text_of
from criteria.readiness import Blocker
from criteria.tree import Criterion, Rule, leaves
from criteria.tryout import tried

KINDS = {"all": "All of these", "any": "Any of these", "at_least": "At least", "none": "None of these"}
FINDINGS = (
    ("met", "met", "Met", "m"),
    ("not_met", "not-met", "Not met", "n"),
    ("unclear", "unclear", "Unclear", "c"),
    ("not_documented", "missing", "Not documented", "o"),
    ("not_applicable", "na", "Does not apply", "p"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the author is: the page's address, the node in hand, the tab, the rule and findings of the try-out."""

    base: str
    at: str
    tab: str
    findings: Mapping[str, str]

    def url(self, at: str | None = None, tab: str | None = None) -> str:
        given = {"tab": self.tab if tab is None else tab, "at": self.at if at is None else at}
        kept = {f"f-{name}": finding for name, finding in self.findings.items()}
        return f"{self.base}?{urlencode({**given, **kept})}"


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
    is_new_rule: bool = False


def tab_of(kind: str) -> str:
    return {"reference": "references", "example": "examples"}.get(kind, "tree")


def tree_rows(document: Any, place: Place, blocked: Mapping[str, int]) -> list[Row]:
    """The policy, then every rule with its notes and nodes, in document order."""
    rows = [_row(document, place, blocked, (), "About the policy", "", 0)]
    rules = found(document, "rules")
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        if not isinstance(rule, dict):
            continue
        codes = rule.get("codes")
        said = ", ".join(str(code) for code in codes) if isinstance(codes, list) else ""
        rows.append(_row(document, place, blocked, ("rules", number), str(rule.get("name") or "A rule without a name"), said, 0, True))
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


def _row(
    document: Any, place: Place, blocked: Mapping[str, int], path: places.Path, label: str, note: str, depth: int, new: bool = False
) -> Row:
    at, count = text_of(path), blocked.get(text_of(path), 0)
    wrong = f"{count} thing{'s' * (count > 1)} to mend" if count else ""
    return Row(at, place.url(at), kind_at(document, at), label, note, min(depth, 12), at == place.at, wrong, new)


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


def plain(message: str) -> str:
    """The format's sentence for somebody who fills in a form: there a missing key is an empty field."""
    return re.sub(r"^\w+ is required here and missing\..*|^This is empty\. .*", "This is still empty.", message, flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class Blocked:
    """One thing that blocks submission, linked to the field or node where it is mended."""

    label: str
    url: str
    message: str


def blocked_rows(document: Any, place: Place, blockers: Sequence[Blocker]) -> list[Blocked]:
    rows = []
    for blocker in blockers:
        at = nearest(document, blocker.where)
        kind = kind_at(document, at)
        node = found(document, at)
        label = next((str(node[key]) for key in ("text", "title", "name", "says") if node.get(key)), "") if isinstance(node, dict) else ""
        rest = blocker.where.removeprefix(at).lstrip(".")
        field = f"#field-{_slug(rest.split('[')[0])}" if rest else ""
        name = _field_label(kind, rest)
        message = plain(blocker.message)
        said = f"{name}. {message}" if name and message != blocker.message else message
        rows.append(Blocked(label or f"A {kind or 'policy'} without words", place.url(at, tab_of(kind)) + field, said))
    return rows


def _field_label(kind: str, rest: str) -> str:
    """How the form names the field at this path of a node; a wording as a whole by its English."""
    fields = [field for section in node_fields.SECTIONS.get(kind, ()) for field in section.fields]
    return next((field.label for field in fields if field.key in (rest, f"{rest}.en")), "")


# ---- the fields of the node in hand


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field with what it holds. `stored`: what is stored now, where another has saved something else than is shown."""

    field: NodeField
    name: str
    id: str
    value: Any
    options: tuple[tuple[str, str, bool], ...]
    errors: tuple[str, ...]
    is_missing: bool
    stored: str = ""


@dataclass(frozen=True, slots=True)
class SectionView:
    section: Section
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed and is not stored: shown again after another save came between."""

    values: Mapping[str, list[str]]


def sections_of(document: Any, at: str, blockers: Sequence[Blocker], given: Given | None = None) -> tuple[SectionView, ...]:
    """The form of a node, section by section."""
    kind, record = kind_at(document, at), found(document, at)
    if not kind:
        return ()
    views = []
    for section in node_fields.SECTIONS[kind]:
        fields = [_choices_of(field, document) for field in section.fields if _is_there(field, at, record)]
        prefix, holder = "", record
        if section.name == "check":
            name, holder = node_fields.check_of(record)
            fields, prefix = list(CHECKS[name][1]) if name in CHECKS else [], f"check.{name}."
        views.append(SectionView(section, tuple(_field(field, holder, at, prefix, blockers, given) for field in fields)))
    if kind == "example":
        views.append(_findings_section(document, record, at, blockers, given))
    return tuple(views)


def _is_there(field: NodeField, at: str, record: Mapping[str, Any]) -> bool:
    """Silence only below an odd number of `none`; a number only in a group of at least."""
    if field.key == "silence":
        return path_of(at).count("none") % 2 == 1 or "silence" in record
    return field.key != "n" or "at_least" in record


def _choices_of(field: NodeField, document: Any) -> NodeField:
    key = {"cites": "references", "rule": "rules"}.get(field.key)
    if key is None:
        return field
    items = [item for item in found(document, key) or [] if isinstance(item, dict)]
    named = tuple((str(item.get("id") or ""), str(item.get("title") or item.get("name") or item.get("id"))) for item in items)
    if key == "references":
        named = tuple((name, f"[{number}] {title}") for number, (name, title) in enumerate(named, 1))
    return NodeField(field.key, field.label, field.kind, field.help, named, half=field.half)


def _field(
    field: NodeField, holder: Mapping[str, Any], at: str, prefix: str, blockers: Sequence[Blocker], given: Given | None
) -> FieldView:
    name = prefix + field.key
    stored = value = node_fields.value_of(holder, field)
    if given is not None:
        posted = given.values.get(name, [])
        value = {"many": [item for item in posted if item], "flag": bool(posted)}.get(field.kind, "".join(posted[-1:]))
    path = f"{at}.at_least.n" if field.key == "n" else f"{at}.{name}" if at else name
    errors = tuple(dict.fromkeys(plain(blocker.message) for blocker in blockers if _is_about(blocker.where, path, field)))
    chosen = value if isinstance(value, list) else [str(value)]
    choices = field.choices
    if field.kind == "choice" and str(value) not in dict(choices):  # left out means the first; a word that is none of them is shown
        choices, chosen = (((str(value), str(value)), *choices), chosen) if value else (choices, [choices[0][0] if choices else ""])
    options = tuple((word, label, word in chosen) for word, label in choices)
    empty = bool(field.language) and not value
    other = ""
    if given is not None and stored != value:
        other = (", ".join(stored) if isinstance(stored, list) else str(stored)) or "nothing"
    return FieldView(field, name, f"field-{_slug(name)}", value, options, errors, empty, other)


def _is_about(where: str, path: str, field: NodeField) -> bool:
    """A problem of the field itself, of an item in it, or of a whole wording at its English."""
    if where == path or where.startswith((path + "[", path + ".")):
        return True
    return field.key.endswith(".en") and where == path.removesuffix(".en")


def _findings_section(document: Any, example: Mapping[str, Any], at: str, blockers: Sequence[Blocker], given: Given | None) -> SectionView:
    """One choice a criterion of the example's rule."""
    rules = [rule for rule in found(document, "rules") or [] if isinstance(rule, dict) and rule.get("id") == example.get("rule")]
    words = (("", "Not answered"), *((value, label) for value, _, label, _ in FINDINGS))
    held = example.get("findings")
    held = held if isinstance(held, dict) else {}
    names = {
        str(node["id"]): str(node.get("text") or node["id"])
        for rule in rules
        for _, node in places.below(rule.get("criteria"), ())
        if node.get("id") and not places.kind_of_group(node)
    }
    names |= {name: f"{name} (of another policy, or gone)" for name in held if name not in names}
    fields = [NodeField(name, label, "choice", choices=words, half=True) for name, label in names.items()]
    views = tuple(_field(field, held, f"{at}.findings" if at else "", "findings.", (), given) for field in fields)
    section = Section("findings", "Findings", tuple(fields))
    wrong = {name: tuple(b.message for b in blockers if b.where == f"{at}.findings.{name}") for name in names}
    return SectionView(section, tuple(_with_errors(view, wrong[view.field.key]) for view in views))


def _with_errors(view: FieldView, errors: tuple[str, ...]) -> FieldView:
    return FieldView(view.field, view.name, view.id, view.value, view.options, errors, view.is_missing, view.stored)


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-")


# ---- the try-out


@dataclass(frozen=True, slots=True)
class TryRow:
    """One criterion of the try-out with its strip of findings."""

    name: str
    text: str
    options: tuple[tuple[str, str, str, bool], ...]  # value, kind, label, chosen
    standing: str


@dataclass(frozen=True, slots=True)
class TryOut:
    """What came of the findings. `asks` are the lines of a request, `reasons` those of a letter."""

    rows: tuple[TryRow, ...]
    title: str
    tone: str
    said: str
    asks: tuple[str, ...]
    reasons: tuple[str, ...]


NEXT_WORDS = {
    Next.APPROVE: "approve",
    Next.REFER: "a medical director decides",
    Next.CONTINUE: "go on with the criteria that are open",
    Next.REQUEST_INFORMATION: "request information",
}


def try_out(rule: Rule, findings: Mapping[str, str]) -> TryOut:
    """A rule with these findings, as a nurse and a member would meet it."""
    kept, result = tried(rule, findings)
    criteria = {leaf.id: leaf for leaf in leaves(rule.criteria)}
    rows = tuple(_try_row(leaf, kept.get(leaf.id, ""), result) for leaf in leaves(rule.criteria))
    title, tone = _verdict(result)
    steps = ", ".join(f"{criteria[step.criterion].text or step.criterion} ({step.needs.replace('_', ' ')})" for step in result.shortest)
    said = [f"Shortest way: {steps}." if steps else "", f"Next: {NEXT_WORDS[result.next]}."]
    asks = tuple(criteria[name].ask.get("en", "") or f"{criteria[name].text}: no wording yet" for name in result.open)
    reasons = [criteria[name].reason.get("en", "") or f"{criteria[name].text}: no wording yet" for name in result.reasons]
    return TryOut(rows, title, tone, " ".join(part for part in said if part), asks, tuple(reasons))


def _try_row(leaf: Criterion, finding: str, result: Assessment) -> TryRow:
    words = [each for each in FINDINGS if each[0] != FindingValue.NOT_APPLICABLE or leaf.may_not_apply]
    standing = "open" if leaf.id in result.open else "no longer needed" if leaf.id in result.settled else ""
    return TryRow(leaf.id, leaf.text or "A new criterion", tuple((v, k, label, v == finding) for v, k, label, _ in words), standing)


def _verdict(result: Assessment) -> tuple[str, str]:
    if result.value == Value.MET:
        who = "a nurse certifies" if result.authority == "nurse" else "a medical director certifies"
        return f"Met: {who}", "met"
    if result.value == Value.NOT_MET:
        return "Not met: a medical director decides", "not-met"
    if result.next == Next.REFER:
        return "Nothing applies: a medical director decides", "na"
    count = len(result.open)
    if result.next == Next.REQUEST_INFORMATION:
        return f"Undecided: asks for {count} thing{'s' * (count != 1)}", "missing"
    return f"Undecided: {count} open", "missing"


def state_fields(place: Place) -> Iterator[tuple[str, str]]:
    """What every form carries along."""
    yield "at", place.at
    yield "tab", place.tab
    yield from ((f"f-{name}", finding) for name, finding in place.findings.items())
