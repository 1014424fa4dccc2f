"""Locking a case and writing its history: the two things every action begins and ends with.

One event per change, in the same transaction, chained by hash; the chain's head is kept on the case so that the last event cannot vanish.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from authreview.canonical import canonical, chained, sha256
from authreview.models import User
from authreview.origin import current_origin
from cases.models import Case, CaseEvent


def locked_case(case_id: int) -> Case:
    """The case, locked until the transaction ends, in a statement of its own: whatever is read after it is new."""
    return Case.objects.select_for_update().get(pk=case_id)


def sent_as(form_key: str, *said: object) -> str:
    """What a form is known by when it is sent again: the key of the page it was drawn on and all that was typed; empty without a key.

    The same twice is a second press, or a try after an answer that was lost. Changed in between, it is something else that was said.
    """
    return sha256(canonical([form_key, *said])) if form_key else ""


def event_hash(
    previous: str, reference: str, sequence: int, kind: str, line: int | None, by_id: int | None, at: datetime, payload: str
) -> str:
    """The hash of one event, as `verify_chain` recomputes it."""
    return chained(previous, reference, sequence, kind, line, by_id, at.astimezone(timezone.get_fixed_timezone(0)).isoformat(), payload)


def record_event(
    case: Case, kind: str, *, by: User | None, line: int | None = None, at: datetime | None = None, payload: dict[str, Any] | None = None
) -> CaseEvent:
    """Append one event to a locked case. Two statements: the event, and the chain's head on the case."""
    at = at or timezone.now()
    text = canonical(payload or {})
    sequence = case.event_count + 1
    by_id = by.pk if by else None
    digest = event_hash(case.event_head, case.reference, sequence, kind, line, by_id, at, text)
    event = CaseEvent(
        case=case,
        sequence=sequence,
        kind=kind,
        line=line,
        by=by,
        at=at,
        origin=current_origin(),
        payload=text,
        previous=case.event_head,
        hash=digest,
    )
    event.save(force_insert=True)
    case.event_count, case.event_head = sequence, digest
    Case.objects.filter(pk=case.pk).update(event_count=sequence, event_head=digest)
    return event
