"""What a new installation starts with, loaded once however often asked for; and the rule that governs a line, pinned with its reason."""

import pytest
from django.core.management import call_command

from cases.models import DiagnosisCode, ServiceCode, TurnaroundRule
from cases.service_codes import SEED_CODES
from cases.turnaround import SEED_RULES
from tests.factories import founding_case

pytestmark = pytest.mark.django_db


def test_loads_once(capsys):
    call_command("load_codes")
    assert capsys.readouterr().out.startswith("74706 diagnosis codes added; ")
    call_command("load_codes")
    assert capsys.readouterr().out == "0 diagnosis codes added; 0 procedure codes added; 0 turnaround rules added.\n"
    assert (ServiceCode.objects.count(), TurnaroundRule.objects.count()) == (len(SEED_CODES), len(SEED_RULES))
    assert DiagnosisCode.objects.get(code="M54.81").text == "Occipital neuralgia"
    assert not DiagnosisCode.objects.filter(code="M54").exists()  # a category is not billed


@pytest.mark.usefixtures("frozen")
class TestPinning:
    def test_base_and_overlay(self):
        base, ahh = founding_case("a"), founding_case("a", plan="ahh", member_id="AHH-000909")
        assert [[each["policy"] for each in line.pinned] for line in base.lines.all()] == [
            ["trigger-point-injections"],
            ["nerve-blocks"],
            ["nerve-blocks"],
            ["nerve-blocks"],
        ]
        greater_occipital = ahh.lines.get(code="64405")
        assert [each["policy"] for each in greater_occipital.pinned] == ["nerve-blocks", "nerve-blocks-ahh"]
        assert greater_occipital.rule == greater_occipital.pinned[0]["rule"]
        assert greater_occipital.pinned_why
