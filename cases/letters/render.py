"""HTML to PDF: tagged, with embedded fonts, the same bytes for the same text. The only module that knows WeasyPrint.

Shared stylesheets and one font configuration per process, used by one thread at a time: that is faster, and a font configuration shared
between threads corrupts memory. Nothing is fetched but the project's own stylesheets, fonts and pictures.
"""

import html as markup
import mimetypes
import os
import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

STATIC: Path = Path(settings.BASE_DIR) / "static"
os.environ.setdefault("FONTCONFIG_FILE", str(STATIC / "letters" / "fonts" / "fonts.conf"))  # read once, when the library starts

import pydyf  # noqa: E402
import pypdfium2  # noqa: E402
import weasyprint  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # noqa: E402

RENDERER = f"weasyprint {weasyprint.__version__}"
SHEETS = ("css/letter-page.css", "css/letter.css")
OURS = (STATIC / "css", STATIC / "letters")
WATERMARK = "watermark:"
PDF_VARIANT = "pdf/ua-1"

_one_at_a_time = Lock()


class OwnFiles(URLFetcher):
    """Files of the project's own folders, and the watermark, which is drawn here."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith(WATERMARK):
            return URLFetcherResponse(url, _watermark_picture(url.removeprefix(WATERMARK)), {"Content-Type": "image/svg+xml"})
        path = Path(url.removeprefix("file://")).resolve() if url.startswith("file:///") else None
        if path is None or not any(path.is_relative_to(folder) for folder in OURS):
            raise FatalURLFetchingError(f"a letter fetches nothing from outside: {url[:200]}")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"  # a linked stylesheet is read only as text/css
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def pdf_of(html: str, *, title: str = "", language: str = "en", watermark: str = "") -> bytes:
    """A document as PDF/UA-1. A fragment (no <html>) gets a page around it, with its title and language. `watermark`: "DRAFT", or none."""
    if "<html" not in html[:200].lower():
        html = _page_around(html, title, language)
    with _one_at_a_time:
        fonts, sheets = _shared()
        page = weasyprint.HTML(string=html, base_url=STATIC.as_uri() + "/", url_fetcher=OwnFiles())
        over = [_watermark_sheet(watermark)] if watermark else []
        options = {"stylesheets": [*sheets, *over], "pdf_variant": PDF_VARIANT, "pdf_tags": True}
        try:
            drawn: bytes = page.write_pdf(font_config=fonts, finisher=_scope_table_headers, **options)
        except FatalURLFetchingError as refused:  # no ordinary exception: the library lets nothing else through
            raise ValueError(str(refused)) from refused
    return drawn


def page_count(pdf: bytes) -> int:
    """Pages of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def plain_document(title: str, text: str) -> bytes:
    """Plain text under a title: a note of a record as it comes by fax. Lines are kept as they are."""
    return pdf_of(render_to_string("letters/plain.html", {"title": title, "text": text}))


@lru_cache(maxsize=1)
def _shared() -> tuple[FontConfiguration, tuple[weasyprint.CSS, ...]]:
    fonts = FontConfiguration()
    return fonts, tuple(_sheet(fonts, filename=str(STATIC / name)) for name in SHEETS)


def _sheet(fonts: FontConfiguration | None = None, **source: str) -> weasyprint.CSS:
    return weasyprint.CSS(**source, font_config=fonts, url_fetcher=OwnFiles())


@lru_cache(maxsize=16)
def _watermark_sheet(words: str) -> weasyprint.CSS:
    safe = re.sub(r"[^\w -]", "", words).strip()
    return _sheet(string=f'@page {{ background: url("{WATERMARK}{safe}") center / 100% 100% no-repeat; }}')


def _watermark_picture(words: str) -> bytes:
    """Behind the text of every page; a picture in the page's background is no part of what a screen reader reads."""
    words = markup.escape(words.replace("%20", " "))
    size = min(120, 900 // max(len(words), 1))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 612 792" width="612" height="792">'
        f'<text x="306" y="396" font-family="Source Sans 3" font-weight="700" font-size="{size}" fill="#f3d9da" text-anchor="middle" '
        f'dominant-baseline="middle" transform="rotate(-52 306 396)">{words}</text></svg>'
    ).encode()


def _page_around(fragment: str, title: str, language: str) -> str:
    head = f'<meta charset="utf-8"><title>{markup.escape(title)}</title>'
    return f'<!doctype html><html lang="{markup.escape(language)}"><head>{head}</head><body>{fragment}</body></html>'


def _scope_table_headers(_document: Any, pdf: pydyf.PDF) -> None:
    """Say of each table header whether it heads its column or its row: a header in a row with data cells heads the row."""
    by_reference = {item.reference: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}
    for row in list(by_reference.values()):
        if row.get("S") != "/TR":
            continue
        cells = [by_reference[reference] for reference in _references(row.get("K")) if reference in by_reference]
        scope = "/Row" if any(cell.get("S") == "/TD" for cell in cells) else "/Column"
        for cell in cells:
            attributes = cell.get("A")
            if cell.get("S") == "/TH":
                cell["A"] = _with_scope(attributes, scope)
            elif isinstance(attributes, pydyf.Dictionary):
                attributes.pop("Headers", None)  # it names the column alone; with the scopes a reader finds the row too


def _with_scope(attributes: Any, scope: str) -> Any:
    if isinstance(attributes, pydyf.Dictionary):
        attributes["Scope"] = scope
        return attributes
    return pydyf.Dictionary({"O": "/Table", "Scope": scope})


def _references(kids: Any) -> list[bytes]:
    if kids is None:
        return []
    return [each if isinstance(each, bytes) else str(each).encode() for each in (kids if isinstance(kids, list) else [kids])]


def merged(pdfs: list[bytes]) -> bytes:
    """Several PDFs as one, for a printer. It is a copy for paper: what is kept and sent is each letter by itself."""
    one_pdf = pypdfium2.PdfDocument.new()
    parts = [pypdfium2.PdfDocument(data) for data in pdfs]
    for part in parts:
        one_pdf.import_pages(part)
    out = BytesIO()
    one_pdf.save(out)
    for document in (*parts, one_pdf):
        document.close()
    return out.getvalue()
