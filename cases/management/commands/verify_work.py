"""`manage.py verify_work`: recomputes what is kept twice (worklist rows, deadlines, counts of open flags) and says what differs."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.actions.clock import line_deadline, turnaround_rule
from cases.actions.settle import assignee_of, expected_work
from cases.enums import CaseStatus
from cases.models import Case


class Command(BaseCommand):
    help = (
        "Compares the worklist and the dates on each line with what follows from lines, rules and clock entries. Exit 1 where they differ."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        wrong, count = [], 0
        cases = Case.objects.order_by("pk").select_related("plan").prefetch_related("lines", "work", "clock_entries")
        for case in cases.iterator(chunk_size=500):
            count += 1
            wrong += [f"{case.reference}: {sentence}" for sentence in (*work_differs(case), *lines_differ(case))]
        for sentence in wrong:
            self.stdout.write(sentence)
        if wrong:
            raise CommandError(f"{len(wrong)} difference{'' if len(wrong) == 1 else 's'}.")
        self.stdout.write(f"{count} case{' agrees' if count == 1 else 's agree'} with their worklist rows and deadlines.")


def work_differs(case: Case) -> Iterator[str]:
    wanted = expected_work(case, list(case.lines.all()))
    standing = {item.queue: item for item in case.work.all()}
    for queue in sorted(standing.keys() - wanted.keys()):
        yield f"it stands in {queue} and should not."
    for queue in sorted(wanted.keys() - standing.keys()):
        yield f"it should stand in {queue} and does not."
    for queue in sorted(wanted.keys() & standing.keys()):
        item = standing[queue]
        if item.due_at != wanted[queue]:
            yield f"in {queue} it is due {wanted[queue]:%Y-%m-%d %H:%M}, the worklist says {item.due_at:%Y-%m-%d %H:%M}."
        if item.assignee_id != assignee_of(case, queue):
            yield f"in {queue} the worklist names another person than the case."
        if (item.line_of_business, item.urgency, item.state) != (case.line_of_business, case.urgency, case.state):
            yield f"in {queue} the worklist's filters differ from the case."


def lines_differ(case: Case) -> Iterator[str]:
    rule = turnaround_rule(case) if case.status in (CaseStatus.OPEN, CaseStatus.CLOSED) else None
    entries, now = list(case.clock_entries.all()), timezone.now()
    for line in case.lines.all():
        if rule is not None:
            due = line_deadline(case, line, rule, entries, now)
            if (line.decide_by, line.notify_by) != (due.decide_by, due.notify_by):
                yield f"line {line.number} is to be decided by {due.decide_by:%Y-%m-%d %H:%M}, its row says {line.decide_by}."
        if line.open_flags != sum(1 for flag in line.flags if not flag["resolved"]):
            yield f"line {line.number} has another number of open flags than its row says."
