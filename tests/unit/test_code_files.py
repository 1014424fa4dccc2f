"""A file of codes: how it is written, its rows, its errors. And what its rows change in the codes that are kept."""

from datetime import date, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.code_changes import ChangeKind, Version, plan
from cases.code_files import MOST_BYTES, NotACodeFile, Release, RowError, check_size, open_table, read_codes
from cases.enums import CodeSet

TODAY = date(2026, 3, 10)
OCTOBER, NEXT = date(2026, 10, 1), date(2027, 10, 1)
DIAGNOSES = Release(CodeSet.DIAGNOSIS, OCTOBER)
PROCEDURES = Release(CodeSet.PROCEDURE, date(2027, 1, 1))


def read(text, release=DIAGNOSES, encoding="utf-8"):
    return read_codes(text.encode(encoding), release)


def rows(file):
    return [(row.row, row.code, row.text, row.effective_from, row.effective_until) for row in file.rows]


def errors(text, release=DIAGNOSES):
    file = read(text, release)
    assert file.error_count == len(file.errors)
    return [(error.row, error.column, error.found, error.message) for error in file.errors]


def sentence(data, release=DIAGNOSES):
    with pytest.raises(NotACodeFile) as refused:
        read_codes(data, release)
    return refused.value.sentence


class TestHowItIsWritten:
    @pytest.mark.parametrize(
        ("encoding", "told"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with a byte order mark"), ("cp1252", "Windows-1252")]
    )
    def test_encodings(self, encoding, told):
        file = read("code,text\nH81.09,Ménière’s disease\n", encoding=encoding)
        assert (rows(file), file.table.encoding) == ([(2, "H81.09", "Ménière’s disease", OCTOBER, None)], told)

    @pytest.mark.parametrize(("sign", "told"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
    def test_delimiters(self, sign, told):
        file = read(f"Code{sign}Long Description{sign}Chapter\r\nM542{sign}Cervicalgia{sign}13\r\n")
        assert (rows(file), file.table.separated_by, file.table.not_read) == (
            [(2, "M54.2", "Cervicalgia", OCTOBER, None)],
            told,
            ("Chapter",),
        )

    def test_the_longer_text_is_read(self):
        assert rows(read("short description,code,long description\nNeck,M54.2,Cervicalgia\n")) == [
            (2, "M54.2", "Cervicalgia", OCTOBER, None)
        ]

    def test_what_spreadsheets_do(self):
        """A line that names the delimiter, empty lines, old line ends, empty cells at the end, spaces; the point left out."""
        file = read('sep=;\r\rcode;text\r  m5481 ;"Occipital\tneuralgia ";;\r\r;\rA00;Cholera')
        assert (rows(file), file.errors) == (
            [(4, "M54.81", "Occipital neuralgia", OCTOBER, None), (7, "A00", "Cholera", OCTOBER, None)],
            (),
        )

    def test_what_cannot_be_billed_is_left_out(self):
        file = read("code,text,billable\nM54,Dorsalgia,0\nM54.2,Cervicalgia,1\n")
        assert (rows(file), file.passed_over) == ([(3, "M54.2", "Cervicalgia", OCTOBER, None)], 1)

    def test_days_of_a_row(self):
        file = read("code,text,effective date,end date\nM54.2,Cervicalgia,10/01/2026,20270930\nM54.6,Pain,2027-04-01,\n")
        assert [(row[3], row[4]) for row in rows(file)] == [(OCTOBER, date(2027, 9, 30)), (date(2027, 4, 1), None)]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "This file is empty."),
        (b" \n\r\n", "This file holds no text."),
        (b"%PDF-1.7\n\0", "This is a PDF, whatever its name says. Save the table as CSV."),
        (b"PK\x03\x04rest", "This is a spreadsheet or a zip file. Save the sheet as CSV (UTF-8) and bring that."),
        ("code,text\nA00,x\n".encode("utf-16"), "This file is written in UTF-16. Save it as CSV (UTF-8)."),
        (b"code,text\nA00,Chol\0era\n", "Row 2 holds a NUL byte, so this is no text. Save the table again as CSV (UTF-8)."),
        (b"code,text\n\nA00,\x81\n", "Row 3 holds the byte 81, which is neither UTF-8 nor Windows-1252. Save the table as CSV (UTF-8)."),
        (b"code,text\n", "This file has a header and no codes under it."),
        (b"M54.2,Cervicalgia\n", "The first row holds a code, not the names of the columns. Put a row “code,text” above it."),
        (b"code,chapter\nM54.2,13\n", "The header has no column named “text”; it reads “code,chapter”."),
        (b"a,b\nM54.2,13\n", "The header has no column named “code” and “text”; it reads “a,b”."),
        (b"code^text\nM54.2^x\n", "The columns are not separated by comma, semicolon, tab or bar; the header reads “code^text”."),
        (b"code,text,Code\nM54.2,x,y\n", "The header has two columns named “code”. Leave one."),
    ],
)
def test_the_file_as_a_whole(data, told):
    assert sentence(data) == told


