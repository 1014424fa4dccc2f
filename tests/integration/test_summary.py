"""The determination summary reads like the determinations it comes from: same facts, same quotes, same split, no contradiction."""

import re

import pypdfium2
import pytest
from django.urls import reverse

from cases.actions.determination import approve_lines
from tests.decisions import approvable, denial, offered_and_held, referred
from tests.factories import founding_case, reviewed, user

pytestmark = pytest.mark.django_db


def page(client, case):
    client.force_login(user("nurse"))
    html = client.get(reverse("summary", args=[case.reference])).content.decode()
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.DOTALL)).replace("&#x27;", "'")
    return " ".join(words.split())


def test_case_a_is_split_and_undecided(client, frozen):
    words = page(client, referred())
    for said in (
        "Are trigger point injections and three nerve blocks medically necessary for myofascial pain, neck pain and occipital neuralgia?",
        "Draft, not all lines are signed",
        "Undecided. 5 things are missing. It is with the nurse.",
        "Undecided. The criteria are not met as marked (For occipital neuralgia). It is with a medical director.",
        "“a couple months of muscle pain”",
        "The masseter is asked for and was not examined.",
        "“Trigger points are palpable in the upper trapezius, levator scapulae, rhomboids and subscapularis”",
        "also open or approved for 16 Mar 2026: 64400, 64405 and 64450",
        "This is no date. Look for the day it began, or ask for it.",
        "Relief is mostly short term and small to moderate",
        "does not replace clinical judgement",
    ):
        assert said in words, said
    for never in ("with conditions", "Conditional", "recommend"):
        assert never.lower() not in words.lower().replace("recommendation", ""), never


def test_case_b_is_retrospective_and_waits(client, frozen):
    words = page(client, reviewed(founding_case("b")))
    for said in (
        "Were trigger point injections and an occipital block medically necessary",
        "“relaxed with dorsi” [sic]",
        "“unknown 3 month duration symptoms”",
        "“possible occipital neuralgic presentation noted”",
        "Undecided. 1 thing is missing. It is with the nurse.",
        "20553 counts once per visit; 2 units are asked for.",
        "exception of plan AHH 2026.1",
    ):
        assert said in words, said
    assert "Denied" not in words


def test_no_citation_dangles_and_no_reference_is_uncited(client, frozen):
    client.force_login(user("nurse"))
    html = client.get(reverse("summary", args=[referred().reference])).content.decode()
    cited = set(re.findall(r'href="#(ref-\d+)"', html))
    listed = re.findall(r'id="(ref-\d+)"', html)
    assert cited == set(listed)
    assert listed == [f"ref-{number}" for number in range(1, len(listed) + 1)]


def test_signed_lines_name_who_and_when(client, frozen):
    case = offered_and_held(referred())
    denial(case, 3)
    words = page(client, case)
    assert "Denied: not proven by studies (experimental). Signed by Medical Director Example, MD, 10 Mar 2026." in words
    assert "The use asked for is excluded by the policy in force." in words
    assert "signature verified" in words


def test_an_approved_line_says_units_dates_and_number(client, frozen):
    case = approvable()
    (signed,) = approve_lines(case_id=case.pk, lines=[3], by=user("nurse"))
    expected = (
        f"Approved: 1 of 1 unit, 16 Mar 2026 to 14 Jun 2026, authorization {signed.authorization_number}. Signed by Nurse Example, RN"
    )
    assert expected in page(client, case)


def test_the_pdf_says_the_same_under_a_name_without_a_person(client, frozen):
    case = referred()
    client.force_login(user("nurse"))
    response = client.get(reverse("summary-pdf", args=[case.reference]))
    assert response["Content-Disposition"] == f'inline; filename="{case.reference}-summary.pdf"'
    words = " ".join(" ".join(sheet.get_textpage().get_text_bounded() for sheet in pypdfium2.PdfDocument(response.content)).split())
    assert "Undecided. 5 things are missing. It is with the nurse." in words
    assert "“a couple months of muscle pain”" in words
