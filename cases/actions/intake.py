"""Taking a request in: drafts as they are typed, routing to review, duplicates, and services that need no review.

A draft is the raw form. Routing writes everything or nothing, and from then on changes to a line are amendments.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from authreview.errors import Conflict, Incomplete, Problem
from authreview.models import User
from cases import permissions
from cases.enums import CaseStatus, Channel, ClockKind, LineStatus
from cases.intake_data import IntakeData
from cases.intake_problems import problems, receipt_problem
from cases.models import Case, Plan, ServiceLine

from .clock import enter, keep_clock
from .computed import keep_computed
from .governing import pin_rules
from .history import locked_case, record_event
from .information import close_moot_items
from .marking import keep_in_step
from .requested import found_member, found_practitioner, lines_as_received, write_lines, write_stated_facts
from .settle import move, settle

NOT_ROUTABLE = "This request cannot be routed yet."


@transaction.atomic
def start_case(
    *,
    by: User,
    channel: str = Channel.FAX,
    draft: Mapping[str, Any] | None = None,
    draft_key: str = "",
    received_at: datetime | None = None,
    received_reason: str = "",
    at: datetime | None = None,
) -> Case:
    """Begin a request, received now unless an earlier time with its reason can stand. One event `started`. Raises Denied.

    `draft_key` names the page it is typed on: the same page sent twice is the same draft. `at` is for loaders of the past.
    """
    permissions.check_take_in(by)
    if draft_key:
        User.objects.select_for_update().get(pk=by.pk)  # two sendings of one page wait for each other here
        begun = Case.objects.filter(status=CaseStatus.INTAKE, entered_by=by, draft__draft_key=draft_key).first()
        if begun is not None:
            return save_draft(
                case_id=begun.pk,
                draft=draft or {},
                by=by,
                received_at=received_at,
                received_reason=received_reason,
                channel=channel,
                quietly=True,
            )
    now = at or timezone.now()
    if received_at is None or receipt_problem(received_at, received_reason, now):
        received_at, received_reason = now, ""
    case = Case.objects.create(
        reference=f"new {uuid4().hex[:16]}",
        received_at=received_at,
        received_reason=received_reason,
        entered_at=now,
        entered_by=by,
        channel=channel if channel in Channel.values else Channel.FAX,
        draft=_kept(draft, draft_key),
    )
    # numbered by the row: the database gives each number once, however many requests come in at once
    case.reference = f"PA-{timezone.localtime(now).year}-{case.pk:06d}"
    case.save(update_fields=["reference"])
    record_event(case, "started", by=by, at=now, payload={"channel": case.channel})
    return settle(case)


@transaction.atomic
def save_draft(
    *,
    case_id: int,
    draft: Mapping[str, Any],
    by: User,
    received_at: datetime | None = None,
    received_reason: str = "",
    channel: str = "",
    quietly: bool = False,
) -> Case:
    """Keep the form as typed, right or wrong. One event `draft_saved`, none where it saves itself (`quietly`). Raises Denied.

    A time of receipt that can stand is taken over at once, so that the draft waits by the right date.
    """
    case = locked_case(case_id)
    permissions.check_take_in(by, case)
    case.draft = _kept(draft, (case.draft or {}).get("draft_key", ""))
    if not receipt_problem(received_at, received_reason, case.entered_at):
        case.received_at, case.received_reason = received_at or case.entered_at, received_reason
    if channel in Channel.values:
        case.channel = channel
    case.save(update_fields=["draft", "received_at", "received_reason", "channel"])
    if not quietly:
        record_event(case, "draft_saved", by=by)
    return settle(case)


@transaction.atomic
def route_case(*, case_id: int, data: IntakeData, by: User, at: datetime | None = None) -> Case:
    """Turn a draft into an open case: people, columns, stated facts, lines with their rules, clock, worklist. One event `routed`.

    Services that need no review end at once, each with its event. Raises Denied, Incomplete with every problem.
    """
    case = locked_case(case_id)
    permissions.check_take_in(by, case)
    wrong = problems(data, case.entered_at)
    plan = Plan.objects.filter(code=data.plan).first()
    if plan is None:
        wrong.append(Problem("Plan", message=f"There is no plan {data.plan!r}."))
    if wrong or plan is None:
        raise Incomplete(NOT_ROUTABLE, wrong)
    now = at or timezone.now()
    changed = _open(case, data, plan, by, now)
    lines = write_lines(case, data, by=by, at=now)
    write_stated_facts(case, data, lines, by=by, at=now)
    enter(case, ClockKind.RECEIVED, at=case.received_at, by=by, reason=case.received_reason[:60], recorded_at=now)
    pin_rules(case, lines, at=now)
    record_event(case, "routed", by=by, at=now, payload=_as_routed(case, lines) | {"people": changed})
    keep_clock(case, now=now)
    keep_computed(case)
    for line, asked in zip(lines, data.lines, strict=True):
        if asked.no_review_why:
            _end_without_review(case, line, asked.no_review_why, by=by, at=now)
    return settle(case, at=now)


@transaction.atomic
def take_in(*, data: IntakeData, by: User, at: datetime | None = None) -> Case:
    """Begin and route in one go what comes complete, from an interface or the demo. Raises Denied, Incomplete, and leaves nothing then."""
    case = start_case(by=by, channel=data.channel, at=at)
    return route_case(case_id=case.pk, data=data, by=by, at=at)


@transaction.atomic
def mark_duplicate(*, case_id: int, of_id: int, by: User, at: datetime | None = None) -> Case:
    """End a draft as a repetition of another case, which keeps its clock. One event `marked_duplicate`. Raises Denied, Conflict."""
    case = locked_case(case_id)
    permissions.check_take_in(by, case)
    other = Case.objects.filter(pk=of_id).first()
    if other is None or other.pk == case.pk:
        raise Conflict("A request is a duplicate of another case, which was not found.")
    if other.status in (CaseStatus.INTAKE, CaseStatus.DUPLICATE):
        raise Conflict(f"{other.reference} is itself {other.get_status_display().lower()}; name the case that is reviewed.")
    case.status, case.duplicate_of = CaseStatus.DUPLICATE, other
    case.closed_at = at or timezone.now()
    case.save(update_fields=["status", "duplicate_of", "closed_at"])
    record_event(case, "marked_duplicate", by=by, at=at, payload={"of": other.reference})
    return settle(case)


@transaction.atomic
def no_review_needed(*, case_id: int, lines: Sequence[int], why: str, by: User) -> Case:
    """End undecided lines for which the plan asks for no review. One event each. Raises Denied, Conflict, Incomplete."""
    case = locked_case(case_id)
    why = why.strip()
    if not why:
        raise Incomplete("Say why no review is needed.", [Problem("Reason", message="This is needed.")])
    chosen = list(case.lines.filter(number__in=lines).order_by("number"))
    if len(chosen) != len(set(lines)) or not chosen:
        raise Conflict("Choose lines of this case.")
    for line in chosen:
        permissions.check_no_review_needed(by, line)
        _end_without_review(case, line, why, by=by, at=timezone.now())
    keep_computed(case)
    keep_in_step(case)
    close_moot_items(case, by=by)
    return settle(case)


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _kept(draft: Mapping[str, Any] | None, draft_key: str) -> dict[str, Any]:
    return {**(draft or {}), "draft_key": draft_key}


def _open(case: Case, data: IntakeData, plan: Plan, by: User, now: datetime) -> dict[str, Any]:
    """Fill the case's columns and open it. What was found changed about people on file, as before and after."""
    changed: dict[str, Any] = {}
    case.plan, case.line_of_business, case.state = plan, plan.line_of_business, data.state or plan.state
    case.member = found_member(plan, data.member, by=by, at=now, changed=changed)
    case.requester = found_practitioner(data.requester, facility=False, changed=changed)
    case.facility = found_practitioner(data.facility, facility=True, changed=changed) if data.facility else None
    case.review_type, case.urgency, case.urgency_by_practitioner = data.review_type, data.urgency, data.urgency_by_practitioner
    case.channel = data.channel
    case.received_at, case.received_reason = data.received_at or case.entered_at, data.received_reason
    case.status, case.draft = CaseStatus.OPEN, None
    case.save()
    return changed


def _end_without_review(case: Case, line: ServiceLine, why: str, *, by: User, at: datetime) -> None:
    line.ended_why = why[:200]
    move(case, line, LineStatus.NO_REVIEW_NEEDED, by=by, at=at, why=line.ended_why)


def _as_routed(case: Case, lines: list[ServiceLine]) -> dict[str, Any]:
    """The request as the history keeps it."""
    return {
        "plan": case.plan.code if case.plan else "",
        "line_of_business": case.line_of_business,
        "state": case.state,
        "member": case.member.member_id if case.member else "",
        "requester": case.requester.npi if case.requester else "",
        "facility": case.facility.npi if case.facility else "",
        "review_type": case.review_type,
        "urgency": case.urgency,
        "urgency_by_practitioner": case.urgency_by_practitioner,
        "channel": case.channel,
        "received_at": case.received_at,
        "received_reason": case.received_reason,
        "lines": lines_as_received(lines),
        "governed_by": {str(line.number): {"pinned": line.pinned, "why": line.pinned_why} for line in lines},
    }
