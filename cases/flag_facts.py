"""What flags read of a case, and how sides, sites and days are counted. Pure; the flags themselves are flags.py."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from criteria.enums import Side

from .service_codes import CodeRule


class FlagFamily(StrEnum):
    UNITS = "units"
    SIDE = "side"
    SITE = "site"
    CODE = "code"
    DUPLICATE = "duplicate"
    ELIGIBILITY = "eligibility"
    DIAGNOSIS = "diagnosis"


@dataclass(frozen=True, slots=True)
class FlagSite:
    """A muscle, nerve or joint. `side` is left, right, bilateral or nothing."""

    name: str
    side: str = ""


@dataclass(frozen=True, slots=True)
class FlagDiagnosis:
    code: str
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A service line as it stands, amendments included. `modifiers` as written: "50", "RT, 59"."""

    number: int
    code: str
    units: int
    sites: tuple[FlagSite, ...] = ()
    modifiers: str = ""
    first_service: date | None = None
    last_service: date | None = None
    diagnoses: tuple[FlagDiagnosis, ...] = ()


@dataclass(frozen=True, slots=True)
class FlagMember:
    """Coverage as eligibility says it; a date that nobody recorded is None and flags nothing."""

    eligible_from: date | None = None
    eligible_until: date | None = None


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """A line of another case of the same member that is open or approved: withdrawn, void, denied and duplicate ones are not given."""

    reference: str
    line: FlagLine
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """`key` names it on its line, `question` heads it, `ask` is an item of an information request by language (no codes),
    `sentence` stands on the panel, `suggest` is what would mend it. `resolutions` are the reasons (key, label) to close it.
    `fingerprint` is over the facts it rests on: where one changes, a resolved flag opens again.
    """

    key: str
    question: str
    ask: Mapping[str, str]
    sentence: str
    fingerprint: str
    family: FlagFamily
    resolutions: tuple[tuple[str, str], ...]
    suggest: str = ""


# ---- counting ----------------------------------------------------------------------------------------------------------------
SIDE_OF_MODIFIER = {"50": Side.BILATERAL, "RT": Side.RIGHT, "LT": Side.LEFT}
BOTH = {Side.LEFT, Side.RIGHT}


def side_of_modifiers(line: FlagLine) -> Side | None:
    said = {SIDE_OF_MODIFIER[word] for word in re.findall(r"[A-Z0-9]+", line.modifiers.upper()) if word in SIDE_OF_MODIFIER}
    if Side.BILATERAL in said or said == BOTH:
        return Side.BILATERAL
    return next(iter(said), None)


def sides_of_sites(line: FlagLine) -> set[str]:
    return {str(site.side) for site in line.sites if site.side}


def sides_agree(sites: set[str], modifier: Side) -> bool:
    return {one for side in sites for one in each_side(side)} == each_side(modifier)


def side_missing(line: FlagLine) -> bool:
    return side_of_modifiers(line) is None and (not line.sites or any(not site.side for site in line.sites))


def units_allowed(line: FlagLine, rule: CodeRule) -> int:
    """Units that fit: the most a day on as many days as the dates span; by side, no more than the nerves named, each on its sides."""
    days = (line.last_service - line.first_service).days + 1 if line.first_service and line.last_service else 1
    most = line.units if rule.max_units_per_day is None else rule.max_units_per_day * max(days, 1)
    if not rule.per_side or not line.sites or days > 1:
        return most
    return min(most, count_per_side(line, side_of_modifiers(line)))


def each_side(side: str) -> set[str]:
    return {Side.LEFT.value, Side.RIGHT.value} if side == Side.BILATERAL else {str(side)}


def count_by_name(line: FlagLine) -> int:
    return len({plain(site.name) for site in line.sites})


def count_per_side(line: FlagLine, default: Side | None) -> int:
    """Names on their distinct sides; a name counts at least once. `default`: the side that a modifier gives to names without one."""
    sides: dict[str, set[str]] = {}
    for site in line.sites:
        side = site.side or (default.value if default else "")
        sides.setdefault(plain(site.name), set()).update(each_side(side) if side else ())
    return sum(max(len(each), 1) for each in sides.values())


def same_days(one: FlagLine, other: FlagLine) -> bool:
    if one.first_service is None or other.first_service is None:
        return one.first_service == other.first_service
    return one.first_service <= (other.last_service or other.first_service) and other.first_service <= (
        one.last_service or one.first_service
    )


def same_place(one: FlagLine, other: FlagLine) -> bool:
    """Places may be the same unless both are known and share none: another muscle, or the other side of it."""
    if not one.sites or not other.sites:
        return True
    return any(
        plain(mine.name) == plain(theirs.name) and (not mine.side or not theirs.side or bool(each_side(mine.side) & each_side(theirs.side)))
        for mine in one.sites
        for theirs in other.sites
    )


def site_facts(line: FlagLine) -> list[list[str]]:
    return sorted([plain(site.name), str(site.side or "")] for site in line.sites)


def plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def fingerprint(key: str, facts: Sequence[object]) -> str:
    return sha256(json.dumps([key, *facts], default=str, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
