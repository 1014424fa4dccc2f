"""Taking a request in: one page that keeps whatever was typed. Buttons inside it answer with their section, or with the page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import permissions
from cases.actions.documents import attach_documents
from cases.actions.intake import mark_duplicate, route_case, save_draft, start_case
from cases.enums import CaseStatus
from cases.forms.documents import UploadForm
from cases.forms.intake_page import IntakeForms
from cases.forms.typed import Typed, nothing_typed, pressed, text_of, typed_from
from cases.models import Case
from cases.presenters import intake as shown
from cases.queries import intake as queries
from cases.queries.search import members_found

from .intake_page import edited, page_context
from .loaders import UserRequest

SECTIONS = {
    "member": "cases/intake_member.html",
    "practitioner": "cases/intake_practitioner.html",
    "diagnoses": "cases/intake_diagnoses.html",
    "lines": "cases/intake_lines.html",
    "care": "cases/intake_care.html",
    "documents": "cases/intake_documents.html",
}
LOOK_FIRST = "Another request may be the same. Look at it, then route this one or mark it as a duplicate."


@require_http_methods(["GET", "POST"])
def intake(request: UserRequest, reference: str = "") -> HttpResponse:
    """The form of a new request or of a draft."""
    permissions.check_take_in(request.user)
    case = _draft(request, reference or request.POST.get("draft", ""))
    if case is not None and case.status != CaseStatus.INTAKE:
        return redirect("case", case.reference)
    if request.method == "GET":
        typed = {**nothing_typed(), **(case.draft or {})} if case else {**nothing_typed(), "draft_key": [get_random_string(22)]}
        return _page(request, case, IntakeForms(typed, judge=False, entered_at=case.entered_at if case else None), begins=case is None)
    typed = typed_from(request.POST)
    button, value = pressed(request.POST)
    if request.FILES or button == "attach":
        return _attach(request, case, typed, button)
    if button == "route":
        return _route(request, case, typed)
    if button == "save":
        case = _saved(request, case, typed)
        messages.success(request, f"{case.reference} is saved as a draft.")
        return redirect("intake", case.reference)
    if button == "mark-duplicate":
        return _mark_duplicate(request, case, typed, value)
    section, focus, found = edited(typed, button, request.POST.get("member_q", "") if button == "find-member" else value)
    forms = _quiet(case, typed)
    forms.focus(focus)
    return _section(request, case, forms, section, **found, focus=focus)


@require_POST
def autosave(request: UserRequest) -> HttpResponse:
    """Keeps the draft quietly, and says which requests it may repeat."""
    case = _saved(request, _draft(request, request.POST.get("draft", "")), typed_from(request.POST), quietly=True)
    forms = _quiet(case, case.draft or {})
    context = page_context(case, forms) | {"saved_at": timezone.now(), "out_of_band": True}
    response = render(request, "cases/intake_saved.html", context)
    response["HX-Replace-Url"] = reverse("intake", args=[case.reference])
    return response


@require_GET
def diagnosis_options(request: UserRequest) -> HttpResponse:
    """Diagnoses that fit what was typed, for the list under its field."""
    permissions.check_take_in(request.user)
    text = next((request.GET[name] for name in request.GET if name == "q" or name.endswith("-code")), "")
    return render(request, "cases/intake_options.html", {"found": queries.diagnoses_found(text), "text": text.strip()})


@require_GET
def member_options(request: UserRequest) -> HttpResponse:
    """Members that fit what was typed, to be chosen."""
    permissions.check_take_in(request.user)
    text = request.GET.get("member_q", "")
    members = shown.member_choices(members_found(text, queries.MOST_FOUND)) if len(text.strip()) > 1 else []
    return render(request, "cases/intake_member.html#found", {"members": members, "member_q": text.strip()})


@require_GET
def service_hint(request: UserRequest) -> HttpResponse:
    """What we know of a procedure code."""
    permissions.check_take_in(request.user)
    code = next((request.GET[name] for name in request.GET if name == "q" or name.endswith("-code")), "").replace("\0", "").strip().upper()
    return render(request, "cases/intake_lines.html#hint", {"hint": shown.service_hint(code, queries.services([code]).get(code))})


# ---- what the buttons do --------------------------------------------------------------------------------------------------------
def _route(request: UserRequest, case: Case | None, typed: Typed) -> HttpResponse:
    case = _saved(request, case, typed, quietly=True)
    forms = IntakeForms(typed, judge=True, entered_at=case.entered_at)
    if not forms.is_valid():
        return _page(request, case, forms, status=422)
    repeats = {each.reference for each in queries.repeated(forms.asked())}
    if repeats - set(request.POST.get("duplicates_seen", "").split()):
        return _page(request, case, _quiet(case, typed), status=422, look_first=LOOK_FIRST)
    route_case(case_id=case.pk, data=forms.data(), by=request.user)
    messages.success(request, f"{case.reference} is routed.")
    return redirect("case", case.reference)


def _attach(request: UserRequest, case: Case | None, typed: Typed, button: str) -> HttpResponse:
    """Files go into the record at once, whatever else is wrong; then the page goes on."""
    case = _saved(request, case, typed, quietly=True)
    known = {each.sha256: each.title for each in queries.documents_of(case)}
    form = UploadForm(request.POST, request.FILES, prefix="documents", known=known)
    if not form.is_valid():
        return _section(request, case, _quiet(case, typed), "documents", upload=form, status=422)
    value = form.cleaned_data
    described = {name: value[name] for name in ("title", "kind", "date", "source")}
    attach_documents(case_id=case.pk, files=value["uploads"], by=request.user, **described)
    typed = {name: texts for name, texts in typed.items() if not name.startswith("documents-")}
    if button == "route":
        return _route(request, case, typed)
    if button == "attach":
        return _section(request, case, _quiet(case, typed), "documents")
    messages.success(request, f"{case.reference} is saved as a draft.")
    return redirect("intake", case.reference)


def _mark_duplicate(request: UserRequest, case: Case | None, typed: Typed, of: str) -> HttpResponse:
    case = _saved(request, case, typed, quietly=True)
    other = queries.draft_case(of)
    if other is None:
        raise Http404(f"There is no case {of}.")
    mark_duplicate(case_id=case.pk, of_id=other.pk, by=request.user)
    messages.success(request, f"{case.reference} is closed as a duplicate of {other.reference}.")
    return redirect("case", other.reference)


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _draft(request: UserRequest, reference: str) -> Case | None:
    if not reference:
        return None
    case = queries.draft_case(reference)
    if case is None:
        raise Http404(f"There is no case {reference}.")
    return case


def _saved(request: UserRequest, case: Case | None, typed: Typed, *, quietly: bool = False) -> Case:
    """The draft, begun if this is the first time."""
    received_at, reason = _quiet(case, typed).received()
    kept: dict[str, Any] = {"draft": typed, "channel": text_of(typed, "channel"), "received_at": received_at, "received_reason": reason}
    if case is None:
        return start_case(by=request.user, draft_key=text_of(typed, "draft_key"), **kept)
    return save_draft(case_id=case.pk, by=request.user, quietly=quietly, **kept)


def _quiet(case: Case | None, typed: Any) -> IntakeForms:
    return IntakeForms(typed, judge=False, entered_at=case.entered_at if case else None)


def _section(request: HttpRequest, case: Case | None, forms: IntakeForms, section: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """Under htmx the section alone, with the draft's name beside it; otherwise the whole page."""
    if not request.htmx:  # type: ignore[attr-defined]
        return _page(request, case, forms, status=status, **more)
    context = page_context(case, forms, searched=more.pop("searched", None)) | {"section": SECTIONS[section]} | more
    return render(request, "cases/intake_section.html", context, status=status)


def _page(request: HttpRequest, case: Case | None, forms: IntakeForms, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "cases/intake.html", page_context(case, forms, searched=more.pop("searched", None)) | more, status=status)
