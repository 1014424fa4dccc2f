"""A policy on its way in a real browser: imported with an error, mended in place, submitted, refused to its own author, published, read."""

import pytest
from playwright.sync_api import expect

from authreview.models import User
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


@pytest.mark.usefixtures("people")
def test_a_stranger_reads_the_public_page(page):
    published(small())
    page.goto("/policies/public/joint-shots")
    expect(page.get_by_role("heading", name="Joint shots")).to_be_visible()
    expect(page.get_by_text("Hip pain", exact=True)).to_be_visible()
    accessible(page, "Joint shots")
