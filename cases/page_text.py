"""Passages of a page: word numbers or typed words to the quote cut from the page's own text, and a quote to its place. No query."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from authreview.errors import Incomplete
from cases.models import DocumentPage

LONGEST_QUOTE = 3000
NOT_A_PASSAGE = "This passage is not on that page. Select it again."
TOO_LONG = "This is more than one passage. Cite at most {:,} characters at a time."
EMPTY = "Select or type the passage that shows it."
NOT_FOUND = "These words do not stand on page {page} of {document}. Copy them from the page, word for word."
_ALIKE = {"'": "['‘’]", "‘": "['‘’]", "’": "['‘’]", '"': '["“”]', "“": '["“”]', "”": '["“”]', "-": "[-‐‑–]", "–": "[-‐‑–]"}


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words with their place in the page's text; typed from a scan they have none."""

    start: int | None
    end: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points from the top left of the page."""

    x: float
    y: float
    width: float
    height: float


def folded(text: str) -> str:
    """The same words with single spaces: line ends of a page are not part of what it says."""
    return " ".join(text.split())


def cut_quote(page: DocumentPage, first_word: int, last_word: int) -> Quote:
    """The passage from one word to another, both included, as the page says it. Raises Incomplete."""
    if not 0 <= first_word <= last_word < len(page.words):
        raise Incomplete(NOT_A_PASSAGE)
    start, end = int(page.words[first_word][0]), int(page.words[last_word][1])
    return _quote(start, end, page.text[start:end])


def find_quote(page: DocumentPage, text: str) -> Quote:
    """The passage with these words, whatever their spaces, quotation marks and capitals. On a page without text it is taken as typed.

    Raises Incomplete where the page does not say so.
    """
    words = text.split()
    if not words:
        raise Incomplete(EMPTY)
    if not page.words:
        return _quote(None, None, text)
    pattern = r"\s+".join("".join(_ALIKE.get(letter) or re.escape(letter) for letter in word) for word in words)
    found = re.search(pattern, page.text) or re.search(pattern, page.text, re.IGNORECASE)
    if found is None:
        raise Incomplete(NOT_FOUND.format(page=page.number, document=page.document.title))
    return _quote(found.start(), found.end(), found[0])


def boxes(words: Sequence[Sequence[float]], start: int, end: int) -> list[Box]:
    """What to mark for the characters from start to end: one rectangle for each printed line, whole words."""
    lines: list[list[Sequence[float]]] = []
    for word in words:
        if word[1] <= start or word[0] >= end:
            continue
        if lines and _on_one_line(lines[-1][-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_around(line) for line in lines]


def printed_lines(text: str, words: Sequence[Sequence[float]]) -> list[list[int]]:
    """Word numbers line by line, as they are printed."""
    lines: list[list[int]] = []
    for number, word in enumerate(words):
        before = words[number - 1] if number else None
        if before is None or "\n" in text[int(before[1]) : int(word[0])] or not _on_one_line(before, word):
            lines.append([])
        lines[-1].append(number)
    return lines


def _quote(start: int | None, end: int | None, text: str) -> Quote:
    quote = folded(text)
    if len(quote) > LONGEST_QUOTE:
        raise Incomplete(TOO_LONG.format(LONGEST_QUOTE))
    return Quote(start, end, quote)


def _on_one_line(before: Sequence[float], word: Sequence[float]) -> bool:
    middle = word[3] + word[5] / 2
    return before[3] <= middle <= before[3] + before[5] and word[2] >= before[2]


def _around(line: Sequence[Sequence[float]]) -> Box:
    left, top = min(word[2] for word in line), min(word[3] for word in line)
    right, bottom = max(word[2] + word[4] for word in line), max(word[3] + word[5] for word in line)
    return Box(round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2))
