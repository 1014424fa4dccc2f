"""What changed between two versions of a policy, criterion by criterion, in sentences that a physician reads. Pure; the one home of it.

A criterion is the same one while it keeps its id; a group while it keeps its id or holds most of the same criteria (tree_matching.py).
Nothing is said of two documents exactly when they hold the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from .policy_words import LANGUAGES, check_change, check_words, group_name, group_words, pieces, plain, value_words
from .tree import Criterion, Group, Policy, Rule
from .tree_matching import Matched, Spot, match

__all__ = ["Change", "ChangeKind", "changes", "check_words", "compare", "group_words", "pieces"]


class ChangeKind(StrEnum):
    """What happened. The first six can change what is decided on a line."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    THRESHOLD = "threshold"  # a check, or what it counts to
    LOGIC = "logic"  # how many of a group must be true
    HANDLING = "handling"  # evidence, authority, family, silence of a criterion
    REWORDED = "reworded"
    CODES = "codes"
    AUTHORITY = "authority"  # who may certify a rule
    AUDIENCE = "audience"
    DATES = "dates"
    REFERENCES = "references"
    EXAMPLES = "examples"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `about` names the criterion, group, rule or part of the policy; `what` the part of it that changed.

    `criterion` is the id of a criterion or group, `rule` of its rule. `before` and `after` are empty where there is nothing.
    """

    kind: ChangeKind
    about: str
    sentence: str
    what: str = ""
    before: str = ""
    after: str = ""
    criterion: str = ""
    rule: str = ""

    def __str__(self) -> str:
        return self.sentence


def compare(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Every difference: the policy, then rule by rule its own parts and its criteria in the order of the later document."""
    return (*_policy(before, after), *_rules(before, after), *_lists(before, after))


changes = compare


# ---- the policy -----------------------------------------------------------------------------------------------------------------
ABOUT_POLICY = (
    ("policy", "slug", ChangeKind.POLICY),
    ("version", "version", ChangeKind.POLICY),
    ("title", "title", ChangeKind.POLICY),
    ("basis", "basis", ChangeKind.POLICY),
    ("overlays", "base policy", ChangeKind.POLICY),
    ("effective_from", "first day in force", ChangeKind.DATES),
    ("effective_until", "last day in force", ChangeKind.DATES),
    ("next_review", "next review", ChangeKind.DATES),
)
PARTS = (("source", "source", ChangeKind.POLICY), ("applies_to", "audience", ChangeKind.AUDIENCE))


def _policy(before: Policy, after: Policy) -> Iterator[Change]:
    for name, words, kind in ABOUT_POLICY:
        yield from _changed(kind, "The policy", words, getattr(before, name), getattr(after, name))
    for name, words, kind in PARTS:
        old, new = getattr(before, name), getattr(after, name)
        for part in fields(old):
            everybody = "all" if kind is ChangeKind.AUDIENCE else ""
            was, now = getattr(old, part.name), getattr(new, part.name)
            yield from _changed(kind, "The policy", f"{words}, {plain(part.name)}", was, now, empty=everybody)
    yield from _changed(ChangeKind.REWORDED, "The policy", "summary", before.summary, after.summary)
    yield from _listed(ChangeKind.REWORDED, "The policy", "pitfalls", before.pitfalls, after.pitfalls)


def _lists(before: Policy, after: Policy) -> Iterator[Change]:
    for kind, old, new, key in (
        (ChangeKind.REFERENCES, before.references, after.references, "id"),
        (ChangeKind.EXAMPLES, before.examples, after.examples, "name"),
    ):
        one = "reference" if kind is ChangeKind.REFERENCES else "example"
        was, now = ({getattr(item, key): item for item in items} for items in (old, new))
        for name in [*now, *(name for name in was if name not in now)]:
            about = f"The {one} “{name}”"
            if name not in was:
                yield Change(kind, about, f"{about} is new.", one, "", value_words(now[name]))
            elif name not in now:
                yield Change(kind, about, f"{about} is taken out.", one, value_words(was[name]), "")
            else:
                for part in fields(now[name]):
                    yield from _changed(kind, about, plain(part.name), getattr(was[name], part.name), getattr(now[name], part.name))
        yield from _order(kind, "The policy", f"{one}s", list(was), list(now))


