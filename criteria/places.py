"""Where things stand in a policy document while it is written: paths, nodes, and the part in which two documents differ. Pure.

Tolerant of every shape: what is wrong with a document is the format's to say. A path is the format's own text, `rules[0].criteria.all[2]`.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from .enums import GroupKind

JSON = dict[str, Any]
Path = tuple[str | int, ...]
GROUP_KEYS = tuple(str(kind) for kind in GroupKind)


def path_of(text: str) -> Path:
    """`rules[0].criteria.all[2]` -> ("rules", 0, "criteria", "all", 2)"""
    return tuple(int(index) if index else name for name, index in re.findall(r"([^.\[\]]+)|\[([0-9]{1,6})\]", text) if name or index)


def text_of(path: Path) -> str:
    """The path as the format writes it."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def found(document: Any, at: str) -> Any:
    """What stands at a path; None where nothing does."""
    place = document
    for part in path_of(at):
        in_list = isinstance(place, list) and isinstance(part, int) and part < len(place)
        if not in_list and not (isinstance(place, dict) and isinstance(part, str) and part in place):
            return None
        place = place[part]
    return place


def kind_of_group(node: Any) -> str:
    """all, any, at_least or none; empty for a criterion."""
    return next((key for key in GROUP_KEYS if isinstance(node, dict) and key in node), "")


def children_at(node: Any, path: Path) -> tuple[Path, list[Any]]:
    """Where a group keeps its children, and the children. A broken one has none."""
    kind = kind_of_group(node)
    if not kind:
        return path, []
    held = node[kind]
    if kind == "at_least":
        held = held.get("of") if isinstance(held, dict) else None
        return (*path, kind, "of"), held if isinstance(held, list) else []
    return (*path, kind), held if isinstance(held, list) else []


def nodes(document: Any) -> Iterator[tuple[Path, JSON]]:
    """Every criterion and group with its path, in document order."""
    rules = document.get("rules") if isinstance(document, dict) else None
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        if isinstance(rule, dict):
            yield from below(rule.get("criteria"), ("rules", number, "criteria"))


def below(node: Any, path: Path) -> Iterator[tuple[Path, JSON]]:
    """A node and what stands below it."""
    stack: list[tuple[Any, Path]] = [(node, path)]
    while stack:
        node, path = stack.pop()
        if isinstance(node, dict):
            yield path, node
            inner, children = children_at(node, path)
            stack += [(child, (*inner, index)) for index, child in reversed(list(enumerate(children)))]


def kind_at(document: Any, at: str) -> str:
    """policy, rule, note, criterion, group, reference or example; empty where there is none."""
    path, node = path_of(at), found(document, at)
    if not isinstance(node, dict):
        return ""
    match path:
        case ():
            return "policy"
        case ("rules", int()):
            return "rule"
        case ("references", int()):
            return "reference"
        case ("examples", int()):
            return "example"
        case ("rules", int(), "evidence_notes", int()):
            return "note"
        case ("rules", int(), "criteria", *more) if not more or isinstance(more[-1], int):
            return "group" if kind_of_group(node) else "criterion"
    return ""


# ---- what was there before


def difference(before: Any, after: Any) -> JSON:
    """The smallest part in which two documents differ, and what stood there: kept with a save, to undo it."""
    path: list[str | int] = []
    while True:
        keys: list[str | int] = []
        if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
            keys = [key for key in before if before[key] != after[key]]
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            keys = [index for index, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
        if len(keys) != 1:
            return {"path": path, "was": deepcopy(before)}
        path.append(keys[0])
        before, after = before[keys[0]], after[keys[0]]


def restored(document: JSON, kept: Mapping[str, Any]) -> JSON:
    """The document as it was before the save that kept this difference."""
    path = list(kept["path"])
    if not path:
        return deepcopy(dict(kept["was"]))
    copy = deepcopy(document)
    place: Any = copy
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = deepcopy(kept["was"])
    return copy
