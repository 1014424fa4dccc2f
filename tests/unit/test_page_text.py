"""From bytes to words with places, and from words to a verbatim quote."""

import io

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from authreview.errors import Incomplete
from cases.models import Document, DocumentPage
from cases.page_text import Box, Quote, boxes, cut_quote, find_quote, printed_lines
from cases.reading import Unreadable, page_image, read_file
from cases.reading.typed import HEIGHT, MARGIN, WIDTH
from tests.pdf import pdf_of

LINES = ["Patient (adult) reports a couple", "months of  muscle pain.", "It’s “worse” at work."]


def page_of(read, number=1):
    page = read.pages[number - 1]
    return DocumentPage(document=Document(title="Visit note"), number=number, text=page.text, words=page.words)


@pytest.fixture
def page():
    return page_of(read_file(pdf_of(LINES)))


class TestPdf:
    def test_words_are_the_words_of_the_text(self, page):
        assert [page.text[start:end] for start, end, *_ in page.words] == " ".join(LINES).split()
        assert printed_lines(page.text, page.words) == [[0, 1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]

    def test_boxes_are_points_from_the_top_left(self, page):
        first = page.words[0]
        assert first[2] == pytest.approx(72, abs=0.5)
        assert first[3] + first[5] / 2 == pytest.approx(792 - 720 - 4, abs=3)  # the middle of small letters on the first base line

    def test_crop_moves_the_origin(self, page):
        cropped = read_file(pdf_of(LINES, crop=(50, 300, 612, 792))).pages[0]
        assert (cropped.width, cropped.height) == (562, 492)
        assert [(each[2] + 50, each[3]) for each in cropped.words] == [pytest.approx((each[2], each[3]), abs=0.02) for each in page.words]

    @pytest.mark.parametrize("rotate", [90, 180, 270])
    def test_words_stay_on_a_turned_page(self, rotate):
        turned = read_file(pdf_of(LINES, rotate=rotate)).pages[0]
        assert sorted(turned.text[int(word[0]) : int(word[1])] for word in turned.words) == sorted(" ".join(LINES).split())
        assert all(x >= 0 and y >= 0 and x + w <= turned.width and y + h <= turned.height for _, _, x, y, w, h in turned.words)

    def test_text_has_no_nul_and_no_carriage_return(self, page):
        assert {"\0", "\r"} & set(page.text) == set()

    def test_image_is_one_hundred_and_ten_dots_an_inch_and_never_huge(self):
        picture = page_image(pdf_of(LINES), "application/pdf", 1)
        assert (picture.content_type, Image.open(io.BytesIO(picture.data)).size) == ("image/png", (935, 1210))
        poster = page_image(pdf_of(LINES, crop=(0, 0, 612, 792)).replace(b"0 0 612 792", b"0 0 9999 79"), "application/pdf", 1)
        assert max(Image.open(io.BytesIO(poster.data)).size) <= 2200

    def test_locked(self):
        locked = io.BytesIO()
        pikepdf.open(io.BytesIO(pdf_of(LINES))).save(locked, encryption=pikepdf.Encryption(user="secret", owner="secret"))
        with pytest.raises(Unreadable, match="This PDF is locked with a password."):
            read_file(locked.getvalue())

    def test_too_many_pages(self, settings):
        settings.DOCUMENT_MAX_PAGES = 2
        assert len(read_file(pdf_of(["a"], ["b"])).pages) == 2
        with pytest.raises(Unreadable, match="This PDF has 3 pages; the limit is 2."):
            read_file(pdf_of(["a"], ["b"], ["c"]))


class TestOtherFiles:
    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"", "This file is empty."),
            (b"%PDF-1.7 nothing", "This PDF is damaged"),
            (b"\x89PNG\r\n\x1a\n and then nothing", "This picture is damaged"),
            (b"GIF89a" + b"\0" * 30, "This is a file of type gif."),
            (bytes(range(256)) * 4, "This is neither a PDF, a picture, a text nor a DOCX file."),
            (b"<!DOCTYPE html><p>note", "This is a web page or RTF file."),
            (b"  \n\n ", "This file holds no text."),
        ],
    )
    def test_refused(self, data, sentence):
        with pytest.raises(Unreadable, match=sentence):
            read_file(data)

    def test_cut_short_picture(self):
        whole = io.BytesIO()
        Image.effect_noise((400, 400), 90).save(whole, format="PNG")
        with pytest.raises(Unreadable, match="This picture is damaged"):
            read_file(whole.getvalue()[:5000])

    def test_picture_lying_on_its_side(self):
        photo = io.BytesIO()
        turned = Image.Exif()
        turned[0x0112] = 6
        Image.new("RGB", (400, 200), "white").save(photo, format="JPEG", exif=turned)
        page = read_file(photo.getvalue()).pages[0]
        shown = Image.open(io.BytesIO(page_image(photo.getvalue(), "image/jpeg", 1).data))
        assert (page.width, page.height, shown.size) == (612, 1224, (200, 400))

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_text_in_any_of_the_usual_encodings(self, encoding):
        assert read_file("Señora says “45°”".encode(encoding)).pages[0].text == "Señora says “45°”"

    def test_form_feed_begins_a_page(self):
        assert [page.text for page in read_file(b"one\n\x0ctwo\n\n  three").pages] == ["one", "two\n\n  three"]

    def test_long_text_goes_over_pages(self, settings):
        pages = read_file("\n".join(f"line {number}" for number in range(100)).encode()).pages
        assert [len(page.text.split("\n")) for page in pages] == [48, 48, 4]
        settings.DOCUMENT_MAX_PAGES = 2
        with pytest.raises(Unreadable, match="more than 2 pages"):
            read_file(b"\n".join([b"line"] * 100))

    @given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).filter(str.strip))
    def test_no_word_of_a_text_is_lost_or_leaves_the_paper(self, text):
        try:
            pages = read_file(text.encode("utf-8")).pages
        except Unreadable:
            return
        assert "".join("".join(page.text.split()) for page in pages) == "".join(text.split())
        for page in pages:
            assert "".join(page.text[int(word[0]) : int(word[1])] for word in page.words) == "".join(page.text.split())
            assert all(word[2] >= MARGIN and word[2] + word[4] <= WIDTH - MARGIN + 0.1 for word in page.words)
            assert all(word[3] >= MARGIN and word[3] + word[5] <= HEIGHT - MARGIN for word in page.words)


