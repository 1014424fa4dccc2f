"""The form of an example: what is posted as it was shown changes nothing, whatever stood there; what is typed is what is stored."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.example_fields import (
    LISTS,
    SCALARS,
    TABLES,
    compared,
    expecting,
    held,
    rows_of,
    steps_of,
    text_of_value,
    written_facts,
    written_lists,
)

FACTS = {
    "review_type": "preservice",
    "received": "2026-03-02",
    "first_service": None,
    "symptom_onset": 2025,
    "diagnoses": [{"code": "M79.18", "certainty": "confirmed"}, {"code": "M54.81", "certainty": "possible"}],
    "treatments": [{"kind": "nsaid", "from": "2025-10-01", "to": None, "response": "failed"}],
    "sessions": [],
    "line": {"code": "20553", "units": 1, "sites": [{"name": "trapezius", "side": "left"}, "masseter"]},
}


def shown(example):
    """What a browser would send of the form."""
    sent = {field.key: [text_of_value(held(example, field.key))] for field in SCALARS}
    for rows in TABLES:
        for number, row in enumerate([*rows_of(example, rows), ("",) * len(rows.fields)]):
            sent |= {f"{rows.key}[{number}].{field.key}": [text] for field, text in zip(rows.fields, row, strict=True)}
    expect = example.get("expect")
    for key, _ in LISTS:
        listed = held(example, f"expect.{key}")
        sent[f"expect.{key}"] = [name for name in listed if isinstance(name, str) and name] if isinstance(listed, list) else []
    sent |= {f"compare.{key}": ["on"] for key in compared({"expect": expect})}
    return sent | {f"expect.shortest.{name}": [needs] for name, needs in steps_of(example).items()}


def facts_after(**changed):
    return written_facts({"facts": deepcopy(FACTS)}, shown({"facts": FACTS}) | {key: [value] for key, value in changed.items()})


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "x", "2026-01-01"]), lambda inner: st.lists(inner, max_size=3)
)
KEYS = [
    *(field.key.removeprefix("facts.") for field in SCALARS if field.key.count(".") == 1),
    "diagnoses",
    "treatments",
    "sessions",
    "line",
    "odd",
]
facts = values | st.dictionaries(
    st.sampled_from(KEYS), values | st.lists(st.dictionaries(st.sampled_from(["code", "kind", "name", "odd"]), values))
)


@given(facts)
def test_what_is_sent_as_it_was_shown_changes_nothing(stood):
    example = {"facts": stood}
    assert written_facts(deepcopy(example), shown(example)) == stood


def test_nothing_is_typed_and_nothing_is_there():
    assert written_facts({}, shown({})) is None
    assert written_facts({}, {}) is None


@pytest.mark.parametrize(
    ("path", "value", "key", "now"),
    [
        ("facts.received", "2026-04-01", "received", "2026-04-01"),
        ("facts.received", "", "received", None),
        ("facts.symptom_onset", "2025-08", "symptom_onset", "2025-08"),
        ("facts.line.units", "2", "line", {**FACTS["line"], "units": 2}),
        ("facts.line.units", "many", "line", {**FACTS["line"], "units": "many"}),
        ("facts.diagnoses[1].certainty", "confirmed", "diagnoses", [FACTS["diagnoses"][0], {"code": "M54.81", "certainty": "confirmed"}]),
        ("facts.diagnoses[2].code", "M54.2", "diagnoses", [*FACTS["diagnoses"], {"code": "M54.2"}]),
        ("facts.treatments[0].to", "2025-11-20", "treatments", [{**FACTS["treatments"][0], "to": "2025-11-20"}]),
        ("facts.sessions[0].date", "2025-12-01", "sessions", [{"date": "2025-12-01"}]),
        (
            "facts.line.sites[1].side",
            "right",
            "line",
            {**FACTS["line"], "sites": [FACTS["line"]["sites"][0], {"name": "masseter", "side": "right"}]},
        ),
        ("facts.line.sites[0].side", "", "line", {**FACTS["line"], "sites": ["trapezius", "masseter"]}),
        ("facts.line.sites[2].name", "psoas", "line", {**FACTS["line"], "sites": [*FACTS["line"]["sites"], "psoas"]}),
        ("facts.other_lines[0].code", "64405", "other_lines", [{"code": "64405"}]),
    ],
)
def test_one_change(path, value, key, now):
    after = facts_after(**{path: value})
    assert after.get(key) == now
    assert {name: stood for name, stood in after.items() if name != key} == {name: stood for name, stood in FACTS.items() if name != key}


def test_a_row_that_is_emptied_goes_and_the_last_one_takes_its_list():
    assert facts_after(**{"facts.diagnoses[0].code": "", "facts.diagnoses[0].certainty": ""})["diagnoses"] == FACTS["diagnoses"][1:]
    gone = facts_after(**{f"facts.treatments[0].{key}": "" for key in ("kind", "agent", "from", "to", "response")})
    assert "treatments" not in gone


def test_the_first_fact_makes_facts_and_the_last_takes_them():
    assert written_facts({}, {"facts.received": ["2026-03-02"]}) == {"received": "2026-03-02"}
    assert written_facts({"facts": {"received": "2026-03-02"}}, {"facts.received": [""]}) is None


# ---- what is expected

EXPECT = {"value": "undetermined", "open": ["a", "b"], "shortest": [{"criterion": "b", "needs": "met"}], "reasons": None}


def lists_after(expect=EXPECT, **changed):
    return written_lists(deepcopy(expect), shown({"expect": expect}) | changed)


@given(
    values
    | st.dictionaries(st.sampled_from(["value", "open", "settled", "shortest"]), values | st.lists(st.sampled_from("abc"), unique=True))
)
def test_expectations_that_are_sent_as_shown_stay(stood):
    assert (lists_after(stood) or None) == (stood or None)


@pytest.mark.parametrize(
    ("changed", "now"),
    [
        ({}, EXPECT),
        ({"expect.open": ["b", "a"]}, EXPECT),  # in the order of the form: the same
        ({"expect.open": ["a"]}, {**EXPECT, "open": ["a"]}),
        ({"expect.open": []}, {**EXPECT, "open": []}),
        ({"compare.open": []}, {key: value for key, value in EXPECT.items() if key != "open"}),
        ({"expect.settled": ["c"]}, {**EXPECT, "settled": ["c"]}),
        ({"compare.settled": ["on"]}, {**EXPECT, "settled": []}),
        ({"expect.shortest.a": ["not_met"]}, {**EXPECT, "shortest": [*EXPECT["shortest"], {"criterion": "a", "needs": "not_met"}]}),
        ({"expect.shortest.b": [""]}, {**EXPECT, "shortest": []}),
    ],
)
def test_lists(changed, now):
    assert lists_after(**changed) == now


def test_what_came_of_it_is_expected():
    got = {"value": "met", "open": [], "settled": ["c"], "reasons": [], "shortest": [], "next": "approve", "authority": "nurse"}
    assert expecting(None, got) == {"value": "met", "open": [], "next": "approve", "authority": "nurse"}
    assert expecting({"settled": [], "value": "not_met"}, got) == {"value": "met", "settled": ["c"]}
