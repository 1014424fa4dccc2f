"""The engine: the contract's worked example, and each of its clauses."""

import pytest

from criteria.assessment import Assessment, Step, assess, marks, values
from criteria.enums import Authority, GroupKind, Next, Value
from criteria.tree import Criterion, Group, Joined, Rule


def c(name, **given):
    return Criterion(name, name, {"en": name}, {"en": name}, **given)


def grow(node):
    return c(node) if isinstance(node, str) else node


def all_of(*children):
    return Group(GroupKind.ALL, tuple(map(grow, children)))


def any_of(*children):
    return Group(GroupKind.ANY, tuple(map(grow, children)))


def at_least(n, *children):
    return Group(GroupKind.AT_LEAST, tuple(map(grow, children)), n)


def none_of(*children):
    return Group(GroupKind.NONE, tuple(map(grow, children)))


def rule(root, authority=Authority.NURSE, name="r"):
    return Rule(name, ("20553",), name, {"en": name}, authority, grow(root))


def got(assessment):
    """As the command line prints it."""
    return {
        "value": assessment.value.value,
        "open": list(assessment.open),
        "settled": list(assessment.settled),
        "reasons": list(assessment.reasons),
        "shortest": [(step.criterion, step.needs) for step in assessment.shortest],
        "next": assessment.next.value,
        "authority": assessment.authority and assessment.authority.value,
    }


def assessed(root, exceptions=(), **findings):
    return assess(Joined(rule(root), tuple(exceptions)), findings)


WORKED = all_of("a", any_of("b", "c"), none_of("d"), at_least(2, "e", "f", "g"))
AS_RECEIVED = {"a": "met", "b": "unclear", "d": "not_documented", "e": "met", "f": "not_met"}
PATH = (Step("d", "not_met"), Step("g", "met"))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {},
            Assessment(Value.UNDETERMINED, ("b", "c", "d", "g"), (), (), (Step("b", "met"), *PATH), Next.CONTINUE, None),
        ),
        ({"c": "met"}, Assessment(Value.UNDETERMINED, ("d", "g"), ("b",), (), PATH, Next.CONTINUE, None)),
        (
            {"c": "met", "g": "not_documented"},
            Assessment(Value.UNDETERMINED, ("d", "g"), ("b",), (), PATH, Next.REQUEST_INFORMATION, None),
        ),
        (
            {"c": "met", "g": "not_documented", "d": "met"},
            Assessment(Value.NOT_MET, (), ("b", "g"), ("d",), (), Next.REFER, None),
        ),
        (
            {"c": "met", "g": "met", "d": "not_met"},
            Assessment(Value.MET, (), ("b",), (), (), Next.APPROVE, Authority.NURSE),
        ),
    ],
)
def test_worked_example(more, expected):
    assert assessed(WORKED, **{**AS_RECEIVED, **more}) == expected


def test_nothing_answered_takes_the_earliest_path():
    assessment = assessed(all_of(any_of(all_of("a", "b"), "c", "d"), at_least(2, all_of("e", "f"), "g", "h", "i")))
    assert [step.criterion for step in assessment.shortest] == ["c", "g", "h"]


def test_an_equally_short_path_later_in_a_group_gives_way_to_the_earlier_one():
    assert [step.criterion for step in assessed(at_least(2, all_of("a", "b"), "c", all_of("d", "e"))).shortest] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("root", "findings", "path"),
    [
        (at_least(2, "a", "b", "c"), {"a": "met"}, [("b", "met")]),
        (at_least(2, "a", "b", "c", "d"), {"a": "not_met"}, [("b", "met"), ("c", "met")]),
        (none_of(at_least(2, "a", "b", "c")), {"a": "met"}, [("b", "not_met"), ("c", "not_met")]),
        (none_of(at_least(2, "a", "b", "c")), {"a": "not_met"}, [("b", "not_met")]),
        (none_of(at_least(2, "a", "b", "c")), {}, [("a", "not_met"), ("b", "not_met")]),
        (none_of(any_of("a", "b"), "c"), {}, [("a", "not_met"), ("b", "not_met"), ("c", "not_met")]),
        (none_of(none_of("a", "b")), {}, [("a", "met")]),
        (any_of(all_of("a", "b"), none_of("c", "d"), "e"), {}, [("e", "met")]),
        (any_of(all_of("a", "b"), none_of("c", "d")), {"a": "met"}, [("b", "met")]),
    ],
)
def test_shortest_counts_what_is_already_there(root, findings, path):
    assert got(assessed(root, **findings))["shortest"] == path


