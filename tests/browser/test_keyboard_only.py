"""Without a mouse: a nurse signs in, takes a case, cites by typing, asks and refers; a director returns a line to her."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.conftest import NEW_YORK
from tests.factories import founding_case

pytestmark = pytest.mark.django_db(transaction=True)

RECEIVED = datetime(2026, 3, 2, 16, 30, tzinfo=NEW_YORK)


def cites_by_typing(nurse, number, words, finding):
    """The row in hand, the words as the page has them."""
    expect(steps.row(nurse, number)).to_be_focused()
    nurse.key("e")
    expect(nurse.page.locator("#quote-text")).to_be_focused()
    nurse.type(words)
    nurse.key("Tab")
    nurse.key("Enter")
    steps.says(nurse, number, finding)


def test_nurse_and_director_without_a_mouse(at_desk):
    case = founding_case("a", received_at=RECEIVED)
    nurse = at_desk("nurse", RECEIVED.replace(day=3, hour=9))
    steps.takes_next(nurse, case.reference)
    nurse.key("o")
    cites_by_typing(nurse, 1, "Myofascial pain syndrome", "met")
    cites_by_typing(nurse, 2, "a couple months of muscle pain", "unclear")
    nurse.key("4")
    steps.says(nurse, 3, "not_documented")
    nurse.key("ArrowDown")
    nurse.key("n")
    nurse.type("Nothing with dates.")
    nurse.key("Escape")
    nurse.key("4")
    steps.says(nurse, 4, "not_documented")
    nurse.key("o")
    nurse.key("4")
    steps.says(nurse, 5, "not_documented")
    nurse.key("o")
    cites_by_typing(nurse, 6, "Referral to physical therapy. Referral to pain management.", "met")
    steps.accepts_all(nurse)
    steps.marks(nurse, 8, "4", finding="not_documented")
    for line, number, words in (
        (2, 1, "Nerve blocks: supraorbital, supratrochlear"),
        (3, 1, "Occipital neuralgia"),
        (4, 2, "Occipital neuralgia"),
    ):
        nurse.key("l")
        expect(nurse.page.locator(f"#checklist[data-line='{line}']")).to_be_visible()
        nurse.page.wait_for_load_state()
        steps.accepts_all(nurse)
        cites_by_typing(nurse, number, words, "met")
    steps.requests_information(nurse, "Asked for 5 things. Line 1 waits for the answer.")
    steps.refers(nurse, "Lines 2, 3 and 4 are with the medical director.")

    director = at_desk("medical_director", RECEIVED.replace(day=3, hour=15))
    steps.takes_next_to_decide(director, 2)
    director.key("d")
    steps.arrives(director, "Line 2")
    director.key("j")
    expect(director.page.locator("#row-face_forehead_headache")).to_be_focused()
    director.tabs_to("Approve")
    for _ in range(4):
        director.key("ArrowRight")
    expect(director.page.get_by_label("Return")).to_be_checked()
    director.tabs_to("What the nurse should look at")
    director.type("Is the block for trigeminal neuralgia? The note may say more.")
    director.tabs_to("Return to the nurse")
    director.key("Enter")
    steps.told(director, "Line 2 is back with the nurse.")
