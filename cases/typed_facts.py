"""What a nurse types into a checklist row -> a fact: "8/10/25", "naproxen 500 bid 9/1-10/20 failed", "tpi 1/12/26", "M54.81 confirmed".

Pure, and never raises. Nothing is guessed: what is not understood, or could mean two things, comes back as a sentence with an example.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from criteria.enums import Certainty, Response, Side

from .treatment_names import DIAGNOSES, MUSCLES, PROCEDURES, TREATMENTS
from .typed_dates import in_words
from .typed_treatments import RESPONSE_WORDS, TreatmentFact, read_treatment
from .typed_words import DENIED, Unclear, dates_of, day_of, left_over, mask, names_in, one_of, past, whole

__all__ = [
    "EXAMPLES",
    "DiagnosisFact",
    "ExamFact",
    "NotUnderstood",
    "OnsetFact",
    "SessionFact",
    "TreatmentFact",
    "TypedFact",
    "describe",
    "parse",
]


@dataclass(frozen=True, slots=True)
class OnsetFact:
    """`value` as the facts have it: YYYY, YYYY-MM or YYYY-MM-DD."""

    value: str


@dataclass(frozen=True, slots=True)
class SessionFact:
    """An earlier sitting. `codes`: those that it may have been, the line's own if it is among them; empty where no procedure was named."""

    codes: tuple[str, ...]
    name: str
    date: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosisFact:
    code: str
    certainty: str


@dataclass(frozen=True, slots=True)
class ExamFact:
    """A trigger point found in one muscle. Without a side it covers every side."""

    site: str
    side: str = ""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    sentence: str


TypedFact = OnsetFact | TreatmentFact | SessionFact | DiagnosisFact | ExamFact

EXAMPLES: Mapping[str, str] = {
    "onset": "8/10/25, or Aug 2025",
    "treatment": "naproxen 500 bid 9/1-10/20 failed",
    "session": "tpi 1/12/26",
    "diagnosis": "M54.81 confirmed",
    "exam": "trigger points masseter both sides",
}
LONGEST = 300


def parse(text: str, today: date, *, expecting: str = "", sites: Sequence[str] = ()) -> TypedFact | NotUnderstood:
    """One fact from one line of text. `expecting` (a key of EXAMPLES) is what the row asks for: it decides what a bare date or muscle
    means, and which example is shown. `sites`: names of the line's muscles and nerves, tried before the common ones.
    """
    words = " ".join(text.replace("–", "-").replace("—", "-").replace("’", "'").split()).strip(" .;,")
    try:
        return _parse(words, today, expecting, sites)
    except Unclear as unclear:
        example = EXAMPLES.get(unclear.kind or expecting, "8/10/25, or naproxen 500 bid 9/1-10/20 failed")
        return NotUnderstood(f"{unclear.args[0]} Type it like this: {example}.")


def _parse(words: str, today: date, expecting: str, sites: Sequence[str]) -> TypedFact:
    if not words:
        raise Unclear("Nothing was typed.")
    if len(words) > LONGEST:
        raise Unclear(f"This is longer than {LONGEST} letters. One fact at a time.")
    if "?" in words:
        raise Unclear("A question mark leaves open whether it is so.")
    if names_in(words, PROCEDURES) or _PROCEDURE_CODE.search(words):
        return _session(words, today)
    muscles = names_in(words, [*sites, *MUSCLES])
    if muscles and (expecting == "exam" or _EXAM_WORDS.search(words)):
        return _exam(words, muscles)
    if treatments := names_in(words, TREATMENTS):
        return read_treatment(words, treatments, today)
    if _DIAGNOSIS_CODE.search(words) or names_in(words, DIAGNOSES):
        return _diagnosis(words)
    return _bare_date(words, today, expecting)


# ---- a date alone ---------------------------------------------------------------------------------------------------------------
_ONSET_WORDS = one_of(
    *("onset", "since", "began", "begun", "start(?:ed)?", "first", "noticed", "from", "on", "in", "of", "the", "date"),
    *("pain", "symptoms?", "headaches?", "neck", "shoulders?", "back", "and", "has", "had", "have", "been", "is", "was"),
)
_NO_DATE = one_of(
    *("about", "around", r"approx\w*", "circa", "early", "mid", "late", "summer", "winter", "spring", "fall", "autumn", "ago"),
    *("couple", "few", "several", "unknown", "chronic", "long-?standing", "years?", "months?", "weeks?", "days?", "before", "after"),
)


def _bare_date(words: str, today: date, expecting: str) -> OnsetFact | SessionFact:
    if vague := _NO_DATE.search(words) or re.search("~", words):
        raise Unclear(f"“{vague.group()}” is no date.", "onset")
    dates = dates_of(words, today, "onset")
    rest = left_over(_ONSET_WORDS.sub(" ", mask(words, [(each.start, each.end) for each in dates])))
    if rest or not dates:
        raise Unclear(f"Not understood: “{rest or words}”.")
    if len(dates) > 1:
        raise Unclear("More than one date: which one counts?", "onset")
    (written,) = dates
    if written.text[:1].isalpha() and written.year is None and written.day and today.year % 100 - 9 <= written.day <= today.year % 100:
        raise Unclear(f"“{written.text}” may be a day or a year.", "onset")
    if expecting == "session":
        return SessionFact((), "", day_of(past(written, today, "session"), "session"))
    return OnsetFact(past(written, today, "onset").iso)


# ---- an earlier session ---------------------------------------------------------------------------------------------------------
_PROCEDURE_CODE = re.compile(r"\b(?:2055[23]|20610|64\d{3})\b", re.ASCII)


