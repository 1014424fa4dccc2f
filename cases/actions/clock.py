"""The clock's entries, and the dates that follow from them, kept on each line. Counting is deadlines.py; nothing here decides on expiry."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone

from authreview.models import User
from cases import workflow
from cases.deadlines import Deadline, Entry, choose_rule, deadline
from cases.enums import ClockKind, LineStatus
from cases.facts import received_on
from cases.models import Case, ClockEntry, ServiceLine, TurnaroundRule
from cases.turnaround import Rule

NO_RULE = "No turnaround rule covers this request: it is due at once, and an administrator should add the rule."
RULE_FIELDS = tuple(field.name for field in fields(Rule))
KEPT = ("decide_by", "notify_by", "clock", "clock_stopped")


def enter(
    case: Case,
    kind: ClockKind,
    *,
    at: datetime,
    by: User,
    line: ServiceLine | None = None,
    until: datetime | None = None,
    reason: str = "",
    recorded_at: datetime | None = None,
) -> ClockEntry:
    """Append one entry to a locked case's clock, of one line or of all. `keep_clock` is called after the last entry of an action."""
    return ClockEntry.objects.create(
        case=case, line=line, kind=kind, at=at, until=until, reason=reason, by=by, recorded_at=recorded_at or timezone.now()
    )


def turnaround_rule(case: Case) -> Rule | None:
    """The row that governs this request, as deadlines.py reads it."""
    rows = TurnaroundRule.objects.filter(
        line_of_business=case.line_of_business, review_type=case.review_type, urgency=case.urgency, state__in=("", case.state)
    )
    return choose_rule(map(_rule, rows), case.line_of_business, case.state, case.review_type, case.urgency, received_on(case))


def line_deadline(case: Case, line: ServiceLine, rule: Rule, entries: Iterable[ClockEntry], now: datetime) -> Deadline:
    """When one line is due by the entries of the case and its own."""
    log = [Entry(entry.kind, entry.at, entry.until, entry.reason) for entry in entries if entry.line_id in (None, line.pk)]
    return deadline(rule, log, ZoneInfo(case.plan.time_zone if case.plan else "America/New_York"), now)


def keep_clock(case: Case, *, now: datetime | None = None) -> None:
    """Bring the dates of every line in line with rule and entries. Writes only lines that changed; called under the case's lock."""
    rule = turnaround_rule(case)
    entries = list(case.clock_entries.order_by("id"))
    at = partial(line_deadline, case, rule=rule, entries=entries, now=now or timezone.now()) if rule else None
    for line in case.lines.order_by("number"):
        before = tuple(getattr(line, name) for name in KEPT)
        if at is None:
            line.decide_by, line.notify_by, line.clock, line.clock_stopped = None, None, NO_RULE, False
        else:
            due = at(line)
            stopped = due.stopped and line.status in workflow.UNDECIDED
            line.decide_by, line.notify_by, line.clock, line.clock_stopped = due.decide_by, due.notify_by, due.words, stopped
        if before != tuple(getattr(line, name) for name in KEPT):
            line.save(update_fields=KEPT)


def foresee_stop(case: Case, rule: Rule | None, lines: Iterable[ServiceLine], *, until: datetime, now: datetime) -> None:
    """Put on these lines in hand what asking now, with an answer due by `until`, would make of them. Writes nothing."""
    entries = list(case.clock_entries.order_by("id")) if rule and rule.tolls else []
    stopped = {entry.line_id for entry in entries if entry.kind == ClockKind.TOLLED}
    for line in lines:
        line.status = LineStatus.AWAITING_INFORMATION
        if rule is None or not rule.tolls:
            continue
        stop = [] if {line.pk, None} & stopped else [ClockEntry(case=case, line=line, kind=ClockKind.TOLLED, at=now, until=until)]
        due = line_deadline(case, line, rule, [*entries, *stop], now)
        line.decide_by, line.clock_stopped = due.decide_by, due.stopped


def _rule(row: TurnaroundRule) -> Rule:
    values = {name: getattr(row, name) for name in RULE_FIELDS}
    return Rule(**values | {"extension_reasons": tuple(row.extension_reasons)})
