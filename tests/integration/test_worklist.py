"""The worklist and the list of cases: tabs, order, filters, pages, search, and what a row says."""

from datetime import timedelta

import pytest
from django.urls import reverse

from authreview.roles import Role
from cases.actions.assignment import assign
from cases.actions.intake import mark_duplicate, no_review_needed, start_case
from cases.models import Finding, WorkItem
from cases.presenters.lists import place_from, place_token
from cases.queries import worklist as queries
from cases.queries.worklist import Place, Tab
from tests.conftest import TODAY
from tests.factories import user
from tests.intakes import REQUEST, days, moved, ready, routed, with_director

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
HTMX = {"HX-Request": "true"}


def references(response):
    return [row.reference for row in response.context["rows"]]


@pytest.fixture
def nurse(client):
    client.force_login(user("nurse"))
    return user("nurse")


def test_works(client, nurse):
    late, soon, calm = (routed(number, at=TODAY - days(ago)) for number, ago in ((1, 16), (2, 14), (3, 1)))
    response = client.get("/?tab=team")
    assert references(response) == [late.reference, soon.reference, calm.reference]
    assert [row.due.words for row in response.context["rows"]] == ["23 h overdue", "1 day 1 h", "14 days"]
    counts = {tab.label: tab.count for tab in response.context["tabs"]}
    assert counts == {
        "Mine": "0",
        "Team": "3",
        "Waiting for information": "0",
        "With the director": "0",
        "To notify": "0",
        "Due today": "0",
        "Overdue": "1",
        "Intake drafts": "0",
        "Done": None,
    }


def test_works_without_htmx(client, nurse):
    routed(1)
    page, fragment = client.get("/?tab=team"), client.get("/?tab=team", headers=HTMX)
    assert 'id="list"' in page.text
    assert fragment.text.strip() in page.text
    assert "<html" not in fragment.text
    assert "HX-Request" in page["Vary"]


@pytest.mark.parametrize("role", ["policy_editor", "policy_approver", "admin"])
def test_needs_role(client, role):
    client.force_login(user(role))
    for path in ("/", "/cases/"):
        assert client.get(path).status_code == 403


def test_each_role_begins_where_its_work_is(client):
    for role, tab in (("nurse", "mine"), ("medical_director", "mine"), ("intake", "intake"), ("letters", "notify"), ("supervisor", "team")):
        client.force_login(user(role))
        assert client.get("/").context["tab"] == tab
    client.force_login(user("auditor"))
    assert client.get("/?tab=mine").context["tab"] == "team"  # has no case ever


def test_nothing_but_the_deadline_orders(client, nurse):
    first, second = routed(1, at=TODAY - days(2)), routed(2, at=TODAY - days(1))
    Finding.objects.create(line=second.lines.get(), criterion="a", value="met", by=nurse, at=TODAY)
    second.lines.update(open_flags=0)
    first.lines.update(open_flags=5)
    assert references(client.get("/?tab=team")) == [first.reference, second.reference]


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(client, nurse, rows, django_assert_num_queries):
    for number in range(rows):
        routed(number, lines=REQUEST.lines * (number + 1))
    client.get("/?tab=team")
    with django_assert_num_queries(20):
        client.get("/?tab=team")
    with django_assert_num_queries(9):
        client.get("/cases/")


def test_shows_errors(client, nurse):
    routed(1)
    response = client.get("/?tab=team&urgency=tomorrow")
    assert response.status_code == 200
    assert "Select a valid choice. tomorrow is not one of the available choices." in response.text
    assert len(references(response)) == 1


NONSENSE = ["after=x.y", "after=1", "before=" + "9" * 26 + ".1", "tab=nothing", "after=&before=", "after=1." + "9" * 30]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_the_address_is_the_first_page(client, nurse, nonsense):
    case = routed(1)
    assert references(client.get(f"/?tab=team&{nonsense}")) in ([case.reference], [])
    assert client.get(f"/?{nonsense}").status_code == 200


def test_filters(client, nurse):
    commercial = routed(1)
    expedited = routed(2, urgency="expedited", lines=(REQUEST.lines[0].__class__(code="64405"),))
    assign(case_id=expedited.pk, to=nurse, by=nurse)

    def shown(**asked):
        return set(references(client.get("/", {"tab": "team", **asked})))

    both = {commercial.reference, expedited.reference}
    assert shown(line_of_business="commercial") == both
    assert shown(line_of_business="medicaid") == set()
    assert shown(urgency="expedited") == {expedited.reference}
    assert shown(code="20553") == {commercial.reference}
    assert shown(who="me") == {expedited.reference}
    assert shown(who="nobody") == {commercial.reference}
    assert shown(who=str(nurse.pk)) == {expedited.reference}


def test_a_case_in_two_queues_is_shown_once_among_mine(client, nurse):
    case = routed(1, lines=REQUEST.lines * 2)
    assign(case_id=case.pk, to=nurse, by=nurse)
    moved(case, "awaiting_information", 2)
    assert WorkItem.objects.filter(assignee=nurse).count() == 2
    response = client.get("/")
    assert references(response) == [case.reference]
    assert {tab.label: tab.count for tab in response.context["tabs"]}["Mine"] == "1"


