"""PDF files: words with their boxes, and page images. The only place that opens them; PDFium is not safe for two threads at once."""

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
    words: list[Word] = []
    box = raw.FS_RECTF()
    current: Word | None = None
    for index in range(min(text_page.count_chars(), MOST_CHARACTERS)):
        letter = _letter(raw.FPDFText_GetUnicode(text_page, index))
        if not letter:
            continue
        if letter.isspace():
            current = None
            if not (letter == "\n" and text and text[-1] == "\n"):
                text.append(letter)
            continue
        at = len(text)
        text.append(letter)
        if not raw.FPDFText_GetLooseCharBox(text_page, index, box):
            if current:
                current[1] = at + 1
            continue
        (x0, y0), (x1, y1) = place(box.left, box.top), place(box.right, box.bottom)
        left, top, right, bottom = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
        if current is None or _is_elsewhere(current, left, top, right, bottom):
            current = [at, at + 1, left, top, right - left, bottom - top]
            words.append(current)
        else:
            _grow(current, at, left, top, right, bottom)
    return "".join(text), [_rounded(word) for word in words]


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


def _is_elsewhere(word: Word, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether this character stands on another line than the word it would go on. Text on its side goes up or down."""
    if word[2] - 1 <= right and word[3] <= (top + bottom) / 2 <= word[3] + word[5]:
        return False
    is_in_column = word[2] <= (left + right) / 2 <= word[2] + word[4]
    return not (is_in_column and min(abs(top - word[3] - word[5]), abs(bottom - word[3])) < 1)


def _grow(word: Word, at: int, left: float, top: float, right: float, bottom: float) -> None:
    x0, y0 = min(word[2], left), min(word[3], top)
    x1, y1 = max(word[2] + word[4], right), max(word[3] + word[5], bottom)
    word[1:] = [at + 1, x0, y0, x1 - x0, y1 - y0]


def _rounded(word: Word) -> Word:
    return [word[0], word[1], *(round(each, 2) for each in word[2:])]
