"""A policy document while it is written: one operation at a time on the node at a path. Pure; what a document may hold is format's.

A path is the format's own text (`rules[0].criteria.all[2]`; empty is the whole policy), so that what is wrong links to where it is mended.
Documents come back new, never changed in place. A path that is no longer there is answered with a sentence.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .places import GROUP_KEYS, JSON, Path, below, children_at, found, kind_at, kind_of_group, nodes, path_of, text_of

GONE = "This is not there any more. Load the page again to see how the draft stands."
LISTS = ("rules", "references", "examples", "evidence_notes")


@dataclass(frozen=True, slots=True)
class Edited:
    """The document after an operation, and where the node stands now. With a `refusal` the document is the one that was given."""

    document: JSON
    at: str
    refusal: str = ""


class _Refused(Exception):
    """Carries the sentence out of an operation; it never leaves this module."""


# ---- operations


def add_criterion(document: JSON, at: str) -> Edited:
    """After the criterion at the path, or last in the group or rule there."""
    return _edit(document, at, lambda copy: _add(copy, at, {"id": _fresh(copy, "criterion"), "text": ""}))


def add_group(document: JSON, at: str) -> Edited:
    """A group of all, where a criterion would have been added."""
    return _edit(document, at, lambda copy: _add(copy, at, {"all": []}))


def add_rule(document: JSON, at: str = "") -> Edited:
    """A rule with an empty group, after the others."""

    def add(copy: JSON) -> Path:
        names = {rule.get("id") for rule in _records(copy, "rules")}
        rule = {"id": _free(names, "rule"), "codes": [], "name": "", "authority": "nurse", "criteria": {"all": []}}
        return _append(copy, "rules", rule)

    return _edit(document, at, add)


def add_reference(document: JSON, at: str = "") -> Edited:
    def add(copy: JSON) -> Path:
        names = {reference.get("id") for reference in _records(copy, "references")}
        return _append(copy, "references", {"id": _free(names, "reference"), "kind": "guideline", "title": ""})

    return _edit(document, at, add)


def add_empty_example(document: JSON, at: str = "") -> Edited:
    """An example of the first rule that says nothing yet."""
    first = next(iter(_records(document, "rules")), {})
    return add_example(document, {"name": "A new example", "rule": first.get("id", "")})


def add_example(document: JSON, example: Mapping[str, Any]) -> Edited:
    """An example with a name of its own: a number is put behind one that is taken."""

    def add(copy: JSON) -> Path:
        names = {other.get("name") for other in _records(copy, "examples")}
        wanted = str(example.get("name") or "example")
        name = wanted if wanted not in names else next(name for n in range(2, len(names) + 3) if (name := f"{wanted} {n}") not in names)
        return _append(copy, "examples", {**example, "name": name})

    return _edit(document, "", add)


def add_note(document: JSON, at: str) -> Edited:
    """An evidence note of the rule that holds the path."""

    def add(copy: JSON) -> Path:
        rule_path = path_of(at)[:2]
        rule = _node(copy, rule_path)
        if kind_at(copy, text_of(rule_path)) != "rule":
            raise _Refused("Choose a rule first.")
        notes = rule.get("evidence_notes")
        rule["evidence_notes"] = [*(notes if isinstance(notes, list) else []), {"says": "", "leans": "limits"}]
        return (*rule_path, "evidence_notes", len(rule["evidence_notes"]) - 1)

    return _edit(document, at, add)


def duplicate(document: JSON, at: str) -> Edited:
    """A copy right after the node; every id in it is a fresh one."""

    def copy_node(copy: JSON) -> Path:
        siblings, index, path = _place(copy, at)
        twin = deepcopy(siblings[index])
        siblings.insert(index + 1, twin)
        _rename(copy, twin, path)
        return (*path[:-1], index + 1)

    return _edit(document, at, copy_node)


def move_up(document: JSON, at: str) -> Edited:
    return _edit(document, at, lambda copy: _shift(copy, at, -1))


def move_down(document: JSON, at: str) -> Edited:
    return _edit(document, at, lambda copy: _shift(copy, at, 1))


def move_in(document: JSON, at: str) -> Edited:
    """Into the group before it, as its last; else into the one after it, as its first."""

    def move(copy: JSON) -> Path:
        siblings, index, path = _place(copy, at)
        if index and kind_of_group(siblings[index - 1]):
            inner, children = _children(siblings[index - 1], (*path[:-1], index - 1))
            children.append(siblings.pop(index))
            return (*inner, len(children) - 1)
        if index + 1 < len(siblings) and kind_of_group(siblings[index + 1]):
            inner, children = _children(siblings[index + 1], (*path[:-1], index))
            children.insert(0, siblings.pop(index))
            return (*inner, 0)
        raise _Refused("There is no group beside it to move into. Add one first.")

    return _edit(document, at, move)


def move_out(document: JSON, at: str) -> Edited:
    """Out of its group, to the place right after it."""

    def move(copy: JSON) -> Path:
        siblings, index, path = _place(copy, at)
        _, parent = _parent(path)
        if len(parent) <= 3:
            raise _Refused("It stands at the top of its rule already.")
        outer, parent_index, _ = _place(copy, text_of(parent))
        outer.insert(parent_index + 1, siblings.pop(index))
        return (*parent[:-1], parent_index + 1)

    return _edit(document, at, move)


def move_to(document: JSON, at: str, target: str) -> Edited:
    """Dragged: into the group at `target` as its first, or right after the criterion there."""

    def move(copy: JSON) -> Path:
        siblings, index, path = _place(copy, at)
        target_path, goal = path_of(target), found(copy, target)
        if target_path[: len(path)] == path or target_path[:2] != path[:2] or kind_at(copy, target) not in ("criterion", "group"):
            raise _Refused("It cannot stand there: choose a place in the same rule, outside of what is moved.")
        moved, hole = siblings[index], object()
        siblings[index] = hole  # so that places stay where they are until it stands elsewhere
        if kind_of_group(goal):
            _children(goal, target_path)[1].insert(0, moved)
        else:
            others, place, _ = _place(copy, target)
            others.insert(place + 1, moved)
        siblings.remove(hole)
        return next(where for where, node in nodes(copy) if node is moved)

    return _edit(document, at, move)


def delete(document: JSON, at: str) -> Edited:
    """Takes the node out. What comes after it, or its parent, is where one stands then."""

    def take_out(copy: JSON) -> Path:
        siblings, index, path = _place(copy, at)
        if path[0] == "rules" and len(path) == 2 and len(siblings) == 1:
            raise _Refused("A policy keeps one rule at least.")
        gone = siblings.pop(index)
        if path[0] == "references" and isinstance(gone, dict):
            _uncite(copy, gone.get("id"))
        if siblings:
            return (*path[:-1], min(index, len(siblings) - 1))
        return _parent(path)[1]

    return _edit(document, at, take_out)


def set_fields(document: JSON, at: str, fields: Mapping[str, Any]) -> Edited:
    """Sets keys of the record at the path; None takes a key out. What names an id follows a new one."""

    def write(copy: JSON) -> Path:
        path, record = path_of(at), found(copy, at)
        kind = kind_at(copy, at)
        if not kind:
            raise _Refused(GONE)
        before = record.get("id")
        for key, value in fields.items():
            if value is None:
                record.pop(key, None)
            else:
                record[key] = deepcopy(value)
        after = record.get("id")
        if isinstance(before, str) and isinstance(after, str) and before != after:
            _follow(copy, kind, before, after)
        return path

    return _edit(document, at, write)


def set_group(document: JSON, at: str, kind: str, n: Any = None) -> Edited:
    """How many of its children a group asks for; the children stay."""

    def write(copy: JSON) -> Path:
        path, node = path_of(at), found(copy, at)
        if kind_at(copy, at) != "group" or kind not in GROUP_KEYS:
            raise _Refused(GONE)
        _, children = children_at(node, path)
        was = node.get("at_least")
        for key in GROUP_KEYS:
            node.pop(key, None)
        count = n if n is not None else was.get("n", 1) if isinstance(was, dict) else 1
        node[kind] = {"n": count, "of": children} if kind == "at_least" else children
        return path

    return _edit(document, at, write)


# ---- how


def _edit(document: JSON, at: str, operation: Callable[[JSON], Path]) -> Edited:
    copy = deepcopy(document)
    try:
        return Edited(copy, text_of(operation(copy)))
    except _Refused as refused:
        return Edited(document, at, str(refused))


def _node(document: Any, path: Path) -> Any:
    return found(document, text_of(path))


def _parent(path: Path) -> tuple[Path, Path]:
    """Where the list is that holds a node, and whose list it is."""
    inner = path[:-1]
    if not inner or inner[-1] in LISTS:
        return inner, inner[:-1]
    return inner, inner[:-2] if inner[-1] == "of" else inner[:-1]


def _place(document: JSON, at: str) -> tuple[list[Any], int, Path]:
    """The list that holds what stands at the path, its number there, and the path."""
    path = path_of(at)
    if not kind_at(document, at):
        raise _Refused(GONE)
    siblings = _node(document, path[:-1]) if path else None
    if not isinstance(siblings, list) or not isinstance(path[-1], int):
        raise _Refused("This stands alone and stays where it is.")
    return siblings, path[-1], path


def _children(node: JSON, path: Path) -> tuple[Path, list[Any]]:
    """The children of a group, ready to be changed: a broken list is made a list."""
    inner, children = children_at(node, path)
    kind = kind_of_group(node)
    if kind == "at_least":
        held = node[kind] if isinstance(node[kind], dict) else {"n": 1}
        node[kind] = {**held, "of": children}
    else:
        node[kind] = children
    return inner, children


def _add(document: JSON, at: str, new: JSON) -> Path:
    kind = kind_at(document, at)
    path, node = path_of(at), found(document, at)
    if kind in ("rule", "note"):
        path = (*path[:2], "criteria")
        node = _node(document, path)
        if not isinstance(node, dict):
            document["rules"][path[1]]["criteria"] = node = {"all": []}
    elif kind not in ("criterion", "group"):
        raise _Refused("Choose a rule, a group or a criterion first." if kind else GONE)
    if not kind_of_group(node) and path[-1] == "criteria":  # a rule of one criterion: both go into a group
        document["rules"][path[1]]["criteria"] = {"all": [node, new]}
        return (*path, "all", 1)
    if kind_of_group(node):
        inner, children = _children(node, path)
        children.append(new)
        return (*inner, len(children) - 1)
    siblings, index, path = _place(document, at)
    siblings.insert(index + 1, new)
    return (*path[:-1], index + 1)


def _append(document: JSON, key: str, new: JSON) -> Path:
    there = document.get(key)
    document[key] = [*(there if isinstance(there, list) else []), new]
    return (key, len(document[key]) - 1)


def _shift(document: JSON, at: str, by: int) -> Path:
    siblings, index, path = _place(document, at)
    if not 0 <= index + by < len(siblings):
        raise _Refused("It is the first already." if by < 0 else "It is the last already.")
    siblings[index], siblings[index + by] = siblings[index + by], siblings[index]
    return (*path[:-1], index + by)


def _records(document: JSON, key: str) -> list[JSON]:
    there = document.get(key)
    return [each for each in there if isinstance(each, dict)] if isinstance(there, list) else []


def _free(taken: Any, stem: str) -> str:
    return next(name for number in range(1, len(taken) + 2) if (name := f"{stem}-{number}") not in taken)


def _fresh(document: JSON, stem: str) -> str:
    return _free({node.get("id") for _, node in nodes(document) if isinstance(node.get("id"), str)}, stem)


def _rename(document: JSON, twin: Any, path: Path) -> None:
    """Fresh ids, or a fresh name, for all of a copy."""
    if not isinstance(twin, dict):
        return
    if path[0] == "examples":
        names = {each.get("name") for each in _records(document, "examples") if each is not twin}
        twin["name"] = _free(names, str(twin.get("name") or "example"))
        return
    if isinstance(twin.get("id"), str) and (path[0] == "references" or len(path) == 2):
        twin["id"] = _free({each.get("id") for each in _records(document, str(path[0]))}, twin["id"][:70])
    if path[0] != "rules" or path[-2:-1] == ("evidence_notes",):
        return
    if len(path) == 2:
        twin["codes"] = []  # a file names a code once
    taken = {node["id"] for _, node in nodes(document) if isinstance(node.get("id"), str)}
    for _, node in below(twin.get("criteria") if len(path) == 2 else twin, ()):
        if isinstance(node.get("id"), str):
            node["id"] = _free(taken, node["id"][:70])
            taken.add(node["id"])


def _uncite(document: JSON, name: Any) -> None:
    for record in _citing(document):
        if isinstance(record.get("cites"), list) and name in record["cites"]:
            record["cites"] = [each for each in record["cites"] if each != name]


def _citing(document: JSON) -> Iterator[JSON]:
    for _, node in nodes(document):
        yield node
    for rule in _records(document, "rules"):
        yield from _records(rule, "evidence_notes")


def _follow(document: JSON, kind: str, before: str, after: str) -> None:
    """What named the old id names the new one."""
    if kind == "reference":
        for record in _citing(document):
            if isinstance(record.get("cites"), list):
                record["cites"] = [after if each == before else each for each in record["cites"]]
        return
    for example in _records(document, "examples"):
        if kind == "rule" and example.get("rule") == before:
            example["rule"] = after
        if kind == "criterion":
            for key in ("findings", "expect"):
                if key in example:
                    example[key] = _renamed(example[key], before, after)


def _renamed(value: Any, before: str, after: str) -> Any:
    if isinstance(value, dict):
        return {after if key == before else key: _renamed(item, before, after) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, before, after) for item in value]
    return after if value == before else value
