"""Moving a line along the workflow, and bringing the worklist's rows in line with the lines afterwards.

`move` alone sets a line's status; `settle` alone writes WorkItem. Both need the case's lock.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from authreview.errors import Conflict
from authreview.models import User
from cases import workflow
from cases.enums import CaseStatus, LineStatus, Queue
from cases.models import Case, ServiceLine, WorkItem

from .history import record_event

INTAKE_DAY = timedelta(hours=24)  # a draft should be routed within a day of receipt


def move(
    case: Case, line: ServiceLine, to: LineStatus, *, by: User | None, at: datetime | None = None, event: str = "", **payload: Any
) -> None:
    """Walk one edge: set the status and its times, write the event. Raises Conflict where there is no such edge."""
    edge = workflow.edge(line.status, to, event)
    if edge is None:
        raise Conflict(f"Line {line.number} is {LineStatus(line.status).label.lower()}; it cannot become {to.label.lower()} from there.")
    at = at or timezone.now()
    before, line.status = line.status, to
    if to is LineStatus.DECIDED:
        line.decided_at = at
    if to is LineStatus.NOTIFIED:
        line.notified_at = at
    line.save(update_fields=["status", "decided_at", "notified_at", "ended_why"])
    record_event(case, edge.event, by=by, line=line.number, at=at, payload={"from": before, "to": to.value, **payload})


def due_at(case: Case, line: ServiceLine) -> datetime:
    """When the line's next step is due. Without a rule it is due at once, so that nobody overlooks it."""
    due = line.notify_by if line.status == LineStatus.DECIDED else line.decide_by
    return due or line.decide_by or case.received_at


def expected_work(case: Case, lines: list[ServiceLine]) -> dict[str, datetime]:
    """Queue -> due time, as the worklist should show this case."""
    if case.status == CaseStatus.INTAKE:
        return {Queue.INTAKE: case.received_at + INTAKE_DAY}
    if case.status == CaseStatus.DUPLICATE:
        return {}
    return workflow.work_items(workflow.Standing(line.status, due_at(case, line)) for line in lines)


def assignee_of(case: Case, queue: str) -> int | None:
    """Whoever has the case in that queue: the director in theirs, the nurse in all others."""
    return case.director_id if queue == Queue.DIRECTOR else case.reviewer_id


def settle(case: Case, *, at: datetime | None = None) -> Case:
    """Write the difference between the worklist's rows and what the lines say; close a case with nothing left to do, as of `at`."""
    lines = list(case.lines.all())
    now = at or timezone.now()
    if case.status == CaseStatus.OPEN and lines and workflow.is_finished(line.status for line in lines):
        case.status, case.closed_at = CaseStatus.CLOSED, now
        case.save(update_fields=["status", "closed_at"])
        record_event(case, "closed", by=None, at=now)
    wanted = expected_work(case, lines)
    standing = {item.queue: item for item in case.work.all()}
    for queue, item in standing.items():
        if queue not in wanted:
            item.delete()
    for queue, due in wanted.items():
        _write(case, standing.get(queue), queue, due, now)
    return case


def _write(case: Case, item: WorkItem | None, queue: str, due: datetime, now: datetime) -> None:
    assignee = assignee_of(case, queue)
    values = {
        "due_at": due,
        "line_of_business": case.line_of_business,
        "urgency": case.urgency,
        "state": case.state,
        "assignee_id": assignee,
    }
    if item is None:
        WorkItem.objects.create(case=case, queue=queue, assigned_at=now if assignee else None, **values)
        return
    if any(getattr(item, name) != value for name, value in values.items()):
        if item.assignee_id != assignee:
            item.assigned_at = now if assignee else None
        for name, value in values.items():
            setattr(item, name, value)
        item.save()
