"""The pages of deciding: what they show to whom, with and without htmx, and in how many statements."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions.letters import issue_letter
from cases.actions.line import LineChange, amend_line
from cases.actions.peer_to_peer import offer_peer_to_peer
from cases.models import Case, Determination, InformationRequest, PeerToPeer, RequestItem
from tests import letter_cases
from tests.decisions import approvable, denial, offered_and_held, referred, shown
from tests.factories import attach, demo_of, founding_case, mark, reviewed, user

pytestmark = pytest.mark.django_db
PASSWORD = "let me in, please"


def signed_in(client, role):
    client.post("/sign-in/", {"username": user(role).username, "password": PASSWORD})
    return client


def at(name, case, *args):
    return reverse(name, args=[case.reference, *args])


def text(response):
    return response.content.decode().replace("&#x27;", "'")


# ---- the director's page --------------------------------------------------------------------------------------------------------
def test_nothing_is_preselected(client, frozen):
    page = text(signed_in(client, "medical_director").get(at("sign-off-line", referred(), 3)))
    assert page.count('name="decision"') == 5
    assert 'name="decision" id="decision-denied" value="denied" hx-post' in page
    assert '<option value="">Choose the basis</option>' in page
    assert " selected>" not in page


def test_it_shows_what_the_decision_rests_on(client, frozen):
    page = text(signed_in(client, "medical_director").get(at("sign-off-line", referred(), 3)))
    for words in (
        "Is an occipital block medically necessary for occipital neuralgia?",
        "How do you decide?",
        "Nerve blocks of the head, neck and other peripheral nerves 2026.1",
        "“Occipital neuralgia”",
        "Office visit note, 24 Feb 2026, p. 1",
        "searched in 1 document, 1 page",
        "None of this care on file since joining on 1 Jan 2024",
        "Nothing was asked for this line.",
        "Not offered yet.",
        "Side of the greater occipital nerve is not stated.",
        "Licensed in OH until 31 Dec 2030, pain medicine",
        "No part in the nurse review",
        "All criteria answered",
        "Opened by you: 0 of 1 document, 0 of 1 page",
    ):
        assert words in page, words


def test_what_the_practice_changed_is_said(client, frozen):
    case = referred()
    agreed = {"agreed_with": "front desk", "channel": "phone", "by": user("nurse")}
    amend_line(case_id=case.pk, lines=[3], change=LineChange(first_service=date(2026, 3, 30)), **agreed)
    page = text(signed_in(client, "medical_director").get(at("sign-off-line", case, 3)))
    changed = "first day 16 Mar 2026 → 30 Mar 2026, agreed with front desk by phone, 10 Mar 2026."
    assert f"Changed at the practice's request: {changed}" in page


def test_the_first_address_leads_to_the_first_line_that_waits(client, frozen):
    response = signed_in(client, "medical_director").get(at("sign-off", case := referred((3, 4))))
    assert response["Location"] == at("sign-off-line", case, 3)


def test_a_denial_is_signed_and_leads_to_the_next_line(client, frozen):
    case = offered_and_held(referred())
    client = signed_in(client, "medical_director")
    data = {"decision": "denied", "basis": "experimental", "rationale": "Excluded.", "circumstances": "None.", "no_conflict": "on"}
    seen = client.post(at("sign-off-line", case, 3), data | {"password": PASSWORD})
    assert seen.status_code == 422  # the reason that the member reads is seen before it is signed
    assert "Read it, then sign." in text(seen)
    reason = "Our rule says studies do not yet show that these shots help nerve pain at the back of the head."
    assert reason in text(seen)
    whole = data | {"password": PASSWORD, "member_reason_en": reason, "shown": shown(case, 3)}
    signed = client.post(at("sign-off-line", case, 3), whole)
    assert (signed.status_code, signed["Location"]) == (302, at("sign-off-line", case, 4))
    row = Determination.objects.get()
    assert (row.outcome, row.signed_with, row.member_reason) == ("denied", "password", {"en": reason})
    page = text(client.get(at("sign-off-line", case, 3)))
    assert "Signature verified" in page


def test_approving_needs_no_password_in_a_fresh_session(client, frozen):
    case = referred()
    data = {"decision": "approved", "rationale": "Established neuralgia.", "no_conflict": "on", "shown": shown(case, 3)}
    assert signed_in(client, "medical_director").post(at("sign-off-line", case, 3), data).status_code == 302
    assert Determination.objects.values_list("outcome", "signed_with").get() == ("approved", "session")


def test_an_old_session_gives_its_password_again(client, frozen):
    case = referred()
    client = signed_in(client, "medical_director")
    session = client.session
    session["signed_in_at"] = int((timezone.now() - timedelta(hours=5)).timestamp())
    session.save()
    data = {"decision": "approved", "rationale": "Established neuralgia.", "no_conflict": "on", "shown": shown(case, 3)}
    assert client.post(at("sign-off-line", case, 3), data).status_code == 422
    assert client.post(at("sign-off-line", case, 3), data | {"password": PASSWORD}).status_code == 302
    assert Determination.objects.get().signed_with == "password"


def test_what_is_missing_is_linked(client, frozen):
    page = text(
        signed_in(client, "medical_director").post(at("sign-off-line", referred(), 3), {"decision": "denied", "member_reason_en": "x"})
    )
    for words in ("Before this can be signed", "#no-conflict", "#rationale", "#basis", "#peer-to-peer"):
        assert words in page, words


def test_without_a_choice_nothing_happens(client, frozen):
    response = signed_in(client, "medical_director").post(at("sign-off-line", referred(), 3), {})
    assert (response.status_code, "Choose the decision on this line." in text(response)) == (422, True)


def test_asking_opens_the_request_and_returning_gives_the_line_back(client, frozen):
    case = referred()
    client = signed_in(client, "medical_director")
    assert client.post(at("sign-off-line", case, 3), {"decision": "ask"})["Location"] == at("information-request", case) + "?line=3"
    assert client.post(at("sign-off-line", case, 3), {"decision": "return", "return_why": "Which nerve?"}).status_code == 302
    assert case.lines.get(number=3).status == "nurse_review"


def test_the_reason_follows_the_basis_while_it_is_chosen(client, frozen):
    case = referred()
    client = signed_in(client, "medical_director")
    answer = text(
        client.post(at("sign-off-reason", case, 3), {"decision": "denied", "basis": "experimental"}, headers={"HX-Request": "true"})
    )
    assert answer.lstrip().startswith('<div id="letter-words"')
    assert "Our rule says studies do not yet show" in answer
    assert "from the policy's wording; reading grade" in answer
    assert "A note from your doctor that shows a different reason for the care" in answer
    typed = text(
        client.post(
            at("sign-off-reason", case, 3) + "?typed=1",
            {"decision": "denied", "basis": "experimental", "member_reason_en": "See CPT 64405."},
        )
    )
    assert typed.lstrip().startswith('<div id="letter-marks"')
    assert "“64405” looks like a procedure code." in typed


def test_peer_to_peer_is_offered_and_recorded(client, frozen):
    case = referred()
    client = signed_in(client, "medical_director")
    offer = {"offer": "1", "p2p-how": "phone 555-0142", "p2p-open_until": "2026-03-11T17:00", "p2p-lines": "3"}
    assert client.post(at("peer-to-peer", case, 3), offer).status_code == 302
    assert "not held yet" in text(client.get(at("sign-off-line", case, 3)))
    wrong = client.post(at("peer-to-peer", case, 3), {"record": "1", "p2p-outcome": "talked"})
    assert wrong.status_code == 422
    held = {
        "record": "1",
        "p2p-lines": "3",
        "p2p-outcome": "held",
        "p2p-practitioner": "Jordan Example",
        "p2p-specialty": "Neurology",
        "p2p-new_information": "",
    }
    assert client.post(at("peer-to-peer", case, 3), held).status_code == 302
    assert PeerToPeer.objects.values_list("outcome", "practitioner").get() == ("held", "Jordan Example")


def test_one_conversation_about_several_lines_is_offered_and_recorded_once(client, frozen):
    case = referred()
    client = signed_in(client, "medical_director")
    page = text(client.get(at("sign-off-line", case, 3)))
    boxes = [f'name="p2p-lines" value="{number}"' in page for number in (1, 2, 3, 4)]
    assert (boxes, page.count('name="p2p-lines"')) == ([False, True, True, True], 3)
    assert 'id="id_p2p-lines_1" checked' in page  # the line in hand, and no other
    offer = {"offer": "1", "p2p-how": "phone", "p2p-open_until": "2026-03-11T17:00", "p2p-lines": ["2", "3"]}
    client.post(at("peer-to-peer", case, 3), offer)
    assert list(case.lines.order_by("number").values_list("status", flat=True))[1:] == ["peer_to_peer", "peer_to_peer", "physician_review"]
    page = text(client.get(at("sign-off-line", case, 2)))
    assert "by phone on lines 2 and 3, until 11 Mar 2026, 17:00." in page
    assert [f'value="{number}" id="id_p2p-lines_{place}" checked' in page for place, number in enumerate((2, 3))] == [True, True]
    held = {"record": "1", "p2p-lines": ["2", "3"], "p2p-outcome": "held", "p2p-practitioner": "Jordan Example", "p2p-specialty": ""}
    assert client.post(at("peer-to-peer", case, 2), held).status_code == 302
    assert list(PeerToPeer.objects.values_list("line__number", "outcome", "practitioner")) == [
        (2, "held", "Jordan Example"),
        (3, "held", "Jordan Example"),
    ]
    assert list(case.events.filter(kind="peer_to_peer_closed").values_list("line", flat=True)) == [2, 3]
    told = text(client.get(reverse("case", args=[case.reference])))
    assert "Lines 2 and 3: peer-to-peer conversation offered, open until 11 Mar 2026, 17:00." in told
    assert "Lines 2 and 3: peer-to-peer conversation held with Jordan Example." in told
    assert set(case.lines.exclude(number=1).values_list("status", flat=True)) == {"physician_review"}


def test_a_conversation_that_is_sent_twice_is_offered_and_recorded_once(client, frozen):
    case = referred()
    client = signed_in(client, "medical_director")
    offer = {"offer": "1", "p2p-how": "phone", "p2p-open_until": "2026-03-11T17:00", "p2p-lines": ["2", "3"]}
    held = {
        "record": "1",
        "p2p-lines": ["2", "3"],
        "p2p-outcome": "held",
        "p2p-practitioner": "Jordan Example",
        "p2p-new_information": "None",
    }
    for sent, kind in ((offer, "peer_to_peer_offered"), (held, "peer_to_peer_closed")):
        answers = [client.post(at("peer-to-peer", case, 3), sent) for _ in range(3)]
        assert [each.status_code for each in answers] == [302] * 3
        assert (PeerToPeer.objects.count(), case.events.filter(kind=kind).count()) == (2, 2)
    assert client.post(at("peer-to-peer", case, 3), held | {"p2p-new_information": "More"}).status_code == 409
    assert client.post(at("peer-to-peer", case, 3), offer).status_code == 302  # another offer, after the first has ended
    assert client.post(at("peer-to-peer", case, 3), offer | {"p2p-how": "fax"}).status_code == 409
    assert PeerToPeer.objects.count() == 4


@pytest.mark.parametrize("lines", [[], ["1"], ["9"], ["x"], ["3", "1"]])
def test_a_conversation_is_about_lines_that_wait(client, frozen, lines):
    """Line 1 is the nurse's."""
    case = referred()
    offer = {"offer": "1", "p2p-how": "phone", "p2p-open_until": "2026-03-11T17:00", "p2p-lines": lines}
    answer = signed_in(client, "medical_director").post(at("peer-to-peer", case, 3), offer)
    assert (answer.status_code, PeerToPeer.objects.count()) == (422, 0)


