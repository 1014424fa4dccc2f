"""How many decided lines a core looks at again in a second of its own time: 40 criteria, each line with answers and facts of its own."""

import time
from datetime import date

import pytest

from cases.replay import Decided, basis_of, replay
from cases.signed_facts import decided_columns
from criteria.assessment import assess
from tests.benchmarks.signed import decisions, joined, policy

pytestmark = pytest.mark.benchmark
LINES = 2_000
BEFORE = policy("1")
DRAFTS = {
    "the same rule": policy("2"),
    "one criterion more": policy("2", more=1),
    "3 checks with another threshold": policy("2", changed=3),
    "all 12 checks with another threshold": policy("2", changed=12),
}


@pytest.fixture(scope="module")
def signed():
    rule = joined(BEFORE)
    order = [leaf.id for leaf in rule.criteria]
    made = [(findings, decided_columns(text, date(2026, 3, 2), order)) for findings, text in decisions(LINES, rule)]
    return [
        Decided(number, signed_as="nurse", value=assess(rule, findings).value.value, **columns)
        for number, (findings, columns) in enumerate(made)
    ]


@pytest.mark.parametrize("draft", DRAFTS)
def test_lines_a_second(draft, signed):
    """Lines come as the run reads them: text."""
    rule = joined(BEFORE)
    basis = basis_of(rule, joined(DRAFTS[draft]), [leaf.id for leaf in rule.criteria])
    spent, tally = min((timed(basis, signed) for _ in range(3)), key=lambda found: found[0])
    assert sum(tally.effects.values()) == LINES
    print(f"\n{draft}: {LINES / spent:,.0f} lines a second of a core ({dict(tally.effects)})")


def timed(basis, signed):
    start = time.process_time()
    tally = replay((basis, line) for line in signed)
    return time.process_time() - start, tally
