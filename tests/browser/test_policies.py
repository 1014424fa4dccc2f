"""A policy on its way in a real browser: imported with an error, mended, published by another, read; waived, sent back, retired."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from authreview import due
from authreview.models import User
from criteria.actions import new_draft, submit
from criteria.models import PolicyVersion
from tests.browser.looks import accessible, sign_in
from tests.factories import user
from tests.small_policies import published, small
from tests.unit.policy_files import text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    user("policy_editor", "policy_approver", username="editor")
    user("policy_approver", username="approver")
    User.objects.update(is_staff=True)
    user("nurse")


@pytest.mark.usefixtures("people")
def test_a_policy_from_a_file_to_the_reading_room(page):
    document = small(summary="For a hip that hurts.")
    spanish = {"lay_name": {"en": "shots into the hip", "es": "inyecciones en la cadera"}}
    criterion = {"ask": {"en": "Where it hurts", "es": "Dónde duele"}, "reason": {"en": "No pain.", "es": "Sin dolor."}}
    criterion |= {"missing": {"en": "Nothing is said of pain.", "es": "No se dice nada del dolor."}}
    rule = document["rules"][0]
    rule |= spanish | {"criteria": rule["criteria"] | criterion}
    document["examples"][0]["expect"] = {"value": "not_met"}

    # the editor pastes a text with an error, is led to its line, and mends it
    sign_in(page, "editor")
    page.get_by_role("link", name="Policy versions", exact=True).click()
    accessible(page, "Policy versions")
    page.get_by_role("link", name="Import a policy").click()
    accessible(page, "Import a policy")
    field = page.get_by_label("Or the text of one")
    field.fill(text(document).replace("authority: physician", "authority: surgeon"))
    page.get_by_role("button", name="Store as a draft").click()
    expect(page.get_by_text("The policy has 1 error.").first).to_be_visible()
    accessible(page, "Import a policy")
    page.get_by_role("link", name="Line").click()
    assert page.evaluate("document.getSelection().toString()").strip() == "authority: surgeon"
    field.fill(field.input_value().replace("surgeon", "physician"))
    page.get_by_role("button", name="Store as a draft").click()
    expect(page.get_by_role("heading", name="Joint shots 1")).to_be_visible()

    # an example fails: nothing goes on until it holds
    expect(page.get_by_role("button", name="Submit for review")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_text("1 thing is missing; see the list.")).to_be_visible()
    accessible(page, "Joint shots 1")
    page.get_by_role("link", name="Write its text").click()
    field = page.get_by_label("The policy as text")
    accessible(page, "Joint shots 1")
    field.fill(field.input_value().replace("value: not_met", "value: met"))
    page.get_by_role("button", name="Save the text").click()
    expect(page.get_by_text("1 thing is missing")).to_have_count(0)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Joint shots 1 is in review.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_text("Nobody approves their own draft; another policy approver has to.").first).to_be_visible()

    # another approver publishes it, and a nurse reads it
    version = PolicyVersion.objects.get()
    sign_in(page, "approver")
    page.goto(f"/admin/criteria/policyversion/{version.pk}/change/")
    page.get_by_role("button", name="Approve").click()
    page.get_by_label("I have read this, and it is meant").check()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Joint shots 1 is published.")).to_be_visible()
    accessible(page, "Joint shots 1")
    sign_in(page, "nurse")
    page.get_by_role("link", name="Policies").click()
    accessible(page, "Policies")
    page.get_by_role("link", name="Joint shots").click()
    expect(page.get_by_text("For a hip that hurts.")).to_be_visible()
    page.get_by_text("Wording in requests and letters").click()
    expect(page.get_by_text("Dónde duele")).to_be_visible()
    accessible(page, "Joint shots 1")


def opens(page, name, version):
    sign_in(page, name)
    page.goto(f"/admin/criteria/policyversion/{version.pk}/change/")
    accessible(page, str(version))


def takes_with(page, step, field, refusal, given, said):
    """A step that asks for something: refused at its field without it, taken with it."""
    page.get_by_role("button", name=step, exact=True).click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(refusal)
    accessible(page)
    summary.get_by_role("link", name=field).click()
    expect(page.get_by_label(field)).to_be_focused()
    page.get_by_label(field).fill(given)
    page.get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    accessible(page)


@pytest.mark.usefixtures("people")
def test_without_spanish_and_sent_back_each_for_a_reason(page):
    draft = new_draft(document=small(), by=User.objects.get(username="editor"))
    opens(page, "approver", draft)
    expect(page.locator("#missing li")).to_have_count(4)
    step, why = "Agree to publish without Spanish", "Why without Spanish"
    takes_with(
        page, step, why, "Say why it is published without Spanish.", "No member of this plan reads it.", "may be published without Spanish."
    )
    expect(page.locator("#missing")).to_have_count(0)
    expect(page.get_by_role("region", name="History")).to_contain_text("No member of this plan reads it.")

    submit(version_id=draft.pk, by=User.objects.get(username="editor"))
    page.reload()
    takes_with(page, "Send back to draft", "Why it goes back", "Say what is to be changed.", "Say which hip.", "is a draft again.")
    opens(page, "editor", draft)
    page.get_by_role("link", name="Write it in the tree").click()
    expect(page.get_by_text("Sent back by Approver Example")).to_contain_text("Say which hip.")
    accessible(page, "Joint shots 1")


@pytest.mark.usefixtures("people")
def test_a_version_is_retired_on_a_day_to_come(page):
    version, today = published(small()), timezone.localdate()
    opens(page, "approver", version)
    page.get_by_label("Last day in force").fill(f"{today - timedelta(days=1)}")
    last = today + timedelta(days=30)
    takes_with(
        page, "Retire", "Last day in force", "The last day is today or later.", f"{last}", f"is retired; its last day is {due.day(last)}."
    )
    expect(page.locator(".steps [aria-current=step]")).to_contain_text("Retired")
    expect(page.get_by_text("A correction is a new version.")).to_be_visible()
    page.get_by_role("link", name="As reviewers read it").click()
    expect(page.locator("main")).to_contain_text(f"to {due.day(last)}")
    accessible(page, "Joint shots 1")


@pytest.mark.usefixtures("people")
def test_a_stranger_reads_the_public_page(page):
    published(small())
    page.goto("/policies/public/joint-shots")
    expect(page.get_by_role("heading", name="Joint shots")).to_be_visible()
    expect(page.get_by_text("Hip pain", exact=True)).to_be_visible()
    accessible(page, "Joint shots")
