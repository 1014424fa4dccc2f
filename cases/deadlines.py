"""How long a decision and its notice may take, and when this one is due: one function over an event log, with its arithmetic in words.

Pure: no model, no query, no clock of its own (`now` is given). Rules come from turnaround.py or its table, entries from ClockEntry.
Receipt starts the clock, notice ends it; neither a pend nor a resubmission moves it. Expiry decides nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

import holidays

from criteria.enums import LineOfBusiness

from .enums import ClockKind
from .turnaround import EXTENSION_WORDS, SEED_RULES, ExtensionReason, OnMiss, Rule, Start, Unit

__all__ = [
    "SEED_RULES",
    "AppealRight",
    "Deadline",
    "DueWords",
    "Entry",
    "ExtensionReason",
    "OnMiss",
    "Rule",
    "Start",
    "Unit",
    "appeal_until",
    "choose_rule",
    "deadline",
    "due_words",
    "extension_refused",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a case's clock, in the order it was recorded. `until`: the answer's last day of a stop, the new date of an extension."""

    kind: str
    at: datetime
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`stopped`: waiting for an answer under a rule that stops the clock. `ended_at`: when people were told, and the clock ended."""

    decide_by: datetime
    notify_by: datetime
    stopped: bool
    words: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueWords:
    """`kind` names the look: late, due, ok, calm."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class AppealRight:
    """`counted_from` is `notice` or `receipt`; `words` and `words_es` say how the last day was counted, to the member."""

    last_day: date
    days: int
    counted_from: str
    words: str
    words_es: str


# ---- the clock ------------------------------------------------------------------------------------------------------------------
def deadline(rule: Rule, entries: Iterable[Entry], time_zone: tzinfo, now: datetime) -> Deadline:
    """When a decision and its notice are due by this rule and log. Times are aware, answers in `time_zone`; no receipt, ValueError."""
    log = list(entries)
    start, said = _start(rule, log, time_zone)
    due, step = _after(start, rule.amount, rule.unit, time_zone)
    said.append(step)
    due, steps = _extended(rule, log, start, due, time_zone)
    said += steps
    due, steps, stopped = _tolled(rule, log, start, due, time_zone, now)
    said += steps
    notify = due if rule.notify_amount is None else _after(due, rule.notify_amount, rule.notify_unit or rule.unit, time_zone)[0]
    told = next((entry.at.astimezone(time_zone) for entry in log if entry.kind == ClockKind.NOTIFIED), None)
    said.append(f"{'due' if not stopped else 'due if no answer comes'} {_moment(due)}" + (f" ({rule.citation})" if rule.citation else ""))
    if notify != due:
        said.append(f"notice due {_moment(notify)}")
    if told:
        said.append(f"told {_moment(told)}, {'in time' if told <= notify else 'late'}")
    return Deadline(due, notify, stopped and told is None, "; ".join(said), told)


def choose_rule(rules: Iterable[Rule], line_of_business: str, state: str, review_type: str, urgency: str, received_on: date) -> Rule | None:
    """The row that governs a request received on that day. A state's row beats the federal one only if it is stricter.

    Of two rows of one state (or of none) in force the later one holds; of the rows left, the one with the earliest deadline for a request
    received at noon; if they tie, the federal one.
    """
    latest: dict[str, Rule] = {}
    for rule in rules:
        applies = (rule.line_of_business, rule.review_type, rule.urgency) == (line_of_business, review_type, urgency)
        in_force = rule.effective_from <= received_on and (rule.effective_until is None or received_on <= rule.effective_until)
        if not (applies and in_force and rule.state in ("", state)):
            continue
        if rule.state not in latest or latest[rule.state].effective_from < rule.effective_from:
            latest[rule.state] = rule
    noon = datetime.combine(received_on, time(12), UTC)
    return min(latest.values(), key=lambda rule: (_after(noon, rule.amount, rule.unit, UTC)[0], rule.state), default=None)


def extension_refused(rule: Rule, reason: str) -> str:
    """Why this rule allows no extension for this reason, in one sentence; empty where it does."""
    if not rule.extension_reasons:
        return f"This clock cannot be extended ({rule.citation})."
    if reason not in rule.extension_reasons:
        allowed = "; ".join(EXTENSION_WORDS.get(each, each) for each in rule.extension_reasons)
        return f"Not a reason that allows more time here. Allowed: {allowed} ({rule.citation})."
    return ""


