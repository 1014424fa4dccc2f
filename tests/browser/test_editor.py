"""The tree editor by keys and by mouse: two tabs at once, presses that come early or late, the text, examples. A policy's whole way is in
test_policy_by_keyboard.py."""

import re
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from authreview.models import User
from criteria.models import PolicyVersion
from criteria.places import nodes
from tests.browser import policy_steps as steps
from tests.browser.keyboard import Keyboard
from tests.browser.looks import accessible, sign_in
from tests.factories import user
from tests.small_policies import drafted, published, small

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
SELECTED = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"


def saved(page):
    expect(page.locator("#save-state")).to_have_text("Saved")


@pytest.mark.usefixtures("transactional_db")
def test_the_tree_and_the_parts_of_a_form_by_keys(page):
    """What is not on the way of a policy in test_policy_by_keyboard.py."""
    user("policy_editor", username="editor")
    User.objects.update(is_staff=True)
    rule = small()["rules"][0]
    two = [rule["criteria"] | {"id": name, "text": text} for name, text in (("hip_pain", "Hip pain"), ("hip_stiff", "A stiff hip"))]
    draft = drafted(small(rules=[rule | {"criteria": {"all": two}}]))
    sign_in(page, "editor")
    page.goto(f"/admin/criteria/policyversion/{draft.pk}/editor/")
    page.wait_for_load_state()
    editor, criteria = Keyboard(page, "editor"), page.locator("#tree .ed-criterion")
    steps.in_the_tree(editor, "All of these")

    # come to, moved, removed, and brought back
    editor.key("ArrowDown")
    page.wait_for_url(re.compile(r"all%5B0%5D"))
    steps.in_the_tree(editor, "Hip pain")
    editor.key("Alt+ArrowDown")
    page.wait_for_url(re.compile(r"all%5B1%5D"))
    expect(criteria).to_contain_text(["A stiff hip", "Hip pain"])
    steps.in_the_tree(editor, "Hip pain")
    editor.key("Delete")
    expect(criteria).to_have_count(1)
    editor.key("u")
    expect(criteria).to_have_count(2)
    expect(page.locator("#tree .ed-row.here > a")).to_be_focused()

    # the parts of its form
    for name in ("Wording", "Check", "Handling"):
        steps.comes_to_part(editor, name)
        accessible(page, "Joint shots 1")

    # the keys of a list act while it is empty too
    editor.key("Escape")
    editor.tabs_to("References 0", back=True)
    with page.expect_navigation(wait_until="load"):
        editor.key("Enter")
    editor.key("a")
    steps.in_the_tree(editor, "Without a name")
    editor.key("Enter")
    steps.says(editor, "Title", "A guideline")
    steps.in_hand(editor, "A guideline")


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


