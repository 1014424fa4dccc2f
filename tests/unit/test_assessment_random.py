"""The engine on random rules: nested groups, silence, what may not apply, physicians' criteria, exceptions, against brute force."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from criteria.assessment import assess, marks, values
from criteria.enums import Authority, FindingValue, GroupKind, Next
from criteria.tree import Criterion, Group, Joined
from tests.unit import brute_force
from tests.unit.test_assessment import all_of, at_least, c, got, rule

LEAVES = st.builds(
    lambda finding, silence, optional, physician: (
        c("", silence_absent=silence, may_not_apply=optional, authority=Authority.PHYSICIAN if physician else Authority.NURSE),
        finding if finding != FindingValue.NOT_APPLICABLE or optional else None,
    ),
    st.sampled_from([None, None, None, *FindingValue]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def groups(children):
    several = st.lists(children, min_size=2, max_size=4) | st.lists(children, min_size=1, max_size=1)
    plain = st.tuples(st.sampled_from([GroupKind.ALL, GroupKind.ANY, GroupKind.NONE]), several, st.none())
    counting = several.flatmap(lambda nodes: st.tuples(st.just(GroupKind.AT_LEAST), st.just(nodes), st.integers(1, len(nodes))))
    return plain | counting


def trees(most):
    return st.recursive(LEAVES, groups, max_leaves=most)


def planted(node, findings, odd=False):
    """Names by document order; silence counts as absence only below an odd number of `none`."""
    if isinstance(node[0], Criterion):
        name = f"c{len(findings)}"
        findings[name] = node[1].value if node[1] else None
        return replace(node[0], id=name, silence_absent=node[0].silence_absent and odd)
    kind, children, n = node
    return Group(kind, tuple(planted(child, findings, odd ^ (kind is GroupKind.NONE)) for child in children), n)


@st.composite
def lines(draw):
    findings = {}
    sizes = (draw(st.sampled_from([4, 7])), *draw(st.sampled_from([(), (), (3,), (2, 2)])))
    parts = [
        rule(planted(draw(trees(size)), findings), draw(st.sampled_from(Authority)), f"r{number}") for number, size in enumerate(sizes)
    ]
    return Joined(parts[0], tuple(parts[1:])), findings


@settings(max_examples=250, deadline=None)
@given(lines())
@example((Joined(rule(at_least(2, all_of("c0", "c1"), "c2", all_of("c3", "c4")))), {}))
def test_agrees_with_brute_force(line):
    joined, findings = line
    assessment = assess(joined, findings)
    assert got(assessment) == brute_force.assess(joined, findings)
    standing = marks(joined, findings, assessment)
    assert list(standing) == [leaf.id for leaf in joined.criteria]
    assert [name for name, mark in standing.items() if mark == "open"] == list(assessment.open)
    assert values(joined, findings)[()] == (None if assessment.next == Next.REFER and not assessment.reasons else assessment.value)


@settings(max_examples=100, deadline=None)
@given(lines())
def test_the_shortest_path_leads_to_approval(line):
    joined, findings = line
    assessment = assess(joined, findings)
    taken = {**findings, **{step.criterion: step.needs for step in assessment.shortest}}
    if assessment.shortest:
        assert assess(joined, taken).next == Next.APPROVE
