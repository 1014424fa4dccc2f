"""What changed between two versions of a policy, criterion by criterion, in words a physician reads. Pure.

A criterion is the same one while it keeps its id; a group is the same one while it holds most of the same criteria.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .enums import GroupKind
from .tree import Check, Criterion, Group, Node, Policy, Rule, Text, leaves


class ChangeKind(StrEnum):
    """What happened to a criterion (or, with `policy`, to the policy around it)."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    THRESHOLD = "threshold"
    REWORDED = "reworded"
    HANDLING = "handling"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `about` names the criterion, group or part of the policy; `before` and `after` are empty where there is nothing."""

    kind: ChangeKind
    about: str
    what: str = ""
    before: str = ""
    after: str = ""
    criterion: str = ""

    def __str__(self) -> str:
        words = f"{self.about}: {self.kind}" + (f" ({self.what})" if self.what else "")
        return f"{words}, {self.before or 'none'} → {self.after or 'none'}" if self.kind is ChangeKind.THRESHOLD else words


GROUP_WORDS = {GroupKind.ALL: "all of these", GroupKind.ANY: "any one of these", GroupKind.NONE: "none of these"}
WORDINGS = ("text", "help", "needs", "ask", "reason", "missing", "verify", "cites")
HANDLINGS = ("authority", "evidence", "family", "may_not_apply", "silence_absent")
ABOUT_POLICY = (
    ("title", "title"),
    ("basis", "basis"),
    ("source", "source"),
    ("effective_from", "in force from"),
    ("effective_until", "in force until"),
    ("next_review", "next review"),
    ("applies_to", "audience"),
    ("overlays", "base policy"),
    ("summary", "summary"),
    ("pitfalls", "pitfalls"),
    ("references", "references"),
)
ABOUT_RULE = ("codes", "name", "lay_name", "authority", "verify", "evidence_notes", "notes_on_approval")


def changes(before: Policy, after: Policy) -> list[Change]:
    """Everything that a reviewer may notice: the policy itself, its rules, then its criteria in the order of the later document."""
    return [*_policy(before, after), *_rules(before, after), *_groups(before, after), *_criteria(before, after)]


def group_words(group: Group) -> str:
    """all of these; any one of these; at least 2 of these 3; none of these"""
    return f"at least {group.n} of these {len(group.children)}" if group.n is not None else GROUP_WORDS[group.kind]


def check_words(check: Check | None) -> str:
    """treatments: any of physical therapy or nsaid, at least 6 weeks"""
    if check is None:
        return ""
    said = ", ".join(f"{_plain(key)} {_value(value)}" if value is not True else _plain(key) for key, value in check.args.items())
    return _plain(f"{check.name}: {said}")


# ---- the policy and its rules


def _policy(before: Policy, after: Policy) -> Iterator[Change]:
    for name, words in ABOUT_POLICY:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(ChangeKind.POLICY, "The policy", words, _value(old), _value(new))


def _rules(before: Policy, after: Policy) -> Iterator[Change]:
    known = {rule.id: rule for rule in before.rules}
    for rule in after.rules:
        old = known.pop(rule.id, None)
        if old is None:
            yield Change(ChangeKind.POLICY, f"Rule “{rule.name}”", "new rule", "", _value(rule.codes))
            continue
        for name in ABOUT_RULE:
            was, now = getattr(old, name), getattr(rule, name)
            if was != now:
                yield Change(ChangeKind.POLICY, f"Rule “{rule.name}”", _plain(name), _value(was), _value(now))
    for rule in known.values():
        yield Change(ChangeKind.POLICY, f"Rule “{rule.name}”", "rule taken out", _value(rule.codes), "")


# ---- groups and where criteria stand in them


@dataclass(frozen=True, slots=True)
class _Place:
    """A group with the criteria below it, and the index of the group around it (-1: it is the root)."""

    group: Group
    rule: str
    holds: frozenset[str]
    parent: int


def _places(policy: Policy) -> tuple[list[_Place], dict[str, int]]:
    """Groups in document order, and for each criterion the index of its group (-1: it is a rule's root)."""
    places: list[_Place] = []
    around: dict[str, int] = {}

    def walk(node: Node, parent: int, rule: Rule) -> None:
        if isinstance(node, Criterion):
            around[node.id] = parent
            return
        places.append(_Place(node, rule.id, frozenset(leaf.id for leaf in leaves(node)), parent))
        here = len(places) - 1
        for child in node.children:
            walk(child, here, rule)

    for rule in policy.rules:
        walk(rule.criteria, -1, rule)
    return places, around


def _same_groups(before: list[_Place], after: list[_Place]) -> dict[int, int]:
    """Index in `after` -> index in `before` of what is the same group: the same root, else what shares most criteria, one to one."""
    same: dict[int, int] = {}
    for new, place in enumerate(after):
        for old, was in enumerate(before):
            if place.parent == was.parent == -1 and place.rule == was.rule:
                same[new] = old
    pairs = [
        (_likeness(before[old], after[new]), -abs(old - new), new, old)
        for new in range(len(after))
        for old in range(len(before))
        if after[new].parent != -1 and before[old].parent != -1 and after[new].rule == before[old].rule
    ]
    for alike, _, new, old in sorted(pairs, reverse=True):
        if alike > 0 and new not in same and old not in same.values():
            same[new] = old
    return same


def _likeness(one: _Place, other: _Place) -> float:
    named = bool(one.group.id) and one.group.id == other.group.id
    return 2.0 if named else len(one.holds & other.holds) / len(one.holds | other.holds)


def _groups(before: Policy, after: Policy) -> Iterator[Change]:
    (old, _), (new, _) = _places(before), _places(after)
    for index, was_index in sorted(_same_groups(old, new).items()):
        was, now = old[was_index].group, new[index].group
        if (was.kind, was.n) != (now.kind, now.n):
            yield Change(ChangeKind.THRESHOLD, _group_name(now), "how many must be met", group_words(was), group_words(now))


def _group_name(group: Group) -> str:
    first = next(leaves(group), None)
    return f"Group “{group.title}”" if group.title else f"The group of “{first.text if first else group.id}”"


# ---- criteria


def _criteria(before: Policy, after: Policy) -> Iterator[Change]:
    old, new = _by_id(before), _by_id(after)
    (places_before, around_before), (places_after, around_after) = _places(before), _places(after)
    same = _same_groups(places_before, places_after) | {-1: -1}
    for name, (rule, now) in new.items():
        if name not in old:
            yield Change(ChangeKind.ADDED, now.text, "", "", now.text, name)
            continue
        was_rule, was = old[name]
        if was_rule != rule or same.get(around_after[name]) != around_before[name]:
            origin = _where(before, was_rule, places_before, around_before[name])
            yield Change(ChangeKind.MOVED, now.text, "", origin, _where(after, rule, places_after, around_after[name]), name)
        yield from _reworked(was, now)
    for name, (_, was) in old.items():
        if name not in new:
            yield Change(ChangeKind.REMOVED, was.text, "", was.text, "", name)


def _where(policy: Policy, rule: str, places: list[_Place], index: int) -> str:
    group = places[index].group if index >= 0 else None
    found = policy.rule(rule)
    name = f"rule “{found.name}”" if found else rule
    return f"{name}, {group.title or group_words(group)}" if group else name


def _reworked(was: Criterion, now: Criterion) -> Iterator[Change]:
    if was.check != now.check:
        yield Change(ChangeKind.THRESHOLD, now.text, "check", check_words(was.check), check_words(now.check), now.id)
    for names, kind in ((WORDINGS, ChangeKind.REWORDED), (HANDLINGS, ChangeKind.HANDLING)):
        for name in names:
            old, new = getattr(was, name), getattr(now, name)
            if old != new:
                yield Change(kind, now.text, _plain(name), _value(old), _value(new), now.id)


def _by_id(policy: Policy) -> dict[str, tuple[str, Criterion]]:
    return {leaf.id: (rule.id, leaf) for rule in policy.rules for leaf in leaves(rule.criteria)}


# ---- values in words


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    """A value of the tree in words: yes and no, lists with commas, wording by language, records by what they say."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, Mapping):
        return " / ".join(f"{language}: {words}" for language, words in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_value(item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return _record(value)
    return _plain(value) if isinstance(value, StrEnum) else str(value)


def _record(value: Any) -> str:
    fields: Iterable[str] = value.__dataclass_fields__
    return ", ".join(said for name in fields if (said := _value(getattr(value, name))))


def in_english(text: Text | None) -> str:
    """The English wording of a text by language; empty without one."""
    return text["en"] if text else ""
