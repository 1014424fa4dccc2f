"""YAML that a policy must not be, and YAML that it may: read without harm, refused with the line and a sentence."""

import time

import pytest
import yaml

from criteria.format import load, yaml_text
from criteria.format.yaml_text import MAX_BYTES, Odd, read
from tests.unit.policy_files import BASE_TEXT

LOADERS = list(dict.fromkeys((yaml.SafeLoader, yaml_text.LOADER)))  # in the same order in every process


def line_of(words, text=BASE_TEXT):
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def only(text):
    """The errors of a text as (path, line, message)."""
    return [(error.path, error.line, error.message) for error in load(text, "x").errors]


REFUSED = {  # what stands in the base, what is put there, the path, a part of the message
    "version as a number": ('version: "2026.1"', "version: 2026.1", "version", 'Put it in quotes: "2026.1".'),
    "version as a date": ('version: "2026.1"', "version: 2026-01-01", "version", "reads 2026-01-01 as a date, and text is expected"),
    "code as a number": ('codes: ["27093"]', "codes: [27093]", "rules[1].codes[0]", 'Put it in quotes: "27093".'),
    "code with a zero": ('codes: ["27093"]', "codes: [00123]", "rules[1].codes[0]", 'Put it in quotes: "00123".'),
    "code as a power": ('codes: ["27093"]', "codes: [1.0e+5]", "rules[1].codes[0]", 'Put it in quotes: "1.0e+5".'),
    "code as a time of day": ('codes: ["27093"]', "codes: [12:30:45]", "rules[1].codes[0]", 'Put it in quotes: "12:30:45".'),
    "name no": ("name: Hip shots", "name: no", "rules[1].name", "YAML reads no as true or false, and text is expected"),
    "name ~": ("name: Hip shots", "name: ~", "rules[1].name", "name is required here"),
    "name .nan": ("name: Hip shots", "name: .nan", "rules[1].name", 'Put it in quotes: ".nan".'),
    "id on": ("id: hip_pain,", "id: on,", "rules[1].criteria.id", 'Put it in quotes: "on".'),
    "a datetime": ("received: 2026-03-02", "received: 2026-03-02T10:00:00Z", "examples[1].facts.received", "a date with a time of day"),
    "a day that is none": ("received: 2026-03-02", "received: 2026-02-30", "examples[1].facts.received", "a date that does not exist"),
    "a date of year 0": ("received: 2026-03-02", "received: 0000-01-01", "examples[1].facts.received", "a date that does not exist"),
    "a quoted datetime": ("received: 2026-03-02", 'received: "2026-03-02 10:00"', "examples[1].facts.received", "without a time"),
    "units as text": ("units: 1,", 'units: "1",', "examples[1].facts.line.units", "without quotes"),
    "units with a point": ("units: 1,", "units: 1.0,", "examples[1].facts.line.units", "This is a number (1.0). Allowed: a whole number"),
    "units beyond counting": ("units: 1,", f"units: {'9' * 5000},", "examples[1].facts.line.units", "Allowed: a whole number"),
    "infinite units": ("units: 1,", "units: .inf,", "examples[1].facts.line.units", "Allowed: a whole number"),
    "units true": ("units: 1,", "units: true,", "examples[1].facts.line.units", "This is true or false (true)."),
    "a repeated key": ("overlays: null", "overlays: null\noverlays: null", "overlays", "The key overlays stands here twice."),
    "a number as key": ("overlays: null", "20552: x\noverlays: null", "20552", 'Put it in quotes: "20552".'),
    "no as a key": ('es: "inyecciones en la rodilla"', "no: sprøyter", "rules[0].lay_name.no", 'Put it in quotes: "no".'),
    "nothing as a key": ("overlays: null", "? \n: x\noverlays: null", "null", "A key is text, and YAML reads null as nothing."),
    "a list as key": ("overlays: null", "[a, b]: x\noverlays: null", "", "A key is a word here"),
    "a mapping as key": ("overlays: null", "? {a: b}\n: x\noverlays: null", "", "A key is a word here"),
    "an anchor": ("overlays: null", "overlays: &a null", "overlays", "Anchors (&a) are not allowed"),
    "an alias": ("summary: For a joint that hurts.", "summary: *a", "summary", "Aliases (*a) are not allowed"),
    "an alias as key": ("overlays: null", "*a : x\noverlays: null", '["?"]', "Aliases (*a) are not allowed"),
    "a tag": ("summary: For", "summary: !!str For", "summary", "Tags (tag:yaml.org,2002:str) are not allowed"),
    "a tag that runs code": ("summary: For", "summary: !!python/object/apply:os.system [id] #", "summary", "Tags ("),
    "the bare tag": ("summary: For", "summary: ! For", "summary", "Tags (!) are not allowed"),
    "a tag on a list": ('pitfalls: ["A', 'pitfalls: !!set ["A', "pitfalls", "Tags ("),
    "a tag on a key": ("summary: For", "!!str summary: For", "summary", "Tags and anchors are not allowed"),
    "a merge key": ("overlays: null", "<<: {overlays: null}", '["<<"]', "Merge keys (<<) are not allowed"),
}


