"""Why a version governs and each other one does not: the first reason that is true, in one sentence."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.considered import Standing, considered
from criteria.governing import Candidate, Place, governing

BASE = Candidate("blocks", "1", 3, date(2026, 1, 1), None, None, frozenset({"64405"}))
PLACE = Place("64405", "ahh", "commercial", "OH", date(2026, 3, 2))


def why(*others):
    """The sentences of the others beside a base that governs."""
    return [each.sentence for each in considered([BASE, *others], PLACE) if each.version != BASE]


def test_the_one_that_governs_comes_first():
    lcd = replace(BASE, policy="lcd", basis_rank=2, lines_of_business=("commercial",))
    first, second = considered([BASE, lcd], PLACE)
    assert (first.version, first.standing) == (lcd, Standing.GOVERNS)
    assert first.sentence == "A local coverage determination in force since 1 Jan 2026 that names lines of business."
    assert (second.standing, second.sentence) == (Standing.PASSED, "A plan policy: a local coverage determination goes before it.")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"begins": date(2026, 4, 1)}, "Not in force yet: it begins on 1 Apr 2026."),
        ({"ends": date(2026, 2, 28)}, "No longer in force: its last day was 28 Feb 2026."),
        ({"plans": ("other",)}, "Only for the plan other."),
        ({"plans": ("other", "third")}, "Only for these: other, third."),
        ({"lines_of_business": ("medicare_advantage",)}, "Only for the line of business Medicare Advantage."),
        ({"lines_of_business": ("medicare_advantage", "erisa_self_funded")}, "Only for these: ERISA self-funded, Medicare Advantage."),
        ({"states": ("PA",)}, "Only for the state PA."),
        ({"basis_rank": 4}, "A guideline: a plan policy goes before it."),
        ({"policy": "zz"}, "Has the same right as blocks; of two the first by name governs."),
        ({"overlays": "another"}, "An exception to another, which does not govern here. blocks governs."),
        ({"policy": "blocks", "version": "0", "begins": date(2025, 1, 1)}, "Followed by version 1, which begins on 1 Jan 2026."),
    ],
)
def test_why_another_one_does_not(change, sentence):
    assert why(replace(BASE, **({"policy": "other"} | change))) == [sentence]


def test_naming_plans_goes_before_naming_none():
    special = replace(BASE, policy="special", plans=("ahh",))
    _, passed = considered([BASE, special], PLACE)
    assert passed.sentence == "Names no plans: special, which does, goes before it."


def test_exceptions_join_and_the_earlier_version_of_one_does_not():
    exception = replace(BASE, policy="ahh", overlays="blocks", version="2")
    earlier = replace(exception, version="1", begins=date(2025, 1, 1))
    assert [(each.standing, each.version.version) for each in considered([BASE, earlier, exception], PLACE)][1:] == [
        (Standing.JOINS, "2"),
        (Standing.PASSED, "1"),
    ]
    assert why(exception, earlier)[1] == "A later version of the same exception joins."


def test_what_does_not_name_the_code_is_not_considered():
    assert considered([replace(BASE, codes=frozenset({"20553"}))], PLACE) == ()


candidates = st.builds(
    Candidate,
    policy=st.sampled_from(["a", "b", "c"]),
    version=st.sampled_from(["1", "2"]),
    basis_rank=st.integers(1, 4),
    begins=st.sampled_from([date(2025, 1, 1), date(2026, 1, 1), date(2027, 1, 1)]),
    ends=st.sampled_from([None, date(2026, 2, 1), date(2028, 1, 1)]),
    overlays=st.sampled_from([None, None, "a", "b"]),
    codes=st.sampled_from([frozenset({"64405"}), frozenset({"20553"})]),
    lines_of_business=st.sampled_from([(), ("commercial",), ("medicaid",)]),
    plans=st.sampled_from([(), ("ahh",), ("other",)]),
    states=st.sampled_from([(), ("OH",), ("PA",)]),
)


@given(st.lists(candidates, max_size=6, unique_by=lambda each: (each.policy, each.version)))
def test_the_answer_is_that_of_the_choice_and_each_has_its_sentence(versions):
    found = governing(versions, PLACE)
    rows = considered(versions, PLACE)
    assert [row.version for row in rows if row.standing is Standing.GOVERNS] == ([found.base] if found else [])
    assert [row.version for row in rows if row.standing is Standing.JOINS] == (list(found.exceptions) if found else [])
    assert all(row.sentence.endswith(".") for row in rows)
    assert len(rows) == sum("64405" in version.codes for version in versions)
