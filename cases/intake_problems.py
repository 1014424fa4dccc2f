"""What a request may not be, whoever hands it in: a form, the demo, an interface. Pure; each problem is one sentence about one thing."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from authreview.errors import Problem
from criteria.enums import Certainty, Response, Side
from criteria.periods import PartialDate

from .enums import Channel, ReviewKind, Urgency
from .intake_data import IntakeData, LineData, PractitionerData, TreatmentData
from .npi import npi_problem

SERVICE_CODE = re.compile(r"[0-9A-Z]{5}")
DIAGNOSIS_CODE = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
STATE = re.compile(r"[A-Z]{2}")
MOST_UNITS = 999

NOT_A_SERVICE_CODE = "A procedure code has five characters: digits, or digits and capital letters."
NOT_A_DIAGNOSIS_CODE = "An ICD-10-CM code reads like M54.2 or M79.18."
LATER_THAN_NOW = "A request cannot be received later than its entry began."
NO_REASON = "Say why the request was received before it was entered."
REASON_FOR_NOTHING = "A reason is given, but no earlier time of receipt."
LAST_BEFORE_FIRST = "The last day of service cannot be before the first."
LAST_WITHOUT_FIRST = "Give the first day of service too."
ENDS_BEFORE_START = "A trial cannot end before it starts."
NOT_A_DAY = "Write the onset as a day, a month or a year: 2025-08-10, 2025-08 or 2025."
MOST_YEARS = 10
OLDEST_YEAR = 1900
CHECK_THE_YEAR = f"This day is more than {MOST_YEARS} years away. Check the year."
SITE_TWICE = "This site is listed twice on this side."
DIAGNOSIS_TWICE = "This diagnosis is listed twice."
LEFT_BEFORE_JOINED = "Coverage cannot end before it began."


def problems(data: IntakeData, entered_at: datetime) -> list[Problem]:
    """Everything that stops this request from being routed, in the order of the form."""
    return [Problem(label, message=message) for label, message in _all(data, entered_at)]


def is_onset(text: str) -> bool:
    """Whether this is a day, a month or a year."""
    try:
        PartialDate.parse(text)
    except ValueError:
        return False
    return True


def is_far_off(day: date | None, from_day: date) -> bool:
    """Whether a day of care can only be a slip of the pen: no request is that old, and no approval reaches that far."""
    return day is not None and abs(day.year - from_day.year) > MOST_YEARS


def trial_problem(first: date | None, last: date | None, today: date) -> str:
    """Why the days of a trial can only be a slip of the pen, or nothing. It may have begun long ago; its end is what is looked at."""
    begun = first is not None and (first.year < OLDEST_YEAR or (first > today and is_far_off(first, today)))
    return CHECK_THE_YEAR if begun or is_far_off(last, today) else ""


def receipt_problem(received_at: datetime | None, reason: str, entered_at: datetime) -> str:
    """Why this time of receipt cannot stand, or nothing."""
    if received_at is None or received_at == entered_at:
        return REASON_FOR_NOTHING if reason else ""
    if received_at > entered_at:
        return LATER_THAN_NOW
    if is_far_off(received_at.date(), entered_at.date()):
        return CHECK_THE_YEAR
    return "" if reason else NO_REASON


def _all(data: IntakeData, entered_at: datetime) -> Iterator[tuple[str, str]]:
    member = data.member
    for label, text in (("Member number", member.member_id), ("Given name", member.given_name), ("Family name", member.family_name)):
        if not text.strip():
            yield label, "This is needed."
    if member.birth_date > entered_at.date():
        yield "Birth date", "A birth date lies in the past."
    if member.joined_on and member.left_on and member.left_on < member.joined_on:
        yield "Coverage ended", LEFT_BEFORE_JOINED
    yield from _practitioner("Practitioner", data.requester)
    if data.facility:
        yield from _practitioner("Facility", data.facility)
    yield from _request(data, entered_at)
    yield from _diagnoses(data)
    if not data.lines:
        yield "Service lines", "A request has at least one service line."
    for number, line in enumerate(data.lines, start=1):
        yield from ((f"Line {number}", message) for message in _line(data, line, entered_at.date()))
    for number, trial in enumerate(data.treatments, start=1):
        yield from ((f"Treatment {number}", message) for message in _treatment(trial))


def _practitioner(label: str, who: PractitionerData) -> Iterator[tuple[str, str]]:
    if wrong := npi_problem(who.npi):
        yield f"{label} NPI", wrong
    if not who.name.strip():
        yield f"{label} name", "This is needed."


def _request(data: IntakeData, entered_at: datetime) -> Iterator[tuple[str, str]]:
    for label, value, known in (
        ("Request type", data.review_type, ReviewKind.values),
        ("Urgency", data.urgency, Urgency.values),
        ("Channel", data.channel, Channel.values),
    ):
        if value not in known:
            yield label, f"{value!r} is none of {', '.join(known)}."
    if data.state and not STATE.fullmatch(data.state):
        yield "State", "A state has two capital letters."
    if wrong := receipt_problem(data.received_at, data.received_reason, entered_at):
        yield "Received", wrong
    if data.onset and not is_onset(data.onset):
        yield "Onset", NOT_A_DAY


def _diagnoses(data: IntakeData) -> Iterator[tuple[str, str]]:
    if not data.diagnoses:
        yield "Diagnoses", "A request names at least one diagnosis."
    for row in data.diagnoses:
        if not DIAGNOSIS_CODE.fullmatch(row.code):
            yield f"Diagnosis {row.code}", NOT_A_DIAGNOSIS_CODE
        if row.certainty not in set(Certainty):
            yield f"Diagnosis {row.code}", "A diagnosis is confirmed or possible."
    for code in _repeated(row.code for row in data.diagnoses):
        yield f"Diagnosis {code}", DIAGNOSIS_TWICE


def _line(data: IntakeData, line: LineData, today: date) -> Iterator[str]:
    if not SERVICE_CODE.fullmatch(line.code):
        yield NOT_A_SERVICE_CODE
    if not 1 <= line.units <= MOST_UNITS:
        yield f"Units are between 1 and {MOST_UNITS}."
    if line.last_service and not line.first_service:
        yield LAST_WITHOUT_FIRST
    if line.last_service and line.first_service and line.last_service < line.first_service:
        yield LAST_BEFORE_FIRST
    if is_far_off(line.first_service, today) or is_far_off(line.last_service, today):
        yield CHECK_THE_YEAR
    if line.onset and not is_onset(line.onset):
        yield NOT_A_DAY
    if unknown := sorted(set(line.diagnoses) - {row.code for row in data.diagnoses}):
        yield f"{', '.join(unknown)} is not among the diagnoses of this request."
    if any(site.side not in ("", *Side) for site in line.sites):
        yield "A side is left, right, both sides or not stated."
    if _repeated((site.name, site.side) for site in line.sites):
        yield SITE_TWICE


def _treatment(trial: TreatmentData) -> Iterator[str]:
    if not trial.kind:
        yield "Say what kind of care was tried."
    if trial.from_date and trial.to_date and trial.to_date < trial.from_date:
        yield ENDS_BEFORE_START
    if trial.response not in ("", *Response):
        yield f"{trial.response!r} is no response to care."


def _repeated(values: Iterable[object]) -> list[object]:
    return [value for value, times in Counter(values).items() if times > 1]
