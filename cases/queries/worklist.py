"""What the worklist and the list of cases read. Only WorkItem is filtered, ordered, counted; what a row shows comes for its page alone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from authreview.models import User
from authreview.roles import Role
from cases.enums import Queue
from cases.models import Case, Determination, Finding, InformationRequest, ServiceCode, ServiceLine, WorkItem

from .codes import in_force, services_begun
from .recorded import end_stops

PAGE = 50
MOST_COUNTED = 1000  # beyond it a count says "999+": counting a million rows would cost more than the page


class Tab(StrEnum):
    """The lists of work. Ordered by deadline, whatever was found."""

    MINE = "mine"
    TEAM = "team"
    INFORMATION = "information"
    DIRECTOR = "director"
    NOTIFY = "notify"
    TODAY = "today"
    OVERDUE = "overdue"
    INTAKE = "intake"
    DONE = "done"


QUEUES = {Tab.TEAM: Queue.NURSE, Tab.INFORMATION: Queue.INFORMATION, Tab.DIRECTOR: Queue.DIRECTOR, Tab.NOTIFY: Queue.NOTIFY}
QUEUES |= {Tab.INTAKE: Queue.INTAKE}
ACROSS_QUEUES = frozenset({Tab.MINE, Tab.TODAY, Tab.OVERDUE})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrows a list to; empty is everything. `who`: "me", "nobody", or a user's number."""

    line_of_business: str = ""
    urgency: str = ""
    code: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins: after or before the row with this time and number."""

    at: datetime
    number: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, and whether there are more on either side."""

    rows: list[Any]
    has_previous: bool
    has_next: bool


@dataclass(frozen=True)
class Shown:
    """What the rows of a page need besides themselves. `marked`: line -> criteria with a finding."""

    cases: dict[int, Case]
    names: dict[str, str]
    marked: dict[int, int] = field(default_factory=dict)


def work(tab: Tab, user: User, now: datetime, filters: Filters = Filters()) -> QuerySet[WorkItem]:
    """The rows of a tab in no order. A case that stands in several queues is shown once, at its earliest date."""
    rows = WorkItem.objects.filter(_of_tab(tab, user, now), _of_filters(filters, user))
    if tab in ACROSS_QUEUES:
        same = WorkItem.objects.filter(_of_tab(tab, user, now), case_id=OuterRef("case_id"))
        earlier = same.filter(Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), id__lt=OuterRef("id")))
        rows = rows.filter(~Exists(earlier))
    if filters.code:
        rows = rows.filter(Exists(ServiceLine.objects.filter(case_id=OuterRef("case_id"), code=filters.code)))
    return rows


def work_page(rows: QuerySet[WorkItem], place: Place | None, size: int = PAGE) -> Page:
    """One page by deadline. Both bounds of the key are written so that the index is walked, not filtered."""
    return _page(rows, place, size, "due_at", ("gte", "lte", "due_at", "id"), ("lte", "gte", "-due_at", "-id"))


def done(filters: Filters = Filters()) -> QuerySet[Case]:
    """Closed cases, in no order."""
    rows = Case.objects.filter(closed_at__isnull=False)
    rows = rows.filter(line_of_business=filters.line_of_business) if filters.line_of_business else rows
    rows = rows.filter(urgency=filters.urgency) if filters.urgency else rows
    return rows.filter(Exists(ServiceLine.objects.filter(case_id=OuterRef("pk"), code=filters.code))) if filters.code else rows


def done_page(rows: QuerySet[Case], place: Place | None, size: int = PAGE) -> Page:
    """One page, what closed last comes first."""
    return _page(rows, place, size, "closed_at", ("lte", "lte", "-closed_at", "id"), ("gte", "gte", "closed_at", "-id"))


def counted(rows: QuerySet[Any]) -> int:
    """How many, at most MOST_COUNTED."""
    return rows.order_by().values("pk")[:MOST_COUNTED].count()


def counts(tabs: Collection[Tab], user: User, now: datetime) -> dict[Tab, int]:
    """How many each tab holds, capped; the done ones are not counted."""
    return {tab: counted(work(tab, user, now)) for tab in tabs if tab is not Tab.DONE}


def shown(case_ids: Collection[int]) -> Shown:
    """The cases of a page with people, lines and requests, in a fixed number of statements."""
    cases = Case.objects.filter(pk__in=case_ids).select_related("member", "plan", "reviewer", "director", "duplicate_of").defer("draft")
    lines = ServiceLine.objects.order_by("number").defer("as_received", "proposals", "flags", "pinned", "pinned_why")
    decided = Determination.objects.order_by("id").only("line_id", "outcome")
    requests = InformationRequest.objects.filter(sent_at__isnull=False).order_by("id")
    by_id = {
        case.pk: case
        for case in cases.prefetch_related(
            Prefetch("lines", lines), Prefetch("lines__determinations", decided), Prefetch("requests", requests), "requests__items"
        )
    }
    every = [line for case in by_id.values() for line in case.lines.all()]
    end_stops(every)
    found = Finding.objects.filter(line_id__in=[line.pk for line in every], value__isnull=False).values("line_id").annotate(n=Count("id"))
    return Shown(by_id, service_names({line.code for line in every}), {row["line_id"]: row["n"] for row in found})


def drafts(case_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The raw forms of these drafts."""
    return {pk: draft or {} for pk, draft in Case.objects.filter(pk__in=case_ids).values_list("pk", "draft")}


def service_names(codes: Collection[str]) -> dict[str, str]:
    """Our own short names of procedure codes."""
    return {code: row.name for code, row in services_begun(codes).items()}


def service_choices() -> list[tuple[str, str]]:
    """Procedures that a list can be narrowed to."""
    return list(ServiceCode.objects.filter(in_force(timezone.localdate())).order_by("code").values_list("code", "name"))


def reviewers(*roles: Role) -> QuerySet[User]:
    """People who can have a case, in these roles or in any."""
    names = [role.value for role in roles or (Role.NURSE, Role.MEDICAL_DIRECTOR)]
    people = User.objects.filter(is_active=True, groups__name__in=names)
    return people.distinct().order_by("last_name", "first_name", "username")


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _of_tab(tab: Tab, user: User, now: datetime) -> Q:
    match tab:
        case Tab.MINE:
            return Q(assignee_id=user.pk)
        case Tab.TODAY:
            midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            return Q(due_at__gte=now, due_at__lt=midnight)
        case Tab.OVERDUE:
            return Q(due_at__lt=now)
        case _:
            return Q(queue=QUEUES[tab])


def _of_filters(filters: Filters, user: User) -> Q:
    asked = Q()
    if filters.line_of_business:
        asked &= Q(line_of_business=filters.line_of_business)
    if filters.urgency:
        asked &= Q(urgency=filters.urgency)
    if filters.who:
        whose = {"me": user.pk, "nobody": None}
        asked &= Q(assignee_id=whose[filters.who] if filters.who in whose else int(filters.who))
    return asked


Way = tuple[str, str, str, str]  # comparison of the time, of the number within one time, and the order of both


def _page(rows: QuerySet[Any], place: Place | None, size: int, by: str, forwards: Way, backwards: Way) -> Page:
    time, number, *order = backwards if place and place.backwards else forwards
    if place:
        rows = rows.filter(**{f"{by}__{time}": place.at}).exclude(**{by: place.at, f"id__{number}": place.number})
    found = list(rows.order_by(*order)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if place and place.backwards:
        return Page(found[::-1], has_previous=more, has_next=True)
    return Page(found, has_previous=place is not None, has_next=more)
