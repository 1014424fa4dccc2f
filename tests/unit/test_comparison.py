"""What changed between two versions: nothing is left unsaid, nothing is said of what is the same, and a physician can read it."""

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criteria.comparison import compare
from criteria.enums import GroupKind
from criteria.format import parse, validate
from criteria.policy_words import Piece, check_change, check_words, pieces
from criteria.tree import Check, Criterion, Group
from tests.unit.policy_files import changed, document
from tests.unit.policy_strategy import policies

some = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
BASE = parse(document())


def said(before, after):
    return [(change.kind.value, change.sentence) for change in compare(before, after)]


def reread(path, value):
    return parse(changed(path, value))


@some
@given(policies())
def test_random_policies_are_valid(data):
    assert validate(data) == ()


@some
@given(policies())
def test_nothing_changed(data):
    assert compare(parse(data), parse(data)) == ()


@some
@given(policies(), policies())
def test_nothing_is_said_exactly_of_what_is_the_same(one, other):
    assert (compare(parse(one), parse(other)) == ()) == (parse(one) == parse(other))


def other_value(value):
    """Another value of the same type."""
    match value:
        case StrEnum():
            return next(word for word in type(value) if word is not value)
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case date():
            return value + timedelta(days=1)
        case None:
            return "more"
        case dict():
            return {**value, "zz": "more"}
        case tuple():
            return value[1:] if value else ("more",)


def mutations(thing):
    """Every policy that differs from this one in a single value, entry or node."""
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.name == "kind" and isinstance(thing, Group):
            kinds = [GroupKind.ALL, GroupKind.ANY, GroupKind.NONE] if thing.n is None else [GroupKind.ALL]
            yield from (replace(thing, kind=kind, n=None) for kind in kinds if kind is not value)
        elif field.name == "n":
            yield from [] if value is None else [replace(thing, n=value + 1)]
        elif is_dataclass(value):
            yield from (replace(thing, **{field.name: each}) for each in mutations(value))
        else:
            if not (isinstance(thing, Check) and field.name == "name"):  # the arguments of one check are not another's
                yield replace(thing, **{field.name: {"en": "more"} if field.name == "missing" and value is None else other_value(value)})
            if isinstance(value, tuple):
                yield from (replace(thing, **{field.name: value[:at] + value[at + 1 :]}) for at in range(len(value)))
                if value != value[::-1]:
                    yield replace(thing, **{field.name: value[::-1]})
                for at, item in enumerate(value):
                    if is_dataclass(item):
                        yield from (replace(thing, **{field.name: (*value[:at], each, *value[at + 1 :])}) for each in mutations(item))


def readable(mutated):
    """Of the mutated trees those that are policies: nodes are nodes, checks have their arguments."""
    try:
        nodes = [node for rule in mutated.rules for node in all_nodes(rule.criteria)]
        [check_words(node.check) for node in nodes if isinstance(node, Criterion)]
    except (AttributeError, KeyError, TypeError):
        return False
    return all(isinstance(rule.lay_name, dict) for rule in mutated.rules)


def all_nodes(node):
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from all_nodes(child)


def test_every_single_mutation_of_a_policy_that_uses_every_key_is_reported():
    tried = [mutated for mutated in mutations(BASE) if readable(mutated)]
    assert len(tried) > 200
    assert [mutated for mutated in tried if not compare(BASE, mutated) or not compare(mutated, BASE)] == []


@settings(some, max_examples=15)
@given(st.data())
def test_every_single_mutation_of_a_random_policy_is_reported(data):
    policy = parse(data.draw(policies()))
    mutated = data.draw(st.sampled_from([each for each in mutations(policy) if readable(each)]))
    found = compare(policy, mutated)
    assert found
    assert all(change.sentence.endswith(".") and change.sentence[0].isupper() | (change.sentence[0] == "“") for change in found)


def test_each_row_names_criterion_and_rule():
    after = reread("rules[0].criteria.all[0].text", "Longer than that")
    (change,) = compare(BASE, after)
    assert (change.criterion, change.rule, change.what, change.before, change.after) == (
        "duration",
        "knee",
        "text",
        "More than 3 months",
        "Longer than that",
    )


