"""Lines changed as agreed with the practice, withdrawn or void; notes and contacts."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authreview.errors import Conflict, Denied, Incomplete
from cases.actions.line import LineChange, amend_line, amend_lines, record_contact, void_line, withdraw_line
from cases.actions.marking import OUTDATED
from cases.actions.review import accept_proposal, accept_proposals
from cases.intake_data import SiteData
from cases.intake_problems import CHECK_THE_YEAR
from cases.models import Amendment, CaseEvent, Contact, Note, RequestItem, ServiceLine
from tests.factories import asked_for, mark, reviewed, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
AGREED = {"agreed_with": "Ms. Example, front desk", "channel": "phone"}


def line(case, number):
    return ServiceLine.objects.get(case=case, number=number)


def amend(case, lines, change, **more):
    return amend_line(case_id=case.pk, lines=lines, change=change, by=user("nurse"), **AGREED | more)


def test_the_blocks_move_to_another_day(case):
    """What the checks say of the injections follows; findings, pinned rules and the request as received stay."""
    mark(case, 1, "alone_that_day", "not_met")
    received, pinned = line(case, 2).as_received, line(case, 2).pinned
    made = amend(case, [2, 3, 4], LineChange(first_service=date(2026, 3, 30)))
    assert len(made) == 3
    assert line(case, 2).first_service == date(2026, 3, 30)
    assert (line(case, 2).as_received, line(case, 2).pinned) == (received, pinned)
    assert line(case, 1).proposals["alone_that_day"]["finding"] == "met"
    assert line(case, 1).findings.get(criterion="alone_that_day").value == "not_met"
    assert CaseEvent.objects.filter(kind="amended").count() == 3


def test_what_was_accepted_is_looked_at_again(case):
    """An accepted proposal that does not hold any more asks for a second look, and is accepted anew with all others."""
    nurse = user("nurse")
    accept_proposal(reference=case.reference, line=1, criterion="alone_that_day", by=nurse)
    mark(case, 1, "first_set", "unclear")
    amend(case, [2, 3, 4], LineChange(first_service=date(2026, 3, 30)))
    found = line(case, 1).findings.get(criterion="alone_that_day")
    assert (found.value, found.stale) == ("not_met", OUTDATED)
    accept_proposals(reference=case.reference, line=1, by=nurse)
    values = {row.criterion: (row.value, row.stale) for row in line(case, 1).findings.all()}
    assert values["alone_that_day"] == ("met", "")
    assert values["first_set"] == ("unclear", "")
    amend(case, [4], LineChange(first_service=date(2026, 3, 16)))
    assert line(case, 1).findings.get(criterion="alone_that_day").stale == OUTDATED
    amend(case, [4], LineChange(first_service=date(2026, 3, 31)))
    assert line(case, 1).findings.get(criterion="alone_that_day").stale == ""


def test_units_sites_and_side(case):
    amend(case, [2], LineChange(units=2, sites=(SiteData("supraorbital nerve", "bilateral"),)))
    assert (line(case, 2).units, [str(site) for site in line(case, 2).sites.all()]) == (2, ["supraorbital nerve, both sides"])
    row = Amendment.objects.get()
    assert '"units":1' in row.before
    assert '"units":2' in row.after


def test_a_code_of_the_same_rule_alone(case):
    amend(case, [1], LineChange(code="20552"))
    assert line(case, 1).code == "20552"
    with pytest.raises(Incomplete, match="another procedure"):
        amend(case, [2], LineChange(code="64405"))


@pytest.mark.parametrize(
    ("change", "more"),
    [
        (LineChange(), {}),
        (LineChange(units=1), {}),
        (LineChange(units=0), {}),
        (LineChange(units=2), {"agreed_with": " "}),
        (LineChange(units=2), {"channel": "pigeon"}),
        (LineChange(units=2), {"agreed_at": timezone.now() + timedelta(days=1)}),
        (LineChange(last_service=date(2020, 1, 1)), {}),
        (LineChange(diagnoses=("Z99.9",)), {}),
        (LineChange(first_service=date(2062, 3, 30)), {}),
        (LineChange(units=2), {"agreed_at": timezone.now() - timedelta(days=36500)}),
    ],
)
def test_nothing_half_written(case, change, more):
    before = ServiceLine.objects.filter(case=case).values().get(number=1)
    with pytest.raises(Incomplete):
        amend(case, [1], change, **more)
    assert ServiceLine.objects.filter(case=case).values().get(number=1) == before
    assert Amendment.objects.count() == 0


def test_several_changes_in_one_conversation(case):
    """The blocks move, one of them gets its side too: agreed once, one amendment and one event for each line."""
    changes = [
        ([2, 3, 4], LineChange(first_service=date(2026, 3, 30))),
        ([3], LineChange(sites=(SiteData("greater occipital nerve", "bilateral"),), units=2)),
    ]
    made = amend_lines(case_id=case.pk, changes=changes, by=user("nurse"), **AGREED)
    assert [(row.line.number, row.agreed_with) for row in made] == [(number, AGREED["agreed_with"]) for number in (2, 3, 4)]
    assert [line(case, number).units for number in (2, 3, 4)] == [1, 2, 1]
    events = CaseEvent.objects.filter(kind="amended").order_by("sequence")
    assert [sorted(json.loads(event.payload)["after"]) for event in events] == [
        ["first_service"],
        ["first_service", "sites", "units"],
        ["first_service"],
    ]


def test_one_thing_is_changed_once(case):
    changes = [([2, 3], LineChange(units=2)), ([3], LineChange(units=3, modifiers="50"))]
    with pytest.raises(Incomplete, match="Line 3 is given two values for its units"):
        amend_lines(case_id=case.pk, changes=changes, by=user("nurse"), **AGREED)
    assert (line(case, 2).units, Amendment.objects.count()) == (1, 0)


MANY = {"more-TOTAL_FORMS": "2", "more-INITIAL_FORMS": "0", "lines": ["2", "4"], "first_service": "2026-03-30"} | AGREED


def test_several_changes_on_the_page(client, case, nurse):
    url = reverse("amendments", args=[case.reference])
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    assert "More changes agreed in the same conversation" in page
    sent = MANY | {"more-0-lines": ["3"], "more-0-first_service": "2026-03-30", "more-0-sites": "greater occipital nerve, both sides"}
    assert client.post(url, sent).status_code == 302
    assert [row.line.number for row in Amendment.objects.order_by("id")] == [2, 3, 4]
    assert "Amended: lines 2, 3, 4." in client.get(reverse("case", args=[case.reference])).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"more-0-lines": ["3"]}, "Say what changes"),
        ({"more-0-units": "2"}, "This field is required."),
        ({"more-1-lines": ["9"], "more-1-units": "2"}, "Select a valid choice"),
        ({"more-1-lines": ["3"], "more-1-sites": "masseter, upside"}, "is no side"),
        ({"more-TOTAL_FORMS": "many"}, "ManagementForm"),
        ({"more-0-lines": ["4"], "more-0-first_service": "2026-03-31"}, "is given two values for its first service"),
    ],
)
def test_one_wrong_change_writes_none(client, case, nurse, sent, said):
    response = client.post(reverse("amendments", args=[case.reference]), MANY | sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Amendment.objects.count() == 0


def test_works_without_htmx(client, case, nurse):
    url = reverse("amendments", args=[case.reference])
    sent = {"lines": ["2", "3"], "first_service": "2026-03-30", "agreed_with": "front desk", "channel": "phone"}
    response = client.post(url, sent)
    assert response["Location"].endswith("#amendments")
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    assert "16 Mar 2026</td><td>30 Mar 2026" in page
    assert "amended as agreed with front desk by phone" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"lines": []}, "This field is required."),
        ({"first_service": ""}, "Say what changes"),
        ({"agreed_at": "2999-01-01T10:00"}, "still to come"),
        ({"sites": "masseter, upside"}, "is no side"),
        ({"last_service": "2026-01-01"}, "cannot be before the first"),
        ({"first_service": "2062-03-30"}, CHECK_THE_YEAR),
        ({"first_service": "0202-03-30"}, CHECK_THE_YEAR),
        ({"agreed_at": "1926-01-01T10:00"}, CHECK_THE_YEAR),
    ],
)
def test_shows_errors(client, case, nurse, sent, said):
    url = reverse("amendments", args=[case.reference])
    good = {"lines": ["2"], "first_service": "2026-03-30", "agreed_with": "front desk", "channel": "phone"}
    response = client.post(url, good | sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Amendment.objects.count() == 0


def test_needs_role(client, case):
    with pytest.raises(Denied):
        amend_line(case_id=case.pk, lines=[1], change=LineChange(units=2), by=user("auditor"), **AGREED)


def test_withdrawn_and_void(case):
    nurse, supervisor = user("nurse"), user("supervisor")
    withdraw_line(case_id=case.pk, lines=[2, 3], why="the practice asked", by=nurse)
    with pytest.raises(Denied):
        void_line(case_id=case.pk, lines=[4], why="twice", by=nurse)
    with pytest.raises(Incomplete):
        void_line(case_id=case.pk, lines=[4], why=" ", by=supervisor)
    with pytest.raises(Conflict):
        void_line(case_id=case.pk, lines=[4, 9], why="twice", by=supervisor)
    void_line(case_id=case.pk, lines=[4], why="twice", by=supervisor)
    assert [line(case, number).status for number in (1, 2, 3, 4)] == ["nurse_review", "withdrawn", "withdrawn", "void"]
    assert line(case, 1).proposals["alone_that_day"]["finding"] == "met"
    with pytest.raises(Denied):
        amend(case, [2], LineChange(units=2))


def test_amendments_in_words(client, case, nurse):
    """Days as days, and what was changed at the sites with their sides: on the pane and in the history."""
    amend(case, [1], LineChange(first_service=date(2026, 3, 30), sites=(SiteData("trapezius", "bilateral"), SiteData("masseter", "left"))))
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    after = "<td>trapezius, both sides; masseter, both sides</td><td>trapezius, both sides; masseter, left</td>"
    assert after in page
    assert "first day: 16 Mar 2026 → 30 Mar 2026; sites: trapezius, both sides; masseter, both sides → trapezius, both" in page
    assert '<a class="small no-print" href="#amend">' in page
    assert "1 unit" in page
    assert "<dd>trapezius, both sides; masseter, left</dd>" in page


def test_a_line_needs_no_review(client, case, nurse):
    """What the rest rests on follows, as after a withdrawal; an auditor is not offered it."""
    asked_for(reviewed(case, lines=[1]))
    url = reverse("end-lines", args=[case.reference])
    assert 'name="how" value="no_review_needed"' in client.get(reverse("case", args=[case.reference])).content.decode()
    assert client.post(url, {"lines": ["1", "2", "3"], "how": "no_review_needed"}).status_code == 422
    assert client.post(url, {"lines": ["1"], "why": "asked to", "how": "otherwise"}).status_code == 422
    assert not case.lines.filter(ended_why="asked to").exists()
    response = client.post(url, {"lines": ["1", "2", "3"], "why": "the plan asks for none", "how": "no_review_needed"})
    assert response.status_code == 302
    assert [line(case, number).status for number in (1, 2, 3, 4)] == [*["no_review_needed"] * 3, "nurse_review"]
    assert line(case, 1).ended_why == "the plan asks for none"
    assert set(RequestItem.objects.values_list("status", flat=True)) == {"moot"}
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    assert "Lines 1, 2 and 3: no review needed." in page
    client.force_login(user("auditor"))
    assert "no_review_needed" not in client.get(reverse("case", args=[case.reference])).content.decode()


def test_ending_on_the_page(client, case, nurse):
    url = reverse("end-lines", args=[case.reference])
    assert client.post(url, {"lines": ["4"]}).status_code == 422
    assert client.post(url, {"lines": ["4"], "why": "twice", "how": "void"}).status_code == 403
    client.post(url, {"lines": ["4"], "why": "the member asked"})
    assert line(case, 4).status == "withdrawn"


def test_notes_and_contacts(client, case, nurse):
    case_url = reverse("case", args=[case.reference])
    assert client.post(reverse("notes", args=[case.reference]), {"text": " "}).status_code == 422
    client.post(reverse("notes", args=[case.reference]), {"text": "called twice"})
    bad = client.post(reverse("contacts", args=[case.reference]), {"kind": "call", "party": "practice", "happened_at": "2999-01-01T10:00"})
    assert bad.status_code == 422
    old = client.post(reverse("contacts", args=[case.reference]), {"kind": "call", "party": "practice", "happened_at": "1926-01-01T10:00"})
    assert CHECK_THE_YEAR in old.content.decode()
    with pytest.raises(Incomplete, match=CHECK_THE_YEAR):
        record_contact(case_id=case.pk, kind="call", party="member", by=nurse, happened_at=timezone.now() - timedelta(days=36500))
    client.post(
        reverse("contacts", args=[case.reference]), {"kind": "call", "party": "practice", "person": "Ms. Example", "outcome": "will fax"}
    )
    page = client.get(case_url).content.decode()
    assert "called twice" in page
    assert "will fax" in page
    assert (Note.objects.get().by, Contact.objects.get().person) == (nurse, "Ms. Example")


def test_notes_need_somebody_who_works_here(client, case):
    client.force_login(user("auditor"))
    assert client.post(reverse("notes", args=[case.reference]), {"text": "hello"}).status_code == 403
    with pytest.raises(Incomplete):
        record_contact(case_id=case.pk, kind="pigeon", party="member", by=user("nurse"))
