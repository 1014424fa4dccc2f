"""Who has a case: taken, given, let go, by whom it may be."""

import pytest
from django.urls import reverse

from authreview.errors import Conflict, Denied
from authreview.roles import Role
from cases.actions.assignment import assign, release
from cases.models import Case
from cases.permissions import OWN_REVIEW
from tests.factories import user
from tests.intakes import routed, with_director

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def case():
    return routed(1)


def has_it(case):
    return [(item.queue, item.assignee and item.assignee.username) for item in case.work.order_by("queue")]


def test_works(client, case):
    client.force_login(user("supervisor"))
    nurse = user("nurse")
    response = client.post(reverse("assignment", args=[case.reference]), {"role": "nurse", "person": nurse.pk})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert has_it(case) == [("nurse", "nurse")]


def test_works_without_htmx(client, case):
    client.force_login(user("nurse"))
    page = client.get(reverse("assignment", args=[case.reference]))
    assert "Take this case" in page.text
    assert "<html" in page.text
    fragment = client.get(reverse("assignment", args=[case.reference]), headers={"HX-Request": "true"})
    assert "Take this case" in fragment.text
    assert "<html" not in fragment.text


def test_a_reviewer_takes_and_releases(client, case):
    nurse = user("nurse")
    client.force_login(nurse)
    client.post(reverse("assignment", args=[case.reference]), {"role": "nurse", "person": nurse.pk})
    assert has_it(case) == [("nurse", "nurse")]
    client.post(reverse("assignment", args=[case.reference]), {"role": "nurse", "person": ""})
    assert has_it(case) == [("nurse", None)]
    assert [event.kind for event in case.events.all()][-2:] == ["assigned", "released"]


def test_needs_role(client, case):
    client.force_login(user("nurse"))
    other = user("nurse", username="nurse2")
    response = client.post(reverse("assignment", args=[case.reference]), {"role": "nurse", "person": other.pk})
    assert response.status_code == 403
    assert "Only a supervisor assigns cases to other people." in response.text
    assert has_it(case) == [("nurse", None)]


def test_only_the_supervisor_takes_it_from_somebody(case):
    nurse, other = user("nurse"), user("nurse", username="nurse2")
    assign(case_id=case.pk, to=nurse, by=nurse)
    with pytest.raises(Conflict, match="has this case as nurse"):
        assign(case_id=case.pk, to=other, by=other)
    with pytest.raises(Denied):
        release(case_id=case.pk, by=other)
    assign(case_id=case.pk, to=other, by=user("supervisor"))
    assert has_it(case) == [("nurse", "nurse2")]
    release(case_id=case.pk, by=user("supervisor"))
    assert has_it(case) == [("nurse", None)]


def test_nobody_has_it(case):
    with pytest.raises(Conflict, match="Nobody has this case"):
        release(case_id=case.pk, by=user("supervisor"))


def test_roles_of_the_other(case):
    with pytest.raises(Denied, match="is no nurse"):
        assign(case_id=case.pk, to=user("letters"), by=user("supervisor"))
    with pytest.raises(Denied, match="is no medical director"):
        assign(case_id=case.pk, to=user("nurse"), by=user("supervisor"), role=Role.MEDICAL_DIRECTOR)


def test_nobody_directs_what_they_reviewed():
    case = with_director(routed(1))
    both = user("medical_director", "nurse")
    case.lines.update(reviewer_ids=[both.pk])
    with pytest.raises(Denied, match=OWN_REVIEW):
        assign(case_id=case.pk, to=both, by=user("supervisor"), role=Role.MEDICAL_DIRECTOR)


def test_rejects_wrong_status(case):
    Case.objects.filter(pk=case.pk).update(status="closed")
    with pytest.raises(Conflict):
        assign(case_id=case.pk, to=user("nurse"), by=user("supervisor"))
    with pytest.raises(Conflict):
        release(case_id=case.pk, by=user("supervisor"))


def test_shows_errors(client, case):
    client.force_login(user("supervisor"))
    response = client.post(reverse("assignment", args=[case.reference]), {"role": "nurse", "person": "999999"}, follow=True)
    assert "Choose somebody who can have this case." in response.text