@pytest.mark.parametrize(
    ("path", "value", "rows"),
    [
        (
            "rules[0].criteria.all[0].check",
            {"symptom_duration": {"more_than": "6 weeks"}},
            [
                (
                    "threshold",
                    "“More than 3 months” now checks for symptoms for more than 6 weeks instead of symptoms for more than 3 months.",
                )
            ],
        ),
        ("rules[0].criteria.all[0].check", None, [("threshold", "“More than 3 months” loses its check: symptoms for more than 3 months.")]),
        (
            "rules[0].criteria.all[1].check.age.at_most",
            80,
            [("threshold", "“Adult” now checks for age 18 to 80 instead of age 18 to 90.")],
        ),
        (
            "rules[0].criteria.all[1].reason.en",
            "Not 18 yet",
            [("reworded", "“Adult”, reason when not met (English): Too young becomes Not 18 yet.")],
        ),
        ("rules[0].criteria.all[1].authority", "nurse", [("handling", "“Adult”, who certifies: physician becomes nurse.")]),
        (
            "rules[0].criteria.all[3].none[0].silence",
            None,
            [("handling", "“Infection”, silence of the record: taken as absent becomes not known.")],
        ),
        (
            "rules[0].criteria.all[3].none[1]",
            {"id": "cut", "text": "Fresh wound", "ask": "a", "reason": "b"},
            [("added", "New exclusion “Fresh wound” in the group “none of these: Infection …”.")],
        ),
        ("rules[0].codes", ["20610", "20600"], [("codes", "The rule “Knee shots”, codes: without 20611; with 20600.")]),
        ("rules[0].authority", "physician", [("authority", "The rule “Knee shots”, authority to certify: nurse becomes physician.")]),
        ("effective.until", None, [("dates", "The policy, last day in force: 31 Dec 2026 becomes nothing.")]),
        ("applies_to.states", [], [("audience", "The policy, audience, states: OH; PA becomes all.")]),
        ("references[0].year", 2021, [("references", "The reference “ref-1”, year: 2020 becomes 2021.")]),
        (
            "examples[2].name",
            "nothing",
            [("examples", "The example “nothing” is new."), ("examples", "The example “nothing expected” is taken out.")],
        ),
    ],
)
def test_in_words(path, value, rows):
    assert said(BASE, reread(path, value)) == rows


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ({"at_least": "4 weeks"}, {"at_least": "6 weeks"}, "now checks for a trial of at least 6 weeks instead of 4 weeks"),
        ({"at_least": "4 weeks"}, {}, "no longer checks for a trial of at least 4 weeks"),
        ({}, {"within": "1 year"}, "now checks for a trial that ended within 1 year"),
        ({}, {"how_many": 2}, "now checks for at least 2 of the kinds instead of 1"),
        ({}, {"any_of": ["nsaid", "heat_cold", "massage"]}, "also counts heat cold and massage"),
        (
            {"any_of": ["massage"], "response": ["failed", "partial"]},
            {"response": ["failed"]},
            "also counts nsaid; no longer counts massage; no longer counts the response partial",
        ),
        ({}, {"response": "failed"}, "asks for the response failed"),
        ({"any_of": ["massage", "nsaid"]}, {"any_of": ["nsaid", "massage"]}, "has its check written another way, with the same meaning"),
        ({"response": "failed"}, {"response": ["failed"]}, "has its check written another way, with the same meaning"),
    ],
)
def test_of_a_long_check_only_what_differs_is_told(was, now, sentence):
    one, other = (Check("treatments", {"any_of": ["nsaid"], **args}) for args in (was, now))
    assert check_change(one, other) == sentence


def test_another_check_is_told_as_a_whole():
    assert check_change(Check("units", {"at_most": 1}), Check("diagnosis", {"any_of": ["M54*"]})) == (
        "now checks for a confirmed diagnosis among M54* instead of no more than 1 unit"
    )


