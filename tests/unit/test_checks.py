"""Checks that count time, clause by clause at their boundaries, and the facts they read. Care and request have files of their own."""

from datetime import date

import pytest

from criteria.checks import CaseFacts, Diagnosis, Line, OtherLine, Proposal, Session, Site, Treatment, facts_from_example, propose
from criteria.enums import Certainty, FindingValue, Response, ReviewType, SessionSource, Side
from criteria.periods import PartialDate, completed_years
from criteria.tree import Check

MET, NOT_MET, UNCLEAR, NOT_DOCUMENTED = FindingValue.MET, FindingValue.NOT_MET, FindingValue.UNCLEAR, FindingValue.NOT_DOCUMENTED
RECEIVED, SERVICE = date(2026, 3, 2), date(2026, 3, 16)
CODES = ("20552", "20553")


def proposed(name, args, **facts):
    """A line of 20553 received on 2 March 2026 for 16 March 2026, with these facts."""
    return propose(Check(name, args), CaseFacts(**{"received": RECEIVED, "first_service": SERVICE, **facts}), CODES)


def answer(name, args, **facts):
    proposal = proposed(name, args, **facts)
    return proposal.finding, proposal.arithmetic


# ---- how long the symptoms last


@pytest.mark.parametrize(
    ("word", "onset", "received", "expected"),
    [
        ("more_than", "2025-08-14", date(2025, 11, 14), (NOT_MET, "onset 14 Aug 2025, received 14 Nov 2025: exactly 3 months, not more")),
        ("at_least", "2025-08-14", date(2025, 11, 14), (MET, "onset 14 Aug 2025, received 14 Nov 2025: exactly 3 months")),
        (
            "more_than",
            "2025-08-14",
            date(2025, 11, 15),
            (MET, "onset 14 Aug 2025, received 15 Nov 2025: 3 months and 1 day, more than 3 months"),
        ),
        (
            "at_least",
            "2025-08-14",
            date(2025, 11, 13),
            (NOT_MET, "onset 14 Aug 2025, received 13 Nov 2025: 2 months and 30 days, less than 3 months"),
        ),
        ("more_than", "2025-11-30", date(2026, 2, 28), (NOT_MET, "onset 30 Nov 2025, received 28 Feb 2026: exactly 3 months, not more")),
        (
            "more_than",
            "2025-11-30",
            date(2026, 3, 1),
            (MET, "onset 30 Nov 2025, received 1 Mar 2026: 3 months and 1 day, more than 3 months"),
        ),
        ("at_least", "2026-04-05", RECEIVED, (NOT_MET, "onset 5 Apr 2026, received 2 Mar 2026: the onset is the later date")),
        (
            "more_than",
            "2025-11",
            RECEIVED,
            (MET, "onset Nov 2025, received 2 Mar 2026: more than 3 months even from 30 Nov 2025"),
        ),
        (
            "more_than",
            "2025-12",
            RECEIVED,
            (UNCLEAR, "onset Dec 2025, received 2 Mar 2026: more than 3 months from 1 Dec 2025, but not from 31 Dec 2025"),
        ),
        (
            "more_than",
            "2026",
            RECEIVED,
            (NOT_MET, "onset 2026, received 2 Mar 2026: not more than 3 months even from 1 Jan 2026"),
        ),
        (
            "at_least",
            "2025",
            RECEIVED,
            (UNCLEAR, "onset 2025, received 2 Mar 2026: at least 3 months from 1 Jan 2025, but not from 31 Dec 2025"),
        ),
        ("at_least", "2024", RECEIVED, (MET, "onset 2024, received 2 Mar 2026: at least 3 months even from 31 Dec 2024")),
        ("more_than", None, RECEIVED, (NOT_DOCUMENTED, "no onset date is recorded")),
        ("more_than", "2025-12", None, (NOT_DOCUMENTED, "onset Dec 2025, but no received date is recorded")),
    ],
)
def test_symptom_duration(word, onset, received, expected):
    assert answer("symptom_duration", {word: "3 months"}, symptom_onset=onset, received=received) == expected


@pytest.mark.parametrize(
    ("onset", "more_than", "at_least"),
    [("2025-12-02", NOT_MET, MET), ("2025-12-01", MET, MET), ("2025-12-03", NOT_MET, NOT_MET)],
)
def test_symptom_duration_around_the_day(onset, more_than, at_least):
    findings = [answer("symptom_duration", {word: "3 months"}, symptom_onset=onset)[0] for word in ("more_than", "at_least")]
    assert findings == [more_than, at_least]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("90 days", "90 days"),
        ("12 weeks", "12 weeks"),
        ("1 year", "1 year"),
    ],
)
def test_symptom_duration_counts_in_the_unit_of_the_rule(period, expected):
    onset = {"90 days": "2025-12-02", "12 weeks": "2025-12-08", "1 year": "2025-03-02"}[period]
    finding, said = answer("symptom_duration", {"at_least": period}, symptom_onset=onset)
    assert (finding, said.split(": ")[1]) == (MET, f"exactly {expected}")