def test_size():
    with pytest.raises(NotACodeFile, match=r"This file has 50\.0 MB; the limit is 20 MB\. Leave out columns that are not needed\."):
        check_size(50 * 1024 * 1024)
    check_size(MOST_BYTES)


class TestErrorsByRow:
    def test_codes_and_texts(self):
        told = errors(f"code,text\nM5,x\nM54.2,\n,x\nM54.6,{'a' * 301}\nM54.81,Neur\u200balgia\nR51.9,Headache \ufffd\n")
        shape = "An ICD-10-CM code reads like M54.2 or M79.18."
        assert told == [
            (2, "code", "M5", shape),
            (3, "text", "", "The text is empty. Write between 1 and 300 characters."),
            (4, "code", "", f"The code is empty. {shape}"),
            (5, "text", "a" * 79 + "…", "The text has 301 characters; 300 are allowed."),
            (6, "text", "Neur\u200balgia", "The text holds a character that does not print (U+200B). Take it out."),
            (
                7,
                "text",
                "Headache \ufffd",
                "The text holds “\ufffd”: it was saved in the wrong encoding once. Take it from its source again.",
            ),
        ]

    def test_procedure_codes(self):
        assert errors("code,descriptor\n100,x\n64405,x\n", PROCEDURES) == [
            (2, "code", "100", "A procedure code has five characters: digits, or digits and capital letters.")
        ]

    def test_days(self):
        told = errors("code,text,from,until\nA00,x,soon,\nA01,x,2026-09-30,\nA02,x,2026-11-01,2026-10-31\nA03,x,,2027-02-30\n")
        assert told == [
            (2, "effective from", "soon", "This is no day. Write 2026-10-01 or 10/01/2026."),
            (3, "effective from", "2026-09-30", "This is before the release begins, 2026-10-01."),
            (4, "effective until", "2026-10-31", "The last day is before the first, 2026-11-01."),
            (5, "effective until", "2027-02-30", "This is no day. Write 2026-10-01 or 10/01/2026."),
        ]

    def test_repeated_and_overlapping(self):
        told = errors("code,text,from,until\nA00,x,,\na00,y,,\nA01,x,,2027-09-30\nA01,x,2027-09-30,\nA01,x,2027-10-01,\n")
        assert told == [
            (3, "code", "A00", "This code stands in row 2 already. A code stands once in a file."),
            (5, "effective from", "2027-09-30", "These days overlap those of row 4 for the same code, 2026-10-01 to 2027-09-30."),
        ]

    def test_cells(self):
        told = errors('code,text\nR52,Pain, unspecified\nA00;x\nA01,"Two\nrows"\nA02,x\n')
        assert told == [
            (2, "row", "R52,Pain, unspecified", "3 cells where the header has 2. A text with a comma in it belongs in quotation marks."),
            (3, "row", "A00;x", "1 cell where the header has 2. Cells are separated by a comma, as in the header."),
            (4, "text", "Two rows", "The text runs over several rows: a quotation mark may be open. Write it on one row."),
        ]

    def test_a_quotation_mark_that_is_never_closed(self):
        told = errors('code,text\nA00,x\nA01,"' + "a\n" * 70_000)
        assert told == [(3, "row", "", "A quotation mark opens here and is not closed within 131,072 characters.")]

    def test_ten_thousand(self):
        file = read("code,text\n" + "?,x\n" * 10_000)
        assert (file.error_count, len(file.errors), file.errors[-1].row, file.rows) == (10_000, 200, 201, ())


# ---- what changes ---------------------------------------------------------------------------------------------------------------
SINCE = date(2025, 10, 1)
LAST = OCTOBER - timedelta(days=1)


def kept(**codes):
    """code=[(text, from, until), ...]"""
    return {
        code.replace("_", "."): [Version(number + 10 * place, *version) for number, version in enumerate(versions, 1)]
        for place, (code, versions) in enumerate(codes.items())
    }


def planned(text, versions, release=DIAGNOSES, today=TODAY):
    return plan(read(text, release), release, versions, today)


def changed(found):
    return [
        (change.kind.value, change.code, change.version.pk if change.version else None, change.starts, change.ends, change.in_place)
        for change in found.changes
    ]


