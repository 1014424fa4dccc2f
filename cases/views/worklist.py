"""The worklist, the list of cases that search leads to, and who takes what. Ordered by deadline alone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authreview.answers import page_before
from authreview.numbers import whole_number
from authreview.roles import Role
from cases import permissions
from cases.actions.assignment import assign, release, take_next
from cases.forms.worklist import AssignmentForm, WorklistFilters
from cases.presenters import lists
from cases.presenters import worklist as rows
from cases.queries import search
from cases.queries import worklist as queries
from cases.queries.worklist import Tab

from .loaders import UserRequest, load_case

NOTHING_WAITS = "Nothing is waiting that you may decide."


@require_GET
def worklist(request: UserRequest) -> HttpResponse:
    permissions.check_read(request.user)
    tabs = lists.tabs_of(request.user)
    asked = request.GET.get("tab", "")
    tab = Tab(asked) if asked in tabs else lists.first_tab(request.user)
    without = ["who"] if tab in (Tab.MINE, Tab.DONE) else ["line_of_business", "urgency", "code", "who"] if tab is Tab.INTAKE else []
    form = WorklistFilters(request.GET, services=queries.service_choices(), people=queries.reviewers(), without=without)
    place = lists.place_from(request.GET.get("after", ""), request.GET.get("before", ""))
    found, pages = _done(request, form, place) if tab is Tab.DONE else _work(request, tab, form, place)
    counts = queries.counts(tabs, request.user, timezone.now())
    context = {
        "tabs": lists.tab_links(tabs, tab, counts, request.path),
        "tab": tab,
        "form": form,
        "rows": found,
        "pages": pages,
        "empty": lists.EMPTY[tab],
        "is_narrowed": any(form.cleaned_data.values()),
        "may_take": permissions.can(permissions.check_take, request.user),
        "may_take_in": permissions.can(permissions.check_take_in, request.user),
        "may_assign": _may_change(request),
    }
    return _list(request, "worklist.html", context)


@require_GET
def cases(request: UserRequest) -> HttpResponse:
    """Every case, open or closed, newest first; with `q` those of a reference, member or code. One that a reference names opens at once."""
    permissions.check_read(request.user)
    text = request.GET.get("q", "").strip()
    found = search.cases_found(text)
    after, before = (request.GET.get(name, "") for name in ("after", "before"))
    place = whole_number(after or before)
    page = search.case_page(found, place, backwards=not after)
    shown = queries.shown([case.pk for case in page.rows])
    if text and len(page.rows) == 1 and page.rows[0].pk in shown.cases and shown.cases[page.rows[0].pk].reference == text.upper():
        return redirect(rows.case_url(shown.cases[page.rows[0].pk]))
    ends = (str(page.rows[0].pk), str(page.rows[-1].pk)) if page.rows else ("", "")
    total = queries.counted(found) if text else None
    pages = lists.pages(request.path, {"q": text}, len(page.rows), total, page.has_previous * ends[0], page.has_next * ends[1])
    now = timezone.now()
    context = {
        "q": text,
        "rows": [rows.case_row(case, shown, request.user, now) for case in page.rows],
        "pages": pages,
        "may_take_in": permissions.can(permissions.check_take_in, request.user),
        "may_assign": False,
        "tab": "",
    }
    return _list(request, "cases/cases.html", context)


@require_POST
def take(request: UserRequest) -> HttpResponse:
    case = take_next(by=request.user)
    if case is None:
        messages.info(request, NOTHING_WAITS)
        return redirect("worklist")
    return redirect("case", case.reference)


@require_http_methods(["GET", "POST"])
def assignment(request: UserRequest, reference: str) -> HttpResponse:
    """Who has the case. A reviewer takes it or lets it go; a supervisor gives it to anybody who can have it."""
    case = load_case(request, reference)
    places = [
        (Role.NURSE, "Nurse", case.reviewer, queries.reviewers(Role.NURSE)),
        (Role.MEDICAL_DIRECTOR, "Medical director", case.director, queries.reviewers(Role.MEDICAL_DIRECTOR)),
    ]
    if request.method == "POST":
        if not request.user.has_role(Role.SUPERVISOR):
            permissions.check_take(request.user)
        form = AssignmentForm(request.POST, people=queries.reviewers())
        if form.is_valid():
            return _assigned(request, case.pk, Role(form.cleaned_data["role"]), form.cleaned_data["person"])
        messages.error(request, "Choose somebody who can have this case.")
        return redirect("worklist")
    context = {
        "case": case,
        "places": [
            {"role": role.value, "label": label, "person": person, "people": people, "may_take": request.user.has_role(role)}
            for role, label, person, people in places
        ],
        "may_assign": permissions.can(permissions.check_assign, request.user),
    }
    is_dialog = request.htmx  # type: ignore[attr-defined]
    return render(request, "cases/assignment.html#dialog" if is_dialog else "cases/assignment.html", context)


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _work(request: UserRequest, tab: Tab, form: WorklistFilters, place: Any) -> tuple[list[rows.Row], lists.Pages]:
    now = timezone.now()
    found = queries.work(tab, request.user, now, form.filters())
    page = queries.work_page(found, place)
    shown = queries.shown([item.case_id for item in page.rows])
    total = queries.counted(found)
    pages = _pages(request, page, total, "due_at")
    if tab is Tab.INTAKE:
        drafts = queries.drafts([item.case_id for item in page.rows])
        return [rows.draft_row(item, shown, drafts[item.case_id], now) for item in page.rows], pages
    return [rows.work_row(item, shown, request.user, now) for item in page.rows], pages


def _done(request: UserRequest, form: WorklistFilters, place: Any) -> tuple[list[rows.Row], lists.Pages]:
    found = queries.done(form.filters())
    page = queries.done_page(found, place)
    shown = queries.shown([case.pk for case in page.rows])
    return [rows.done_row(case, shown, request.user) for case in page.rows], _pages(request, page, queries.counted(found), "closed_at")


def _pages(request: HttpRequest, page: queries.Page, total: int, by: str) -> lists.Pages:
    asked = {name: request.GET.get(name, "") for name in ("tab", "line_of_business", "urgency", "code", "who")}
    first, last = (lists.place_token(getattr(row, by), row.pk) for row in (page.rows[0], page.rows[-1])) if page.rows else ("", "")
    return lists.pages(request.path, asked, len(page.rows), total, page.has_previous * first, page.has_next * last)


def _may_change(request: UserRequest) -> bool:
    return permissions.can(permissions.check_take, request.user) or permissions.can(permissions.check_assign, request.user)


def _assigned(request: UserRequest, case_id: int, role: Role, person: Any) -> HttpResponse:
    if person is None:
        case = release(case_id=case_id, by=request.user, role=role)
        messages.success(request, f"{case.reference} is free again.")
    else:
        case = assign(case_id=case_id, to=person, by=request.user, role=role)
        whose = "yours" if person == request.user else f"with {person.get_full_name() or person.username}"
        messages.success(request, f"{case.reference} is {whose} now.")
    before = page_before(request)
    return redirect(before if before.startswith(reverse("case", args=[case.reference])) and "assignment" not in before else "worklist")


def _list(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; or, for filter and pager, the list alone under the same address."""
    response = render(request, f"{template}#list" if request.htmx else template, context)  # type: ignore[attr-defined]
    patch_vary_headers(response, ["HX-Request"])
    return response
