"""Plain text files and DOCX notes."""

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import docx
from django.conf import settings
from docx.document import Document as DocxDocument
from docx.table import Table
from PIL import ImageFont

from .contents import Contents, ReadPage, Unreadable
from .typed import SIZE, fixed, lay_out

TEXT = "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOT_TEXT = "This is neither a PDF, a picture, a text nor a DOCX file. Print it to a PDF and attach that."
MARKUP = "This is a web page or RTF file. Print it to a PDF and attach that."
DAMAGED = "This DOCX file is damaged and cannot be opened. Save it again, or print it to a PDF and attach that."
SWOLLEN = "This DOCX file unpacks to far more than a document needs, so it was not opened. Print it to a PDF and attach that."
MACROS = "This DOCX file holds macros. Print it to a PDF and attach that."
NOT_SHOWN = "Pictures and text boxes of this file are not shown here; download it to see them."
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 2000
DRAWN = (b"<w:drawing", b"<w:pict", b"<w:object", b"txbxContent", b"w:footnoteReference", b"w:endnoteReference")


def decoded(data: bytes) -> str:
    """The text of a text file: UTF-8, UTF-16 with its mark, or Windows-1252. Raises Unreadable where it is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(not letter.isprintable() and not letter.isspace() and letter != "\0" for letter in text)
        if strange > len(text) // 200 or text.count("\0") > len(text) // 20:
            break
        if text.lstrip()[:200].lower().startswith(("{\\rtf", "<!doctype html", "<html", "<?xml", "<svg")):
            raise Unreadable(MARKUP)
        return "".join(letter for letter in text.replace("\r\n", "\n").replace("\r", "\n") if letter.isprintable() or letter.isspace())
    raise Unreadable(NOT_TEXT)


def read_text(data: bytes, most_pages: int) -> tuple[ReadPage, ...]:
    """Pages in type of one width."""
    text = decoded(data)
    if not text.strip():
        raise Unreadable("This file holds no text.")
    return lay_out(text.rstrip().split("\n"), fixed, most_pages)


def read_docx(data: bytes, most_pages: int) -> Contents:
    """The words of a DOCX file in their order, tables row by row, header first and footer last."""
    body = _checked_package(data)
    try:
        lines = list(_lines(docx.Document(io.BytesIO(data))))
    except Exception as error:  # python-docx checks nothing: what is not as it expects fails in whatever way it happens to
        raise Unreadable(DAMAGED) from error
    if not any(line.strip() for line in lines):
        raise Unreadable("This DOCX file holds no text. Print it to a PDF and attach that.")
    remark = NOT_SHOWN if any(mark in body for mark in DRAWN) else ""
    return Contents(DOCX, lay_out(lines, _width, most_pages), remark)


def is_docx(data: bytes) -> bool:
    """Whether this is a ZIP archive with the parts of a word processor's document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {"[Content_Types].xml", "word/document.xml"} <= set(archive.namelist())
    except zipfile.BadZipFile:
        return False


def _checked_package(data: bytes) -> bytes:
    """The body's XML, once the archive is known to be of a sane size. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Unreadable(SWOLLEN)
            if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
                raise Unreadable(MACROS)
            return archive.read("word/document.xml")
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise Unreadable(DAMAGED) from error


def _lines(document: DocxDocument) -> Iterator[str]:
    section = document.sections[0] if document.sections else None
    header = [paragraph.text for paragraph in section.header.paragraphs if paragraph.text.strip()] if section else []
    footer = [paragraph.text for paragraph in section.footer.paragraphs if paragraph.text.strip()] if section else []
    if header:
        yield from (*header, "")
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                # not row.cells: that repeats a cell for each column it claims to span, millions if it likes
                cells = row._tr.tc_lst  # noqa: SLF001 - python-docx has no other way to a cell as it stands in the file
                yield "   ".join(" ".join(paragraph.text for paragraph in cell.p_lst).replace("\n", " ").strip() for cell in cells)
        else:
            yield from block.text.split("\n")
    if footer:
        yield from ("", *footer)


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(settings.BASE_DIR) / "static/letters/fonts/SourceSans3-Regular.ttf"), 100)


def _width(text: str) -> float:
    return float(_font().getlength(text)) * SIZE / 100 if text else 0.0