def test_what_is_known_cannot_be_changed_and_what_is_settled_does_not_count():
    assessment = assessed(any_of(all_of("a", "b", "c"), all_of("d", "e")), a="not_met", e="met")
    assert got(assessment) == {
        "value": "undetermined",
        "open": ["d"],
        "settled": ["b", "c"],
        "reasons": [],
        "shortest": [("d", "met")],
        "next": "continue",
        "authority": None,
    }


def test_nested_exclusions_need_the_finding_of_their_parity():
    assessment = assessed(none_of(all_of("a", "b"), none_of("c", at_least(2, "d", "e", "f"))))
    assert got(assessment)["shortest"] == [("a", "not_met"), ("c", "met")]


@pytest.mark.parametrize(
    ("root", "findings", "reasons"),
    [
        (all_of("a", "b", "x"), {"a": "not_met", "b": "not_met", "x": "met"}, ["a", "b"]),
        (all_of(any_of("a", "b"), "c"), {"a": "not_met", "b": "not_met"}, ["a", "b"]),
        (at_least(2, "a", "b", "x"), {"a": "not_met", "b": "not_met"}, ["a", "b"]),
        (none_of("a", "b", "x"), {"a": "met", "b": "met", "x": "not_met"}, ["a", "b"]),
        (none_of(all_of("a", "b")), {"a": "met", "b": "met"}, ["a", "b"]),
        (none_of(any_of("a", "b", "x")), {"a": "met", "b": "met", "x": "not_met"}, ["a", "b"]),
        (none_of(at_least(1, "a", "x")), {"a": "met"}, ["a"]),
        (none_of(none_of("a", "b")), {"a": "not_met", "b": "not_met"}, ["a", "b"]),
        (none_of(none_of("a", all_of("b", "x"))), {"a": "not_met", "b": "not_met", "x": "met"}, ["a", "b"]),
    ],
)
def test_reasons_walk_to_what_made_it_so(root, findings, reasons):
    assessment = assessed(root, **findings)
    assert (assessment.value, list(assessment.reasons), assessment.next) == (Value.NOT_MET, reasons, Next.REFER)


def test_silence_about_a_contraindication_is_absence_but_an_unanswered_one_is_open():
    root = none_of(c("a", silence_absent=True))
    assert assessed(root, a="not_documented").value == Value.MET
    assert assessed(root).open == ("a",)
    assert assessed(root, a="unclear").next == Next.REQUEST_INFORMATION


def test_not_applicable_is_taken_out_and_at_least_falls_to_what_is_left():
    root = at_least(2, c("a", may_not_apply=True), all_of(c("b", may_not_apply=True)), "c")
    assert assessed(root, a="not_applicable", b="not_applicable", c="met").value == Value.MET
    assert assessed(root, a="not_applicable", b="not_applicable", c="not_met").reasons == ("c",)


def test_not_applicable_where_it_must_apply_takes_nothing_out():
    assert assessed(any_of("a", "b"), a="not_applicable", b="not_met").value == Value.UNDETERMINED


def test_a_rule_that_does_not_speak_to_the_case_goes_to_a_physician():
    root = all_of(c("a", may_not_apply=True), none_of(c("b", may_not_apply=True)))
    silent = Assessment(Value.UNDETERMINED, (), (), (), (), Next.REFER, None)
    assert assessed(root, a="not_applicable", b="not_applicable") == silent


def test_findings_of_other_rules_are_ignored():
    assert assessed("a", a="met", somewhere_else="not_met").value == Value.MET


