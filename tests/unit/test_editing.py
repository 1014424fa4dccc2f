"""Operations on a document while it is written: no order of them breaks it, ids stay unique, what was taken out comes back."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria import editing, places
from criteria.editing import Edited
from criteria.format import validate
from criteria.places import found, kind_at, nodes, text_of
from tests.unit.policy_strategy import policies

SIMPLE = ("add_criterion", "add_group", "duplicate", "move_up", "move_down", "move_in", "move_out", "delete", "add_rule", "add_note")
ROOT = "rules[0].criteria"


def policy(root):
    return {"policy": "p", "version": "1", "rules": [{"id": "r", "codes": ["20552"], "name": "R", "criteria": root}]}


def leaf(name):
    return {"id": name, "text": name.upper()}


def shape(edited):
    """The tree in one line."""

    def said(node):
        kind = places.kind_of_group(node)
        return f"{kind}({' '.join(said(child) for child in places.children_at(node, ())[1])})" if kind else node["id"]

    return said(edited.document["rules"][0]["criteria"]), edited.at.removeprefix(ROOT)


TREE = policy({"all": [leaf("a"), {"any": [leaf("b"), leaf("c")]}, leaf("d")]})


@pytest.mark.parametrize(
    ("operation", "at", "tree", "now"),
    [
        ("add_criterion", ".all[0]", "all(a criterion-1 any(b c) d)", ".all[1]"),
        ("add_criterion", ".all[1]", "all(a any(b c criterion-1) d)", ".all[1].any[2]"),
        ("add_group", "", "all(a any(b c) d all())", ".all[3]"),
        ("duplicate", ".all[0]", "all(a a-1 any(b c) d)", ".all[1]"),
        ("duplicate", ".all[1]", "all(a any(b c) any(b-1 c-1) d)", ".all[2]"),
        ("move_up", ".all[2]", "all(a d any(b c))", ".all[1]"),
        ("move_down", ".all[0]", "all(any(b c) a d)", ".all[1]"),
        ("move_in", ".all[2]", "all(a any(b c d))", ".all[1].any[2]"),
        ("move_in", ".all[0]", "all(any(a b c) d)", ".all[0].any[0]"),
        ("move_out", ".all[1].any[0]", "all(a any(c) b d)", ".all[2]"),
        ("delete", ".all[1]", "all(a d)", ".all[1]"),
        ("delete", ".all[2]", "all(a any(b c))", ".all[1]"),
    ],
)
def test_one_operation(operation, at, tree, now):
    assert shape(getattr(editing, operation)(TREE, ROOT + at)) == (tree, now)


@pytest.mark.parametrize(
    ("operation", "at", "sentence"),
    [
        ("move_up", ".all[0]", "It is the first already."),
        ("move_down", ".all[2]", "It is the last already."),
        ("move_out", ".all[0]", "It stands at the top of its rule already."),
        ("move_in", ".all[1].any[0]", "There is no group beside it to move into. Add one first."),
        ("delete", "", "This stands alone and stays where it is."),
        ("delete", ".all[9]", editing.GONE),
        ("duplicate", ".any[0]", editing.GONE),
        ("add_criterion", ".all[9]", editing.GONE),
    ],
)
def test_what_cannot_be_is_a_sentence(operation, at, sentence):
    assert getattr(editing, operation)(TREE, ROOT + at) == Edited(TREE, ROOT + at, sentence)


def test_the_only_rule_stays():
    assert editing.delete(TREE, "rules[0]").refusal == "A policy keeps one rule at least."


def test_a_rule_of_one_criterion_becomes_a_group():
    assert shape(editing.add_criterion(policy(leaf("a")), ROOT)) == ("all(a criterion-1)", ".all[1]")


@pytest.mark.parametrize(
    ("at", "target", "tree", "now"),
    [
        (".all[0]", ".all[2]", "all(any(b c) d a)", ".all[2]"),
        (".all[2]", ".all[0]", "all(a d any(b c))", ".all[1]"),
        (".all[2]", ".all[1]", "all(a any(d b c))", ".all[1].any[0]"),
        (".all[1].any[1]", ".all[0]", "all(a c any(b) d)", ".all[1]"),
        (".all[1].any[0]", ".all[1].any[1]", "all(a any(c b) d)", ".all[1].any[1]"),
        (".all[1].any[1]", ".all[1]", "all(a any(c b) d)", ".all[1].any[0]"),
    ],
)
def test_dragged(at, target, tree, now):
    assert shape(editing.move_to(TREE, ROOT + at, ROOT + target)) == (tree, now)


def test_nothing_is_dragged_into_itself():
    assert editing.move_to(TREE, f"{ROOT}.all[1]", f"{ROOT}.all[1].any[0]").refusal.startswith("It cannot stand there")


def test_a_new_id_is_followed():
    document = TREE | {"examples": [{"name": "x", "rule": "r", "findings": {"a": "met", "b": None}, "expect": {"open": ["a"]}}]}
    document = editing.set_fields(document, f"{ROOT}.all[0]", {"id": "first"}).document
    document = editing.set_fields(document, "rules[0]", {"id": "other"}).document
    assert document["examples"] == [{"name": "x", "rule": "other", "findings": {"first": "met", "b": None}, "expect": {"open": ["first"]}}]


def test_a_reference_that_goes_is_cited_no_more():
    document = policy(leaf("a") | {"cites": ["x", "y"]}) | {"references": [{"id": "x"}, {"id": "y"}]}
    document = editing.set_fields(document, "references[1]", {"id": "z"}).document
    assert editing.delete(document, "references[0]").document["rules"][0]["criteria"]["cites"] == ["z"]


@pytest.mark.parametrize(
    ("kind", "n", "expected"), [("any", None, {"any": [leaf("a")]}), ("at_least", 2, {"at_least": {"n": 2, "of": [leaf("a")]}})]
)
def test_a_group_of_another_kind_keeps_its_children(kind, n, expected):
    assert editing.set_group(policy({"all": [leaf("a")]}), ROOT, kind, n).document == policy(expected)


def test_examples_have_a_name_each():
    document = editing.add_example(TREE, {"name": "pain", "rule": "r"}).document
    assert [each["name"] for each in editing.add_example(document, {"name": "pain", "rule": "r"}).document["examples"]] == [
        "pain",
        "pain 2",
    ]


def repeated(document):
    """Ids that stand more than once."""
    count = Counter(node["id"] for _, node in nodes(document) if isinstance(node.get("id"), str))
    return {name for name, times in count.items() if times > 1}


@settings(max_examples=40)
@given(policies(), st.data())
def test_any_sequence_of_operations(document, data):
    for _ in range(data.draw(st.integers(1, 8))):
        spots = [text_of(path) for path, _ in nodes(document)] + [
            "",
            "rules[0]",
            "references[0]",
            "examples[0]",
            "rules[7].criteria",
            "x[0",
        ]
        at, operation = data.draw(st.sampled_from(spots)), data.draw(st.sampled_from([*SIMPLE, "move_to", "set_group", "set_fields"]))
        if operation == "move_to":
            edited = editing.move_to(document, at, data.draw(st.sampled_from(spots)))
        elif operation == "set_group":
            edited = editing.set_group(document, at, data.draw(st.sampled_from(places.GROUP_KEYS)))
        elif operation == "set_fields":
            edited = editing.set_fields(document, at, {"verify": data.draw(st.sampled_from(["to be read", None]))})
        else:
            edited = getattr(editing, operation)(document, at)
        validate(edited.document)
        assert repeated(edited.document) == set()
        assert edited.refusal or not edited.at or kind_at(edited.document, edited.at)
        assert places.restored(edited.document, places.difference(document, edited.document)) == document
        document = edited.document


@settings(max_examples=40)
@given(policies(), st.data())
def test_moving_loses_nothing(document, data):
    spots = [text_of(path) for path, _ in nodes(document)]
    at, target = data.draw(st.sampled_from(spots)), data.draw(st.sampled_from(spots))
    moved = [
        editing.move_to(document, at, target),
        *(getattr(editing, name)(document, at) for name in ("move_up", "move_down", "move_in", "move_out")),
    ]
    names = sorted(str(node.get("id")) for _, node in nodes(document))
    assert [sorted(str(node.get("id")) for _, node in nodes(each.document)) for each in moved] == [names] * 5
    for each in moved:
        if not each.refusal:
            assert found(each.document, each.at).get("id") == found(document, at).get("id")


# ---- where a node stands after another's save


def after(**roots):
    return policy(roots)


@pytest.mark.parametrize(
    ("at", "later", "now"),
    [
        (".all[2]", after(all=[leaf("d"), leaf("a")]), ".all[0]"),
        (".all[2]", after(all=[leaf("a")]), None),
        (".all[2]", after(all=[leaf("a"), {"any": [leaf("d") | {"text": "Other"}]}]), ".all[1].any[0]"),
        (".all[1]", after(all=[{"any": [leaf("b"), leaf("c")]}, leaf("a")]), ".all[0]"),
        (".all[1]", after(all=[leaf("a"), {"none": [leaf("e")]}, {"any": [leaf("c"), leaf("e")]}]), ".all[2]"),
        (".all[1]", after(all=[leaf("a"), {"none": [leaf("e")]}]), None),
        ("", after(any=[leaf("a")]), ""),
    ],
)
def test_a_node_is_followed(at, later, now):
    assert places.followed(TREE, later, ROOT + at) == (None if now is None else ROOT + now)


def test_references_examples_and_notes_are_followed():
    before = {
        "references": [{"id": "a"}, {"id": "b"}],
        "examples": [{"name": "one"}],
        "rules": [{"id": "r", "evidence_notes": [{"says": "x"}]}],
    }
    later = {"references": [{"id": "b"}], "examples": [{"name": "new"}, {"name": "one"}], "rules": [{"id": "q"}, before["rules"][0]]}
    paths = ["references[1]", "references[0]", "examples[0]", "rules[0]", "rules[0].evidence_notes[0]", "", "nowhere"]
    found = ["references[0]", None, "examples[1]", "rules[1]", "rules[1].evidence_notes[0]", "", None]
    assert [places.followed(before, later, path) for path in paths] == found


def test_two_changes_are_put_together_or_refused():
    base = {"a": 1, "b": [1, {"c": 1}], "gone": 1, "list": [1]}
    mine = {"a": 2, "b": [1, {"c": 2}], "gone": 1, "list": [1], "new": 1}
    theirs = {"a": 1, "b": [3, {"c": 1}], "list": [1, 2], "other": 1}
    assert places.merged(base, mine, theirs) == {"a": 2, "b": [3, {"c": 2}], "list": [1, 2], "new": 1, "other": 1}
    with pytest.raises(ValueError, match="the same place"):
        places.merged(base, {**base, "a": 2}, {**base, "a": 3})
    with pytest.raises(ValueError, match="the same place"):
        places.merged(base, {**base, "list": []}, {**base, "list": [1, 2]})


def test_what_one_put_in_another_order_is_not_mixed_with_what_the_other_changed():
    """Entry by entry a change of the first would go to what stands first now."""
    nodes, notes = [leaf("a"), leaf("b")], [{"says": "one"}, {"says": "two"}]
    cited = [{**leaf("a"), "cites": ["x"]}, leaf("b")]
    for mine, theirs in [(nodes[::-1], cited), (cited, nodes[::-1])]:
        with pytest.raises(ValueError, match="another order"):
            places.merged({"all": nodes}, {"all": mine}, {"all": theirs})
    with pytest.raises(ValueError, match="another order"):
        places.merged(notes, notes[::-1], [{"says": "one", "cites": ["x"]}, notes[1]])
    assert places.merged(nodes, [nodes[0], {**nodes[1], "help": "h"}], cited) == [cited[0], {**nodes[1], "help": "h"}]


@given(policies(), st.data())
@settings(max_examples=50)
def test_a_change_beside_another_keeps_both(document, data):
    title, summary = data.draw(st.text(min_size=1)), data.draw(st.text(min_size=1))
    both = places.merged(document, {**document, "title": title}, {**document, "summary": summary})
    assert both == {**document, "title": title, "summary": summary}


def test_what_changed_in_an_incomplete_draft_is_told():
    before = {"policy": "p", "summary": "x", "rules": [{"id": "r", "name": "R", "criteria": {"all": [leaf("a"), leaf("b"), {"any": []}]}}]}
    later = {
        "policy": "p",
        "next_review": "soon",
        "rules": [{"id": "r", "name": "Q", "criteria": {"all": [leaf("b") | {"ask": "?"}, {"id": "c", "text": ""}, {"any": []}]}}],
        "examples": [{"name": "one"}],
    }
    assert places.told(before, later) == [
        "The policy: next review, summary.",
        "The rule “Q”: name.",
        "The criterion “B”: ask.",
        "New criterion.",
        "The criterion “A” is taken out.",
        "New example “one”.",
    ]
    assert places.told(before, before) == []
    turned = {**before, "rules": [{**before["rules"][0], "criteria": {"any": [leaf("b"), leaf("a")]}}]}
    assert places.told(before, turned) == ["The criteria are grouped or ordered in another way."]


@pytest.mark.parametrize("value", [None, 7, "x", [], [7], {}, {"rules": 7}, {"rules": [7, {"criteria": [7]}]}, {"examples": {"a": 7}}])
def test_what_changed_is_told_of_anything(value):
    assert places.told(TREE, value)
    assert isinstance(places.told(value, TREE), list)
