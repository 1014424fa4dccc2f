"""The form of the node in hand: its fields with what they hold and what is wrong with them. Display values; no queries."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from criteria import node_fields
from criteria.node_fields import CHECKS, NodeField, Section
from criteria.places import found, kind_at, path_of
from criteria.readiness import Blocker

from .editor import plain, slug, words_of
from .picked import Lists, picked, strange, with_strange

NO_LISTS = Lists()


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field with what it holds. `stored`: what is stored now, where another has saved something else than is shown.

    `strange`: what stands in it and is in no list that it is picked from.
    """

    field: NodeField
    name: str
    id: str
    value: Any
    options: tuple[tuple[str, str, bool], ...]
    errors: tuple[str, ...]
    is_missing: bool
    stored: str = ""
    strange: str = ""

    @property
    def input_type(self) -> str:
        """A browser shows no date that is none: what is stored would be gone with the next save."""
        return "date" if self.field.kind == "date" and re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})?", str(self.value)) else "text"


@dataclass(frozen=True, slots=True)
class SectionView:
    section: Section
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed and is not stored: shown again after another save came between."""

    values: Mapping[str, list[str]]


def sections_of(
    document: Any, at: str, blockers: Sequence[Blocker], given: Given | None = None, lists: Lists = NO_LISTS
) -> tuple[SectionView, ...]:
    """The form of a node, section by section."""
    kind, record = kind_at(document, at), found(document, at)
    if not kind:
        return ()
    views = []
    for section in node_fields.SECTIONS[kind]:
        fields = [picked(_choices_of(field, document), lists) for field in section.fields if _is_there(field, at, record)]
        prefix, holder = "", record
        if section.name == "check":
            name, holder = node_fields.check_of(record)
            fields, prefix = list(CHECKS[name][1]) if name in CHECKS else [], f"check.{name}."
        views.append(SectionView(section, tuple(field_view(field, holder, at, prefix, blockers, given) for field in fields)))
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
    listed = found(document, key)
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    named = tuple((str(item.get("id") or ""), str(item.get("title") or item.get("name") or item.get("id"))) for item in items)
    if key == "references":
        named = tuple((name, f"[{number}] {title}") for number, (name, title) in enumerate(named, 1))
    return NodeField(field.key, field.label, field.kind, field.help, named, half=field.half)


def field_view(
    field: NodeField, holder: Mapping[str, Any], at: str, prefix: str, blockers: Sequence[Blocker], given: Given | None
) -> FieldView:
    name = prefix + field.key
    stored = value = node_fields.value_of(holder, field)
    if given is not None:
        posted = given.values.get(name, [])
        several = [item for item in posted if item]
        value = {"many": several, "pick": several, "flag": bool(posted)}.get(field.kind, "".join(posted[-1:]))
    path = f"{at}.at_least.n" if field.key == "n" else f"{at}.{name}" if at else name
    about = [blocker.message for blocker in blockers if _is_about(blocker.where, path, field)]
    errors = tuple(dict.fromkeys(capfirst(plain(message, words_of(holder))) for message in about))
    chosen = value if isinstance(value, list) else [str(value)]
    choices = field.choices
    if field.kind == "choice" and str(value) not in dict(choices):  # left out means the first; a word that is none of them is shown
        choices, chosen = (((str(value), str(value)), *choices), chosen) if value else (choices, [choices[0][0] if choices else ""])
    if field.kind == "pick":
        choices = with_strange(field, chosen)
    options = tuple((word, label, word in chosen) for word, label in choices)
    empty = bool(field.language) and not value
    other = ""
    if given is not None and stored != value:
        other = (", ".join(stored) if isinstance(stored, list) else str(stored)) or "nothing"
    return FieldView(field, name, f"field-{slug(name)}", value, options, errors, empty, other, strange(field, value))


def _is_about(where: str, path: str, field: NodeField) -> bool:
    """A problem of the field itself, of an item in it, or of a whole wording at its English."""
    if where == path or where.startswith((path + "[", path + ".")):
        return True
    return field.key.endswith(".en") and where == path.removesuffix(".en")
