"""The record: its list with the upload, the viewer in its own window, files to take away. The pane beside the checklist is record.py."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from authreview.access import reads
from cases import permissions
from cases.actions.documents import attach_documents, describe_document
from cases.forms.documents import DescribeForm, UploadForm
from cases.models import Case, Document
from cases.presenters.documents import document_rows
from cases.queries.documents import document_of, documents_of
from cases.reading import EXTENSIONS
from cases.storage import read_bytes

from .loaders import UserRequest, load_case
from .record import record_pane

LIST = "cases/documents/list.html"


@require_http_methods(["GET", "HEAD", "POST"])
@reads("record")
def documents(request: UserRequest, reference: str) -> HttpResponse:
    """The documents of a case; POST attaches files."""
    case = load_case(request, reference)
    if request.method != "POST":
        return _list(request, case, _upload_form(case))
    permissions.check_attach(request.user)
    form = _upload_form(case, request)
    if not form.is_valid():
        return _list(request, case, form, status=422)
    described = {**form.cleaned_data}
    attached = attach_documents(case_id=case.pk, files=described.pop("uploads"), by=request.user, **described)
    titles = ", ".join(f"“{document.title}”" for document in attached)
    messages.success(request, f"{titles} {'is' if len(attached) == 1 else 'are'} in the record.")
    return _see(request, reverse("documents", args=[reference]))


@require_http_methods(["GET", "HEAD", "POST"])
@reads("document")
def document(request: UserRequest, reference: str, document_id: int) -> HttpResponse:
    """The viewer in its own window; POST changes what the document is called."""
    case = load_case(request, reference)
    found = load_document(case, document_id)
    if request.method != "POST":
        pane = record_pane(request, case, alone=True, document_id=document_id)
        return render(request, "cases/documents/viewer.html", {"pane": pane, "case": case})
    permissions.check_attach(request.user)
    form = DescribeForm(request.POST, prefix=f"d{found.pk}")
    if not form.is_valid():
        return _list(request, case, _upload_form(case), refused={found.pk: form}, status=422)
    describe_document(document_id=found.pk, by=request.user, **form.cleaned_data)
    messages.success(request, f"“{form.cleaned_data['title']}” is described as you typed it.")
    return _see(request, reverse("documents", args=[reference]))


@require_GET
@reads("file")
def document_file(request: UserRequest, reference: str, document_id: int) -> HttpResponse:
    """The file as it was attached, under a name that says nothing of the person, and never run in our name."""
    found = load_document(load_case(request, reference), document_id)
    response = HttpResponse(read_bytes(found.sha256), content_type=found.content_type)
    response["Content-Disposition"] = f'attachment; filename="{reference}-document-{found.pk}.{EXTENSIONS[found.content_type]}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def load_document(case: Case, document_id: int) -> Document:
    """Raises Http404 where this case has no such document."""
    found = document_of(case, document_id)
    if found is None:
        raise Http404(f"{case.reference} has no document {document_id}.")
    return found


def _upload_form(case: Case, posted: UserRequest | None = None) -> UploadForm:
    """Empty, or as posted; it knows what the record has."""
    record = documents_of(case)
    known = {document.sha256: document.title for document in record}
    replaceable = [(document.pk, document.title) for document in record if not hasattr(document, "replaced_by")]
    if posted is None:
        return UploadForm(known=known, replaceable=replaceable)
    return UploadForm(posted.POST, posted.FILES, known=known, replaceable=replaceable)


def _list(
    request: UserRequest, case: Case, form: UploadForm, *, refused: Mapping[int, DescribeForm] | None = None, status: int = 200
) -> HttpResponse:
    why_not = permissions.why_not(permissions.check_attach, request.user)
    record = documents_of(case)
    forms = {} if why_not else {document.pk: _describing(document) for document in record} | dict(refused or {})
    refusals = [*(refused or {}).values()]
    context = {
        "case": case,
        "rows": document_rows(case, record, forms),
        "form": form,
        "refused": refusals[0] if refusals else None,
        "why_not": why_not,
    }
    fragment = "#upload-problems" if request.htmx and status == 422 and not refusals else ""  # type: ignore[attr-defined]
    return render(request, LIST + fragment, context, status=status)


def _describing(document: Document) -> DescribeForm:
    values = {"title": document.title, "kind": document.kind, "date": document.date, "source": document.source}
    return DescribeForm(initial=values, prefix=f"d{document.pk}")


def _see(request: UserRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]
