"""The quick value is the engine's value: on random rules, and on every set of answers of a small one."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criteria.assessment import assess
from criteria.enums import Authority, FindingValue, GroupKind
from criteria.format import parse
from criteria.quick_value import quick_value
from criteria.tree import Criterion, Group, Joined, Rule
from tests.unit.policy_strategy import policies

ANSWERS = [None, *(str(value) for value in FindingValue)]
WORDS = {"en": "words"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(policies(), st.data())
def test_on_random_rules(document, data):
    base, *others = parse(document).rules
    joined = Joined(base, tuple(others))
    value = quick_value(joined)
    for _ in range(5):
        findings = {leaf.id: data.draw(st.sampled_from(ANSWERS)) for leaf in joined.criteria}
        assert value(findings) is assess(joined, findings).value


def test_on_every_answer_of_a_rule_with_every_kind_of_group():
    a, b, c, d = (Criterion(name, name, WORDS, WORDS, may_not_apply=name != "a", silence_absent=name == "d") for name in "abcd")
    tree = Group(GroupKind.ANY, (a, Group(GroupKind.AT_LEAST, (b, c), 2), Group(GroupKind.ALL, (c,)), Group(GroupKind.NONE, (d,))))
    joined = Joined(Rule("r", ("20553",), "Rule", WORDS, Authority.NURSE, tree))
    value = quick_value(joined)
    for answers in product(ANSWERS, repeat=4):
        findings = dict(zip("abcd", answers, strict=True))
        assert value(findings) is assess(joined, findings).value


def test_findings_left_out_are_unanswered():
    joined = Joined(Rule("r", ("20553",), "Rule", WORDS, Authority.NURSE, Criterion("a", "a", WORDS, WORDS)))
    assert (quick_value(joined)({}), quick_value(joined)({"a": "met"})) == ("undetermined", "met")
