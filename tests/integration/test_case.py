"""The case page: what each role sees, a fixed number of statements, decided lines read-only with their signature verified."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authreview.models import AccessRecord
from cases.actions.facts import typed_fact
from cases.actions.intake import mark_duplicate, start_case
from cases.actions.line import withdraw_line, write_note
from cases.models import PageOpening
from cases.views.case import NO_CHECKLIST
from tests.factories import case_at, founding_case, mark, reviewed, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def case():
    return founding_case("a")


def page(client, case, line=None):
    url = reverse("case-line", args=[case.reference, line]) if line else reverse("case", args=[case.reference])
    return client.get(url)


def test_works(client, case):
    client.force_login(user("nurse"))
    html = page(client, case).content.decode()
    assert "Are trigger point injections and three nerve blocks medically necessary for myofascial pain, neck pain" in html
    assert "Avery Sample, born 1 May 1980, SHP-000101" in html
    assert "Jordan Example, Neurology, phone 555-0142, fax 555-0143" in html
    assert re.findall(r'<span class="row-number" aria-hidden="true">(\d+)', html) == [str(number) for number in range(1, 17)]
    assert "At least" not in html
    assert "One of these: one invasive procedure at a time" in html
    assert "Undecided: nothing is marked yet" in html
    assert "To verify: 2 weeks as the shortest trial" in html
    assert AccessRecord.objects.filter(kind="case", key=case.reference, outcome="shown").count() == 1
    assert PageOpening.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "checklist", "status"),
    [("intake", False, 200), ("letters", False, 200), ("supervisor", True, 200), ("auditor", True, 200), ("policy_editor", False, 403)],
)
def test_needs_role(client, case, role, checklist, status):
    client.force_login(user(role))
    response = page(client, case)
    html = response.content.decode()
    assert response.status_code == status
    assert ('id="checklist"' in html) == checklist
    assert (NO_CHECKLIST in html) == (status == 200 and not checklist)
    assert "Accept all proposals" not in html
    assert "Record an amendment" not in html or role == "supervisor"


def test_unknown(client, case):
    client.force_login(user("nurse"))
    assert client.get(reverse("case", args=["PA-2026-999999"])).status_code == 404
    assert page(client, case, 9).status_code == 404


def test_drafts_and_duplicates_lead_on(client, case):
    client.force_login(user("nurse"))
    draft = start_case(by=user("nurse"))
    assert page(client, draft)["Location"] == reverse("intake", args=[draft.reference])
    assert client.post(reverse("notes", args=[draft.reference]), {"text": ""}).status_code == 404
    mark_duplicate(case_id=draft.pk, of_id=case.pk, by=user("nurse"))
    assert page(client, draft)["Location"] == reverse("case", args=[case.reference])
    assert f"{draft.reference} is a duplicate of this case." in page(client, case).content.decode()


def test_the_first_line_with_the_nurse_is_shown(client, case):
    client.force_login(user("nurse"))
    withdraw_line(case_id=case.pk, lines=[1], why="asked", by=user("nurse"))
    assert 'data-line="2"' in page(client, case).content.decode()
    assert "This line is not open any more." in page(client, case, 1).content.decode()


def statements(client, case):
    """How many statements the page takes, once the session is warm and the page of the record opened."""
    page(client, case)
    with CaptureQueriesContext(connection) as asked:
        page(client, case)
    return len([each for each in asked if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])


def test_query_count(client, case):
    """As many statements with three of everything as with one: answers, quotes, notes, facts, lines that are reviewed."""
    client.force_login(user("nurse"))
    counts = []
    for criterion, quote in (("program", "Referral"), ("duration", "a couple months"), ("reason_for_both", "Nerve blocks")):
        mark(case, 1, criterion, "unclear", quote=quote)
        write_note(case_id=case.pk, text=criterion, by=user("nurse", username=criterion))
        typed_fact(reference=case.reference, line=1, criterion="palpation", text=f"trigger point {MUSCLES[criterion]}", by=user("nurse"))
        counts.append(statements(client, case))
    reviewed(case, lines=[2, 3, 4])
    counts.append(statements(client, case))
    assert set(counts) == {counts[0]}
    assert counts[0] <= 40


MUSCLES = {"program": "trapezius left", "duration": "masseter left", "reason_for_both": "masseter right"}


def test_history_in_sentences(client, case):
    client.force_login(user("nurse"))
    reviewed(case, lines=[1, 2])
    html = page(client, case).content.decode()
    assert "Line 2: “Forehead nerve (supraorbital or supratrochlear), for headache or nerve pain” applies." in html
    assert "Line 1: “Symptoms have lasted more than 3 months” unclear, against what was computed." in html
    assert "Request routed to review with 4 lines." in html


@pytest.mark.parametrize("status", ["awaiting_information", "physician_review", "decided"])
def test_later_states(client, status):
    case = case_at(status)
    client.force_login(user("nurse"))
    html = page(client, case, 3 if status != "awaiting_information" else 1).content.decode()
    expected = {
        "awaiting_information": "The practice has been asked; the line waits for its answer.",
        "physician_review": "This line is with the medical director.",
        "decided": "Signature verified",
    }[status]
    assert expected in html
    assert ("disabled" in re.findall(r"<input type=\"radio\"[^>]*>", html)[0]) == (status != "awaiting_information")