def _session(words: str, today: date) -> SessionFact:
    names, written_codes = names_in(words, PROCEDURES), list(dict.fromkeys(_PROCEDURE_CODE.findall(words)))
    lay = list(dict.fromkeys(PROCEDURES[name][1] for name in names))
    if len(lay) > 1 or len(written_codes) > 1:
        raise Unclear(f"More than one procedure: {', '.join(lay if len(lay) > 1 else written_codes)}. One at a time.", "session")
    spans = [match.span() for each in (*names, *written_codes) for match in re.finditer(whole(each), words, re.IGNORECASE)]
    dates = dates_of(mask(words, spans), today, "session")
    if len(dates) != 1:
        raise Unclear("An earlier session has one day." if dates else "The day of the session is missing.", "session")
    day = day_of(past(dates[0], today, "session"), "session")
    rest = mask(words, [*spans, (dates[0].start, dates[0].end)])
    if denied := DENIED.search(rest):
        raise Unclear(f"What “{denied.group()}” goes with was not understood.", "session")
    codes = tuple(written_codes) or PROCEDURES[names[0]][0]
    return SessionFact(codes, lay[0] if lay else written_codes[0], day, left_over(re.sub(r"\b(?:on|last|done|given|of|the)\b", " ", rest)))


# ---- a diagnosis ----------------------------------------------------------------------------------------------------------------
_DIAGNOSIS_CODE = re.compile(r"\b([A-TV-Z]\d[\dAB])\.?([\dA-Z]{1,4})?\b", re.IGNORECASE | re.ASCII)
_POSSIBLE = one_of(
    *("possibl[ey]", "probabl[ey]", "suspected", "suspicion", "likely", "rule out", "r/o", "questionable", "presumed"),
    *("unconfirmed", r"not (?:yet )?confirmed"),
)
_CONFIRMED = one_of("confirmed", "definite", "established")


def _diagnosis(words: str) -> DiagnosisFact:
    codes = {f"{match.group(1)}.{match.group(2)}" if match.group(2) else match.group(1) for match in _DIAGNOSIS_CODE.finditer(words)}
    codes = {code.upper() for code in codes} or {DIAGNOSES[name] for name in names_in(words, DIAGNOSES)}
    if len(codes) > 1:
        raise Unclear(f"More than one diagnosis: {', '.join(sorted(codes))}. One at a time.", "diagnosis")
    (code,) = codes
    rest = _POSSIBLE.sub("|", words)
    possible, confirmed = rest != words, bool(_CONFIRMED.search(rest))
    if possible == confirmed or DENIED.search(rest):
        raise Unclear(f"Is {code} confirmed or possible?", "diagnosis")
    return DiagnosisFact(code, (Certainty.CONFIRMED if confirmed else Certainty.POSSIBLE).value)


# ---- an exam finding ------------------------------------------------------------------------------------------------------------
_EXAM_WORDS = one_of("trigger", "taut", "twitch", "nodules?", "knots?", r"palpa\w*", r"tender\w*", "tps?")
_FOUND = one_of("trigger points?", "taut bands?", "twitch", "nodules?", "knots?", "tps?")
_SIDES = (
    (Side.BILATERAL, one_of("bilateral(?:ly)?", "both", "b/l", "left and right", "right and left")),
    (Side.LEFT, one_of("left", "l", "lt")),
    (Side.RIGHT, one_of("right", "r", "rt")),
)


def _exam(words: str, muscles: Sequence[str]) -> ExamFact:
    if denied := DENIED.search(words):
        raise Unclear(f"“{denied.group()}”: an exam that found nothing is marked on the row.", "exam")
    if re.search(r"\btender\w*", words, re.IGNORECASE) and not _FOUND.search(words):
        raise Unclear("Tenderness is not a trigger point.", "exam")
    if len({name.casefold() for name in muscles}) > 1:
        raise Unclear(f"More than one muscle: {', '.join(muscles)}. One at a time.", "exam")
    rest, sides = words, []
    for side, pattern in _SIDES:
        spans = [match.span() for match in pattern.finditer(rest)]
        if spans:
            sides.append(side.value)
            rest = mask(rest, spans)
    if len(sides) > 1:
        raise Unclear(f"More than one side: {', '.join(sides)}.", "exam")
    return ExamFact(muscles[0], sides[0] if sides else "")


# ---- said back ------------------------------------------------------------------------------------------------------------------
def describe(fact: TypedFact) -> str:
    """What was understood, in words, and what of it is still missing."""
    match fact:
        case OnsetFact(value):
            return f"began {in_words(value)}" + ("" if len(value) == 10 else ", day not given" if len(value) == 7 else ", month not given")
        case TreatmentFact():
            return _describe_treatment(fact)
        case SessionFact(_, name, day, note):
            return f"{name or 'earlier session'} on {in_words(day.isoformat())}" + (f" (note: {note})" if note else "")
        case DiagnosisFact(code, certainty):
            return f"{code}, {certainty}"
        case ExamFact(site, side):
            return f"trigger point found: {site}, {'both sides' if side == Side.BILATERAL else side or 'side not given'}"


def _describe_treatment(fact: TreatmentFact) -> str:
    first, last = (in_words(day.isoformat()) if day else "" for day in (fact.from_date, fact.to_date))
    parts = [fact.agent]
    if first and last:
        parts.append(f"{first} to {last}")
    elif first or last:
        parts.append(f"from {first}, last day not given" if first else f"until {last}, first day not given")
    elif fact.response != Response.CONTRAINDICATED:  # needs no dates
        parts.append("dates not given")
    if fact.sessions is not None:
        parts.append(f"{fact.sessions} session{'' if fact.sessions == 1 else 's'}")
    parts.append(RESPONSE_WORDS[Response(fact.response)] if fact.response else "result not given")
    return ", ".join(parts) + (f" (note: {fact.note})" if fact.note else "")
