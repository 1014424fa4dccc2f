"""How hard a text is to read: Flesch-Kincaid for English, Fernández Huerta for Spanish; and the sentences that are too long.

Pure. Letters and the editor of policies both say it beside the text.
"""

import re
from functools import cache

import pyphen

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\s”\")\]]|$)|[:;]\s|\n+")


def reading_grade(text: str, language: str = "en") -> float | None:
    """Flesch-Kincaid grade of an English text, one decimal, never below 0. None without words, and for other languages."""
    if language != "en":
        return None
    counted = _counts(text, language)
    if counted is None:
        return None
    words, sentences, syllables = counted
    return max(round(0.39 * words / sentences + 11.8 * syllables / words - 15.59, 1), 0.0)


def reading_label(text: str, language: str = "en") -> str:
    """How hard a text is to read, with the measure's name; empty for no words. Spanish: the Fernández Huerta scale, which has no grades."""
    counted = _counts(text, language)
    if counted is None:
        return ""
    if language == "en":
        return f"reading grade {reading_grade(text)} (Flesch-Kincaid)"
    if language != "es":
        return "reading ease is not measured in this language"
    words, sentences, syllables = counted
    ease = round(206.84 - 60 * syllables / words - 1.02 * words / sentences)
    level = next((level for least, level in EASE if ease >= least), "very hard")
    return f"{level} to read ({ease} of 100, Fernández Huerta)"


EASE = ((90, "very easy"), (80, "easy"), (70, "fairly easy"), (60, "neither easy nor hard"), (50, "fairly hard"), (30, "hard"))


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE_END.split(text) if part and _WORD.search(part)]


def _counts(text: str, language: str) -> tuple[int, int, int] | None:
    words = _WORD.findall(text)
    if not words:
        return None
    count = spanish_syllables if language == "es" else english_syllables
    return len(words), len(_sentences(text)), sum(count(word) for word in words)


@cache
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")


@cache
def english_syllables(word: str) -> int:
    """Hyphenation finds too few syllables in short words, groups of vowels too few in others: the larger count holds."""
    small = re.sub(r"[^a-z]", "", word.lower())
    if not small:
        return 1
    # silent: the e of "nerves" and "asked", not that of "services", "muscles", "needed"; a last e but that of "table"
    sounded = re.sub(r"(?:(?<=[^aeiouysxzcglh])|(?<=[aeiouy]l)|(?<=th))es$|(?<=[^aeiouytd])ed$|(?:(?<=[^l])|(?<=[aeiouy]l))e$", "", small)
    groups = len(re.findall(r"[aeiouy]+", sounded))
    return max(groups, 1, len(_hyphens().positions(small)) + 1 if len(small) > 4 else 1)


@cache
def spanish_syllables(word: str) -> int:
    """One a vowel, but a weak vowel (i, u, final y) without an accent joins its neighbour; the u of que, qui, gue, gui is silent."""
    small = re.sub(r"(?<=[qg])u(?=[eiéí])", "", word.lower())
    small = re.sub(r"y$", "i", small)  # elsewhere y is a consonant
    count, before = 0, ""
    for letter in small:
        if letter in "aeoáéóíúiuü":
            joins = before != "" and (letter in "iuü" or before in "iuü") and not (letter in "íú" or before in "íú")
            count += not joins
            before = letter
        else:
            before = ""
    return max(count, 1)
