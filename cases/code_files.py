"""A code table as CSV -> its rows, and what is wrong with them by row and column. Pure; what the rows change is code_changes.py.

No code set is shipped: a licensed table comes from whoever holds the licence, ICD-10-CM from its public release.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from .enums import CodeSet
from .intake_problems import DIAGNOSIS_CODE, NOT_A_DIAGNOSIS_CODE, NOT_A_SERVICE_CODE, SERVICE_CODE

MEBIBYTE = 1024 * 1024
MOST_BYTES = 20 * MEBIBYTE
MOST_ROWS = 250_000
MOST_SHOWN = 200  # errors that are kept; all are counted
MOST_TEXT = {CodeSet.DIAGNOSIS: 300, CodeSet.PROCEDURE: 500}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d")  # ISO; as spreadsheets write it in the United States; as CMS writes it
YES, NO = frozenset({"1", "y", "yes", "true"}), frozenset({"0", "n", "no", "false"})
# what columns are called, the first found counts; spelled without case, spaces and signs
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "icd10cmcode", "icd10cm", "icd10code", "diagnosiscode", "procedurecode", "cptcode", "cpt", "hcpcscode", "hcpcs"),
    "text": (
        *("text", "longdescription", "longdescriptor", "description", "descriptor", "title"),
        *("mediumdescriptor", "shortdescription", "shortdescriptor"),
    ),
    "effective from": ("effectivefrom", "effectivedate", "validfrom", "from", "startdate"),
    "effective until": ("effectiveuntil", "validuntil", "until", "enddate", "terminationdate"),
    "billable": ("billable", "validforsubmission"),
}
NEEDED = ("code", "text")
_SHAPES = {
    CodeSet.DIAGNOSIS: (DIAGNOSIS_CODE, NOT_A_DIAGNOSIS_CODE),
    CodeSet.PROCEDURE: (SERVICE_CODE, NOT_A_SERVICE_CODE),
}
_BY_SPREADSHEETS = re.compile(r"sep=.\n?", re.IGNORECASE)


class NotACodeFile(Exception):
    """The file as a whole cannot be read; `sentence` is for whoever brought it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Release:
    """What is said of a file: which set it is, from which day its rows are in force, until when, and whether it is all of the set."""

    code_set: CodeSet
    effective_from: date
    effective_until: date | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code of the file; `row` counts lines as a spreadsheet does, the header being 1."""

    row: int
    code: str
    text: str
    effective_from: date
    effective_until: date | None = None


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell and what is allowed there. Row 0 is the file as a whole."""

    row: int
    column: str
    found: str
    message: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read: how it is written, and in which cell each column stands."""

    text: str
    encoding: str
    delimiter: str
    header_row: int
    header: tuple[str, ...]
    places: Mapping[str, int]
    size_bytes: int

    @property
    def separated_by(self) -> str:
        return DELIMITERS[self.delimiter]

    @property
    def not_read(self) -> tuple[str, ...]:
        """Columns that mean nothing here."""
        read = set(self.places.values())
        return tuple(name for place, name in enumerate(self.header) if place not in read and name)


@dataclass(frozen=True, slots=True)
class CodeFile:
    """The rows that are right, the first errors, and how many there are. `passed_over`: rows that cannot be billed."""

    table: Table
    rows: tuple[CodeRow, ...]
    errors: tuple[RowError, ...]
    error_count: int
    passed_over: int


class Errors:
    """Keeps the first errors and counts all."""

    def __init__(self, most: int = MOST_SHOWN) -> None:
        self.kept: list[RowError] = []
        self.count = 0
        self._most = most

    def add(self, row: int, column: str, found: str, message: str) -> None:
        self.count += 1
        if len(self.kept) < self._most:
            self.kept.append(RowError(row, column, found if len(found) <= 80 else f"{found[:79]}…", message))


# ---- the file as a whole --------------------------------------------------------------------------------------------------------
def check_size(size_bytes: int) -> None:
    """Raises NotACodeFile where there is nothing, or too much."""
    if size_bytes == 0:
        raise NotACodeFile("This file is empty.")
    if size_bytes > MOST_BYTES:
        size, most = size_bytes / MEBIBYTE, MOST_BYTES // MEBIBYTE
        raise NotACodeFile(f"This file has {size:.1f} MB; the limit is {most} MB. Leave out columns that are not needed.")


def open_table(data: bytes, code_set: CodeSet) -> Table:
    """Encoding, delimiter and header. Raises NotACodeFile with one sentence."""
    check_size(len(data))
    text, encoding = _decoded(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(io.StringIO(text), start=1):
        if line.strip() and not _BY_SPREADSHEETS.fullmatch(line):
            delimiter, header = _header(line)
            return Table(text, encoding, delimiter, number, header, _places(header, line, code_set), len(data))
    raise NotACodeFile("This file holds no text.")


def _decoded(data: bytes) -> tuple[str, str]:
    if b"%PDF-" in data[:1024]:
        raise NotACodeFile("This is a PDF, whatever its name says. Save the table as CSV.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotACodeFile("This is a spreadsheet or a zip file. Save the sheet as CSV (UTF-8) and bring that.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotACodeFile("This file is written in UTF-16. Save it as CSV (UTF-8).")
    if (at := data.find(b"\0")) >= 0:
        row = data.count(b"\n", 0, at) + 1
        raise NotACodeFile(f"Row {row} holds a NUL byte, so this is no text. Save the table again as CSV (UTF-8).")
    try:
        return data.decode("utf-8-sig"), "UTF-8 with a byte order mark" if data.startswith(b"\xef\xbb\xbf") else "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise NotACodeFile(
            f"Row {row} holds the byte {data[error.start]:02X}, which is neither UTF-8 nor Windows-1252. Save the table as CSV (UTF-8)."
        ) from error


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _header(line: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter under which most columns have a name that we know, and those names as they stand."""
    known = {name for names in COLUMNS.values() for name in names}

    def cells(delimiter: str) -> tuple[str, ...]:
        try:
            return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter)))
        except csv.Error:
            return ()

    def worth(delimiter: str) -> tuple[int, int]:
        found = cells(delimiter)
        return sum(_plain(cell) in known for cell in found), len(found)

    best = max(DELIMITERS, key=worth)
    return best, cells(best)


