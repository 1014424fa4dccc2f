"""Wording that is checked by rule: codes and acronyms, vague words of a record, the question of a case.

Pure. What a letter must contain is letters/requirements.py; how hard a text is to read is authreview/reading_ease.py.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
}


def long_date(day: date, language: str = "en") -> str:
    """ "March 9, 2026", "9 de marzo de 2026"."""
    if language == "es":
        return f"{day.day} de {MONTHS['es'][day.month - 1]} de {day.year}"
    return f"{MONTHS['en'][day.month - 1]} {day.day}, {day.year}"


def joined(parts: Iterable[str], language: str = "en") -> str:
    """ "a, b and c"; in Spanish "a, b y c", with "e" before the sound of i."""
    words = [part for part in parts if part]
    if len(words) < 2:
        return "".join(words)
    link = "and"
    if language == "es":
        link = "e" if re.match(r"h?[ií](?![aeou])", words[-1], re.IGNORECASE) else "y"
    return f"{', '.join(words[:-1])} {link} {words[-1]}"


# ---- the question of a case -----------------------------------------------------------------------------------------------------
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# How a reviewer says what a code set says.
SAID_AS = {
    "cervicalgia": "neck pain",
    "myofascial pain syndrome": "myofascial pain",
    "pain in thoracic spine": "upper back pain",
    "myalgia, other site": "muscle pain",
    "headache, unspecified": "headache",
}


def case_question(procedures: Sequence[str], diagnoses: Sequence[str], *, past: bool = False) -> str:
    """One sentence from the names of procedures and diagnoses, in their order; several of one family ("nerve block") are counted.

    `past`: the service has been given already. Without a diagnosis the question ends sooner; without a procedure it is about "this care".
    """
    things = _families([_small(name) for name in procedures]) or ["this care"]
    many = len(things) > 1 or _is_plural(things[0])
    verb = ("Were" if many else "Was") if past else ("Are" if many else "Is")
    subject = joined(thing if _is_plural(thing) or thing == "this care" else _one(thing) for thing in things)
    for_what = joined(dict.fromkeys(SAID_AS.get(_small(each).casefold(), _small(each)) for each in diagnoses))
    return f"{verb} {subject} medically necessary" + (f" for {for_what}" if for_what else "") + "?"


FAMILIES = {"block": "nerve block", "blocks": "nerve block"}  # a word of a name -> the family's


def _families(names: Sequence[str]) -> list[str]:
    """Several names of one family are counted: "three nerve blocks". A name asked for twice counts once."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        family = next((FAMILIES[word] for word in name.lower().split() if word in FAMILIES), "")
        groups.setdefault(family or _singular(" ".join(name.split()[-2:])), []).append(name)
    return [group[0] if len(group) == 1 else f"{_number(len(group))} {family}s" for family, group in groups.items()]


def _number(count: int) -> str:
    return COUNTS[count] if count < len(COUNTS) else str(count)


def _singular(words: str) -> str:
    return words[:-1] if _is_plural(words) else words


def _is_plural(words: str) -> bool:
    return words.endswith("s") and not words.endswith(("ss", "is", "us"))


def _one(thing: str) -> str:
    """With its article; an acronym's is that of its first letter as it is spoken: "an MRI"."""
    if thing.startswith("other "):
        return f"an{thing}"
    first = thing.split(" ", 1)[0]
    vowel = first[0] in "AEFHILMNORSX" if len(first) > 1 and first.isupper() else first[0].lower() in "aeiou"
    return f"{'an' if vowel else 'a'} {thing}"


def _small(name: str) -> str:
    """A name inside a sentence: its first letter small, unless the word is an acronym or a name with digits."""
    name = " ".join(name.split())
    first = name.split(" ", 1)[0]
    return name if len(first) > 1 and not first[1:].islower() and not first[1:].replace("-", "").islower() else name[:1].lower() + name[1:]


# ---- what a member's text must not hold -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class WordingProblem:
    """`kind`: code, acronym or law; `text` is what was found."""

    kind: str
    text: str
    sentence: str


