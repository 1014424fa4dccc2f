"""The viewer: tabs of documents, one page as words over its image, and the passages cited on it. Numbers leave here as text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from authreview.due import day
from cases.models import Case, Document, DocumentPage
from cases.page_text import Box, boxes, printed_lines
from cases.queries.documents import Citation
from cases.reading.plain import DOCX, TEXT

TYPED = {TEXT: "typed-fixed", DOCX: "typed-set"}  # pages that the viewer writes itself, in the type they were measured for


@dataclass(frozen=True, slots=True)
class Link:
    """`url` for a whole page, `fragment` for the pane alone."""

    label: str
    url: str
    fragment: str
    current: bool = False
    small: str = ""


@dataclass(frozen=True, slots=True)
class WordBox:
    number: int
    x: str
    y: str
    size: str
    width: str
    text: str


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of words with the band it covers."""

    top: str
    height: str
    words: list[WordBox]


@dataclass(frozen=True, slots=True)
class Mark:
    """One rectangle of a cited passage. `cited_for`: "1:pain 2:pain", the rows it belongs to; `now`: the one that was asked for."""

    x: str
    y: str
    width: str
    height: str
    cited_for: str
    now: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. `left` and `right` bound its text; `typed` is empty where an image lies under the words."""

    document_id: int
    number: int
    label: str
    width: str
    height: str
    left: str
    right: str
    typed: str
    image_url: str
    marks_url: str
    lines: list[PrintedLine]
    marks: list[Mark]

    @property
    def is_picture(self) -> bool:
        return not self.lines and not self.typed


@dataclass(frozen=True, slots=True)
class RecordPane:
    """The viewer as the case page and its own window show it. Without documents there is no sheet."""

    reference: str
    alone: bool
    case_url: str
    documents_url: str
    tabs: list[Link]
    title: str = ""
    remark: str = ""
    replaced: str = ""
    number: int = 0
    count: int = 0
    previous: Link | None = None
    next: Link | None = None
    window_url: str = ""
    download_url: str = ""
    sheet: Sheet | None = None


def source_of(document: Document) -> str:
    """Office visit note, 24 Feb 2026: how a quote names where it stands."""
    return f"{document.title}, {day(document.date)}" if document.date else document.title


def record_pane(
    case: Case,
    documents: Sequence[Document],
    document: Document | None,
    page: DocumentPage | None,
    citations: Iterable[Citation],
    *,
    alone: bool,
    mark: tuple[int, int] | None = None,
    kept: Sequence[tuple[str, str]] = (),
) -> RecordPane:
    """`kept` are the parameters of the page around the pane, so that its links lead back to the same place."""
    reference = case.reference
    link = _links(reference, alone, kept)
    pane = RecordPane(
        reference=reference,
        alone=alone,
        case_url=reverse("case", args=[reference]),
        documents_url=reverse("documents", args=[reference]),
        tabs=[link(each, 1, each.title, each == document) for each in documents],
    )
    if document is None or page is None:
        return pane
    return replace(
        pane,
        title=source_of(document),
        remark=document.reading_error,
        replaced=document.replaced_by.title if hasattr(document, "replaced_by") else "",
        number=page.number,
        count=document.page_count,
        previous=link(document, page.number - 1, "Previous page") if page.number > 1 else None,
        next=link(document, page.number + 1, "Next page") if page.number < document.page_count else None,
        window_url=reverse("document", args=[reference, document.pk]) + f"?page={page.number}",
        download_url=reverse("document-file", args=[reference, document.pk]),
        sheet=sheet(case, document, page, citations, mark),
    )


def sheet(case: Case, document: Document, page: DocumentPage, citations: Iterable[Citation], mark: tuple[int, int] | None = None) -> Sheet:
    """One page with its words and marks."""
    where = [case.reference, document.pk, page.number]
    typed = TYPED.get(document.content_type, "")
    return Sheet(
        document_id=document.pk,
        number=page.number,
        label=f"Page {page.number} of {source_of(document)}",
        width=_figure(page.width_pt),
        height=_figure(page.height_pt),
        left=_figure(min((word[2] for word in page.words), default=0)),
        right=_figure(max((word[2] + word[4] for word in page.words), default=page.width_pt)),
        typed=typed,
        image_url="" if typed else reverse("document-page-image", args=where),
        marks_url=reverse("document-page-marks", args=where),
        lines=[_line(page, numbers, 0.75 if typed else 0.8) for numbers in printed_lines(page.text, page.words)],
        marks=_marks(page, citations, mark),
    )


def _links(reference: str, alone: bool, kept: Sequence[tuple[str, str]]) -> Callable[..., Link]:
    def link(document: Document, number: int, label: str, current: bool = False) -> Link:
        fragment = reverse("document-page", args=[reference, document.pk, number])
        if alone:
            url = reverse("document", args=[reference, document.pk]) + (f"?page={number}" if number > 1 else "")
            return Link(label, url, fragment + "?alone=1", current, day(document.date))
        query = urlencode([*kept, ("document", document.pk), ("page", number)])
        return Link(label, f"?{query}", fragment, current, day(document.date))

    return link


def _line(page: DocumentPage, numbers: list[int], type_size: float) -> PrintedLine:
    words = [page.words[number] for number in numbers]
    top, bottom = min(word[3] for word in words), max(word[3] + word[5] for word in words)
    placed = [
        WordBox(
            number,
            _figure(x),
            _figure(y + height * 0.78),
            _figure(max(1.0, min(height, width * 3) * type_size)),
            _figure(max(width, 0.1)),
            page.text[int(start) : int(end)],
        )
        for number, (start, end, x, y, width, height) in zip(numbers, words, strict=True)
    ]
    return PrintedLine(_figure(top), _figure(bottom - top), placed)


def _marks(page: DocumentPage, citations: Iterable[Citation], mark: tuple[int, int] | None) -> list[Mark]:
    passages: dict[tuple[int, int], list[str]] = {}
    for citation in citations:
        passages.setdefault((citation.start, citation.end), []).append(f"{citation.line}:{citation.criterion}")
    if mark is not None:
        passages.setdefault(mark, [])
    return [
        _mark(box, " ".join(rows), passage == mark) for passage, rows in sorted(passages.items()) for box in boxes(page.words, *passage)
    ]


def _mark(box: Box, cited_for: str, now: bool) -> Mark:
    return Mark(_figure(box.x), _figure(box.y), _figure(box.width), _figure(box.height), cited_for, now)


def _figure(value: float) -> str:
    """A number as SVG reads it, whatever the language of the page."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