class TestChanges:
    def test_new_reworded_ended_unchanged(self):
        found = planned(
            "code,text\nA00,new\nA01,better\nA02,same\n",
            kept(
                A01=[("old", SINCE, None)],
                A02=[("same", SINCE, None)],
                A03=[("gone", SINCE, None)],
                A04=[("long over", SINCE, date(2026, 1, 1))],
            ),
        )
        assert changed(found) == [
            ("new", "A00", None, OCTOBER, None, False),
            ("reworded", "A01", 1, OCTOBER, None, False),
            ("ended", "A03", 21, None, LAST, False),
        ]
        assert [change.last_day for change in found.changes[1:]] == [LAST, LAST]
        assert (found.unchanged, found.in_force, found.error_count) == (1, 3, 0)

    def test_additions_end_nothing(self):
        release = Release(CodeSet.DIAGNOSIS, OCTOBER, None, False)
        assert changed(planned("code,text\nA00,new\n", kept(A01=[("old", SINCE, None)]), release)) == [
            ("new", "A00", None, OCTOBER, None, False)
        ]

    def test_a_release_that_is_over_fills_gaps_and_ends_nothing(self):
        release = Release(CodeSet.DIAGNOSIS, date(2024, 10, 1), date(2025, 9, 30))
        found = planned(
            "code,text\nA00,before\nA01,other\nA02,same\n",
            kept(
                A00=[("now", SINCE, None)],
                A01=[("now", date(2020, 1, 1), None)],
                A02=[("same", date(2020, 1, 1), None)],
                A03=[("x", SINCE, None)],
            ),
            release,
        )
        assert changed(found) == [("new", "A00", None, date(2024, 10, 1), date(2025, 9, 30), False)]
        message = "These days lie inside those of other wording, in force since 2020-01-01. A past release fills gaps only."
        assert (found.unchanged, found.errors) == (1, (RowError(3, "effective until", "2025-09-30", message),))

    def test_a_year_follows_a_year(self):
        """The same words go on; other words start a version of their own."""
        release = Release(CodeSet.DIAGNOSIS, OCTOBER, date(2027, 9, 30))
        versions = kept(A00=[("same", SINCE, LAST)], A01=[("old", SINCE, LAST)])
        found = planned("code,text\nA00,same\nA01,better\n", versions, release)
        assert changed(found) == [
            ("extended", "A00", 1, SINCE, date(2027, 9, 30), False),
            ("new", "A01", None, OCTOBER, date(2027, 9, 30), False),
        ]

    def test_a_last_day_never_shortens_what_stays(self):
        release = Release(CodeSet.DIAGNOSIS, OCTOBER, date(2027, 9, 30))
        found = planned("code,text\nA00,same\n", kept(A00=[("same", SINCE, None)]), release)
        assert (changed(found), found.unchanged) == ([], 1)

    def test_what_is_in_use_is_not_overwritten(self):
        release = Release(CodeSet.DIAGNOSIS, SINCE)
        found = planned("code,text\nA00,other\n", kept(A00=[("old", SINCE, None)], A01=[("x", SINCE, None)]), release)
        assert (changed(found), [(error.row, error.message) for error in found.errors]) == (
            [],
            [
                (2, "This code has other wording from 2025-10-01 on, which is in use. A correction starts on a later day."),
                (0, "This code is in use since 2025-10-01 and the file lacks it. A release that ends it starts on a later day."),
            ],
        )

    def test_what_is_still_to_come_is_replaced(self):
        versions = kept(A00=[("old", SINCE, LAST), ("wrong", OCTOBER, None)], A01=[("too early", OCTOBER, None)])
        assert changed(planned("code,text\nA00,right\n", versions)) == [
            ("reworded", "A00", 2, OCTOBER, None, True),
            ("withdrawn", "A01", 11, None, None, False),
        ]

    def test_a_later_version_stands_in_the_way(self):
        found = planned("code,text\nA00,x\n", kept(A00=[("old", SINCE, NEXT - timedelta(days=1)), ("later", NEXT, None)]))
        message = "This code has a version from 2027-10-01 already. Give a last day before it, or a first day after it."
        assert (changed(found), found.errors) == ([], (RowError(2, "effective until", "", message),))

    def test_two_rows_of_one_code(self):
        text = "code,text,from,until\nA00,first,,2027-09-30\nA00,second,2027-10-01,\n"
        assert changed(planned(text, kept(A00=[("old", SINCE, None)]))) == [
            ("reworded", "A00", 1, OCTOBER, date(2027, 9, 30), False),
            ("new", "A00", None, NEXT, None, False),
        ]

    def test_a_row_with_an_error_does_not_end_its_code(self):
        found = planned("code,text\nA00,\n", kept(A00=[("old", SINCE, None)]))
        assert (changed(found), found.endings_unknown, found.error_count) == ([], True, 1)

    def test_many_endings_are_asked_about(self):
        versions = {f"A{number:02}": [Version(number + 1, "x", SINCE, None)] for number in range(100)}
        few, many = ("code,text\n" + "".join(f"A{number:02},x\n" for number in range(start, 100)) for start in (10, 11))
        assert (planned(few, versions).ends_many, planned(many, versions).ends_many) == (False, True)


