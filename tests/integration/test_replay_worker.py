"""A replay waits for a worker, is worked at once, survives a fault; and the way from a version to its replays and back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from authreview.models import User
from cases.actions.replay import BROKEN, PATIENCE
from cases.models import ReplayLine, ReplayRun
from criteria.actions import save_draft
from tests.factories import user
from tests.integration.test_replay import approved, document_of, draft_of, one_more, replayed

__all__ = ["approved"]  # the fixture
pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(settings):
    """Work waits in the database, as in production."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def work():
    """A worker that does what waits, and goes home."""
    how = {"startup_delay": False, "max_tasks": None, "worker_id": "worker", "excluded_queue_names": []}
    Worker(queue_names=["default"], interval=0, batch=True, backend_name="default", **how).run()


def asked_for(client, role="policy_editor", months=6):
    client.force_login(user(role))
    client.post(reverse("policy-replay", args=["nerve-blocks-ahh", "draft"]), {"months": str(months)})
    return ReplayRun.objects.get(months=months)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_reads_what_was_asked_for(client, approved, queue):
    draft_of("nerve-blocks-ahh", one_more)
    run = asked_for(client)
    assert (run.status, run.read) == ("waiting", 0)
    assert "It waits for a worker." in client.get(reverse("replay-run", args=[run.pk])).content.decode()
    work()
    run.refresh_from_db()
    assert (run.status, run.read, run.information) == ("done", 1, 1)
    assert [(task.status, task.args_kwargs["args"]) for task in DBTaskResult.objects.all()] == [("SUCCESSFUL", [run.pk])]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_asked_for_by_two_it_waits_once(client, approved, queue):
    draft_of("nerve-blocks-ahh", one_more)
    assert asked_for(client) == asked_for(client, "policy_approver")
    assert DBTaskResult.objects.count() == 1
    work()
    assert asked_for(client).status == "done"
    assert (DBTaskResult.objects.count(), ReplayLine.objects.count()) == (1, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_fault_is_said_and_it_may_be_started_again(client, approved, queue, monkeypatch):
    draft_of("nerve-blocks-ahh", one_more)
    run = asked_for(client)
    with monkeypatch.context() as broken:
        broken.setattr("cases.queries.replaying.COLUMNS", ("nothing",))
        work()
    run.refresh_from_db()
    assert (run.status, run.problem) == ("failed", BROKEN)
    page = client.get(reverse("replay-run", args=[run.pk])).content.decode()
    assert BROKEN in page
    assert "Start it again" in page
    assert asked_for(client).status == "waiting"
    work()
    assert sorted(task.status for task in DBTaskResult.objects.all()) == ["FAILED", "SUCCESSFUL"]
    run.refresh_from_db()
    assert (run.status, run.problem, run.information) == ("done", "", 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_whose_worker_is_gone_may_be_started_again_after_a_while(client, approved, queue, time_machine):
    draft_of("nerve-blocks-ahh", one_more)
    run = asked_for(client)
    DBTaskResult.objects.all().delete()  # killed
    ReplayRun.objects.update(status="running")
    assert "Start it again" not in client.get(reverse("replay-run", args=[run.pk])).content.decode()
    assert asked_for(client) == run
    assert DBTaskResult.objects.count() == 0
    time_machine.move_to(timezone.now() + PATIENCE + timedelta(seconds=1))
    assert "Start it again" in client.get(reverse("replay-run", args=[run.pk])).content.decode()
    asked_for(client)
    asked_for(client)
    assert DBTaskResult.objects.count() == 1
    work()
    assert asked_for(client).status == "done"


def test_says_that_the_draft_has_changed_since(client, approved):
    version = draft_of("nerve-blocks-ahh", one_more)
    run = replayed(version)
    client.force_login(user("policy_editor"))
    assert "The draft has been changed since" not in client.get(reverse("replay-run", args=[run.pk])).content.decode()
    document = document_of("nerve-blocks-ahh") | {"title": "Another"}
    save_draft(version_id=version.pk, document=document, revision=version.revision, by=user("policy_editor"))
    page = client.get(reverse("replay-run", args=[run.pk])).content.decode()
    assert "The draft has been changed since" in page
    assert "Replay it as it is now" in page
    assert "of the draft before it was changed" in client.get(reverse("policy-replay", args=["nerve-blocks-ahh", "draft"])).content.decode()


def test_the_version_leads_to_its_replay_and_back(client, approved):
    version = draft_of("nerve-blocks-ahh")
    User.objects.update(is_staff=True)
    client.force_login(user("policy_editor"))
    there, back = (
        reverse("policy-replay", args=["nerve-blocks-ahh", "draft"]),
        reverse("admin:criteria_policyversion_change", args=[version.pk]),
    )
    assert f'href="{there}"' in client.get(back).content.decode()
    assert f'href="{back}"' in client.get(there).content.decode()
