"""What the database itself refuses, whatever the code above it does: rows of the history, frozen findings, published policies."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from authreview.models import AccessRecord
from cases.models import Case, CaseEvent, ClockEntry, Determination, Document, Evidence, Finding, Note, Referral, WorkItem
from cases.models.triggers import FROZEN, install
from criteria.models import PolicyEvent, PolicyVersion
from tests.decisions import denial, offered_and_held, referred
from tests.factories import user

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def decided(frozen):
    """Case A with line 3 denied: it has every kind of row that is kept for good."""
    case = offered_and_held(referred())
    denial(case, 3)
    Note.objects.create(case=case, text="Called the practice.", by=user("nurse"), at=timezone.now())
    AccessRecord.objects.create(at=timezone.now(), user_id=1, kind="case", key=case.reference, origin="", outcome="shown")
    return case


def refused(write):
    """The database says no, and the row is as it was."""
    with pytest.raises(DatabaseError), transaction.atomic():
        write()
    return True


APPEND_ONLY = [CaseEvent, ClockEntry, Determination, Referral, Note, AccessRecord]


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
def test_rows_of_the_history_stay_as_written(decided, model):
    table = model._meta.db_table
    row = model.objects.order_by("pk").first()
    before = model.objects.filter(pk=row.pk).values().get()
    field = next(name for name in ("payload", "question", "text", "key", "reason", "rationale") if name in before)

    assert refused(lambda: model.objects.filter(pk=row.pk).update(**{field: "other"}))
    assert refused(lambda: model.objects.filter(pk=row.pk)._raw_delete(using="default"))
    assert refused(lambda: raw(f"UPDATE {table} SET {field} = 'other' WHERE id = %s", [row.pk]))
    assert refused(lambda: raw(f"DELETE FROM {table} WHERE id = %s", [row.pk]))
    names = [each.column for each in model._meta.concrete_fields]
    listed = ", ".join(f'"{name}"' for name in names)
    same = f"SELECT {listed} FROM {table} WHERE id = {row.pk}"
    upsert = f"INSERT INTO {table} ({listed}) {same}{' AND true' if connection.vendor == 'sqlite' else ''}"
    assert refused(lambda: raw(f"{upsert} ON CONFLICT (id) DO UPDATE SET {field} = 'other'", []))
    if connection.vendor == "sqlite":
        assert refused(lambda: raw(f"INSERT OR REPLACE INTO {table} ({listed}) {same}", []))
    else:
        assert refused(lambda: raw(f"TRUNCATE {table} CASCADE", []))
    assert model.objects.filter(pk=row.pk).values().get() == before


def raw(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_findings_of_a_decided_line_are_frozen(decided):
    finding = Finding.objects.filter(line__number=3, evidence__isnull=False).first()
    open_one = Finding.objects.filter(line__number=4).first()
    assert refused(lambda: Finding.objects.filter(pk=finding.pk).update(value="not_met"))
    assert refused(lambda: Finding.objects.filter(pk=finding.pk).delete())
    assert refused(lambda: Evidence.objects.filter(finding=finding).update(quote="other"))
    assert refused(lambda: Evidence.objects.filter(finding=finding).delete())
    new = {"document": Document.objects.first(), "page": 1, "quote": "more", "by": user("nurse"), "at": timezone.now()}
    assert refused(lambda: Evidence.objects.create(finding=finding, **new))
    assert refused(lambda: Finding.objects.create(line_id=finding.line_id, criterion="other", by=user("nurse"), at=timezone.now()))
    assert Finding.objects.filter(pk=open_one.pk).update(note="still open") == 1
    assert Evidence.objects.create(finding=open_one, **new).pk


def test_a_published_policy_is_frozen_but_for_its_retirement(decided):
    version = PolicyVersion.objects.first()
    assert refused(lambda: PolicyVersion.objects.filter(pk=version.pk).update(document={}))
    assert refused(lambda: PolicyVersion.objects.filter(pk=version.pk).update(digest="0" * 64))
    assert refused(lambda: PolicyVersion.objects.filter(pk=version.pk)._raw_delete(using="default"))
    values = {"status": "retired", "retired_by": user("policy_approver"), "retired_at": timezone.now()}
    assert PolicyVersion.objects.filter(pk=version.pk).update(in_force_until=timezone.localdate(), **values) == 1


def test_every_trigger_is_there_after_migrate():
    """A migration that rebuilds a table on SQLite drops its triggers; installing again brings all of them back."""
    names = trigger_names()
    per_table = {"no_update", "no_delete", "no_replace"} if connection.vendor == "sqlite" else {"no_change", "no_truncate"}
    expected = {f"{rows.model._meta.db_table}_{each}" for rows in FROZEN for each in per_table}
    assert expected <= names
    install(connection)
    assert trigger_names() == names


def trigger_names():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT DISTINCT trigger_name FROM information_schema.triggers UNION SELECT tgname FROM pg_trigger")
        return {name for (name,) in cursor.fetchall()}


def test_the_chain_verifies_and_a_cut_is_seen(decided, capsys):
    call_command("verify_chain")
    assert capsys.readouterr().out == "Every history is whole and every signature verifies.\n"
    Case.objects.filter(pk=decided.pk).update(event_count=99)
    with pytest.raises(CommandError):
        call_command("verify_chain", decided.reference)
    count = CaseEvent.objects.filter(case=decided).count()
    assert capsys.readouterr().out == f"{decided.reference}: the history ends at event {count}, the case says 99.\n"


def test_a_changed_event_is_seen(decided, capsys):
    with connection.cursor() as cursor:  # what nobody but the owner of the tables can do
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER cases_caseevent_no_update")
        else:
            cursor.execute("SET session_replication_role = replica")
        event = CaseEvent.objects.filter(case=decided, kind="referred").first()
        CaseEvent.objects.filter(pk=event.pk).update(payload="{}")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
    with pytest.raises(CommandError):
        call_command("verify_chain")
    assert capsys.readouterr().out == f"{decided.reference} event {event.sequence} (referred): its content does not have its hash.\n"
    install(connection)


def test_the_worklist_is_verified(decided, capsys):
    call_command("verify_work")
    assert capsys.readouterr().out == "1 case agrees with their worklist rows and deadlines.\n"
    WorkItem.objects.filter(case=decided, queue="director").delete()
    decided.lines.filter(number=1).update(open_flags=7)
    with pytest.raises(CommandError):
        call_command("verify_work")
    assert capsys.readouterr().out.splitlines() == [
        f"{decided.reference}: it should stand in director and does not.",
        f"{decided.reference}: line 1 has another number of open flags than its row says.",
    ]


def test_the_diagram_of_states_is_up_to_date():
    call_command("states_diagram", "--check")


def test_policy_events_are_frozen_too():
    assert PolicyEvent in {rows.model for rows in FROZEN}