def test_an_empty_key_of_a_check_says_nothing():
    args = {"more_than": None, "at_least": "3 months"}
    assert proposed("symptom_duration", args, symptom_onset="2025-12-02").finding == MET


def test_after_the_service_its_first_date_is_the_reference_date():
    facts = {"review_type": ReviewType.POSTSERVICE, "symptom_onset": "2025-12-10"}
    proposal = proposed("symptom_duration", {"more_than": "3 months"}, **facts)
    assert proposal == Proposal(
        MET, "onset 10 Dec 2025, service 16 Mar 2026: 3 months and 6 days, more than 3 months", ("onset", "first_service")
    )
    undated = proposed("symptom_duration", {"more_than": "3 months"}, first_service=None, **facts)
    assert (undated.finding, undated.facts_used) == (NOT_MET, ("onset", "received"))


def test_the_reference_date_before_the_service_and_during_it_is_the_day_received():
    for review_type in (ReviewType.PRESERVICE, ReviewType.CONCURRENT):
        assert CaseFacts(review_type=review_type, received=RECEIVED, first_service=SERVICE).reference_date == RECEIVED


# ---- age


@pytest.mark.parametrize(
    ("args", "born", "expected"),
    [
        ({"at_least": 18}, date(2008, 3, 16), (MET, "born 16 Mar 2008, service 16 Mar 2026: age 18, 18 or older")),
        ({"at_least": 18}, date(2008, 3, 17), (NOT_MET, "born 17 Mar 2008, service 16 Mar 2026: age 17, younger than 18")),
        ({"at_most": 64}, date(1961, 3, 17), (MET, "born 17 Mar 1961, service 16 Mar 2026: age 64, 64 or younger")),
        ({"at_most": 64}, date(1961, 3, 16), (NOT_MET, "born 16 Mar 1961, service 16 Mar 2026: age 65, older than 64")),
        ({"at_least": 18, "at_most": 64}, date(1980, 5, 1), (MET, "born 1 May 1980, service 16 Mar 2026: age 45, from 18 to 64")),
        ({"at_least": 0}, date(2026, 3, 16), (MET, "born 16 Mar 2026, service 16 Mar 2026: age 0, 0 or older")),
        ({"at_least": 18}, None, (NOT_DOCUMENTED, "no birth date is recorded")),
    ],
)
def test_age(args, born, expected):
    assert answer("age", args, birth_date=born) == expected


@pytest.mark.parametrize(
    ("on", "years"),
    [(date(2025, 2, 27), 16), (date(2025, 2, 28), 17), (date(2028, 2, 28), 19), (date(2028, 2, 29), 20)],
)
def test_a_year_of_somebody_born_on_29_february(on, years):
    assert completed_years(date(2008, 2, 29), on) == years


def test_age_without_a_service_date_is_that_on_the_reference_date():
    proposal = proposed("age", {"at_least": 18}, birth_date=date(2008, 3, 10), first_service=None)
    assert proposal == Proposal(NOT_MET, "born 10 Mar 2008, received 2 Mar 2026: age 17, younger than 18", ("birth_date", "received"))
    nothing = proposed("age", {"at_least": 18}, birth_date=date(2008, 3, 10), first_service=None, received=None)
    assert (nothing.finding, nothing.facts_used) == (NOT_DOCUMENTED, ())


# ---- earlier sessions


def sessions(*days, code="20553"):
    return tuple(Session(code, date.fromisoformat(day)) for day in days)


@pytest.mark.parametrize(
    ("days", "finding", "total"),
    [
        ([], MET, 1),
        (["2025-03-16"], MET, 1),
        (["2025-03-17"], MET, 2),
        (["2026-03-15"], MET, 2),
        (["2026-03-16"], MET, 1),
        (["2026-03-17"], MET, 1),
        (["2025-03-17", "2025-09-01"], MET, 3),
        (["2025-03-17", "2025-09-01", "2026-03-15"], NOT_MET, 4),
    ],
)
def test_prior_sessions(days, finding, total):
    proposal = proposed("prior_sessions", {"at_most": 3, "within": "12 months"}, sessions=sessions(*days))
    assert (proposal.finding, proposal.arithmetic.split(": ")[1].split(" with")[0]) == (finding, str(total))


def test_prior_sessions_in_words():
    proposal = proposed("prior_sessions", {"at_most": 1, "within": "12 months"}, sessions=sessions("2026-03-02", "2026-02-16"))
    said = "2 sessions after 16 Mar 2025 and before 16 Mar 2026 (16 Feb 2026, 2 Mar 2026): 3 with this one, more than 1"
    assert proposal == Proposal(NOT_MET, said, ("session:1", "session:0", "first_service"))
    none = proposed("prior_sessions", {"at_most": 1, "within": "12 months"})
    assert none.arithmetic == "no session after 16 Mar 2025 and before 16 Mar 2026: 1 with this one, at most 1"


