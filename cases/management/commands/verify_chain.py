"""`manage.py verify_chain`: recomputes every event's hash, the heads of the chains and the digests of signatures, and says what differs."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from authreview.canonical import chained
from cases.actions.history import event_hash
from cases.models import Case, CaseEvent, Determination
from cases.queries.snapshot import verify_signature
from criteria.models import Policy, PolicyEvent

UTC = timezone.get_fixed_timezone(0)


class Command(BaseCommand):
    help = "Verifies the histories of cases and policies and the signatures of determinations. Exit 1 where something was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", nargs="*", help="only these cases")

    def handle(self, *args: Any, **options: Any) -> None:
        references: list[str] = options["reference"]
        wrong = list(_cases(references)) + list(_signatures(references)) + ([] if references else list(_policies()))
        for sentence in wrong:
            self.stdout.write(sentence)
        if wrong:
            raise CommandError(f"{len(wrong)} problem{'' if len(wrong) == 1 else 's'}.")
        self.stdout.write("Every history is whole and every signature verifies.")


def _cases(references: list[str]) -> Iterator[str]:
    cases = Case.objects.order_by("pk")
    events = CaseEvent.objects.order_by("case_id", "sequence")
    if references:
        cases, events = cases.filter(reference__in=references), events.filter(case__reference__in=references)
    heads = {case.pk: case for case in cases.only("reference", "event_count", "event_head")}
    for case_id, rows in groupby(events.iterator(chunk_size=2000), key=lambda event: event.case_id):
        yield from _case(heads.pop(case_id), rows)
    for case in heads.values():
        if case.event_count or case.event_head:
            yield f"{case.reference}: all {case.event_count} events are missing."


def _case(case: Case, rows: Iterator[CaseEvent]) -> Iterator[str]:
    previous, count = "", 0
    for event in rows:
        count += 1
        where = f"{case.reference} event {event.sequence} ({event.kind})"
        if event.sequence != count:
            yield f"{where}: event {count} is missing."
            count = event.sequence
        if event.previous != previous:
            yield f"{where}: it does not follow the event before it."
        found = event_hash(event.previous, case.reference, event.sequence, event.kind, event.line, event.by_id, event.at, event.payload)
        if found != event.hash:
            yield f"{where}: its content does not have its hash."
        previous = event.hash
    if (count, previous) != (case.event_count, case.event_head):
        yield f"{case.reference}: the history ends at event {count}, the case says {case.event_count}."


def _policies() -> Iterator[str]:
    heads = {policy.pk: policy for policy in Policy.objects.order_by("pk")}
    rows = PolicyEvent.objects.order_by("policy_id", "sequence").iterator(chunk_size=2000)
    for policy_id, events in groupby(rows, key=lambda event: event.policy_id):
        policy, previous, count = heads[policy_id], "", 0
        for event in events:
            count += 1
            at = event.at.astimezone(UTC).isoformat()
            found = chained(event.previous, policy.slug, event.sequence, event.kind, event.version, event.by_id, at, event.payload)
            if event.sequence != count or event.previous != previous or found != event.hash:
                yield f"{policy.slug} event {event.sequence} ({event.kind}): changed, or out of its place."
            previous = event.hash
        if (count, previous) != (policy.event_count, policy.event_head):
            yield f"{policy.slug}: the history ends at event {count}, the policy says {policy.event_count}."


def _signatures(references: list[str]) -> Iterator[str]:
    rows = Determination.objects.select_related("signed_by", "line__case").order_by("pk")
    if references:
        rows = rows.filter(line__case__reference__in=references)
    for row in rows.iterator(chunk_size=500):
        if not verify_signature(row):
            yield f"{row.line.case.reference} line {row.line.number}: the signature of {row.signed_at:%d %b %Y} does not verify."
