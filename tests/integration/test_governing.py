"""Which policy governs a line, asked of the stored library: the policy file format's own sentences, and the sentence a reviewer reads."""

from datetime import date

import pytest

from criteria.actions import publish_shipped, retire
from criteria.parsed import _TREES
from criteria.queries import governing
from tests.factories import user
from tests.small_policies import published, small, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
ON = date(2026, 3, 2)


def put(slug="joint-shots", version="1", **more):
    return published(small(slug, version, **more))


def governs(code="27093", plan="acme", business="commercial", state="OH", on=ON):
    found = governing(code, plan, business, state, on)
    return None if found.version is None else [str(found.version), *(str(each) for each in found.overlays)]


def test_not_published_does_not_govern():
    submitted(small())
    assert governs() is None


@pytest.mark.parametrize(
    ("version", "on", "expected"),
    [
        ({}, date(2025, 12, 31), None),
        ({}, date(2026, 1, 1), ["Joint shots 1"]),
        ({"until": "2026-03-02"}, date(2026, 3, 2), ["Joint shots 1"]),
        ({"until": "2026-03-02"}, date(2026, 3, 3), None),
    ],
)
def test_in_force_from_through_until(version, on, expected):
    put(**version)
    assert governs(on=on) == expected


def test_a_retired_version_governs_through_its_last_day():
    version = put()
    retire(version_id=version.pk, by=user("policy_approver"), last_day=date(2026, 3, 31))
    assert [governs(on=date(2026, 3, 31)), governs(on=date(2026, 4, 1))] == [["Joint shots 1"], None]


@pytest.mark.parametrize(
    ("audience", "matches"),
    [
        ({}, True),
        ({"plans": ["acme"], "lines_of_business": ["commercial"], "states": ["OH"]}, True),
        ({"plans": ["acme"], "states": ["PA"]}, False),
        ({"plans": ["other"]}, False),
        ({"lines_of_business": ["medicaid"]}, False),
    ],
)
def test_audience(audience, matches):
    put(**audience)
    assert governs() == (["Joint shots 1"] if matches else None)


def test_a_code_that_no_rule_names():
    put()
    assert governs(code="64615") is None


def test_basis_first_then_plans_then_states_then_lines_of_business():
    order = [
        ("ncd", {"basis": "ncd"}),
        ("lcd", {"basis": "lcd"}),
        ("for-plan", {"plans": ["acme"]}),
        ("for-state", {"states": ["OH"]}),
        ("for-business", {"lines_of_business": ["commercial"]}),
        ("for-all", {}),
        ("guideline", {"basis": "guideline", "plans": ["acme"]}),
    ]
    seen = []
    for slug, more in reversed(order):
        put(slug, **more)
        seen.append(governs())
    assert seen == [[f"{slug.replace('-', ' ').capitalize()} 1"] for slug, _ in reversed(order)]


def test_of_two_versions_the_later_from():
    put()
    put(version="2", begins="2026-03-01")
    put(version="3", begins="2026-04-01")
    assert [governs(on=date(2026, 2, 28)), governs(), governs(on=date(2026, 4, 1))] == [
        ["Joint shots 1"],
        ["Joint shots 2"],
        ["Joint shots 3"],
    ]


def test_overlays_join_in_the_order_of_their_slugs():
    put()
    for slug, audience in (("zeta", {}), ("alpha", {"plans": ["acme"]}), ("other", {"plans": ["other"]})):
        put(slug, of="joint-shots", **audience)
    put("late", of="joint-shots", begins="2026-06-01")
    assert governs() == ["Joint shots 1", "Alpha 1", "Zeta 1"]


def test_an_overlay_has_no_effect_where_its_base_does_not_govern():
    put()
    put("exception", of="joint-shots")
    put("lcd", basis="lcd")
    assert governs() == ["Lcd 1"]


def test_an_overlay_alone_governs_nothing():
    put(until="2026-01-31")
    put("exception", of="joint-shots")
    assert governs() is None


def test_the_shipped_policies_say_why(django_assert_num_queries):
    publish_shipped(editor=user("policy_editor"), approver=user("policy_approver"))
    governing("64405", "ahh", "commercial", "OH", ON)  # reads the trees
    with django_assert_num_queries(1):
        found = governing("64405", "ahh", "commercial", "OH", ON)
    assert (found.version.policy.slug, found.rule_id, [each.policy.slug for each in found.overlays]) == (
        "nerve-blocks",
        "greater_occipital",
        ["nerve-blocks-ahh"],
    )
    assert found.why == (
        "Nerve blocks of the head, neck and other peripheral nerves 2026.1, a plan policy, governs 64405 for commercial plans "
        "since 1 Nov 2025; plan ahh adds the exception Occipital nerve block, exception of plan AHH 2026.1."
    )


def test_nobody_governs_says_so():
    found = governing("64615", "", "medicaid", "OH", ON)
    assert (found.version, found.rule_id, found.overlays, found.why) == (
        None,
        "",
        [],
        "No policy in force on 2 Mar 2026 names 64615 for Medicaid in OH. A medical director reviews it for general necessity.",
    )


def test_publishing_shipped_twice_publishes_once():
    people = {"editor": user("policy_editor"), "approver": user("policy_approver")}
    first = publish_shipped(**people)
    assert (len(first), publish_shipped(**people)) == (7, [])


def test_documents_are_read_once_and_no_more(django_assert_num_queries):
    """A case page asks this each time it is opened: what a version says is known by its digest."""
    _TREES.clear()
    put()
    put(version="2", begins="2026-03-01")
    put("exception", of="joint-shots")
    _TREES.clear()
    with django_assert_num_queries(2) as cold:
        first = governing("27093", "acme", "commercial", "OH", ON)
    with django_assert_num_queries(1) as warm:
        assert governing("27093", "acme", "commercial", "OH", ON) == first
    assert ['"document"' in query["sql"] for query in (*cold.captured_queries, *warm.captured_queries)] == [False, True, False]