def test_sessions_of_other_codes_do_not_count():
    args = {"at_most": 1, "within": "12 months"}
    assert proposed("prior_sessions", args, sessions=sessions("2026-03-02", code="64405")).finding == MET
    assert proposed("prior_sessions", args, sessions=sessions("2026-03-02", code="20552")).finding == NOT_MET
    assert proposed("days_since_last", {"at_least": 90}, sessions=sessions("2026-03-02", code="64405")).finding == MET


@pytest.mark.parametrize(
    ("name", "number", "last", "expected"),
    [
        ("days_since_last", 7, "2026-03-09", (MET, "last session 9 Mar 2026, service 16 Mar 2026: exactly 7 days")),
        ("days_since_last", 7, "2026-03-10", (NOT_MET, "last session 10 Mar 2026, service 16 Mar 2026: 6 days, less than 7 days")),
        ("days_since_last", 7, "2026-03-16", (MET, "no session before 16 Mar 2026 is recorded")),
        ("months_since_last", 2, "2026-01-16", (MET, "last session 16 Jan 2026, service 16 Mar 2026: exactly 2 months")),
        (
            "months_since_last",
            2,
            "2026-01-17",
            (NOT_MET, "last session 17 Jan 2026, service 16 Mar 2026: 1 month and 27 days, less than 2 months"),
        ),
        ("months_since_last", 2, None, (MET, "no session before 16 Mar 2026 is recorded")),
    ],
)
def test_since_the_last_session(name, number, last, expected):
    assert answer(name, {"at_least": number}, sessions=sessions("2025-06-01", last)[1:] if last else ()) == expected


def test_months_since_the_last_session_clamp_the_end_of_the_month():
    facts = {"sessions": sessions("2025-12-31"), "first_service": date(2026, 2, 28)}
    assert answer("months_since_last", {"at_least": 2}, **facts) == (
        MET,
        "last session 31 Dec 2025, service 28 Feb 2026: exactly 2 months",
    )


def test_the_latest_session_decides_and_is_named():
    proposal = proposed("days_since_last", {"at_least": 7}, sessions=sessions("2026-03-10", "2025-01-01"))
    assert (proposal.finding, proposal.facts_used) == (NOT_MET, ("session:0", "first_service"))


@pytest.mark.parametrize(
    ("name", "args"),
    [("prior_sessions", {"at_most": 1, "within": "1 year"}), ("days_since_last", {"at_least": 7}), ("months_since_last", {"at_least": 2})],
)
def test_sessions_without_a_service_date_count_to_the_reference_date(name, args):
    assert proposed(name, args, sessions=sessions("2026-03-01"), first_service=None).finding == NOT_MET
    assert proposed(name, args, sessions=sessions("2026-03-02"), first_service=None).finding == MET
    assert proposed(name, args, first_service=None, received=None).finding == NOT_DOCUMENTED


# ---- facts


def test_facts_of_an_example():
    facts = {
        "review_type": "postservice",
        "received": date(2026, 3, 2),
        "first_service": "2026-03-16",
        "birth_date": date(1980, 5, 1),
        "symptom_onset": "2025-08",
        "diagnoses": [{"code": "M79.18", "certainty": "confirmed"}],
        "treatments": [{"kind": "nsaid", "agent": "naproxen 500 mg", "from": "2025-10-01", "to": date(2025, 11, 20), "response": "failed"}],
        "sessions": [{"code": "20553", "date": date(2025, 12, 1), "source": "approved"}],
        "line": {
            "code": "20553",
            "units": 1,
            "sites": [{"name": "trapezius", "side": "bilateral"}, "masseter"],
            "examined_sites": ["trapezius"],
        },
        "other_lines": [{"code": "64405", "first_service": None}],
    }
    assert facts_from_example(facts) == CaseFacts(
        ReviewType.POSTSERVICE,
        date(2026, 3, 2),
        date(2026, 3, 16),
        date(1980, 5, 1),
        "2025-08",
        (Diagnosis("M79.18", Certainty.CONFIRMED),),
        (Treatment("nsaid", "naproxen 500 mg", date(2025, 10, 1), date(2025, 11, 20), Response.FAILED),),
        (Session("20553", date(2025, 12, 1), SessionSource.APPROVED),),
        Line("20553", 1, (Site("trapezius", Side.BILATERAL), Site("masseter")), (Site("trapezius"),)),
        (OtherLine("64405", None),),
    )


def test_facts_may_be_left_out_or_null():
    rows = {"treatments": [{"kind": "nsaid", "agent": None, "from": None, "to": None, "response": None}], "diagnoses": None, "line": None}
    assert facts_from_example(rows) == CaseFacts(treatments=(Treatment("nsaid"),))
    assert facts_from_example({}) == CaseFacts()


def test_an_unquoted_onset_date():
    assert facts_from_example({"symptom_onset": date(2025, 8, 10)}).onset == PartialDate.parse("2025-08-10")
