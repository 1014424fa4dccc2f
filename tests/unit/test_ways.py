"""What is open in a tree, as lists and letters say it: needed things one by one, alternatives together."""

import pytest
from hypothesis import given

from criteria.assessment import assess
from criteria.enums import Authority, GroupKind
from criteria.tree import Criterion, Group, Joined, Rule
from criteria.ways import Choice, criteria_of, open_parts
from tests.unit.test_assessment_random import lines


def leaf(name):
    return Criterion(name, name, {"en": name}, {"en": name})


def group(kind, *children, n=None):
    return Group(GroupKind(kind), tuple(leaf(each) if isinstance(each, str) else each for each in children), n)


def rule(node, name="r"):
    return Rule(name, ("1",), name, {"en": name}, Authority.NURSE, node)


def said(entry):
    if isinstance(entry, Criterion):
        return entry.id
    return {entry.needed: [[said(each) for each in way] for way in entry.ways]}


def opened(node, **findings):
    return [said(entry) for _, entries in open_parts(Joined(rule(node)), findings) for entry in entries]


@pytest.mark.parametrize(
    ("node", "findings", "expected"),
    [
        (group("all", "a", "b"), {}, ["a", "b"]),
        (group("all", "a", "b"), {"a": "met"}, ["b"]),
        (group("any", "a", "b"), {}, [{1: [["a"], ["b"]]}]),
        (group("any", "a", "b", "c"), {"a": "not_met"}, [{1: [["b"], ["c"]]}]),
        (group("any", "a", "b"), {"a": "not_met"}, ["b"]),
        (group("at_least", "a", "b", "c", n=2), {}, [{2: [["a"], ["b"], ["c"]]}]),
        (group("at_least", "a", "b", "c", n=2), {"a": "met"}, [{1: [["b"], ["c"]]}]),
        (group("at_least", "a", "b", "c", n=2), {"a": "not_met"}, ["b", "c"]),
        (group("any", group("all", "a", "b"), "c"), {}, [{1: [["a", "b"], ["c"]]}]),
        (group("none", "a", "b"), {}, ["a", "b"]),
        (group("none", group("all", "a", "b"), "c"), {}, [{1: [["a"], ["b"]]}, "c"]),
        (group("none", group("all", "a", "b")), {"a": "met"}, ["b"]),
        (group("any", "a", "b"), {"a": "met"}, []),
    ],
)
def test_alternatives_stand_together(node, findings, expected):
    assert opened(node, **findings) == expected


def test_base_and_exception_are_two_ways_and_never_one_entry():
    joined = Joined(rule(group("all", "a"), "base"), (rule(group("any", "b", "c"), "exception"),))
    found = {part.id: [said(entry) for entry in entries] for part, entries in open_parts(joined, {})}
    assert found == {"base": ["a"], "exception": [{1: [["b"], ["c"]]}]}
    assert [part.id for part, _ in open_parts(joined, {"a": "not_met"})] == ["exception"]


@given(lines())
def test_what_is_open_is_what_the_engine_calls_open(line):
    """Every criterion that can still change the value stands in exactly one place, and no other does."""
    joined, findings = line
    assessment = assess(joined, findings)
    entries = [entry for _, each in open_parts(joined, findings) for entry in each]
    assert [leaf.id for entry in entries for leaf in criteria_of(entry)] == list(assessment.open)
    assert all(0 < entry.needed < len(entry.ways) for entry in entries if isinstance(entry, Choice))
