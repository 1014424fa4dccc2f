"""A quick check finds what the check proposes: on random facts, at every boundary that a day can have."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from criteria.checks import facts_from_example, propose
from criteria.checks.quick import QuickFacts, quick_check
from criteria.enums import Certainty, Response, ReviewType, SessionSource, Side
from criteria.tree import Check
from tests.unit.policy_strategy import checks

CODES = ("20552", "20553")
near = st.integers(-420, 40).map(lambda number: str(date(2026, 3, 31) + timedelta(number))) | st.sampled_from(["2024-02-29", "2026-02-28"])
maybe = st.none() | near


def some(enum):
    return st.sampled_from([str(word) for word in enum])


sites = st.fixed_dictionaries(
    {"name": st.sampled_from(["trapezius", " Trapezius", "rhomboid", "levator  scapulae"])}, optional={"side": some(Side) | st.none()}
)
facts_of_a_case = st.fixed_dictionaries(
    {},
    optional={
        "review_type": some(ReviewType),
        "received": maybe,
        "first_service": maybe,
        "birth_date": st.dates(date(1920, 1, 1), date(2026, 3, 1)).map(str),
        "symptom_onset": near | near.map(lambda day: day[:7]) | near.map(lambda day: day[:4]),
        "diagnoses": st.lists(
            st.fixed_dictionaries({"code": st.sampled_from(["M54.81", "m54.81", "G43.709", "M79.18"]), "certainty": some(Certainty)}),
            max_size=3,
        ),
        "treatments": st.lists(
            st.fixed_dictionaries(
                {"kind": st.sampled_from(["nsaid", "physical_therapy", "topical"])},
                optional={"from": maybe, "to": maybe, "response": some(Response) | st.none()},
            ),
            max_size=4,
        ),
        "sessions": st.lists(
            st.fixed_dictionaries({"code": st.sampled_from([*CODES, "64405"]), "date": near}, optional={"source": some(SessionSource)}),
            max_size=4,
        ),
        "line": st.fixed_dictionaries(
            {}, optional={"units": st.integers(0, 6), "sites": st.lists(sites, max_size=3), "examined_sites": st.lists(sites, max_size=4)}
        ),
    },
)


def quick(facts):
    """The same facts, as JSON has them."""
    counted, line = facts_from_example(facts), facts.get("line", {})

    def rows(kind, *keys):
        return [[row.get(key) for key in keys] for row in facts.get(kind, ())]

    return QuickFacts(
        counted.reference_date and str(counted.reference_date),
        (served := counted.first_service or counted.reference_date) and str(served),
        facts.get("birth_date"),
        facts.get("symptom_onset"),
        rows("diagnoses", "code", "certainty"),
        rows("treatments", "kind", "response", "from", "to"),
        rows("sessions", "code", "date"),
        line.get("units"),
        *([(site["name"], site.get("side")) for site in line.get(kind, ())] for kind in ("sites", "examined_sites")),
    )


BORN = {"birth_date": "2008-02-29", "received": "2026-02-28"}
HALF = {"symptom_onset": "2025-11", "received": "2026-03-02"}


@settings(max_examples=600)
@given(checks.filter(lambda check: "requested_with" not in check), facts_of_a_case)
@example({"age": {"at_least": 18}}, BORN)
@example({"symptom_duration": {"more_than": "4 months"}}, HALF)
def test_finds_what_the_check_proposes(written, facts):
    ((name, args),) = written.items()
    check = Check(name, args)
    assert quick_check(check, CODES)(quick(facts)) == propose(check, facts_from_example(facts), CODES).finding


@pytest.mark.parametrize("period", ["3 months", "13 weeks", "90 days", "1 year"])
@pytest.mark.parametrize("word", ["more_than", "at_least"])
def test_the_day_on_which_it_turns(period, word):
    check = Check("symptom_duration", {word: period})
    for days in range(80, 380):
        facts = {"symptom_onset": str(date(2026, 3, 2) - timedelta(days)), "received": "2026-03-02"}
        assert quick_check(check, CODES)(quick(facts)) == propose(check, facts_from_example(facts), CODES).finding


def test_what_else_was_asked_for_takes_more_than_the_facts_of_a_line():
    assert quick_check(Check("requested_with", {"none_of": ["64405"]}), CODES) is None
