"""What the case page is put together from, and what a save beside the checklist answers with: the panes that it changed."""

from collections.abc import Collection
from typing import Any

from django.forms import BaseFormSet, Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from authreview.models import User
from authreview.numbers import whole_number
from authreview.roles import Role
from cases import permissions, workflow
from cases.actions.assignment import DIRECTING
from cases.actions.review import acceptable
from cases.enums import CaseStatus, LineStatus
from cases.forms.case import AmendForm, ContactForm, EndForm, NoteForm, more_changes
from cases.models import ServiceLine
from cases.permissions import why_not
from cases.presenters import case as shown
from cases.presenters.checklist import checklist
from cases.presenters.history import timeline
from cases.presenters.newer import news_shown
from cases.presenters.standing import standing
from cases.queries.case_page import PageRecord, open_request, page_record
from cases.queries.documents import documents_of
from cases.queries.newer import newer

from .loaders import UserRequest, load_record
from .record import record_pane

AnyForm = Form | BaseFormSet[Any]
CHANGED = "cases/changed.html"
NOTE, CONTACT, AMEND, END = "note-%s", "contact-%s", "amend-%s", "end-%s"  # ids of the fields of forms that share a page
NOT_ROUTED = "{reference} has not been routed to review yet."
NO_CHECKLIST = "Criteria are reviewed by nurses and medical directors; your role sees the request, its record and its history."


def page_context(request: UserRequest, page: PageRecord, line: ServiceLine) -> dict[str, Any]:
    """Everything that templates/cases/case.html takes."""
    found = page.record.case
    context = beside(request, page, line)
    documents = [(document.pk, document.title) for document in documents_of(found)] if context["clinical"] else []
    return context | {"pane": record_pane(request, found), "documents": documents}


def changed(
    request: UserRequest, reference: str, pane: str, others: Collection[str] = (), *, slot: str = "", **forms: AnyForm
) -> HttpResponse:
    """Under htmx: a pane anew, and beside it those that changed with it, all as on a fresh page. With a form: the pane with its errors.

    `pane` and `others` are names of templates/cases/changed.html; `slot` is the place in the pane whose form was saved, and closes.
    What is typed elsewhere, the record and the checklist's controls stay.
    """
    record = load_record(request, reference)
    if not record.lines:
        raise Http404(NOT_ROUTED.format(reference=reference))
    number = whole_number(request.POST.get("here", ""))
    line = next((each for each in record.lines if each.number == number), None) or first_to_do(record.lines, request.user)
    said = {"main": pane, "panes": others, "answered": "" if forms else pane, "slot": slot}
    context = beside(request, page_record(record), line) | said | forms
    return render(request, CHANGED, context, status=422 if forms else 200)


def beside(request: UserRequest, page: PageRecord, line: ServiceLine) -> dict[str, Any]:
    """Everything that templates/cases/case.html takes but the record: reading a page of that is kept, and belongs to the page."""
    now, user, found = timezone.now(), request.user, page.record.case
    review = next(each for each in page.reviews if each.line.pk == line.pk)
    clinical = not why_not(permissions.check_read_clinical, user)
    undecided = undecided_of(page.record.lines)
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
        "more_changes": more_changes(None, undecided, AMEND) if len(undecided) > 1 else None,
        "end_form": EndForm(lines=undecided, auto_id=END),
        "oob": False,
        "answered": "",  # the pane of a save that went well: its next place takes the focus
        "slot": "",
    }
    if clinical:
        others = [each for each in page.reviews if each.line.pk != line.pk and not why_not(permissions.check_review, user, each.line)]
        why = why_not(permissions.check_review, user, line)
        context["checklist"] = checklist(review, others, why_not=why, acceptable=len(acceptable(review)))
        context["news"] = news_shown(newer(line, timezone.localdate(now)))
        context["standing"] = standing(review, user, open_request=open_request(line, page.requests))
    return context


def first_to_do(lines: list[ServiceLine], reader: User) -> ServiceLine:
    """The first line that waits for this reader, else for anybody."""
    mine = DIRECTING if reader.has_role(Role.MEDICAL_DIRECTOR) else (LineStatus.NURSE_REVIEW,)
    return next((line for line in lines if line.status in mine), (undecided_of(lines) or lines)[0])


def undecided_of(lines: list[ServiceLine]) -> list[ServiceLine]:
    return [line for line in lines if line.status in workflow.UNDECIDED]
