"""The quick rule says what the engine says: on random rules, and on every set of answers of small ones."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criteria.assessment import assess
from criteria.enums import Authority, FindingValue, GroupKind, Value
from criteria.format import parse
from criteria.quick_rule import LETTERS, QuickRule
from criteria.tree import Criterion, Group, Joined, Rule
from tests.unit.policy_strategy import policies

ANSWERS = [None, *(str(value) for value in FindingValue)]
WORDS = {"en": "words"}


def quick(joined, order="abcd"):
    return QuickRule(joined, order)


def text(findings):
    return "".join(LETTERS[found] for found in findings.values())


def assert_same(joined, rule, findings):
    found, state = assess(joined, findings), rule.reader()(text(findings))
    assert state == sum(rule.bit(leaf, findings[leaf]) for leaf in {leaf.id for leaf in joined.criteria})
    assert rule.value(state) is found.value
    if found.value is Value.UNDETERMINED:
        assert rule.shortest(state) == tuple(step.criterion for step in found.shortest)
    elif found.value is Value.NOT_MET:
        assert rule.reasons(state) == found.reasons
    else:
        assert rule.needs_physician(state) is (found.authority is Authority.PHYSICIAN)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(policies(), st.data())
def test_on_random_rules(document, data):
    base, *others = parse(document).rules
    joined = Joined(base, tuple(others))
    names = list(dict.fromkeys(leaf.id for leaf in joined.criteria))
    rule = quick(joined, names)
    for _ in range(5):
        assert_same(joined, rule, {name: data.draw(st.sampled_from(ANSWERS)) for name in names})


def leaf(name):
    authority = Authority.PHYSICIAN if name == "c" else Authority.NURSE
    return Criterion(name, name, WORDS, WORDS, may_not_apply=name != "a", silence_absent=name == "d", authority=authority)


A, B, C, D = (leaf(name) for name in "abcd")


@pytest.mark.parametrize("authority", list(Authority))
@pytest.mark.parametrize(
    "tree",
    [
        Group(GroupKind.ALL, (Group(GroupKind.ANY, (A, B)), C, Group(GroupKind.NONE, (D,)))),
        Group(GroupKind.NONE, (Group(GroupKind.ALL, (A, B)), Group(GroupKind.AT_LEAST, (C, D), 1))),
        Group(GroupKind.AT_LEAST, (A, Group(GroupKind.ANY, (B, C)), D), 2),
        D,
    ],
)
def test_on_every_answer_of_a_rule(tree, authority):
    joined = Joined(Rule("r", ("20553",), "Rule", WORDS, authority, tree))
    rule = quick(joined)
    for answers in product(ANSWERS, repeat=4):
        assert_same(joined, rule, dict(zip("abcd", answers, strict=True)))


def test_on_every_answer_of_a_rule_with_every_kind_of_group():
    tree = Group(GroupKind.ANY, (A, Group(GroupKind.AT_LEAST, (B, C), 2), Group(GroupKind.ALL, (C,)), Group(GroupKind.NONE, (D,))))
    joined = Joined(Rule("r", ("20553",), "Rule", WORDS, Authority.NURSE, tree))
    rule = quick(joined)
    for answers in product(ANSWERS, repeat=4):
        findings = dict(zip("abcd", answers, strict=True))
        assert rule.value(rule.reader()(text(findings))) is assess(joined, findings).value


def test_findings_left_out_are_unanswered_and_unknown_ones_say_nothing():
    joined = Joined(Rule("r", ("20553",), "Rule", WORDS, Authority.NURSE, A))
    told = [(QuickRule(joined, order), answers) for order, answers in (("", ""), ("a", "m"), ("za", "mn"), ("az", "nm"))]
    assert [rule.value(rule.reader()(answers)) for rule, answers in told] == ["undetermined", "met", "not_met", "not_met"]


def test_criteria_left_out_have_no_bits():
    joined = Joined(Rule("r", ("20553",), "Rule", WORDS, Authority.NURSE, Group(GroupKind.ANY, (A, B))))
    assert quick(joined).reader(without=["a", "b"])("mn--") == 0
    assert quick(joined).reader(without=["a"])("mn--") == quick(joined).bit("b", "not_met")


def test_a_letter_that_is_none_is_not_read():
    joined = Joined(Rule("r", ("20553",), "Rule", WORDS, Authority.NURSE, A))
    with pytest.raises(ValueError, match="invalid literal"):
        quick(joined).reader()("x---")
