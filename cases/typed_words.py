"""What the readers of typed facts share: patterns, names in a text, masking what was read, dates that have passed. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from .typed_dates import NotADate, Written, find_dates, not_after

Spans = Sequence[tuple[int, int]]


class Unclear(Exception):
    """The sentence to say, and the kind of fact whose example helps."""

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


def one_of(*alternatives: str) -> re.Pattern[str]:
    """Any of the alternatives as whole words, whatever their case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


# Words that turn a statement round. What they stand with is not taken for a fact.
DENIED = one_of(
    *("not", "no", "never", "none", "denie[sd]", "without", "didn't", "doesn't", "hasn't", "isn't", "wasn't"),
    *("unknown", "unclear", "maybe", "possibl[ey]", "negative"),
)


def whole(name: str) -> str:
    """A pattern for a name as whole words, with a plural s or without."""
    words = [re.escape(word) for word in name.split()]
    return rf"(?<![\w-]){SPACES.join(words)}s?(?![\w-])" if words else r"(?!)"


SPACES = r"\s+"


def names_in(words: str, names: Iterable[str]) -> list[str]:
    """Which of the names stand in a text, in its order; a longer name hides a shorter one inside it."""
    found: dict[int, str] = {}
    rest = words
    for name in sorted(dict.fromkeys(names), key=len, reverse=True):
        for match in re.finditer(whole(name), rest, re.IGNORECASE):
            if name not in found.values():
                found[match.start()] = name
            rest = mask(rest, [match.span()])
    return [found[place] for place in sorted(found)]


def mask(text: str, spans: Spans) -> str:
    """The text with what has been read replaced, so that places stay and nothing reads across the gap."""
    for start, end in spans:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text


def left_over(masked: str) -> str:
    """What nobody has read, without loose punctuation."""
    words = masked.replace("|", " ").replace("(", " ").replace(")", " ").split()
    return " ".join(word for word in words if re.search(r"\w", word)).strip(" ,.;:-")


def dates_of(words: str, today: date, kind: str) -> list[Written]:
    try:
        return find_dates(words, today)
    except NotADate as wrong:
        raise Unclear(str(wrong), kind) from None


def past(written: Written, today: date, kind: str) -> Written:
    """A date that has come, its year filled in."""
    try:
        dated = not_after(written, today)
    except NotADate as wrong:
        raise Unclear(str(wrong), kind) from None
    if dated.first_day() > today:
        raise Unclear(f"“{written.text}” is after today.", kind)
    return dated


def day_of(written: Written, kind: str) -> date:
    if not written.complete:
        raise Unclear(f"“{written.text}” names no day.", kind)
    return written.first_day()