class TestCut:
    def test_over_lines_with_single_spaces(self, page):
        quote = cut_quote(page, 3, 8)
        assert quote == Quote(page.text.index("a couple"), page.text.index("pain.") + 5, "a couple months of muscle pain.")

    def test_one_word(self, page):
        assert cut_quote(page, 0, 0).text == "Patient"

    @pytest.mark.parametrize(("first", "last"), [(-1, 2), (3, 2), (0, 13), (99, 100)])
    def test_outside_of_the_page(self, page, first, last):
        with pytest.raises(Incomplete, match="This passage is not on that page."):
            cut_quote(page, first, last)

    def test_too_long(self):
        page = page_of(read_file(b"word " * 700))
        with pytest.raises(Incomplete, match="Cite at most 3,000 characters at a time."):
            cut_quote(page, 0, len(page.words) - 1)


class TestFind:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("a couple months of muscle pain", "a couple months of muscle pain"),
            ("  a couple\n months ", "a couple months"),
            ('It\'s "worse"', "It’s “worse”"),
            ("PATIENT (ADULT)", "Patient (adult)"),
        ],
    )
    def test_the_page_says_it(self, page, typed, found):
        quote = find_quote(page, typed)
        assert quote.text == found
        assert " ".join(page.text[quote.start : quote.end].split()) == found

    @pytest.mark.parametrize("typed", ["muscle pains", "couple of months", ".*"])
    def test_the_page_does_not_say_it(self, page, typed):
        with pytest.raises(Incomplete, match="These words do not stand on page 1 of Visit note."):
            find_quote(page, typed)

    def test_nothing(self, page):
        with pytest.raises(Incomplete, match="Select or type the passage that shows it."):
            find_quote(page, " \n")

    def test_typed_from_a_picture(self):
        page = DocumentPage(document=Document(title="Fax"), number=1, text="", words=[])
        assert find_quote(page, " onset \n 8/10/25 ") == Quote(None, None, "onset 8/10/25")


def test_marks_are_one_rectangle_a_line():
    words = [[0, 2, 10, 10, 20, 12], [3, 5, 35, 10, 20, 12], [6, 8, 10, 24, 20, 12], [9, 11, 35, 24, 20, 12]]
    assert boxes(words, 3, 8) == [Box(35, 10, 20, 12), Box(10, 24, 20, 12)]
    assert boxes(words, 0, 11) == [Box(10, 10, 45, 12), Box(10, 24, 45, 12)]
    assert boxes(words, 4, 5) == [Box(35, 10, 20, 12)]
    assert boxes(words, 5, 5) == []
