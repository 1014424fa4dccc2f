"""Several people at once: every save of one case waits its turn, and one line is decided once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection

from authreview.errors import Refusal
from cases.actions.determination import approve_lines
from cases.actions.review import record_finding
from cases.models import CaseEvent, Determination, Finding
from tests.decisions import approvable, denial, offered_and_held, referred
from tests.factories import founding_case, user

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(number, work):
    """What each of several threads answers, or the sentence it was refused with."""
    start = Barrier(number)

    def run(index):
        try:
            start.wait()
            return work(index)
        except Refusal as refusal:
            return refusal.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_eight_people_save_on_one_case():
    case, nurse = founding_case("a"), user("nurse")
    criteria = ["face_acute", "face_program", "gon_acute", "gon_program", "other_acute", "other_program", "duration", "program"]
    lines = [2, 2, 3, 3, 4, 4, 1, 1]
    before = case.events.count()

    def save(index):
        for value in ("unclear", "not_met", "met", "not_documented", "unclear"):
            record_finding(reference=case.reference, line=lines[index], criterion=criteria[index], by=nurse, value=value)
        return "saved"

    assert at_once(8, save) == ["saved"] * 8
    assert Finding.objects.filter(value="unclear").count() == 8
    sequences = list(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, before + 41))
    call_command("verify_chain")


def test_a_line_is_signed_once():
    case = offered_and_held(referred())
    answers = at_once(4, lambda index: denial(case, 3, by=user("medical_director")).outcome)
    assert answers.count("denied") == 1
    assert answers.count("This line is decided; its findings are frozen.") == 3
    assert Determination.objects.count() == 1
    call_command("verify_chain")
    call_command("verify_work")


def test_a_line_is_approved_once():
    case, nurse = approvable(), user("nurse")
    answers = at_once(4, lambda index: len(approve_lines(case_id=case.pk, lines=[3], by=nurse)))
    assert answers.count(1) == 1
    assert Determination.objects.count() == 1
