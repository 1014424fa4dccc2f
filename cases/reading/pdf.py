"""PDF files: words with their boxes, and page images. The only place that opens them; PDFium is not safe for two threads at once."""

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import pypdfium2 as pdfium
from pypdfium2 import raw

from .contents import PageImage, ReadPage, Unreadable, Word
from .picture import encoded

DPI = 110
LONGEST_SIDE = 2200  # pixels: a poster is drawn smaller, not refused
MOST_CHARACTERS = 60_000  # of one page; a full page of small print has some 8,000
ENCRYPTED = "This PDF is locked with a password. Ask the sender for one without, or print it to a new PDF and attach that."
DAMAGED = "This PDF is damaged and cannot be opened. Ask the sender for it again."
FINE = 100  # PDFium gives whole pixels; a hundred of them to the point is exact enough

_one_at_a_time = threading.Lock()
_Box = tuple[float, float, float, float]
_Placement = Callable[[float, float], tuple[float, float]]


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    with _one_at_a_time:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            raise Unreadable(ENCRYPTED if error.err_code == raw.FPDF_ERR_PASSWORD else DAMAGED) from error
        try:
            if len(document) == 0:
                raise Unreadable(DAMAGED)
            yield document
        finally:
            document.close()


def read(data: bytes, most_pages: int) -> tuple[ReadPage, ...]:
    """Every page with its text. Raises Unreadable where the file is locked, damaged or too long."""
    with _opened(data) as document:
        if len(document) > most_pages:
            raise Unreadable(f"This PDF has {len(document):,} pages; the limit is {most_pages:,}. Split it and attach the parts.")
        try:
            return tuple(_page(document, index) for index in range(len(document)))
        except pdfium.PdfiumError as error:
            raise Unreadable(DAMAGED) from error


def image(data: bytes, number: int) -> PageImage:
    """Page `number`, from 1, as a picture."""
    with _opened(data) as document:
        page = document[number - 1]
        scale = min(DPI / 72, LONGEST_SIDE / max(page.get_size()))
        picture = page.render(scale=scale).to_pil()
        page.close()
    return encoded(picture)


def _page(document: pdfium.PdfDocument, index: int) -> ReadPage:
    page = document[index]
    width, height = page.get_size()
    text_page = page.get_textpage()
    try:
        text, words = _words(text_page, _placement(page, width, height))
    finally:
        text_page.close()
        page.close()
    return ReadPage(round(width, 2), round(height, 2), text, words)


def _placement(page: pdfium.PdfPage, width: float, height: float) -> _Placement:
    """From the page's own coordinates to points from the top left of what is seen: crop and rotation are in here."""

    def device(x: float, y: float) -> tuple[float, float]:
        left, top = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, round(width * FINE), round(height * FINE), 0, x, y, left, top)
        return left.value / FINE, top.value / FINE

    (x0, y0), (x1, y1), (x2, y2) = device(0, 0), device(1000, 0), device(0, 1000)
    a, b, c, d = (x1 - x0) / 1000, (x2 - x0) / 1000, (y1 - y0) / 1000, (y2 - y0) / 1000
    return lambda x, y: (x0 + a * x + b * y, y0 + c * x + d * y)


def _words(text_page: pdfium.PdfTextPage, place: _Placement) -> tuple[str, list[Word]]:
    """Characters grouped into words. A word that is broken over two lines becomes two, with no space between them."""
    text: list[str] = []
    runs: list[_Run] = []
    spelled: list[int] = []  # numbers of the characters of the word in hand
    for index, letter in enumerate(_characters(text_page)):
        if not letter:
            continue
        if not letter.isspace():
            spelled.append(index)
            text.append(letter)
            continue
        runs += _runs(text_page, spelled, len(text))
        spelled = []
        if letter != "\n" or not text or text[-1] != "\n":
            text.append(letter)
    runs += _runs(text_page, spelled, len(text))
    return "".join(text), [run.placed(place) for run in runs]


def _characters(text_page: pdfium.PdfTextPage) -> list[str]:
    """The page's characters by PDFium's numbers; an empty one is left out of the text."""
    count = min(text_page.count_chars(), MOST_CHARACTERS)
    whole = text_page.get_text_range(0, count)
    if len(whole) == count:  # one call, unless PDFium left characters out of it
        return [_letter(ord(letter)) for letter in whole]
    return [_letter(raw.FPDFText_GetUnicode(text_page, index)) for index in range(count)]


def _runs(text_page: pdfium.PdfTextPage, spelled: list[int], end: int) -> list["_Run"]:
    """The boxes of one word that ends before character `end` of the text: one, or one for each line it is broken over.

    Its first and last character tell where it is; the others are asked only where these two do not stand on one line.
    """
    start = end - len(spelled)
    ends = [(number, box) for number in {0, len(spelled) - 1} if spelled and (box := _box(text_page, spelled[number]))]
    ends.sort()
    runs = _grouped(start, ends)
    if len(runs) > 1:
        runs = _grouped(start, [(number, box) for number, index in enumerate(spelled) if (box := _box(text_page, index))])
    for run, following in zip(runs, [*runs[1:], None], strict=False):  # a pair for each run, none where there is none
        run.end = following.start if following else end
    return runs


def _grouped(start: int, boxes: list[tuple[int, _Box]]) -> list["_Run"]:
    runs: list[_Run] = []
    for number, box in boxes:
        if not runs or not runs[-1].goes_on(*box):
            runs.append(_Run(start + number, *box))
        runs[-1].take(*box)
    return runs


def _box(text_page: pdfium.PdfTextPage, index: int) -> _Box | None:
    """Left, low, right, high of one character with the room of its line, in the page's own coordinates."""
    box = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(text_page, index, box):
        return None
    return box.left, box.bottom, box.right, box.top


@lru_cache(maxsize=4096)
def _letter(code: int) -> str:
    """One character, or nothing: line ends are \\n alone, NUL is removed, PDFium's mark of a broken word is a hyphen."""
    if code in (0, 0x0D):
        return ""
    if code in (0x02, 0xFFFE):
        return "-"
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\N{REPLACEMENT CHARACTER}"
    letter = chr(code)
    return letter if letter.isprintable() or letter in "\n\t" or letter.isspace() else ""


class _Run:
    """A word while it grows, in the page's own coordinates: up is more."""

    __slots__ = ("end", "high", "left", "low", "right", "start")

    def __init__(self, start: int, left: float, low: float, right: float, high: float) -> None:
        self.start, self.end = start, start
        self.left, self.low, self.right, self.high = left, low, right, high

    def goes_on(self, left: float, low: float, right: float, high: float) -> bool:
        """Whether this character stands on the word's line, or above or under it where text lies on its side."""
        if self.left - 1 <= right and self.low <= (low + high) / 2 <= self.high:
            return True
        return self.left <= (left + right) / 2 <= self.right and (abs(low - self.high) < 1 or abs(high - self.low) < 1)

    def take(self, left: float, low: float, right: float, high: float) -> None:
        self.left, self.low = min(self.left, left), min(self.low, low)
        self.right, self.high = max(self.right, right), max(self.high, high)

    def placed(self, place: _Placement) -> Word:
        (x0, y0), (x1, y1) = place(self.left, self.high), place(self.right, self.low)
        box = (min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
        return [self.start, self.end, *(round(each, 2) for each in box)]