EXPLAINED = frozenset({"TTY", "OK"})
_PROCEDURE_CODE = re.compile(r"\b\d{5}\b|\b[A-V]\d{4}\b")
_DIAGNOSIS_CODE = re.compile(r"\b[A-TV-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?\b")
_ACRONYM = re.compile(r"\b[A-Z]{2,}s?\b")
_LAW = re.compile(r"§|\b\d+\s+(?:CFR|C\.F\.R\.|U\.?S\.?C\.?)(?:\s*§?\s*[\d.]+)?|\b(?:CFR|USC)\b")


def lint(text: str, explained: Collection[str] = EXPLAINED) -> list[WordingProblem]:
    """Codes, law references, and acronyms that the text does not explain: "(TPI)" after its words, or words in brackets right after it."""
    laws = dict.fromkeys(match.group() for match in _LAW.finditer(text))
    problems = [WordingProblem("law", law, f"“{law}” is a law reference. Say what it means for the member.") for law in laws]
    rest = _LAW.sub(" ", text)
    for pattern, what in ((_PROCEDURE_CODE, "a procedure code"), (_DIAGNOSIS_CODE, "a diagnosis code")):
        codes = dict.fromkeys(pattern.findall(rest))
        problems += [WordingProblem("code", code, f"“{code}” looks like {what}. Say it in words.") for code in codes]
        rest = pattern.sub(" ", rest)
    known = {word.upper() for word in explained}
    for acronym in dict.fromkeys(_ACRONYM.findall(rest)):
        if acronym.removesuffix("s") in known or re.search(rf"[^\W\d_]\s*\(“?{acronym}”?\)|\b{acronym}\s*\([^)]*[a-z]{{3}}", rest):
            continue
        problems.append(WordingProblem("acronym", acronym, f"“{acronym}” is not explained. Write it out, or say what it means."))
    return problems


# ---- words in a record that sound like an answer and are none -------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class VagueWord:
    """Where a vague word stands in a text. `about`: duration, trial, diagnosis or exam."""

    text: str
    start: int
    end: int
    about: str
    hint: str


HINTS = {
    "duration": "This is no date. Look for the day it began, or ask for it.",
    "trial": "This shows a plan, not a trial. A trial has a start, an end and a result.",
    "diagnosis": "This does not confirm a diagnosis.",
    "exam": "Tenderness is not a trigger point. Look for a taut band, a knot, a twitch or referred pain.",
}
_VAGUE = {
    "duration": ("couple", "few", "several", "some time", "long-standing", "longstanding", "unknown", "chronic"),
    "trial": ("continue", "continued", "continues", "advised", "advice", "recommended", "encouraged", "as needed", "prn"),
    "diagnosis": (
        "possible",
        "possibly",
        "probable",
        "probably",
        "suspected",
        "rule out",
        "r/o",
        "likely",
        "presentation noted",
        "consistent with",
    ),
    "exam": ("tender", "tenderness"),
}
_ABOUT = {word: about for about, words in _VAGUE.items() for word in words}
_VAGUE_WORD = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, _ABOUT), key=len, reverse=True))})\b", re.IGNORECASE)
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b")
_POINT = re.compile(r"trigger point|taut band|twitch|referred pain|nodule|knot", re.IGNORECASE)


def vague_words(text: str) -> list[VagueWord]:
    """In their order. "Chronic" with a date in its sentence, and tenderness beside a trigger point, are not vague."""
    found: list[VagueWord] = []
    for match in _VAGUE_WORD.finditer(text):
        word = match.group().lower()
        around = _sentence_around(text, match.start())
        if (word == "chronic" and _DATED.search(around)) or (_ABOUT[word] == "exam" and _POINT.search(around)):
            continue
        found.append(VagueWord(match.group(), match.start(), match.end(), _ABOUT[word], HINTS[_ABOUT[word]]))
    return found


def _sentence_around(text: str, at: int) -> str:
    start = max((text.rfind(mark, 0, at) for mark in ".!?;"), default=-1) + 1
    ends = [end for mark in ".!?;" if (end := text.find(mark, at)) >= 0]
    return text[start : min(ends, default=len(text))]