@pytest.mark.parametrize(("old", "new", "path", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_with_its_line(old, new, path, words):
    assert BASE_TEXT.count(old) == 1
    found = only(BASE_TEXT.replace(old, new))
    line = line_of(old)
    assert len(found) == 1, found
    assert found[0][0] == path
    assert words in found[0][2]
    assert found[0][1] in (line, line + 1)


UNREADABLE = {
    "nothing": (b"", None, "The file is empty."),
    "blank lines": (b" \n\n", None, "The file is empty."),
    "only a comment": (b"# a policy\n", None, "The file is empty."),
    "only a dash line": (b"---\n", None, "The file is empty."),
    "only null": (b"null\n", None, "The file is empty."),
    "only a byte order mark": (b"\xef\xbb\xbf", None, "The file is empty."),
    "Latin-1": ("format: 1\ntitle: Größe\n".encode("latin-1"), 2, "not UTF-8 text"),
    "UTF-16": ("format: 1\n".encode("utf-16"), 1, "not UTF-8 text"),
    "half of a surrogate pair": (b"title: \xed\xa0\x80\n", 1, "not UTF-8 text"),
    "a NUL": (b"format: 1\ntitle: a\0b\n", 2, "U+0000"),
    "an escape": (b"format: 1\ntitle: \x1b[31m\n", 2, "U+001B"),
    "two documents": (b"format: 1\n---\nformat: 1\n", 2, "A second document begins here"),
    "an open bracket": (b"format: [1\n", None, "This is not YAML"),
    "a tab": (b"format: 1\nsource:\n\tname: x\n", 3, "Indent with spaces"),
    "an unknown alias only": (b"*a\n", 1, "Aliases (*a)"),
    "an escape beyond Unicode": (b'title: "\\U00110000"\n', None, "This is not YAML"),
    "an unknown escape": (b'title: "\\q"\n', 1, "This is not YAML"),
    "two values of one key": (b"title: a: b\n", 1, "This is not YAML"),
    "text after a document": (b"format: 1\n...\nx\n", None, ""),
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(("text", "line", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable(text, line, words, loader):
    errors = read(text, loader).errors
    assert len(errors) == 1, errors
    assert words in errors[0][2]
    assert line is None or errors[0][1] == line
    assert only(text) != []


@pytest.mark.parametrize("text", [b"- format: 1\n", b"policy\n", b"1\n", b"true\n", b"2026-01-01\n", b".nan\n", b"{}\n"])
def test_not_a_policy(text):
    assert {path for path, _, _ in only(text)} <= {"", *("format", "policy", "version", "title", "basis", "source", "effective", "rules")}
    assert only(text)


def test_several_complaints_of_the_reader_and_of_the_shape_come_together():
    broken = BASE_TEXT.replace("overlays: null", "overlays: &a null\noverlays: x").replace('version: "2026.1"', "version: 2026.1")
    assert [path for path, _, _ in only(broken)] == ["version", "overlays", "overlays"]


def test_control_characters_by_escape_are_refused():
    (error,) = only(BASE_TEXT.replace("title: Joint shots", 'title: "Joint\\0shots"'))
    assert (error[0], error[1]) == ("title", line_of("title: Joint shots"))
    (error,) = only(BASE_TEXT.replace("title: Joint shots", 'title: "Joint\\ud800shots"'))
    # the C parser refuses it itself
    assert "title" in error[0] or "not YAML" in error[2]


ALLOWED = {
    "as it is": BASE_TEXT,
    "with a byte order mark": "\ufeff" + BASE_TEXT,
    "with Windows line ends": BASE_TEXT.replace("\n", "\r\n"),
    "with a dash line and an end": "---\n" + BASE_TEXT + "...\n",
    "with a YAML directive": "%YAML 1.1\n---\n" + BASE_TEXT,
    "with quoted dates": BASE_TEXT.replace("received: 2026-03-02", 'received: "2026-03-02"'),
    "with a bare date where one was quoted": BASE_TEXT.replace('"2026-11-01"', "2026-11-01"),
    "with yes for true": BASE_TEXT.replace("may_not_apply: true", "may_not_apply: yes"),
    "with folded text": BASE_TEXT.replace("summary: For a joint that hurts.", "summary: >-\n  For a joint\n  that hurts."),
    "with quoted keys": BASE_TEXT.replace("overlays: null", '"overlays": null'),
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_allowed(text):
    expected = load(BASE_TEXT, "x")
    assert load(text.encode(), "x").errors == ()
    assert load(text, "x").document == load(text.encode(), "x").document == expected.document
    assert load(text, "x").policy == expected.policy


@pytest.mark.parametrize("onset", ["2025", '"2025"', '"2025-08"', "2025-08", "2025-08-10", '"2025-08-10"', "null", "~", ""])
def test_onsets(onset):
    assert only(BASE_TEXT.replace('symptom_onset: "2025-08"', f"symptom_onset: {onset}")) == []


@pytest.mark.parametrize("loader", LOADERS)
def test_deep_nesting_is_refused_at_once(loader):
    for text in ("[" * 100_000, "{a: " * 50_000, "? " * 50_000, "- " * 100_000, "a: " + "[" * 101 + "]" * 101):
        started = time.perf_counter()
        errors = read(text, loader).errors
        assert "nested deeper than 100" in errors[-1][2]
        assert len(errors) <= 101
        assert time.perf_counter() - started < 2


def test_a_bomb_of_aliases_is_not_lit():
    text = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    started = time.perf_counter()
    assert "Anchors (&a0)" in only(text)[0][2]
    assert time.perf_counter() - started < 1


def test_a_file_of_5_mb_is_refused_at_once():
    started = time.perf_counter()
    assert only(b"a: b\n" * 1_000_000) == [("", None, "The file is larger than 2,000,000 bytes. A policy is a text of some pages.")]
    assert time.perf_counter() - started < 0.1
    assert only(b"#" * MAX_BYTES)[0][2].startswith("The file is empty.")


@pytest.mark.parametrize("loader", LOADERS)
def test_bare_scalars_are_read_as_every_reader_of_python_reads_them(loader):
    raw = ["a", "1", "-1", "+7", "0", "true", "No", "on", "null", "~", "", "2026-01-02", "'1'", '"no"']
    raw += ["1_0", "0x1f", "1.5", ".inf", "0o7", "1:30"]
    given = read("".join(f"- {word}\n" for word in raw), loader).data
    theirs = yaml.safe_load("".join(f"- {word}\n" for word in raw))
    assert [None if isinstance(value, Odd) else value for value in given] == theirs[:14] + [None] * 4 + ["0o7", None]