def _start(rule: Rule, log: Sequence[Entry], zone: tzinfo) -> tuple[datetime, list[str]]:
    """The first receipt holds; a later one only as a correction that says why. So a resubmission starts nothing anew."""
    receipts = [entry for entry in log if entry.kind == ClockKind.RECEIVED]
    if not receipts:
        raise ValueError("A clock starts with a receipt, and this log has none.")
    corrections = [entry for entry in receipts[1:] if entry.reason]
    received = (corrections or receipts[:1])[-1].at.astimezone(zone)
    said = [f"received {_moment(received)}" + (", corrected" if corrections else "")]
    if rule.start != Start.COMPLETE:
        return received, said
    complete = next((entry.at.astimezone(zone) for entry in log if entry.kind == ClockKind.COMPLETE), None)
    if complete is None:  # until then the earlier reading: from receipt
        return received, [*said, "counted from receipt until the information is complete"]
    return max(complete, received), [*said, f"complete {_moment(complete)}"]


def _extended(rule: Rule, log: Sequence[Entry], start: datetime, due: datetime, zone: tzinfo) -> tuple[datetime, list[str]]:
    """One extension, for an allowed reason, told before the clock ran out; at most `extension_days`, less where the notice named a date."""
    said: list[str] = []
    for entry in log:
        if entry.kind != ClockKind.EXTENDED:
            continue
        if extension_refused(rule, entry.reason) or entry.at > due:
            said.append("an extension was recorded that this rule does not allow: not counted")
            continue
        days = rule.extension_days
        if rule.unit == Unit.CALENDAR_DAYS:
            longest = _after(start, rule.amount + days, Unit.CALENDAR_DAYS, zone)[0]
        else:
            longest = _after(due, days, Unit.CALENDAR_DAYS, zone)[0]
        named = entry.until.astimezone(zone) if entry.until else longest
        said.append(
            f"extended on {_day(entry.at.astimezone(zone))} by up to {days} days, {EXTENSION_WORDS.get(entry.reason, entry.reason)}"
        )
        return max(due, min(named, longest)), said
    return due, said


def _tolled(
    rule: Rule, log: Sequence[Entry], start: datetime, due: datetime, zone: tzinfo, now: datetime
) -> tuple[datetime, list[str], bool]:
    """29 CFR 2560.503-1(f)(4): stopped from the notice sent to the earlier of the answer and its last day, then `extension_days` to decide.

    The regulation's own sum gives what was left of the clock as well; counting `extension_days` alone is the earlier reading.
    """
    index = next((number for number, entry in enumerate(log) if entry.kind == ClockKind.TOLLED), None)
    if index is None:
        return due, [], False
    if not rule.tolls:
        return due, ["asking for information does not stop this clock"], False
    sent = log[index].at.astimezone(zone)
    # an urgent request: what is missing must be asked for within 24 hours of receipt, 2560.503-1(c)(1)
    if sent < start:
        return due, ["information was asked for before receipt: not counted"], False
    if sent > (start + timedelta(hours=24) if rule.unit == Unit.HOURS else due):
        return due, ["information was asked for too late to stop this clock"], False
    until = log[index].until or _after(sent, rule.answer_days or 0, Unit.CALENDAR_DAYS, zone)[0]
    until = max(until.astimezone(zone), sent)
    answer = next((entry.at.astimezone(zone) for entry in log[index:] if entry.kind == ClockKind.RESUMED and entry.at >= sent), None)
    end = min(until, answer) if answer else until
    stopped = answer is None and now < until
    said = [f"stopped {_moment(sent)} for information, answer due {_moment(until)}"]
    if not stopped:
        said.append(f"running again {_moment(end)}, {'answer received' if answer and answer <= until else 'no answer in time'}")
    after, step = _after(end, rule.extension_days, Unit.CALENDAR_DAYS, zone)
    if after < due and rule.unit != Unit.HOURS:  # an urgent decision follows its answer within 48 hours, however early that came
        return due, [*said, "the first period ends later than the time after the answer, and holds"], stopped
    return after, [*said, step], stopped