# ---- rules ----------------------------------------------------------------------------------------------------------------------
def _rules(before: Policy, after: Policy) -> Iterator[Change]:
    matched = match(before, after)
    was, now = ({rule.id: rule for rule in policy.rules} for policy in (before, after))
    yield from _order(ChangeKind.POLICY, "The policy", "rules", list(was), list(now))
    for name, rule in now.items():
        about = f"The rule “{rule.name}”"
        if name in was:
            yield from _rule(was[name], rule, about)
        else:
            yield Change(
                ChangeKind.POLICY, about, f"{about} is new, for {', '.join(rule.codes)}.", "rule", "", _rule_words(rule), rule=name
            )
        yield from _nodes(matched, name, now)
    for name, rule in was.items():
        if name not in now:
            about = f"The rule “{rule.name}”"
            yield Change(ChangeKind.POLICY, about, f"{about} is taken out.", "rule", _rule_words(rule), "", rule=name)
            yield from _removed(matched, name, was)


def _rule_words(rule: Rule) -> str:
    return value_words((rule.codes, rule.name, rule.lay_name, rule.authority, rule.verify, rule.evidence_notes, rule.notes_on_approval))


def _rule(was: Rule, now: Rule, about: str) -> Iterator[Change]:
    rule = now.id
    yield from _listed(ChangeKind.CODES, about, "codes", was.codes, now.codes, rule=rule)
    yield from _changed(ChangeKind.AUTHORITY, about, "authority to certify", was.authority, now.authority, rule=rule)
    yield from _changed(ChangeKind.REWORDED, about, "name", was.name, now.name, rule=rule)
    yield from _by_language(about, "name for members", was.lay_name, now.lay_name, rule=rule)
    yield from _changed(ChangeKind.REWORDED, about, "point to verify", was.verify, now.verify, rule=rule)
    notes = [[value_words(note) for note in each.evidence_notes] for each in (was, now)]
    yield from _listed(ChangeKind.REFERENCES, about, "evidence notes", *notes, rule=rule)
    if notes[0] == notes[1] and was.evidence_notes != now.evidence_notes:
        yield Change(ChangeKind.REFERENCES, about, f"{about}: an evidence note is written another way.", "evidence notes", rule=rule)
    yield from _listed(ChangeKind.REWORDED, about, "notes on approval", was.notes_on_approval, now.notes_on_approval, rule=rule)


# ---- groups and criteria --------------------------------------------------------------------------------------------------------
def _nodes(matched: Matched, rule: str, rules: Mapping[str, Rule]) -> Iterator[Change]:
    for index, spot in enumerate(matched.new):
        if spot.rule != rule:
            continue
        old = matched.old_of.get(index)
        where = _where(matched.new, spot, rules)
        if old is None:
            yield _came_or_went(ChangeKind.ADDED, spot, where)
            continue
        was = matched.old[old]
        if matched.has_moved_group(index):
            origin = _where(matched.old, was, rules)
            yield _node_change(ChangeKind.MOVED, spot, f"moves from {origin} to {where}", "place", origin, where)
        elif index in matched.moved_within:
            yield _node_change(
                ChangeKind.MOVED,
                spot,
                f"stands at another place of {where}",
                "place",
                f"place {was.number + 1}",
                f"place {spot.number + 1}",
            )
        yield from _reworked(was, spot)
    yield from _removed(matched, rule, rules)


def _removed(matched: Matched, rule: str, rules: Mapping[str, Rule]) -> Iterator[Change]:
    for index, spot in enumerate(matched.old):
        if spot.rule == rule and index not in matched.new_of:
            yield _came_or_went(ChangeKind.REMOVED, spot, _where(matched.old, spot, rules))


def _name(spot: Spot) -> str:
    return f"“{spot.node.text}”" if isinstance(spot.node, Criterion) else group_name(spot.node)


def _where(spots: Sequence[Spot], spot: Spot, rules: Mapping[str, Rule]) -> str:
    if spot.parent is not None:
        around = spots[spot.parent]
        if isinstance(around.node, Group) and (around.parent is not None or around.node.title):
            return group_name(around.node)
    return f"the top of the rule “{rules[spot.rule].name if spot.rule in rules else spot.rule}”"


def _came_or_went(kind: ChangeKind, spot: Spot, where: str) -> Change:
    node = spot.node
    if isinstance(node, Criterion):
        noun, said = ("exclusion" if spot.exclusion else "criterion"), f"“{node.text}”"
        words = "; ".join(filter(None, (node.text, check_words(node.check))))
    else:
        noun, said, words = "group", group_name(node).removeprefix("the group "), group_words(node)
    sentence = f"New {noun} {said} in {where}." if kind is ChangeKind.ADDED else f"The {noun} {said} is taken out of {where}."
    before, after = ("", words) if kind is ChangeKind.ADDED else (words, "")
    return Change(kind, _name(spot), sentence, noun, before, after, node.id, spot.rule)


def _node_change(kind: ChangeKind, spot: Spot, said: str, what: str, before: str, after: str) -> Change:
    name = _name(spot)
    return Change(kind, name, f"{name[0].upper()}{name[1:]} {said}.", what, before, after, spot.node.id, spot.rule)


