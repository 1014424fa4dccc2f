"""What an upload really is, by its content, and reading it for real: a file that is recorded can be opened."""

import filetype
from django.conf import settings

from . import pdf, picture, plain
from .contents import Contents, PageImage, Unreadable

PDF = "application/pdf"
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/tiff": "tiff"}
EXTENSIONS = {PDF: "pdf", plain.TEXT: "txt", plain.DOCX: "docx", **PICTURES}
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.txt,.docx"  # what a file dialog offers; what counts is the content
MEBIBYTE = 1024 * 1024
HEADER_WITHIN = 1024  # bytes that some senders put before %PDF-


def read_file(data: bytes) -> Contents:
    """Every page of the file. Raises Unreadable with the sentence for whoever brought it: empty, too large, of no known type, damaged."""
    check_size(len(data))
    most_pages: int = settings.DOCUMENT_MAX_PAGES
    if b"%PDF-" in data[:HEADER_WITHIN]:
        return Contents(PDF, pdf.read(data, most_pages))
    kind = filetype.guess(data)
    if kind is not None and kind.mime in PICTURES:
        return Contents(kind.mime, picture.read(data, most_pages))
    if plain.is_docx(data):
        return plain.read_docx(data, most_pages)
    if kind is not None:
        raise Unreadable(f"This is a file of type {kind.extension}. Attach a PDF, PNG, JPEG, TIFF, text or DOCX file.")
    return Contents(plain.TEXT, plain.read_text(data, most_pages))


def check_size(size_bytes: int) -> None:
    """Raises Unreadable where there is nothing, or too much."""
    if size_bytes == 0:
        raise Unreadable("This file is empty.")
    most: int = settings.DOCUMENT_MAX_BYTES
    if size_bytes > most:
        raise Unreadable(
            f"This file has {size_bytes / MEBIBYTE:.1f} MB; the limit is {most / MEBIBYTE:.0f} MB. Split it and attach the parts."
        )


def page_image(data: bytes, content_type: str, number: int) -> PageImage | None:
    """The page as a picture; None where the page is text, which the viewer writes itself. Raises Unreadable."""
    if content_type == PDF:
        return pdf.image(data, number)
    if content_type in PICTURES:
        return picture.image(data, number)
    return None
