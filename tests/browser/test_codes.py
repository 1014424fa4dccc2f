"""An administrator imports a release of codes: from the start page, refused whole for one wrong row, applied, and nothing a second time."""

from datetime import date

import pytest
from playwright.sync_api import expect

from authreview.models import User
from cases.models import CodeImport, DiagnosisCode, LetterText, Plan, TurnaroundRule
from tests.browser.hands import sign_in_at_once
from tests.browser.looks import accessible, violations
from tests.small_policies import published, small, submitted

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY = "2026-03-10 10:00-04:00"
RELEASE = "code,title\nM54.2,Cervicalgia\nM54.81,Neuralgia of the back of the head\nR51.9,Headache\n"
KEPT = [("M54.2", "Cervicalgia"), ("M54.6", "Pain in thoracic spine"), ("M54.81", "Occipital neuralgia")]


def brings(hands, text, name="icd10cm-2027.csv"):
    """From the form to the preview, as a person fills it in."""
    page = hands.page
    accessible(page, "Import a file of codes")
    page.get_by_role("radio", name="ICD-10-CM diagnoses").check()
    page.get_by_role("radio", name="the whole release").check()
    hands.fill(page.get_by_label("In force from"), "2026-10-01")
    hands.attach(page.locator("input[type=file]"), (name, text.encode()))
    hands.click(page.get_by_role("button", name="Preview"))
    accessible(page, "What would this file change?")


def in_short(page):
    """The counts at the right, as they are read."""
    words = page.get_by_role("complementary", name="In short").locator("dl").first.inner_text().split("\n")
    return dict(zip(words[::2], words[1::2], strict=True))


def stored():
    return list(DiagnosisCode.objects.order_by("code", "effective_from").values_list("code", "text", "effective_until"))


def test_a_release_is_imported_whole_or_not_at_all(office):
    DiagnosisCode.objects.bulk_create(DiagnosisCode(code=code, text=text, effective_from=date(2025, 10, 1)) for code, text in KEPT)
    before = stored()
    hands = office.at("admin", TUESDAY)
    page = hands.page
    accessible(page, "Administration")
    hands.click(page.get_by_role("link", name="Import a file"))

    # one row is wrong: where it is, and that nothing is imported
    brings(hands, f"{RELEASE}?,Nothing that a code is\n")
    row = page.get_by_role("region", name="Table of errors").get_by_role("row").nth(1)
    expect(row).to_contain_text("An ICD-10-CM code reads like M54.2 or M79.18.")
    expect(row.get_by_role("rowheader")).to_have_text("5")
    assert in_short(page) == {"Changed wording": "1", "New": "1", "Unchanged": "1", "Ended": "after the errors", "Errors": "1"}
    button = page.get_by_role("button", name="Import")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_text("nothing of this file is imported until it has none.")).to_be_visible()
    button.focus()
    hands.key("Enter")
    expect(page.get_by_role("heading", level=1, name="What would this file change?")).to_be_visible()
    assert (stored(), CodeImport.objects.count()) == (before, 0)

    # mended, it is shown again and imported
    hands.click(page.get_by_role("link", name="Bring another file"))
    brings(hands, RELEASE)
    assert in_short(page) == {"Changed wording": "1", "Ended": "1", "New": "1", "Unchanged": "1"}
    changed = page.get_by_role("region", name="Table: Changed wording")
    expect(changed).to_contain_text("Occipital neuralgia")
    expect(changed).to_contain_text("Neuralgia of the back of the head")
    expect(page.get_by_role("region", name="Table: Ended")).to_contain_text("M54.6")
    expect(page.get_by_role("region", name="Table: New")).to_contain_text("R51.9")
    assert stored() == before
    hands.click(page.get_by_role("button", name="Import"))
    expect(page.get_by_text("is imported: 1 new, 1 reworded, 1 ended.")).to_be_visible()
    accessible(page, "Code sets")
    last = date(2026, 9, 30)
    assert stored() == [
        ("M54.2", "Cervicalgia", None),
        ("M54.6", "Pain in thoracic spine", last),
        ("M54.81", "Occipital neuralgia", last),
        ("M54.81", "Neuralgia of the back of the head", None),
        ("R51.9", "Headache", None),
    ]

    # the same file once more changes nothing, and says so
    hands.click(page.get_by_role("link", name="Import a file"))
    brings(hands, RELEASE, "again.csv")
    expect(page.get_by_text("This file changes nothing").first).to_be_visible()
    expect(page.get_by_role("button", name="Import")).to_have_attribute("aria-disabled", "true")
    assert CodeImport.objects.count() == 1


def test_words_of_a_code_are_written_and_found(office):
    hands = office.at("admin", TUESDAY)
    page = hands.page
    hands.click(page.get_by_role("link", name="Code sets"))
    hands.click(page.get_by_role("link", name="See the codes").nth(1))
    accessible(page, "Procedure codes")
    hands.click(page.get_by_role("link", name="64405"))
    accessible(page, "64405 Occipital block")
    expect(page.get_by_role("region", name="Where members read them").get_by_role("link")).to_have_count(3)
    hands.fill(page.get_by_label("In force from"), "2027-01-01")
    hands.fill(page.get_by_label("Wording for members, English"), "shots at the back of the head")
    hands.click(page.get_by_role("button", name="Save from that day"))
    expect(page.get_by_text("64405 has this wording from 1 Jan 2027.")).to_be_visible()
    accessible(page, "64405 Occipital block")


@pytest.mark.parametrize("username", ["admin", "policy_editor", "policy_approver", "supervisor", "auditor"])
def test_the_start_page_of_each_role(office, username):
    submitted(small("first", plans=["nobody"]))
    published(small("overdue", lines_of_business=["medicaid"], plans=["nowhere"], next_review="2026-03-01"))
    text = LetterText.objects.first()
    text.pk, text.approved_at, text.approved_by, text.effective_from = None, None, None, date(2027, 1, 1)
    text.save()
    hands = office.at(username, TUESDAY)
    hands.page.goto("/admin/")
    accessible(hands.page, "Administration")
    waits = hands.page.get_by_role("region", name="Policy reviews overdue")
    if username == "supervisor":
        expect(waits).to_have_count(0)
        return
    hands.click(waits.get_by_role("link", name="Overdue 1"))
    accessible(hands.page, "Overdue 1")


def test_stock_pages(office, live_server):
    """The forms of the administration that people, plans, wording and rules are kept with."""
    page = sign_in_at_once(office, live_server, "admin")
    nurse, plan = User.objects.get(username="nurse").pk, Plan.objects.get(code="ahh").pk
    rule, text = TurnaroundRule.objects.first().pk, LetterText.objects.first().pk
    pages = ["password_change/", "authreview/user/add/", "cases/plan/add/", "cases/plan/lines-of-business/", "cases/lettertext/add/"]
    pages += [f"authreview/user/{nurse}/{name}/" for name in ("change", "password", "history")]
    pages += [f"cases/plan/{plan}/{name}/" for name in ("change", "history")]
    pages += [f"cases/turnaroundrule/{rule}/{name}/" for name in ("change", "follow")]
    pages += [f"cases/lettertext/{text}/change/", "cases/turnaroundrule/add/"]
    found = {address: (page.goto(f"/admin/{address}").status, violations(page)) for address in pages}
    assert {address: each for address, each in found.items() if each != (200, [])} == {}
