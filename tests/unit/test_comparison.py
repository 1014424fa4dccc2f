"""What changed between two versions, criterion by criterion."""

from copy import deepcopy

import pytest

from criteria.comparison import Change, ChangeKind, changes, check_words
from criteria.format import load, parse
from criteria.tree import Check
from tests.unit.policy_files import BASE_TEXT, changed, document

TREE = document()["rules"][0]["criteria"]["all"]


def between(after, before=None):
    return [
        (change.kind.value, change.about, change.what, change.before, change.after)
        for change in changes(parse(before or document()), parse(after))
    ]


def with_tree(edit):
    data = deepcopy(document())
    edit(data["rules"][0]["criteria"]["all"])
    return data


def test_nothing_changed():
    assert between(document()) == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            "rules[0].criteria.all[0].text",
            "More than 6 months",
            ("reworded", "More than 6 months", "text", "More than 3 months", "More than 6 months"),
        ),
        (
            "rules[0].criteria.all[0].check",
            {"symptom_duration": {"at_least": "6 months"}},
            (
                "threshold",
                "More than 3 months",
                "check",
                "symptom duration: more than 3 months",
                "symptom duration: at least 6 months",
            ),
        ),
        (
            "rules[0].criteria.all[0].reason",
            {"en": "Too short", "es": "Muy poco"},
            ("reworded", "More than 3 months", "reason", "en: Too short", "en: Too short / es: Muy poco"),
        ),
        ("rules[0].criteria.all[1].authority", "nurse", ("handling", "Adult", "authority", "physician", "nurse")),
        ("rules[0].codes", ["20610"], ("policy", "Rule “Knee shots”", "codes", "20610, 20611", "20610")),
        ("effective.until", None, ("policy", "The policy", "in force until", "31 Dec 2026", "")),
    ],
)
def test_one_value(path, value, expected):
    assert between(changed(path, value)) == [expected]


def test_added_and_removed():
    def edit(tree):
        tree[0] = {"id": "new", "text": "New", "ask": "New", "reason": "New"}

    assert between(with_tree(edit)) == [("added", "New", "", "", "New"), ("removed", "More than 3 months", "", "More than 3 months", "")]


def test_moved_into_another_group_names_both_places():
    after = with_tree(lambda tree: tree[2]["any"].append(tree[0]) or tree.pop(0))
    assert between(after) == [("moved", "More than 3 months", "", "rule “Knee shots”, all of these", "rule “Knee shots”, Tried")]


def test_order_alone_is_no_change():
    assert between(with_tree(lambda tree: tree.reverse())) == []


def test_a_group_around_what_stood_alone_moves_it():
    def wrap(tree):
        tree[0] = {"any": [tree[0], {"id": "new", "text": "New", "ask": "New", "reason": "New"}]}

    assert [row[:2] for row in between(with_tree(wrap))] == [("moved", "More than 3 months"), ("added", "New")]


def test_how_many_of_a_group():
    before = with_tree(lambda tree: tree.__setitem__(2, {"id": "tried", "title": "Tried", "at_least": {"n": 1, "of": tree[2]["any"]}}))
    after = with_tree(lambda tree: tree.__setitem__(2, {"id": "tried", "title": "Tried", "at_least": {"n": 2, "of": tree[2]["any"]}}))
    assert between(after, before) == [
        ("threshold", "Group “Tried”", "how many must be met", "at least 1 of these 2", "at least 2 of these 2")
    ]


def test_a_criterion_moved_to_another_rule():
    data = deepcopy(document())
    moved = data["rules"][0]["criteria"]["all"].pop(0)
    data["rules"][1]["criteria"] = {"all": [data["rules"][1]["criteria"], moved]}
    rows = [row[:2] for row in between(data)]
    assert ("moved", "More than 3 months") in rows
    assert not any(kind in {"added", "removed"} for kind, _ in rows)


def test_rules_come_and_go():
    data = document()
    data["rules"][1]["id"] = "pelvis"
    kinds = [(row[1], row[2]) for row in between(data) if row[0] == "policy"]
    assert kinds == [("Rule “Hip shots”", "new rule"), ("Rule “Hip shots”", "rule taken out")]


def test_in_words():
    assert str(Change(ChangeKind.THRESHOLD, "Pain", "check", "", "age: at least 18")) == "Pain: threshold (check), none → age: at least 18"
    assert str(Change(ChangeKind.ADDED, "Pain")) == "Pain: added"
    assert check_words(Check("treatments", {"any_of": ("physical_therapy", "nsaid"), "at_least": "6 weeks"})) == (
        "treatments: any of physical therapy, nsaid, at least 6 weeks"
    )
    assert check_words(Check("sites", {"examined": True})) == "sites: examined"
    assert check_words(None) == ""


def test_of_a_file_with_every_key():
    policy = load(BASE_TEXT, "base").policy
    assert changes(policy, policy) == []
