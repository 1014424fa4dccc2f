"""The edges of a line's life, written out: a new one is a decision of its own, not a slip in a table."""

from datetime import UTC, datetime
from itertools import product

import pytest

from authreview.roles import Role
from cases.enums import CaseStatus, LineStatus, Queue
from cases.workflow import CASE_EDGES, EDGES, OPEN, QUEUE_OF, UNDECIDED, Standing, edge, is_finished, work_items

NURSE, DIRECTOR, INTAKE, SUPERVISOR, LETTERS = Role.NURSE, Role.MEDICAL_DIRECTOR, Role.INTAKE, Role.SUPERVISOR, Role.LETTERS

EXPECTED = {
    ("nurse_review", "awaiting_information"): ("information_requested", {NURSE, DIRECTOR}),
    ("nurse_review", "physician_review"): ("referred", {NURSE}),
    ("nurse_review", "decided"): ("approved", {NURSE}),
    ("nurse_review", "withdrawn"): ("withdrawn", {NURSE, DIRECTOR, INTAKE, SUPERVISOR}),
    ("nurse_review", "void"): ("voided", {SUPERVISOR}),
    ("nurse_review", "no_review_needed"): ("no_review_needed", {NURSE, DIRECTOR, INTAKE, SUPERVISOR}),
    ("awaiting_information", "nurse_review"): ("information_received", {NURSE, DIRECTOR, INTAKE}),
    ("awaiting_information", "physician_review"): ("referred", {NURSE, DIRECTOR}),
    ("awaiting_information", "decided"): ("approved", {NURSE}),
    ("awaiting_information", "withdrawn"): ("withdrawn", {NURSE, DIRECTOR, INTAKE, SUPERVISOR}),
    ("awaiting_information", "void"): ("voided", {SUPERVISOR}),
    ("awaiting_information", "no_review_needed"): ("no_review_needed", {NURSE, DIRECTOR, INTAKE, SUPERVISOR}),
    ("physician_review", "nurse_review"): ("returned", {DIRECTOR}),
    ("physician_review", "awaiting_information"): ("information_requested", {DIRECTOR}),
    ("physician_review", "peer_to_peer"): ("peer_to_peer_offered", {DIRECTOR}),
    ("physician_review", "decided"): ("decided", {DIRECTOR}),
    ("physician_review", "withdrawn"): ("withdrawn", {NURSE, DIRECTOR, INTAKE, SUPERVISOR}),
    ("physician_review", "void"): ("voided", {SUPERVISOR}),
    ("physician_review", "no_review_needed"): ("no_review_needed", {NURSE, DIRECTOR, INTAKE, SUPERVISOR}),
    ("peer_to_peer", "physician_review"): ("peer_to_peer_closed", {DIRECTOR}),
    ("peer_to_peer", "withdrawn"): ("withdrawn", {NURSE, DIRECTOR, INTAKE, SUPERVISOR}),
    ("peer_to_peer", "void"): ("voided", {SUPERVISOR}),
    ("peer_to_peer", "no_review_needed"): ("no_review_needed", {NURSE, DIRECTOR, INTAKE, SUPERVISOR}),
    ("decided", "notified"): ("notified", {NURSE, DIRECTOR, LETTERS, SUPERVISOR}),
}


# a second way to one end, told apart by its event: answers that a director asked for go back to the director
ANSWERED = ("awaiting_information", "physician_review", "information_received"), {NURSE, DIRECTOR, INTAKE}


@pytest.mark.parametrize(("start", "end"), list(product(LineStatus.values, repeat=2)))
def test_every_pair_of_statuses(start, end):
    found = edge(start, end)
    assert (found and (found.event, set(found.roles))) == EXPECTED.get((start, end))


def test_each_edge_is_in_the_table_once():
    assert len(EDGES) == len(EXPECTED) + 1
    way, roles = ANSWERED
    assert set(edge(*way).roles) == roles
    assert edge("nurse_review", "physician_review", "information_received") is None


def test_a_status_that_does_not_exist_is_an_error():
    with pytest.raises(ValueError, match="'denied' is not a valid LineStatus"):
        edge("nurse_review", "denied")


def test_no_nurse_walks_an_edge_out_of_the_directors_hands_to_a_decision():
    assert {each.event for each in EDGES if each.end == LineStatus.DECIDED and Role.NURSE in each.roles} == {"approved"}


def test_what_is_over_stays_over():
    assert {each.start for each in EDGES} == {*LineStatus} - {"notified", "withdrawn", "void", "no_review_needed"}
    assert set(OPEN) == UNDECIDED == {"nurse_review", "awaiting_information", "physician_review", "peer_to_peer"}


def test_every_status_has_its_queue_or_none():
    assert QUEUE_OF == {
        "nurse_review": Queue.NURSE,
        "awaiting_information": Queue.INFORMATION,
        "physician_review": Queue.DIRECTOR,
        "peer_to_peer": Queue.DIRECTOR,
        "decided": Queue.NOTIFY,
        "notified": None,
        "withdrawn": None,
        "void": None,
        "no_review_needed": None,
    }


def test_the_life_of_a_case():
    assert set(CASE_EDGES) == {
        (CaseStatus.INTAKE, CaseStatus.OPEN, "routed"),
        (CaseStatus.INTAKE, CaseStatus.DUPLICATE, "marked_duplicate"),
        (CaseStatus.OPEN, CaseStatus.CLOSED, "closed"),
    }


def day(number):
    return datetime(2026, 3, number, tzinfo=UTC)


def test_a_case_stands_in_each_queue_of_its_lines_by_the_earliest_date():
    lines = [
        Standing("nurse_review", day(9)),
        Standing("physician_review", day(17)),
        Standing("peer_to_peer", day(5)),
        Standing("notified", day(1)),
        Standing("nurse_review", day(12)),
    ]
    assert work_items(lines) == {"nurse": day(9), "director": day(5)}
    assert work_items([]) == {}


def test_a_case_is_finished_when_no_line_waits_anywhere():
    assert is_finished(["notified", "withdrawn", "void", "no_review_needed"])
    assert not is_finished(["notified", "decided"])
