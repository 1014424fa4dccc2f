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
from cases.models import InformationRequest, PageOpening
from cases.queries.asking import asked_items
from cases.views.case_parts import NO_CHECKLIST
from tests.factories import asked_for, attach, case_at, demo_of, mark, reviewed, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


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


def test_one_referral_of_several_lines_is_told_once(client):
    case = case_at("physician_review")
    client.force_login(user("nurse"))
    html = page(client, case).content.decode()
    assert "Lines 2, 3 and 4: referred to a medical director." in html
    assert html.count("The criteria are marked as shown. How do you decide each line?") == 1


def test_who_has_it_and_where_to_change_that(client, case):
    url, link = reverse("case", args=[case.reference]), reverse("assignment", args=[case.reference])
    client.force_login(user("auditor"))
    html = client.get(url).content.decode()
    assert "With nobody yet" in html
    assert link not in html
    client.force_login(user("supervisor"))
    assert f'href="{link}"' in client.get(url).content.decode()
    sent = {"role": "nurse", "person": user("nurse").pk}
    back = client.post(link, sent, HTTP_REFERER=f"http://testserver{url}")
    assert back["Location"] == url
    assert "With nurse Nurse Example" in client.get(url).content.decode()
    assert client.post(link, sent, HTTP_REFERER="http://testserver/")["Location"] == reverse("worklist")


def test_what_arrived_is_open_in_the_viewer(client, case, frozen):
    asked_for(reviewed(case, lines=[1]))
    request = InformationRequest.objects.get()
    frozen.shift(3600)
    document = attach(case, demo_of(case).answers.document, by=user("intake"))
    client.force_login(user("nurse"))
    count = str(len(asked_items(request)))
    management = {"item-TOTAL_FORMS": count, "item-INITIAL_FORMS": count}
    sent = management | {"everything": "1", "all-document": str(document.pk), "all-page": "1"}
    response = client.post(reverse("information-received", args=[case.reference, request.pk]), sent)
    assert response["Location"] == f"{reverse('case', args=[case.reference])}?document={document.pk}&page=1"
    assert client.get(response["Location"]).context["pane"].title.startswith(document.title)


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
