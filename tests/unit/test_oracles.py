"""The field's own test vectors: three-valued logic, and what 3 months are."""

from datetime import date

import pytest

from criteria.assessment import assess
from criteria.checks import CaseFacts, propose
from criteria.enums import Authority, GroupKind, Value
from criteria.periods import Period
from criteria.tree import Check, Criterion, Group, Joined, Rule

FINDINGS = {"T": "met", "F": "not_met", "U": "unclear", "N": "not_applicable"}
VALUES = {"T": Value.MET, "F": Value.NOT_MET, "U": Value.UNDETERMINED}


@pytest.mark.parametrize(
    ("kind", "n", "inputs", "expected"),
    [
        (GroupKind.ALL, None, "TTU", "U"),
        (GroupKind.ALL, None, "TFU", "F"),
        (GroupKind.ANY, None, "FU", "U"),
        (GroupKind.ANY, None, "TU", "T"),
        (GroupKind.AT_LEAST, 2, "TUF", "U"),
        (GroupKind.AT_LEAST, 2, "TFF", "F"),
        (GroupKind.AT_LEAST, 2, "TTF", "T"),
        (GroupKind.NONE, None, "U", "U"),
        (GroupKind.NONE, None, "T", "F"),
        (GroupKind.NONE, None, "F", "T"),
        (GroupKind.ALL, None, "TNN", "T"),
        (GroupKind.ALL, None, "NN", "U"),  # the file format decides: a rule that is wholly taken out does not speak
    ],
)
def test_logic(kind, n, inputs, expected):
    leaves = tuple(Criterion(f"c{number}", "text", {"en": "ask"}, {"en": "reason"}, may_not_apply=True) for number in range(len(inputs)))
    joined = Joined(Rule("r", ("20553",), "r", {"en": "r"}, Authority.NURSE, Group(kind, leaves, n)))
    assert assess(joined, {leaf.id: FINDINGS[letter] for leaf, letter in zip(leaves, inputs, strict=True)}).value == VALUES[expected]


def test_three_months_from_the_end_of_november():
    assert Period.parse("3 months").after(date(2025, 11, 30)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("onset", "received", "more_than", "at_least"),
    [
        ("2025-11-30", date(2026, 2, 27), "not_met", "not_met"),
        ("2025-11-30", date(2026, 2, 28), "not_met", "met"),
        ("2025-11-30", date(2026, 3, 1), "met", "met"),
        ("2025-08-14", date(2025, 11, 14), "not_met", "met"),
        ("2025-08-14", date(2025, 11, 15), "met", "met"),
    ],
)
def test_strictly_more_than_three_months_begins_a_day_later(onset, received, more_than, at_least):
    facts = CaseFacts(received=received, symptom_onset=onset)
    words = {word: propose(Check("symptom_duration", {word: "3 months"}), facts, ()).finding for word in ("more_than", "at_least")}
    assert words == {"more_than": more_than, "at_least": at_least}
