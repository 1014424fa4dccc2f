"""The zip of policies: the same data comes back, the bytes are the same each time, no file hides another."""

import io
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criteria.exchange.archive import archive, file_name
from criteria.format import dump, load, parse
from tests.unit.policy_files import changed, document
from tests.unit.policy_strategy import policies

some = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert pack.testzip() is None
        return {name: pack.read(name) for name in pack.namelist()}


@some
@given(policies())
def test_the_export_of_an_import_is_the_same_data(data):
    first = load(dump(data), "first")
    assert first.errors == ()
    assert first.document == data
    again = load(dump(first.document), "again")
    assert (again.document, again.policy) == (first.document, parse(data))
    assert dump(again.document) == dump(data)


@some
@given(st.lists(policies(), max_size=3, unique_by=lambda data: (data["policy"], data["version"])))
def test_every_policy_comes_back_from_the_zip(documents):
    found = [load(text, name).document for name, text in unpacked(archive(documents)).items()]
    assert sorted(found, key=repr) == sorted((load(dump(each), "x").document for each in documents), key=repr)


def test_the_bytes_are_the_same_whatever_the_order():
    documents = [document("base"), document("overlay")]
    assert archive(documents) == archive(documents[::-1])
    assert list(unpacked(archive(documents))) == ["joint-shots-2026.1.yaml", "joint-shots-acme-2026.1.yaml"]


def test_nothing_published_is_an_empty_zip():
    assert unpacked(archive([])) == {}


def test_a_version_cannot_lead_out_of_the_zip():
    assert file_name(changed("version", "../../etc/x\\y:z")) == "joint-shots-..%2F..%2Fetc%2Fx%5Cy%3Az.yaml"


def test_two_policies_with_one_file_name_are_both_there():
    one = document() | {"policy": "a-b", "version": "1"}
    other = document() | {"policy": "a", "version": "b-1"}
    assert list(unpacked(archive([one, other]))) == ["a-b/a-b-1.yaml", "a/a-b-1.yaml"]
