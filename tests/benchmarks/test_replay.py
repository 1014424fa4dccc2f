"""How many decided lines a core looks at again in a second of its own time: findings as stored text, a shipped rule, random answers."""

import json
import random
import time
from itertools import cycle, islice

import pytest

from cases.replay import Decided, basis_of, replay
from criteria.assessment import assess
from criteria.enums import Authority, GroupKind
from criteria.tree import Criterion, Group, Joined, Rule
from tests.factories import shipped
from tests.unit.test_replay import snapshot

pytestmark = pytest.mark.benchmark
LINES = 40_000
ANSWERS = ["met", "met", "met", "not_met", "unclear", "not_documented", None]


def forty():
    """A rule of 40 criteria: ten groups of four."""
    words = {"en": "words"}
    groups = [
        Group(
            kind,
            tuple(Criterion(f"c{group}_{number}", "text", words, words) for number in range(4)),
            2 if kind is GroupKind.AT_LEAST else None,
        )
        for group, kind in enumerate(islice(cycle([GroupKind.ANY, GroupKind.AT_LEAST, GroupKind.ALL, GroupKind.NONE]), 10))
    ]
    return Joined(Rule("r", ("20553",), "Rule", words, Authority.NURSE, Group(GroupKind.ALL, tuple(groups))))


def rules():
    found = {policy.policy: Joined(policy.rules[0]) for policy, _ in shipped()}
    return {"trigger-point-injections": found["trigger-point-injections"], "nerve-blocks": found["nerve-blocks"], "40 criteria": forty()}


@pytest.mark.parametrize("name", ["nerve-blocks", "trigger-point-injections", "40 criteria"])
def test_lines_a_second(name):
    joined, chance = rules()[name], random.Random(3)
    texts = []
    for _ in range(LINES):
        findings = {leaf.id: chance.choice(ANSWERS) for leaf in joined.criteria}
        texts.append((assess(joined, findings).value.value, json.dumps(findings)))
    basis = basis_of(joined, joined)
    start = time.process_time()
    tally = replay((basis, Decided(number, value, json.loads(text))) for number, (value, text) in enumerate(texts))
    spent = time.process_time() - start
    assert tally.effects == {"stands": LINES}
    print(f"\n{name}: {len(joined.criteria)} criteria, {LINES / spent:,.0f} lines a second of a core")


def test_lines_whose_check_is_counted_again():
    joined = rules()["trigger-point-injections"]
    basis, text = basis_of(None, joined), snapshot()
    count = LINES // 20
    start = time.process_time()
    replay((basis, Decided(number, "met", {}, snapshot=text)) for number in range(count))
    spent = time.process_time() - start
    print(f"\n{len(basis.recount)} checks counted again on the signed facts: {count / spent:,.0f} lines a second of a core")
