"""Facts in their place, in a real browser: what is typed in one form stays while another is saved, and the focus with the hand."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cases.models import Onset, Score
from tests.browser.looks import accessible, sign_in
from tests.factories import founding_case, user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts(page, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = founding_case("a")
    user("nurse")
    sign_in(page, "nurse")
    page.goto(reverse("case-line", args=[case.reference, 1]))
    return page.locator("#facts")


def test_a_form_that_is_open_stays_as_typed_while_another_is_saved(page, facts):
    add_score, add_onset = (facts.locator(f"#fact-new-{kind}") for kind in ("score", "onset"))
    note = page.locator("#finding-duration textarea")
    note.fill("Half a note")
    add_score.get_by_role("link", name="Add").click()
    expect(add_score.get_by_label("Scale")).to_be_focused()
    page.keyboard.type("Pain 0 to 10")
    add_onset.get_by_role("link", name="Add").click()
    expect(add_onset.get_by_label("When it began")).to_be_focused()
    page.keyboard.type("soon")
    page.keyboard.press("Enter")
    expect(add_onset.locator(".error-summary")).to_be_focused()
    expect(add_onset.get_by_label("When it began")).to_have_value("soon")
    accessible(page)
    add_onset.get_by_label("When it began").fill("8/10/25")
    page.keyboard.press("Enter")
    expect(add_onset.get_by_role("link", name="Add")).to_be_focused()
    expect(facts.get_by_text("Began 10 Aug 2025.")).to_be_visible()
    expect(page.locator("#finding-status-duration")).to_contain_text("Proposed: met")
    expect(add_score.get_by_label("Scale")).to_have_value("Pain 0 to 10")
    expect(note).to_have_value("Half a note")
    add_score.get_by_label("Value").fill("7")
    page.keyboard.press("Enter")
    expect(facts.get_by_text("Pain 0 to 10 7")).to_be_visible()
    assert (Onset.objects.get().value, Score.objects.get().value) == ("2025-08-10", "7")


def test_a_form_is_closed_without_a_change(page, facts):
    row = facts.locator(".fact-list li").first
    row.get_by_role("link", name="Edit").click()
    expect(row.get_by_label("ICD-10-CM code")).to_be_focused()
    row.get_by_role("link", name="Cancel").click()
    expect(row.get_by_role("link", name="Edit")).to_be_focused()


def test_a_line_ends_on_the_page_and_its_checklist_closes(page, facts):
    page.locator("#finding-duration textarea").fill("Half a note")
    page.get_by_text("End a line without a decision").click()
    ending = page.locator("#amendments form").last
    ending.get_by_label("1: 20553").check()
    ending.get_by_label("Reason").fill("The practice withdrew it")
    ending.get_by_role("button", name="Record the withdrawal").click()
    expect(page.locator("#messages")).to_contain_text("Line 1 has ended without a decision.")
    expect(page.locator("#amendments-title")).to_be_focused()
    expect(page.locator("#checklist")).to_contain_text("This line is not open any more.")
    expect(page.locator("#checklist input[type=radio]:not(:disabled)")).to_have_count(0)
    expect(page.locator("#timeline")).to_contain_text("Line 1: withdrawn.")
    accessible(page)