def test_a_decision_without_what_was_shown_is_not_signed(client, frozen):
    case = referred()
    client = signed_in(client, "medical_director")
    data = {"decision": "approved", "rationale": "Established neuralgia.", "no_conflict": "on"}
    seen = shown(case, 3)
    for stale in ({}, {"shown": ""}, {"shown": seen[:-1]}):
        assert client.post(at("sign-off-line", case, 3), data | stale).status_code == 409
    mark(case, 3, "gon_acute", "unclear", by=user("medical_director"))
    answer = client.post(at("sign-off-line", case, 3), data | {"shown": seen})
    assert (answer.status_code, "changed since the page was shown" in text(answer)) == (409, True)
    assert Determination.objects.count() == 0


def test_a_nurse_reads_it_and_decides_nothing(client, frozen):
    page = text(signed_in(client, "nurse").get(at("sign-off-line", referred(), 3)))
    assert "Only a medical director decides this line." in page
    assert 'name="decision"' not in page


@pytest.mark.parametrize("name", ["information-request", "referral", "approve", "sign-off-line", "summary"])
@pytest.mark.parametrize("role", ["intake", "letters", "policy_editor"])
def test_needs_role(client, frozen, name, role):
    case = referred()
    args = [3] if name == "sign-off-line" else []
    assert signed_in(client, role).get(at(name, case, *args)).status_code == 403


