"""What a draft policy would have meant for a decided line: its signed findings under the draft's rule. Pure; rows come as plain values.

A finding stands as it was signed. Where the draft counts otherwise (another check), the facts that were confirmed are counted again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from criteria.checks.quick import LOOKS_AT, Answer, quick_check
from criteria.enums import Authority, Value
from criteria.governing import Candidate, Place, governing
from criteria.quick_rule import Answers, QuickRule, state_of
from criteria.tree import Joined, negated, rule_of

from .signed_facts import Reader, overruled, reader


class Effect(StrEnum):
    """What would have become of a line."""

    STANDS = "stands"
    INFORMATION = "information"
    TURNS = "turns"
    OUTSIDE = "outside"


@dataclass(slots=True)  # frozen ones take twice the time to make
class Decided:
    """A signed decision as it is read: `findings` {criterion: finding}, `value` the engine's, `snapshot` its text where asked for."""

    line: int
    value: str
    findings: Mapping[str, str | None]
    signed_as: str = ""
    received: date | None = None
    snapshot: str = ""
    state: int | None = None  # what a first look has made of the findings


@dataclass(frozen=True, slots=True)
class Basis:
    """The rule a line is looked at under; None: the draft would not govern it.

    `recount`: checks whose answer was never signed; None: nothing can tell, for a signature does not keep what else was asked for.
    """

    rule: QuickRule | None
    signed: Answers = field(default_factory=dict)  # what the signed findings say now
    recount: Mapping[str, Answer | None] = field(default_factory=dict)
    recounted: Answers = field(default_factory=dict)  # what its findings say
    read: Reader | None = None  # the facts that it looks at
    always_nurse: bool = False  # whatever is found, a nurse may certify


@dataclass(slots=True)
class Judged:
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


def basis_of(before: Joined | None, after: Joined | None) -> Basis:
    """What may be carried over from the rule that governed to the draft's."""
    if after is None:
        return Basis(None)
    known = {leaf.id: leaf for leaf in before.criteria} if before else {}
    was, now = negated(before.root) if before else frozenset(), negated(after.root)
    recount: dict[str, Answer | None] = {}
    looks_at: set[str] = set()
    for leaf in after.criteria:
        old = known.get(leaf.id)
        if leaf.check and (old is None or (old.check is not None and old.check != leaf.check)):
            part = rule_of(after, leaf.id)
            recount[leaf.id] = quick_check(leaf.check, part.codes if part else ())
            looks_at.update(filter(None, [LOOKS_AT.get(leaf.check.name)]))
    turned = {name for name in known if (name in was) != (name in now)}  # a finding said the opposite of what it would say now
    authorities = {part.authority for part in after.parts} | {leaf.authority for leaf in after.criteria}
    rule = QuickRule(after)
    signed = rule.answers(without={*turned, *recount})
    return Basis(rule, signed, recount, rule.answers(), reader(looks_at), authorities == {Authority.NURSE})


def judge(basis: Basis, decided: Decided) -> Judged:
    """One line under the draft."""
    rule, line, before = basis.rule, decided.line, decided.value
    if rule is None:
        return Judged(line, Effect.OUTSIDE, before, "")
    state = state_of(basis.signed, decided.findings) if decided.state is None else decided.state
    if basis.recount and decided.snapshot:
        state |= _recounted(basis, decided)
    after = rule.value(state)
    if after == before:
        by_nurse = after is Value.MET and decided.signed_as == "nurse"
        needs = by_nurse and not basis.always_nurse and rule.needs_physician(state)
        return Judged(line, Effect.STANDS, before, after.value, (), needs)
    if after is Value.UNDETERMINED:
        return Judged(line, Effect.INFORMATION, before, after.value, rule.shortest(state))
    return Judged(line, Effect.TURNS, before, after.value, rule.reasons(state))


def first_look(basis: Basis, decided: Decided) -> tuple[int, bool]:
    """What the signed findings say, and whether facts could change anything: where findings alone keep the value, nothing unsettles it."""
    state = state_of(basis.signed, decided.findings)
    if basis.rule is None or not basis.recount:
        return state, False
    value = basis.rule.value(state)
    by_nurse = value is Value.MET and decided.signed_as == "nurse" and not basis.always_nurse
    return state, value is Value.UNDETERMINED or value != decided.value or by_nurse


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
def _recounted(basis: Basis, decided: Decided) -> int:
    """What the new checks make of the facts that were confirmed; no answer where a person had overruled the check, or nothing can tell."""
    if basis.read is None:
        return 0
    facts = basis.read(decided.snapshot, decided.received.isoformat() if decided.received else None)
    against, bits, state = overruled(decided.snapshot), basis.recounted, 0
    for name, answer in basis.recount.items():
        if answer and name not in against:
            state |= bits[name, answer(facts)]
    return state