# ---- counting -------------------------------------------------------------------------------------------------------------------
def _after(start: datetime, amount: int, unit: str, zone: tzinfo) -> tuple[datetime, str]:
    """Start plus an amount, and how it was counted. Days have two readings, the end of day N and N times 24 hours: the earlier holds."""
    begun = start.astimezone(zone)
    match Unit(unit):
        case Unit.HOURS:
            return _hours(begun, amount, zone), _count(amount, "hour")
        case Unit.BUSINESS_HOURS:
            return _business_hours(begun, amount, zone), f"{_count(amount, 'hour')}, weekends and holidays not counted"
        case Unit.CALENDAR_DAYS:
            last, elapsed, name = begun.date() + timedelta(days=amount), _hours(begun, 24 * amount, zone), "calendar day"
        case Unit.BUSINESS_DAYS:
            last, elapsed, name = _business_day(begun.date(), amount), _business_hours(begun, 24 * amount, zone), "business day"
    end_of_day = datetime.combine(last, time(23, 59), zone)
    if _utc(end_of_day) < _utc(elapsed):
        return end_of_day, f"{_count(amount, name)}, to the end of the day, the earlier reading"
    return elapsed, f"{_count(amount, name)}, counted as {24 * amount} hours, the earlier reading"


def _hours(start: datetime, hours: int, zone: tzinfo) -> datetime:
    """Hours that really pass: counted in UTC, so that a change of the clocks neither gives nor takes one."""
    return (_utc(start) + timedelta(hours=hours)).astimezone(zone)


def _business_hours(start: datetime, hours: int, zone: tzinfo) -> datetime:
    at, left = _utc(start), timedelta(hours=hours)
    while True:
        day = at.astimezone(zone).date()
        midnight = _utc(datetime.combine(day + timedelta(days=1), time(0), zone))
        if _is_business_day(day):
            if at + left <= midnight:
                return (at + left).astimezone(zone)
            left -= midnight - at
        at = midnight


def _business_day(start: date, days: int) -> date:
    """The Nth business day after a date."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= _is_business_day(day)
    return day


def _is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _federal_holidays(day.year)


@cache
def _federal_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


# ---- words ----------------------------------------------------------------------------------------------------------------------
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(at: datetime) -> str:
    return f"{WEEKDAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"


def _moment(at: datetime) -> str:
    return f"{_day(at)} {at:%H:%M}"


def _count(amount: int, name: str) -> str:
    return f"{amount} {name}{'' if amount == 1 else 's'}"


HOURS_SHOWN = 12  # nearer than this, hours and minutes say more than "today" or "1 day"


def due_words(due_at: datetime, now: datetime, stopped: bool, time_zone: tzinfo | None = None) -> DueWords:
    """How a deadline reads on a worklist: "3 h overdue", "2 h 10 min", "due today", "8 days", "clock stopped".

    Days are those between the dates in `time_zone`, by default the zone that `due_at` carries.
    """
    if stopped:
        return DueWords("clock stopped", "calm")
    zone = time_zone or due_at.tzinfo
    minutes = int((_utc(due_at) - _utc(now)).total_seconds() // 60)
    if minutes < 0 or _utc(now) > _utc(due_at):
        late = int((_utc(now) - _utc(due_at)).total_seconds() // 60)
        return DueWords(f"{_span(late)} overdue", "late")
    if minutes < 60 * HOURS_SHOWN:
        return DueWords(_hours_and_minutes(minutes), "due")
    days = (due_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if days == 0:
        return DueWords("due today", "due")
    return DueWords(_count(days, "day"), "due" if minutes < 60 * 24 else "ok")


def _span(minutes: int) -> str:
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else _count(minutes // (24 * 60), "day")


def _hours_and_minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min" if rest else "due now"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


# ---- the last day to appeal -----------------------------------------------------------------------------------------------------
MAIL_DAYS = 5  # what a plan allows for the mail where days count from receipt


def appeal_until(line_of_business: str, notice_date: date) -> AppealRight:
    """The last day to ask for an appeal, counted from the event that the rule names; a date to print."""
    match LineOfBusiness(line_of_business):
        case LineOfBusiness.MEDICARE_ADVANTAGE:  # 42 CFR 422.582(b): 65 calendar days from the date of the notice
            days, mail = 65, 0
        case LineOfBusiness.MEDICAID:  # 42 CFR 438.402(c)(2)(ii): 60 calendar days from the date on the notice
            days, mail = 60, 0
        case _:  # 29 CFR 2560.503-1(h)(3)(i) and 45 CFR 147.136(b): 180 days following receipt
            days, mail = 180, MAIL_DAYS
    last = notice_date + timedelta(days=days + mail)
    if not mail:
        return AppealRight(last, days, "notice", f"{days} days from the date of this letter", f"{days} días desde la fecha de esta carta")
    return AppealRight(
        last,
        days,
        "receipt",
        f"{days} days from the day you get this letter, with {mail} days for the mail",
        f"{days} días desde el día en que recibe esta carta, con {mail} días para el correo",
    )
