"""Letters as paper: tagged, readable, in the right language and size, the same bytes each time, drawn from our own files alone."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import page
import pikepdf
import pypdfium2
import pytest
from django.utils import timezone

from cases.letters import render
from cases.letters.context import html_of
from cases.letters.drafts import owed_letters
from cases.letters.render import merged, page_count, pdf_of, plain_document
from cases.letters.requirements import errors
from cases.models import Case
from cases.queries.letters import letter_material
from cases.queries.lines import line_review
from tests.letter_cases import answered, approved, asked, blocks_denied, flags_resolved, fresh, ready, referred, signed

pytestmark = pytest.mark.django_db

POINTS_IN_A_PIXEL = 0.75  # sizes stand in the pixels of CSS, scaled once a page


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    document.close()
    return " ".join(" ".join(pages).split())


def drawn(case):
    """Key -> PDF of every letter the case owes."""
    return {each.wanted.key: pdf_of(each.html) for each in owed_letters(letter_material(fresh(case)), timezone.now())}


def speaking(case, line_of_business, language, *, large_print=False):
    Case.objects.filter(pk=case.pk).update(line_of_business=line_of_business)
    case.member.language, case.member.large_print = language, large_print
    case.member.save()
    return fresh(case)


def sizes(pdf):
    """Every size of letter that a PDF draws, in points."""
    document = pypdfium2.PdfDocument(pdf)
    found = set()
    for number in range(len(document)):
        text = document[number].get_textpage()
        for place in range(text.count_chars()):
            if text.get_text_range(place, 1).strip():
                found.add(round(pypdfium2.raw.FPDFText_GetFontSize(text.raw, place) * POINTS_IN_A_PIXEL, 1))
    document.close()
    return found


def conforms(pdf):
    """PDF/UA-1, by an independent checker."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    return [str(failure) for failure in report.failures]


@pytest.fixture
def case(frozen):
    return asked(blocks_denied(), lines=[1])


LINES = ["commercial", "erisa_self_funded", "marketplace", "medicare_advantage", "medicaid"]


def test_every_kind_recipient_language_and_line_of_business(case):
    """Whole by the lint, tagged, with its language and title, and readable as text."""
    for line_of_business in LINES:
        for language in ("en", "es"):
            here = speaking(case, line_of_business, language)
            owed = owed_letters(letter_material(here), timezone.now())
            assert [each.wanted.key for each in owed if errors(each.problems)] == []
            for each in owed:
                pdf = pdf_of(each.html)
                check(pdf, each.draft.context)


def check(pdf, letter):
    with pikepdf.open(BytesIO(pdf)) as document:
        root = document.Root
        assert str(root.Lang) == letter.language
        assert bool(root.MarkInfo.Marked)
        assert str(document.docinfo["/Title"]) == f"{letter.title}, {letter.reference}"
        headers = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TH"]
        assert [str(each.A.Scope) for each in headers if str(each.A.Scope) not in ("/Row", "/Column")] == []
        assert bool(headers) == (letter.kind != "request_notice")
        fonts = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"]
        assert fonts
        assert all("/FontFile2" in each and "Source-Sans-3" in str(each.FontName) for each in fonts)
    assert min(sizes(pdf)) >= 12
    text = text_of(pdf)
    assert letter.title in text
    assert letter.reference in text
    assert "{" not in text


def test_conforms_to_pdf_ua(case):
    for pdf in drawn(case).values():
        assert conforms(pdf) == []


def test_what_the_member_reads(frozen):
    """Case A decided in part, under ERISA, as the mock-up of the letter has it."""
    case = approved(answered(asked(blocks_denied(line_of_business="erisa_self_funded"), lines=[1])), 1)
    pdfs = drawn(case)
    text = text_of(pdfs["decision-member"])
    for words in (
        "We approved part of what your doctor asked for",
        "Your doctor, Jordan Example, asked us on March 2, 2026",
        "A nurse and a doctor on our staff looked at your records.",
        "Shots into tight, painful muscle spots (shoulder and jaw) Approved 1 visit, March 16 to June 14, 2026.",
        "Numbing shots at a nerve of the face or forehead Not approved Planned for March 16, 2026. Reason 1 below.",
        "Our rule says studies have not yet shown that shots at the forehead nerves help with headache or nerve pain.",
        "We used our policy Nerve blocks of the head, neck and other peripheral nerves, version 2026.1.",
        "section 4.2 of your plan",
        "A note from your doctor that shows a different reason for the care, one that our rule covers.",
        "You have until September 11, 2026: 180 days from the day you get this letter, with 5 days for the mail.",
        "If waiting could harm your health",
        "Appeals, PO Box 101, Sampletown, OH 43001",
        "1-866-444-3272",
        "section 502(a) of a law called ERISA",
        "you must still be a member on the day of your visit",
        "Si habla español",
    ):
        assert words in text, words
    for code in ("20553", "64400", "64405", "64450", "M54.81"):
        assert code not in text
    practice = text_of(pdfs["decision-practitioner"])
    for words in (
        "64405",
        "M54.81 Occipital neuralgia",
        "For occipital neuralgia Applies",
        "“Occipital neuralgia” Office visit note, page 1",
    ):
        assert words in practice, words
    for words in (
        "until March 24, 2026. Call 1-800-555-0102",
        "Medical Director Example, MD, Pain medicine, licence OH",
        "Addendum, March 5, 2026",
    ):
        assert words in practice, words


