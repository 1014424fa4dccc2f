"""The case page: record, checklist and standing of one line, what is kept about the case; notes, contacts, amendments, endings."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from authreview.access import reads
from authreview.errors import Incomplete
from authreview.numbers import whole_number
from cases import permissions
from cases.actions.intake import no_review_needed
from cases.actions.line import LineChange, amend_lines, record_contact, void_line, withdraw_line, write_note
from cases.enums import CaseStatus
from cases.forms.case import AmendForm, ContactForm, EndForm, NoteForm, more_changes
from cases.models import Case
from cases.presenters.request import lines_words
from cases.queries.case_page import page_record

from .case_parts import AMEND, CONTACT, END, NOT_ROUTED, NOTE, AnyForm, changed, first_to_do, page_context, undecided_of
from .loaders import UserRequest, load_case, load_line, load_record

PAGE = "cases/case.html"
ENDINGS = {  # by the button that was pressed
    "": (withdraw_line, permissions.check_withdraw),
    "void": (void_line, permissions.check_void),
    "no_review_needed": (no_review_needed, permissions.check_no_review_needed),
}


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
    permissions.check_annotate(request.user)
    if not form.is_valid():
        return _refused(request, reference, "notes", note_form=form)
    write_note(case_id=found.pk, by=request.user, **form.cleaned_data)
    messages.success(request, "The note is kept.")
    return _done(request, found, "notes", ("timeline",))


@require_http_methods(["GET", "POST"])
def contacts(request: UserRequest, reference: str) -> HttpResponse:
    """A call, voicemail, fax or mail about the case."""
    found = load_case(request, reference)
    form = ContactForm(request.POST or None, auto_id=CONTACT)
    if request.method != "POST":
        return _back(found, "contacts")
    permissions.check_annotate(request.user)
    if not form.is_valid():
        return _refused(request, reference, "contacts", contact_form=form)
    record_contact(case_id=found.pk, by=request.user, **form.cleaned_data)
    messages.success(request, "The contact is recorded.")
    return _done(request, found, "contacts", ("timeline",))


@require_http_methods(["GET", "POST"])
def amendments(request: UserRequest, reference: str) -> HttpResponse:
    """Lines changed as agreed with the practice."""
    record = load_record(request, reference)
    if request.method != "POST":
        return _back(record.case, "amendments")
    permissions.check_some(permissions.check_amend, request.user, record.lines)
    open_lines = undecided_of(record.lines)
    form, more = AmendForm(request.POST, lines=open_lines, auto_id=AMEND), more_changes(request.POST, open_lines, AMEND)
    if not all([form.is_valid(), not more.is_bound or more.is_valid()]):
        return _refused(request, reference, "amendments", amend_form=form, **({"more_changes": more} if more.is_bound else {}))
    changes = [each for each in (form, *(more.forms if more.is_bound else ())) if each is form or each.has_changed()]
    amended = amend_lines(
        case_id=record.case.pk,
        changes=[(each.cleaned_data["lines"], LineChange(**each.change())) for each in changes],
        by=request.user,
        **{name: form.cleaned_data[name] for name in ("agreed_with", "channel", "agreed_at")},
    )
    numbers = [str(each.line.number) for each in amended]
    messages.success(request, f"Amended: line{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}.")
    return _done(request, record.case, "amendments", ("timeline", "head", "line", "sent"))


@require_http_methods(["GET", "POST"])
def end_lines(request: UserRequest, reference: str) -> HttpResponse:
    """Lines withdrawn, lines that need no review, or void by a supervisor."""
    record = load_record(request, reference)
    form = EndForm(request.POST or None, lines=undecided_of(record.lines), auto_id=END)
    if request.method != "POST":
        return _back(record.case, "amendments")
    how = request.POST.get("how", "")
    if how not in ENDINGS:
        raise Incomplete("Choose how the lines end: nothing was recorded.")
    act, check = ENDINGS[how]
    permissions.check_some(check, request.user, record.lines)
    if not form.is_valid():
        return _refused(request, reference, "amendments", end_form=form)
    act(case_id=record.case.pk, by=request.user, **form.cleaned_data)
    numbers = sorted(form.cleaned_data["lines"])
    messages.success(request, f"{lines_words(numbers)} {'has' if len(numbers) == 1 else 'have'} ended without a decision.")
    here = whole_number(request.POST.get("here", ""))
    return _done(request, record.case, "amendments", ("timeline", "sent", "head", "checklist" if here in numbers else "line"), slot="end")


# ---- the page -------------------------------------------------------------------------------------------------------------------
def _shown(request: UserRequest, reference: str, number: int | None, *, status: int = 200, **forms: AnyForm) -> HttpResponse:
    record = load_record(request, reference)
    if not record.lines:
        raise Http404(NOT_ROUTED.format(reference=reference))
    line = load_line(record, number) if number is not None else first_to_do(record.lines, request.user)
    page = page_record(record)
    context = page_context(request, page, line) | forms
    return render(request, PAGE, context, status=status)


def _refused(request: UserRequest, reference: str, pane: str, **forms: AnyForm) -> HttpResponse:
    """What was typed with what is wrong with it: in its pane, or without htmx on the page."""
    if request.htmx:  # type: ignore[attr-defined]
        return changed(request, reference, pane, (), slot="", **forms)
    return _shown(request, reference, None, status=422, **forms)


def _done(request: UserRequest, found: Case, pane: str, others: tuple[str, ...], slot: str = "") -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return changed(request, found.reference, pane, others, slot=slot)
    return _back(found, pane)


def _back(found: Case, anchor: str) -> HttpResponse:
    return redirect(reverse("case", args=[found.reference]) + f"#{anchor}")
