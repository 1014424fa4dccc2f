"""Case B as nurse and director live it: injections and occipital blocks after the service, for a member who reads Spanish."""

from datetime import datetime

import pytest

from cases.demo.founding import case_b
from tests.browser import steps
from tests.conftest import NEW_YORK

pytestmark = pytest.mark.django_db(transaction=True)

RECEIVED = datetime(2026, 2, 2, 9, 5, tzinfo=NEW_YORK)
CONFIRMED = "occipital neuralgia on both sides, confirmed on examination"
WHY = "Trials, onset and exam are shown. Injections and block were given on one day, and neither note nor letter gives a reason for both."
PALPATED = "multiple myofascial trigger points in the cervical thoracic area including the trapezius levator scapulae rhomboids"


def test_case_b(office, screen):
    demo = case_b(RECEIVED)
    intake = office.at("intake", RECEIVED)
    steps.intake_types(intake, demo.intake)
    steps.intake_attaches(intake, demo.documents[0])
    reference = steps.intake_routes(intake)

    nurse = office.at("nurse", RECEIVED.replace(hour=11))
    steps.takes_next(nurse, reference)
    with nurse.counted("Case B, first touch") as count:
        steps.cites(nurse, "multiple myofascial trigger points in the cervical thoracic area", 1, finding="met")
        steps.cites(nurse, "unknown 3 month duration symptoms", 2, finding="unclear")
        steps.cites(nurse, "Continue with anti-inflammatory medication", 3, finding="unclear")
        steps.cites(nurse, "Continue with physical therapy advice", 4, finding="unclear")
        steps.marks_and_cites(nurse, 5, "1", PALPATED, "met")
        steps.marks_and_cites(nurse, 6, "3", "Continue with physical therapy advice", "unclear")
        steps.accepts_all(nurse)
        steps.marks(nurse, 8, "4", finding="not_documented")
        steps.goes_to_line(nurse, 2)
        steps.accepts_all(nurse)
        steps.cites(nurse, "possible occipital neuralgic presentation noted", 1, finding="unclear")
        steps.requests_information(nurse, "Asked for 8 things. Lines 1 and 2 wait for the answer. 2 letters are issued.", screen)
    count.upto(22, 28)
    asked, notice = steps.letters_of(nurse, reference, "Request for information to the", "Notice of what we asked for to the")
    steps.once(asked, "The date the pain in this area began", "If both sides, one line for both is enough")
    steps.once(notice, "La fecha en que empezó el dolor en esta zona")
    steps.has_no_codes(notice)

    answers = demo.answers
    steps.intake_adds_to_the_record(office.at("intake", answers.at), reference, answers.document)
    nurse = office.at("nurse", answers.at.replace(hour=13))
    steps.opens(nurse, reference)
    with nurse.counted("Case B, answers") as count:
        steps.everything_has_arrived(nurse)
        steps.amends(nurse, (1,), "Amended: line 1.", units="1", agreed_with="Morgan Example")
        sites = "greater occipital nerve, both sides"
        steps.amends(nurse, (2,), "Amended: line 2.", sites=sites, modifiers="50", units="1", agreed_with="Morgan Example")
        steps.reads(nurse, "Letter from the practice")
        nurse.key("o")
        steps.types_a_fact(nurse, 2, "began on 15 August 2025", "8/15/25", "Recorded: began 15 Aug 2025.")
        steps.types_a_fact(
            nurse, 3, "Ibuprofen 600 mg three times daily", "ibuprofen 600 tid 9/5/25-10/17/25 failed", "Recorded: ibuprofen"
        )
        steps.types_a_fact(nurse, 4, "8 sessions", "PT 8 sessions 10/5/25-11/30/25 failed", "8 sessions, did not help.")
        steps.marks_and_cites(nurse, 6, "1", "A home program continues", "met")
        steps.marks(nurse, 8, "4", finding="not_documented")
        steps.stands(nurse, "Undecided: 1 thing is missing")
        steps.goes_to_line(nurse, 2)
        steps.reads(nurse, "Letter from the practice")
        nurse.key("o")
        steps.types_a_fact(nurse, 1, CONFIRMED, "M54.81 confirmed", "Recorded: M54.81, confirmed.")
        steps.stands(nurse, "Criteria met: a nurse may approve")
        certified = steps.approves(nurse, "Approved: line 2.")
        steps.goes_to_line(nurse, 1)
        steps.refers(nurse, "Line 1 is with the medical director.")
    count.upto(42, None)

    director = office.at("medical_director", answers.at.replace(hour=15))
    steps.takes_next_to_decide(director, 1)
    steps.marks_further(director, 8, "2", finding="not_met")
    for number in (12, 13, 15, 16):
        steps.marks_further(director, number, "4", finding="not_documented")
    steps.turns_to_sign_off(director, reference, 1)
    steps.talks_to_the_practice(director)
    steps.denies(director, basis="Medical necessity", why=WHY, circumstances="The block of the same day is certified.")

    desk = office.at("letters", answers.at.replace(hour=16))
    steps.issues_all(desk, reference, "2 letters are issued.")
    (member,) = steps.letters_of(desk, reference, "Decision in part to the member")
    steps.has_no_codes(member)
    steps.once(member, "No aprobado", certified)
    assert "Sus registros no dan una razón de salud para hacer ambos el mismo día." in member
    steps.sends_all(desk, "4 letters are recorded as sent.")
    steps.then_the_queue_is_empty(desk, "notify")