def _places(header: Sequence[str], line: str, code_set: CodeSet) -> dict[str, int]:
    names = [_plain(name) for name in header]
    places: dict[str, int] = {}
    for column, called in COLUMNS.items():
        name = next((each for each in called if each in names), None)
        if name is None:
            continue
        if names.count(name) > 1:
            raise NotACodeFile(f"The header has two columns named “{header[names.index(name)]}”. Leave one.")
        places[column] = names.index(name)
    missing = [column for column in NEEDED if column not in places]
    if not missing:
        return places
    shape, _ = _SHAPES[code_set]
    if any(shape.fullmatch(_code(cell, code_set)) for cell in header):
        raise NotACodeFile("The first row holds a code, not the names of the columns. Put a row “code,text” above it.")
    shown = line.strip() if len(line.strip()) <= 80 else f"{line.strip()[:79]}…"
    if len(header) < 2:
        raise NotACodeFile(f"The columns are not separated by comma, semicolon, tab or bar; the header reads “{shown}”.")
    wanted = " and ".join(f"“{column}”" for column in missing)
    raise NotACodeFile(f"The header has no column named {wanted}; it reads “{shown}”.")


# ---- row by row -----------------------------------------------------------------------------------------------------------------
def read_codes(data: bytes, release: Release) -> CodeFile:
    """Every row of the file. Raises NotACodeFile where it cannot be read at all."""
    table = open_table(data, release.code_set)
    errors = Errors()
    rows: list[CodeRow] = []
    passed_over = 0
    for number, cells in _records(table, errors):
        if len(rows) + passed_over + errors.count > MOST_ROWS:
            raise NotACodeFile(f"This file has more than {MOST_ROWS:,} rows. Split it and import the parts as additions.")
        found = _row(number, cells, table, release, errors)
        if found is None:
            continue
        if found.text:
            rows.append(found)
        else:
            passed_over += 1
    if not rows and not errors.count:
        raise NotACodeFile("This file has a header and no codes under it.")
    kept = _once(rows, errors)
    # errors of repetition are found last; the reader goes down the file
    return CodeFile(table, tuple(kept), tuple(sorted(errors.kept, key=lambda each: each.row)), errors.count, passed_over)


def _records(table: Table, errors: Errors) -> Iterator[tuple[int, list[str]]]:
    """Each record under the header with its row; empty ones are left out."""
    source = io.StringIO(table.text, newline="")
    for _ in range(table.header_row):
        source.readline()
    reader = csv.reader(source, delimiter=table.delimiter)
    while True:
        number = table.header_row + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            errors.add(number, "row", "", "A quotation mark opens here and is not closed within 131,072 characters.")
            return
        if any(cell.strip() for cell in cells):
            yield number, cells


