"""Text without pages (plain text, DOCX) laid out on letter-size pages: each word gets its place and is cited as in a PDF."""

import re
from collections.abc import Callable, Iterable, Iterator

from .contents import ReadPage, Unreadable, Word

WIDTH, HEIGHT, MARGIN, LINE = 612.0, 792.0, 36.0, 15.0
SIZE = 11.25  # points; the viewer draws words of these pages at three quarters of their line
COLUMN = SIZE * 0.6  # 80 columns between the margins
TOO_LONG = "This file would fill more than {:,} pages. Split it and attach the parts."

Measure = Callable[[str], float]
_PARTS = re.compile(r"(\s*)(\S+)")


def fixed(text: str) -> float:
    """Width in points where every character is as wide as any other: columns of a plain text stay columns."""
    return len(text) * COLUMN


class _Sheet:
    """One page being filled."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.length = 0
        self.words: list[Word] = []
        self.y = MARGIN

    def write(self, text: str) -> None:
        self.text.append(text)
        self.length += len(text)

    def place(self, word: str, x: float, width: float) -> None:
        self.words.append([self.length, self.length + len(word), round(x, 2), self.y, round(width, 2), LINE])
        self.write(word)

    def finished(self) -> ReadPage:
        return ReadPage(WIDTH, HEIGHT, "".join(self.text), self.words)


def lay_out(lines: Iterable[str], measure: Measure, most_pages: int) -> tuple[ReadPage, ...]:
    """Lines broken at words to fit the page; a form feed begins a new one. Raises Unreadable where there is no end to it."""
    pages: list[ReadPage] = []
    sheet = _Sheet()
    for line in _printed(lines, measure):
        if line is None or sheet.y + LINE > HEIGHT - MARGIN:
            pages.append(sheet.finished())
            sheet = _Sheet()
            if len(pages) >= most_pages:
                raise Unreadable(TOO_LONG.format(most_pages))
        if line is None:
            continue
        if sheet.y > MARGIN:
            sheet.write("" if line and line[0][0] is None else "\n")
        for gap, word, x, width in line:
            sheet.write(gap or "")
            sheet.place(word, x, width)
        sheet.y += LINE
    return (*pages, sheet.finished())


_Placed = tuple[str | None, str, float, float]  # the space before it (None: it goes on the word above), the word, x, width


def _printed(lines: Iterable[str], measure: Measure) -> Iterator[list[_Placed] | None]:
    """Printed lines; None is a page break."""
    for source in lines:
        parts = source.split("\f")
        for number, line in enumerate(parts):
            if number:
                yield None
            if line or len(parts) == 1:
                yield from _wrapped(line.expandtabs(8), measure)


def _wrapped(line: str, measure: Measure) -> Iterator[list[_Placed]]:
    room, x = WIDTH - MARGIN + 0.01, MARGIN  # a line of exactly 80 columns is not broken by rounding
    placed: list[_Placed] = []
    for match in _PARTS.finditer(line):
        gap, word = match[1], match[2]
        x, width = x + measure(gap), measure(word)
        if placed and x + width > room:
            yield placed
            placed, gap, x = [], "", MARGIN
        x = min(x, room - COLUMN)
        first: str | None = gap
        while len(word) > 1 and x + width > room:
            fits = max(1, min(len(word) - 1, int(len(word) * (room - x) / width)))
            yield [*placed, (first, word[:fits], x, measure(word[:fits]))]
            placed, first, word, x = [], None, word[fits:], MARGIN
            width = measure(word)
        placed.append((first, word, x, width))
        x += width
    yield placed
