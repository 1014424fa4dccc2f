"""How many decided lines a second a whole replay takes: read from the database, judged, and what would not stand written down."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from authreview.canonical import sha256
from cases.actions.replay import PIECE, run_replay, start_replay
from cases.models import Case, DecidedLine, Determination, Member, Plan, Practitioner, ReplayLine, ReplayRun, ServiceLine
from cases.queries import replaying
from cases.signed_facts import decided_columns
from criteria.actions import new_draft
from criteria.assessment import assess
from criteria.models import PolicyVersion
from tests.benchmarks.signed import CODE, decisions, engine_alone, joined, policy
from tests.factories import user
from tests.small_policies import published

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db(transaction=True)]
LINES, PER_CASE = 4_000, 4
DRAFTS = {"one criterion more": {"more": 1}, "3 checks with another threshold": {"changed": 3}, "all 12": {"changed": 12}}


def decided_lines(version):
    """Lines with their decisions, as many as a department decides in some weeks."""
    now, by = timezone.now(), user("nurse")
    plan = Plan.objects.create(code="shp", name="Sample Health Plan", line_of_business="commercial", state="OH", contact={})
    member = Member.objects.create(plan=plan, member_id="SHP-1", given_name="Ada", family_name="Example", birth_date="1980-05-01")
    practitioner = Practitioner.objects.create(npi="1234567893", name="Example")
    cases = Case.objects.bulk_create(
        Case(
            reference=f"PA-2026-{number:06}",
            status="closed",
            received_at=now - timedelta(days=9),
            entered_by=by,
            entered_at=now,
            received_reason="fax",
            channel="fax",
            plan=plan,
            line_of_business="commercial",
            state="OH",
            member=member,
            requester=practitioner,
            review_type="preservice",
            urgency="standard",
        )
        for number in range(LINES // PER_CASE)
    )
    pinned = [{"policy": version.policy.slug, "version": "1", "digest": version.digest, "rule": "hip", "title": version.title}]
    lines = ServiceLine.objects.bulk_create(
        ServiceLine(
            case=case, number=number + 1, code=CODE, status="notified", pinned=pinned, pinned_at=now, decided_at=now, notified_at=now
        )
        for case in cases
        for number in range(PER_CASE)
    )
    rule = joined(version.document)
    signed = zip(lines, decisions(LINES, rule, pinned), strict=True)
    made = Determination.objects.bulk_create(
        [
            Determination(
                line=line,
                outcome="approved",
                requested_units=1,
                approved_units=1,
                valid_from=now,
                valid_through=now,
                authorization_number=f"A{line.pk}",
                value=assess(rule, findings).value.value,
                findings=findings,
                snapshot=text,
                digest=sha256(text),
                signed_by=by,
                signed_at=now,
                signed_as="nurse",
                signed_with="session",
                licence="OH",
            )
            for line, (findings, text) in signed
        ],
        batch_size=500,
    )
    order = [leaf.id for leaf in rule.criteria]
    DecidedLine.objects.bulk_create(
        (
            DecidedLine(
                determination=each,
                line=each.line,
                code=CODE,
                signed_at=now,
                signed_as="nurse",
                value=each.value,
                **decided_columns(each.snapshot, timezone.localdate(now - timedelta(days=9)), order),
            )
            for each in made
        ),
        batch_size=500,
    )


def reading():
    """The time of a core that the database's answers take, not judged."""
    start = time.process_time()
    decisions = replaying.standing([CODE], timezone.localdate(), timezone.localdate())
    ids = replaying.ids(decisions)
    for begin in range(0, len(ids), PIECE):
        replaying.rows(decisions, *ids[begin : begin + PIECE][:: min(PIECE, len(ids)) - 1])
    return time.process_time() - start


def test_lines_a_second(settings):
    settings.DEBUG = False
    version = published(policy("1"))
    decided_lines(PolicyVersion.objects.get(pk=version.pk))
    draft = new_draft(document=policy("2"), by=user("policy_editor"))
    findings = Determination.objects.order_by("pk").values_list("findings", flat=True)
    floor = min(engine_alone(joined(version.document), list(findings)) for _ in range(3))
    print(f"\n{connection.vendor}: the engine alone, on findings as JSON, {LINES / floor:,.0f} lines a second of a core")
    for name, change in DRAFTS.items():
        document = policy("2", **change)
        PolicyVersion.objects.filter(pk=draft.pk).delete()
        draft = new_draft(document=document, by=user("policy_editor"))
        run = start_replay(version_id=draft.pk, months=6, by=user("policy_editor"))
        wall, own = time.perf_counter(), time.process_time()
        found = run_replay(run_id=run.pk)
        own, wall = time.process_time() - own, time.perf_counter() - wall
        assert (found.status, found.read) == ("done", LINES)
        kept = ReplayLine.objects.filter(run=run).count()
        speed = f"{LINES / own:,.0f} lines a second of a core, {own / floor:.2f} x the engine alone, {LINES / wall:,.0f} by the clock"
        print(f"\n{connection.vendor}, {name}: {speed}; {kept} kept")
    print(f"\nof which reading alone: {LINES / reading():,.0f} lines a second")
    assert ReplayRun.objects.count() == 1  # a discarded draft takes its runs along
