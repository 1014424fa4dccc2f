"""The format against every input: nothing raises, every error is a sentence, what is written is what was read."""

import json
from copy import deepcopy
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import criteria
from criteria import examples
from criteria.format import dump, load, parse, validate
from criteria.format.schema import json_schema
from tests.unit.policy_files import BASE_TEXT, OVERLAY_TEXT, changed, document

ROOM = Path(criteria.__file__).parent
SHIPPED = sorted((ROOM / "policies").glob("*.yaml"))
SCHEMA = json.loads((ROOM / "policy.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SIGNS = ["\n", "  ", "- ", ": ", "{", "}", "[", "&a ", "*a", "!!", "\t", '"', "? ", "|", "---\n"]
TEXTS = [BASE_TEXT, OVERLAY_TEXT]
some = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.dates(),
    st.datetimes(),
    st.sampled_from(["met", "all", "en", "duration", "20610", "3 months", "2026-01-01", "knee", "nurse", "absent", "M00*", "ref-1", 1, 0]),
)
keys = st.one_of(st.text(max_size=5), st.sampled_from(["id", "text", "all", "none", "at_least", "n", "of", "check", "en", "rule", "facts"]))
values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)), max_leaves=8)


def places(data, at=()):
    """Every place of a document, as the way to it."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*at, key)
        yield from places(value, (*at, key))


@st.composite
def mutated_documents(draw):
    """A valid document with some values replaced, removed, or copied to elsewhere."""
    data = document(draw(st.sampled_from(["base", "overlay"])))
    for _ in range(draw(st.integers(1, 3))):
        ways = list(places(data))
        *way, last = draw(st.sampled_from(ways))
        place = data
        for part in way:
            place = place[part]
        change = draw(st.sampled_from(["replace", "remove", "copy"]))
        if change == "remove":
            del place[last]
        elif change == "replace":
            place[last] = draw(values)
        else:
            other = data
            for part in draw(st.sampled_from(ways)):
                other = other[part]
            place[last] = deepcopy(other)
    return data


@st.composite
def mutated_texts(draw):
    """A valid file with pieces cut out, doubled, moved or replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(st.one_of(st.text(max_size=6), st.sampled_from([*SIGNS, text[start:end] * 2])))
        text = text[:start] + piece + text[end:]
    return text


def sentences(errors):
    return all(isinstance(error.path, str) and error.message.endswith((".", "?")) and error.message.isprintable() for error in errors)


def judge(loaded):
    """What holds of anything that was loaded."""
    assert sentences(loaded.errors)
    assert (loaded.policy is None) == (loaded.document is None) == bool(loaded.errors)
    assert all(error.line is None or error.line >= 1 for error in loaded.errors)
    if loaded.document is not None:
        assert json.loads(json.dumps(loaded.document, allow_nan=False)) == loaded.document
        again = load(dump(loaded.document), "again")
        assert (again.errors, again.document, again.policy) == ((), loaded.document, loaded.policy)
        assert parse(loaded.document) == loaded.policy
        assert validate(loaded.document) == ()
        assert list(VALIDATOR.iter_errors(loaded.document)) == []
    (report,) = examples.check([loaded])
    assert sentences(report.errors)


@some
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_any_text(text):
    judge(load(text, "x"))


@some
@given(values)
def test_any_yaml(value):
    judge(load(yaml.safe_dump(value, allow_unicode=True), "x"))


@some
@given(mutated_texts())
def test_files_cut_and_pasted(text):
    judge(load(text, "x"))


@some
@given(mutated_documents())
def test_documents_changed(data):
    judge(load(yaml.safe_dump(data), "x"))


@some
@given(values | mutated_documents())
def test_any_document_validates_or_says_why(data):
    assert sentences(validate(data))


@some
@given(mutated_documents(), mutated_documents())
def test_any_two_files_side_by_side(one, other):
    files = [load(yaml.safe_dump(data), name) for name, data in (("one", one), ("other", other))]
    assert [report.file for report in examples.check(files)] == ["one", "other"]


@some
@given(st.text(st.characters(codec="utf-8") | st.sampled_from(list("\n\r\t \u2028:#-")), max_size=60))
@example("no")
@example("a\n  b\n\n")
def test_any_wording_comes_back_from_an_export(words):
    data = changed("summary", words)
    if validate(data) == ():
        assert load(dump(data), "x").document == data


@pytest.mark.parametrize("path", [*SHIPPED], ids=lambda path: path.name)
def test_the_export_of_a_shipped_policy_is_the_same_data(path):
    judge(load(path.read_bytes(), path.name))
    assert yaml.safe_load(dump(load(path.read_bytes(), path.name).document)) == yaml.safe_load(path.read_text())


def test_a_document_whose_keys_lost_their_order_is_written_in_the_order_of_the_format():
    data = document()
    shuffled = json.loads(json.dumps(data, sort_keys=True))
    written = dump(shuffled)
    first = [line.split(":")[0] for line in written.splitlines() if line[0] not in " -"][:5]
    assert first == ["format", "policy", "version", "title", "basis"]
    assert load(written, "x").document == data


def test_the_schema_on_disk_is_the_schema_of_the_code():
    assert json_schema() == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("colour", 1),
        ("format", 2),
        ("rules", []),
        ("rules[0].codes", [20610]),
        ("rules[0].criteria", {"id": "x"}),
        ("rules[0].criteria.any", []),
    ],
)
def test_the_schema_refuses_wrong_shapes_too(path, value):
    assert not VALIDATOR.is_valid(changed(path, value))
