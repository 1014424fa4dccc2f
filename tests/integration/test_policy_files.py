"""`policy import` and `policy export`: files become drafts, and come back as the same data."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from authreview.models import User
from criteria.format import load
from criteria.models import PolicyVersion
from tests.factories import SHIPPED, user
from tests.small_policies import published, small
from tests.unit.policy_files import document, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def bring_in(tmp_path):
    """Imports documents; answers the exit code and what was said."""

    def run(*documents, **options):
        names = []
        for number, content in enumerate(documents):
            file = tmp_path / f"{number}.yaml"
            file.write_text(content if isinstance(content, str) else text(content))
            names.append(str(file))
        out, code = StringIO(), 0
        try:
            call_command("policy", "import", *names, stdout=out, **options)
        except SystemExit as stop:
            code = stop.code
        return code, out.getvalue().replace(f"{tmp_path}/", "")

    return run


def export(slug, *arguments):
    out = StringIO()
    call_command("policy", "export", slug, *arguments, stdout=out)
    return out.getvalue()


def test_export_of_an_import_is_the_same_data(bring_in):
    assert bring_in(document())[0] == 0
    assert load(export("joint-shots"), "back").document == document()


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_files_come_back(file):
    call_command("policy", "import", str(file), stdout=StringIO())
    assert load(export(file.stem), "back").document == load(Path(file).read_bytes(), "file").document


def test_all_shipped_files_in_one_go():
    out = StringIO()
    call_command("policy", "import", *map(str, sorted(SHIPPED.glob("*.yaml"))), stdout=out)
    assert set(PolicyVersion.objects.values_list("status", flat=True)) == {"draft"}
    assert (PolicyVersion.objects.count(), out.getvalue().count("STORED")) == (7, 7)
    assert "FAILED" not in out.getvalue()


def test_again_it_says_that_it_is_there(bring_in):
    bring_in(small())
    assert bring_in(small())[1].splitlines()[-1] == "STORED  0.yaml: joint-shots 1 is there already, with the same content (draft)"
    assert PolicyVersion.objects.get().revision == 1


def test_a_draft_is_written_again(bring_in):
    bring_in(small())
    assert bring_in(small(summary="Better."))[1].splitlines()[-1] == "STORED  0.yaml: joint-shots 1 is saved, revision 2 of the draft"
    assert PolicyVersion.objects.get().document == small(summary="Better.")


def test_a_published_version_is_not_touched(bring_in):
    published(small())
    code, said = bring_in(small(summary="Other."))
    assert (code, said.splitlines()[-1]) == (1, "REFUSED 0.yaml: joint-shots 1 is there already. A change is a new version.")
    assert PolicyVersion.objects.get().document == small()


def test_an_invalid_file_is_told_and_the_others_are_stored(bring_in):
    code, said = bring_in("format: 2\n", small())
    assert code == 1
    assert "INVALID 0.yaml:1: format:" in said
    assert "REFUSED 0.yaml: it is not valid" in said
    assert [str(version) for version in PolicyVersion.objects.all()] == ["Joint shots 1"]


def test_one_version_twice_on_one_command_line_the_first_is_stored(bring_in):
    code, said = bring_in(small(), small(title="Another"))
    assert (code, said.splitlines()[-1]) == (1, "REFUSED 1.yaml: it is not valid")
    assert "INVALID 1.yaml" in said
    assert PolicyVersion.objects.get().document == small()


def test_what_the_files_say_of_each_other_is_refused_as_what_is_wrong_in_one(bring_in):
    example = {"name": "e", "rule": "hip", "findings": {"nobody": "met"}}
    assert bring_in(small(examples=[example]))[0] == 1
    shared = small("exception", of="joint-shots", examples=[])
    shared["rules"][0]["criteria"]["id"] = "hip_pain"
    assert bring_in(small(), shared)[0] == 1
    assert [version.policy.slug for version in PolicyVersion.objects.all()] == ["joint-shots"]


def test_an_exception_finds_the_base_that_is_stored_or_waits_for_it(bring_in):
    overlay = small("exception", of="joint-shots")
    code, said = bring_in(overlay)
    assert (code, "INVALID" in said) == (0, False)
    assert said.splitlines()[0].startswith("WAITS   0.yaml")
    assert said.splitlines()[1] == "STORED  0.yaml: exception 1 is stored as a draft"
    bring_in(small())
    assert bring_in(overlay | {"summary": "Once more."})[1].splitlines()[0] == "ok      0.yaml: hip: pain"


def test_a_draft_may_fail_its_examples(bring_in):
    data = small()
    data["examples"][0]["expect"] = {"value": "not_met"}
    code, said = bring_in(data)
    assert code == 0
    assert "FAILED  0.yaml: hip: pain; value: expected not_met, got met" in said


def test_without_a_person_they_are_the_command_lines(bring_in):
    bring_in(small())
    drafter = PolicyVersion.objects.get().drafted_by
    assert (drafter.username, drafter.is_active, drafter.has_usable_password()) == ("command-line", False, False)


def test_by_names_an_editor(bring_in):
    bring_in(small(), by=user("policy_editor").username)
    assert PolicyVersion.objects.get().drafted_by.username == "policy_editor"
    assert (
        bring_in(small("other"), by=user("nurse").username)[1].splitlines()[-1] == "REFUSED 0.yaml: Only a policy editor drafts policies."
    )
    with pytest.raises(CommandError, match="There is no active account nobody."):
        bring_in(small(), by="nobody")
    assert not User.objects.filter(username="command-line").exists()


def test_which_version_is_written():
    published(small())
    published(small(version="2", begins="2026-06-01"))
    assert load(export("joint-shots"), "file").document == small()
    assert load(export("joint-shots", "--version", "2"), "file").document == small(version="2", begins="2026-06-01")
    with pytest.raises(CommandError, match="joint-shots has no version 9. Stored: 1, 2."):
        export("joint-shots", "--version", "9")
    with pytest.raises(CommandError, match="There is no policy nothing."):
        export("nothing")