def _reworked(was: Spot, now: Spot) -> Iterator[Change]:
    if isinstance(now.node, Criterion) and isinstance(was.node, Criterion):
        yield from _criterion(was.node, now.node, now)
        return
    one, other = was.node, now.node
    if not isinstance(one, Group) or not isinstance(other, Group):
        return
    if (one.kind, one.n) != (other.kind, other.n):
        old, new = group_words(one), group_words(other)
        yield _node_change(ChangeKind.LOGIC, now, f"now asks for {new} instead of {old}", "how many must be true", old, new)
    for name in ("id", "title"):
        old, new = getattr(one, name), getattr(other, name)
        if old != new:
            yield _node_change(ChangeKind.REWORDED, now, f"has another {name}: {new or 'none'} instead of {old or 'none'}", name, old, new)


HANDLINGS = (("authority", "who certifies"), ("evidence", "evidence"), ("family", "kind of question"), ("may_not_apply", "may not apply"))
WORDINGS = (("text", "text"), ("help", "help"), ("verify", "point to verify"))
BY_LANGUAGE = (("ask", "what is asked for"), ("reason", "reason when not met"), ("missing", "reason without an answer"))


def _criterion(was: Criterion, now: Criterion, spot: Spot) -> Iterator[Change]:
    about, ids = f"“{now.text}”", {"criterion": now.id, "rule": spot.rule}
    if was.check != now.check:
        yield _check(was, now, spot)
    for name, words in HANDLINGS:
        yield from _changed(ChangeKind.HANDLING, about, words, getattr(was, name), getattr(now, name), **ids)
    if was.silence_absent != now.silence_absent:
        silence = [("taken as absent" if each.silence_absent else "not known") for each in (was, now)]
        yield from _changed(ChangeKind.HANDLING, about, "silence of the record", *silence, **ids)
    for name, words in WORDINGS:
        yield from _changed(ChangeKind.REWORDED, about, words, getattr(was, name), getattr(now, name), **ids)
    for name, words in BY_LANGUAGE:
        yield from _by_language(about, words, getattr(was, name) or {}, getattr(now, name) or {}, **ids)
    yield from _listed(ChangeKind.REWORDED, about, "what a record would show", was.needs, now.needs, **ids)
    yield from _listed(ChangeKind.REFERENCES, about, "references cited", was.cites, now.cites, **ids)


def _check(was: Criterion, now: Criterion, spot: Spot) -> Change:
    old, new = check_words(was.check), check_words(now.check)
    if not was.check:
        said = f"gets a check: {new}"
    elif not now.check:
        said = f"loses its check: {old}"
    else:
        said = check_change(was.check, now.check)
    return _node_change(ChangeKind.THRESHOLD, spot, said, "check", old, new)


# ---- values ---------------------------------------------------------------------------------------------------------------------
WORDING_LENGTH = 60  # longer ones stand in `before` and `after` alone


def _changed(kind: ChangeKind, about: str, what: str, old: Any, new: Any, empty: str = "", **ids: str) -> Iterator[Change]:
    if old == new:
        return
    before, after = value_words(old) or empty, value_words(new) or empty
    short = max(len(before), len(after)) <= WORDING_LENGTH and before != after
    said = f"{before or 'nothing'} becomes {after or 'nothing'}" if short else "another wording"
    yield Change(kind, about, f"{about}, {what}: {said.removesuffix('.')}.", what, before, after, **ids)


def _by_language(about: str, what: str, old: Mapping[str, str], new: Mapping[str, str], **ids: str) -> Iterator[Change]:
    for language in dict.fromkeys([*new, *old]):
        words = f"{what} ({LANGUAGES.get(language, language)})"
        yield from _changed(ChangeKind.REWORDED, about, words, old.get(language), new.get(language), **ids)


def _listed(kind: ChangeKind, about: str, what: str, old: Iterable[str], new: Iterable[str], **ids: str) -> Iterator[Change]:
    was, now = list(old), list(new)
    if was == now:
        return
    cut, put = Counter(was) - Counter(now), Counter(now) - Counter(was)
    said = "; ".join([*(f"without {entry}" for entry in cut.elements()), *(f"with {entry}" for entry in put.elements())]).removesuffix(".")
    yield Change(kind, about, f"{about}, {what}: {said or 'in another order'}.", what, "; ".join(was), "; ".join(now), **ids)


def _order(kind: ChangeKind, about: str, what: str, old: list[str], new: list[str]) -> Iterator[Change]:
    was, now = [name for name in old if name in new], [name for name in new if name in old]
    if was != now:
        yield Change(kind, about, f"{about}: its {what} stand in another order.", what, "; ".join(was), "; ".join(now))
