"""What a draft policy would have meant for a decided line: its signed findings under the draft's rule. Pure; rows come as plain values.

A finding stands as it was signed. Where the draft counts otherwise (another check), the facts that were confirmed are counted again.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from criteria.assessment import Findings, assess
from criteria.checks import CaseFacts, facts_from_example, propose
from criteria.enums import Authority, Value
from criteria.governing import Candidate, Place, governing
from criteria.quick_value import quick_value
from criteria.tree import Check, Joined, negated, rule_of

OVERRIDE = "override"
FROM_OTHER_CASES = frozenset({"requested_with"})  # a signature does not keep what else was asked for


class Effect(StrEnum):
    """What would have become of a line."""

    STANDS = "stands"
    INFORMATION = "information"
    TURNS = "turns"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Decided:
    """A signed decision as it is read: `findings` {criterion: finding}, `value` the engine's, `snapshot` its text where asked for."""

    line: int
    value: str
    findings: Mapping[str, str | None]
    signed_as: str = ""
    received: date | None = None
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """The rule a line is looked at under; None: the draft would not govern it. `recount`: checks whose answer was never signed."""

    joined: Joined | None
    recount: Mapping[str, tuple[Check, tuple[str, ...]]] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()  # a finding said the opposite of what it would say now
    value: Callable[[Findings], Value] | None = None
    always_nurse: bool = False  # whatever is found, a nurse may certify


@dataclass(frozen=True, slots=True)
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
    recount = {}
    for leaf in after.criteria:
        old = known.get(leaf.id)
        if leaf.check and (old is None or (old.check is not None and old.check != leaf.check)):
            part = rule_of(after, leaf.id)
            recount[leaf.id] = (leaf.check, part.codes if part else ())
    turned = frozenset(name for name in known if (name in was) != (name in now))
    authorities = {part.authority for part in after.parts} | {leaf.authority for leaf in after.criteria}
    return Basis(after, recount, turned, quick_value(after), authorities == {Authority.NURSE})


def judge(basis: Basis, decided: Decided) -> Judged:
    """One line under the draft."""
    if basis.joined is None or basis.value is None:
        return Judged(decided.line, Effect.OUTSIDE, decided.value, "")
    findings = decided.findings
    if basis.turned:
        findings = {name: found for name, found in findings.items() if name not in basis.turned}
    if basis.recount:
        findings = {**findings, **_recounted(basis, decided)}
    after = basis.value(findings).value
    if after == decided.value and (decided.signed_as != "nurse" or basis.always_nurse):
        return Judged(decided.line, Effect.STANDS, decided.value, after)
    found = assess(basis.joined, findings)
    if after == decided.value:
        return Judged(decided.line, Effect.STANDS, decided.value, after, (), found.authority is Authority.PHYSICIAN)
    if found.value is Value.UNDETERMINED:
        path = tuple(step.criterion for step in found.shortest)
        return Judged(decided.line, Effect.INFORMATION, decided.value, after, path)
    return Judged(decided.line, Effect.TURNS, decided.value, after, found.reasons)


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
def _recounted(basis: Basis, decided: Decided) -> dict[str, str | None]:
    """What the new checks make of the facts that were confirmed; no answer where a person had overruled the check, or nothing can tell."""
    if not decided.snapshot:
        return dict.fromkeys(basis.recount)
    signed = json.loads(decided.snapshot)
    facts = signed_facts(signed, decided.received)

    def answer(name: str, check: Check, codes: tuple[str, ...]) -> str | None:
        overruled = signed["findings"].get(name, {}).get("origin") == OVERRIDE
        return None if overruled or check.name in FROM_OTHER_CASES else propose(check, facts, codes).finding.value

    return {name: answer(name, check, codes) for name, (check, codes) in basis.recount.items()}


def signed_facts(signed: Mapping[str, Any], received: date | None) -> CaseFacts:
    """The facts of a snapshot as checks read them: those that were confirmed, and the request itself."""
    facts, line, member = signed["facts"], signed["line"], signed["case"]["member"]
    onset = facts["onset"]
    return facts_from_example(
        {
            "review_type": signed["case"]["review_type"],
            "received": received,
            "first_service": line["first_service"],
            "birth_date": member["birth_date"] if member else None,
            "symptom_onset": onset["value"] if onset and onset["confirmed_at"] else None,
            "diagnoses": [row for row in facts["diagnoses"] if row["confirmed_at"]],
            "treatments": [row | {"response": row["response"] or None} for row in facts["treatments"] if row["confirmed_at"]],
            "sessions": [row for row in facts["sessions"] if row["confirmed_at"] or row["source"] == "approved"],
            "line": {
                "code": line["code"],
                "units": line["units"],
                "sites": line["sites"],
                "examined_sites": [{"name": row["site"], "side": row["side"]} for row in facts["examinations"] if row["confirmed_at"]],
            },
        }
    )
