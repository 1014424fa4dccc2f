"""Who has a case: taking the next one, taking or giving one, letting it go. A case has at most one nurse and one director."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from authreview.errors import Conflict, Denied
from authreview.models import User
from authreview.roles import Role
from cases import permissions
from cases.enums import CaseStatus, LineStatus, Queue
from cases.models import Case, ServiceLine, WorkItem

from .history import locked_case, record_event
from .settle import settle

DIRECTING = (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER)
PLACE = {Role.NURSE: "reviewer", Role.MEDICAL_DIRECTOR: "director"}
WORDS = {Role.NURSE: "nurse", Role.MEDICAL_DIRECTOR: "medical director"}


@transaction.atomic
def take_next(*, by: User) -> Case | None:
    """Give this reviewer the most urgent free case that they may decide, to nobody else at the same time. Raises Denied.

    A nurse's comes from the nurses' queue. A director's comes from the directors', for states of a current licence, of their specialty
    where the state asks for it, and not reviewed by themselves. None where nothing waits.
    """
    permissions.check_take(by)
    passed: set[int] = set()
    while (item := _next_free(by, passed)) is not None:
        passed.add(item.pk)
        # read again: the row was found before its case was locked
        fresh = WorkItem.objects.filter(pk=item.pk, assignee__isnull=True).first()
        if fresh is not None and not _was_nurse(by, fresh):
            return _give(locked_case(fresh.case_id), Role.MEDICAL_DIRECTOR if fresh.queue == Queue.DIRECTOR else Role.NURSE, to=by, by=by)
    return None


@transaction.atomic
def assign(*, case_id: int, to: User, by: User, role: Role = Role.NURSE, at: datetime | None = None) -> Case:
    """Give a case to somebody, as its nurse or as its director; reviewers take a free one for themselves. One event `assigned`.

    Raises Denied, Conflict.
    """
    case = locked_case(case_id)
    has_it = getattr(case, PLACE[role])
    if to.pk == by.pk and not by.has_role(Role.SUPERVISOR):
        permissions.check_take(by)
        if has_it is not None and has_it.pk != by.pk:
            raise Conflict(f"{has_it.get_full_name() or has_it.username} has this case as {WORDS[role]}.")
    else:
        permissions.check_assign(by)
    if not to.has_role(role):
        raise Denied(f"{to.get_full_name() or to.username} is no {WORDS[role]}.")
    if case.status != CaseStatus.OPEN:
        raise Conflict("Only an open case is assigned.")
    if role is Role.MEDICAL_DIRECTOR and _reviewed_all(to, case):
        raise Denied(permissions.OWN_REVIEW)
    return _give(case, role, to=to, by=by, at=at)


@transaction.atomic
def release(*, case_id: int, by: User, role: Role | None = None) -> Case:
    """Let a case go back to its queue: one's own, or as supervisor anybody's; without `role` both.

    Raises Denied, Conflict.
    """
    case = locked_case(case_id)
    if case.status != CaseStatus.OPEN:
        raise Conflict("This case is not open any more.")
    roles = [each for each in PLACE if role in (None, each) and getattr(case, f"{PLACE[each]}_id") is not None]
    own = [each for each in roles if getattr(case, f"{PLACE[each]}_id") == by.pk]
    if not own:
        permissions.check_assign(by)
    if not roles:
        raise Conflict("Nobody has this case.")
    for each in own or roles:
        put(case, each, None, by=by)
    return settle(case)


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _next_free(by: User, passed: Collection[int]) -> WorkItem | None:
    """The most urgent free row, its case locked; rows whose case somebody has locked are passed over where the database can."""
    rows = WorkItem.objects.filter(_may_decide(by, timezone.localdate()), assignee__isnull=True).exclude(pk__in=passed)
    rows = rows.select_related("case").order_by("due_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        # the case, not the row: whoever moves a line holds the case first and writes the row after it
        rows = rows.select_for_update(skip_locked=True, of=("case",))
    return rows.first()


def _may_decide(by: User, on: date) -> Q:
    """Rows of the queues this person works in."""
    queues = Q(pk__in=[])
    if by.has_role(Role.NURSE):
        queues |= Q(queue=Queue.NURSE)
    if by.has_role(Role.MEDICAL_DIRECTOR):
        states = [licence.state for licence in by.licences.all() if licence.covers(licence.state, on)]
        if states:
            queues |= Q(queue=Queue.DIRECTOR, state__in=["", *states]) & _of_specialty(by, states)
    return queues


def _of_specialty(by: User, states: Collection[str]) -> Q:
    """What permissions.check_specialty lets this director decide either way, as far as their licences reach."""
    kept = Q()
    for state, lines_of_business in permissions.SAME_SPECIALTY.items():
        if state in states:
            shared = Q(case__requester__specialty="")
            for each in permissions.specialties(by):
                shared |= Q(case__requester__specialty__iexact=each)
            kept &= ~Q(state=state, line_of_business__in=lines_of_business) | shared
    return kept


def _was_nurse(by: User, item: WorkItem) -> bool:
    """Whether somebody who would take this as director reviewed, as nurse, every line of it that waits for a director."""
    return item.queue == Queue.DIRECTOR and _reviewed_all(by, item.case)


def _reviewed_all(who: User, case: Case) -> bool:
    waiting = ServiceLine.objects.filter(case=case, status__in=DIRECTING).values_list("reviewer_ids", flat=True)
    return bool(waiting) and all(who.pk in reviewers for reviewers in waiting)


def _give(case: Case, role: Role, *, to: User, by: User, at: datetime | None = None) -> Case:
    put(case, role, to, by=by, at=at)
    return settle(case, at=at)


def put(case: Case, role: Role, to: User | None, *, by: User, at: datetime | None = None) -> None:
    """Write who has a locked case in that role, with its event; `settle` follows."""
    before: User | None = getattr(case, PLACE[role])
    if (before.pk if before else None) == (to.pk if to else None):
        return
    setattr(case, PLACE[role], to)
    case.save(update_fields=[PLACE[role]])
    payload = {"as": role.value, "from": before.username if before else "", "to": to.username if to else ""}
    if to is not None:
        payload["name"] = to.get_full_name()
    record_event(case, "assigned" if to else "released", by=by, at=at, payload=payload)