def test_what_a_spanish_member_reads_after_the_service(frozen):
    """Case B: asked first, then 64405 approved under the overlay."""
    case = asked(ready("b"))
    notice = text_of(drawn(case)[f"request_notice-{case.requests.get().pk}-member"])
    for words in (
        "Pedimos más registros a su médico",
        "Usted ya recibió esta atención.",
        "No tiene que pagar por esto.",
        "24 de abril de 2026",
    ):
        assert words in notice, words
    case = approved(flags_resolved(answered(case)), 2)
    text = text_of(drawn(case)["decision-member"])
    for words in (
        "Aprobamos la atención que usted recibió",
        "Aprobado 2 tratamientos, el 17 de febrero de 2026.",
        "Ahora revisaremos la factura.",
    ):
        assert words in text, words


def test_large_print(case):
    here = speaking(case, "medicaid", "en", large_print=True)
    pdfs = drawn(here)
    assert min(sizes(pdfs["decision-member"])) == 18
    assert min(sizes(pdfs["decision-practitioner"])) == 12


def test_a_denial_for_want_of_information_says_what_was_asked_and_when(frozen):
    case = asked(ready("a"), lines=[1])
    frozen.shift(60 * 60 * 24 * 46)
    case = signed(referred(case, [1]), 1, basis="no_information")
    text = text_of(drawn(case)["decision-member"])
    assert "We asked your doctor for this on March 10, 2026. The answer was due by April 24, 2026. It did not come." in text
    assert "The date the pain in this area began" in text  # what could change it is what was asked


def test_a_part_of_what_was_asked(frozen):
    reason = {"en": "Your records show trigger points in the shoulder. They show none in the jaw."}
    case = signed(
        referred(ready("a"), [1]),
        1,
        outcome="approved_in_part",
        basis="medical_necessity",
        reason=reason,
        approved_sites=("trapezius, both sides",),
    )
    pdfs = drawn(case)
    text = text_of(pdfs["decision-member"])
    assert "The rest is not approved: reason 1 below." in text
    assert reason["en"] in text
    assert "Approved 1 unit; trapezius, both sides; March 16 to June 14, 2026" in text_of(pdfs["decision-practitioner"])


# ---- drawing --------------------------------------------------------------------------------------------------------------------
def test_the_same_text_gives_the_same_bytes(case):
    owed = owed_letters(letter_material(case), timezone.now())[0]
    assert pdf_of(html_of(owed.draft.text)) == pdf_of(owed.html)


def test_a_watermark_until_it_is_issued(case):
    html = owed_letters(letter_material(case), timezone.now())[0].html
    draft = pdf_of(html, watermark="DRAFT")
    assert draft != pdf_of(html)
    assert conforms(draft) == []


@pytest.mark.parametrize("url", ["http://example.com/x.css", "file:///etc/passwd", "../../authreview/settings.py"])
def test_nothing_is_fetched_from_outside(url, caplog):
    with caplog.at_level(logging.CRITICAL), pytest.raises(ValueError, match="fetches nothing from outside"):
        pdf_of(f'<html lang="en"><head><title>x</title></head><body><img alt="x" src="{url}"></body></html>')


def test_threads_take_turns():
    with ThreadPoolExecutor(4) as pool:
        pdfs = list(pool.map(lambda _: plain_document("A note", "The same words."), range(8)))
    assert len(set(pdfs)) == 1


def test_a_plain_document_keeps_its_lines():
    pdf = plain_document("Office visit note", "History:\n  a couple months of muscle pain <in the neck> & shoulders")
    assert "a couple months of muscle pain <in the neck> & shoulders" in text_of(pdf)
    assert conforms(pdf) == []
    assert page_count(pdf) == 1
    assert page_count(plain_document("Long", "line\n" * 200)) > 3


def test_a_fragment_gets_its_title_and_language():
    with pikepdf.open(BytesIO(pdf_of("<h1>Resumen</h1>", title="Caso & más", language="es"))) as document:
        assert (str(document.Root.Lang), str(document.docinfo["/Title"])) == ("es", "Caso & más")


def test_several_letters_as_one_file():
    pages = merged([plain_document("One", "first"), plain_document("Two", "second")])
    assert page_count(pages) == 2
    assert text_of(pages).startswith("One first")


def test_fonts_are_our_own():
    assert render.os.environ["FONTCONFIG_FILE"].endswith("static/letters/fonts/fonts.conf")


def test_what_lines_have_alike_is_said_once_to_the_practice(frozen):
    """Three denied blocks: what holds for each stands once, what is each one's own stays with it, and the letter keeps to three pages."""
    case = blocks_denied()
    (practice,) = [each for each in owed_letters(letter_material(case), timezone.now()) if each.wanted.key == "decision-practitioner"]
    text = text_of(pdf_of(practice.html))
    assert text.count("Lines 2, 3 and 4 alike") == 1
    for once in (
        "Documentation of another indication for the service",
        "Not proven by studies (experimental)",
        "offered on March 10, 2026",
    ):
        assert text.count(once) == 1, once
    assert text.count("Clinical rationale") == text.count("The policy, criterion by criterion") == 3
    for each in practice.draft.expected.criteria:
        assert each[1] in text
    review = [line_review(line) for line in letter_material(case).record.lines][2]
    assert all(leaf.text in text for leaf in review.criteria)  # none is left out, quoted or not
    assert page_count(pdf_of(practice.html)) <= 3
    assert practice.problems == []


def test_a_letter_stored_before_there_was_anything_alike_is_drawn_again(frozen):
    case = blocks_denied()
    (practice,) = [each for each in owed_letters(letter_material(case), timezone.now()) if each.wanted.key == "decision-practitioner"]
    stored = json.loads(practice.draft.text)
    del stored["together"]
    for block in stored["blocks"]:
        del block["unquoted"]
    assert "Clinical rationale" in html_of(json.dumps(stored))
