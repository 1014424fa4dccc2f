"""The case as one document, on screen and as PDF; printable at any time, a draft until every line is signed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from authreview.access import reads
from cases import permissions
from cases.letters.render import pdf_of
from cases.presenters.decide import head
from cases.presenters.summary import summary
from cases.queries.summary import summed

from .loaders import UserRequest, load_record


@require_GET
@reads("summary")
def summary_page(request: UserRequest, reference: str) -> HttpResponse:
    return render(request, "cases/summary.html", _context(request, reference))


@require_GET
@reads("summary")
def summary_pdf(request: UserRequest, reference: str) -> HttpResponse:
    """Under a name that holds no personal data."""
    context = _context(request, reference)
    html = render_to_string("letters/summary.html", context)
    bytes_ = pdf_of(html, title=context["head"].question, language="en", watermark="" if context["summary"].is_signed else "DRAFT")
    response = HttpResponse(bytes_, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{reference}-summary.pdf"'
    return response


def _context(request: UserRequest, reference: str) -> dict[str, Any]:
    record = load_record(request, reference)
    permissions.check_read_clinical(request.user)
    found = summed(record)
    now = timezone.now()
    return {"head": head(record.case, record.lines, found.names, now), "case": record.case, "summary": summary(found), "printed_at": now}
