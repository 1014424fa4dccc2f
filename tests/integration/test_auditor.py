"""An auditor reads everything and changes nothing: every address of cases that takes a POST refuses one, whatever it carries."""

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.actions.letters import issue_letter, prepare_letters
from cases.models import Case
from cases.urls import urlpatterns
from tests import letter_cases
from tests.decisions import offered_and_held
from tests.factories import user
from tests.intakes import FORM
from tests.integration.test_attacks import APPROVE

pytestmark = pytest.mark.django_db

ITEM = {
    "item-TOTAL_FORMS": "1",
    "item-INITIAL_FORMS": "1",
    "item-0-tick": "on",
    "item-0-targets": "1:duration",
    "item-0-en": "A note",
    "answer_by": "2026-03-20",
}
BODIES = [
    {},
    {"value": "met", "version": "0", "quote": "x"},
    ITEM | {"send": "1"},
    {"item-TOTAL_FORMS": "x", "everything": "1", "take_back": "1"},
    {"lines": ["1", "3"], "question": "How do you decide?", "password": "let me in, please", "why": "x", "end": "withdrawn"},
    APPROVE,
    {"offer": "1", "p2p-how": "phone", "p2p-open_until": "2026-03-11T17:00", "p2p-lines": "3"},
    {"record": "1", "p2p-outcome": "declined", "p2p-lines": "3"},
    {"letter": ["decision-member:", "x:y"], "letters": ["1"], "channel": "fax", "sent_at": "2026-03-10T10:00", "reason": "x"},
    {"text": "A note.", "kind": "call", "party": "practice", "person": "x", "outcome": "x", "happened_at": "2026-03-10T10:00"},
    {"typed": "8/10/25", "onset_on": "2025-08-10", "reason": "practice_said"},
    FORM | {"route": "1"},
]


@pytest.fixture
def case(frozen):
    """Asked about, referred, decided in part, with letters issued: every address has something to lead to."""
    case = letter_cases.asked(letter_cases.ready("a"))
    case = offered_and_held(letter_cases.referred(case, [2, 3, 4]))
    for letter in prepare_letters(case_id=case.pk, by=user("nurse")):
        issue_letter(letter_id=letter.pk, by=user("nurse"))
    return Case.objects.get(pk=case.pk)


def rows():
    return {model.__name__: model.objects.count() for model in apps.get_app_config("cases").get_models()}


def addresses(case):
    """Each address of cases by name, with arguments that lead somewhere."""
    arguments = {
        "reference": case.reference,
        "number": 3,
        "criterion": "gon_neuralgia",
        "key": "side",
        "kind": "onset",
        "fact_id": case.onsets.values_list("pk", flat=True).first() or 1,
        "document_id": case.documents.get().pk,
        "letter_id": case.letters.first().pk,
        "request_id": case.requests.get().pk,
        "code": "64405",
        "code_set": "procedure",
        "token": "x",
        "slug": "trigger-point-injections",
        "version": "2026.1",
    }
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        special = {"key": "decision-member"} if pattern.name == "letter-draft-pdf" else {}
        yield pattern.name, reverse(pattern.name, kwargs={name: (arguments | special)[name] for name in names})


def test_no_address_takes_anything_from_an_auditor(client, case):
    client.force_login(user("auditor"), backend="authreview.backends.RoleBackend")
    before, taken = rows(), []
    for name, path in addresses(case):
        for body in BODIES:
            files = {"file": SimpleUploadedFile("note.txt", b"A note.")} if body else {}
            for headers in ({}, {"HX-Request": "true"}):
                status = client.post(path, body | files, headers=headers).status_code
                if status not in (403, 405):
                    taken.append((name, status))
    assert not taken, "; ".join(f"{name} {status}" for name, status in sorted(set(taken)))
    assert rows() == before
