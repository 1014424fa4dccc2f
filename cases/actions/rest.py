"""Marking what is left of a line as not documented, in one step: a finding and an event for each, as if marked one by one."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from authreview.errors import Conflict, Incomplete
from authreview.models import User
from cases.queries.case_page import pages_opened, seen, with_seen
from cases.queries.rest import rest_of
from criteria.enums import FindingValue

from .history import record_event
from .marking import Marked, brief, close_moot, judged, marked_line, note_of, save_all

NOTHING_OPENED = "Open the record first: you have opened no page of it, so nobody can say what it does not show."
NOTHING_LEFT = "Nothing is left to mark: what is still open has an answer, or something speaks to it."
CHANGED = "What is still unmarked has changed since this list was shown, so nothing was marked. Close it and open it again."


@transaction.atomic
def mark_rest(*, reference: str, line: int, by: User, shown: Mapping[str, int], at: datetime | None = None) -> Marked:
    """Mark as not documented every open criterion that nobody has answered and that nothing speaks to.

    `shown`: the criteria as they were listed, each with its version. Raises Denied, Conflict, and Incomplete where no page was opened.
    """
    case, review = marked_line(reference, line, by)
    if shown and all((row := seen(review, each)) is not None and row.value == FindingValue.NOT_DOCUMENTED for each in shown):
        return Marked(case, review, review)  # the same press again
    rest = rest_of(review)
    if rest.versions != dict(shown):
        raise Conflict(CHANGED)
    if not rest.criteria:
        raise Incomplete(NOTHING_LEFT)
    searched = tuple(pages_opened(case.pk, by.pk))
    if not searched:
        raise Incomplete(NOTHING_OPENED)
    now = at or timezone.now()
    rows = [
        judged(review, leaf, FindingValue.NOT_DOCUMENTED.value, note_of(review, leaf.id), by, now, searched=searched)
        for leaf, _ in rest.criteria
    ]
    rows = save_all(review, rows, by)
    for row in rows:
        payload = {"criterion": row.criterion, "before": brief(seen(review, row.criterion)), "after": brief(row)}
        record_event(case, "finding_recorded", by=by, line=line, at=now, payload=payload)
    return Marked(case, review, close_moot(case, with_seen(review, rows), by, now), tuple(row.criterion for row in rows))
