"""Clinical facts on the case page: typed in a form in their place, edited, confirmed, removed. Without htmx, back to the page as it was."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from authreview.access import reads
from authreview.answers import page_before, retargeted
from cases import permissions
from cases.actions import facts as actions
from cases.actions.fact_rows import COLUMNS, columns_of
from cases.forms.facts import FORMS, TITLES, FactForm
from cases.models import Case
from cases.queries.case_page import fact_row

from .case_parts import changed
from .loaders import UserRequest, load_record

PAGE = "cases/facts/form.html"


@require_http_methods(["GET", "HEAD", "POST"])
@reads("case")
def new_fact(request: UserRequest, reference: str, kind: str) -> HttpResponse:
    """A fact of one kind."""
    record = load_record(request, reference)
    permissions.check_state_facts(request.user)
    slot = f"fact-new-{kind}"
    form = _form(kind)(_posted(request), lines=record.lines, auto_id=f"{slot}-%s")
    if request.method != "POST" or not form.is_valid():
        return _shown(request, record.case, form, f"Add: {TITLES[kind]}", slot)
    values = form.cleaned_data
    actions.state_fact(case_id=record.case.pk, kind=kind, values=values, line=values.get("line"), by=request.user)
    messages.success(request, "The fact is recorded.")
    return _done(request, reference, slot)


@require_http_methods(["GET", "HEAD", "POST"])
@reads("case")
def fact(request: UserRequest, reference: str, kind: str, fact_id: int) -> HttpResponse:
    """Edit one fact; `do` confirms or removes it."""
    record = load_record(request, reference)
    permissions.check_state_facts(request.user)
    row = fact_row(record.case, kind, fact_id)
    if row is None:
        raise Http404("This fact is not recorded any more.")
    which: dict[str, Any] = {"case_id": record.case.pk, "by": request.user}
    if request.method == "POST" and request.POST.get("do") == "confirm":
        actions.confirm_facts(**which, facts=[(kind, fact_id)])
        messages.success(request, "The fact is confirmed.")
        return _done(request, reference)
    if request.method == "POST" and request.POST.get("do") == "remove":
        actions.remove_fact(**which, kind=kind, fact_id=fact_id)
        messages.success(request, "The fact is removed; the history keeps it.")
        return _done(request, reference)
    slot = f"fact-{kind}-{fact_id}"
    form = _form(kind)(_posted(request), lines=record.lines, initial=columns_of(kind, row), auto_id=f"{slot}-%s")
    form.fields.pop("line", None)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, record.case, form, f"Edit: {TITLES[kind]}", slot)
    values = {name: form.cleaned_data[name] for name in COLUMNS[kind] if name in form.cleaned_data}
    actions.edit_fact(**which, kind=kind, fact_id=fact_id, values=values)
    messages.success(request, "The fact is changed.")
    return _done(request, reference, slot)


@require_POST
def confirm_all(request: UserRequest, reference: str) -> HttpResponse:
    """Everything that was stated, confirmed against the record."""
    record = load_record(request, reference)
    count = actions.confirm_facts(case_id=record.case.pk, by=request.user)
    messages.success(request, f"{count} fact{'s' if count != 1 else ''} confirmed.")
    return _done(request, reference)


def _done(request: UserRequest, reference: str, slot: str = "") -> HttpResponse:
    """The facts, with the form in `slot` closed, and the checklist that they speak in."""
    if request.htmx:  # type: ignore[attr-defined]
        return changed(request, reference, "facts", ("timeline", "head", "line"), slot=slot)
    return redirect(_address(request, reference).split("#")[0] + "#facts")


def _posted(request: UserRequest) -> QueryDict | None:
    """An empty form was sent too: it is refused as one, not taken for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def _form(kind: str) -> type[FactForm]:
    if kind not in FORMS:
        raise Http404(f"There is no fact of the kind {kind}.")
    return FORMS[kind]


def _shown(request: UserRequest, case: Case, form: FactForm, title: str, slot: str) -> HttpResponse:
    """The form as a page; under htmx in its place among the facts, or the link that opens it where it is closed as it was."""
    context = {"case": case, "form": form, "title": title, "back": _address(request, case.reference), "address": request.path}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, PAGE, context | {"slot": ""}, status=422 if form.is_bound else 200)
    if form.is_bound:
        return retargeted(render(request, f"{PAGE}#in-place", context | {"slot": slot}, status=422), f"#{slot}")
    if "close" in request.GET:
        link = {"address": request.path, "slot": slot, "focus": slot, "word": title.partition(":")[0]}
        return render(request, "cases/facts/facts.html#open-form", link)
    first = next(iter(form.fields.values()))
    first.widget.attrs["data-focus"] = True
    return render(request, f"{PAGE}#in-place", context | {"slot": slot})


def _address(request: UserRequest, reference: str) -> str:
    """The page one came from, if it is this case's; else the case."""
    given = request.POST.get("back") or page_before(request)
    case = reverse("case", args=[reference])
    return given if given.startswith(case) and "/facts" not in given else case
