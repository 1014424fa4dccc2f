"""The steps by which a policy is written in the tree editor and goes its way, all of them without a mouse."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.looks import accessible
from tests.browser.steps import told

ROW = "#tree .ed-row.here"


# ---- in the tree ----------------------------------------------------------------------------------------------------------------
def starts(editor, title, slug):
    """From the button on the start page of the administration, to the tree of the new draft."""
    editor.arrives("Administration")
    accessible(editor.page)
    editor.follows("Start a policy", "Start a policy")
    accessible(editor.page)
    for label, text in (("Title", title), ("Short name", slug), ("Version", "1")):
        editor.writes(label, text)
    editor.key("Enter")
    editor.arrives(f"{title} 1")
    in_the_tree(editor)
    accessible(editor.page)


def in_the_tree(editor, words=""):
    """The line in hand has the focus."""
    expect(editor.page.locator(f"{ROW} > a")).to_be_focused()
    in_hand(editor, words)


def in_hand(editor, words):
    expect(editor.page.locator(ROW)).to_contain_text(words)


def adds_criterion(editor, number, text):
    editor.key("a")
    editor.page.wait_for_url(re.compile(rf"all%5B{number}%5D"))
    in_the_tree(editor, "A new criterion")
    editor.key("Enter")
    says(editor, "Text", text)
    in_hand(editor, text)
    editor.key("Escape")
    in_the_tree(editor, text)


# ---- in the form ----------------------------------------------------------------------------------------------------------------
def says(editor, label, text):
    """Into the field with this label; it is stored when the field is left."""
    editor.tabs_to(label)
    says_here(editor, text)


def says_here(editor, text):
    """Over what stands in the field that has the focus; a date digit by digit."""
    if editor.page.evaluate("document.activeElement.type") == "date":
        editor.page.keyboard.type(text)
    else:
        editor.key("ControlOrMeta+a")
        editor.type(text)
    editor.key("Tab")
    saved(editor)


def saved(editor):
    expect(editor.page.locator("#save-state")).to_have_text("Saved")


def comes_to_part(editor, name):
    """By the arrow keys in the tabs of the form."""
    editor.key("Escape")
    in_the_tree(editor)
    while editor.page.evaluate("document.activeElement.getAttribute('role')") != "tab":
        editor.key("Tab")
    for _ in range(8):
        if editor.focused()[1].startswith(name):
            expect(editor.page.get_by_role("tab", selected=True)).to_contain_text(name)
            return
        editor.key("ArrowRight")
    raise AssertionError(f"the arrow keys do not come to {name!r}")


def chooses(editor, label, letter):
    """What begins with this letter; it is stored when the field is left."""
    editor.tabs_to(label)
    editor.key(letter)
    editor.key("Tab")
    saved(editor)


# ---- what blocks ----------------------------------------------------------------------------------------------------------------
def blockers(editor):
    return editor.page.locator("#blockers li")


def follows_blocker(editor):
    """The first, to the place that it names."""
    editor.key("Escape")
    editor.key("b")
    expect(editor.page.locator("#blockers")).to_be_focused()
    editor.key("Tab")
    with editor.page.expect_navigation(wait_until="load"):
        editor.key("Enter")
    expect(editor.page.locator("#blockers :focus")).to_have_count(0)  # a place of the same page takes the focus a moment later


def mends(editor, answers):
    """Follows what blocks, one after another, and answers what has the focus then; stays at the first that has no answer."""
    while blockers(editor).count():
        follows_blocker(editor)
        _, label = editor.focused()
        if label not in answers:
            return
        says_here(editor, answers[label])


def cannot_submit(editor, why):
    """The button says why, and does nothing."""
    editor.key("Escape")
    editor.tabs_to("Submit for review", back=True)
    assert editor.described() == why
    editor.key("Enter")
    expect(editor.page.locator(".ed-steps [aria-current=step]")).to_contain_text("Draft")


# ---- examples -------------------------------------------------------------------------------------------------------------------
def keeps_example(editor, criterion, finding, result):
    """Of what is tried, where the list of what blocks has led."""
    expect(editor.page.locator("#try")).to_be_focused()
    editor.tabs_to(finding, of=criterion)
    editor.key("Space")
    expect(editor.page.locator("#try-result")).to_contain_text(result)
    accessible(editor.page)
    editor.tabs_to("Keep this as an example")
    editor.key("Enter")
    expect(editor.page.locator("#messages")).to_contain_text("Kept as an example")
    expect(editor.page.locator("#keep-example")).to_be_focused()


def turns_to_example(editor):
    """By the tab above the tree, and into its form."""
    editor.key("Escape")
    editor.tabs_to("Examples 1", back=True)
    with editor.page.expect_navigation(wait_until="load"):
        editor.key("Enter")
    in_the_tree(editor, "everything met")
    editor.key("Enter")
    expect(editor.page.get_by_label("Name", exact=True)).to_be_focused()


def expects_what_came(editor):
    """What is asked for vanishes with the press; the focus is in the tree then."""
    in_the_tree(editor, "everything met")
    editor.key("Enter")
    editor.tabs_to("Expect what came of it", back=True)
    editor.key("Enter")
    expect(blockers(editor)).to_have_count(0)
    in_the_tree(editor, "everything met")


def holds(editor, how_many):
    expect(editor.page.locator("#try")).to_contain_text(f"Examples: {how_many} hold.")


# ---- its way --------------------------------------------------------------------------------------------------------------------
def submits(editor, version):
    editor.tabs_to("Submit for review", back=True)
    editor.key("Enter")
    told(editor, f"{version} is in review.")
    editor.arrives(version)
    accessible(editor.page)


def cannot_approve(editor, version):
    """Who wrote it is told so at the button, and refused whatever their browser sends."""
    why = "Nobody approves their own draft; another policy approver has to."
    editor.key("d")
    editor.tabs_to("Approve")
    assert editor.described() == why
    editor.key("Enter")
    expect(editor.page.locator(".steps [aria-current=step]")).to_contain_text("In review")
    token = editor.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form = {"step": "approve", "shown": version.digest, "csrfmiddlewaretoken": token}
    address = reverse("admin:criteria_policyversion_step", args=[version.pk])
    answer = editor.page.request.post(address, form=form, headers={"Referer": editor.page.url})
    assert answer.status == 403
    assert why in answer.text()
    version.refresh_from_db()
    assert version.status == "in_review"


def takes_step(person, step, said):
    """One of what can be done with a version."""
    person.key("d")
    expect(person.page.locator("#do")).to_be_focused()
    person.tabs_to(step)
    with person.page.expect_navigation(wait_until="load"):
        person.key("Enter")
    expect(person.page.locator("body")).to_contain_text(said)
    accessible(person.page)


def follows_the_error(person, label):
    """From the summary of errors, where the focus is, to the field."""
    expect(person.page.locator(".error-summary")).to_be_focused()
    person.tabs_to(label)
    person.key("Enter")
    expect(person.page.get_by_label(label)).to_be_focused()
