"""Saves beside the checklist under htmx: the pane and what changed with it, all as on a fresh page; nothing that is typed elsewhere."""

import re

import pytest
from django.urls import reverse

from cases.models import Amendment, PageOpening
from tests.factories import asked_for, mark, reviewed, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
HTMX = {"HTTP_HX_REQUEST": "true"}
AMENDED = {"lines": ["1"], "units": "2", "agreed_with": "front desk", "channel": "phone"}


def ids(html):
    """Ids that are put in place beside the pane, in order."""
    return re.findall(r'id="([^"]+)"[^>]*hx-swap-oob', html)


def part(html, name):
    """The element of this id without what differs between an answer and a page: where it goes, tokens, what has the focus."""
    start = html.index(f'id="{name}"')
    tag = re.search(r"<(\w+)[^<]*$", html[:start])[1]
    depth, end = 0, start
    for found in re.finditer(rf"<(/?){tag}\b", html[html.rindex("<", 0, start) :]):
        depth += -1 if found[1] else 1
        end = found.end()
        if depth == 0:
            break
    text = html[html.rindex("<", 0, start) :][:end]
    text = re.sub(r' hx-swap-oob="(true|innerHTML)"| hx-preserve| data-focus|name="(csrfmiddlewaretoken|form_key)" value="[^"]*"', "", text)
    return " ".join(text.split())


def answered(client, name, case, sent, *args, line=1):
    response = client.post(reverse(name, args=[case.reference, *args]), sent | {"here": str(line)}, **HTMX)
    fresh = client.get(reverse("case-line", args=[case.reference, line]))
    return response.status_code, response.content.decode(), fresh.content.decode()


@pytest.mark.parametrize(
    ("name", "sent", "said"),
    [
        ("notes", {"text": "called twice"}, "called twice"),
        ("contacts", {"kind": "call", "party": "practice", "outcome": "will fax"}, "will fax"),
    ],
)
def test_a_note_and_a_contact(client, case, nurse, name, sent, said):
    status, html, fresh = answered(client, name, case, sent)
    assert (status, ids(html)) == (200, ["timeline", "messages"])
    assert said in part(html, name)
    assert [part(html, each) for each in (name, "timeline")] == [part(fresh, each) for each in (name, "timeline")]
    assert re.search(r"<summary data-focus>", html)


@pytest.mark.parametrize(
    ("name", "sent", "said"),
    [
        ("notes", {"text": " "}, "This field is required."),
        ("contacts", {"kind": "pigeon", "outcome": "came back"}, "came back"),
        ("amendments", AMENDED | {"units": ""}, "Say what changes"),
    ],
)
def test_what_is_refused_stays_as_typed(client, case, nurse, name, sent, said):
    status, html, _ = answered(client, name, case, sent)
    assert (status, ids(html)) == (422, [])
    assert f'id="{name}"' in html
    assert said in html
    assert "<details" in html
    assert Amendment.objects.count() == 0


def test_an_amendment_changes_what_is_asked_for_and_what_the_checks_say(client, case, nurse):
    status, html, fresh = answered(
        client, "amendments", case, {"lines": ["2", "3", "4"], "first_service": "2026-03-30", "agreed_with": "x", "channel": "phone"}
    )
    assert status == 200
    beside = ids(html)
    assert beside[:4] == ["timeline", "sent", "case-head", "line-asked"]
    assert "finding-status-alone_that_day" in beside
    assert beside[-2:] == ["standing", "messages"]
    for each in ("amendments", *(name for name in beside if name != "messages")):
        assert part(html, each) == part(fresh, each), each
    assert "Proposed: <b>met</b>" in part(html, "finding-status-alone_that_day")
    assert "Amended: lines 2, 3, 4." in html


def test_confirming_facts_tells_the_checklist(client, case, nurse):
    status, html, fresh = answered(client, "facts-confirm", case, {})
    assert status == 200
    assert "stated, not confirmed" not in part(html, "facts")
    for each in ("facts", *(name for name in ids(html) if name != "messages")):
        assert part(html, each) == part(fresh, each), each
    assert "3 facts confirmed." in html


def test_one_fact_confirmed(client, case, nurse):
    row = case.diagnoses.first()
    status, html, fresh = answered(client, "fact", case, {"do": "confirm"}, "diagnosis", row.pk, line=2)
    assert (status, part(html, "facts")) == (200, part(fresh, "facts"))
    assert 'aria-current="page"' in re.search(r'<a href="[^"]*lines/2"[^>]*>', html)[0]


def test_the_record_is_not_read_by_a_save(client, case, nurse):
    client.post(reverse("notes", args=[case.reference]), {"text": "called", "here": "1"}, **HTMX)
    assert PageOpening.objects.count() == 0


