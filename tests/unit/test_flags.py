"""Flags: the founding cases as received, each kind alone, and what opens a resolved one again."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.flags import SEED_CODES, FlagDiagnosis, FlagLine, FlagMember, FlagSite, OtherRequest, flags, open_flags

CODES = {rule.code: rule for rule in SEED_CODES}
ANYBODY = FlagMember()
DAY = date(2026, 3, 16)
NECK = tuple(FlagDiagnosis(code, "confirmed") for code in ("M79.18", "M54.2", "M54.81"))


def line(code, *sites, number=1, units=1, first_service=DAY, diagnoses=NECK, **more):
    named = tuple(FlagSite(*site) if isinstance(site, tuple) else FlagSite(site) for site in sites)
    return FlagLine(number, code, units, named, first_service=first_service, diagnoses=diagnoses, **more)


def found(one, rest=(), member=ANYBODY, **more):
    return {flag.key: flag.sentence for flag in flags(one, rest, member, CODES, **more)}


CASE_A = (
    line("20553", ("trapezius", "bilateral"), ("masseter", "bilateral")),
    line("64400", "supraorbital nerve", "supratrochlear nerve", number=2),
    line("64405", "greater occipital nerve", number=3),
    line("64450", "lesser occipital nerve", number=4),
)
CASE_B = (
    line("20553", "trapezius", "levator scapulae", "rhomboid", "latissimus dorsi", "cervical paravertebral", units=2),
    line("64405", "greater occipital nerve", number=2, units=2),
)


def test_case_a_as_received_lacks_the_side_of_each_block():
    assert [found(each, CASE_A) for each in CASE_A] == [
        {},
        {"side": "Side of the supraorbital nerve and supratrochlear nerve is not stated."},
        {"side": "Side of the greater occipital nerve is not stated."},
        {"side": "Side of the lesser occipital nerve is not stated."},
    ]


def test_case_b_as_received_asks_for_units_once_and_for_side_and_units_together():
    assert [found(each, CASE_B) for each in CASE_B] == [
        {"units": "20553 counts once per visit; 2 units are asked for."},
        {"side": "Side of the greater occipital nerve is not stated, and 2 units are asked for."},
    ]
    (flag,) = flags(CASE_B[1], CASE_B, ANYBODY, CODES)
    assert flag.ask["en"] == (
        "Which side: left, right or both (numbing shots at the large nerve at the back of the head). "
        "If both sides, one line for both is enough; if not, what the units stand for"
    )
    assert flag.suggest == "If both sides: one line of 64405 with modifier 50 and 1 unit."


# ---- units ----------------------------------------------------------------------------------------------------------------------
def test_both_sides_are_one_unit_on_one_line():
    nerve = ("greater occipital nerve", "bilateral")
    assert found(line("64405", nerve)) == {}
    assert found(line("64405", "greater occipital nerve", modifiers="50")) == {}
    (flag,) = flags(line("64405", nerve, units=2), (), ANYBODY, CODES)
    assert (flag.key, flag.sentence) == ("units", "2 units of 64405 are asked for; the sites and sides named account for 1.")
    assert flag.suggest == "If both sides: one line of 64405 with modifier 50 and 1 unit."


@pytest.mark.parametrize(
    ("sites", "units", "keys"),
    [
        ([("supraorbital nerve", "right"), ("supratrochlear nerve", "right")], 2, set()),
        ([("supraorbital nerve", "right"), ("supratrochlear nerve", "right")], 3, {"units"}),
        ([("supraorbital nerve", "bilateral"), ("supratrochlear nerve", "bilateral")], 4, set()),
        ([("supraorbital nerve", "bilateral"), ("supratrochlear nerve", "bilateral"), ("infraorbital nerve", "bilateral")], 5, {"units"}),
        ([("supraorbital nerve", "right"), ("supratrochlear nerve", "")], 2, {"side"}),
    ],
)
def test_units_of_branches(sites, units, keys):
    assert set(found(line("64400", *sites, units=units))) == keys


def test_dates_that_span_the_visits_answer_the_question_of_units():
    sites = ["trapezius", "levator scapulae", "rhomboid"]
    assert set(found(line("20553", *sites, units=2))) == {"units"}
    assert set(found(line("20553", *sites, units=2, last_service=DAY))) == {"units"}
    assert found(line("20553", *sites, units=2, last_service=date(2026, 3, 23))) == {}
    nerve = ("greater occipital nerve", "left")
    assert set(found(line("64405", nerve, units=2))) == {"units"}
    assert found(line("64405", nerve, units=2, last_service=date(2026, 6, 16))) == {}


# ---- sides ----------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("side", "modifiers", "sentence"),
    [
        ("right", "RT", None),
        ("", "lt, 59", None),
        ("bilateral", "RT LT", None),
        ("bilateral", "59", None),
        ("left", "RT", "Sites of 64405 say left, the modifier says right."),
        ("left", "50", "Sites of 64405 say left, the modifier says bilateral."),
        ("bilateral", "RT", "Sites of 64405 say bilateral, the modifier says right."),
        ("", "59", "Side of the greater occipital nerve is not stated."),
    ],
)
def test_sites_and_modifiers(side, modifiers, sentence):
    assert found(line("64405", ("greater occipital nerve", side), modifiers=modifiers)).get("side") == sentence


def test_one_of_two_sides_is_missing():
    one = line("64450", ("lesser occipital nerve", "left"), "sural nerve")
    assert found(one) == {"side": "Side of the sural nerve is not stated."}


def test_codes_that_have_no_side_are_not_asked_for_one():
    assert found(line("20553", "trapezius", "levator scapulae", "rhomboid")) == {}
    assert found(line("64615", diagnoses=(FlagDiagnosis("G43.709"),))) == {}


# ---- sites and codes ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "sites", "sentence"),
    [
        ("20553", [], "Sites of 20553 are not named."),
        ("20553", ["trapezius", "masseter"], "20553 is for at least 3 muscles or nerves; 2 named."),
        (
            "20553",
            [("trapezius", "left"), ("Trapezius ", "right")],
            "20553 is for at least 3 muscles or nerves; 1, or 2 counted per side named.",
        ),
        ("20553", [("trapezius", "bilateral"), "masseter"], None),
        ("20552", [("trapezius", "bilateral"), ("masseter", "bilateral")], None),
        ("20552", ["trapezius", "masseter", "rhomboid"], "20552 is for at most 2 muscles or nerves; 3 named."),
        ("64400", [], "Sites of 64400 are not named."),
    ],
)
def test_sites_are_counted_both_ways(code, sites, sentence):
    assert found(line(code, *sites)).get("sites") == sentence


def test_a_nerve_under_the_code_of_another():
    one = line("64405", ("Lesser occipital nerve", "left"))
    assert found(one) == {"site_code": "Lesser occipital nerve is named under 64405 and goes with 64450."}
    assert found(line("64405", ("third occipital nerve", "left"))) == {}


def test_two_codes_of_which_one_counts_a_day():
    two, three = line("20552", "trapezius"), line("20553", "masseter", "rhomboid", "splenius", number=2)
    assert found(two, [two, three]) == {"one_code_a_day": "20552 and 20553 are asked for on one day; only one of them counts."}
    assert set(found(three, [two])) == {"one_code_a_day"}
    assert found(two, [replace(three, first_service=date(2026, 3, 30))]) == {}


# ---- what the line is for -------------------------------------------------------------------------------------------------------
def test_a_diagnosis_of_another_part_of_the_body():
    sugar, knee = FlagDiagnosis("E11.9", "confirmed"), FlagDiagnosis("M17.11", "confirmed")
    nerve = ("greater occipital nerve", "left")
    assert found(line("64405", nerve, diagnoses=(knee, sugar))) == {"diagnosis": "E11.9 and M17.11 are not what 64405 is usually for."}
    assert found(line("64405", nerve, diagnoses=(knee, NECK[1]))) == {}
    # possible or not, and whether there is one, is the policy's question
    assert found(line("64405", nerve, diagnoses=(FlagDiagnosis("m54.81", "possible"),))) == {}
    assert found(line("64405", nerve, diagnoses=())) == {}
    assert found(line("64450", nerve, diagnoses=(knee,))) == {
        "site_code": "greater occipital nerve is named under 64450 and goes with 64405."
    }


# ---- duplicates and coverage ----------------------------------------------------------------------------------------------------
def other(*sites, received_on=date(2026, 2, 20), **more):
    return OtherRequest("PA-2026-000090", line("64405", *sites, number=7, **more), received_on)


LEFT = ("greater occipital nerve", "left")


@pytest.mark.parametrize(
    ("request_", "flagged"),
    [
        (other(LEFT), True),
        (other("greater occipital nerve"), True),
        (other(), True),
        (other(LEFT, first_service=date(2026, 3, 10), last_service=date(2026, 3, 20)), True),
        (other(("greater occipital nerve", "right")), False),
        (other(LEFT, first_service=date(2026, 3, 17)), False),
        (other(LEFT, first_service=None), True),
        (other(LEFT, first_service=None, received_on=date(2026, 1, 31)), True),
        (other(LEFT, first_service=None, received_on=date(2026, 1, 30)), False),
        (other(LEFT, first_service=None, received_on=None), False),
    ],
)
def test_possible_duplicates(request_, flagged):
    sentence = {"duplicate": "PA-2026-000090 asks for 64405 for this member too."} if flagged else {}
    assert found(line("64405", LEFT), others=[request_], received_on=date(2026, 3, 2)) == sentence


def test_another_code_is_no_duplicate():
    assert found(line("64450", ("sural nerve", "left")), others=[other()], received_on=DAY) == {}


def test_the_same_line_twice_in_one_case():
    one, two = line("64405", LEFT), line("64405", LEFT, number=2)
    assert found(one, [one, two]) == {"repeated_line": "Line 2 asks for 64405 too, on the same day and place."}
    assert found(one, [one, replace(two, sites=(FlagSite("greater occipital nerve", "right"),))]) == {}


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        (FlagMember(), None),
        (FlagMember(DAY, DAY), None),
        (FlagMember(date(2026, 3, 17), None), "Coverage began on 17 Mar 2026, after 16 Mar 2026."),
        (FlagMember(None, date(2026, 3, 15)), "Coverage ended on 15 Mar 2026, before 16 Mar 2026."),
    ],
)
def test_coverage_on_the_day(member, sentence):
    assert found(line("64405", LEFT), member=member).get("eligibility") == sentence


def test_coverage_through_the_last_day_and_on_receipt_without_a_day():
    member = FlagMember(None, date(2026, 3, 20))
    assert set(found(line("64405", LEFT, last_service=date(2026, 3, 30)), member=member)) == {"eligibility"}
    undated = line("64405", LEFT, first_service=None)
    assert set(found(undated, member=member, received_on=date(2026, 3, 21))) == {"eligibility"}
    assert found(undated, member=member) == {}


# ---- resolutions ----------------------------------------------------------------------------------------------------------------
def test_a_resolution_holds_until_a_fact_changes():
    (flag,) = flags(CASE_B[1], CASE_B, ANYBODY, CODES)
    resolved = {(flag.key, flag.fingerprint)}
    assert open_flags([flag], resolved) == ()
    (same,) = flags(CASE_B[1], (), ANYBODY, CODES)
    assert open_flags([same], resolved) == ()
    (changed,) = flags(replace(CASE_B[1], units=3), CASE_B, ANYBODY, CODES)
    assert open_flags([changed], resolved) == (changed,)


def test_the_order_of_sites_is_no_fact():
    one = line("64400", "supraorbital nerve", "supratrochlear nerve")
    (first,), (second,) = (flags(each, (), ANYBODY, CODES) for each in (one, replace(one, sites=one.sites[::-1])))
    assert first.fingerprint == second.fingerprint


def test_a_code_that_is_not_in_the_table_is_asked_nothing_about_itself():
    assert found(line("99999", units=9, diagnoses=())) == {}


# ---- for every line -------------------------------------------------------------------------------------------------------------
names = st.sampled_from(["trapezius", "masseter", "greater occipital nerve", "lesser occipital nerve", "sural nerve"])
lines = st.builds(
    FlagLine,
    st.integers(1, 3),
    st.sampled_from(sorted(CODES)),
    st.integers(1, 9),
    st.lists(st.builds(FlagSite, names, st.sampled_from(["", "left", "right", "bilateral"])), max_size=4).map(tuple),
    st.sampled_from(["", "50", "RT", "LT,RT", "59"]),
    st.none() | st.just(DAY),
    st.none(),
    st.lists(st.builds(FlagDiagnosis, st.sampled_from(["M54.2", "E11.9", "G43.709"])), max_size=2).map(tuple),
)


@given(lines, st.lists(lines, max_size=3), st.lists(lines, max_size=2))
def test_every_flag_can_be_asked_resolved_and_read(one, rest, elsewhere):
    others = [OtherRequest(f"PA-2026-{each.number:06}", each, DAY) for each in elsewhere]
    all_flags = flags(one, rest, FlagMember(None, date(2026, 3, 1)), CODES, others=others, received_on=DAY)
    assert len({flag.key for flag in all_flags}) == len(all_flags)
    for flag in all_flags:
        assert set(flag.ask) == {"en", "es"}
        for wording in flag.ask.values():  # it may go to a member: no codes
            assert not re.search(r"\b\d{5}\b|\b[A-Z]\d{2}\b", wording)
        assert flag.sentence.endswith(".")
        assert len(flag.resolutions) >= 2
        assert all(len(key) <= 40 for key, _ in flag.resolutions)
        assert re.fullmatch("[0-9a-f]{64}", flag.fingerprint)


def test_the_seeded_codes_have_lay_names_without_codes_in_both_languages():
    for rule in SEED_CODES:
        assert set(rule.lay_name) == {"en", "es"}
        assert rule.code not in "".join(rule.lay_name.values())
        assert rule.verify
