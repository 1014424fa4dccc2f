"""What nurses type -> facts. What could mean two things is asked about, and no text of any kind breaks it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.enums import TreatmentKind, TreatmentResponse
from cases.treatment_names import PROCEDURES, TREATMENTS
from cases.typed_facts import (
    EXAMPLES,
    DiagnosisFact,
    ExamFact,
    NotUnderstood,
    OnsetFact,
    SessionFact,
    TreatmentFact,
    describe,
    parse,
)

TODAY = date(2026, 3, 6)


def sentence(text, **more):
    answer = parse(text, TODAY, **more)
    assert isinstance(answer, NotUnderstood), answer
    return answer.sentence


# ---- onset ----------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8/10/25", "2025-08-10"),
        ("8/10/2025", "2025-08-10"),
        ("8-10-25", "2025-08-10"),
        ("2025-08-10", "2025-08-10"),
        ("10 Aug 2025", "2025-08-10"),
        ("August 10th, 2025", "2025-08-10"),
        ("Aug 2025", "2025-08"),
        ("8/2025", "2025-08"),
        ("2025-08", "2025-08"),
        ("2025", "2025"),
        ("onset 8/10/25", "2025-08-10"),
        ("Pain began on 10 August 2025.", "2025-08-10"),
        ("since Sept. 2024", "2024-09"),
        ("8/10", "2025-08-10"),
        ("3/6", "2026-03-06"),
        ("3/7", "2025-03-07"),
        ("2/29", "2024-02-29"),
        ("August", "2025-08"),
        ("8/10/85", "1985-08-10"),
    ],
)
def test_onset(text, value):
    assert parse(text, TODAY) == OnsetFact(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a couple months", "“couple” is no date."),
        ("about 8/10/25", "“about” is no date."),
        ("~8/10/25", "“~” is no date."),
        ("3 months ago", "“months” is no date."),
        ("31/8/25", "“31/8/25” is not a date. The month comes first, as in 8/31."),
        ("13/45/25", "“13/45/25” is not a date. There is no such month."),
        ("2/30/25", "“2/30/25” is not a date. There is no such day."),
        ("2/29/25", "“2/29/25” is not a date. There is no such day."),
        ("3/7/26", "“3/7/26” is after today."),
        ("April 2026", "“April 2026” is after today."),
        ("Aug 25", "“Aug 25” may be a day or a year."),
        ("8/10/25 9/10/25", "More than one date: which one counts?"),
    ],
)
def test_what_is_no_onset(text, said):
    assert sentence(text) == f"{said} Type it like this: 8/10/25, or Aug 2025."


# ---- treatments -----------------------------------------------------------------------------------------------------------------
def trial(kind, agent, first=None, last=None, **more):
    return TreatmentFact(kind, agent, first and date.fromisoformat(first), last and date.fromisoformat(last), **more)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("naproxen 500 bid 9/1-10/20 failed", trial("nsaid", "naproxen 500 bid", "2025-09-01", "2025-10-20", response="failed")),
        (
            "PT 10/6-12/1/25 9 sessions no relief",
            trial("physical_therapy", "physical therapy", "2025-10-06", "2025-12-01", sessions=9, response="failed"),
        ),
        (
            "methocarbamol 750 mg 10/20/25 to 12/5/25 not effective",
            trial("muscle_relaxant", "methocarbamol 750 mg", "2025-10-20", "2025-12-05", response="failed"),
        ),
        ("ibuprofen contraindicated (ulcer)", trial("nsaid", "ibuprofen", response="contraindicated", note="ulcer")),
        ("heat daily, little relief", trial("heat_cold", "heat daily", response="partial")),
        # the sentences of case A's addendum, as they stand
        (
            "Physical therapy: 9 sessions between 6 October 2025 and 1 December 2025, manual therapy and stretching, no lasting relief.",
            trial("physical_therapy", "Physical therapy", "2025-10-06", "2025-12-01", sessions=9, response="failed", note="manual therapy"),
        ),
        (
            "Naproxen 500 mg twice daily, 1 September 2025 to 20 October 2025, stopped, not effective.",
            trial("nsaid", "Naproxen 500 mg twice daily", "2025-09-01", "2025-10-20", response="failed"),
        ),
        # years follow from the order of the ends
        ("naproxen 12/1-1/10 failed", trial("nsaid", "naproxen", "2025-12-01", "2026-01-10", response="failed")),
        ("naproxen 12/1/24-1/10 failed", trial("nsaid", "naproxen", "2024-12-01", "2025-01-10", response="failed")),
        ("naproxen 10/6-12/1/24 failed", trial("nsaid", "naproxen", "2024-10-06", "2024-12-01", response="failed")),
        ("naproxen 3/1-3/6 helped", trial("nsaid", "naproxen", "2026-03-01", "2026-03-06", response="helped")),
        # brands, kinds, one thing under two names
        ("Aleve (naproxen) 9/1-10/20 failed", trial("nsaid", "Aleve", "2025-09-01", "2025-10-20", response="failed")),
        ("diclofenac gel no benefit", trial("topical", "diclofenac gel", response="failed")),
        ("norco 5/325 prn 9/1-9/20 helped", trial("opioid", "norco 5/325 prn", "2025-09-01", "2025-09-20", response="helped")),
        ("heat and ice did not help", trial("heat_cold", "heat", response="failed")),
        (
            "PT x12 9/1–10/20 failed",
            trial("physical_therapy", "physical therapy", "2025-09-01", "2025-10-20", sessions=12, response="failed"),
        ),
        ("PT x 6 weeks failed", trial("physical_therapy", "physical therapy x 6 weeks", response="failed")),
        ("PT 8 of 12 visits", trial("physical_therapy", "physical therapy", sessions=8)),
        # one end only
        ("naproxen since 9/1/25", trial("nsaid", "naproxen", "2025-09-01")),
        ("naproxen 9/1/25-present some relief", trial("nsaid", "naproxen", "2025-09-01", response="partial")),
        ("naproxen until 10/20/25 failed", trial("nsaid", "naproxen", None, "2025-10-20", response="failed")),
        # results, and words that are kept
        (
            "cymbalta 60 qhs 1/5-2/20 not tolerated, nausea",
            trial("antidepressant", "cymbalta 60 qhs", "2026-01-05", "2026-02-20", response="not_tolerated", note="nausea"),
        ),
        (
            "naproxen 9/1-10/20 failed, pain 7/10",
            trial("nsaid", "naproxen", "2025-09-01", "2025-10-20", response="failed", note="pain 7/10"),
        ),
        ("naproxen may help", trial("nsaid", "naproxen", note="may help")),
    ],
)
def test_treatments(text, fact):
    assert parse(text, TODAY) == fact


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("naproxen and methocarbamol failed", "More than one treatment: naproxen, methocarbamol. One at a time."),
        ("pt failed naproxen", "More than one treatment: pt, naproxen. One at a time."),
        ("ibuprofen, naproxen failed", "More than one treatment: ibuprofen, naproxen. One at a time."),
        ("Continue with physical therapy", "“Continue” shows a plan, not a trial. A trial has a start, an end and a result."),
        ("naproxen 9/1/25 failed", "Is “9/1/25” the first day or the last?"),
        ("naproxen 9/1, 10/20 failed", "How “9/1” and “10/20” belong together was not understood."),
        ("naproxen 9/1-10/20 and 11/1 failed", "More than two dates: a trial has a first day and a last day."),
        ("naproxen 10/20/25-9/1/25", "“9/1/25” is before “10/20/25”: a trial cannot end before it starts."),
        ("naproxen 9/1/25-4/1/26 failed", "“4/1/26” is after today."),
        ("naproxen Sep 2025 to Oct 2025", "“Sep 2025” names no day."),
        ("naproxen 2024 failed", "“2024” names no day."),
        ("naproxen failed, then helped", "Two results: did not help and helped. Which one holds?"),
        ("naproxen never taken", "What “never” goes with was not understood."),
        ("PT 6 sessions, 9 visits", "More than one number of sessions."),
        ("PT failed?", "A question mark leaves open whether it is so."),
    ],
)
def test_what_is_no_clear_trial(text, said):
    assert sentence(text, expecting="treatment") == f"{said} Type it like this: naproxen 500 bid 9/1-10/20 failed."


# ---- sessions, diagnoses, exams -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("tpi 1/12/26", SessionFact(("20552", "20553"), "trigger point injections", date(2026, 1, 12))),
        ("last occipital nerve block on 12/1", SessionFact(("64405",), "greater occipital nerve block", date(2025, 12, 1))),
        ("20553 1/12/26 helped 60%", SessionFact(("20553",), "20553", date(2026, 1, 12), "helped 60%")),
        ("64405 GONB 1/12/26", SessionFact(("64405",), "greater occipital nerve block", date(2026, 1, 12))),
    ],
)
def test_sessions(text, fact):
    assert parse(text, TODAY) == fact


def test_a_bare_date_is_a_session_where_the_row_asks_for_one():
    assert parse("1/12/26", TODAY, expecting="session") == SessionFact((), "", date(2026, 1, 12))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tpi", "The day of the session is missing."),
        ("tpi Jan 2026", "“Jan 2026” names no day."),
        ("tpi 1/12/26, 2/2/26", "An earlier session has one day."),
        ("tpi 4/1/26", "“4/1/26” is after today."),
        (
            "tpi and occipital block 1/12/26",
            "More than one procedure: trigger point injections, greater occipital nerve block. One at a time.",
        ),
        ("no tpi before 1/12/26", "What “no” goes with was not understood."),
    ],
)
def test_what_is_no_session(text, said):
    assert sentence(text) == f"{said} Type it like this: tpi 1/12/26."


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("M54.81 confirmed", DiagnosisFact("M54.81", "confirmed")),
        ("m5481 possible", DiagnosisFact("M54.81", "possible")),
        ("occipital neuralgia confirmed", DiagnosisFact("M54.81", "confirmed")),
        ("M54.81 not confirmed", DiagnosisFact("M54.81", "possible")),
        ("r/o G43.709", DiagnosisFact("G43.709", "possible")),
    ],
)
def test_diagnoses(text, fact):
    assert parse(text, TODAY) == fact


def test_what_is_no_clear_diagnosis():
    example = "Type it like this: M54.81 confirmed."
    assert sentence("M54.81") == f"Is M54.81 confirmed or possible? {example}"
    assert sentence("M54.81 confirmed, was possible") == f"Is M54.81 confirmed or possible? {example}"
    assert sentence("M54.2, M54.81 confirmed") == f"More than one diagnosis: M54.2, M54.81. One at a time. {example}"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("masseter bilateral trigger points", ExamFact("masseter", "bilateral")),
        ("trigger points also palpable in both masseter muscles, with referred pain", ExamFact("masseter", "bilateral")),
        ("taut band R levator scapulae", ExamFact("levator scapulae", "right")),
        ("trigger points, rhomboids", ExamFact("rhomboid")),
    ],
)
def test_exams(text, fact):
    assert parse(text, TODAY) == fact


def test_the_lines_own_sites_come_first_and_a_muscle_alone_will_do_where_the_row_asks_for_it():
    assert parse("trigger points upper trapezius", TODAY, sites=["upper trapezius"]) == ExamFact("upper trapezius")
    assert parse("masseter left", TODAY, expecting="exam") == ExamFact("masseter", "left")
    assert sentence("masseter left").startswith("Not understood: “masseter left”.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tender masseter", "Tenderness is not a trigger point."),
        ("no trigger points in masseter", "“no”: an exam that found nothing is marked on the row."),
        ("trigger points masseter, trapezius", "More than one muscle: masseter, trapezius. One at a time."),
        ("trigger points masseter left, both", "More than one side: bilateral, left."),
    ],
)
def test_what_is_no_clear_exam(text, said):
    assert sentence(text) == f"{said} Type it like this: trigger points masseter both sides."


# ---- everything else ------------------------------------------------------------------------------------------------------------
def test_what_nobody_knows_is_said_back():
    assert sentence("zzz") == "Not understood: “zzz”. Type it like this: 8/10/25, or naproxen 500 bid 9/1-10/20 failed."
    assert sentence("zzz 8/10/25", expecting="onset") == "Not understood: “zzz”. Type it like this: 8/10/25, or Aug 2025."
    assert sentence("  ") == "Nothing was typed. Type it like this: 8/10/25, or naproxen 500 bid 9/1-10/20 failed."
    assert sentence("pain " * 100).startswith("This is longer than 300 letters. One fact at a time.")


@pytest.mark.parametrize(("kind", "text"), EXAMPLES.items())
def test_the_examples_are_understood(kind, text):
    for each in text.split(", or "):
        fact = parse(each, TODAY, expecting=kind)
        assert type(fact).__name__.lower().startswith(kind)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8/10/25", "began 10 Aug 2025"),
        ("Aug 2025", "began Aug 2025, day not given"),
        ("2025", "began 2025, month not given"),
        ("naproxen 500 bid 9/1-10/20 failed", "naproxen 500 bid, 1 Sep 2025 to 20 Oct 2025, did not help"),
        ("PT 9 sessions", "physical therapy, dates not given, 9 sessions, result not given"),
        ("naproxen since 9/1/25", "naproxen, from 1 Sep 2025, last day not given, result not given"),
        ("ibuprofen contraindicated (ulcer)", "ibuprofen, unsafe for the member (note: ulcer)"),
        ("tpi 1/12/26", "trigger point injections on 12 Jan 2026"),
        ("M54.81 possible", "M54.81, possible"),
        ("trigger points masseter both sides", "trigger point found: masseter, both sides"),
    ],
)
def test_what_was_understood_is_said_back(text, words):
    assert describe(parse(text, TODAY)) == words


def test_the_dictionary_fits_the_kinds_of_the_house():
    assert {kind for kind, _ in TREATMENTS.values()} <= set(TreatmentKind.values)
    assert not set(TREATMENTS) & set(PROCEDURES)


@pytest.mark.parametrize("name", sorted(TREATMENTS))
def test_every_name_of_the_dictionary_is_read(name):
    fact = parse(f"{name} 9/1-10/20 failed", TODAY)
    assert (fact.kind, fact.from_date, fact.to_date, fact.response) == (
        TREATMENTS[name][0],
        date(2025, 9, 1),
        date(2025, 10, 20),
        TreatmentResponse.FAILED,
    )


WORDS = (
    "9/1 10/20/25 - to failed not M54.81 masseter left x 9 mg 2/29 0/0 99/99/99 2025-13 9999 since ( ) 7/10 | Sept. may -10 '25 ٣/٤/٢٥ İ"
)
pieces = st.sampled_from([*TREATMENTS, *PROCEDURES, *EXAMPLES.values(), *WORDS.split(), "Aug 2025", "no relief"])
days = st.dates(date(1, 1, 1), date(9999, 12, 31))


@given(st.text(), days, st.sampled_from(["", *EXAMPLES]), st.lists(st.text(max_size=5), max_size=2))
def test_any_text_has_an_answer(text, today, expecting, sites):
    check(parse(text, today, expecting=expecting, sites=sites), today)


@given(st.lists(pieces, max_size=8).map(" ".join), days, st.sampled_from(["", *EXAMPLES]))
def test_any_mixture_of_what_it_knows_has_an_answer(text, today, expecting):
    check(parse(text, today, expecting=expecting), today)


def check(answer, today):
    match answer:
        case NotUnderstood(said):
            assert said.endswith(".")
            return
        case TreatmentFact(from_date=first, to_date=last):
            assert first is None or first <= today
            assert last is None or last <= today
            assert first is None or last is None or first <= last
            assert len(answer.agent) <= 120
        case SessionFact(date=day):
            assert day <= today
    assert describe(answer)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 364))
def test_a_day_without_a_year_is_the_latest_that_has_come(today, back):
    day = today - timedelta(days=back)
    if (day.month, day.day) != (2, 29):
        assert parse(f"{day.month}/{day.day}", today) == OnsetFact(day.isoformat())
    assert parse(f"{day.month}/{day.day}/{day.year % 100:02}", today) == OnsetFact(day.isoformat())
