"""Policies for other systems: FHIR by its address, all files in one zip; drafts stay inside."""

import io
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaire import Questionnaire

from criteria.actions import new_draft
from criteria.format import load
from criteria.models import PolicyVersion
from tests.factories import published_policies, shipped, user
from tests.unit.policy_files import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(client):
    published_policies()
    client.force_login(user("nurse"))
    return client


def test_one_rule(nurse):
    answer = nurse.get(reverse("policy-questionnaire", args=["nerve-blocks-ahh", "ahh_occipital", "2026.1"]))
    assert answer["Content-Type"] == "application/fhir+json; fhirVersion=4.0"
    found = Questionnaire.model_validate_json(answer.content)
    approved = PolicyVersion.objects.get(policy__slug="nerve-blocks-ahh").approved_at
    assert (found.status, found.version, found.approvalDate) == ("active", "2026.1", timezone.localdate(approved))


def test_all_rules(nurse):
    answer = nurse.get(reverse("policy-questionnaires", args=["nerve-blocks", "2026.1"]))
    assert len(Bundle.model_validate_json(answer.content).entry) == len(dict(shipped_by_slug())["nerve-blocks"].rules) + 1


def shipped_by_slug():
    return [(policy.policy, policy) for policy, _ in shipped()]


@pytest.mark.parametrize(
    "arguments", [["nerve-blocks-ahh", "no-such-rule", "2026.1"], ["nerve-blocks-ahh", "ahh_occipital", "1999"], ["nobody", "x", "1"]]
)
def test_nothing_there(nurse, arguments):
    assert nurse.get(reverse("policy-questionnaire", args=arguments)).status_code == 404


def test_the_zip_holds_every_published_version_and_no_draft(nurse):
    new_draft(document=document(), by=user("policy_editor"))
    answer = nurse.get(reverse("policies-archive"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        found = {name: load(pack.read(name), name).document for name in pack.namelist()}
    assert answer["Content-Type"] == "application/zip"
    assert found == {f"{policy.policy}-{policy.version}.yaml": kept for policy, kept in shipped()}
    assert nurse.get(reverse("policies-archive")).content == answer.content


def test_a_draft_is_not_given_out(nurse):
    draft = new_draft(document=document(), by=user("policy_editor"))
    assert nurse.get(reverse("policy-questionnaires", args=[draft.policy.slug, draft.version])).status_code == 404


# ---- the command line -------------------------------------------------------------------------------------------------------
def test_export_as_fhir(nurse):
    out = StringIO()
    call_command("policy", "export", "nerve-blocks-ahh", "--fhir", stdout=out)
    first, codes = Bundle.model_validate_json(out.getvalue()).entry
    assert (first.resource.status, first.resource.version, codes.resource.name) == ("active", "2026.1", "AuthReviewFinding")


def test_export_of_a_draft_is_a_draft(nurse):
    new_draft(document=document(), by=user("policy_editor"))
    out = StringIO()
    call_command("policy", "export", "joint-shots", "--fhir", stdout=out)
    assert {entry.resource.status for entry in Bundle.model_validate_json(out.getvalue()).entry[:-1]} == {"draft"}


def test_archive_to_a_file(nurse, tmp_path):
    call_command("policy", "archive", str(tmp_path / "all.zip"))
    assert (tmp_path / "all.zip").read_bytes() == nurse.get(reverse("policies-archive")).content
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("policy", "archive", str(tmp_path / "nowhere" / "all.zip"))
