"""Selecting a passage in a real browser: the words that are sent, cut on the server, are the words that were marked."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from cases.actions.documents import attach_document
from cases.models import Case, Document
from cases.page_text import cut_quote
from tests.factories import user
from tests.pdf import pdf_of

pytestmark = pytest.mark.django_db(transaction=True)

LINES = ["History: The patient reports a couple", "months of muscle pain in the neck (left)", "and shoulders, worse with desk work."]
TYPED = "Visit note\n\nPain in the neck for   a couple\nof months, worse with desk work.\n"


@pytest.fixture
def case(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    nurse = user("nurse")
    now = timezone.now()
    case = Case.objects.create(reference="PA-2026-000101", received_at=now, entered_at=now, entered_by=nurse, channel="fax")
    attach_document(case_id=case.pk, data=pdf_of(LINES, ["Plan: physical therapy."]), filename="visit.pdf", by=nurse)
    attach_document(case_id=case.pk, data=TYPED.encode(), filename="note.txt", by=nurse)
    return case


@pytest.fixture
def refused_by_policy(page):
    """What the Content-Security-Policy refused, or a script raised."""
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def viewer(case, page, live_server, client, refused_by_policy):
    """Opens a document of the case, signed in, and returns the page."""
    client.force_login(user("nurse"))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    def open_document(filename, query=""):
        document = Document.objects.get(filename=filename)
        page.goto(live_server.url + reverse("document", args=[case.reference, document.pk]) + query)
        page.evaluate("document.addEventListener('record:selected', (event) => { window.heard = event.detail; })")
        return document

    return open_document


def drag(page, first, last):
    """Press on one word, let go on another: forwards from its left edge, backwards from its right."""
    boxes = [page.locator(f"tspan[data-i='{number}']").bounding_box() for number in (first, last)]
    start, end = boxes
    forwards = first <= last
    page.mouse.move(start["x"] + (1 if forwards else start["width"] - 1), start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=5)
    page.mouse.move(end["x"] + (end["width"] - 1 if forwards else 1), end["y"] + end["height"] / 2, steps=5)
    page.mouse.up()
    page.wait_for_function("window.heard !== undefined")
    return page.evaluate("window.heard")


@pytest.mark.parametrize("width", [760, 1500])
@pytest.mark.parametrize(("first", "last"), [(4, 8), (8, 4), (2, 15), (6, 6)])
def test_the_quote_is_what_was_selected(viewer, page, refused_by_policy, width, first, last):
    page.set_viewport_size({"width": width, "height": 900})
    document = viewer("visit.pdf")
    heard = drag(page, first, last)
    low, high = min(first, last), max(first, last)
    words = " ".join(LINES).split()[low : high + 1]
    assert (heard["document"], heard["page"], heard["first"], heard["last"]) == (document.pk, 1, low, high)
    assert heard["text"] == " ".join(words)
    assert cut_quote(document.pages.get(number=1), heard["first"], heard["last"]).text == heard["text"]
    assert refused_by_policy == []


def test_text_that_the_viewer_writes_itself(viewer, page):
    document = viewer("note.txt")
    heard = drag(page, 7, 11)
    assert heard["text"] == "a couple of months, worse"
    assert cut_quote(document.pages.get(), heard["first"], heard["last"]).text == "a couple of months, worse"


def test_a_passage_stays_while_the_focus_moves_on_and_pages_are_turned(viewer, page):
    viewer("visit.pdf")
    drag(page, 4, 8)
    bar = page.locator(".record-pending")
    assert bar.locator("q").inner_text() == "a couple months of muscle"
    assert page.locator(".sheet-pending rect").count() == 2
    page.get_by_role("link", name="All documents").focus()
    page.keyboard.press("]")
    page.get_by_text("page 2 of 2").wait_for()
    assert page.url.endswith("?page=2")
    assert (bar.locator("q").inner_text(), page.locator(".sheet-pending rect").count()) == ("a couple months of muscle", 0)
    page.keyboard.press("[")
    page.get_by_text("page 1 of 2").wait_for()
    assert page.locator(".sheet-pending rect").count() == 2
    page.keyboard.press("Escape")
    assert bar.is_hidden()
    assert page.locator(".sheet-pending rect").count() == 0


def test_find_in_page_and_copy_have_their_spaces(viewer, page):
    viewer("visit.pdf")
    assert page.evaluate("window.find('months of muscle pain')")
    assert page.evaluate("getSelection().toString().split(/\\s+/).join(' ')") == "months of muscle pain"


@pytest.mark.parametrize("filename", ["visit.pdf", "note.txt"])
def test_viewer_is_accessible(viewer, page, refused_by_policy, filename):
    viewer(filename)
    drag(page, 4, 8)
    assert [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]] == []
    assert refused_by_policy == []


def test_list_is_accessible_and_takes_what_is_dropped(viewer, page, case, refused_by_policy):
    viewer("visit.pdf")
    page.get_by_role("link", name="All documents").click()
    page.get_by_text("In the record").wait_for()
    assert [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Attach").click()
    page.get_by_text("Choose a file to attach.").first.wait_for()
    drop = """(zone) => { const data = new DataTransfer(); data.items.add(new File(['Pain 8/10, dropped'], 'dropped_note.txt'));
        zone.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); }"""
    page.locator("[data-drop]").evaluate(drop)
    assert page.locator("[data-chosen] li").inner_text() == "dropped_note.txt, 1 kB"
    page.get_by_role("button", name="Attach").click()
    page.get_by_role("link", name="dropped note", exact=True).wait_for()
    assert list(Document.objects.filter(case=case).values_list("title", flat=True)) == ["visit", "note", "dropped note"]
    assert [said for said in refused_by_policy if "422" not in said] == []


@pytest.fixture
def beside(viewer, case, page, live_server):
    """The pane on a page with other things, as the case page has it."""
    viewer("visit.pdf")
    page.goto(live_server.url + reverse("case", args=[case.reference]))
    page.evaluate("document.addEventListener('record:selected', (event) => { window.heard = event.detail; })")
    page.evaluate("document.addEventListener('ar:key', (event) => { window.keys = (window.keys ?? '') + event.detail.key; })")
    return page


def hidden_fields(page):
    return [page.input_value(f"[name=cite_{name}]") for name in ("document", "page", "first", "last")]


@pytest.mark.urls("tests.browser.pane_page")
class TestBesideOtherThings:
    def test_forms_are_told_and_the_focus_may_move(self, beside, case):
        document = Document.objects.get(filename="visit.pdf")
        drag(beside, 4, 8)
        beside.get_by_label("Note").fill("typed meanwhile")
        assert hidden_fields(beside) == [str(document.pk), "1", "4", "8"]
        assert beside.locator(".record-pending q").inner_text() == "a couple months of muscle"

    def test_cited_clears_and_draws_the_marks_again(self, beside):
        drag(beside, 4, 8)
        with beside.expect_response(lambda answer: answer.url.endswith("/marks")):
            beside.evaluate("document.dispatchEvent(new CustomEvent('record:cited', { bubbles: true }))")
        beside.locator(".record-pending").wait_for(state="hidden")
        assert hidden_fields(beside) == ["", "", "", ""]
        assert beside.locator("svg#record-marks").evaluate("(svg) => svg.namespaceURI") == "http://www.w3.org/2000/svg"

    def test_a_link_to_a_quote_turns_the_pane_alone(self, beside):
        beside.get_by_label("Note").fill("typed meanwhile")
        beside.click("#quote")
        beside.get_by_text("page 2 of 2").wait_for()
        assert beside.locator("#record-marks .now").count() == 1
        assert beside.get_by_label("Note").input_value() == "typed meanwhile"

    def test_text_fills_the_pane_until_the_whole_page_is_asked_for(self, beside):
        def width():
            return beside.locator(".sheet").evaluate("(sheet) => Math.round(100 * sheet.clientWidth / sheet.parentElement.clientWidth)")

        zoomed = width()
        beside.keyboard.press("z")
        assert zoomed > 120
        assert width() <= 100
        assert beside.locator("#record-whole").get_attribute("aria-pressed") == "true"

    def test_a_second_window_selects_for_this_one(self, beside, case, live_server, refused_by_policy):
        document = Document.objects.get(filename="note.txt")
        window = beside.context.new_page()
        window.goto(live_server.url + reverse("document", args=[case.reference, document.pk]))
        window.evaluate("document.addEventListener('record:selected', (event) => { window.heard = event.detail; })")
        drag(window, 7, 9)
        window.get_by_text("Ready to cite").wait_for()
        window.keyboard.press("3")
        beside.wait_for_function("window.keys === '3'")
        assert hidden_fields(beside) == [str(document.pk), "1", "7", "9"]
        assert beside.evaluate("window.heard.text") == "a couple of"
        beside.evaluate("document.dispatchEvent(new CustomEvent('record:cited', { bubbles: true }))")
        window.locator(".record-pending").wait_for(state="hidden")
        assert refused_by_policy == []

    def test_is_accessible(self, beside):
        drag(beside, 4, 8)
        assert [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(beside).response["violations"]] == []
