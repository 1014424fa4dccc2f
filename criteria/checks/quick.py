"""What a check finds and nothing else, for very many lines: its arguments read once, no words made. Pure.

Says what propose says of the finding (a test holds them together), at a fraction of its time: a replay counts 20,000 lines again a second.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from criteria.enums import Certainty, FindingValue, Response
from criteria.periods import PartialDate, Period, add_days
from criteria.tree import Check

from .requested import SIDES, same_name

MET, NOT_MET, UNCLEAR, MISSING = (
    each.value for each in (FindingValue.MET, FindingValue.NOT_MET, FindingValue.UNCLEAR, FindingValue.NOT_DOCUMENTED)
)
CONFIRMED, CONTRAINDICATED = Certainty.CONFIRMED.value, Response.CONTRAINDICATED.value  # comparing texts takes a third of the time
SIDES_OF: Mapping[str | None, frozenset[str]] = {side and side.value: named for side, named in SIDES.items()} | {"": SIDES[None]}
Named = Sequence[Any]  # a muscle or nerve, and its side
Trial = Sequence[Any]  # kind, response, first day, last day
Answer = Callable[["QuickFacts"], str]


class QuickFacts(NamedTuple):
    """Facts as JSON has them, all dates as ISO text. `reference`, `service`: see CaseFacts.

    Rows: a diagnosis is (code, certainty), a treatment a Trial, a session (code, date), a site Named.
    """

    reference: str | None = None
    service: str | None = None
    birth_date: str | None = None
    symptom_onset: str | None = None
    diagnoses: Sequence[Sequence[str]] = ()
    treatments: Sequence[Trial] = ()
    sessions: Sequence[Sequence[str]] = ()
    units: int | None = None
    sites: Sequence[Named] = ()
    examined_sites: Sequence[Named] = ()


def quick_check(check: Check, codes: Collection[str]) -> Answer | None:
    """A function from facts to the finding; None for a check of what else is asked for, which takes more than one line's facts."""
    match check.name:
        case "symptom_duration":
            return _symptom_duration(check.args)
        case "age":
            return _age(check.args)
        case "diagnosis":
            return _diagnosis(check.args["any_of"])
        case "treatments":
            return _treatments(check.args)
        case "prior_sessions":
            return _prior_sessions(Period.parse(check.args["within"]), check.args["at_most"], frozenset(codes))
        case "days_since_last":
            return _since_last(Period(check.args["at_least"], "day"), frozenset(codes))
        case "months_since_last":
            return _since_last(Period(check.args["at_least"], "month"), frozenset(codes))
        case "units":
            return _units(check.args["at_most"])
        case "sites":
            return _examined if check.args.get("examined") else _enough(check.args["at_least"])
        case _:
            return None


# ---- time: ISO dates are in order as texts, and what a period makes of a day is kept ---------------------------------------------
def _latest(period: Period) -> Callable[[str], str]:
    """From a day to the last day that lies the period or longer before it; empty where the calendar has none."""

    @cache
    def latest(until: str) -> str:
        end = date.fromisoformat(until)
        day = period.before(end)
        while period.after(day) > end:
            if day == date.min:
                return ""
            day = add_days(day, -1)
        while day < end and period.after(following := add_days(day, 1)) <= end:
            day = following
        return day.isoformat()

    return latest


def _symptom_duration(args: Mapping[str, Any]) -> Answer:
    more = args.get("more_than") is not None
    latest = _latest(Period.parse(args["more_than"] if more else args["at_least"]))

    def passes(day: str, until: str) -> bool:
        return day <= latest(_day_beside(until, -1) if more else until)

    def answer(facts: QuickFacts) -> str:
        text, until = facts.symptom_onset, facts.reference
        if not text or until is None:
            return MISSING
        if len(text) == len("2026-03-02"):
            return MET if passes(text, until) else NOT_MET
        onset = PartialDate.parse(text)
        if passes(onset.last.isoformat(), until):
            return MET
        return UNCLEAR if passes(onset.first.isoformat(), until) else NOT_MET

    return answer


def _age(args: Mapping[str, Any]) -> Answer:
    youngest, oldest = args.get("at_least"), args.get("at_most")
    reached = None if youngest is None else _latest(Period(youngest, "year"))
    passed = None if oldest is None else _latest(Period(oldest + 1, "year"))

    def answer(facts: QuickFacts) -> str:
        born, on = facts.birth_date, facts.service
        if not born or on is None:
            return MISSING
        return MET if (reached is None or born <= reached(on)) and (passed is None or born > passed(on)) else NOT_MET

    return answer