def test_how_many_of_a_group_must_be_true():
    tried = BASE.rules[0].criteria.children[2]
    with_two = replace(tried, kind=GroupKind.AT_LEAST, n=2)
    assert said(BASE, grown(BASE, tried, with_two)) == [
        ("logic", "The group “Tried” now asks for at least 2 of these 2 instead of any one of these.")
    ]


def grown(policy, node, other):
    """The policy with one node of its first rule exchanged."""

    def walk(here):
        if here == node:
            return other
        return replace(here, children=tuple(walk(child) for child in here.children)) if isinstance(here, Group) else here

    first, *rest = policy.rules
    return replace(policy, rules=(replace(first, criteria=walk(first.criteria)), *rest))


def test_a_criterion_moves_to_another_group():
    root = BASE.rules[0].criteria
    duration, adult, tried, none = root.children
    moved = replace(root, children=(adult, replace(tried, children=(*tried.children, duration)), none))
    assert said(BASE, grown(BASE, root, moved)) == [
        ("moved", "“More than 3 months” moves from the top of the rule “Knee shots” to the group “Tried”.")
    ]


def test_a_criterion_moves_within_its_group():
    root = BASE.rules[0].criteria
    first, *rest = root.children
    assert said(BASE, grown(BASE, root, replace(root, children=(*rest, first)))) == [
        ("moved", "“More than 3 months” stands at another place of the top of the rule “Knee shots”.")
    ]


def test_a_tree_that_is_wrapped_is_one_new_group_and_one_move():
    root = BASE.rules[0].criteria
    extra = Criterion("extra", "Extra", {"en": "a"}, {"en": "b"})
    wrapped = Group(GroupKind.ANY, (root, extra))
    kinds = [(kind, sentence) for kind, sentence in said(BASE, grown(BASE, root, wrapped)) if kind != "reworded"]
    assert [kind for kind, _ in kinds] == ["added", "moved", "added"]


def test_a_rule_that_goes_takes_its_criteria_along():
    assert said(BASE, replace(BASE, rules=BASE.rules[:1], examples=BASE.examples[:2]))[:2] == [
        ("policy", "The rule “Hip shots” is taken out."),
        ("removed", "The criterion “Hip pain” is taken out of the top of the rule “Hip shots”."),
    ]


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (None, ""),
        (Check("symptom_duration", {"at_least": "1 year"}), "symptoms for at least 1 year"),
        (Check("age", {"at_least": 0}), "age 0 or more"),
        (Check("age", {"at_most": 64}), "age 64 or less"),
        (Check("diagnosis", {"any_of": ["M79.1*", "M54.81"]}), "a confirmed diagnosis among M79.1* or M54.81"),
        (
            Check(
                "treatments",
                {
                    "any_of": ["physical_therapy", "nsaid"],
                    "how_many": 2,
                    "at_least": "6 weeks",
                    "response": ["failed", "partial"],
                    "within": "1 year",
                },
            ),
            "2 of physical therapy or nsaid, for at least 6 weeks, with the response failed or partial, ended within 1 year",
        ),
        (Check("prior_sessions", {"at_most": 1, "within": "1 year"}), "no more than 1 session within 1 year, this one included"),
        (Check("days_since_last", {"at_least": 7}), "at least 7 days since the last session"),
        (Check("months_since_last", {"at_least": 1}), "at least 1 month since the last session"),
        (Check("units", {"at_most": 1}), "no more than 1 unit"),
        (Check("sites", {"at_least": 3}), "at least 3 sites"),
        (Check("sites", {"examined": True}), "every requested site examined"),
        (Check("requested_with", {"none_of": ["64405"]}), "none of 64405 asked for on the same day"),
    ],
)
def test_checks_in_words(check, words):
    assert check_words(check) == words


def test_two_wordings_side_by_side():
    assert pieces("more than 3 months of pain", "more than 6 weeks of pain") == (
        Piece("same", "more than "),
        Piece("cut", "3 months "),
        Piece("put", "6 weeks "),
        Piece("same", "of pain"),
    )
