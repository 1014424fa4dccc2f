"""Why a policy version governs a line, and why each other one that names its code does not. Pure; the choice itself is in governing.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .enums import BASIS_RANK, LINE_LABELS, LineOfBusiness
from .governing import Candidate, Governing, Place, applies, governing, in_force
from .periods import day_words

BASES = {rank: basis.value for basis, rank in BASIS_RANK.items()}
BASIS_WORDS = {"ncd": "national coverage determination", "lcd": "local coverage determination", "plan_policy": "plan policy"}
NAMING = (("plans", "plans"), ("states", "states"), ("lines_of_business", "lines of business"))


class Standing(StrEnum):
    """What became of a version that names the code."""

    GOVERNS = "governs"
    JOINS = "joins"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Considered:
    version: Candidate
    standing: Standing
    sentence: str


def considered(versions: Iterable[Candidate], place: Place) -> tuple[Considered, ...]:
    """Every version that names the code: the one that governs, the exceptions that join it, then the others with the first reason."""
    naming = [version for version in versions if place.code in version.codes]
    found = governing(naming, place)
    judged = [_judged(version, found, place) for version in naming]
    order = list(Standing)
    return tuple(
        sorted(judged, key=lambda each: (order.index(each.standing), each.version.policy, each.version.begins, each.version.version))
    )


def _judged(version: Candidate, found: Governing | None, place: Place) -> Considered:
    if found and version == found.base:
        return Considered(version, Standing.GOVERNS, _governs(version))
    if found and version in found.exceptions:
        return Considered(version, Standing.JOINS, f"An exception to {version.overlays}: its criteria join as another way to be met.")
    return Considered(version, Standing.PASSED, _time(version, place) or _audience(version, place) or _weaker(version, found))


def _governs(version: Candidate) -> str:
    named = [words for field, words in NAMING if getattr(version, field)]
    said = f"A {_basis(version)} in force since {day_words(version.begins)}"
    return f"{said} that names {' and '.join(named)}." if named else f"{said}, for everybody."


def _time(version: Candidate, place: Place) -> str:
    if in_force(version, place.on):
        return ""
    if place.on < version.begins:
        return f"Not in force yet: it begins on {day_words(version.begins)}."
    return f"No longer in force: its last day was {day_words(version.ends) if version.ends else 'before'}."


def _audience(version: Candidate, place: Place) -> str:
    if applies(version, place.plan, place.line_of_business, place.state):
        return ""
    asked = ((version.plans, place.plan, "plan"), (version.lines_of_business, place.line_of_business, "line of business"))
    for named, value, noun in (*asked, (version.states, place.state, "state")):
        if named and value not in named:
            others = ", ".join(sorted(_plain(each) for each in named))
            return f"Only for the {noun} {others}." if len(named) == 1 else f"Only for these: {others}."
    return ""


def _weaker(version: Candidate, found: Governing | None) -> str:
    if version.overlays:
        return _without_base(version, found)
    if found is None:
        return ""
    base = found.base
    if version.policy == base.policy:
        return f"Followed by version {base.version}, which begins on {day_words(base.begins)}."
    if version.basis_rank > base.basis_rank:
        return f"A {_basis(version)}: a {_basis(base)} goes before it."
    for field, words in NAMING:
        if bool(getattr(base, field)) > bool(getattr(version, field)):
            return f"Names no {words}: {base.policy}, which does, goes before it."
    return f"Has the same right as {base.policy}; of two the first by name governs."


def _without_base(version: Candidate, found: Governing | None) -> str:
    if found and any(each.policy == version.policy for each in found.exceptions):
        return "A later version of the same exception joins."
    instead = f" {found.base.policy} governs." if found else ""
    return f"An exception to {version.overlays}, which does not govern here.{instead}"


def _basis(version: Candidate) -> str:
    word = BASES[version.basis_rank]
    return BASIS_WORDS.get(word, word)


def _plain(value: str) -> str:
    return LINE_LABELS[LineOfBusiness(value)] if value in set(LineOfBusiness) else value