def _prior_sessions(within: Period, limit: int, codes: frozenset[str]) -> Answer:
    start = cache(lambda on: within.before(date.fromisoformat(on)).isoformat())

    def answer(facts: QuickFacts) -> str:
        on = facts.service
        if on is None:
            return MISSING
        after = start(on)
        return MET if sum(after < day < on and code in codes for code, day in facts.sessions) < limit else NOT_MET

    return answer


def _since_last(period: Period, codes: frozenset[str]) -> Answer:
    latest = _latest(period)

    def answer(facts: QuickFacts) -> str:
        on = facts.service
        if on is None:
            return MISSING
        too_late = latest(on)
        return NOT_MET if any(too_late < day < on and code in codes for code, day in facts.sessions) else MET

    return answer


# ---- care -----------------------------------------------------------------------------------------------------------------------
def _diagnosis(patterns: Sequence[str]) -> Answer:
    whole = frozenset(pattern.casefold() for pattern in patterns if not pattern.endswith("*"))
    begins = tuple(pattern[:-1].casefold() for pattern in patterns if pattern.endswith("*"))

    @cache
    def matches(code: str) -> bool:
        return code.casefold() in whole or code.casefold().startswith(begins)

    def answer(facts: QuickFacts) -> str:
        found = MISSING
        for code, certainty in facts.diagnoses:
            if matches(code):
                if certainty == CONFIRMED:
                    return MET
                found = UNCLEAR
        return found

    return answer


def _treatments(args: Mapping[str, Any]) -> Answer:
    kinds, how_many, within = frozenset(args["any_of"]), args.get("how_many") or 1, args.get("within")
    counts, back = _counts(args), Period.parse(within) if within else None
    earliest = cache(lambda until: back.before(date.fromisoformat(until)).isoformat() if back and until else None)

    def answer(facts: QuickFacts) -> str:
        trials = [trial for trial in facts.treatments if trial[0] in kinds]
        if not trials:
            return MISSING
        until = facts.reference
        first = earliest(until)
        if len({trial[0] for trial in trials if counts(trial, first, until)}) >= how_many:
            return MET
        return MISSING if back and until is None else UNCLEAR

    return answer


def _counts(args: Mapping[str, Any]) -> Callable[[Trial, str | None, str | None], bool]:
    """Whether one trial counts. `earliest` is None where no period counts back, or where there is no date to count back from."""
    wanted, within = args.get("response") or (), bool(args.get("within"))
    responses = frozenset((wanted,) if isinstance(wanted, str) else wanted)
    length = Period.parse(args["at_least"]) if args.get("at_least") else None
    latest = _latest(length) if length else None
    unsafe = Response.CONTRAINDICATED in responses

    def counts(trial: Trial, earliest: str | None, until: str | None) -> bool:
        _, response, start, end = trial
        if unsafe and response == CONTRAINDICATED:
            return True
        if responses and response not in responses:
            return False
        if latest is None and not within:
            return True
        if not end or (latest and (not start or start > latest(_day_beside(end, 1)))):
            return False
        return not within or (earliest is not None and until is not None and earliest <= end <= until)

    return counts


@lru_cache(maxsize=4096)
def _day_beside(day: str, days: int) -> str:
    return add_days(date.fromisoformat(day), days).isoformat()


# ---- the request ----------------------------------------------------------------------------------------------------------------
def _units(limit: int) -> Answer:
    def answer(facts: QuickFacts) -> str:
        return MISSING if facts.units is None else MET if facts.units <= limit else NOT_MET

    return answer


def _enough(wanted: int) -> Answer:
    def answer(facts: QuickFacts) -> str:
        if not facts.sites:
            return MISSING
        sides = _sides_by_name(facts.sites)
        return MET if sum(max(1, len(named)) for named in sides.values()) >= wanted else UNCLEAR

    return answer


def _examined(facts: QuickFacts) -> str:
    if not facts.sites:
        return MISSING
    seen, everywhere = _sides_by_name(facts.examined_sites), {same_name(name) for name, side in facts.examined_sites if not side}
    for name, side in facts.sites:
        same = same_name(name)
        if same not in seen or (same not in everywhere and not SIDES_OF[side] <= seen[same]):
            return MISSING
    return MET


def _sides_by_name(sites: Sequence[Named]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, side in sites:
        same = same_name(name)
        found[same] = found[same] | SIDES_OF[side] if same in found else SIDES_OF[side]
    return found
