"""Wording by rule: dates, lists, the question, reading grade, what a member's text must not hold, and vague words of a record."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authreview.reading_ease import english_syllables, reading_grade, reading_label, spanish_syllables
from cases.wording import (
    WordingProblem,
    case_question,
    joined,
    lint,
    long_date,
    vague_words,
)


def test_dates():
    assert long_date(date(2026, 3, 9)) == "March 9, 2026"
    assert long_date(date(2026, 3, 9), "es") == "9 de marzo de 2026"


@pytest.mark.parametrize(
    ("parts", "language", "expected"),
    [
        ([], "en", ""),
        (["a"], "en", "a"),
        (["a", "b"], "en", "a and b"),
        (["a", "", "b", "c"], "en", "a, b and c"),
        (["a", "b", "c"], "es", "a, b y c"),
        (["dolor", "inflamación"], "es", "dolor e inflamación"),
        (["dolor", "hinchazón"], "es", "dolor e hinchazón"),
        (["agua", "hielo"], "es", "agua y hielo"),
    ],
)
def test_joined(parts, language, expected):
    assert joined(parts, language) == expected


# ---- the question ---------------------------------------------------------------------------------------------------------------
CASE_A = ["Trigger point injections", "Trigeminal branch block", "Greater occipital nerve block", "Block of another peripheral nerve"]


@pytest.mark.parametrize(
    ("procedures", "diagnoses", "past", "question"),
    [
        (
            CASE_A,
            ["Myofascial pain syndrome", "Cervicalgia", "Occipital neuralgia"],
            False,
            (
                "Are trigger point injections and three nerve blocks medically necessary "
                "for myofascial pain, neck pain and occipital neuralgia?"
            ),
        ),
        (
            [CASE_A[0], CASE_A[2]],
            ["Cervicalgia", "Pain in thoracic spine", "neck pain"],
            True,
            "Were trigger point injections and a greater occipital nerve block medically necessary for neck pain and upper back pain?",
        ),
        (["Occipital block"], ["Migraine"], False, "Is an occipital block medically necessary for migraine?"),
        (["Occipital block", "Occipital block"], [], True, "Was an occipital block medically necessary?"),
        (["MRI of the neck"], ["TMJ disorder"], False, "Is an MRI of the neck medically necessary for TMJ disorder?"),
        (["Other nerve block"], [], False, "Is another nerve block medically necessary?"),
        ([], ["Migraine"], False, "Is this care medically necessary for migraine?"),
    ],
)
def test_the_question_of_a_case(procedures, diagnoses, past, question):
    assert case_question(procedures, diagnoses, past=past) == question


# ---- how hard it is to read -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("the pain nerves shots asked used rules help", 1),
        ("needed muscles services table letter approve studies headache", None),
    ],
)
def test_english_syllables(words, count):
    expected = [count] * len(words.split()) if count else [2, 2, 3, 2, 2, 2, 2, 2]
    assert [english_syllables(word) for word in words.split()] == expected


def test_spanish_syllables():
    words = {"que": 1, "guerra": 2, "inyecciones": 4, "muy": 1, "ayudar": 3, "país": 2, "día": 2, "médico": 3, "ciudad": 2, "cuidado": 3}
    assert {word: spanish_syllables(word) for word in words} == words


def test_the_reading_grade_is_flesch_and_kincaids():
    # 8 words, 1 sentence, 8 syllables: 0.39 * 8 + 11.8 * 1 - 15.59 < 0
    assert reading_grade("You can ask us to look at it.") == 0.0
    plain = "We did not approve the shots. Our rule says you must first try simpler care, such as physical therapy or medicine."
    dense = "Authorization was not granted because documentation of conservative therapeutic modalities was insufficient for determination."
    assert reading_grade(plain) < 6 < 15 < reading_grade(dense)
    assert reading_grade("") is None
    assert reading_grade("20553, 42") is None
    assert reading_grade("Usted puede pedir una apelación.", "es") is None


def test_the_label_names_its_measure_and_claims_no_grade_where_there_is_none():
    assert reading_label("You can ask us to look at it.") == "reading grade 0.0 (Flesch-Kincaid)"
    spanish = "Nuestra regla dice que los estudios aún no han mostrado que estas inyecciones ayudan con el dolor."
    assert reading_label(spanish, "es") == "fairly easy to read (77 of 100, Fernández Huerta)"
    assert reading_label("你好", "zh") == "reading ease is not measured in this language"
    assert reading_label("", "es") == ""


# ---- what a member's text must not hold -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We did not approve the shots. Call 1-800-555-0100 (TTY 711).", []),
        ("The code 20553 and J1100.", [("code", "20553"), ("code", "J1100")]),
        ("For M54.81 and M542.", [("code", "M542"), ("code", "M54.81")]),
        ("Under 42 CFR 422.568 and ERISA.", [("law", "42 CFR 422.568"), ("acronym", "ERISA")]),
        ("Your EMG/NCS was normal.", [("acronym", "EMG"), ("acronym", "NCS")]),
        ("Trigger point injections (TPIs) help. TPIs are shots.", []),
        ("An EMG (a test of the nerves) was normal.", []),
        ("A TPI. A TPI.", [("acronym", "TPI")]),
        ("Vitamin C, an X-ray, a 10-day trial, room 101, year 2026.", []),
    ],
)
def test_lint(text, found):
    assert {(problem.kind, problem.text) for problem in lint(text)} == set(found)


def test_a_problem_says_what_to_do():
    assert lint("We used 20553.") == [WordingProblem("code", "20553", "“20553” looks like a procedure code. Say it in words.")]


def test_a_plans_own_letters_may_be_known():
    assert lint("Ask AHH.", explained={"ahh"}) == []


# ---- vague words ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The patient reports a couple months of muscle pain", [("couple", "duration")]),
        ("unknown 3 month duration symptoms", [("unknown", "duration")]),
        ("Continue with physical therapy advice.", [("Continue", "trial"), ("advice", "trial")]),
        ("possible occipital neuralgic presentation noted", [("possible", "diagnosis"), ("presentation noted", "diagnosis")]),
        ("extremely tender", [("tender", "exam")]),
        ("Trigger points are palpable in the upper trapezius, with tenderness on examination.", []),
        ("Chronic neck pain since 2024. Chronic headache.", [("Chronic", "duration")]),
        ("Naproxen 9/1/25 to 10/20/25, not effective.", []),
        ("unlikely, continuous, impossible", []),
    ],
)
def test_vague_words(text, found):
    assert [(word.text, word.about) for word in vague_words(text)] == found


@given(st.text())
def test_any_text_is_read(text):
    for word in vague_words(text):
        assert text[word.start : word.end] == word.text
    assert isinstance(lint(text), list)
    grade = reading_grade(text)
    assert grade is None or grade >= 0
    assert (reading_label(text, "es") == "") == (grade is None)
