"""Checks of diagnosis and treatment, clause by clause."""

from datetime import date

import pytest

from criteria.checks import CaseFacts, Diagnosis, Proposal, Treatment, propose
from criteria.enums import Certainty, FindingValue, Response
from criteria.tree import Check

MET, NOT_MET, UNCLEAR, NOT_DOCUMENTED = FindingValue.MET, FindingValue.NOT_MET, FindingValue.UNCLEAR, FindingValue.NOT_DOCUMENTED
RECEIVED, SERVICE = date(2026, 3, 2), date(2026, 3, 16)
CODES = ("20552", "20553")


def proposed(name, args, **facts):
    """A line of 20553 received on 2 March 2026 for 16 March 2026, with these facts."""
    return propose(Check(name, args), CaseFacts(**{"received": RECEIVED, "first_service": SERVICE, **facts}), CODES)


def answer(name, args, **facts):
    proposal = proposed(name, args, **facts)
    return proposal.finding, proposal.arithmetic


# ---- diagnosis


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("M79.18", "confirmed")], Proposal(MET, "diagnosed as M79.18", ("diagnosis:M79.18",))),
        ([("m79.10", "confirmed"), ("M54.81", "possible")], Proposal(MET, "diagnosed as m79.10", ("diagnosis:m79.10",))),
        ([("M54.81", "possible")], Proposal(UNCLEAR, "only a possible diagnosis, M54.81", ("diagnosis:M54.81",))),
        ([("M54.81", "possible"), ("M54.81", "confirmed")], Proposal(MET, "diagnosed as M54.81", ("diagnosis:M54.81",))),
        ([("M54.811", "confirmed"), ("M79.2", "confirmed")], Proposal(NOT_DOCUMENTED, "no diagnosis M79.1 (any) or m54.81 is recorded")),
        ([], Proposal(NOT_DOCUMENTED, "no diagnosis M79.1 (any) or m54.81 is recorded")),
    ],
)
def test_diagnosis(rows, expected):
    diagnoses = tuple(Diagnosis(code, Certainty(certainty)) for code, certainty in rows)
    assert proposed("diagnosis", {"any_of": ["M79.1*", "m54.81"]}, diagnoses=diagnoses) == expected


# ---- treatments

TRIED = {"any_of": ["physical_therapy", "nsaid"], "at_least": "6 weeks", "response": "failed"}


def trial(kind, start=None, end=None, response=None, agent=""):
    return Treatment(kind, agent, start and date.fromisoformat(start), end and date.fromisoformat(end), response and Response(response))


def tried(args, *trials, **facts):
    return proposed("treatments", args, treatments=trials, **facts)


def test_a_trial_that_counts():
    proposal = tried(TRIED, trial("nsaid", "2025-09-01", "2025-10-20", "failed", "naproxen 500 mg"))
    assert proposal == Proposal(MET, "NSAID naproxen 500 mg 1 Sep to 20 Oct 2025 is 50 days, failed: counts", ("treatment:0",))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (trial("nsaid", "2025-09-01", "2025-10-12", "failed"), (MET, "NSAID 1 Sep to 12 Oct 2025 is 42 days, failed: counts")),
        (
            trial("nsaid", "2025-09-01", "2025-10-11", "failed"),
            (UNCLEAR, "NSAID 1 Sep to 11 Oct 2025 is 41 days, failed: does not count, shorter than 6 weeks"),
        ),
        (
            trial("nsaid", "2025-12-01", "2026-02-01", "helped"),
            (UNCLEAR, "NSAID 1 Dec 2025 to 1 Feb 2026 is 63 days, helped: does not count, not failed"),
        ),
        (trial("nsaid"), (UNCLEAR, "NSAID: no dates and no response, does not count yet")),
        (
            trial("nsaid", "2025-09-01", None, "failed"),
            (UNCLEAR, "NSAID from 1 Sep 2025, failed: no last day, does not count yet"),
        ),
        (
            trial("nsaid", None, "2025-09-01", "failed"),
            (UNCLEAR, "NSAID until 1 Sep 2025, failed: no first day, does not count yet"),
        ),
        (
            trial("nsaid", "2025-09-01", "2025-12-01"),
            (UNCLEAR, "NSAID 1 Sep to 1 Dec 2025 is 92 days: no response, does not count yet"),
        ),
        (
            trial("acupuncture", "2025-01-01", "2025-12-01", "failed"),
            (NOT_DOCUMENTED, "no treatment with physical therapy or NSAID is recorded"),
        ),
    ],
)
def test_what_a_trial_lacks(row, expected):
    proposal = tried(TRIED, row)
    assert (proposal.finding, proposal.arithmetic) == expected


