"""Which of several policies governs a line, and which exceptions join it. Pure: candidates come from files or from the database.

Policy file format 1, "Which policy governs a line" and "Overlays".
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

from .enums import BASIS_RANK, LineOfBusiness, ReviewType
from .tree import Policy


@dataclass(frozen=True, slots=True)
class Candidate:
    """One version of a policy, as far as the choice needs it. An empty list in `plans` and the like means all of them.

    `ends` is the last day in force: the earlier of the file's `until` and the day a retirement names. `key` is the caller's own.
    """

    policy: str
    version: str
    basis_rank: int
    begins: date
    ends: date | None
    overlays: str | None
    codes: Collection[str]
    lines_of_business: Collection[str] = ()
    plans: Collection[str] = ()
    states: Collection[str] = ()
    key: object = None


@dataclass(frozen=True, slots=True)
class Place:
    """What a line is governed by: its code, whose member it is, where the service takes place, and the reference date."""

    code: str
    plan: str | None
    line_of_business: str | None
    state: str | None
    on: date


@dataclass(frozen=True, slots=True)
class Governing:
    """The base, and the exceptions that join it in the order of their policies' slugs."""

    base: Candidate
    exceptions: tuple[Candidate, ...] = ()


def candidate(policy: Policy, key: object = None, retired_on: date | None = None) -> Candidate:
    """A policy version as a candidate. `retired_on` is the last day that its retirement names."""
    ends = min((day for day in (policy.effective_until, retired_on) if day), default=None)
    return Candidate(
        policy=policy.policy,
        version=policy.version,
        basis_rank=BASIS_RANK[policy.basis],
        begins=policy.effective_from,
        ends=ends,
        overlays=policy.overlays,
        codes=frozenset(code for rule in policy.rules for code in rule.codes),
        lines_of_business=policy.applies_to.lines_of_business,
        plans=policy.applies_to.plans,
        states=policy.applies_to.states,
        key=key,
    )


def reference_date(review_type: str | None, received: date | None, first_service: date | None) -> date | None:
    """The day the request was received; for a post-service review the first date of service (the day received without one)."""
    return first_service or received if review_type == ReviewType.POSTSERVICE else received


def in_force(version: Candidate, on: date) -> bool:
    return version.begins <= on and (version.ends is None or on <= version.ends)


def applies(version: Candidate, plan: str | None, line_of_business: str | None, state: str | None) -> bool:
    """All lists that are not empty must name what the line has; what the line does not have is named by none."""
    asked = ((version.plans, plan), (version.lines_of_business, line_of_business), (version.states, state))
    return all(not named or value in named for named, value in asked)


def governing(versions: Iterable[Candidate], place: Place) -> Governing | None:
    """The version that governs a line with its exceptions; None if no policy does: a physician reviews it.

    A tie between policies is refused at publishing; should one stand all the same, the first slug governs.
    """
    matching = _matching(versions, place)
    best = _best(matching)
    if not best:
        return None
    return Governing(best[0], exceptions_to(best[0].policy, matching))


def exceptions_to(base: str, matching: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Of overlays that match and are in force, those of this base: one version of each policy, in the order of slugs."""
    return tuple(sorted(_latest(version for version in matching if version.overlays == base), key=lambda version: version.policy))


def ties(new: Candidate, others: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Versions of other policies that, once `new` is published too, would govern some line with the same right.

    Tried at every day on which something begins or ends, for every plan, line of business and state that anybody names, and for one that
    nobody does.
    """
    if new.overlays:
        return ()
    rivals = [replace(other, codes=frozenset(other.codes) & frozenset(new.codes)) for other in others if not other.overlays]
    rivals = [other for other in rivals if other.codes and (other.policy, other.version) != (new.policy, new.version)]
    everybody = [new, *rivals]
    original = {(other.policy, other.version): other for other in others}
    found: dict[str, Candidate] = {}
    for place in _places(new, everybody):
        best = _best(_matching(everybody, place))
        if new in best:
            found |= {other.policy: original[other.policy, other.version] for other in best if other is not new}
    return tuple(found[slug] for slug in sorted(found))


def shared_plans(new: Candidate, others: Iterable[Candidate]) -> tuple[tuple[Candidate, tuple[str, ...]], ...]:
    """Overlays of other policies that, once `new` is published too, would join a line beside it for plans that both name: those plans.

    Overlays that name different audiences may meet on a line, and join it in the order of their slugs.
    """
    rivals = [other for other in others if other.overlays == new.overlays and (other.policy, other.version) != (new.policy, new.version)]
    everybody = [new, *rivals]
    found: dict[str, tuple[Candidate, set[str]]] = {}
    for place in _places(new, everybody) if new.overlays and new.plans else ():
        joined = exceptions_to(new.overlays or "", _matching(everybody, place))
        for other in joined if new in joined and place.plan else ():
            if other is not new and other.plans:
                found.setdefault(other.policy, (other, set()))[1].add(place.plan or "")
    return tuple((other, tuple(sorted(plans))) for _, (other, plans) in sorted(found.items()))


def _matching(versions: Iterable[Candidate], place: Place) -> list[Candidate]:
    return [
        version
        for version in versions
        if place.code in version.codes and in_force(version, place.on) and applies(version, place.plan, place.line_of_business, place.state)
    ]


def _latest(versions: Iterable[Candidate]) -> list[Candidate]:
    """Of several versions of one policy the one that begins later."""
    latest: dict[str, Candidate] = {}
    for version in versions:
        known = latest.get(version.policy)
        if known is None or (version.begins, version.version) > (known.begins, known.version):
            latest[version.policy] = version
    return list(latest.values())


def _right(version: Candidate) -> tuple[int, bool, bool, bool]:
    """Smaller governs: the basis, then naming plans, then states, then lines of business."""
    return version.basis_rank, not version.plans, not version.states, not version.lines_of_business


def _best(matching: Iterable[Candidate]) -> list[Candidate]:
    """The versions with the strongest right, in the order of slugs: more than one is a tie."""
    bases = _latest(version for version in matching if not version.overlays)
    strongest = min((_right(version) for version in bases), default=None)
    return sorted((version for version in bases if _right(version) == strongest), key=lambda version: version.policy)


def _places(new: Candidate, everybody: list[Candidate]) -> Iterable[Place]:
    days = {new.begins}
    for version in everybody:
        days |= {version.begins} | ({version.ends + timedelta(days=1)} if version.ends and version.ends < date.max else set())
    plans = {plan for version in everybody for plan in version.plans} | {None}
    states = {state for version in everybody for state in version.states} | {None}
    for code, plan, line_of_business, state, day in product(new.codes, plans, LineOfBusiness, states, days):
        if in_force(new, day) and applies(new, plan, line_of_business, state):
            yield Place(code, plan, line_of_business, state, day)
