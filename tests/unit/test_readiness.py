"""What is missing before a step: the truth table of approvals and decisions, on rows that no database ever saw."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.models import Case, Evidence, Finding, InformationRequest, PeerToPeer, RequestItem, ServiceLine, Site
from cases.queries.lines import LineReview
from cases.readiness import DecisionDraft, approval_problems, decision_problems, referral_problems, unanswered
from criteria.format import load
from criteria.tree import Joined

RULE = load((Path(__file__).parents[2] / "criteria/policies/nerve-blocks.yaml").read_text(), "nerve-blocks.yaml").policy.rule_for("64405")
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
MET = {"gon_neuralgia": "not_met", "gon_neck_pain": "not_met", "gon_migraine": "not_documented", "gon_acute": "met"}
EXCLUDED = MET | {"gon_neuralgia": "met", "gon_acute": "not_documented", "gon_program": "unclear"}
OPEN = MET | {"gon_acute": "not_documented", "gon_program": "unclear"}
FULL = DecisionDraft(
    outcome="denied",
    basis="experimental",
    rationale="Excluded by the policy.",
    circumstances="None.",
    member_reason={"en": "Our rule does not cover this."},
    no_conflict=True,
)


def loaded(model, rows):
    """Rows as a prefetch leaves them."""
    found = model.objects.none()
    found._result_cache = rows
    return found


def finding(value, *, origin="manual", cited=True, stale=""):
    row = Finding(pk=1, value=value, origin=origin, stale=stale)
    row._prefetched_objects_cache = {"evidence": loaded(Evidence, [Evidence(quote="a passage")] if cited else [])}
    return row


def review(values, *, flags=(), units=2, sites=("left", "right"), joined=True, **more):
    line = ServiceLine(pk=1, case=Case(reference="PA-2026-000001"), number=3, code="64405", units=units, flags=list(flags))
    line._prefetched_objects_cache = {"sites": loaded(Site, [Site(name="greater occipital nerve", side=side) for side in sites])}
    rule = Joined(RULE) if joined else None
    return LineReview(line, rule, {key: finding(value, **more) for key, value in values.items()})


def held(**more):
    return PeerToPeer(line_id=1, closed_at=NOW, outcome="held", **more)


def asked(until=NOW - timedelta(days=1), status="open"):
    request = InformationRequest(pk=1, sent_at=NOW - timedelta(days=5), answer_by=until)
    request._prefetched_objects_cache = {"items": loaded(RequestItem, [RequestItem(line_id=1, status=status)])}
    return request


def problems(values, draft=FULL, talks=None, requests=(), **more):
    talks = [held()] if talks is None else talks
    found = decision_problems(review(values, **more), draft, talks, list(requests), now=NOW)
    return [problem.label for problem in found]


# ---- a nurse's approval ---------------------------------------------------------------------------------------------------------
def test_met_with_evidence_and_no_flag_may_be_approved():
    assert approval_problems(review(MET)) == []


@pytest.mark.parametrize(
    ("values", "more", "sentences"),
    [
        (OPEN, {}, ["Approve needs every open criterion met."] * 2),
        (EXCLUDED, {}, ["The criteria are not met as marked, so a medical director decides."]),
        (MET, {"cited": False}, ["Marked met without evidence: cite the passage that shows it."]),
        (MET, {"stale": "answers arrived"}, ["Something arrived since this was marked: look at it again."] * 4),
        (MET, {"joined": False}, ["No policy governs this line, so a medical director decides it."]),
        (
            MET,
            {"flags": [{"key": "side", "sentence": "Side?", "resolved": ""}]},
            ["A flag is open: ask for it, resolve it, or refer the line."],
        ),
        (MET, {"flags": [{"key": "side", "sentence": "Side?", "resolved": "side_in_record"}]}, []),
    ],
)
def test_what_keeps_a_nurse_from_approving(values, more, sentences):
    assert [problem.message for problem in approval_problems(review(values, **more))] == sentences


def test_an_accepted_check_is_evidence():
    assert approval_problems(review(MET, origin="accepted", cited=False)) == []


def test_each_problem_says_where_it_is_mended():
    problem = approval_problems(review(OPEN))[0]
    assert problem.url == "/cases/PA-2026-000001/lines/3#finding-gon_acute"


# ---- a director's decision ------------------------------------------------------------------------------------------------------
def test_a_complete_denial_lacks_nothing():
    assert problems(EXCLUDED) == []


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"no_conflict": False}, "Conflict of interest"),
        ({"rationale": " "}, "Rationale"),
        ({"circumstances": ""}, "Individual circumstances"),
        ({"member_reason": {}}, "Reason in the member's letter"),
        ({"basis": ""}, "Basis"),
        ({"basis": "no_information"}, "Basis"),
        ({"outcome": "asked"}, "Decision"),
    ],
)
def test_one_thing_left_out(change, label):
    assert problems(EXCLUDED, replace(FULL, **change)) == [label]


def test_every_criterion_is_answered_before_an_adverse_signature():
    values = {key: value for key, value in EXCLUDED.items() if key != "gon_program"}
    assert [leaf.id for leaf in unanswered(review(values))] == ["gon_program"]
    assert problems(values) == ["Lasting pain, and the block is one part of an active pain program"]


def test_what_stands_beside_a_met_alternative_needs_no_answer():
    """Acute pain is met, so the other use cannot be a reason; an exclusion nobody looked at can."""
    values = {"gon_neuralgia": "met", "gon_acute": "met"}
    assert [leaf.id for leaf in unanswered(review(values))] == ["gon_neck_pain", "gon_migraine"]
    assert unanswered(review(MET)) == []


def test_a_conversation_is_offered_and_closed_first():
    assert problems(EXCLUDED, talks=[]) == ["Peer-to-peer"]
    assert problems(EXCLUDED, talks=[PeerToPeer(line_id=1)]) == ["Peer-to-peer"]
    assert problems(EXCLUDED, talks=[], requests=[]) == ["Peer-to-peer"]


@pytest.mark.parametrize(
    ("values", "basis", "requests", "expected"),
    [
        (OPEN, "medical_necessity", [], ["Basis"]),
        (OPEN, "no_information", [], ["Asked and answered"]),
        (OPEN, "no_information", [asked()], []),
        (OPEN, "no_information", [asked(NOW + timedelta(days=1))], ["Asked and answered"]),
        (OPEN, "no_information", [asked(NOW + timedelta(days=1), "received")], []),
        (OPEN, "administrative", [], []),
        (MET | {"gon_program": "unclear"}, "medical_necessity", [], ["Basis"]),
        (MET | {"gon_program": "unclear"}, "benefit", [], []),
        (MET | {"gon_acute": "not_met", "gon_program": "not_met"}, "experimental", [], ["Basis"]),
        (MET | {"gon_acute": "not_met", "gon_program": "not_met"}, "medical_necessity", [], []),
    ],
)
def test_the_basis_agrees_with_the_criteria(values, basis, requests, expected):
    assert problems(values, replace(FULL, basis=basis), requests=requests) == expected


def test_without_a_policy_there_is_no_exclusion_to_name():
    assert problems({}, joined=False) == ["Basis"]
    assert problems({}, replace(FULL, basis="medical_necessity"), joined=False) == []


def test_the_member_reads_the_reason_in_their_language():
    found = decision_problems(review(EXCLUDED), FULL, [held()], [], now=NOW, language="es")
    assert [problem.url.rpartition("#")[2] for problem in found] == ["member-reason-es"]


@pytest.mark.parametrize(
    ("units", "sites", "expected"),
    [
        (1, (), []),
        (2, (), ["Units"]),
        (3, (), ["Units"]),
        (2, ("greater occipital nerve, left",), []),
        (2, ("another nerve",), ["Units"]),
        (2, ("greater occipital nerve, left", "greater occipital nerve, right"), ["Units"]),
    ],
)
def test_in_part_is_less(units, sites, expected):
    part = replace(FULL, outcome="approved_in_part", approved_units=units, approved_sites=sites)
    found = review(EXCLUDED)
    assert [problem.label for problem in decision_problems(found, part, [held()], [], now=NOW)] == expected


def test_an_approval_needs_a_reason_only_against_the_marks():
    approval = DecisionDraft(outcome="approved", no_conflict=True)
    assert problems(MET, approval, talks=[]) == []
    assert problems(EXCLUDED, approval, talks=[]) == ["Rationale"]
    assert problems(EXCLUDED, replace(approval, rationale="Why not."), talks=[], requests=[asked(NOW + timedelta(days=9))]) == []


def test_dates_stand_in_order():
    approval = DecisionDraft(outcome="approved", no_conflict=True, valid_from=NOW.date(), valid_through=NOW.date() - timedelta(days=1))
    assert problems(MET, approval) == ["Valid through"]


# ---- a referral -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words", ["Deny it", "Denial?", "I recommend", "please reject", "should be paid", "suggest approval", "Approved?"])
def test_verdicts_are_no_questions(words):
    assert [problem.label for problem in referral_problems(words)] == ["Question"]


@pytest.mark.parametrize("words", ["“For occipital neuralgia” is marked: applies. How do you decide?", "Which of the two uses is meant?"])
def test_questions_are(words):
    assert referral_problems(words) == []
