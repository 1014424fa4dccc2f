"""Case A as nurse and director live it: trigger point injections and three blocks, from the fax to the letters, under both plans."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from cases.demo.founding import case_a
from cases.models import Case
from tests.browser import steps
from tests.conftest import NEW_YORK
from tests.factories import founding_case

pytestmark = pytest.mark.django_db(transaction=True)

RECEIVED = datetime(2026, 3, 2, 16, 30, tzinfo=NEW_YORK)
PALPATED = "Trigger points are palpable in the upper trapezius, levator scapulae, rhomboids and subscapularis"
MASSETER = "trigger points also palpable in both masseter muscles, with referred pain to the temple"
UNPROVEN = "Not proven by studies (experimental)"
CONSIDERED = "A normal nerve study and the rheumatology visit were considered."
WHY = {
    2: "The note plans the block at the forehead nerves for headache. The rule lists this use among those without sufficient evidence.",
    3: "The assessment is occipital neuralgia. The rule of this plan lists this use among those without sufficient evidence.",
    4: "The block is planned at the lesser occipital nerve for neuralgia. The rule lists this use among those without sufficient evidence.",
}
SHOTS = "Shots into tight, painful muscle spots"
NUMBING = {2: "Numbing shots at a nerve of the face", 3: "Numbing shots at the large nerve", 4: "Numbing shots at a smaller nerve"}


def test_base_plan(office, screen):
    demo = case_a(RECEIVED)
    intake = office.at("intake", RECEIVED)
    steps.intake_types(intake, demo.intake)
    steps.intake_attaches(intake, demo.documents[0])
    screen(intake.page, "intake")
    reference = steps.intake_routes(intake)

    nurse = office.at("nurse", RECEIVED.replace(day=3, hour=9))
    steps.takes_next(nurse, reference)
    with nurse.counted("Case A, first touch") as count:
        marks_the_injections(nurse)
        marks_a_block(nurse, 2, "Nerve blocks: supraorbital, supratrochlear", 1)
        marks_a_block(nurse, 3, "Occipital neuralgia", 1)
        marks_a_block(nurse, 4, "Occipital neuralgia", 2)
        screen(nurse.page, "exclusion")
        steps.requests_information(nurse, "Asked for 5 things. Line 1 waits for the answer. 2 letters are issued.", screen)
        steps.refers(nurse, "Lines 2, 3 and 4 are with the medical director.", screen)
    count.upto(26, 28)
    steps.then_denying_is_refused(nurse, reference, 2)

    steps.intake_adds_to_the_record(office.at("intake", demo.answers.at), reference, demo.answers.document)
    nurse = office.at("nurse", demo.answers.at.replace(hour=13))
    steps.opens(nurse, reference)
    with nurse.counted("Case A, answers") as count:
        steps.everything_has_arrived(nurse)
        steps.amends(nurse, (2, 3, 4), "Amended: lines 2, 3, 4.", first_service="2026-03-30", agreed_with="Jordan Example")
        types_the_answers(nurse, screen)
        line_1 = steps.approves(nurse, "Approved: line 1.")
    count.upto(28, 30)

    director = office.at("medical_director", demo.answers.at.replace(hour=15))
    steps.takes_next_to_decide(director, 2)
    steps.marks_further(director, 3, "4", finding="not_documented", same_on="Copied to lines 3 and 4.")
    steps.marks_further(director, 4, "4", finding="not_documented", same_on="Copied to lines 3 and 4.")
    steps.goes_to_line(director, 3)
    steps.marks_further(director, 2, "2", finding="not_met")
    for line in (2, 3, 4):
        steps.turns_to_sign_off(director, reference, line)
        steps.talks_to_the_practice(director)
        steps.denies(director, basis=UNPROVEN, why=WHY[line], circumstances=CONSIDERED, screen=screen if line == 3 else None)
    steps.opens_summary(director, reference)
    screen(director.page, "summary")

    desk = office.at("letters", demo.answers.at.replace(hour=16))
    steps.issues_all(desk, reference, "2 letters are issued.", screen)
    member, practice = steps.letters_of(desk, reference, "Decision in part to the member", "Decision in part to the practitioner")
    then_the_member_reads(member, denied=(2, 3, 4), approved=(line_1,))
    for line, why in WHY.items():
        steps.once(practice, why, f"Line {line}: ")
    steps.once(practice, "Trigger point injections (20553) Approved", "trapezius, both sides; masseter, both sides; on March 16")
    asked, notice = steps.letters_of(
        desk, reference, "Request for information to the practitioner", "Notice of what we asked for to the member"
    )
    steps.once(asked, "The date the pain in this area began", "An exam finding for each muscle", "a separate date for one of them")
    steps.has_no_codes(notice)
    steps.keeps_pages(desk, reference, "Decision in part to the member", screen)

    steps.sends_all(desk, "4 letters are recorded as sent.")
    steps.then_the_queue_is_empty(desk, "notify")
    assert list(Case.objects.values_list("status", flat=True)) == ["closed"]
    steps.opens(nurse := office.at("nurse", demo.answers.at.replace(hour=17)), reference)
    expect(nurse.page.locator(".decision")).to_contain_text("Signature verified")
    steps.tells(nurse, "Lines 2, 3 and 4: amended", "Line 1: ", "Case closed")


def test_plan_with_the_exception(office, screen):
    """The same request under plan `ahh`: a nurse certifies the greater occipital block; the other two go to the director."""
    case = founding_case("a", plan="ahh", received_at=RECEIVED)
    reference, demo = case.reference, case_a(RECEIVED, plan="ahh")
    for day in (1, 2, 3):  # others, due later
        founding_case("b", received_at=RECEIVED - timedelta(days=day), member_id=f"AHH-00030{day}")
    nurse = office.at("nurse", RECEIVED.replace(day=3, hour=9))
    steps.looks_at(nurse, "/?tab=team", "Worklist")
    screen(nurse.page, "worklist")
    steps.looks_at(nurse, "/policies/trigger-point-injections/", "Trigger point injections")
    screen(nurse.page, "policies")
    steps.takes_next(nurse, reference)
    marks_the_injections(nurse)
    marks_a_block(nurse, 2, "Nerve blocks: supraorbital, supratrochlear", 1)
    steps.goes_to_line(nurse, 3)
    steps.accepts_all(nurse)
    steps.cites(nurse, "Occipital neuralgia", 1, finding="met")
    steps.stands(nurse, "Criteria met: a nurse may approve")  # but its side is not stated, and that is asked for with the rest
    screen(nurse.page, "exception")
    marks_a_block(nurse, 4, "Occipital neuralgia", 2)
    steps.requests_information(nurse, "Asked for 6 things. Lines 1 and 3 wait for the answer. 2 letters are issued.")
    steps.refers(nurse, "Lines 2 and 4 are with the medical director.")

    steps.intake_adds_to_the_record(office.at("intake", demo.answers.at), reference, demo.answers.document)
    nurse = office.at("nurse", demo.answers.at.replace(hour=13))
    steps.opens(nurse, reference)
    steps.everything_has_arrived(nurse)
    steps.amends(nurse, (2, 4), "Amended: lines 2, 4.", first_service="2026-03-30", agreed_with="Jordan Example")
    both_sides = {"first_service": "2026-03-30", "sites": "greater occipital nerve, both sides", "agreed_with": "Jordan Example"}
    steps.amends(nurse, (3,), "Amended: line 3.", **both_sides)
    types_the_answers(nurse)
    line_1 = steps.approves(nurse, "Approved: line 1.")
    steps.goes_to_line(nurse, 3)
    steps.accepts_what_changed(nurse)
    line_3 = steps.approves(nurse, "Approved: line 3.")

    director = office.at("medical_director", demo.answers.at.replace(hour=15))
    steps.takes_next_to_decide(director, 2)
    steps.marks_further(director, 3, "4", finding="not_documented", same_on="Copied to line 4.")
    steps.marks_further(director, 4, "4", finding="not_documented", same_on="Copied to line 4.")
    for line in (2, 4):
        steps.turns_to_sign_off(director, reference, line)
        steps.talks_to_the_practice(director)
        steps.denies(director, basis=UNPROVEN, why=WHY[line], circumstances=CONSIDERED)

    desk = office.at("letters", demo.answers.at.replace(hour=16))
    steps.issues_all(desk, reference, "2 letters are issued.")
    (member,) = steps.letters_of(desk, reference, "Decision in part to the member")
    then_the_member_reads(member, denied=(2, 4), approved=(line_1, line_3))


def marks_the_injections(nurse):
    """Line 1, criterion by criterion."""
    steps.cites(nurse, "Myofascial pain syndrome", 1, finding="met")
    steps.cites(nurse, "a couple months of muscle pain", 2, finding="unclear")
    steps.cites(nurse, PALPATED, 5, finding="unclear")
    steps.cites(nurse, "Referral to physical therapy. Referral to pain management.", 6, finding="met")
    steps.accepts_all(nurse)
    steps.marks(nurse, 8, "4", finding="not_documented")
    steps.stands(nurse, "Undecided: 5 things are missing")


def marks_a_block(nurse, line, words, number):
    """What the block is for is an exclusion of its rule."""
    steps.goes_to_line(nurse, line)
    steps.accepts_all(nurse)
    steps.cites(nurse, words, number, finding="met")
    steps.stands(nurse, "Not met as marked: a director decides")


def types_the_answers(nurse, screen=None):
    """The addendum's facts, each with its words; then what the other day of the blocks changes."""
    steps.reads(nurse, "Addendum")
    nurse.key("o")
    steps.types_a_fact(nurse, 2, "neck and shoulder pain began on 10 August 2025", "8/10/25", "Recorded: began 10 Aug 2025.")
    steps.types_a_fact(nurse, 3, "Naproxen 500 mg twice daily", "naproxen 500 bid 9/1/25-10/20/25 failed", "Recorded: naproxen 500 bid")
    steps.types_a_fact(nurse, 4, "9 sessions", "PT 9 sessions 10/6/25-12/1/25 failed", "9 sessions, did not help.")
    if screen:
        screen(nurse.page, "case")
    steps.marks(nurse, 5, "1", finding="met")
    nurse.drag(MASSETER)
    nurse.key("c")
    expect(steps.row(nurse, 5)).to_contain_text(MASSETER)
    nurse.click(steps.row(nurse, 7).get_by_role("button", name="Accept"))
    steps.says(nurse, 7, "met")
    steps.stands(nurse, "Criteria met: a nurse may approve")


def then_the_member_reads(text, *, denied, approved):
    """One row and one reason for each line, no codes, until when to appeal, and the number of what is approved."""
    steps.has_no_codes(text)
    steps.once(text, f"{SHOTS} (shoulder and jaw) Approved")
    for line in denied:
        assert text.count(NUMBING[line]) == 2  # its row, its reason
    assert text.count("Not approved") == len(denied)
    assert [number for number in ("1", "2", "3", "4") if f"Reason {number} below" in text] == [str(n) for n in range(1, len(denied) + 1)]
    steps.once(text, "September 6, 2026", *approved)
