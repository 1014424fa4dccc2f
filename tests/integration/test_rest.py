"""Marking what is left of a line as not documented in one step: what is named, what is left out, what is refused; one event each."""

import re

import pytest
from django.urls import reverse

from authreview.errors import Conflict, Denied, Incomplete
from cases import permissions
from cases.actions.documents import open_page
from cases.actions.rest import CHANGED, NOTHING_LEFT, NOTHING_OPENED, mark_rest
from cases.models import CaseEvent, DocumentPage, Finding, ServiceLine
from cases.queries.case_page import line_to_mark
from cases.queries.rest import rest_of
from tests.factories import founding_case, mark, user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.usefixtures("own_store")]
HTMX = {"HTTP_HX_REQUEST": "true"}
MONTHS = "a couple months of muscle pain"


def opens(case, reader):
    page = DocumentPage.objects.get(document__case=case)
    open_page(page=page, by=reader)
    return [page.document_id, 1, 1]


def left(case, line=1):
    return rest_of(line_to_mark(case, line))


def rest(case, by, **more):
    return mark_rest(reference=case.reference, line=1, by=by, **{"shown": left(case).versions} | more)


def findings(case):
    return {row.criterion: row.value for row in Finding.objects.filter(line__case=case, line__number=1)}


def words(response):
    return " ".join(response.content.decode().split())


def test_what_nothing_speaks_to(case, nurse):
    """Left out: what a check says anything else of, what is marked, what no longer matters."""
    mark(case, 1, "program", "met", quote="Referral")
    said = ServiceLine.objects.get(case=case, number=1).proposals
    found = left(case)
    named = set(found.versions)
    spoken_of = {criterion for criterion, proposal in said.items() if proposal["finding"] != "not_documented"}
    assert {each.leaf.id: each.proposed for each in found.left_out} == {each: said[each]["finding"] for each in spoken_of}
    assert "duration" in named
    assert named.isdisjoint(spoken_of | {"program"})


def test_one_finding_and_one_event_each(case, nurse):
    run, shown = opens(case, nurse), left(case).versions
    before = CaseEvent.objects.filter(case=case).count()
    marked = rest(case, nurse)
    assert findings(case) == dict.fromkeys(shown, "not_documented")
    rows = list(Finding.objects.filter(line__case=case))
    assert {(tuple(map(tuple, row.searched)), row.by, row.version) for row in rows} == {((tuple(run),), nurse, 1)}
    events = CaseEvent.objects.filter(case=case).order_by("sequence")[before:]
    assert [(event.kind, event.line) for event in events] == [("finding_recorded", 1)] * len(shown)
    assert marked.written == tuple(shown)
    assert nurse.pk in ServiceLine.objects.get(case=case, number=1).reviewer_ids


def test_as_a_single_finding_would_be(case, nurse):
    """The same row as if it had been marked by itself: with the check's arithmetic where it says the same."""
    opens(case, nurse)
    alone = mark(case, 1, "duration", "not_documented").after.findings["duration"]
    other = founding_case("a", member_id="SHP-000177")
    opens(other, nurse)
    rest(other, nurse)
    together = Finding.objects.get(line__case=other, line__number=1, criterion="duration")
    assert (together.origin, together.proposed, together.arithmetic) == (alone.origin, alone.proposed, alone.arithmetic)


def test_a_note_stays(case, nurse):
    opens(case, nurse)
    mark(case, 1, "duration", None, note="asked by phone")
    rest(case, nurse)
    row = Finding.objects.get(line__case=case, criterion="duration")
    assert (row.value, row.note, row.version) == ("not_documented", "asked by phone", 2)


def test_refused_where_no_page_was_opened(case, nurse):
    opens(case, user("nurse", username="another"))
    with pytest.raises(Incomplete, match=NOTHING_OPENED):
        rest(case, nurse)
    assert findings(case) == {}


def test_refused_where_the_list_has_changed(case, nurse):
    opens(case, nurse)
    shown = left(case).versions
    mark(case, 1, "duration", "met", quote=MONTHS)
    with pytest.raises(Conflict, match=CHANGED):
        rest(case, nurse, shown=shown)
    with pytest.raises(Conflict):
        rest(case, nurse, shown={})
    with pytest.raises(Conflict):
        rest(case, nurse, shown=left(case).versions | {"nothing": 0})
    assert findings(case) == {"duration": "met"}


def test_twice_is_once(case, nurse):
    opens(case, nurse)
    shown = left(case).versions
    rest(case, nurse, shown=shown)
    events = CaseEvent.objects.count()
    assert rest(case, nurse, shown=shown).written == ()
    assert CaseEvent.objects.count() == events
    with pytest.raises(Incomplete, match=NOTHING_LEFT):
        rest(case, nurse)


def test_needs_role(client, case, nurse):
    opens(case, nurse)
    with pytest.raises(Denied):
        rest(case, user("auditor"))
    client.force_login(user("auditor"))
    url = reverse("rest", args=[case.reference, 1])
    assert client.post(url, {}).status_code == 403
    assert permissions.NOT_CLINICAL in words(client.get(url))
    client.force_login(user("intake"))
    assert client.get(url).status_code == 403


def test_the_dialog_names_it_all(client, case, nurse):
    url = reverse("rest", args=[case.reference, 1])
    page = words(client.get(url, **HTMX))
    assert NOTHING_OPENED in page
    assert re.search(r"<button type=\"submit\"[^>]* disabled", page)
    assert "Not opened by you: Office visit note" in page
    opens(case, nurse)
    page = words(client.get(url, **HTMX))
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert shown == [f"{criterion}:{version}" for criterion, version in left(case).versions.items()]
    assert f"Marked not documented ({len(shown)})" in page
    assert "the check proposes: not met" in page
    assert "Office visit note, 24 Feb 2026, its one page" in page
    assert not re.search(r"<button type=\"submit\"[^>]* disabled", page)
    answer = client.post(url, {"shown": shown}, **HTMX)
    assert (answer["HX-Trigger"], answer["HX-Trigger-After-Settle"]) == ("close-dialog", "checklist:accepted")
    html = answer.content.decode()
    assert set(re.findall(r'id="finding-status-([^"]+)"[^>]*hx-swap-oob', html)) == set(left(case).versions) | {
        each.rpartition(":")[0] for each in shown
    }
    assert f"{len(shown)} criteria marked not documented." in html


def test_works_without_htmx(client, case, nurse):
    opens(case, nurse)
    url = reverse("rest", args=[case.reference, 1])
    shown = re.findall(r'name="shown" value="([^"]+)"', client.get(url).content.decode())
    response = client.post(url, {"shown": shown})
    assert response["Location"].endswith("#checklist")
    assert len(findings(case)) == len(shown)


@pytest.mark.parametrize("shown", [[], ["duration"], ["duration:x"], [":"], ["duration:99999999999999999999"], ["\0:1"]])
def test_rejects_what_no_page_sends(client, case, nurse, shown):
    opens(case, nurse)
    assert client.post(reverse("rest", args=[case.reference, 1]), {"shown": shown}, **HTMX).status_code == 409
    assert client.post(reverse("rest", args=[case.reference, 9]), {"shown": shown}, **HTMX).status_code == 409
    assert client.get(reverse("rest", args=[case.reference, 9])).status_code == 404
    assert findings(case) == {}