# ---- against every input --------------------------------------------------------------------------------------------------------
DAYS = [date(2025, 10, 1), date(2026, 3, 11), date(2026, 4, 1), OCTOBER, NEXT]
TEXTS = ["one", "two"]
CODES = ["A00", "A01", "A02"]
NUMBERS = count(1)


def applied(versions, found):
    """The codes as they are after an import: what actions/codes.py does with rows, done with tuples."""
    after = {code: [*line] for code, line in versions.items()}
    for change in found.changes:
        line = after.setdefault(change.code, [])
        if change.version is not None:
            old = next(each for each in line if each.pk == change.version.pk)
            line.remove(old)
            if change.in_place:
                line.append(Version(old.pk, change.after, old.effective_from, change.ends))
            elif change.kind is not ChangeKind.WITHDRAWN:
                line.append(Version(old.pk, old.text, old.effective_from, change.last_day))
        if change.kind in (ChangeKind.NEW, ChangeKind.REWORDED) and not change.in_place:
            line.append(Version(next(NUMBERS), change.after, change.starts, change.ends))
    for line in after.values():
        line.sort(key=lambda each: each.effective_from)
    return after


@st.composite
def releases(draw):
    starts = draw(st.sampled_from(DAYS))
    ends = draw(st.none() | st.sampled_from([starts + timedelta(days=days) for days in (0, 100, 364)]))
    listed = draw(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(TEXTS)), min_size=1, max_size=3, unique_by=lambda row: row[0]))
    text = "code,text\n" + "".join(f"{code},{words}\n" for code, words in listed)
    return text, Release(CodeSet.DIAGNOSIS, starts, ends, draw(st.booleans())), listed


@settings(max_examples=150, deadline=None)
@given(st.lists(releases(), min_size=1, max_size=5))
def test_history_stays_whole(many):
    """After any run of imports: versions of a code never overlap, what was in use keeps its words, a second import changes nothing."""
    versions = {}
    for text, release, listed in many:
        found = planned(text, versions, release)
        if found.error_count:
            continue
        after = applied(versions, found)
        for line in after.values():
            for one, other in pairwise(line):
                assert one.effective_until is not None
                assert one.effective_until < other.effective_from
            assert all(each.effective_until is None or each.effective_from <= each.effective_until for each in line)
        words = {each.pk: each.text for line in after.values() for each in line}
        used = [each for line in versions.values() for each in line if each.effective_from <= TODAY]
        assert [words.get(each.pk) for each in used] == [each.text for each in used]
        for code, said in listed:
            assert [each.text for each in after[code] if each.holds(release.effective_from)] == [said]
        again = planned(text, after, release)
        assert (again.changes, again.error_count) == ((), 0)
        versions = after


def refusal(attempt):
    """What an attempt gave, and the sentence with which it was refused."""
    try:
        return attempt(), ""
    except NotACodeFile as refused:
        return None, refused.sentence


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_sentence(data):
    file, told = refusal(lambda: read_codes(b"code,text\n" + data, DIAGNOSES))
    if file is None:
        assert told.endswith(".")
    else:
        assert file.error_count >= len(file.errors)
        assert file.rows or file.error_count or file.passed_over


@given(st.binary(max_size=60))
def test_any_header_is_read_or_refused(data):
    table, told = refusal(lambda: open_table(data, CodeSet.PROCEDURE))
    assert told.endswith(".") if table is None else {"code", "text"} <= set(table.places)


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=40).filter(
    lambda text: "\ufffd" not in text
)


@given(st.dictionaries(st.from_regex(r"[A-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}", fullmatch=True), WORDS, min_size=1, max_size=8))
def test_what_is_written_is_read(codes):
    quoted = {code: text.replace('"', '""') for code, text in codes.items()}
    file = read("code,text\n" + "".join(f'{code},"{text}"\n' for code, text in quoted.items()))
    assert ({row.code: row.text for row in file.rows}, file.errors) == (codes, ())
