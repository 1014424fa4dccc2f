"""Where things stand in a policy document while it is written: paths, nodes, and the part in which two documents differ. Pure.

Tolerant of every shape: what is wrong with a document is the format's to say. A path is the format's own text, `rules[0].criteria.all[2]`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from .enums import GroupKind

JSON = dict[str, Any]
Path = tuple[str | int, ...]
GROUP_KEYS = tuple(str(kind) for kind in GroupKind)
INSIDE = ("rules", "criteria", "evidence_notes", "references", "examples")  # of records that are nodes themselves
WORDS = ("text", "title", "name", "says")  # by which a node is known to people


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


def named(document: Any, at: str) -> str:
    """What stands at a path, for people: its own words where it has some, and the part of it that is meant."""
    path = path_of(at)
    while path and not kind_at(document, text_of(path)):
        path = path[:-1]
    node, rest = found(document, text_of(path)), at.removeprefix(text_of(path)).lstrip(".")
    record = node if path and isinstance(node, dict) else {}
    words = next((record[key] for key in WORDS if isinstance(record.get(key), str) and record[key]), "")
    whole = f"“{words}”" if words else f"the {kind_at(document, text_of(path)) or 'policy'}"
    return f"{whole}, {rest.replace('_', ' ').replace('.', ', ')}" if rest else whole


def followed(before: Any, after: Any, at: str) -> str | None:
    """Where the node at a path of one document stands in a later one: by its id, or by what it holds most of. None where it is gone."""
    node, kind = found(before, at), kind_at(before, at)
    if not kind or not path_of(at) or found(after, at) == node:
        return at if kind and kind_at(after, at) == kind else None
    others = list(_alike(after, kind))
    name = "name" if kind == "example" else "id"
    if isinstance(node.get(name), str):
        return next((text_of(path) for path, other in others if other.get(name) == node[name]), None)
    same = [text_of(path) for path, other in others if other == node]
    if same or kind != "group":
        return same[0] if len(same) == 1 else None
    ids = _ids(node)
    held = [(_ids(other), path) for path, other in others]
    shared, best = max(((len(ids & theirs) / len(ids | theirs or {""}), path) for theirs, path in held), default=(0, ()))
    return text_of(best) if shared else None


def _alike(document: Any, kind: str) -> Iterator[tuple[Path, JSON]]:
    """The records of a kind with their paths."""
    if kind in ("criterion", "group"):
        yield from ((path, node) for path, node in nodes(document) if bool(kind_of_group(node)) is (kind == "group"))
        return
    if kind == "policy":
        yield from [((), document)] if isinstance(document, dict) else []
        return
    holders: list[tuple[Path, Any]] = [((), document)]
    if kind == "note":
        holders = [(("rules", number), rule) for number, rule in enumerate(_list(document, "rules"))]
    key = {"rule": "rules", "note": "evidence_notes", "reference": "references", "example": "examples"}[kind]
    for path, holder in holders:
        yield from (((*path, key, number), item) for number, item in enumerate(_list(holder, key)) if isinstance(item, dict))


def _list(holder: Any, key: str) -> list[Any]:
    held = holder.get(key) if isinstance(holder, dict) else None
    return held if isinstance(held, list) else []


def _ids(node: Any) -> set[str]:
    return {other["id"] for _, other in below(node, ()) if isinstance(other.get("id"), str)}


def told(before: Any, after: Any) -> list[str]:
    """What changed, in sentences, between two documents that may be incomplete: which nodes, and which parts of them."""
    said: list[str] = []
    for kind in ("policy", "rule", "criterion", "note", "reference", "example"):
        was, now = ({_name(node, path): node for path, node in _alike(each, kind)} for each in (before, after))
        for name in [*now, *(name for name in was if name not in now)]:
            said += _told(kind, was.get(name), now.get(name))
    return said or ([] if before == after else ["The criteria are grouped or ordered in another way."])


def _name(node: JSON, path: Path) -> str:
    name = next((node[key] for key in ("id", "name", "says") if isinstance(node.get(key), str) and path), "")
    return name or text_of(path)


def _told(kind: str, was: JSON | None, now: JSON | None) -> Iterator[str]:
    words = next((f"“{node[key]}”" for node in (now, was) if node for key in WORDS if isinstance(node.get(key), str) and node[key]), "")
    if was is None or now is None:
        yield f"New {kind}{' ' + words if words else ''}." if was is None else f"The {kind} {words or 'without words'} is taken out."
        return
    keys = [key for key in dict.fromkeys([*now, *was]) if now.get(key) != was.get(key) and key not in INSIDE]
    if keys:
        whole = "The policy" if kind == "policy" else f"The {kind}{' ' + words if words else ' without words'}"
        yield f"{whole}: {', '.join(key.replace('_', ' ') for key in keys)}."


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


_NOTHING = object()


def handed_on(before: Any, mine: Any, now: Any, at: str) -> tuple[str, JSON] | None:
    """A change of one node, made in a document as it was before: where the node stands now, and what to set there; None takes a key out.

    None where the node is gone, or what was changed there is another thing now.
    """
    goal = followed(before, now, at)
    if goal is None:
        return None
    was, wanted, stands = found(before, at), found(mine, at), found(now, goal)
    try:
        both = merged(was, wanted, stands)
    except ValueError:
        return None
    return goal, {key: both.get(key) for key in {**stands, **both} if both.get(key, _NOTHING) != stands.get(key, _NOTHING)}


def merged(base: Any, mine: Any, theirs: Any) -> Any:
    """Two changes of one document put together. Raises ValueError where both changed the same place."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if all(isinstance(each, dict) for each in (base, mine, theirs)):
        keys = list(dict.fromkeys([*theirs, *mine]))
        both = {key: merged(*(each.get(key, _NOTHING) for each in (base, mine, theirs))) for key in keys}
        return {key: value for key, value in both.items() if value is not _NOTHING}
    if all(isinstance(each, list) and len(each) == len(base) for each in (base, mine, theirs)):
        if _reordered(base, mine) or _reordered(base, theirs):  # what stands at one place is not the same thing in all three
            raise ValueError("one put in another order what the other changed")
        return [merged(*each) for each in zip(base, mine, theirs, strict=True)]
    raise ValueError("both changed the same place")


def _reordered(before: list[Any], after: list[Any]) -> bool:
    """Whether something stands at another place now: an entry as it was, or another id or name where one was."""
    whole = {json.dumps(each, sort_keys=True) for each in before}
    changed = [(was, now) for was, now in zip(before, after, strict=True) if now != was]
    return any(_own_name(now) != _own_name(was) or json.dumps(now, sort_keys=True) in whole for was, now in changed)


def _own_name(node: Any) -> Any:
    return (node.get("id"), node.get("name") if "id" not in node else None) if isinstance(node, dict) else None
