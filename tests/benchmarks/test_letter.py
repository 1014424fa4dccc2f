"""What a letter costs beside WeasyPrint alone on the same HTML, stylesheets and fonts. Prints; the aim is 1.1."""

from statistics import median
from time import perf_counter

import pytest
import weasyprint
from django.utils import timezone
from weasyprint.text.fonts import FontConfiguration

from cases.letters.context import html_of
from cases.letters.drafts import owed_letters
from cases.letters.render import SHEETS, STATIC, OwnFiles, pdf_of
from cases.queries.letters import letter_material
from tests.letter_cases import blocks_denied

ROUNDS = 15


@pytest.mark.django_db
def test_one_letter(frozen, time_machine, capsys):
    owed = owed_letters(letter_material(blocks_denied()), timezone.now())
    time_machine.move_to(timezone.now(), tick=True)
    text, html = owed[0].draft.text, owed[0].html
    fonts = FontConfiguration()
    sheets = [weasyprint.CSS(filename=str(STATIC / name), font_config=fonts, url_fetcher=OwnFiles()) for name in SHEETS]

    def alone():
        page = weasyprint.HTML(string=html, base_url=STATIC.as_uri() + "/")
        return page.write_pdf(font_config=fonts, stylesheets=sheets, pdf_variant="pdf/ua-1", pdf_tags=True)

    def ours():
        return pdf_of(html_of(text))

    times = {alone: [], ours: []}
    for each in (alone, ours):
        each()
    for _ in range(ROUNDS):
        for each, taken in times.items():
            start = perf_counter()
            each()
            taken.append(perf_counter() - start)
    floor, letter = (median(taken) * 1000 for taken in times.values())
    with capsys.disabled():
        print(f"\n  a letter {letter:.0f} ms, WeasyPrint alone {floor:.0f} ms: {letter / floor:.2f}x (aim 1.10)")
