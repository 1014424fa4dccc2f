"""A decided line under a draft: what stands, what would have to be asked for, what would turn."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.replay import Basis, Decided, Effect, Judged, basis_of, chosen, judge, replay
from cases.signed_facts import decided_columns
from criteria.assessment import assess
from criteria.enums import Authority, GroupKind
from criteria.format import parse
from criteria.governing import Candidate, Place
from criteria.quick_rule import LETTERS
from criteria.tree import Check, Criterion, Group, Joined, Rule, leaves
from tests.unit.policy_strategy import policies

THREE, SIX = (Check("symptom_duration", {"more_than": period}) for period in ("3 months", "6 months"))


def leaf(name, **more):
    return Criterion(name, name, {"en": "ask"}, {"en": "reason"}, **more)


def rule(*nodes, authority=Authority.NURSE, kind=GroupKind.ALL):
    return Joined(Rule("r", ("20553",), "Rule", {"en": "rule"}, authority, Group(kind, nodes)))


def decided(value, findings, signed_as="medical_director", facts="not read"):
    """Of a line whose rule asks for a and b."""
    answers = "".join(LETTERS[findings.get(name)] for name in "ab")
    return Decided(1, "", value, signed_as, answers, facts)


BEFORE = rule(leaf("a"), leaf("b"))
SIGNED = decided("met", {"a": "met", "b": "met"}, "nurse")


def under(after, decided=SIGNED, before=BEFORE):
    return judge(basis_of(before, after, "ab"), decided)


def test_the_same_rule_stands():
    assert under(BEFORE) == Judged(1, Effect.STANDS, "met", "met")


def test_a_criterion_more_would_have_to_be_asked_for():
    assert under(rule(leaf("a"), leaf("b"), leaf("c"))) == Judged(1, Effect.INFORMATION, "met", "undetermined", ("c",))


def test_a_criterion_fewer_turns_a_denial():
    denied = decided("not_met", {"a": "met", "b": "not_met"})
    assert under(rule(leaf("a")), denied) == Judged(1, Effect.TURNS, "not_met", "met")


def test_other_logic_turns_an_approval_with_its_reasons():
    assert under(rule(leaf("a"), kind=GroupKind.NONE), before=rule(leaf("a"), kind=GroupKind.NONE)).effect is Effect.TURNS
    assert under(rule(leaf("b")), decided("met", {"a": "met", "b": "not_met"}, "nurse")).criteria == ("b",)


def test_what_no_policy_governed_turns_or_asks():
    nothing = decided("no_rule", {})
    assert under(BEFORE, nothing, before=None) == Judged(1, Effect.INFORMATION, "no_rule", "undetermined", ("a", "b"))


def test_what_the_draft_leaves_is_outside():
    assert under(None) == Judged(1, Effect.OUTSIDE, "met", "")


@pytest.mark.parametrize(("signed_as", "needs"), [("nurse", True), ("medical_director", False)])
def test_authority_that_a_nurse_would_not_have_had(signed_as, needs):
    after = rule(leaf("a"), leaf("b"), authority=Authority.PHYSICIAN)
    assert under(after, SIGNED._replace(signed_as=signed_as)).needs_physician is needs


def test_a_finding_that_would_mean_the_opposite_is_not_carried_over():
    turned = rule(leaf("a"), Group(GroupKind.NONE, (leaf("b"),)))
    assert under(turned) == Judged(1, Effect.INFORMATION, "met", "undetermined", ("b",))


# ---- checks that count otherwise --------------------------------------------------------------------------------------------
def signed_facts(onset="2025-11-01", confirmed=True, origin="accepted"):
    text = json.dumps(
        {
            "case": {"review_type": "preservice", "member": {"birth_date": "1980-05-01"}}
            | dict.fromkeys(["plan", "line_of_business", "state"], ""),
            "policies": [],
            "line": {"code": "20553", "units": 1, "first_service": None, "sites": [{"name": "trapezius", "side": ""}]},
            "findings": {"a": {"origin": origin, "value": "met"}},
            "facts": {
                "onset": {"value": onset, "confirmed_at": "2026-03-03T10:00:00Z" if confirmed else None},
                "diagnoses": [],
                "treatments": [
                    {"kind": "nsaid", "agent": "", "from": None, "to": None, "response": "", "confirmed_at": "2026-03-03T10:00:00Z"}
                ],
                "sessions": [{"code": "20553", "date": "2026-01-05", "source": "reported", "confirmed_at": None}],
                "examinations": [{"site": "trapezius", "side": "", "confirmed_at": "2026-03-03T10:00:00Z"}],
            },
        }
    )
    return decided_columns(text, date(2026, 3, 2))["facts"]


@pytest.mark.parametrize(
    ("text", "effect", "criteria"),
    [
        (signed_facts(), Effect.TURNS, ("a",)),
        (signed_facts(onset="2025-08-01"), Effect.STANDS, ()),
        (signed_facts(confirmed=False), Effect.INFORMATION, ("a",)),
        (signed_facts(origin="override"), Effect.INFORMATION, ("a",)),
    ],
)
def test_another_threshold_is_counted_again_on_the_confirmed_facts(text, effect, criteria):
    before, after = rule(leaf("a", check=THREE), leaf("b")), rule(leaf("a", check=SIX), leaf("b"))
    found = under(after, SIGNED._replace(facts=text), before)
    assert (found.effect, found.criteria) == (effect, criteria)


def test_a_check_that_is_new_or_gone_leaves_the_finding_as_it_was_signed():
    assert basis_of(rule(leaf("a")), rule(leaf("a", check=SIX))).recount == {}
    assert basis_of(rule(leaf("a", check=SIX)), rule(leaf("a"))).recount == {}


def test_a_new_criterion_is_answered_by_its_check():
    after = rule(leaf("a"), leaf("b"), leaf("c", check=Check("sites", {"examined": True})))
    assert under(after, SIGNED._replace(facts=signed_facts())).effect is Effect.STANDS


def test_what_else_was_asked_for_is_not_kept_with_a_signature():
    after = rule(leaf("a"), leaf("b"), leaf("c", check=Check("requested_with", {"none_of": ["64405"]})))
    assert under(after, SIGNED._replace(facts=signed_facts())).criteria == ("c",)


@pytest.mark.parametrize(
    ("kind", "before", "signed_as", "matters"),
    [
        (GroupKind.ALL, "met", "nurse", True),  # all turns on the check
        (GroupKind.ANY, "met", "nurse", False),  # b alone is enough
        (GroupKind.ANY, "not_met", "medical_director", True),  # it turns: with which reasons, the facts say
    ],
)
def test_facts_are_read_where_they_could_change_something(kind, before, signed_as, matters):
    basis = basis_of(rule(leaf("a", check=THREE), leaf("b"), kind=kind), rule(leaf("a", check=SIX), leaf("b"), kind=kind), "ab")
    line = SIGNED._replace(value=before, signed_as=signed_as)
    assert are_read(basis, line) is matters
    if not matters:
        assert judge(basis, line) == judge(basis, line._replace(facts=signed_facts()))


def are_read(basis, line):
    try:
        judge(basis, line._replace(facts="not JSON"))
    except ValueError:
        return True
    return False


def test_facts_are_read_where_they_could_spare_a_physician():
    other, same = leaf("a", check=SIX), leaf("b", authority=Authority.PHYSICIAN)
    basis = basis_of(rule(leaf("a", check=THREE), same, kind=GroupKind.ANY), rule(other, same, kind=GroupKind.ANY), "ab")
    assert are_read(basis, SIGNED)
    assert not are_read(basis, SIGNED._replace(signed_as="medical_director"))
    assert not are_read(basis_of(BEFORE, None), SIGNED)


# ---- many lines -------------------------------------------------------------------------------------------------------------
def test_counts():
    more = basis_of(BEFORE, rule(leaf("a"), leaf("b"), leaf("c")), "ab")
    tally = replay([(more, SIGNED), (more, SIGNED._replace(line=2)), (basis_of(BEFORE, BEFORE, "ab"), SIGNED), (Basis(None), SIGNED)])
    assert dict(tally.effects) == {"information": 2, "stands": 1, "outside": 1}
    assert dict(tally.asked) == {"c": 2}
    assert [(each.line, each.effect.value) for each in tally.changed] == [(1, "information"), (2, "information"), (1, "outside")]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(policies(), st.data())
def test_a_policy_replayed_over_its_own_decisions_changes_none(document, data):
    joined = Joined(parse(document).rules[0])
    values = st.sampled_from([None, "met", "not_met", "unclear", "not_documented"])
    findings = {each.id: data.draw(values) for each in leaves(joined.root)}
    answers = "".join(LETTERS[found] for found in findings.values())
    line = decided(assess(joined, findings).value.value, {})._replace(answers=answers)
    assert judge(basis_of(joined, joined, list(findings)), line).effect is Effect.STANDS


def test_the_draft_has_a_part_where_it_governs_or_joins():
    draft = Candidate("blocks", "2", 3, date.min, None, None, frozenset({"64405"}))
    exception = replace(draft, policy="exception", overlays="blocks")
    stronger = replace(draft, policy="lcd", basis_rank=2, lines_of_business=("medicare_advantage",))
    place = Place("64405", None, "commercial", None, date(2026, 3, 2))
    assert chosen([draft, exception, stronger], place, draft) == (draft, exception)
    assert chosen([draft, exception, stronger], place, exception) == (draft, exception)
    assert chosen([draft, exception, stronger], replace(place, line_of_business="medicare_advantage"), draft) == ()
    assert chosen([exception], place, exception) == ()
