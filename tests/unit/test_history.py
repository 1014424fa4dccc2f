"""The history of a case in words: with whom, what was new, and one entry for what one step did to several lines."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from cases.models import CaseEvent
from cases.presenters.history import timeline
from cases.presenters.history_words import TOLD
from cases.workflow import EDGES

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def event(kind, line=None, seconds=0, **said):
    return CaseEvent(kind=kind, line=line, at=AT + timedelta(seconds=seconds), payload=json.dumps(said))


def told(*events):
    return [(entry.text, entry.detail) for entry in timeline(events, {})]


TALK = {"practitioner": "Jordan Example", "specialty": "Neurology", "new_information": ""}


@pytest.mark.parametrize(
    ("outcome", "said", "text", "detail"),
    [
        (
            "held",
            TALK | {"new_information": "He has had two blocks elsewhere."},
            "Line 2: peer-to-peer conversation held with Jordan Example, Neurology.",
            "New information: He has had two blocks elsewhere.",
        ),
        ("held", TALK, "Line 2: peer-to-peer conversation held with Jordan Example, Neurology.", ""),
        ("declined", TALK, "Line 2: peer-to-peer conversation declined by Jordan Example, Neurology.", ""),
        ("not_reached", TALK, "Line 2: peer-to-peer conversation not held: Jordan Example, Neurology was not reached.", ""),
        ("waived", {"practitioner": "", "new_information": ""}, "Line 2: peer-to-peer conversation not required any more.", ""),
    ],
)
def test_a_conversation_says_with_whom_and_what_was_new(outcome, said, text, detail):
    assert told(event("peer_to_peer_closed", 2, outcome=outcome, **said)) == [(text, detail)]


def test_an_offer_says_how_and_until_when():
    offer = event("peer_to_peer_offered", 2, how="Call to 555-0142", open_until="2026-03-04T15:00:00-05:00")
    assert told(offer) == [("Line 2: peer-to-peer conversation offered, open until 4 Mar 2026, 15:00.", "Call to 555-0142")]


def test_one_step_about_several_lines_is_one_entry_with_what_differs():
    first, second = (event("approved", line, seconds=line, authorization=f"A-26-{line}", outcome="approved") for line in (1, 2))
    assert told(first, second) == [("Lines 1 and 2: approved.", "Line 1: Authorization A-26-1. Line 2: Authorization A-26-2.")]
    later = event("approved", 2, seconds=60, authorization="A-26-2")
    assert [text for text, _ in told(first, later)] == ["Line 1: approved.", "Line 2: approved."]


def test_what_was_asked_and_what_came_is_named():
    items = [{"wording": "The onset date", "status": "received"}, {"wording": "x" * 90, "status": "partly"}]
    asked = event("information_requested", 1, items=items, answer_by="2026-04-20T23:59:00-04:00")
    assert told(asked) == [
        ("Line 1: information requested, answer by 20 Apr 2026; the line waits.", "The onset date; " + "x" * 69 + "…"),
    ]
    assert told(event("items_received", 1, items=items)) == [
        ("Line 1: answers recorded.", "Received: The onset date. Partly received: " + "x" * 69 + "…"),
    ]


def test_letters_and_decisions_are_told_in_the_words_of_the_screens():
    letter = {"letter_kind": "denial", "recipient": "member"}
    sent = letter | {"channel": "mail", "sent_at": "2026-03-02T10:00:00-05:00", "tracking": "1Z"}
    decided = {"outcome": "approved_in_part", "basis": "medical_necessity", "authorization": "A-26-1"}
    assert told(event("letter_issued", **letter), event("letter_delivered", **sent), event("decided", 3, **decided)) == [
        ("Denial to the member issued.", ""),
        ("Denial to the member sent by mail, 2 Mar 2026, 10:00.", "Tracking 1Z."),
        ("Line 3: decided by the medical director: approved in part.", "Basis: medical necessity. Authorization A-26-1."),
    ]


def test_every_step_of_a_line_has_its_sentence():
    assert {edge.event for edge in EDGES} - TOLD.keys() == set()


def test_a_finding_says_what_it_was_before_where_it_was_one():
    now = {"criterion": "duration", "after": {"value": "met", "origin": "accepted"}}
    for before, was in ((None, ""), ({"value": None}, ""), ({"value": "unclear"}, ", was unclear")):
        assert told(event("finding_recorded", 1, before=before, **now)) == [(f"Line 1: “duration” met{was}, as computed.", "")]


def test_what_was_amended_is_named_as_on_the_page():
    agreed = {"agreed_with": "Jordan Example", "channel": "fax"}
    change = {"before": {"first_service": "2026-03-02"}, "after": {"first_service": "2026-03-09"}}
    assert told(event("amended", 2, **agreed, **change)) == [
        ("Line 2: amended as agreed with Jordan Example by fax.", "first day: 2 Mar 2026 → 9 Mar 2026"),
    ]
