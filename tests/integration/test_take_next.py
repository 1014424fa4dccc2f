"""The most urgent case that this reviewer may decide, to exactly one reviewer; references that are given once. Both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from authreview.errors import Denied
from authreview.models import Licence
from cases import permissions
from cases.actions.assignment import assign, take_next
from cases.actions.intake import start_case
from cases.models import Case, WorkItem
from cases.permissions import NOT_CLINICAL
from tests.conftest import TODAY
from tests.factories import user
from tests.intakes import REQUEST, days, routed, with_director

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _now(frozen):
    pass


def at_once(count, work):
    """Run work(0), work(1), ... each in a thread with a connection of its own."""

    def alone(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


@pytest.mark.django_db
def test_gives_the_most_urgent():
    routed(1, at=TODAY)
    urgent = routed(2, at=TODAY - days(9))
    routed(3, at=TODAY - days(4))
    assert take_next(by=user("nurse")) == urgent
    item = WorkItem.objects.get(case=urgent)
    assert (item.assignee, item.assigned_at) == (user("nurse"), TODAY)
    assert urgent.events.last().kind == "assigned"


@pytest.mark.django_db
def test_nothing_waits():
    routed(1)
    nurse = user("nurse")
    assert take_next(by=nurse) is not None
    assert take_next(by=nurse) is None


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["intake", "supervisor", "letters", "auditor", "admin"])
def test_needs_role(role):
    with pytest.raises(Denied, match=NOT_CLINICAL):
        take_next(by=user(role))


@pytest.mark.django_db
def test_a_nurse_gets_nothing_of_the_directors_and_a_director_nothing_of_the_nurses():
    mine = routed(1)
    theirs = with_director(routed(2, at=TODAY - days(9)))
    assert take_next(by=user("nurse")) == mine
    assert take_next(by=user("medical_director")) == theirs
    assert take_next(by=user("nurse", username="nurse2")) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("states", "expires", "gets_it"), [(("OH",), 2030, True), (("NY",), 2030, False), (("OH",), 2025, False)])
def test_a_director_gets_states_of_a_current_licence(states, expires, gets_it):
    with_director(routed(1))
    director = user("medical_director", states=states)
    Licence.objects.update(expires_on=date(expires, 12, 31))
    assert (take_next(by=director) is not None) is gets_it


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("specialty", "state", "gets_it"),
    [
        ("Neurology", "TX", True),
        ("Pain medicine, neurology", "TX", True),
        ("Pain medicine", "TX", False),
        ("", "TX", False),
        ("Pain medicine", "OH", True),
    ],
)
def test_where_the_state_asks_for_it_a_director_gets_their_specialty(specialty, state, gets_it):
    """The practitioner is a neurologist; a case of another state is there for all."""
    case = with_director(routed(1, at=TODAY - days(9), state=state))
    director = user("medical_director", states=("OH", "TX"), specialty=specialty)
    assert permissions.can(permissions.check_specialty, director, case) is gets_it
    rest = with_director(routed(2))
    assert take_next(by=director) == (case if gets_it else rest)


@pytest.mark.django_db
def test_a_practitioner_without_a_specialty_on_file_is_anybodys():
    case = with_director(routed(1, state="TX", requester=replace(REQUEST.requester, specialty="")))
    assert take_next(by=user("medical_director", states=("TX",))) == case


@pytest.mark.django_db
def test_a_director_passes_over_what_they_reviewed_as_nurse():
    both = user("medical_director", "nurse")
    own, other = with_director(routed(1, at=TODAY - days(9))), with_director(routed(2))
    own.lines.update(reviewer_ids=[both.pk])
    assert take_next(by=both) == other
    assert take_next(by=both) is None


@pytest.mark.django_db
def test_an_assigned_case_is_not_given_again():
    case = routed(1)
    assign(case_id=case.pk, to=user("nurse"), by=user("supervisor"))
    assert take_next(by=user("nurse", username="nurse2")) is None


@pytest.mark.django_db(transaction=True)
def test_each_case_goes_to_one_reviewer():
    cases = [routed(number, at=TODAY - days(number)) for number in range(4)]
    nurses = [user("nurse", username=f"nurse{number}") for number in range(8)]
    got = at_once(8, lambda number: take_next(by=nurses[number]))
    assert sorted(case.pk for case in got if case) == sorted(case.pk for case in cases)
    assert {case.pk: case.reviewer_id for case in Case.objects.all()} == {
        case.pk: nurse.pk for case, nurse in zip(got, nurses, strict=True) if case
    }


@pytest.mark.django_db(transaction=True)
def test_each_reference_is_given_once():
    intake = user("intake")
    made = at_once(8, lambda number: start_case(by=intake).reference)
    assert len(set(made)) == 8
    assert all(reference.startswith("PA-2026-") and len(reference) == 14 for reference in made)


@pytest.mark.django_db(transaction=True)
def test_the_same_page_sent_twice_is_one_draft():
    intake = user("intake")
    made = at_once(6, lambda number: start_case(by=intake, draft_key="one page").reference)
    assert len(set(made)) == 1
    assert Case.objects.count() == 1