# ---- statements do not grow with rows -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["information-request", "referral", "approve", "summary", "sign-off-line"])
def test_query_count(client, frozen, name):
    """The same number of statements for a case of four lines, marked or not."""
    counts = []
    for member, lines in (("SHP-1", [1]), ("SHP-2", [1, 2, 3, 4])):
        case = reviewed(founding_case("a", member_id=member), lines=lines)
        args = [3] if name == "sign-off-line" else []
        signed_in(client, "nurse").get(at(name, case, *args))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(at(name, case, *args)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# ---- request, answers, referral, approval ---------------------------------------------------------------------------------------
def form_of(client, case):
    """What a browser would send of the request page: everything as it stands."""
    import re

    page = client.get(at("information-request", case)).content.decode()
    data = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    data |= {name: value for value, name in re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="(answer_by)"', page)}
    data |= dict(re.findall(r'<input[^>]*name="(answer_by)"[^>]*value="([^"]*)"', page))
    for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', page):
        data[name] = value
    for name in re.findall(r'<input type="checkbox"[^>]*name="(item-\d+-tick)"[^>]*checked', page):
        data[name] = "on"
    data.pop("csrfmiddlewaretoken", None)
    return data


def test_case_a_is_asked_for_with_one_press(client, frozen):
    case = reviewed(founding_case("a"))
    client = signed_in(client, "nurse")
    data = form_of(client, case)
    assert sum(name.endswith("-tick") for name in data) == 5
    assert client.post(at("information-request", case), data | {"send": "1"}).status_code == 302
    request = InformationRequest.objects.get()
    assert (request.items.count(), request.answer_by.isoformat()) == (5, "2026-04-25T03:59:00+00:00")
    assert case.lines.get(number=1).status == "awaiting_information"


def test_the_letter_stands_beside_the_request_before_it_is_sent(client, frozen):
    """As it will read: who waits, the items as typed, and the dates that asking would make; nothing is kept of it."""
    case = letter_cases.ready("a")
    client = signed_in(client, "nurse")
    page = text(client.get(at("information-request", case)))
    for words in ("<dt>Waits</dt><dd>20553 (line 1)</dd>", "<dt>Goes on</dt><dd>64400 (line 2), 64405 (line 3), 64450 (line 4)</dd>"):
        assert words in page, words
    data = form_of(client, case) | {"item-0-en": "The day the pain began, please", "own-line": "3", "own-en": "The side"}
    seen = text(client.post(at("information-foreseen", case), data, headers={"HX-Request": "true"}))
    assert "<dt>Waits</dt><dd>20553 (line 1), 64405 (line 3)</dd>" in seen
    assert (InformationRequest.objects.count(), case.letters.count(), case.lines.get(number=1).clock_stopped) == (0, 0, False)
    client.post(at("information-request", case), data | {"send": "1"})
    assert case.letters.count() == 2
    for letter in case.letters.all():
        article = text(client.get(at("letter", case, letter.pk))).partition("<article")[2].partition("</article>")[0]
        assert article in seen
    assert "The time for the decision is stopped until you answer" in seen


def test_a_letter_that_somebody_else_issues_meanwhile_is_no_refusal_of_the_request(client, frozen):
    case, desk = letter_cases.ready("a"), user("letters")
    client = signed_in(client, "nurse")
    data = form_of(client, case)

    was_faster = []

    def desk_is_faster(execute, sql, params, many, context):
        """Between one letter and the next: before the transaction that would issue the second begins."""
        if sql.startswith("SAVEPOINT") and not was_faster and case.letters.filter(status="issued").count() == 1:
            was_faster.append(True)
            issue_letter(letter_id=case.letters.exclude(status="issued").get().pk, by=desk)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(desk_is_faster):
        answer = client.post(at("information-request", case), data | {"send": "1"}, follow=True)
    assert answer.status_code == 200
    assert "1 letter is issued." in text(answer)
    assert "was not issued with it" in text(answer)
    assert list(case.letters.values_list("status", flat=True)) == ["issued", "issued"]


def test_what_is_not_right_yet_is_left_out_of_the_letter(client, frozen):
    case = reviewed(founding_case("b"))
    client = signed_in(client, "nurse")
    data = form_of(client, case) | {"item-0-en": "", "answer_by": "yesterday", "item-1-targets": "9:duration", "item-2-targets": "?"}
    seen = client.post(at("information-foreseen", case), data)
    assert (seen.status_code, text(seen).count("<li><strong>")) == (200, 5)
    nothing = client.post(at("information-foreseen", case), {"item-TOTAL_FORMS": "0", "item-INITIAL_FORMS": "0"})
    assert "Tick what to ask for" in text(nothing)


def test_words_can_be_changed_and_own_ones_added(client, frozen):
    case = reviewed(founding_case("a"))
    client = signed_in(client, "nurse")
    data = form_of(client, case) | {"item-0-en": "The day the pain began, please", "own-line": "1", "own-en": "The name of the therapist"}
    assert client.post(at("information-request", case), data).status_code == 302
    wordings = list(RequestItem.objects.order_by("position").values_list("wording", flat=True))
    assert wordings[0] == {"en": "The day the pain began, please"}  # the Spanish said something else
    assert wordings[-1] == {"en": "The name of the therapist"}
    assert set(wordings[1]) == {"en", "es"}


def test_a_spanish_readers_words_are_changed_in_both(client, frozen):
    case = reviewed(founding_case("b"))
    client = signed_in(client, "nurse")
    data = form_of(client, case) | {"item-0-en": "The day the pain began, please"}
    refused = client.post(at("information-request", case), data)
    assert (refused.status_code, "change the Spanish too" in text(refused)) == (422, True)
    assert "The day the pain began, please" in text(refused)
    assert client.post(at("information-request", case), data | {"item-0-es": "El día en que empezó el dolor"}).status_code == 302


def test_kept_for_later_is_there_again(client, frozen):
    case = reviewed(founding_case("a"))
    client = signed_in(client, "nurse")
    data = form_of(client, case) | {"item-0-en": "Only this"}
    data = {name: value for name, value in data.items() if not name.endswith("-tick") or name == "item-0-tick"}
    assert client.post(at("information-request", case), data | {"keep": "1"}).status_code == 302
    assert "Only this" in text(client.get(at("information-request", case)))
    assert case.lines.get(number=1).status == "nurse_review"


def test_everything_has_arrived_with_one_press(client, frozen):
    case = reviewed(founding_case("a"))
    client = signed_in(client, "nurse")
    client.post(at("information-request", case), form_of(client, case))
    request = InformationRequest.objects.get()
    frozen.shift(timedelta(hours=1))
    signed_in(client, "nurse")
    document = attach(case, demo_of(case).answers.document, by=user("intake"))
    page = text(client.get(at("information-received", case, request.pk)))
    assert f'<option value="{document.pk}" selected>' in page
    management = {"item-TOTAL_FORMS": "5", "item-INITIAL_FORMS": "5"}
    data = management | {"everything": "1", "all-document": str(document.pk), "all-page": "1"}
    assert client.post(at("information-received", case, request.pk), data).status_code == 302
    assert set(RequestItem.objects.values_list("status", "document_id", "page")) == {("received", document.pk, 1)}
    assert case.lines.get(number=1).status == "nurse_review"


def test_one_item_is_ticked_off_and_the_rest_waits(client, frozen):
    case = reviewed(founding_case("a"))
    client = signed_in(client, "nurse")
    client.post(at("information-request", case), form_of(client, case))
    request, document = InformationRequest.objects.get(), case.documents.get()
    data = {"item-TOTAL_FORMS": "5", "item-INITIAL_FORMS": "5", "item-0-status": "received", "item-0-document": str(document.pk)}
    assert client.post(at("information-received", case, request.pk), data).status_code == 302
    assert list(RequestItem.objects.order_by("position").values_list("status", flat=True)) == ["received", *["open"] * 4]


def test_the_referral_is_prefilled_and_neutral(client, frozen):
    case = reviewed(founding_case("a"))
    client = signed_in(client, "nurse")
    page = text(client.get(at("referral", case)))
    assert "Line 3, 64405 Occipital block: the criterion “For occipital neuralgia” is marked: applies." in page
    assert [f'id="line-{number}" checked' in page for number in (1, 2, 3, 4)] == [False, True, True, True]
    sent = client.post(at("referral", case), {"lines": ["2", "3", "4"], "question": "How do you decide each line?"})
    assert sent["Location"] == at("case", case)
    assert list(Case.objects.get().lines.order_by("number").values_list("status", flat=True))[1:] == ["physician_review"] * 3


def test_an_approval_is_one_press_in_a_fresh_session(client, frozen):
    case = approvable()
    client = signed_in(client, "nurse")
    page = text(client.get(at("approve", case) + "?line=3"))
    assert [f'id="line-{number}" checked' in page for number in (1, 3)] == [False, True]
    assert "Approve needs every open criterion met." in page
    assert client.post(at("approve", case), {"lines": ["3"]}).status_code == 302
    assert Determination.objects.values_list("outcome", "signed_as").get() == ("approved", "nurse")


def test_an_offer_stands_on_the_page_while_a_denial_waits(client, frozen):
    case = referred()
    offer_peer_to_peer(case_id=case.pk, lines=[3], how="phone", open_until=timezone.now() + timedelta(days=1), by=user("medical_director"))
    page = text(signed_in(client, "medical_director").get(at("sign-off-line", case, 3)))
    assert "Offered 10 Mar 2026, 10:00 by phone, until 11 Mar 2026, 10:00." in page


def test_a_decided_line_shows_its_signature(client, frozen):
    case = offered_and_held(referred())
    denial(case, 3)
    page = text(signed_in(client, "auditor").get(at("sign-off-line", case, 3)))
    assert "Denied: not proven by studies (experimental)" in page
    assert "Signature verified: nothing has changed since." in page
