"""The life of a service line as one table: from, to, event, who. Pure; actions look edges up here, the docs diagram is generated from it.

A status is never set anywhere but through an edge of this table. Who may walk an edge now, on this case, is permissions.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from authreview.roles import Role

from .enums import CaseStatus, LineStatus, Queue

S = LineStatus
REVIEWERS = frozenset({Role.NURSE})
DIRECTORS = frozenset({Role.MEDICAL_DIRECTOR})
CLINICAL = REVIEWERS | DIRECTORS


@dataclass(frozen=True, slots=True)
class Edge:
    """One step a line can take. `event` is the word in the history."""

    start: LineStatus
    end: LineStatus
    event: str
    roles: frozenset[Role]


OPEN = (S.NURSE_REVIEW, S.AWAITING_INFORMATION, S.PHYSICIAN_REVIEW, S.PEER_TO_PEER)
UNDECIDED = frozenset(OPEN)

EDGES: tuple[Edge, ...] = (
    Edge(S.NURSE_REVIEW, S.AWAITING_INFORMATION, "information_requested", CLINICAL),
    Edge(S.AWAITING_INFORMATION, S.NURSE_REVIEW, "information_received", CLINICAL | {Role.INTAKE}),
    Edge(S.PHYSICIAN_REVIEW, S.AWAITING_INFORMATION, "information_requested", DIRECTORS),
    Edge(S.AWAITING_INFORMATION, S.PHYSICIAN_REVIEW, "referred", CLINICAL),
    Edge(S.AWAITING_INFORMATION, S.PHYSICIAN_REVIEW, "information_received", CLINICAL | {Role.INTAKE}),  # to the director who asked
    Edge(S.NURSE_REVIEW, S.PHYSICIAN_REVIEW, "referred", REVIEWERS),
    Edge(S.PHYSICIAN_REVIEW, S.NURSE_REVIEW, "returned", DIRECTORS),
    Edge(S.PHYSICIAN_REVIEW, S.PEER_TO_PEER, "peer_to_peer_offered", DIRECTORS),
    Edge(S.PEER_TO_PEER, S.PHYSICIAN_REVIEW, "peer_to_peer_closed", DIRECTORS),
    Edge(S.NURSE_REVIEW, S.DECIDED, "approved", REVIEWERS),
    Edge(S.AWAITING_INFORMATION, S.DECIDED, "approved", REVIEWERS),
    Edge(S.PHYSICIAN_REVIEW, S.DECIDED, "decided", DIRECTORS),
    Edge(S.DECIDED, S.NOTIFIED, "notified", CLINICAL | {Role.LETTERS, Role.SUPERVISOR}),
    *(Edge(status, S.WITHDRAWN, "withdrawn", CLINICAL | {Role.INTAKE, Role.SUPERVISOR}) for status in OPEN),
    *(Edge(status, S.VOID, "voided", frozenset({Role.SUPERVISOR})) for status in OPEN),
    *(Edge(status, S.NO_REVIEW_NEEDED, "no_review_needed", CLINICAL | {Role.INTAKE, Role.SUPERVISOR}) for status in OPEN),
)

QUEUE_OF: dict[LineStatus, Queue | None] = {
    S.NURSE_REVIEW: Queue.NURSE,
    S.AWAITING_INFORMATION: Queue.INFORMATION,
    S.PHYSICIAN_REVIEW: Queue.DIRECTOR,
    S.PEER_TO_PEER: Queue.DIRECTOR,
    S.DECIDED: Queue.NOTIFY,
    S.NOTIFIED: None,
    S.WITHDRAWN: None,
    S.VOID: None,
    S.NO_REVIEW_NEEDED: None,
}

CASE_EDGES: tuple[tuple[CaseStatus, CaseStatus, str], ...] = (
    (CaseStatus.INTAKE, CaseStatus.OPEN, "routed"),
    (CaseStatus.INTAKE, CaseStatus.DUPLICATE, "marked_duplicate"),
    (CaseStatus.OPEN, CaseStatus.CLOSED, "closed"),
)


def edge(start: str, end: str, event: str = "") -> Edge | None:
    """The edge between two statuses, or None where a line cannot go that way. `event` tells two ways to one end apart."""
    ends = LineStatus(start), LineStatus(end)
    return next((each for each in EDGES if (each.start, each.end) == ends and event in ("", each.event)), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the queues need to know of a line."""

    status: str
    due_at: datetime


def work_items(lines: Iterable[Standing]) -> dict[str, datetime]:
    """Queue -> earliest date in it, over the lines of one case. A case stands in each queue that one of its lines is in."""
    items: dict[str, datetime] = {}
    for line in lines:
        queue = QUEUE_OF[LineStatus(line.status)]
        if queue is not None:
            items[queue] = min(items.get(queue, line.due_at), line.due_at)
    return items


def is_finished(statuses: Iterable[str]) -> bool:
    """Whether a case with these line statuses has nothing left to do."""
    return all(QUEUE_OF[LineStatus(status)] is None for status in statuses)
