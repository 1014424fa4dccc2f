"""How many decided lines a core looks at again in a second of its own time: 40 criteria, each line with answers and facts of its own."""

import json
import time
from datetime import date

import pytest

from cases.replay import Decided, basis_of, first_look, replay
from criteria.assessment import assess
from tests.benchmarks.signed import decisions, joined, policy

pytestmark = pytest.mark.benchmark
LINES = 2_000  # of 27 KB each
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
    return [(assess(rule, findings).value.value, json.dumps(findings), text) for findings, text in decisions(LINES, rule)]


@pytest.mark.parametrize("draft", DRAFTS)
def test_lines_a_second(draft, signed):
    """Findings come as stored text; the signed text only where something is counted again, as the run reads it."""
    basis = basis_of(joined(BEFORE), joined(DRAFTS[draft]))
    spent, tally = min((timed(basis, signed) for _ in range(3)), key=lambda found: found[0])
    assert sum(tally.effects.values()) == LINES
    print(f"\n{draft}: {LINES / spent:,.0f} lines a second of a core ({dict(tally.effects)})")


def timed(basis, signed):
    start = time.process_time()
    tally = replay(lines(basis, signed))
    return time.process_time() - start, tally


def lines(basis, signed):
    for number, (value, findings, text) in enumerate(signed):
        decided = Decided(number, value, json.loads(findings), "nurse", date(2026, 3, 2))
        decided.state, facts_matter = first_look(basis, decided)
        decided.snapshot = text if facts_matter else ""
        yield basis, decided
