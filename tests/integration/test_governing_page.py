"""The page that says which rule governs, and why: the answer is the one that a new line is pinned with."""

from datetime import date

import pytest
from django.urls import reverse

from criteria.queries import governing
from tests.factories import published_policies, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def library():
    published_policies()


def ask(client, **asked):
    return client.get(reverse("governing"), asked)


@pytest.mark.parametrize("role", ["nurse", "policy_editor", "auditor", "admin"])
def test_works(client, library, role):
    client.force_login(user(role))
    answer = ask(client, code="64405", plan="ahh", line_of_business="commercial", state="OH", on="2026-03-02")
    text = answer.content.decode()
    found = governing("64405", "ahh", "commercial", "OH", date(2026, 3, 2))
    assert answer.status_code == 200
    assert answer.context["choice"].governed == found
    assert [version.policy.slug for _, version, _ in answer.context["choice"].taken] == ["nerve-blocks", "nerve-blocks-ahh"]
    assert reverse("policy-version", args=["nerve-blocks", found.version.version]) in text


def test_why_others_do_not(client, library):
    client.force_login(user("nurse"))
    answer = ask(client, code="64405", plan="", line_of_business="medicare_advantage", state="OH", on="2026-03-02")
    rows = {version.policy.slug: each.sentence for each, version, _ in answer.context["choice"].passed}
    assert answer.context["choice"].governed.version.policy.slug == "occipital-block-lcd"
    assert rows["nerve-blocks"].startswith("Only for these: Commercial, ERISA self-funded,")
    assert rows["nerve-blocks-ahh"] == "Only for the plan ahh."


def test_without_a_line_of_business_it_says_what_is_passed_over(client, library):
    client.force_login(user("nurse"))
    assert "The line of business is not known here" in ask(client, code="64405", plan="ahh", on="2026-03-02").content.decode()
    said = ask(client, code="64405", plan="ahh", line_of_business="commercial", on="2026-03-02").content.decode()
    assert "The line of business is not known here" not in said


def test_before_it_is_asked(client, library):
    client.force_login(user("nurse"))
    answer = client.get(reverse("governing"))
    assert (answer.status_code, answer.context["choice"]) == (200, None)
    assert '<option value="64405">' in answer.content.decode()
    assert '<option value="ahh">' in answer.content.decode()


def test_no_policy_says_so(client, library):
    client.force_login(user("nurse"))
    answer = ask(client, code="99999", on="2026-03-02")
    assert "No policy in force on 2 Mar 2026 names 99999" in answer.content.decode()
    assert answer.context["choice"].rows == []


def test_lower_case_and_no_date(client, library, frozen):
    client.force_login(user("nurse"))
    place = ask(client, code="j0585").context["choice"].place
    assert (place.code, place.on) == ("J0585", date(2026, 3, 10))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"code": ""}, "This field is required."),
        ({"code": "644 05"}, "A procedure code has letters and digits only, such as 64405."),
        ({"code": "64405", "on": "31.2.2026"}, "Enter a valid date."),
        ({"code": "64405", "state": "XX"}, "Select a valid choice."),
        ({"code": "64405\x00"}, "Null characters are not allowed."),
    ],
)
def test_shows_errors(client, library, asked, sentence):
    client.force_login(user("nurse"))
    answer = ask(client, **asked)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert answer.context["choice"] is None


def test_query_count(client, library, django_assert_max_num_queries):
    client.force_login(user("nurse"))
    ask(client, code="64405")
    with django_assert_max_num_queries(12):
        ask(client, code="64405", plan="ahh", line_of_business="commercial", state="OH", on="2026-03-02")
