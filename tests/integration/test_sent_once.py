"""What is sent twice is written once: a second press, or a try after an answer that was lost. Another note is another note."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.actions.letters import issue_letter, prepare_letters
from cases.actions.line import record_contact, write_note
from cases.models import Contact, Delivery, Note
from tests.factories import founding_case, user
from tests.letter_cases import blocks_denied

NOTE = {"text": "They will fax the note."}
CALL = {"kind": "call", "party": "practice", "person": "Front desk", "outcome": "No answer", "happened_at": ""}


@pytest.fixture
def nurse(client):
    who = user("nurse")
    client.force_login(who)
    return who


def form_key(client, url):
    """Of the form as it stands on a page."""
    return re.search(r'name="form_key" value="(\w{22})"', client.get(url).content.decode())[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "model", "sent", "other"),
    [
        ("notes", Note, NOTE, {"text": "They will mail it."}),
        ("contacts", Contact, CALL, {"outcome": "They will fax it"}),
    ],
)
def test_the_same_form_twice_is_one_row(client, nurse, frozen, name, model, sent, other):
    case = founding_case("a")
    url, page = reverse(name, args=[case.reference]), reverse("case", args=[case.reference])
    key = {"form_key": form_key(client, page)}
    events = case.events.count()
    assert [client.post(url, sent | key).status_code for _ in range(3)] == [302] * 3
    assert (model.objects.count(), case.events.count()) == (1, events + 1)
    client.post(url, sent | other | key)  # changed before it was sent again: somebody said something else
    client.post(url, sent | {"form_key": form_key(client, page)})  # the same words on a fresh page: it happened twice
    client.post(url, sent)
    assert (model.objects.count(), case.events.count()) == (4, events + 4)


@pytest.mark.django_db
def test_a_key_is_of_one_case(client, nurse, frozen):
    one, other = founding_case("a"), founding_case("b")
    for case in (one, other):
        client.post(reverse("notes", args=[case.reference]), NOTE | {"form_key": "k" * 22})
    assert sorted(Note.objects.values_list("case_id", flat=True)) == sorted([one.pk, other.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 5000, "é\n'\""])
def test_whatever_stands_as_key_nothing_is_lost(client, nurse, frozen, key):
    case = founding_case("a")
    assert client.post(reverse("notes", args=[case.reference]), NOTE | {"form_key": key}).status_code == 302
    assert Note.objects.count() == 1


@pytest.mark.django_db
def test_a_delivery_is_recorded_once_and_a_second_one_by_itself(client, nurse, frozen):
    case = blocks_denied()
    letter = issue_letter(letter_id=prepare_letters(case_id=case.pk, by=nurse)[0].pk, by=nurse)
    page, url = (reverse(name, args=[case.reference, letter.pk]) for name in ("letter", "letter-delivery"))
    sent = {"channel": "fax", "sent_at": "2026-03-10T10:00", "tracking": "", "form_key": form_key(client, page)}
    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    assert (Delivery.objects.count(), case.events.filter(kind="letter_delivered").count()) == (1, 1)
    client.post(url, sent | {"form_key": form_key(client, page)})
    assert Delivery.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_presses_at_once_are_one_note_and_one_contact():
    case, nurse, start = founding_case("a"), user("nurse"), Barrier(8)
    call = {name: text for name, text in CALL.items() if text}

    def press(index):
        try:
            start.wait()
            if index % 2:
                return record_contact(case_id=case.pk, by=nurse, form_key="key", **call).pk
            return write_note(case_id=case.pk, by=nurse, form_key="key", text="Called.").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(press, range(8)))
    assert rows == [Note.objects.get().pk, Contact.objects.get().pk] * 4


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_keeps_them_apart(frozen):
    case, nurse = founding_case("a"), user("nurse")
    note = write_note(case_id=case.pk, by=nurse, form_key="key", text="Called.")
    same = {"case": case, "by": nurse, "at": note.at, "text": "Called."}
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.create(**same, sent_as=note.sent_as)
    assert [Note.objects.create(**same).sent_as for _ in range(2)] == ["", ""]