@pytest.mark.parametrize("here", ["", "9", "x", "99999999999999999999999"])
def test_a_line_that_is_not_there_is_the_first_to_do(client, case, nurse, here):
    html = client.post(reverse("facts-confirm", args=[case.reference]), {"here": here}, **HTMX).content.decode()
    assert 'aria-current="page"' in re.search(r'<a href="[^"]*lines/1"[^>]*>', html)[0]


def test_those_without_a_checklist_are_not_sent_one(client, case):
    """Intake notes a call; criteria are not its to read."""
    asked_for(reviewed(case, lines=[1]))
    mark(case, 2, "face_migraine", "unclear")
    client.force_login(user("intake"))
    html = client.post(reverse("notes", args=[case.reference]), {"text": "called", "here": "1"}, **HTMX).content.decode()
    assert ids(html) == ["timeline", "messages"]


# ---- facts in their place, and lines that end ----------------------------------------------------------------------------------
def test_a_fact_is_added_in_its_place(client, case, nurse):
    url = reverse("fact-new", args=[case.reference, "onset"])
    form = client.get(url, {"here": "1"}, **HTMX).content.decode()
    assert '<form class="fact-edit"' in form
    assert "<html" not in form
    assert re.search(r"<input[^>]* data-focus", form)
    status, html, fresh = answered(client, "fact-new", case, {"value": "8/10/25"}, "onset")
    assert (status, "Began 10 Aug 2025" in part(html, "facts")) == (200, True)
    for each in ("facts", *(name for name in ids(html) if name != "messages")):
        assert part(html, each) == part(fresh, each), each
    assert "Proposed: <b>met</b>" in part(html, "finding-status-duration")
    assert re.search(r'<a [^>]*fact-new-onset"[^>]* data-focus>Add</a>', html)
    assert html.count("data-focus") == 1


def test_a_form_that_is_open_elsewhere_is_kept_and_the_saved_one_closes(client, case, nurse):
    first, second = case.diagnoses.order_by("id")[:2]
    sent = {"code": second.code, "text": second.text, "certainty": "possible"}
    status, html, _ = answered(client, "fact", case, sent, "diagnosis", second.pk)
    assert status == 200
    slots = dict(re.findall(r'class="fact-slot" id="([^"]+)"([^>]*)>', html))
    assert slots.pop(f"fact-diagnosis-{second.pk}") == ""
    assert f"fact-diagnosis-{first.pk}" in slots
    assert set(slots.values()) == {" hx-preserve"}


def test_what_is_wrong_with_a_fact_is_said_in_its_place(client, case, nurse):
    response = client.post(reverse("fact-new", args=[case.reference, "onset"]), {"value": "soon"}, **HTMX)
    assert (response.status_code, response["HX-Retarget"], response["HX-Reswap"]) == (422, "#fact-new-onset", "innerHTML")
    html = response.content.decode()
    assert 'value="soon"' in html
    assert 'href="#fact-new-onset-value"' in html
    assert 'id="fact-new-onset-value"' in html
    assert case.onsets.count() == 0


def test_a_form_is_closed_as_it_was(client, case, nurse):
    row = case.diagnoses.first()
    html = client.get(reverse("fact", args=[case.reference, "diagnosis", row.pk]), {"close": "1"}, **HTMX).content.decode()
    assert re.fullmatch(rf'\s*<a [^>]*aria-describedby="text-fact-diagnosis-{row.pk}" data-focus>Edit</a>\s*', html)


def test_a_fact_taken_off_leaves_the_page(client, case, nurse):
    row = case.diagnoses.first()
    status, html, fresh = answered(client, "fact", case, {"do": "remove"}, "diagnosis", row.pk)
    assert (status, part(html, "facts")) == (200, part(fresh, "facts"))
    assert f"fact-diagnosis-{row.pk}" not in html


@pytest.mark.parametrize(("ended", "main"), [("1", "checklist"), ("4", "line-asked")])
def test_a_line_that_ends_closes_its_checklist(client, case, nurse, ended, main):
    status, html, fresh = answered(client, "end-lines", case, {"lines": [ended], "why": "The practice asked"})
    assert status == 200
    assert main in ids(html)
    for each in ("amendments", *(name for name in ids(html) if name != "messages")):
        assert part(html, each) == part(fresh, each), each
    assert ("This line is not open any more." in html) is (ended == "1")
    assert f"Line {ended} has ended without a decision." in html


def test_an_ending_without_a_reason_stays_as_typed(client, case, nurse):
    status, html, _ = answered(client, "end-lines", case, {"lines": ["4"], "why": ""})
    assert (status, ids(html)) == (422, [])
    assert re.search(r'value="4"[^>]* checked', part(html, "amendments"))
