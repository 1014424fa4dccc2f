"""The checklist in a real browser: citing with digits, keys, saves that leave what is typed alone, a stale tab, an honest panel."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from cases.models import CaseEvent, Evidence, Finding, Treatment
from tests.factories import case_at, founding_case, mark, reviewed, user

pytestmark = pytest.mark.django_db(transaction=True)

PANES = "[...document.querySelectorAll('.row-status, .mark-c, #standing, .tabs-lines')].map((part) => part.innerText.trim()).join('\\n')"


@pytest.fixture
def errors(page):
    """What a script raised or the Content-Security-Policy refused; refusals of the server are answers."""
    said, answers = [], re.compile("Failed to load|Response Status Error")
    page.on("console", lambda message: said.append(message.text) if message.type == "error" and not answers.match(message.text) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def sign_in(page, live_server, client):
    def enter(role="nurse"):
        client.force_login(user(role))
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    return enter


@pytest.fixture
def case(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return founding_case("a")


@pytest.fixture
def at_line(case, page, live_server, sign_in, errors):
    sign_in()

    def go(number=1, where=page):
        where.goto(live_server.url + reverse("case-line", args=[case.reference, number]))

    go()
    return go


def select(page, words):
    """Drag over these words of the record."""
    page.wait_for_load_state("load")
    places = page.evaluate(
        """(wanted) => {
            const words = [...document.querySelectorAll('.sheet-page tspan')];
            const texts = words.map((word) => word.textContent.trim());
            const parts = wanted.split(' ');
            const at = texts.findIndex((_, place) => parts.every((part, step) => texts[place + step] === part));
            words[at].scrollIntoView({ block: 'center', behavior: 'instant' });
            return [at, at + parts.length - 1].map((place) => words[place].getBoundingClientRect().toJSON());
        }""",
        words,
    )
    first, last = places
    page.mouse.move(first["x"] + 1, first["y"] + first["height"] / 2)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] - 1, last["y"] + last["height"] / 2, steps=6)
    page.mouse.up()
    expect(page.locator(".record-pending")).to_be_visible()


def row(page, criterion):
    return page.locator(f"#finding-{criterion}")


def chosen(page, criterion):
    return page.locator(f"#choose-{criterion} input:checked")


def saved(case, criterion, line=1):
    return Finding.objects.filter(line__case=case, line__number=line, criterion=criterion).values_list("value", flat=True).first()


def headline(page):
    return page.locator("#standing .big")


def test_citing_is_answering(case, page, at_line, errors):
    """A passage, a number: quote, finding and the next open row."""
    select(page, "a couple months of muscle pain")
    page.keyboard.press("2")
    page.keyboard.press("Enter")

    expect(chosen(page, "duration")).to_have_value("unclear")  # a passage speaks to it, the check does not pass
    expect(row(page, "duration").locator(".cite")).to_contain_text("“a couple months of muscle pain” Office visit note, p. 1")
    expect(row(page, "medicine_trial")).to_be_focused()
    expect(page.locator(".record-pending")).to_be_hidden()
    expect(page.locator("#record-marks rect[data-for='1:duration']")).to_have_count(1)
    assert list(Evidence.objects.values_list("quote", "page")) == [("a couple months of muscle pain", 1)]

    select(page, "Myofascial pain syndrome.")
    page.keyboard.press("1")
    expect(chosen(page, "indication")).to_have_value("met", timeout=3000)  # one digit counts after a moment too
    select(page, "Referral to physical therapy.")
    page.keyboard.press("6")
    page.keyboard.press("Enter")
    expect(chosen(page, "program")).to_have_value("met")
    expect(headline(page)).to_have_text("Undecided: 6 things are missing")
    assert errors == []


def test_the_next_passage_is_not_lost_to_a_slow_answer(case, page, at_line, errors):
    """What is cited is what was selected when the number was pressed; a newer selection outlives the answer."""
    page.route("**/cite", lambda route: (page.wait_for_timeout(700), route.continue_()))
    select(page, "a couple months of muscle pain")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    select(page, "Referral to physical therapy.")
    page.keyboard.press("6")
    select(page, "Cervicalgia.")
    expect(chosen(page, "program")).to_have_value("met")
    expect(page.locator(".record-pending q")).to_have_text("Cervicalgia.")
    assert set(Evidence.objects.values_list("finding__criterion", "quote")) == {
        ("duration", "a couple months of muscle pain"),
        ("program", "Referral to physical therapy."),
    }
    assert errors == []


def test_two_digits(case, page, at_line, errors):
    select(page, "Neurosurgery")
    page.keyboard.press("1")
    page.keyboard.press("2")
    expect(chosen(page, "effect_not_yet_clear")).to_have_value("met")
    assert saved(case, "indication") is None


def test_keys_mark_and_move(case, page, at_line, errors):
    row(page, "indication").focus()
    page.keyboard.press("j")
    expect(row(page, "duration")).to_be_focused()
    page.keyboard.press("4")
    expect(page.locator("#finding-status-duration")).to_have_attribute("data-value", "not_documented")
    expect(page.locator("#finding-status-duration")).to_contain_text("Searched in 1 document, 1 page.")
    page.keyboard.press("ArrowDown")
    expect(row(page, "medicine_trial")).to_be_focused()
    page.keyboard.press("k")
    expect(row(page, "duration")).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.type("asked on the phone 12")
    page.keyboard.press("Escape")
    expect(row(page, "duration")).to_be_focused()
    expect(page.locator("#finding-status-duration input[name=version]")).to_have_value("2")
    assert Finding.objects.get(criterion="duration").note == "asked on the phone 12"
    page.keyboard.press("o")
    expect(row(page, "medicine_trial")).to_be_focused()
    page.keyboard.press("a")
    expect(chosen(page, "medicine_trial")).to_have_value("not_documented")
    assert errors == []


def test_single_keys_can_be_switched_off(case, page, at_line):
    page.keyboard.press("?")
    page.get_by_role("switch").uncheck()
    page.keyboard.press("Escape")
    row(page, "duration").focus()
    page.keyboard.press("4")
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    expect(row(page, "duration")).to_be_focused()
    assert saved(case, "duration") is None


def test_accept_all_leaves_answers_alone(case, page, at_line, errors):
    mark(case, 1, "alone_that_day", "unclear")
    at_line()
    row(page, "indication").focus()
    page.keyboard.press("Shift+A")
    expect(chosen(page, "first_set")).to_have_value("met")
    expect(chosen(page, "medicine_trial")).to_have_value("not_documented")
    assert saved(case, "alone_that_day") == "unclear"
    assert saved(case, "indication") is None  # its fact is stated, not confirmed
    expect(row(page, "indication")).to_be_focused()
    assert errors == []


def test_the_rest_is_not_documented(case, page, at_line, errors):
    """By key: the dialog says what would be marked and where was looked; one press marks it, and what a check speaks to is left."""
    mark(case, 1, "program", "met")
    at_line()
    page.keyboard.press("j")
    page.keyboard.press("N")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Mark the rest not documented")).to_be_visible()
    expect(dialog.get_by_text("Office visit note, 24 Feb 2026, its one page")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    listed = [each.split(":")[0] for each in dialog.locator("[name=shown]").evaluate_all("(all) => all.map((each) => each.value)")]
    expect(dialog.get_by_role("button", name=f"Mark {len(listed)} not documented")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{len(listed)} criteria marked not documented.").first).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(chosen(page, listed[0])).to_have_value("not_documented")
    expect(row(page, "indication")).to_be_focused()
    assert (saved(case, listed[-1]), saved(case, "program"), saved(case, "indication")) == ("not_documented", "met", None)
    assert errors == []


def test_a_fact_typed_into_the_row(case, page, at_line, errors):
    select(page, "a couple months of muscle pain")
    row(page, "duration").focus()
    page.keyboard.press("t")
    page.keyboard.type("8/10/25")
    page.keyboard.press("Enter")
    expect(chosen(page, "duration")).to_have_value("met")
    expect(page.locator("#finding-status-duration")).to_contain_text("“a couple months of muscle pain”")
    expect(page.locator("#messages")).to_contain_text("Recorded: began 10 Aug 2025.")
    expect(page.locator("#finding-duration input[name=typed]")).to_have_value("")
    row(page, "medicine_trial").focus()
    page.keyboard.press("t")
    page.keyboard.type("naproxen 500 bid 9/1/25-10/20/25 failed")
    page.keyboard.press("Enter")
    expect(chosen(page, "medicine_trial")).to_have_value("met")
    assert [(row.kind, row.confirmed) for row in Treatment.objects.all()] == [("nsaid", True)]
    row(page, "physical_trial").focus()
    page.keyboard.press("t")
    page.keyboard.type("something or other")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Type it like this")
    expect(page.locator("#finding-physical_trial input[name=typed]")).to_have_value("something or other")
    assert errors == []


def test_saves_in_one_tick(case, page, at_line, errors):
    """The newest choice is what is saved and shown, and a note being typed stays."""
    page.locator("#finding-program").focus()
    note = page.locator("#finding-program textarea")
    note.focus()
    note.type("half a sen")
    page.evaluate(
        """() => ['met', 'not_met', 'unclear'].forEach((value) => {
            const radio = document.getElementById('choose-program-' + value);
            radio.checked = true;
            radio.dispatchEvent(new Event('change', { bubbles: true }));
        })"""
    )
    note.type("tence")
    expect(page.locator("#finding-status-program")).to_have_attribute("data-value", "unclear")
    expect(chosen(page, "program")).to_have_value("unclear")
    expect(note).to_have_value("half a sentence")
    expect(note).to_be_focused()
    page.wait_for_load_state("networkidle")
    assert saved(case, "program") == "unclear"
    assert errors == []


def test_double_click_on_accept(case, page, at_line, errors):
    row(page, "first_set").get_by_role("button", name="Accept").dblclick()
    expect(chosen(page, "first_set")).to_have_value("met")
    page.wait_for_load_state("networkidle")
    assert CaseEvent.objects.filter(case=case, kind="proposal_accepted").count() == 1
    assert errors == []


def test_back_button(case, page, at_line, errors):
    row(page, "program").focus()
    page.keyboard.press("1")
    expect(page.locator("#finding-status-program")).to_have_attribute("data-value", "met")
    page.locator(".tabs-lines a").nth(1).click()
    expect(row(page, "face_migraine")).to_be_visible()
    page.go_back()
    expect(chosen(page, "program")).to_have_value("met")


def test_stale_tab(case, page, at_line, errors):
    """What somebody saved meanwhile is not overwritten; what is typed stays; one press shows what is saved."""
    note = page.locator("#finding-program textarea")
    mark(case, 1, "program", "met", by=user("nurse", username="nurse2"))
    page.locator("#finding-program").focus()
    note.fill("my own words")
    page.locator("label:has(#choose-program-unclear)").click()
    expect(page.locator("#messages")).to_contain_text("Somebody marked")
    expect(note).to_have_value("my own words")
    assert saved(case, "program") == "met"
    row(page, "duration").focus()
    page.keyboard.press("4")  # another row of the stale tab still saves
    expect(page.locator("#finding-status-duration")).to_have_attribute("data-value", "not_documented")
    page.get_by_role("link", name="Show what is saved now").click()
    expect(chosen(page, "program")).to_have_value("met")
    expect(page.locator("#finding-status-program")).to_contain_text("Nurse2 Example, RN")
    expect(note).to_have_value("my own words")
    page.keyboard.press("3")
    expect(page.locator("#finding-status-program")).to_have_attribute("data-value", "unclear")
    assert errors == []


def test_fragments_leave_the_page_as_a_fresh_one(case, page, at_line, errors):
    """After some saves every status, mark, panel and tab reads as on a page loaded anew."""
    for criterion, key in (("indication", "1"), ("program", "1"), ("reason_for_both", "4"), ("alone_that_day", "1"), ("program", "2")):
        row(page, criterion).focus()
        page.keyboard.press(key)
        value = {"1": "met", "2": "not_met", "4": "not_documented"}[key]
        expect(page.locator(f"#finding-status-{criterion}")).to_have_attribute("data-value", value)
    page.keyboard.press("Shift+A")
    expect(chosen(page, "first_set")).to_have_value("met")
    page.wait_for_load_state("networkidle")
    before = page.evaluate(PANES)
    at_line()
    assert page.evaluate(PANES) == before
    assert re.search("Not met as marked: a director decides", before)
    assert errors == []


def test_same_on_sibling_lines(case, page, at_line, errors):
    at_line(2)
    row(page, "face_acute").focus()
    page.keyboard.press("4")
    expect(page.locator("#finding-status-face_acute")).to_have_attribute("data-value", "not_documented")
    page.keyboard.press("s")
    expect(page.locator("#messages")).to_contain_text("Copied to lines 3 and 4.")
    assert [saved(case, "gon_acute", 3), saved(case, "other_acute", 4)] == ["not_documented", "not_documented"]
    assert errors == []


@pytest.mark.parametrize("width", [1500, 1280, 640])
@pytest.mark.parametrize(("role", "line"), [("nurse", 1), ("nurse", 2), ("intake", 1), ("medical_director", 3)])
def test_axe(case, page, at_line, sign_in, errors, role, line, width):
    reviewed(case, lines=[1, 3])
    sign_in(role)
    page.set_viewport_size({"width": width, "height": 900})
    at_line(line)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found] == []
    assert errors == []


@pytest.mark.parametrize("path", ["lines/3", "lines/1", "facts/treatment"])
def test_axe_of_other_states(settings, tmp_path, page, live_server, sign_in, errors, path):
    """A decided line with its signature, a line that waits, the form of a fact."""
    settings.MEDIA_ROOT = tmp_path
    sign_in()
    page.goto(live_server.url + reverse("case", args=[case_at("decided").reference]) + path)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found] == []
    assert errors == []
