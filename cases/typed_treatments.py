"""A line of text that names a treatment -> one trial, with its days, sessions and result. Pure; typed_facts.py is the way in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from criteria.enums import Response

from .treatment_names import PART_OF, TREATMENTS
from .typed_dates import NotADate, Written, in_order
from .typed_words import DENIED, Spans, Unclear, dates_of, day_of, left_over, mask, one_of, past, whole


@dataclass(frozen=True, slots=True)
class TreatmentFact:
    """One trial. What was not typed is empty; `note` holds words that are kept but count for nothing."""

    kind: str
    agent: str
    from_date: date | None = None
    to_date: date | None = None
    sessions: int | None = None
    response: str = ""
    note: str = ""


KIND = "treatment"
RESPONSE_WORDS = {
    Response.FAILED: "did not help",
    Response.PARTIAL: "helped a little",
    Response.HELPED: "helped",
    Response.NOT_TOLERATED: "not tolerated",
    Response.CONTRAINDICATED: "unsafe for the member",
}
_GOOD = r"(?:relief|benefit|improvement|response|effect|help)"
_MUCH = r"(?:lasting |significant |sustained |real |much |any |further )?"
_SLIGHT = r"(?:a )?(?:little|some|partial(?:ly)?|mild|minimal|minor|slight|temporary|short[- ]?term|brief|limited)"
_NEVER = r"(?:did not|didn't|does not|doesn't|has not|hasn't|never)"
# In this order: "no relief" is read before "relief".
_RESULTS: tuple[tuple[Response, re.Pattern[str]], ...] = (
    (
        Response.CONTRAINDICATED,
        one_of("contra-?indicated", "unsafe", r"allerg(?:y|ic)(?: to it)?", r"can(?:not|'t| not) (?:take|use)(?: it)?"),
    ),
    (
        Response.NOT_TOLERATED,
        one_of(
            r"(?:did not|didn't|could not|couldn't|cannot|can't|not) tolerated?",
            *("intoleran(?:t|ce)", "side effects?", r"adverse (?:effects?|reaction)"),
        ),
    ),
    (
        Response.FAILED,
        one_of(
            *(r"(?:has |have |had )?failed", "failure", "ineffective", "unsuccessful", "unhelpful", r"not (?:effective|helpful|helping)"),
            *(rf"no {_MUCH}{_GOOD}", rf"without {_MUCH}{_GOOD}", rf"{_NEVER} (?:help(?:ed)?|work(?:ed)?|respond|improved?)"),
        ),
    ),
    (
        Response.PARTIAL,
        one_of(rf"{_SLIGHT} {_GOOD}", r"helped (?:a little|some|somewhat|briefly|partly)", r"partial(?:ly)?(?: effective)?"),
    ),
    (
        Response.HELPED,
        one_of(
            r"(?:good |great |significant |complete |full )?(?:relief|benefit|improvement)",
            *("helped", "helps", "helpful", "effective", "improved", "resolved", "worked"),
        ),
    ),
)
_PLANNED = one_of(
    *("continue[sd]?", "advised?", "advice", "recommend(?:ed|s)?", "encouraged?", "will", "plan(?:ned|s)?", "refer(?:red|ral)?"),
    *("consider", "discussed", "ordered", "prescribed"),
)
_TAIL = (
    r"(?:x|for)\s?\d{1,3}\s?(?:days?|weeks?|wks?|months?|mos?|years?|yrs?)"
    r"|bid|tid|qid|qd|qhs|hs|prn|q\d{1,2}h|daily|nightly|weekly|monthly|once|twice|(?:two|three|four) times|times|\d+x"
    r"|a day|a week|(?:per|/) ?(?:day|week|wk)|at (?:night|bedtime)|as needed|po|by mouth"
    r"|tablets?|tabs?|caps(?:ules?)?|gel|cream|patch(?:es)?|ointment"
    r"|\d+(?:[.,/]\d+)*\s?(?:mg|mcg|g|ml|%|units?)?"
)
_AGENT_TAIL = re.compile(rf"(?:(?:[\s,]+|(?=/))(?:{_TAIL})(?![\w/|]|\s*sessions))+", re.IGNORECASE)
_SESSIONS = re.compile(
    r"(?<![\d/])(\d{1,3})(?:\s*(?:of|out of)\s*\d{1,3})?\s*(?:sessions?|visits?|appointments?)\b"
    r"|\bx\s?(\d{1,3})(?![\d/])(?!\s*(?:d|w|m|y))",
    re.IGNORECASE,
)
_SCORE = re.compile(r"\b(?:pain|vas|nprs|nrs|score)\s*(?:was |of |is )?\d{1,2}/10\b", re.IGNORECASE)
_FILLERS = one_of(
    *("from", "between", "stopped", "ended", "completed", "finished", "tried", "trial", "taken", "took"),
    *("of", "for", "with", "and", "the", "was", "were", "has", "had", "it", "in", "on", "at", "total", "then"),
)
_RANGE = re.compile(r"[\s,]*(?:-|to|through|thru|until|till|stopped|ended)\s*(?:on\s*)?", re.IGNORECASE)
_BEGINS = re.compile(r"\b(?:since|from|started|began|starting)\s*(?:on\s*)?$", re.IGNORECASE)
_ENDS = re.compile(r"\b(?:until|till|through|thru|stopped|ended)\s*(?:on\s*)?$", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:(?:to|until)\s+)?(?:present|now|current|today|ongoing|still)\b", re.IGNORECASE)
_SPELLED_OUT = frozenset({"pt", "p.t.", "hep", "apap"})


def read_treatment(words: str, names: Sequence[str], today: date) -> TreatmentFact:
    """`names`: the treatments found in the text, in its order, at least one. Raises Unclear."""
    kind = _one_kind(names)
    if planned := _PLANNED.search(words):
        raise Unclear(f"“{planned.group()}” shows a plan, not a trial. A trial has a start, an end and a result.", KIND)
    (first, last), spans = _days(words, today)
    text = mask(words, spans)
    sessions, text = _count_sessions(text)
    response, text = _result(text)
    agent, text = _agent(words, text, next(name for name in names if TREATMENTS[name][0] == kind))
    for name in names:
        text = mask(text, [match.span() for match in re.finditer(whole(name), text, re.IGNORECASE)])
    if denied := DENIED.search(text):
        raise Unclear(f"What “{denied.group()}” goes with was not understood.", KIND)
    return TreatmentFact(kind, agent[:120], first, last, sessions, response, left_over(_FILLERS.sub(" ", text)))


def _one_kind(names: Sequence[str]) -> str:
    """The kind of the trial, where all names are one treatment or parts of it."""
    kinds = list(dict.fromkeys(TREATMENTS[name][0] for name in names))
    kind = next((each for each in kinds if set(kinds) - {each} <= PART_OF.get(each, frozenset())), "")
    common = {TREATMENTS[name][1] for name in names if TREATMENTS[name][0] == kind}
    if not kind or len(common) > 1:
        raise Unclear(f"More than one treatment: {', '.join(names)}. One at a time.", KIND)
    return kind


def _agent(words: str, text: str, name: str) -> tuple[str, str]:
    """The name with its dose and how often, and the text without them."""
    place = re.search(whole(name), text, re.IGNORECASE)
    if place is None:  # the name was part of what has been read already
        return TREATMENTS[name][1], text
    tail = _AGENT_TAIL.match(text, place.end())
    end = tail.end() if tail else place.end()
    said = TREATMENTS[name][1] if name in _SPELLED_OUT else words[place.start() : place.end()]
    return (said + words[place.end() : end]).strip(" ,"), mask(text, [(place.start(), end)])


def _days(words: str, today: date) -> tuple[tuple[date | None, date | None], Spans]:
    """First and last day, and what was read for them. A score such as "pain 7/10" is no date."""
    readable = mask(words, [match.span() for match in _SCORE.finditer(words)])
    dates = [each for each in dates_of(readable, today, KIND) if each.text.lower() != "may"]
    if not dates:
        return (None, None), []
    if len(dates) > 2:
        raise Unclear("More than two dates: a trial has a first day and a last day.", KIND)
    if len(dates) == 1:
        return _one_day(words, dates[0], today)
    first, last = dates
    between = words[first.end : last.start]
    both = between.strip() == "and" and re.search(r"\bbetween\s*$", words[: first.start], re.IGNORECASE)
    if not both and not _RANGE.fullmatch(between):
        raise Unclear(f"How “{first.text}” and “{last.text}” belong together was not understood.", KIND)
    try:
        first, last = in_order(first, last, today)
    except NotADate as wrong:
        raise Unclear(str(wrong), KIND) from None
    begun, ended = day_of(past(first, today, KIND), KIND), day_of(past(last, today, KIND), KIND)
    if ended < begun:
        raise Unclear(f"“{last.text}” is before “{first.text}”: a trial cannot end before it starts.", KIND)
    return (begun, ended), [(first.start, last.end)]


def _one_day(words: str, written: Written, today: date) -> tuple[tuple[date | None, date | None], Spans]:
    day = day_of(past(written, today, KIND), KIND)
    before, after = words[: written.start], words[written.end :]
    skipped = len(after) - len(after.lstrip(" -"))
    on = _GOES_ON.match(after, skipped)
    if begins := _BEGINS.search(before):
        return (day, None), [(begins.start(), written.end + (on.end() if on else 0))]
    if on:
        return (day, None), [(written.start, written.end + on.end())]
    if ends := _ENDS.search(before):
        return (None, day), [(ends.start(), written.end)]
    raise Unclear(f"Is “{written.text}” the first day or the last?", KIND)


def _count_sessions(text: str) -> tuple[int | None, str]:
    matches = list(_SESSIONS.finditer(text))
    counts = {int(match.group(1) or match.group(2)) for match in matches}
    if len(counts) > 1:
        raise Unclear("More than one number of sessions.", KIND)
    return next(iter(counts), None), mask(text, [match.span() for match in matches])


def _result(text: str) -> tuple[str, str]:
    """How it went, and the text without those words. Two different results are none."""
    found: list[Response] = []
    for response, pattern in _RESULTS:
        spans = [match.span() for match in pattern.finditer(text)]
        if spans:
            found.append(response)
            text = mask(text, spans)
    if len(found) > 1:
        raise Unclear(f"Two results: {' and '.join(RESPONSE_WORDS[each] for each in found)}. Which one holds?", KIND)
    return (found[0].value if found else ""), text