def test_where_it_stands(client, nurse):
    case = routed(1, lines=REQUEST.lines * 4)
    row = client.get("/?tab=team").context["rows"][0]
    assert row.why.startswith("received Tue 10 Mar 2026 10:00; 15 calendar days")
    assert (row.stands, row.reviewer, row.how) == ("Nurse review, not begun", "nobody", "standard, fax")
    Finding.objects.create(line=case.lines.get(number=1), criterion="a", value="met", by=nurse, at=TODAY)
    moved(case, "physician_review", 2, 3, 4)
    row = client.get("/?tab=team").context["rows"][0]
    assert row.stands == "Line 1 in nurse review, 1 criterion marked"
    assert row.stands_more.endswith("lines 2 to 4 with the director")
    row = client.get("/?tab=director").context["rows"][0]
    assert (row.stands, row.stands_more) == ("Lines 2 to 4 with the director", "line 1 in nurse review")


def test_mine_says_me(client, nurse):
    case = routed(1)
    assign(case_id=case.pk, to=nurse, by=nurse)
    row = client.get("/").context["rows"][0]
    assert (row.reviewer, row.is_mine) == ("me", True)


def test_due_today_and_overdue(client, nurse):
    today, overdue = routed(1, at=TODAY - days(15) + timedelta(hours=3)), routed(2, at=TODAY - days(20))
    routed(3)
    assert references(client.get("/?tab=today")) == [today.reference]
    assert references(client.get("/?tab=overdue")) == [overdue.reference]


def test_done(client, nurse):
    closed, other, draft = routed(1), routed(2), None
    no_review_needed(case_id=closed.pk, lines=[1], why="Not on the plan's list.", by=nurse)
    draft = start_case(by=nurse)
    mark_duplicate(case_id=draft.pk, of_id=other.pk, by=nurse)
    rows = client.get("/?tab=done").context["rows"]
    assert {(row.reference, row.stands) for row in rows} == {
        (closed.reference, "No review needed"),
        (draft.reference, f"Duplicate of {other.reference}"),
    }


def test_drafts(client):
    client.force_login(user("intake"))
    ready()
    draft = start_case(by=user("intake"), draft={"given_name": ["Casey"], "family_name": ["Sample"], "lines-0-code": ["64405"]})
    row = client.get("/?tab=intake").context["rows"][0]
    assert (row.url, row.member, row.procedure) == (f"/cases/{draft.reference}/intake/", "Casey Sample", "64405")


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_hold_each_row_once_in_order(size):
    """Also where several rows are due at the same moment."""
    cases = [routed(number, at=TODAY - days(number // 3)) for number in range(7)]
    rows = queries.work(Tab.TEAM, user("nurse"), TODAY)
    expected = list(WorkItem.objects.order_by("due_at", "id"))
    assert len(expected) == len(cases)
    seen, place = [], None
    while True:
        page = queries.work_page(rows, place, size)
        seen += page.rows
        if not page.has_next:
            break
        place = Place(page.rows[-1].due_at, page.rows[-1].pk)
    assert seen == expected
    back = queries.work_page(rows, Place(expected[5].due_at, expected[5].pk, backwards=True), size)
    assert back.rows == expected[5 - size : 5]
    assert back.has_previous is (size < 5)


def test_a_place_survives_its_address():
    at = TODAY + timedelta(microseconds=1)
    assert place_from(place_token(at, 7), "") == Place(at, 7)
    assert place_from("", place_token(at, 7)) == Place(at, 7, backwards=True)


def test_counts_stop(monkeypatch):
    monkeypatch.setattr(queries, "MOST_COUNTED", 2)
    for number in range(3):
        routed(number)
    assert queries.counted(queries.work(Tab.TEAM, user("nurse"), TODAY)) == 2


def test_take_next(client, nurse):
    case = routed(1)
    response = client.post(reverse("take-next"))
    assert (response.status_code, response["Location"]) == (302, f"/cases/{case.reference}/")
    response = client.post(reverse("take-next"), follow=True)
    assert "Nothing is waiting that you may decide." in response.text


class TestSearch:
    @pytest.mark.parametrize("text", ["SHP-000001", "shp-000001", "avery", "sample", "Avery Sam", "sample, avery", "20553", "m79.18"])
    def test_finds(self, client, nurse, text):
        case = routed(1)
        assert references(client.get("/cases/", {"q": text})) == [case.reference]

    @pytest.mark.parametrize("text", ["SHP-9", "averi", "64405", "G43.709", "PA-1999", "'; drop table", "%", "_", "\x00"])
    def test_finds_nothing(self, client, nurse, text):
        routed(1)
        response = client.get("/cases/", {"q": text})
        assert (response.status_code, references(response)) == (200, [])
        assert "Nothing was found" in response.text

    def test_a_reference_opens_its_case(self, client, nurse):
        case = routed(1)
        assert client.get("/cases/", {"q": case.reference.lower()})["Location"] == f"/cases/{case.reference}/"
        draft = start_case(by=nurse)
        assert client.get("/cases/", {"q": draft.reference})["Location"] == f"/cases/{draft.reference}/intake/"

    def test_all_cases_newest_first(self, client, nurse):
        cases = [routed(number) for number in range(2)]
        draft = start_case(by=nurse)
        assert references(client.get("/cases/")) == [draft.reference, cases[1].reference, cases[0].reference]
        assert client.get("/cases/", {"after": "9" * 30}).status_code == 200
        after = client.get("/cases/", {"after": cases[1].pk})
        assert references(after) == [cases[0].reference]


def test_the_director_sees_who_has_it(client):
    case = with_director(routed(1))
    director = user("medical_director", first_name="Dora", last_name="Example")
    assign(case_id=case.pk, to=director, by=user("supervisor"), role=Role.MEDICAL_DIRECTOR)
    client.force_login(user("auditor"))
    row = client.get("/?tab=director").context["rows"][0]
    assert row.reviewer == director.get_full_name()
