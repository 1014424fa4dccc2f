"""The viewer: the pane beside the checklist and in its own window, one page at a time, its marks and its image."""

from urllib.parse import parse_qsl, urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from authreview.access import reads, record_access
from authreview.numbers import whole_number
from cases.actions.documents import open_page
from cases.models import Case, Document, DocumentPage
from cases.presenters import record as shown
from cases.presenters.record import RecordPane
from cases.queries.documents import citations_on, document_of, documents_of, page_of
from cases.reading import page_image
from cases.storage import read_bytes

from .loaders import UserRequest, load_case

VIEWER = "cases/documents/viewer.html"
OURS = ("document", "page", "mark")  # parameters of the pane; all others belong to the page around it


def record_pane(request: UserRequest, case: Case, *, alone: bool = False, document_id: int | None = None) -> RecordPane:
    """What `cases/documents/viewer.html#record-pane` shows: ?document=ID&page=N&mark=START-END, or the first page of the first document.

    Keeps who opened the page. For whole pages; the fragment of one page has its own address.
    """
    documents = documents_of(case)
    wanted = document_id or _number(request, "document")
    document = next((each for each in documents if each.pk == wanted), None) or _first(documents)
    page = page_of(document, min(max(_number(request, "page") or 1, 1), document.page_count)) if document else None
    pane = _pane(request, case, documents, document, page, alone=alone)
    if document and page:
        record_access(request.user, "page", f"{case.reference}/{document.pk}/{page.number}")
    return pane


@require_GET
@reads("page")
def document_page(request: UserRequest, reference: str, document_id: int, number: int) -> HttpResponse:
    """One page of the pane, for htmx; by itself it is a page of the viewer."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(reverse("document", args=[reference, document_id]) + f"?page={number}")
    case = load_case(request, reference)
    documents = documents_of(case)
    document = next((each for each in documents if each.pk == document_id), None)
    page = page_of(document, number) if document else None
    if page is None:
        raise Http404(f"{reference} has no such page.")
    pane = _pane(request, case, documents, document, page, alone="alone" in request.GET)
    return render(request, VIEWER + "#record-pane", {"pane": pane})


@require_GET
def document_page_marks(request: UserRequest, reference: str, document_id: int, number: int) -> HttpResponse:
    """The passages cited on a page, after one was added or taken away. They say where, not what: no reading of its own."""
    case = load_case(request, reference)
    document, page = _load(case, document_id, number)
    return render(request, VIEWER + "#record-marks", {"sheet": shown.sheet(case, document, page, citations_on(document, number))})


@require_GET
@reads("image")
def document_page_image(request: UserRequest, reference: str, document_id: int, number: int) -> HttpResponse:
    """The page as a picture, to lie under its words."""
    document, page = _load(load_case(request, reference), document_id, number)
    picture = page_image(read_bytes(document.sha256), document.content_type, page.number)
    if picture is None:
        raise Http404("This page is text; there is no picture of it.")
    return HttpResponse(picture.data, content_type=picture.content_type)


def _pane(
    request: UserRequest, case: Case, documents: list[Document], document: Document | None, page: DocumentPage | None, *, alone: bool
) -> RecordPane:
    citations = []
    if document and page:
        open_page(page=page, by=request.user)
        citations = citations_on(document, page.number)
    mark = _passage(request.GET.get("mark", ""))
    return shown.record_pane(case, documents, document, page, citations, alone=alone, mark=mark, kept=_kept(request))


def _load(case: Case, document_id: int, number: int) -> tuple[Document, DocumentPage]:
    document = document_of(case, document_id)
    page = page_of(document, number) if document else None
    if document is None or page is None:
        raise Http404(f"{case.reference} has no such page.")
    return document, page


def _first(documents: list[Document]) -> Document | None:
    """The first that was not replaced."""
    return next((each for each in documents if not hasattr(each, "replaced_by")), None)


def _number(request: UserRequest, name: str) -> int | None:
    return whole_number(request.GET.get(name, ""))


def _passage(text: str) -> tuple[int, int] | None:
    start, _, end = text.partition("-")
    first, last = whole_number(start), whole_number(end)
    return None if first is None or last is None else (first, last)


def _kept(request: UserRequest) -> list[tuple[str, str]]:
    """The parameters of the page around the pane, which htmx names in a header when it asks for the pane alone."""
    query = request.META.get("QUERY_STRING", "")
    if request.htmx:  # type: ignore[attr-defined]
        try:
            query = urlsplit(request.htmx.current_url or "").query  # type: ignore[attr-defined]
        except ValueError:  # a header is what a client says
            query = ""
    return [(name, value) for name, value in parse_qsl(query) if name not in OURS]
