"""Checks of the request itself: its units, the muscles or nerves it names, and what else is asked for on that day."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from criteria.enums import FindingValue, Side
from criteria.periods import counted, day_words

from .facts import CaseFacts, Site
from .proposal import Proposal, listed, met_if, missing

SIDES = {
    None: frozenset[str](),
    Side.LEFT: frozenset({"left"}),
    Side.RIGHT: frozenset({"right"}),
    Side.BILATERAL: frozenset({"left", "right"}),
}


def units(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    number, limit = facts.line.units, args["at_most"]
    if number is None:
        return missing("no units are recorded")
    said = f"{counted(number, 'unit')} asked for, {'more than' if number > limit else 'at most'} {limit}"
    return Proposal(met_if(number <= limit), said, ("units",))


def sites(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    if not facts.line.sites:
        return missing("no muscle or nerve is named")
    return _examined(facts) if args.get("examined") else _enough(args["at_least"], facts)


def _enough(wanted: int, facts: CaseFacts) -> Proposal:
    """Distinct names, or names counted per side: left and right of one muscle are two."""
    sides: dict[str, frozenset[str]] = {}
    for site in facts.line.sites:
        sides[same_name(site.name)] = sides.get(same_name(site.name), frozenset()) | SIDES[site.side]
    per_side = sum(max(1, len(named)) for named in sides.values())  # at least one each, so never below the number of names
    total = f"{len(sides)} named, {per_side} counted per side" if per_side > len(sides) else f"{len(sides)} named"
    said = listed(_words(site.name, SIDES[site.side]) for site in facts.line.sites)
    finding = FindingValue.MET if per_side >= wanted else FindingValue.UNCLEAR
    return Proposal(finding, f"{total}, {wanted} needed: {said}", _keys("site", facts.line.sites))


def _examined(facts: CaseFacts) -> Proposal:
    """Each requested site has a finding on each side asked for; a finding without a side covers every side."""
    requested, findings = facts.line.sites, facts.line.examined_sites
    names = {same_name(site.name) for site in requested}
    used = (
        *_keys("site", requested),
        *(f"examined_site:{number}" for number, site in enumerate(findings) if same_name(site.name) in names),
    )
    gaps = [gap for site in requested if (gap := _gap(site, findings))]
    seen = [_words(site.name, SIDES[site.side]) for site in requested if not _gap(site, findings)]
    said = f"{listed(seen)} examined" if seen else ""
    if not gaps:
        return Proposal(FindingValue.MET, said, used)
    return Proposal(FindingValue.NOT_DOCUMENTED, "; ".join(filter(None, (said, f"no finding for the {listed(gaps, 'or the')}"))), used)


def _gap(asked: Site, findings: tuple[Site, ...]) -> str:
    """What of a requested site was not examined, in words; empty when all of it was."""
    found = [site.side for site in findings if same_name(site.name) == same_name(asked.name)]
    if not found:
        return _words(asked.name, SIDES[asked.side])
    left_out = SIDES[asked.side] - frozenset[str]().union(*(SIDES[side] for side in found))
    return _words(asked.name, left_out) if left_out and None not in found else ""


def requested_with(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    """No open or approved line of these codes on the same first date of service; both undated, in the same case."""
    day = facts.first_service
    others = [
        (f"other_line:{number}", row.code)
        for number, row in enumerate(facts.other_lines)
        if row.code in args["none_of"] and row.first_service == day and (day is not None or row.same_case)
    ]
    when = f"for {day_words(day)}" if day else "without a date, as this line is"
    used = (*(key for key, _ in others), *(("first_service",) if day else ()))
    if others:
        return Proposal(FindingValue.NOT_MET, f"also open or approved {when}: {listed(code for _, code in others)}", used)
    return Proposal(FindingValue.MET, f"no line of {listed(args['none_of'], 'or')} is open or approved {when}", used)


@lru_cache(maxsize=4096)
def same_name(name: str) -> str:
    """What names of one muscle or nerve have in common, however they are written."""
    return " ".join(name.casefold().split())


def _words(name: str, sides: frozenset[str]) -> str:
    return f"{name} on both sides" if len(sides) == 2 else " ".join((*sides, name))


def _keys(kind: str, rows: tuple[Site, ...]) -> tuple[str, ...]:
    return tuple(f"{kind}:{number}" for number in range(len(rows)))
