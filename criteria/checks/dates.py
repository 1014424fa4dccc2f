"""Checks that count time: how long symptoms last, the member's age, earlier sessions. A record can show these, so they may say not met."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from criteria.enums import FindingValue
from criteria.periods import PartialDate, Period, completed_years, counted, day_words, elapsed_words

from .facts import CaseFacts
from .proposal import Anchor, Proposal, met_if, missing, reference, service

NO_RECEIVED = "no received date is recorded"
NO_SERVICE = "no date of service and no received date is recorded"


def symptom_duration(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    """Onset plus the period is before (more_than) or not after (at_least) the reference date, for every day the onset can be."""
    onset, until = facts.onset, reference(facts)
    if onset is None:
        return missing("no onset date is recorded")
    if until is None:
        return missing(f"onset {onset}, but {NO_RECEIVED}")
    more = args.get("more_than") is not None
    period = Period.parse(args["more_than"] if more else args["at_least"])

    def passes(day: date) -> bool:
        return period.after(day) < until.day if more else period.after(day) <= until.day

    if onset.first == onset.last:
        finding, said = met_if(passes(onset.first)), _lasted(onset.first, until, period, more)
    else:
        finding, said = _of_range(onset, passes(onset.first), passes(onset.last), f"{'more than' if more else 'at least'} {period}")
    return Proposal(finding, f"onset {onset}, {until}: {said}", ("onset", until.key))


def _lasted(start: date, until: Anchor, period: Period, more: bool) -> str:
    if start > until.day:
        return "the onset is the later date"
    said = _compared(start, until.day, period)
    return f"{said}, not more" if more and said.startswith("exactly") else said


def _of_range(onset: PartialDate, earliest: bool, latest: bool, wanted: str) -> tuple[FindingValue, str]:
    if latest:
        return FindingValue.MET, f"{wanted} even from {day_words(onset.last)}"
    if not earliest:
        return FindingValue.NOT_MET, f"not {wanted} even from {day_words(onset.first)}"
    return FindingValue.UNCLEAR, f"{wanted} from {day_words(onset.first)}, but not from {day_words(onset.last)}"


def _compared(start: date, end: date, period: Period) -> str:
    due = period.after(start)
    if due == end:
        return f"exactly {period}"
    return f"{elapsed_words(start, end, period.unit)}, {'more' if due < end else 'less'} than {period}"


def age(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    """Completed years on the service date within the limits."""
    on = service(facts)
    if facts.birth_date is None:
        return missing("no birth date is recorded")
    if on is None:
        return missing(f"born {day_words(facts.birth_date)}, but {NO_SERVICE}")
    years = completed_years(facts.birth_date, on.day)
    youngest, oldest = args.get("at_least"), args.get("at_most")
    if youngest is not None and years < youngest:
        said = f"younger than {youngest}"
    elif oldest is not None and years > oldest:
        said = f"older than {oldest}"
    elif youngest is None:
        said = f"{oldest} or younger"
    else:
        said = f"{youngest} or older" if oldest is None else f"from {youngest} to {oldest}"
    passes = (youngest is None or years >= youngest) and (oldest is None or years <= oldest)
    return Proposal(met_if(passes), f"born {day_words(facts.birth_date)}, {on}: age {years}, {said}", ("birth_date", on.key))


def prior_sessions(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    """Sessions after (service date minus the period) and before the service date, plus this one, are at most the limit."""
    on = service(facts)
    if on is None:
        return missing(NO_SERVICE)
    start, limit = Period.parse(args["within"]).before(on.day), args["at_most"]
    found = [(key, day) for key, day in _sessions(facts, codes, on.day) if day > start]
    total = len(found) + 1
    dates = f" ({', '.join(day_words(day) for _, day in found)})" if found else ""
    said = f"{counted(len(found), 'session') if found else 'no session'} after {day_words(start)} and before {day_words(on.day)}{dates}"
    verdict = f"{total} with this one, {'more than' if total > limit else 'at most'} {limit}"
    return Proposal(met_if(total <= limit), f"{said}: {verdict}", (*(key for key, _ in found), on.key))


def days_since_last(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    return _since_last(Period(args["at_least"], "day"), facts, codes)


def months_since_last(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    return _since_last(Period(args["at_least"], "month"), facts, codes)


def _since_last(period: Period, facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    """The last session plus the period is not after the service date, or there was none."""
    on = service(facts)
    if on is None:
        return missing(NO_SERVICE)
    found = _sessions(facts, codes, on.day)
    if not found:
        return Proposal(FindingValue.MET, f"no session before {day_words(on.day)} is recorded", (on.key,))
    key, last = found[-1]
    said = f"last session {day_words(last)}, {on}: {_compared(last, on.day, period)}"
    return Proposal(met_if(period.after(last) <= on.day), said, (key, on.key))


def _sessions(facts: CaseFacts, codes: tuple[str, ...], before: date) -> list[tuple[str, date]]:
    """Sessions of the rule's codes before a day, oldest first. One on the day itself is the one under review."""
    rows = [(f"session:{number}", row.date) for number, row in enumerate(facts.sessions) if row.code in codes and row.date < before]
    return sorted(rows, key=lambda row: row[1])
