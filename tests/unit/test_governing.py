"""Which policy governs a line, and what joins it: the policy file format's own sentences."""

from datetime import date

import pytest

from criteria.format import load
from criteria.governing import Candidate, Governing, Place, candidate, governing, in_force, reference_date, ties
from tests.unit.policy_files import BASE_TEXT

RECEIVED, SERVED = date(2026, 3, 2), date(2026, 1, 20)
LINE = Place("20610", "acme", "commercial", "OH", date(2026, 3, 1))
NCD, LCD, PLAN, GUIDELINE = 1, 2, 3, 4


def policy(slug="base", version="1", rank=PLAN, begins=date(2026, 1, 1), ends=None, overlays=None, **more):
    return Candidate(slug, version, rank, begins, ends, overlays, **({"codes": {"20610"}} | more))


def governs(*versions, line=LINE):
    found = governing(versions, line)
    return None if found is None else (found.base.policy, found.base.version, *(other.policy for other in found.exceptions))


@pytest.mark.parametrize(
    ("review", "received", "served", "expected"),
    [
        ("preservice", RECEIVED, SERVED, RECEIVED),
        ("concurrent", RECEIVED, SERVED, RECEIVED),
        ("postservice", RECEIVED, SERVED, SERVED),
        ("postservice", RECEIVED, None, RECEIVED),
        ("preservice", None, SERVED, None),
        (None, RECEIVED, SERVED, RECEIVED),
    ],
)
def test_reference_date(review, received, served, expected):
    assert reference_date(review, received, served) == expected


@pytest.mark.parametrize(
    ("more", "matches"),
    [
        ({}, True),
        ({"codes": {"20611"}}, False),
        ({"begins": LINE.on}, True),
        ({"begins": date(2026, 3, 2)}, False),
        ({"ends": LINE.on}, True),
        ({"ends": date(2026, 2, 28)}, False),
        ({"plans": ["acme", "other"]}, True),
        ({"plans": ["other"]}, False),
        ({"states": ["PA"]}, False),
        ({"lines_of_business": ["medicaid"]}, False),
        ({"plans": ["acme"], "states": ["OH"], "lines_of_business": ["commercial"]}, True),
        ({"plans": ["acme"], "states": ["PA"]}, False),
        ({"overlays": "other"}, False),
    ],
)
def test_candidates(more, matches):
    assert governs(policy(**more)) == (("base", "1") if matches else None)


ORDER = [
    policy("ncd", rank=NCD),
    policy("lcd-for-plan", rank=LCD, plans=["acme"]),
    policy("lcd-for-state", rank=LCD, states=["OH"], lines_of_business=["commercial"]),
    policy("lcd-for-business", rank=LCD, lines_of_business=["commercial"]),
    policy("lcd", rank=LCD),
    policy("plan-and-state", plans=["acme"], states=["OH"]),
    policy("plan-and-business", plans=["acme"], lines_of_business=["commercial"]),
    policy("plan-alone", plans=["acme"]),
    policy("guideline", rank=GUIDELINE, plans=["acme"], states=["OH"], lines_of_business=["commercial"]),
]


def test_order_of_policies():
    for number, first in enumerate(ORDER):
        assert governs(*reversed(ORDER[number:])) == (first.policy, "1")


def test_of_two_versions_the_later_from():
    old, new = policy(version="2", plans=["acme"]), policy(version="1", begins=date(2026, 2, 1))
    assert governs(old, new) == governs(new, old) == ("base", "1")
    assert governs(old, policy(version="3", begins=date(2026, 4, 1))) == ("base", "2")


def test_nothing_governs():
    assert governs() is None
    assert governs(policy("exception", overlays="base")) is None


def test_overlays_join_in_the_order_of_slugs():
    base = policy("base")
    joining = [policy("z", overlays="base", plans=["acme"]), policy("a", overlays="base"), policy("m", overlays="base", version="9")]
    apart = [
        policy("other-base", overlays="elsewhere"),
        policy("other-plan", overlays="base", plans=["other"]),
        policy("other-code", overlays="base", codes={"20611"}),
        policy("over", overlays="base", ends=date(2026, 2, 1)),
        policy("m", overlays="base", version="8", begins=date(2025, 1, 1)),
    ]
    assert governing([*joining, *apart, base], LINE) == Governing(base, (joining[1], joining[2], joining[0]))


def test_an_overlay_has_no_effect_where_its_base_does_not_govern():
    assert governs(policy("base"), policy("lcd", rank=LCD), policy("exception", overlays="base")) == ("lcd", "1")


def test_a_retired_version_stands_through_the_day_its_retirement_names():
    version = load(BASE_TEXT, "x").policy
    retired = candidate(version, key=7, retired_on=date(2026, 6, 30))
    assert (retired.ends, retired.key, retired.basis_rank, retired.codes) == (date(2026, 6, 30), 7, PLAN, {"20610", "20611", "27093"})
    assert [in_force(retired, day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert candidate(version, retired_on=date(2027, 6, 30)).ends == candidate(version).ends == date(2026, 12, 31)


NEW = policy("new")


@pytest.mark.parametrize(
    ("other", "tied"),
    [
        (policy("other"), True),
        (policy("other", codes={"20611"}), False),
        (policy("other", rank=LCD), False),
        (policy("other", plans=["acme"]), False),
        (policy("other", ends=date(2025, 12, 31), begins=date(2025, 1, 1)), False),
        (policy("other", begins=date(2027, 1, 1)), True),
        (policy("other", overlays="new"), False),
        (policy("new", version="2"), False),
    ],
)
def test_ties(other, tied):
    assert ties(NEW, [other, NEW]) == ((other,) if tied else ())


def test_policies_for_different_plans_do_not_tie_and_for_a_shared_one_do():
    ours = policy("ours", plans=["a", "b"])
    assert ties(ours, [policy("theirs", plans=["c"])]) == ()
    assert ties(ours, [policy("theirs", plans=["b", "c"])]) == (policy("theirs", plans=["b", "c"]),)
    assert ties(policy("ours", plans=["a"], states=["OH"]), [policy("theirs", plans=["a"], states=["PA"])]) == ()
    assert ties(policy("ours", plans=["a"], states=["OH"]), [policy("theirs", plans=["a"], lines_of_business=["medicaid"])]) == ()


def test_an_older_version_that_a_newer_one_covers_ties_no_more():
    older, newer = policy("other", ends=None, begins=date(2025, 1, 1)), policy("other", version="2", rank=LCD)
    assert ties(NEW, [older]) == (older,)
    assert ties(NEW, [older, newer]) == ()


def test_an_overlay_ties_with_nothing():
    assert ties(policy("new", overlays="base"), [policy("other")]) == ()
