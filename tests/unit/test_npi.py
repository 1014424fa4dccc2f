"""The check digit of a National Provider Identifier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.npi import npi_problem


@pytest.mark.parametrize("npi", ["1234567893", "1245319599"])
def test_the_practitioners_of_the_founding_cases(npi):
    assert npi_problem(npi) == ""


@pytest.mark.parametrize(
    ("npi", "sentence"),
    [
        ("1234567890", "This NPI does not pass its check digit: one of the digits is wrong, or two are swapped."),
        ("1234567983", "This NPI does not pass its check digit: one of the digits is wrong, or two are swapped."),
        ("123456789", "An NPI has ten digits; this one has 9."),
        ("12345678933", "An NPI has ten digits; this one has 11."),
        ("3234567893", "An NPI starts with 1 or 2."),
        ("12345 6789", "An NPI has ten digits and nothing else."),
        ("١٢٣٤٥٦٧٨٩٣", "An NPI has ten digits and nothing else."),
        ("", "An NPI has ten digits and nothing else."),
    ],
)
def test_what_is_wrong_is_said(npi, sentence):
    assert npi_problem(npi) == sentence


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_of_ten_numbers_that_differ_in_the_last_digit_one_is_valid(stem):
    assert sum(not npi_problem(f"{stem}{digit}") for digit in range(10)) == 1


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True), st.integers(1, 9), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(stem, place, more):
    npi = next(f"{stem}{digit}" for digit in range(10) if not npi_problem(f"{stem}{digit}"))
    wrong = npi[:place] + str((int(npi[place]) + more) % 10) + npi[place + 1 :]
    assert npi_problem(wrong)


@given(st.text())
def test_any_text_has_an_answer(text):
    """Nothing but ten plain digits passes."""
    assert npi_problem(text) or (len(text) == 10 and text.isascii() and text.isdigit())
