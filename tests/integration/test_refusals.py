"""The client sends whatever it likes: what a person may not do is refused on the server, with its sentence, and nothing is written."""

from datetime import date

import pytest
from django.urls import reverse

from authreview.models import Licence
from cases import permissions
from cases.actions.determination import refer_lines
from cases.models import Case, Determination, InformationRequest
from tests.decisions import QUESTION, approvable, offered_and_held, referred, shown
from tests.factories import founding_case, reviewed, user

pytestmark = pytest.mark.django_db
PASSWORD = "let me in, please"
DENY = {
    "decision": "denied",
    "basis": "experimental",
    "rationale": "Excluded.",
    "circumstances": "None.",
    "member_reason_en": "Our rule does not cover this.",
    "no_conflict": "on",
    "password": PASSWORD,
}


def signed_in(client, person):
    """By password, so that the session is fresh."""
    assert client.login(username=person.username, password=PASSWORD)
    client.post("/sign-in/", {"username": person.username, "password": PASSWORD})
    return client


def post(client, name, case, *args, **data):
    return client.post(reverse(name, args=[case.reference, *args]), data)


def refused(response, status, sentence):
    assert (response.status_code, sentence in response.content.decode().replace("&#x27;", "'")) == (status, True), response.content.decode()
    assert Determination.objects.count() == 0


@pytest.mark.parametrize("status", ["nurse_review", "physician_review"])
def test_a_nurse_denies_nothing(client, frozen, status):
    case = referred() if status == "physician_review" else reviewed(founding_case("a"))
    signed_in(client, user("nurse"))
    refused(post(client, "sign-off-line", case, 3, **DENY), 403, permissions.NURSE_ADVERSE)
    assert case.lines.get(number=3).status == status


@pytest.mark.parametrize("role", ["intake", "letters", "policy_editor"])
def test_who_has_no_clinical_part_decides_nothing(client, frozen, role):
    case = referred()
    signed_in(client, user(role))
    for name, args, data in (
        ("sign-off-line", [3], DENY),
        ("approve", [], {"lines": [3]}),
        ("referral", [], {"lines": [1], "question": "?"}),
    ):
        assert post(client, name, case, *args, **data).status_code == 403
    assert Determination.objects.count() == 0


def test_a_nurse_reduces_nothing(client, frozen):
    case = referred()
    signed_in(client, user("nurse"))
    data = DENY | {"decision": "approved_in_part", "approved_units": "1"}
    refused(post(client, "sign-off-line", case, 3, **data), 403, permissions.NURSE_ADVERSE)


def test_a_nurse_approves_nothing_that_is_with_the_director(client, frozen):
    case = referred()
    signed_in(client, user("nurse"))
    refused(post(client, "approve", case, lines=[3]), 403, permissions.WITH_DIRECTOR)
    refused(post(client, "sign-off-line", case, 3, decision="approved", no_conflict="on"), 403, permissions.NOT_A_DIRECTOR)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [([1], "Approve needs every open criterion met."), ([3], "The criteria are not met as marked"), ([3, 1], "Approve needs")],
)
def test_a_nurse_approves_nothing_against_the_assessment(client, frozen, lines, sentence):
    case = reviewed(founding_case("a"))
    signed_in(client, user("nurse"))
    refused(post(client, "approve", case, lines=lines), 422, sentence)


def test_units_that_a_nurse_sends_along_change_nothing(client, frozen):
    case = approvable()
    signed_in(client, user("nurse"))
    assert post(client, "approve", case, lines=[3], approved_units="0", outcome="denied", decision="denied").status_code == 302
    assert Determination.objects.values_list("outcome", "approved_units").get() == ("approved", 1)


def test_a_director_decides_one_line_at_a_time(client, frozen):
    """There is no address that takes several lines against a request; more numbers in the form are not read."""
    case = offered_and_held(referred())
    signed_in(client, user("medical_director"))
    post(client, "sign-off-line", case, 3, **DENY, lines=[2, 3, 4], shown=shown(case, 3))
    assert list(Determination.objects.values_list("line__number", "outcome")) == [(3, "denied")]


def test_an_expired_licence_signs_nothing(client, frozen):
    case = offered_and_held(referred())
    Licence.objects.filter(user=user("medical_director")).update(expires_on=date(2026, 3, 9))
    signed_in(client, user("medical_director"))
    refused(post(client, "sign-off-line", case, 3, **DENY), 403, permissions.NO_LICENCE.format(state="OH"))
    assert permissions.NO_LICENCE.format(state="OH") in client.get(reverse("sign-off-line", args=[case.reference, 3])).content.decode()


def test_who_reviewed_as_nurse_does_not_decide(client, frozen):
    both = user("nurse", "medical_director", username="both")
    case = reviewed(founding_case("a"), by=both)
    refer_lines(case_id=case.pk, lines=[3], question=QUESTION, by=both)
    signed_in(client, both)
    refused(post(client, "sign-off-line", case, 3, **DENY), 403, permissions.OWN_REVIEW)


def test_a_wrong_password_signs_nothing_and_loses_nothing(client, frozen):
    case = offered_and_held(referred())
    signed_in(client, user("medical_director"))
    response = post(client, "sign-off-line", case, 3, **(DENY | {"password": "wrong", "rationale": "Typed with care."}))
    refused(response, 422, "This is not your password. Nothing was signed.")
    assert "Typed with care." in response.content.decode()


def test_without_a_password_nothing_adverse_is_signed(client, frozen):
    case = offered_and_held(referred())
    signed_in(client, user("medical_director"))
    refused(post(client, "sign-off-line", case, 3, **(DENY | {"password": ""})), 422, "an adverse decision is signed with it")


def test_a_decided_line_is_not_decided_again(client, frozen):
    case = offered_and_held(referred())
    signed_in(client, user("medical_director"))
    assert post(client, "sign-off-line", case, 3, **DENY, shown=shown(case, 3)).status_code == 302
    again = post(client, "sign-off-line", case, 3, **(DENY | {"decision": "approved"}))
    assert (again.status_code, permissions.LINE_CLOSED in again.content.decode()) == (403, True)
    assert Determination.objects.count() == 1


def test_a_stale_page_signs_nothing(client, frozen):
    case = offered_and_held(referred())
    signed_in(client, user("medical_director"))
    response = post(client, "sign-off-line", case, 3, **DENY, shown="0" * 64)
    refused(response, 409, "Something on this line changed since the page was shown.")


def test_a_recommendation_is_no_referral(client, frozen):
    case = reviewed(founding_case("a"))
    signed_in(client, user("nurse"))
    refused(post(client, "referral", case, lines=[3], question="Recommend denial."), 422, "without a recommendation")
    assert case.lines.get(number=3).status == "nurse_review"


def test_nonsense_in_a_request_writes_nothing(client, frozen):
    case = reviewed(founding_case("a"))
    signed_in(client, user("nurse"))
    management = {"item-TOTAL_FORMS": "1", "item-INITIAL_FORMS": "1"}
    for targets in ("", "1;DROP", "99:duration", "x!y"):
        response = post(
            client,
            "information-request",
            case,
            **management,
            **{"item-0-targets": targets, "item-0-tick": "on", "item-0-en": "A note", "answer_by": "2026-04-01"},
        )
        assert response.status_code in (409, 422)
    assert InformationRequest.objects.count() == 0
    assert Case.objects.get(pk=case.pk).lines.get(number=1).status == "nurse_review"


def test_another_cases_request_is_not_found(client, frozen):
    case = reviewed(founding_case("a"))
    signed_in(client, user("nurse"))
    assert client.get(reverse("information-received", args=[case.reference, 999])).status_code == 404
