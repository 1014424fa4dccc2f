"""What would this draft have changed: asked for at the version, watched while a worker reads, its lines read by who may open cases."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from authreview.models import User
from cases.actions.determination import approve_lines
from cases.actions.replay import BROKEN
from cases.models import ReplayRun
from cases.permissions import NOT_A_READER
from tests.browser.hands import sign_in_at_once
from tests.browser.looks import accessible
from tests.decisions import approvable
from tests.factories import user
from tests.integration.test_replay import draft_of, one_more
from tests.integration.test_replay_worker import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(office, settings):
    """A line approved by a nurse, and a draft with one criterion more. Work waits in the database."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    case = approvable()
    approve_lines(case_id=case.pk, lines=[3], by=user("nurse"))
    User.objects.filter(username__in=["policy_editor", "auditor"]).update(is_staff=True)
    return draft_of("nerve-blocks-ahh", one_more)


def test_a_replay_from_the_version_to_its_lines(draft, office, live_server):
    page = sign_in_at_once(office, live_server, "policy_editor")
    page.goto(reverse("admin:criteria_policyversion_change", args=[draft.pk]))
    page.get_by_role("link", name="What would it have changed?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"What would {draft} have changed?")
    accessible(page)
    page.get_by_label("Months back from today").press("Enter")

    # nobody has begun, then somebody has read a part, then all is read: the page follows by itself
    expect(page.get_by_text("It waits for a worker.")).to_be_visible()
    run = ReplayRun.objects.get()
    expect(page).to_have_url(live_server.url + reverse("replay-run", args=[run.pk]))
    accessible(page)
    ReplayRun.objects.update(status="running", total=4000, read=1000)
    bar = page.get_by_role("progressbar", name="Decisions read")
    expect(bar).to_have_attribute("value", "1000")
    expect(page.get_by_text("1000 of 4000")).to_be_visible()
    accessible(page)
    ReplayRun.objects.update(status="waiting", read=0)
    work()
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    expect(bar).to_have_count(0)

    # its lines, which a policy editor reads without opening the case
    page.get_by_role("link", name="Would need other information").press("Enter")
    row = page.get_by_role("row").filter(has_text="64405")
    expect(row).to_contain_text("Something new")
    expect(row.get_by_role("link")).to_have_count(0)
    expect(page.get_by_text(NOT_A_READER)).to_be_visible()
    accessible(page)
    page.get_by_role("link", name=str(draft), exact=True).click()
    expect(page).to_have_url(live_server.url + reverse("admin:criteria_policyversion_change", args=[draft.pk]))

    # an auditor starts none, reads this one, and opens the case
    page = sign_in_at_once(office, live_server, "auditor")
    page.goto(reverse("policy-replay", args=["nerve-blocks-ahh", "draft"]))
    expect(page.get_by_role("button", name="Replay")).to_be_disabled()
    accessible(page)
    page.goto(reverse("replay-run", args=[run.pk]) + "?effect=information")
    page.get_by_role("row").filter(has_text="64405").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_url(f"{live_server.url}{reverse('case-line', args=[run.lines.get().line.case.reference, 3])}")


def test_one_that_failed_says_so_and_is_started_again(draft, office, live_server, monkeypatch):
    page = sign_in_at_once(office, live_server, "policy_editor")
    page.goto(reverse("policy-replay", args=["nerve-blocks-ahh", "draft"]))
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("It waits for a worker.")).to_be_visible()
    with monkeypatch.context() as broken:
        broken.setattr("cases.queries.replaying.COLUMNS", ("nothing",))
        work()
    expect(page.get_by_text(BROKEN)).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Start it again").click()
    expect(page.get_by_text("It waits for a worker.")).to_be_visible()
    work()
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    expect(page.get_by_text(BROKEN)).to_have_count(0)