@pytest.mark.usefixtures("transactional_db")
def test_what_is_pressed_while_an_answer_is_on_its_way_is_done(page):
    """The answer replaces the control that was pressed; the press goes to the one that comes in its place."""
    user("policy_editor", username="editor")
    User.objects.update(is_staff=True)
    draft = drafted(small())
    sign_in(page, "editor")
    page.goto(f"/admin/criteria/policyversion/{draft.pk}/editor/")
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1})
    groups, criteria, here = (page.locator(f"#tree .ed-{name}") for name in ("group", "criterion", "row.here"))

    page.get_by_role("button", name=re.compile("^Group")).click()
    page.get_by_role("button", name=re.compile("^Add")).click()
    expect(criteria).to_have_count(2)
    expect(here).to_contain_text("A new criterion")
    expect(groups).to_have_count(2)

    # typed, and straight on to another node: stored, and there
    page.get_by_label("Text", exact=True).fill("A second thing")
    page.get_by_role("link", name="Hip pain").click()
    expect(here).to_contain_text("Hip pain")
    expect(criteria.nth(1)).to_contain_text("A second thing")

    # by keys: the line that the arrow came to is the one that is doubled, and both presses count
    expect(here.locator("a")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(criteria).to_have_count(4)
    expect(criteria.filter(has_text="Hip pain")).to_have_count(1)

    # pressed before the answer, let go after it
    page.keyboard.press("ArrowUp")
    box = page.get_by_role("button", name=re.compile("^Undo")).bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    with page.expect_response(re.compile("/editor/")):
        page.mouse.down()
    page.wait_for_timeout(100)
    page.mouse.up()
    expect(criteria).to_have_count(3)

    # a finding that was chosen before the answer stands, and is in the example
    page.get_by_label("Text", exact=True).fill("Another thing")
    page.locator("input[name='f-hip_pain'][value=met]").check(force=True)
    page.get_by_role("button", name="Keep this as an example").click()
    expect(page.locator("#messages")).to_contain_text("Kept as an example.")
    kept = PolicyVersion.objects.get().document
    assert kept["examples"][-1]["findings"] == {"hip_pain": "met"}
    assert "Another thing" in str(kept["rules"])


@pytest.mark.usefixtures("transactional_db")
def test_text_examples_and_an_operation_that_comes_too_late(page, context):
    user("policy_editor", username="editor")
    user("policy_approver", username="approver")
    User.objects.update(is_staff=True)
    published(small())
    draft = drafted(small("acme", of="joint-shots", plans=["acme"]))
    sign_in(page, "editor")
    editor = f"/admin/criteria/policyversion/{draft.pk}/editor/"

    # an exception is tried with its base, which folds once it cannot help
    page.goto(editor)
    expect(page.locator("#try-base summary").first).to_contain_text("Base policy: Joint shots 1")
    page.locator("input[name='f-hip_pain'][value=not_met]").check(force=True)
    expect(page.locator("#try-folded")).to_contain_text("only the exception can help")
    expect(page.locator("#try-result")).to_contain_text("Undecided: 1 open")
    page.get_by_text("Spanish", exact=True).click()
    expect(page.locator("#try-result")).to_contain_text("no wording yet")
    accessible(page, "Acme 1")

    # a text with something wrong in it is kept; its line is one click away
    page.get_by_role("link", name="YAML").click()
    text = page.locator("#id_text")
    text.fill(text.input_value().replace("authority: physician", "authority: surgeon"))
    page.get_by_role("button", name="Save the text").click()
    expect(page.locator("#blockers")).to_contain_text("rules[0].authority")
    accessible(page, "Acme 1")
    page.locator("#blockers [data-line]").click()
    expect(text).to_be_focused()
    assert text.evaluate(SELECTED).strip() == "authority: surgeon"

    # a text that is none stays in its field, and what is stored is as it was
    good = text.input_value().replace("authority: surgeon", "authority: physician")
    text.fill(good.replace("title: Acme", "title: Acme: x"))
    page.get_by_role("button", name="Save the text").click()
    expect(page.get_by_role("alert")).to_contain_text("The text is not stored.")
    accessible(page, "Acme 1")
    page.get_by_role("alert").get_by_role("link", name=re.compile("Line")).click()
    assert text.evaluate(SELECTED) == "title: Acme: x"
    text.evaluate("(field) => { field.value = 'a: ' + 'x'.repeat(5_000_000); }")
    page.get_by_role("button", name="Save the text").click()
    expect(page.locator("#text-too-large")).to_contain_text("larger than 2,000,000 bytes")
    text.fill(good)
    page.get_by_role("button", name="Save the text").click()
    expect(page.locator("#blockers")).to_contain_text("Nothing")

    # an example's facts in rows, its expectation by ticking, what came of it beside them
    page.get_by_role("link", name=re.compile("^Examples")).click()
    page.get_by_role("tab", name="Facts").click()
    page.get_by_label("Code, diagnoses, row 1").fill("M16.0")
    page.get_by_label("Code, diagnoses, row 1").press("Tab")
    expect(page.get_by_label("Code, diagnoses, row 2")).to_be_visible()
    expect(page.locator("#notes-facts-diagnoses")).to_contain_text("Row 1, Certainty: This is still empty.")
    expect(page.get_by_role("tab", name="Facts")).to_contain_text("1")
    accessible(page, "Acme 1")
    page.get_by_label("Certainty, diagnoses, row 1").select_option("confirmed")
    expect(page.locator("#example-result")).to_contain_text("Holds")
    page.get_by_role("tab", name="Findings").click()
    page.get_by_label("Open: Hip pain").first.check()
    expect(page.locator("[data-column=open]")).to_be_checked()
    expect(page.locator("#example-result")).to_contain_text("Fails")
    accessible(page, "Acme 1")
    page.get_by_role("button", name="Expect what came of it").click()
    expect(page.locator("#example-result")).to_contain_text("Holds")

    # an operation on a draft that another tab has changed is told what, and offered again
    page.goto(editor)
    other = context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name=re.compile("^Add")).click()
    expect(other.locator("#tree .ed-criterion")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Group")).click()
    expect(page.get_by_role("alert")).to_contain_text("was saved since you opened it")
    expect(page.locator("#tree .ed-criterion")).to_have_count(2)
    accessible(page, "Acme 1")
    page.get_by_role("alert").get_by_role("button", name=re.compile("^Add a group")).click()
    expect(page.locator("#tree .ed-group")).to_have_count(2)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.usefixtures("transactional_db")
def test_what_is_typed_while_an_operation_is_on_its_way_is_kept(page):
    version = drafted(small())
    User.objects.update(is_staff=True)
    sign_in(page, "policy_editor")
    page.goto(f"/admin/criteria/policyversion/{version.pk}/editor/")
    slow = lambda route: (time.sleep(1), route.continue_())  # noqa: E731
    text = page.get_by_label("Text", exact=True)
    expect(text).to_have_value("Hip pain")

    # the criterion in hand moves into a new group, and another operation adds one beside it: what is typed goes where it stands by then
    page.route("**/editor/do/", slow)
    for press, typed in (("Group", "Pain in the hip"), ("Add", "Pain in one hip")):
        page.get_by_role("link", name=re.compile("^(Hip pain|Pain in)")).first.click()
        expect(text).to_have_value(re.compile("^(Hip pain|Pain in)"))
        with page.expect_request("**/editor/do/"):
            page.get_by_role("button", name=re.compile(f"^{press}")).click()
        text.fill(typed)
        text.press("End")
        expect(page.locator("#tree .ed-row").filter(has_text=typed)).to_have_count(1)
        expect(page.locator("#tree .ed-row.here")).not_to_contain_text(typed)
        saved(page)
    texts = [node["text"] for _, node in nodes(PolicyVersion.objects.get().document) if "text" in node]
    assert texts[0] == "Pain in one hip"

    # to another line
    page.unroute("**/editor/do/")
    page.get_by_role("link", name="Pain in one hip").click()
    expect(text).to_have_value("Pain in one hip")
    page.route("**/editor/?**", slow)
    with page.expect_request("**/editor/?**"):
        page.get_by_role("link", name="About the policy").click()
    text.fill("Pain in both hips")
    expect(page.locator("#tree .ed-row").filter(has_text="Pain in both hips")).to_have_count(1)
    expect(page.locator("#tree .ed-row.here")).to_contain_text("About the policy")


def test_the_next_version_of_a_shipped_policy(office, screen):
    shipped = PolicyVersion.objects.get(policy__slug="trigger-point-injections", status="published")
    page = office.at("policy_editor", NOW).page
    page.goto(f"/admin/criteria/policyversion/start/?from={shipped.pk}")
    page.get_by_label("Version").fill("2026.2")
    page.get_by_role("button", name="Start writing").click()
    expect(page.get_by_text("drafted just now by you; in force today: 2026.1, compare")).to_be_visible()

    # two things are asked for, and a wording is missing
    page.get_by_role("link", name="Symptoms have lasted more than 3 months").click()
    expect(page.locator("#tree .ed-row.here")).to_contain_text("Symptoms have lasted")
    for finding, value in (("indication", "met"), ("duration", "unclear")):
        page.locator(f"input[name='f-{finding}'][value={value}]").check(force=True)
    page.get_by_role("tab", name="Wording").click()
    page.get_by_label("Reason when not met (Spanish)").fill("")
    page.get_by_label("Reason when not met (Spanish)").press("Tab")
    saved(page)
    expect(page.get_by_role("tab", name="Wording")).to_contain_text("1")
    expect(page.locator("#try-form input[name='f-duration'][value=unclear]")).to_be_checked()
    screen(page, "editor")
    page.get_by_role("link", name=re.compile("What blocks submission")).click()
    expect(page.locator("#blockers")).to_contain_text("the Spanish wording of the reason when it is not met is missing")
    accessible(page, "Trigger point injections 2026.2")
    page.locator("#blockers li a").first.click()
    expect(page.get_by_label("Reason when not met (Spanish)")).to_be_focused()

    # every tab; the text is one of them
    for name, heading in (("References 4", "Reference in hand"), ("YAML", "Text of the policy")):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("region", name=re.compile(heading, re.IGNORECASE))).to_be_visible()
        accessible(page, "Trigger point injections 2026.2")

    # an example with its facts
    page.get_by_role("link", name=re.compile("^Examples")).click()
    page.get_by_role("link", name=re.compile("^exactly 3 months")).click()
    page.get_by_role("tab", name="Facts").click()
    expect(page.get_by_label("Onset of symptoms")).not_to_have_value("")
    screen(page, "editor-example")
    page.get_by_role("tab", name="Findings").click()
    accessible(page, "Trigger point injections 2026.2")

    # what it would change
    page.get_by_role("link", name="compare").click()
    expect(page.get_by_text("The policy, version: 2026.1 becomes 2026.2.")).to_be_visible()
    accessible(page, "Trigger point injections 2026.2: compare")