def test_each_trial_stands_on_its_own():
    halves = (trial("nsaid", "2025-08-01", "2025-08-31", "failed"), trial("nsaid", "2025-09-01", "2025-09-30", "failed"))
    assert tried(TRIED, *halves).finding == UNCLEAR


def test_a_length_in_months_is_counted_by_the_calendar():
    args = {"any_of": ["nsaid"], "at_least": "3 months"}
    assert [tried(args, trial("nsaid", "2025-09-01", end)).finding for end in ("2025-11-30", "2025-11-29")] == [MET, UNCLEAR]


@pytest.mark.parametrize(
    ("response", "finding"),
    [("failed", MET), ("not_tolerated", MET), ("partial", UNCLEAR), ("helped", UNCLEAR), (None, UNCLEAR)],
)
def test_a_list_of_responses(response, finding):
    args = {**TRIED, "response": ["failed", "not_tolerated"]}
    assert tried(args, trial("nsaid", "2025-09-01", "2025-12-01", response)).finding == finding


def test_what_is_contraindicated_needs_no_dates_where_the_list_names_it():
    listed = {**TRIED, "response": ["failed", "contraindicated"], "within": "12 months"}
    assert tried(listed, trial("nsaid", response="contraindicated")).finding == MET
    assert tried(listed, trial("nsaid", response="contraindicated")).arithmetic == "NSAID, contraindicated: counts"
    assert tried(listed, trial("nsaid", response="failed")).finding == UNCLEAR
    assert tried(TRIED, trial("nsaid", response="contraindicated")).finding == UNCLEAR
    assert tried({"any_of": ["nsaid"], "at_least": "6 weeks"}, trial("nsaid", response="contraindicated")).finding == UNCLEAR


def test_all_but_the_kinds_may_be_left_out():
    assert tried({"any_of": ["nsaid"]}, trial("nsaid")) == Proposal(MET, "NSAID: counts", ("treatment:0",))


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2025-03-02", (MET, "NSAID until 2 Mar 2025: counts")),
        ("2025-03-01", (UNCLEAR, "NSAID until 1 Mar 2025: does not count, ended before 2 Mar 2025")),
        ("2026-03-02", (MET, "NSAID until 2 Mar 2026: counts")),
        ("2026-03-03", (UNCLEAR, "NSAID until 3 Mar 2026: does not count, ends after 2 Mar 2026")),
        (None, (UNCLEAR, "NSAID: no dates, does not count yet")),
    ],
)
def test_within_takes_both_ends(end, expected):
    proposal = tried({"any_of": ["nsaid"], "within": "12 months"}, trial("nsaid", None, end))
    assert (proposal.finding, proposal.arithmetic) == expected
    assert proposal.facts_used == ("treatment:0", "received")


def test_within_needs_a_date_to_count_back_from():
    args = {"any_of": ["nsaid"], "within": "12 months", "response": ["contraindicated", "failed"]}
    assert tried(args, trial("nsaid", None, "2025-12-01", "failed"), received=None).finding == NOT_DOCUMENTED
    assert tried(args, trial("nsaid", response="contraindicated"), received=None).finding == MET


def test_how_many_counts_kinds():
    args = {**TRIED, "how_many": 2}
    nsaid = trial("nsaid", "2025-09-01", "2025-12-01", "failed")
    therapy = trial("physical_therapy", "2025-09-01", "2025-12-01", "failed", "9 sessions")
    assert tried(args, nsaid, nsaid).finding == UNCLEAR
    assert tried(args, nsaid, trial("physical_therapy")) == Proposal(
        UNCLEAR,
        "NSAID 1 Sep to 1 Dec 2025 is 92 days, failed: counts; "
        "physical therapy: no dates and no response, does not count yet; 1 of 2 kinds",
        ("treatment:0", "treatment:1"),
    )
    assert tried(args, trial("heat_cold"), nsaid, therapy) == Proposal(
        MET,
        "NSAID 1 Sep to 1 Dec 2025 is 92 days, failed: counts; "
        "physical therapy 9 sessions 1 Sep to 1 Dec 2025 is 92 days, failed: counts; 2 of 2 kinds",
        ("treatment:1", "treatment:2"),
    )


def test_an_agent_that_names_its_kind_is_not_doubled():
    assert (
        tried({"any_of": ["acetaminophen"]}, trial("acetaminophen", agent="Acetaminophen 500 mg")).arithmetic
        == "Acetaminophen 500 mg: counts"
    )
