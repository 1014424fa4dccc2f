"""The case page: record, checklist and standing of one line, what is kept about the case; notes, contacts, amendments, endings."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from authreview.access import reads
from authreview.models import User
from authreview.roles import Role
from cases import permissions, workflow
from cases.actions.assignment import DIRECTING
from cases.actions.intake import no_review_needed
from cases.actions.line import LineChange, amend_line, record_contact, void_line, withdraw_line, write_note
from cases.actions.review import acceptable
from cases.enums import CaseStatus, LineStatus
from cases.forms.case import AmendForm, ContactForm, EndForm, NoteForm
from cases.models import Case, ServiceLine
from cases.permissions import why_not
from cases.presenters import case as shown
from cases.presenters.checklist import checklist
from cases.presenters.history import timeline
from cases.presenters.newer import news_shown
from cases.presenters.standing import standing
from cases.queries.case_page import PageRecord, open_request, page_record
from cases.queries.documents import documents_of
from cases.queries.newer import newer

from .loaders import UserRequest, load_case, load_line, load_record
from .record import record_pane

PAGE = "cases/case.html"
NOTE, CONTACT, AMEND, END = "note-%s", "contact-%s", "amend-%s", "end-%s"  # ids of the fields of forms that share a page
ENDINGS = {"void": void_line, "no_review_needed": no_review_needed}  # otherwise withdrawn
NO_CHECKLIST = "Criteria are reviewed by nurses and medical directors; your role sees the request, its record and its history."


@require_GET
@reads("case")
def case(request: UserRequest, reference: str) -> HttpResponse:
    """The case at the line that waits for this reader, else for anybody."""
    found = load_case(request, reference)
    if found.status == CaseStatus.INTAKE:
        return redirect("intake", reference)
    if found.status == CaseStatus.DUPLICATE and found.duplicate_of:
        messages.info(request, f"{reference} is a duplicate of this case.")
        return redirect("case", found.duplicate_of.reference)
    return _shown(request, reference, None)


@require_GET
@reads("case")
def case_line(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """The case at one of its lines."""
    return _shown(request, reference, number)


@require_http_methods(["GET", "POST"])
def notes(request: UserRequest, reference: str) -> HttpResponse:
    """A note for colleagues."""
    found = load_case(request, reference)
    form = NoteForm(request.POST or None, auto_id=NOTE)
    if request.method != "POST":
        return _back(found, "notes")
    if not form.is_valid():
        return _shown(request, reference, None, status=422, note_form=form)
    write_note(case_id=found.pk, by=request.user, **form.cleaned_data)
    messages.success(request, "The note is kept.")
    return _back(found, "notes")


@require_http_methods(["GET", "POST"])
def contacts(request: UserRequest, reference: str) -> HttpResponse:
    """A call, voicemail, fax or mail about the case."""
    found = load_case(request, reference)
    form = ContactForm(request.POST or None, auto_id=CONTACT)
    if request.method != "POST":
        return _back(found, "contacts")
    if not form.is_valid():
        return _shown(request, reference, None, status=422, contact_form=form)
    record_contact(case_id=found.pk, by=request.user, **form.cleaned_data)
    messages.success(request, "The contact is recorded.")
    return _back(found, "contacts")


@require_http_methods(["GET", "POST"])
def amendments(request: UserRequest, reference: str) -> HttpResponse:
    """Lines changed as agreed with the practice."""
    record = load_record(request, reference)
    form = AmendForm(request.POST or None, lines=_undecided(record.lines), auto_id=AMEND)
    if request.method != "POST":
        return _back(record.case, "amendments")
    if not form.is_valid():
        return _shown(request, reference, None, status=422, amend_form=form)
    sent = form.cleaned_data
    amend_line(
        case_id=record.case.pk,
        lines=sent["lines"],
        change=LineChange(**form.change()),
        agreed_with=sent["agreed_with"],
        channel=sent["channel"],
        agreed_at=sent["agreed_at"],
        by=request.user,
    )
    messages.success(request, f"Amended: line{'s' if len(sent['lines']) > 1 else ''} {', '.join(map(str, sent['lines']))}.")
    return _back(record.case, "amendments")


@require_http_methods(["GET", "POST"])
def end_lines(request: UserRequest, reference: str) -> HttpResponse:
    """Lines withdrawn, lines that need no review, or void by a supervisor."""
    record = load_record(request, reference)
    form = EndForm(request.POST or None, lines=_undecided(record.lines), auto_id=END)
    if request.method != "POST":
        return _back(record.case, "amendments")
    if not form.is_valid():
        return _shown(request, reference, None, status=422, end_form=form)
    act = ENDINGS.get(request.POST.get("how", ""), withdraw_line)
    act(case_id=record.case.pk, by=request.user, **form.cleaned_data)
    messages.success(request, "Recorded.")
    return _back(record.case, "timeline")


# ---- the page -------------------------------------------------------------------------------------------------------------------
def _shown(request: UserRequest, reference: str, number: int | None, *, status: int = 200, **forms: Form) -> HttpResponse:
    record = load_record(request, reference)
    if not record.lines:
        raise Http404(f"{reference} has not been routed to review yet.")
    line = load_line(record, number) if number is not None else _first_to_do(record.lines, request.user)
    page = page_record(record)
    context = page_context(request, page, line) | forms
    return render(request, PAGE, context, status=status)


def page_context(request: UserRequest, page: PageRecord, line: ServiceLine) -> dict[str, Any]:
    """Everything that templates/cases/case.html takes."""
    now, user, found = timezone.now(), request.user, page.record.case
    review = next(each for each in page.reviews if each.line.pk == line.pk)
    clinical = not why_not(permissions.check_read_clinical, user)
    undecided = _undecided(page.record.lines)
    agreed = {"agreed_with": found.requester.name if found.requester else "", "channel": found.channel}
    context: dict[str, Any] = {
        "case": found,
        "reference": found.reference,
        "line": line.number,
        "header": shown.header(page, now),
        "tabs": [shown.line_tab(each, shown.procedure(page, each.line), current=each.line.pk == line.pk) for each in page.reviews],
        "line_shown": shown.line_shown(page, line),
        "decision": shown.decision(review),
        "clinical": clinical,
        "no_checklist": NO_CHECKLIST,
        "pane": record_pane(request, found),
        "documents": [(document.pk, document.title) for document in documents_of(found)] if clinical else [],
        "fact_groups": shown.fact_groups(page),
        "may_state": found.status == CaseStatus.OPEN and not why_not(permissions.check_state_facts, user),
        "may_confirm": found.status == CaseStatus.OPEN and not why_not(permissions.check_confirm_facts, user),
        "may_annotate": not why_not(permissions.check_annotate, user),
        "may_amend": bool(undecided) and not why_not(permissions.check_amend, user, undecided[0]),
        "may_withdraw": bool(undecided) and not why_not(permissions.check_withdraw, user, undecided[0]),
        "may_skip": bool(undecided) and not why_not(permissions.check_no_review_needed, user, undecided[0]),
        "may_assign": found.status == CaseStatus.OPEN and (user.has_role(Role.NURSE, Role.MEDICAL_DIRECTOR, Role.SUPERVISOR)),
        "who_has_it": shown.who_has_it(found),
        "may_void": bool(undecided) and not why_not(permissions.check_void, user, undecided[0]),
        "notes": page.notes,
        "contacts": page.contacts,
        "amendments": shown.amendments(page.amendments),
        "requests": page.requests,
        "letters": page.letters,
        "timeline": timeline(page.events, shown.texts_of(page.reviews)),
        "note_form": NoteForm(auto_id=NOTE),
        "contact_form": ContactForm(auto_id=CONTACT),
        "amend_form": AmendForm(lines=undecided, auto_id=AMEND, initial=agreed),
        "end_form": EndForm(lines=undecided, auto_id=END),
        "fact_form": None,
    }
    if clinical:
        others = [each for each in page.reviews if each.line.pk != line.pk and not why_not(permissions.check_review, user, each.line)]
        why = why_not(permissions.check_review, user, line)
        context["checklist"] = checklist(review, others, why_not=why, acceptable=len(acceptable(review)))
        context["news"] = news_shown(newer(line, timezone.localdate(now)))
        context["standing"] = standing(review, user, open_request=open_request(line, page.requests))
    return context


def _first_to_do(lines: list[ServiceLine], reader: User) -> ServiceLine:
    """The first line that waits for this reader, else for anybody."""
    mine = DIRECTING if reader.has_role(Role.MEDICAL_DIRECTOR) else (LineStatus.NURSE_REVIEW,)
    return next((line for line in lines if line.status in mine), (_undecided(lines) or lines)[0])


def _undecided(lines: list[ServiceLine]) -> list[ServiceLine]:
    return [line for line in lines if line.status in workflow.UNDECIDED]


def _back(found: Case, anchor: str) -> HttpResponse:
    return redirect(reverse("case", args=[found.reference]) + f"#{anchor}")
