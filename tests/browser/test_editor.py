"""A policy from nothing in the tree editor, by keyboard: refused until its examples hold, approved by another, used by the next case."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from authreview.models import User
from criteria.models import PolicyVersion
from tests.factories import founding_case, published_policies, user

pytestmark = pytest.mark.django_db(transaction=True)
FOCUSED = """() => {
    const here = document.activeElement;
    const legend = here.type === 'radio' ? here.closest('fieldset').querySelector('legend').textContent.trim() + ': ' : '';
    return legend + [...(here.labels ?? [])].map((label) => label.textContent.trim()).join(' ') || here.textContent.trim();
}"""


def accessible(page, heading):
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def sign_in(page, name):
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill("let me in, please")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def saved(page):
    expect(page.locator("#save-state")).to_have_text("Saved")


def go_to(page, words):
    """By the tab key alone, to the control with these words."""
    for _ in range(120):
        if page.evaluate(FOCUSED) == words:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key never comes to {words!r}")


def write(page, label, text):
    """Into the field with this label, and on to the next."""
    go_to(page, label)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Tab")
    saved(page)


def node(page, key, label):
    """In the tree: to the line that says this, by arrow keys."""
    page.keyboard.press("Escape")
    for _ in range(12):
        current = page.locator("#tree .ed-row.here")
        if label in current.inner_text() and page.evaluate("document.activeElement.parentElement.classList.contains('here')"):
            return
        before = page.url
        page.keyboard.press(key)
        page.wait_for_url(lambda url, before=before: url != before)
        expect(page.locator("#tree .ed-row.here > a")).to_be_focused()
    raise AssertionError(f"the arrow keys never come to {label!r}")


@pytest.mark.usefixtures("transactional_db")
def test_from_nothing_to_the_next_case(page):
    user("policy_editor", "policy_approver", username="editor")
    user("policy_approver", username="approver")
    User.objects.update(is_staff=True)
    user("nurse")
    published_policies()
    running = founding_case("b", received_at=timezone.now())

    # the editor starts with a title, a short name and a version
    sign_in(page, "editor")
    page.goto("/admin/criteria/policyversion/")
    go_to(page, "Start a policy")
    page.keyboard.press("Enter")
    accessible(page, "Start a policy")
    for label, text in (("Title", "Muscle shots"), ("Short name", "muscle-shots"), ("Version", "1")):
        go_to(page, label)
        page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    accessible(page, "Muscle shots 1")
    expect(page.get_by_role("button", name="Submit for review")).to_have_attribute("aria-disabled", "true")

    # a criterion in the empty group, with its words
    expect(page.locator("#tree .ed-row.here > a")).to_be_focused()
    page.keyboard.press("a")
    page.wait_for_url(re.compile(r"all%5B0%5D"))
    expect(page.locator("#tree .ed-row.here > a")).to_be_focused()
    page.keyboard.press("Enter")
    write(page, "Text", "A knot can be felt")
    expect(page.locator("#tree .ed-row.here")).to_contain_text("A knot can be felt")
    for name, english in (
        ("Asked for as", "Where the knot is"),
        ("Reason when not met", "No knot was found."),
        ("Reason when nobody answered", "Nobody wrote of a knot."),
    ):
        write(page, f"{name} (English)", english)
        write(page, f"{name} (Spanish)", "Un nudo.")
    accessible(page, "Muscle shots 1")

    # a second one is added, moved, removed, and brought back
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_url(re.compile(r"all%5B1%5D"))
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_url(re.compile(r"all%5B0%5D"))
    expect(page.locator("#tree .ed-criterion").first).to_contain_text("A new criterion")
    page.keyboard.press("Delete")
    expect(page.locator("#tree .ed-criterion")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator("#tree .ed-criterion")).to_have_count(2)
    expect(page.locator("#tree .ed-row.here > a")).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.locator("#tree .ed-criterion")).to_have_count(1)

    # the rule, and the policy itself
    expect(page.locator("#tree .ed-row.here > a")).to_be_focused()
    node(page, "ArrowUp", "Muscle shots")
    page.keyboard.press("Enter")
    write(page, "Procedure codes", "20552, 20553")
    write(page, "What the letter calls it (English)", "shots into tight muscles")
    write(page, "What the letter calls it (Spanish)", "inyecciones en los músculos")
    node(page, "ArrowUp", "About the policy")
    page.keyboard.press("Enter")
    go_to(page, "Basis")
    page.keyboard.press("N")
    page.keyboard.press("Tab")
    saved(page)
    write(page, "Name of the plan's own policy", "Determination 1")
    for label, day in (("From", "01012026"), ("Next review", "12012099")):
        go_to(page, label)
        page.keyboard.type(day)
        page.keyboard.press("Tab")
        saved(page)
    blockers = page.locator("#blockers")
    expect(blockers).to_contain_text("A policy is published with examples; it has none.")

    # an example from the try-out; made to fail, it blocks
    go_to(page, "A knot can be felt: Met")
    page.keyboard.press("Space")
    expect(page.locator("#try-result")).to_contain_text("Met: a nurse certifies")
    go_to(page, "Keep this as an example")
    page.keyboard.press("Enter")
    expect(page.locator("#try")).to_contain_text("Examples: 1 of 1 hold.")
    expect(page.get_by_role("button", name="Submit for review")).not_to_have_attribute("aria-disabled", "true")
    go_to(page, "Examples 1")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Value", exact=True)).to_be_visible()
    accessible(page, "Muscle shots 1")
    go_to(page, "Value")
    page.keyboard.press("N")
    page.keyboard.press("N")
    page.keyboard.press("Tab")
    expect(page.locator("#try")).to_contain_text("Examples: 0 of 1 hold.")
    expect(page.get_by_role("button", name="Submit for review")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator("#try")).to_contain_text("Examples: 1 of 1 hold.")

    # submitted, and not approved by the one who wrote it
    go_to(page, "Submit for review")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Muscle shots 1 is in review.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_attribute("aria-disabled", "true")

    # another publishes it; the next case uses it, the running one does not change
    version = PolicyVersion.objects.get(policy__slug="muscle-shots")
    sign_in(page, "approver")
    page.goto(f"/admin/criteria/policyversion/{version.pk}/change/")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Muscle shots 1 is published.")).to_be_visible()
    coming = founding_case("b", received_at=timezone.now(), member_id="SHP-900-99")
    sign_in(page, "nurse")
    page.goto(f"/cases/{coming.reference}/lines/1")
    expect(page.get_by_text("A knot can be felt").first).to_be_visible()
    page.goto(f"/cases/{running.reference}/lines/1")
    expect(page.get_by_text("Symptoms have lasted more than 3 months").first).to_be_visible()
    expect(page.get_by_text("A knot can be felt")).to_have_count(0)


@pytest.mark.usefixtures("transactional_db")
def test_two_tabs_and_a_mouse(page, context):
    user("policy_editor", username="editor")
    User.objects.update(is_staff=True)
    sign_in(page, "editor")
    page.goto("/admin/criteria/policyversion/start/")
    for label, text in (("Title", "Muscle shots"), ("Short name", "muscle-shots"), ("Version", "1")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Start writing").click()
    for count in (1, 2):
        page.get_by_role("button", name=re.compile("^Group")).click()
        expect(page.locator("#tree .ed-group")).to_have_count(count + 1)
    page.locator("#tree .ed-group > a").first.click()
    page.get_by_role("button", name=re.compile("^Add")).click()
    expect(page.locator("#tree .ed-criterion")).to_have_count(1)

    # dragged into a group
    page.locator("#tree .ed-criterion").drag_to(page.locator("#tree .ed-group").nth(1))
    expect(page.locator("#tree .ed-row.here.ed-criterion.ed-depth-3")).to_be_visible()

    # the second save is told, and keeps what was typed
    other = context.new_page()
    other.goto(page.url)
    page.get_by_label("Text", exact=True).fill("The first")
    page.get_by_label("Text", exact=True).press("Tab")
    saved(page)
    other.get_by_label("Text", exact=True).fill("The second")
    other.get_by_label("Text", exact=True).press("Tab")
    expect(other.get_by_role("alert")).to_contain_text("was saved since you opened it")
    expect(other.get_by_text("Stored now: The first")).to_be_visible()
    expect(other.get_by_label("Text", exact=True)).to_have_value("The second")
    accessible(other, "Muscle shots 1")
    other.get_by_role("button", name="Save").click()
    expect(other.locator("#tree .ed-row.here")).to_contain_text("The second")
    other.reload()
    expect(other.get_by_label("Text", exact=True)).to_have_value("The second")
