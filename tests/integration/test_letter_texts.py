"""Wording that was written and not approved in time: letters go on with the one before it, and those concerned are told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.actions.letter_texts import install_letter_texts
from cases.models import LetterText
from tests.factories import user

pytestmark = pytest.mark.django_db


def test_wording_unapproved_past_its_first_day_is_said_to_who_approves_and_who_sends(client, frozen):
    install_letter_texts(written_by=user("admin", username="writer"), approved_by=user("admin", username="approver"))
    first = LetterText.objects.get(key="questions", language="en")
    whose = {name: getattr(first, name) for name in ("key", "line_of_business", "state", "language")}
    written = {"written_by": first.written_by, "written_at": timezone.now()}
    LetterText.objects.create(**whose, **written, body="Call.", effective_from="2026-03-11")
    pages = {"admin": reverse("admin:cases_lettertext_changelist"), "letters": reverse("letters-print")}

    def said():
        found = {}
        for role, page in pages.items():
            client.force_login(user(role, is_staff=role == "admin"), backend="authreview.backends.RoleBackend")
            found[role] = "waits for its approval past its first day: questions (en) from 11 Mar 2026." in client.get(page).content.decode()
        return found

    assert said() == {"admin": False, "letters": False}  # its day is still to come
    frozen.shift(timedelta(days=1))
    assert said() == {"admin": True, "letters": True}
    approved = {"approved_by": first.approved_by, "approved_at": timezone.now()}
    LetterText.objects.create(**whose, **written, **approved, body="Call us.", effective_from="2026-03-12")
    assert said() == {"admin": False, "letters": False}  # overtaken
