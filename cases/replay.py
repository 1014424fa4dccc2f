"""What a draft policy would have meant for a decided line: its signed findings under the draft's rule. Pure; rows come as plain values.

A finding stands as it was signed. Where the draft counts otherwise (another check), the facts that were confirmed are counted again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from criteria.checks.quick import Answer, quick_check
from criteria.enums import Authority, FindingValue, Value
from criteria.governing import Candidate, Place, governing
from criteria.quick_rule import QuickRule
from criteria.tree import Joined, negated, rule_of

from .signed_facts import read_facts


class Effect(StrEnum):
    """What would have become of a line."""

    STANDS = "stands"
    INFORMATION = "information"
    TURNS = "turns"
    OUTSIDE = "outside"


class Decided(NamedTuple):
    """A signed decision as it is read: columns of a DecidedLine. `value` is the engine's."""

    line: int
    under: str
    value: str
    signed_as: str
    answers: str
    facts: str


@dataclass(frozen=True)
class Basis:
    """The rule a line is looked at under; None: the draft would not govern it.

    `recount`: checks whose answer was never signed; None: nothing can tell, for a signature does not keep what else was asked for.
    """

    rule: QuickRule | None
    read: Callable[[str], int] = field(default=lambda answers: 0)  # what the signed answers say now
    recount: Mapping[str, Answer | None] = field(default_factory=dict)
    counts: Sequence[tuple[str, Answer, Mapping[str, int]]] = ()  # of these each that can be counted, and the bit of each of its answers
    always_nurse: bool = False  # whatever is found, a nurse may certify


class Judged(NamedTuple):
    """`criteria`: the shortest path to approval, which is asked for first; or what the line would have failed."""

    line: int
    effect: Effect
    before: str
    after: str
    criteria: tuple[str, ...] = ()
    needs_physician: bool = False


@dataclass
class Tally:
    """Counts so far. `asked`: for how many lines each criterion would have been asked for."""

    effects: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    needs_physician: int = 0
    changed: list[Judged] = field(default_factory=list)


def basis_of(before: Joined | None, after: Joined | None, order: Sequence[str] = ()) -> Basis:
    """What may be carried over from the rule that governed to the draft's. `order`: the criteria of the answers."""
    if after is None:
        return Basis(None)
    known = {leaf.id: leaf for leaf in before.criteria} if before else {}
    was, now = negated(before.root) if before else frozenset(), negated(after.root)
    recount: dict[str, Answer | None] = {}
    for leaf in after.criteria:
        old = known.get(leaf.id)
        if leaf.check and (old is None or (old.check is not None and old.check != leaf.check)):
            part = rule_of(after, leaf.id)
            recount[leaf.id] = quick_check(leaf.check, part.codes if part else ())
    turned = {name for name in known if (name in was) != (name in now)}  # a finding said the opposite of what it would say now
    authorities = {part.authority for part in after.parts} | {leaf.authority for leaf in after.criteria}
    rule = QuickRule(after, order)
    counts = [(name, answer, {found.value: rule.bit(name, found) for found in FindingValue}) for name, answer in recount.items() if answer]
    return Basis(rule, rule.reader(without={*turned, *recount}), recount, counts, authorities == {Authority.NURSE})


def judge(basis: Basis, decided: Decided) -> Judged:
    """One line under the draft."""
    rule, line, before = basis.rule, decided.line, decided.value
    if rule is None:
        return Judged(line, Effect.OUTSIDE, before, "")
    state = basis.read(decided.answers)
    after = rule.value(state)
    was_nurses = decided.signed_as == "nurse" and not basis.always_nurse
    # where the findings alone keep the value nothing unsettles it; a fact could only spare a physician
    if basis.counts and (after != before or after is Value.UNDETERMINED or (was_nurses and after is Value.MET)):
        state |= _recounted(basis, decided.facts)
        after = rule.value(state)
    if after == before:
        needs = was_nurses and after is Value.MET and rule.needs_physician(state)
        return Judged(line, Effect.STANDS, before, after.value, (), needs)
    if after is Value.UNDETERMINED:
        return Judged(line, Effect.INFORMATION, before, after.value, rule.shortest(state))
    return Judged(line, Effect.TURNS, before, after.value, rule.reasons(state))


def replay(lines: Iterable[tuple[Basis, Decided]]) -> Tally:
    """Many lines. Those that would not stand are kept one by one."""
    tally = Tally()
    for basis, decided in lines:
        found = judge(basis, decided)
        tally.effects[found.effect] += 1
        tally.needs_physician += found.needs_physician
        if found.effect is Effect.INFORMATION:
            tally.asked.update(found.criteria)
        if found.effect is not Effect.STANDS:
            tally.changed.append(found)
    return tally


def chosen(candidates: Iterable[Candidate], place: Place, draft: Candidate) -> tuple[Candidate, ...]:
    """The versions that would have governed with the draft in force, base first; nothing where the draft would have had no part."""
    found = governing(candidates, place)
    parts = (found.base, *found.exceptions) if found else ()
    return parts if draft in parts else ()


# ---- counting again -------------------------------------------------------------------------------------------------------------
def _recounted(basis: Basis, text: str) -> int:
    """What the new checks make of the facts that were confirmed; no answer where a person had overruled the check, or nothing can tell."""
    against, facts = read_facts(text)
    state = 0
    for name, answer, bits in basis.counts:
        if name not in against:
            state |= bits[answer(facts)]
    return state