def test_a_word_that_is_no_finding_is_refused():
    with pytest.raises(KeyError):
        assessed("a", a="maybe")


def test_a_rule_of_one_criterion():
    assert assessed("a").open == ("a",)
    assert assessed("a", a="not_met").reasons == ("a",)


@pytest.mark.parametrize(
    ("authority", "findings", "expected"),
    [
        (Authority.NURSE, {"a": "met"}, Authority.NURSE),
        (Authority.NURSE, {"b": "met"}, Authority.PHYSICIAN),
        (Authority.NURSE, {"a": "met", "b": "met"}, Authority.NURSE),
        (Authority.PHYSICIAN, {"a": "met"}, Authority.PHYSICIAN),
    ],
)
def test_authority(authority, findings, expected):
    joined = Joined(rule(any_of("a", c("b", authority=Authority.PHYSICIAN)), authority))
    assert assess(joined, findings).authority == expected


@pytest.mark.parametrize(
    ("base", "first", "second", "findings", "expected"),
    [
        ("nurse", "physician", "physician", {"a": "met"}, Authority.NURSE),
        ("physician", "nurse", "physician", {"a": "met", "b": "met"}, Authority.NURSE),
        ("physician", "nurse", "physician", {"a": "met", "b": "not_met", "c": "met"}, Authority.PHYSICIAN),
        ("nurse", "physician", "nurse", {"a": "not_met", "b": "met"}, Authority.PHYSICIAN),
    ],
)
def test_authority_of_joined_rules_is_that_of_a_met_part(base, first, second, findings, expected):
    exceptions = (rule("b", Authority(first), "one"), rule("c", Authority(second), "two"))
    assert assess(Joined(rule("a", Authority(base)), exceptions), findings).authority == expected


def test_an_exception_is_an_alternative_and_its_way_counts_in_the_path():
    exception = rule(all_of("d"), name="exception")
    assessment = assessed(all_of("a", "b"), [exception])
    assert got(assessment)["shortest"] == [("d", "met")]
    assert assessed(all_of("a", "b"), [exception], a="not_met", d="not_met").reasons == ("a", "d")


def test_a_part_that_does_not_apply_is_left_out():
    exception = rule(c("d", may_not_apply=True), name="exception")
    assert assessed("a", [exception], d="not_applicable").open == ("a",)
    assert assessed("a", [exception], a="not_met", d="not_applicable").value == Value.NOT_MET


def test_values_and_marks_for_the_checklist():
    root = all_of(any_of("a", "b"), none_of("d"), all_of(c("e", may_not_apply=True)), "f")
    findings = {"a": "met", "d": "not_met", "e": "not_applicable"}
    joined = Joined(rule(root))
    assert values(joined, findings) == {
        (): Value.UNDETERMINED,
        (0,): Value.MET,
        (0, 0): Value.MET,
        (0, 1): Value.UNDETERMINED,
        (1,): Value.MET,
        (1, 0): Value.NOT_MET,
        (2,): None,
        (2, 0): None,
        (3,): Value.UNDETERMINED,
    }
    assert marks(joined, findings, assess(joined, findings)) == {
        "a": "counted",
        "b": "settled",
        "d": "counted",
        "e": "not_applicable",
        "f": "open",
    }
    refused = {**findings, "d": "met"}
    assert marks(joined, refused, assess(joined, refused)) == {
        "a": "counted",
        "b": "settled",
        "d": "reason",
        "e": "not_applicable",
        "f": "settled",
    }


def test_four_hundred_criteria_without_a_blow_up():
    """At least 10 of 40 groups; each group is cheap in its own way, and the cheapest ones stand last."""

    def group(number):
        names = [f"g{number}_{place}" for place in range(10)]
        return at_least(3 if number < 30 else 2, *names[:5], none_of(*names[5:]))

    assessment = assessed(at_least(10, *(group(number) for number in range(40))))
    assert [step.criterion for step in assessment.shortest] == [f"g{number}_{place}" for number in range(30, 40) for place in (0, 1)]
    assert len(assessment.open) == 400