def _row(number: int, cells: Sequence[str], table: Table, release: Release, errors: Errors) -> CodeRow | None:
    """The row; without text where it cannot be billed; None where something is wrong with it."""
    before = errors.count
    if len(cells) != len(table.header):
        more = len(cells) > len(table.header) and not any(cell.strip() for cell in cells[len(table.header) :])
        if not more:  # spreadsheets add empty cells at the end
            errors.add(number, "row", table.delimiter.join(cells), _miscounted(len(cells), table))
            return None
    values = {column: cells[place] for column, place in table.places.items()}
    code = _code(values["code"], release.code_set)
    shape, sentence = _SHAPES[release.code_set]
    billable = values.get("billable", "").strip().casefold()
    if billable in NO:
        return CodeRow(number, code, "", release.effective_from)
    if billable and billable not in YES:
        errors.add(number, "billable", values["billable"], "Write 1 or 0, yes or no.")
    if not shape.fullmatch(code):
        errors.add(number, "code", values["code"], sentence if code else f"The code is empty. {sentence}")
    text = " ".join(values["text"].split())
    if wrong := _wrong_text(values["text"], text, MOST_TEXT[release.code_set]):
        errors.add(number, "text", text, wrong)
    starts, ends = _days(number, values, release, errors)
    return CodeRow(number, code, text, starts, ends) if errors.count == before else None


def _miscounted(count: int, table: Table) -> str:
    cells, wanted = f"{count} cell{'s' if count > 1 else ''}", len(table.header)
    if count > wanted:
        return f"{cells} where the header has {wanted}. A text with a {table.separated_by} in it belongs in quotation marks."
    return f"{cells} where the header has {wanted}. Cells are separated by a {table.separated_by}, as in the header."


def _code(cell: str, code_set: CodeSet) -> str:
    """As we write it: capitals, and the point that releases of ICD-10-CM leave out."""
    code = cell.strip().upper()
    if code_set == CodeSet.DIAGNOSIS and len(code) > 3 and "." not in code:
        code = f"{code[:3]}.{code[3:]}"
    return code


def _wrong_text(raw: str, text: str, most: int) -> str:
    if not text:
        return f"The text is empty. Write between 1 and {most} characters."
    if "\n" in raw.strip():
        return "The text runs over several rows: a quotation mark may be open. Write it on one row."
    if len(text) > most:
        return f"The text has {len(text)} characters; {most} are allowed."
    if "\ufffd" in text:
        return "The text holds “\ufffd”: it was saved in the wrong encoding once. Take it from its source again."
    if not text.isprintable():
        strange = next(letter for letter in text if not letter.isprintable())
        return f"The text holds a character that does not print (U+{ord(strange):04X}). Take it out."
    return ""


def _days(number: int, values: Mapping[str, str], release: Release, errors: Errors) -> tuple[date, date | None]:
    """The row's own days, or those of the release."""
    days: dict[str, date | None] = {}
    for column, otherwise in (("effective from", release.effective_from), ("effective until", release.effective_until)):
        cell = values.get(column, "").strip()
        days[column] = _day(cell) if cell else otherwise
        if cell and days[column] is None:
            errors.add(number, column, cell, "This is no day. Write 2026-10-01 or 10/01/2026.")
            return release.effective_from, release.effective_until
    starts, ends = days["effective from"] or release.effective_from, days["effective until"]
    if starts < release.effective_from:
        errors.add(number, "effective from", str(starts), f"This is before the release begins, {release.effective_from}.")
    if ends is not None and ends < starts:
        errors.add(number, "effective until", str(ends), f"The last day is before the first, {starts}.")
    return starts, ends


@lru_cache(maxsize=512)  # a file has few days, and many rows
def _day(cell: str) -> date | None:
    for written in DAYS:
        try:
            return datetime.strptime(cell, written).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


def _once(rows: Iterable[CodeRow], errors: Errors) -> list[CodeRow]:
    """One row a code and day: what repeats or overlaps an earlier row is an error there."""
    kept: dict[str, list[CodeRow]] = {}
    found = []
    for row in rows:
        earlier = kept.setdefault(row.code, [])
        clash = next((each for each in earlier if _overlap(each, row)), None)
        if clash is None:
            earlier.append(row)
            found.append(row)
        elif (clash.effective_from, clash.effective_until) == (row.effective_from, row.effective_until):
            errors.add(row.row, "code", row.code, f"This code stands in row {clash.row} already. A code stands once in a file.")
        else:
            message = f"These days overlap those of row {clash.row} for the same code, {_span(clash)}."
            errors.add(row.row, "effective from", str(row.effective_from), message)
    return found


def _overlap(one: CodeRow, other: CodeRow) -> bool:
    return one.effective_from <= (other.effective_until or date.max) and other.effective_from <= (one.effective_until or date.max)


def _span(row: CodeRow) -> str:
    return f"{row.effective_from} to {row.effective_until}" if row.effective_until else f"from {row.effective_from}"
