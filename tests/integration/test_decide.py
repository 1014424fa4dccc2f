"""Deciding through the actions: who approves what, what a signature freezes, numbers and dates, referral, return, peer-to-peer, notice."""

import json
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from authreview.errors import Conflict, Denied, Incomplete
from authreview.models import Licence
from cases.actions.determination import (
    approve_lines,
    authorization_number,
    check_digit,
    mark_notified,
    refer_lines,
    return_line,
    sign_determination,
    validity,
    verify_signature,
)
from cases.actions.history import locked_case
from cases.actions.information import Answer, receive_items, send_request
from cases.actions.peer_to_peer import Conversation, offer_peer_to_peer, record_peer_to_peer
from cases.enums import SignedWith
from cases.models import Case, Determination, Session
from cases.permissions import NO_LICENCE, NOT_A_DIRECTOR, NOT_REFERRED, NURSE_ADVERSE, OTHER_SPECIALTY, OWN_REVIEW
from cases.queries.asking import ItemDraft, Target
from cases.queries.decide import beside, member_reason, suggested_basis, what_could_change
from cases.queries.lines import line_review
from cases.queries.recorded import case_record
from cases.queries.snapshot import digest_shown
from cases.readiness import DecisionDraft
from tests.decisions import QUESTION, approvable, denial, offered_and_held, referred
from tests.factories import founding_case, mark, reviewed, user

pytestmark = pytest.mark.django_db


def line(case, number):
    return Case.objects.get(pk=case.pk).lines.get(number=number)


def review_of(case, number):
    record = case_record(Case.objects.get(pk=case.pk))
    return line_review(record.line(number))


# ---- the nurse ------------------------------------------------------------------------------------------------------------------
def test_a_nurse_approves_chosen_lines_in_full(frozen):
    case = approvable()
    (signed,) = approve_lines(case_id=case.pk, lines=[3], by=user("nurse"))
    assert (signed.outcome, signed.approved_units, signed.requested_units, signed.signed_as, signed.signed_with, signed.value) == (
        "approved",
        1,
        1,
        "nurse",
        "session",
        "met",
    )
    assert (signed.valid_from, signed.valid_through) == (date(2026, 3, 16), date(2026, 6, 14))
    assert verify_signature(Determination.objects.get(pk=signed.pk))
    assert (line(case, 3).status, line(case, 1).status) == ("decided", "nurse_review")
    assert list(case.work.values_list("queue", flat=True).order_by("queue")) == ["notify", "nurse"]
    expected = Session.objects.get(line__number=3)
    assert (expected.code, expected.date, expected.source) == ("64405", date(2026, 3, 16), "approved")


def test_a_nurse_approves_nothing_against_the_assessment(frozen):
    case = reviewed(founding_case("a"))
    for number, sentence in ((1, "Approve needs every open criterion met."), (3, "The criteria are not met as marked")):
        with pytest.raises(Incomplete) as refused:
            approve_lines(case_id=case.pk, lines=[number], by=user("nurse"))
        assert refused.value.sentence.startswith(sentence)
    assert Determination.objects.count() == 0


def test_one_line_that_cannot_be_approved_stops_them_all(frozen):
    case = approvable()
    with pytest.raises(Incomplete):
        approve_lines(case_id=case.pk, lines=[1, 3], by=user("nurse"))
    assert Determination.objects.count() == 0


def test_an_open_flag_stops_an_approval(frozen):
    case = reviewed(founding_case("a", plan="ahh"))
    with pytest.raises(Incomplete) as refused:
        approve_lines(case_id=case.pk, lines=[3], by=user("nurse"))
    assert [problem.message for problem in refused.value.problems] == ["A flag is open: ask for it, resolve it, or refer the line."]


def test_a_nurse_whose_licence_has_expired_signs_nothing(frozen):
    case = approvable()
    Licence.objects.filter(user=user("nurse")).update(expires_on=date(2026, 3, 9))
    with pytest.raises(Denied) as refused:
        approve_lines(case_id=case.pk, lines=[3], by=user("nurse"))
    assert refused.value.sentence == "Your licence has expired, so you cannot sign."


# ---- referral and return --------------------------------------------------------------------------------------------------------
def test_several_lines_are_referred_with_one_question(frozen):
    case = reviewed(founding_case("a"))
    referral = refer_lines(case_id=case.pk, lines=[2, 3, 4], question=QUESTION, by=user("nurse"))
    assert sorted(referral.lines.values_list("number", flat=True)) == [2, 3, 4]
    assert [line(case, number).status for number in (1, 2, 3, 4)] == ["nurse_review", *["physician_review"] * 3]
    assert case.events.filter(kind="referred").count() == 3


@pytest.mark.parametrize("words", ["Please deny this.", "I recommend denial.", "This should be approved.", "  "])
def test_a_referral_recommends_nothing(frozen, words):
    case = reviewed(founding_case("a"))
    with pytest.raises(Incomplete):
        refer_lines(case_id=case.pk, lines=[3], question=words, by=user("nurse"))
    assert line(case, 3).status == "nurse_review"


def test_a_director_returns_a_line_with_a_reason(frozen):
    case = referred()
    with pytest.raises(Incomplete):
        return_line(case_id=case.pk, line=3, why=" ", by=user("medical_director"))
    return_line(case_id=case.pk, line=3, why="Which nerve is meant?", by=user("medical_director"))
    assert line(case, 3).status == "nurse_review"


# ---- the director ---------------------------------------------------------------------------------------------------------------
def test_a_director_denies_one_line_with_everything_it_needs(frozen):
    case = offered_and_held(referred())
    signed = denial(case, 3)
    assert (signed.outcome, signed.basis, signed.approved_units, signed.authorization_number) == ("denied", "experimental", 0, None)
    assert signed.signed_with == "password"
    assert signed.licence.startswith("OH OH-")
    assert [line(case, number).status for number in (2, 3, 4)] == ["physician_review", "decided", "physician_review"]
    assert Session.objects.count() == 0


def test_the_snapshot_names_rule_findings_evidence_and_documents(frozen):
    case = offered_and_held(referred())
    frozen_text = json.loads(denial(case, 3).snapshot)
    assert [each["policy"] for each in frozen_text["policies"]] == ["nerve-blocks"]
    assert frozen_text["findings"]["gon_neuralgia"]["evidence"][0]["quote"] == "Occipital neuralgia"
    assert [each["title"] for each in frozen_text["documents"]] == ["Office visit note"]
    assert frozen_text["referrals"][0]["question"] == QUESTION
    assert frozen_text["assessment"] == {
        "value": "not_met",
        "open": [],
        "settled": ["gon_acute", "gon_program"],
        "reasons": ["gon_neuralgia"],
        "authority": None,
    }


def test_a_changed_text_or_row_no_longer_verifies(frozen):
    case = offered_and_held(referred())
    signed = Determination.objects.get(pk=denial(case, 3).pk)
    assert verify_signature(signed)
    for name, value in (("rationale", "Other words"), ("outcome", "approved"), ("approved_units", 1), ("digest", "0" * 64)):
        before = getattr(signed, name)
        setattr(signed, name, value)
        assert not verify_signature(signed)
        setattr(signed, name, before)
    signed.findings = {**signed.findings, "gon_neuralgia": "not_met"}
    assert not verify_signature(signed)


def test_an_adverse_decision_needs_the_password(frozen):
    case = offered_and_held(referred())
    with pytest.raises(Denied) as refused:
        denial(case, 3, signed_with=SignedWith.SESSION)
    assert refused.value.sentence == "A decision against the request is signed with your password."


def test_everything_that_is_missing_is_said_at_once(frozen):
    case = referred()
    mark(case, 2, "face_acute", None, by=user("medical_director"))
    with pytest.raises(Incomplete) as refused:
        sign_determination(case_id=case.pk, line=2, draft=DecisionDraft(outcome="denied"), by=user("medical_director"))
    assert [problem.label for problem in refused.value.problems] == [
        "Conflict of interest",
        "Acute pain",
        "Rationale",
        "Individual circumstances",
        "Reason in the member's letter",
        "Basis",
        "Peer-to-peer",
    ]


def test_a_director_approves_as_easily_as_they_deny(frozen):
    case = referred()
    signed = sign_determination(
        case_id=case.pk,
        line=3,
        draft=DecisionDraft(outcome="approved", rationale="Established neuralgia, no other care is left.", no_conflict=True),
        by=user("medical_director"),
    )
    assert (signed.outcome, signed.value, signed.signed_with) == ("approved", "not_met", "session")


def test_approving_ends_a_conversation_nobody_needs(frozen):
    case = referred()
    offer_peer_to_peer(case_id=case.pk, lines=[3], how="phone", open_until=timezone.now() + timedelta(days=1), by=user("medical_director"))
    draft = DecisionDraft(outcome="approved", rationale="As asked for.", no_conflict=True)
    sign_determination(case_id=case.pk, line=3, draft=draft, by=user("medical_director"))
    assert (line(case, 3).status, line(case, 3).peer_to_peers.get().outcome) == ("decided", "waived")


def test_a_denial_waits_for_the_conversation(frozen):
    case = referred()
    offer_peer_to_peer(case_id=case.pk, lines=[3], how="phone", open_until=timezone.now() + timedelta(days=1), by=user("medical_director"))
    with pytest.raises(Incomplete) as refused:
        denial(case, 3)
    assert refused.value.sentence == "The conversation is still offered: record how it went first."
    talk = Conversation("held", "Jordan Example", "Neurology", "Nothing new")
    record_peer_to_peer(case_id=case.pk, lines=[3], conversation=talk, by=user("medical_director"))
    assert denial(case, 3).outcome == "denied"


def test_in_part_is_less_than_asked_for(frozen):
    case = offered_and_held(referred(), line=2)
    with pytest.raises(Incomplete):
        denial(case, 2, outcome="approved_in_part", approved_units=1)
    signed = denial(case, 2, outcome="approved_in_part", approved_units=1, approved_sites=("supraorbital nerve",))
    assert (signed.approved_units, signed.approved_sites, signed.authorization_number is not None) == (1, ["supraorbital nerve"], True)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ({"role": "nurse"}, NURSE_ADVERSE),
        ({"role": "supervisor"}, NURSE_ADVERSE),
        ({"role": "medical_director", "username": "away", "states": ("IN",)}, NO_LICENCE.format(state="OH")),
    ],
)
def test_who_may_not_deny(frozen, who, sentence):
    case = offered_and_held(referred())
    with pytest.raises(Denied) as refused:
        denial(case, 3, by=user(who.pop("role"), **who))
    assert refused.value.sentence == sentence


def test_an_expired_licence_signs_nothing(frozen):
    case = offered_and_held(referred())
    Licence.objects.filter(user=user("medical_director")).update(expires_on=date(2026, 3, 9))
    with pytest.raises(Denied):
        denial(case, 3)


@pytest.mark.parametrize(("line_of_business", "is_asked_for"), [("commercial", True), ("medicare_advantage", False)])
def test_where_the_state_asks_for_it_a_denial_is_of_the_practitioners_specialty(client, frozen, line_of_business, is_asked_for):
    case = referred()
    Case.objects.update(state="TX", line_of_business=line_of_business)
    director, other = (
        user("medical_director", username=name, states=("TX",), specialty=specialty)
        for name, specialty in (("same", "Pain medicine, neurology"), ("other", "Pain medicine"))
    )
    offered_and_held(case)
    sentence = OTHER_SPECIALTY.format(state="TX", specialty="Neurology")
    client.force_login(other)
    page = client.get(reverse("sign-off-line", args=[case.reference, 3])).content.decode()
    assert (escape(sentence) in page) is is_asked_for
    if is_asked_for:
        with pytest.raises(Denied) as refused:
            denial(case, 3, by=other)
        assert refused.value.sentence == sentence
        assert denial(case, 3, by=other, outcome="approved", basis="").outcome == "approved"
    else:
        assert denial(case, 3, by=other).outcome == "denied"
    assert denial(offered_and_held(case, 2), 2, by=director).outcome == "denied"


def test_a_director_who_reviewed_as_nurse_does_not_decide(frozen):
    both = user("nurse", "medical_director", username="both")
    case = reviewed(founding_case("a"), by=both)
    refer_lines(case_id=case.pk, lines=[3], question=QUESTION, by=both)
    with pytest.raises(Denied) as refused:
        denial(case, 3, by=both)
    assert refused.value.sentence == OWN_REVIEW


def test_a_line_nobody_referred_is_not_decided(frozen):
    case = reviewed(founding_case("a"))
    with pytest.raises(Denied) as refused:
        denial(case, 3)
    assert refused.value.sentence == NOT_REFERRED
    draft = DecisionDraft(outcome="approved", no_conflict=True)
    with pytest.raises(Denied) as refused:
        sign_determination(case_id=case.pk, line=3, draft=draft, by=user("nurse"))
    assert refused.value.sentence == NOT_A_DIRECTOR


def test_a_signature_is_for_what_was_shown(frozen):
    case = offered_and_held(referred())
    review = review_of(case, 3)
    shown = digest_shown(case_record(Case.objects.get(pk=case.pk)), review, beside(review.line))
    mark(case, 3, "gon_acute", "not_met", by=user("medical_director"))
    with pytest.raises(Conflict):
        denial(case, 3, shown=shown)


# ---- words, numbers, dates ------------------------------------------------------------------------------------------------------
def test_the_members_reason_is_the_policys(frozen):
    case = reviewed(founding_case("a"))
    review = review_of(case, 3)
    assert suggested_basis(review) == "experimental"
    leaf = review.criterion("gon_neuralgia")
    assert member_reason(review, "experimental") == {"en": leaf.reason["en"], "es": leaf.reason["es"]}
    assert what_could_change(review, "experimental") == [
        "A note from your doctor that shows a different reason for the care, one that our rule covers."
    ]
    assert member_reason(review, "benefit") == {}


def test_a_line_without_its_answer_says_what_was_asked_and_when(frozen):
    case = reviewed(founding_case("a"))
    items = [ItemDraft({"en": "The date the pain began"}, (Target(1, ("duration",)),))]
    request = send_request(case_id=case.pk, items=items, answer_by=timezone.now() + timedelta(days=5), by=user("nurse"))
    review = review_of(case, 1)
    text = member_reason(review, "no_information", beside(review.line).requests)
    assert text["en"].startswith("The records we got do not say when your pain began.")
    assert text["en"].endswith("We asked your doctor for this on March 10, 2026. The answer was due by March 15, 2026. It did not come.")
    assert text["es"].endswith("a más tardar el 15 de marzo de 2026. No llegó.")
    answers = [Answer(request.items.get().pk, "partly", case.documents.get().pk)]
    receive_items(case_id=case.pk, answers=answers, by=user("nurse"))
    mark(case, 1, "duration", "unclear")
    text = member_reason(review_of(case, 1), "no_information", beside(review.line).requests)
    assert text["en"].endswith("We asked your doctor for this on March 10, 2026. What came did not answer it.")


def test_authorization_numbers_carry_a_check_digit(frozen):
    case = founding_case("a")
    number = authorization_number(case, line(case, 3), 2026)
    digits = number.removeprefix("A-").replace("-", "")
    assert number == f"A-26-{case.pk:06d}-03-{digits[-1]}"
    assert check_digit(digits[:-1]) == int(digits[-1])
    assert check_digit("7992739871") == 3  # the classic of the Luhn check


@pytest.mark.parametrize(
    ("review_type", "first", "last", "expected"),
    [
        ("preservice", date(2026, 3, 16), None, (date(2026, 3, 16), date(2026, 6, 14))),
        ("preservice", date(2026, 3, 1), None, (date(2026, 3, 10), date(2026, 6, 8))),
        ("preservice", None, None, (date(2026, 3, 10), date(2026, 6, 8))),
        ("preservice", date(2026, 3, 16), date(2026, 9, 30), (date(2026, 3, 16), date(2026, 9, 30))),
        ("postservice", date(2026, 1, 20), None, (date(2026, 1, 20), date(2026, 1, 20))),
        ("postservice", date(2026, 1, 20), date(2026, 1, 22), (date(2026, 1, 20), date(2026, 1, 22))),
    ],
)
def test_how_long_an_approval_holds(frozen, review_type, first, last, expected):
    case = founding_case("a")
    case.review_type = review_type
    asked = line(case, 1)
    asked.first_service, asked.last_service = first, last
    assert validity(case, asked, date(2026, 3, 10)) == expected


def test_told_is_the_end_of_the_line(frozen):
    case = offered_and_held(referred())
    denial(case, 3)
    with transaction.atomic():
        held = locked_case(case.pk)
        mark_notified(held, held.lines.get(number=3), by=user("letters"), at=timezone.now())
    told = line(case, 3)
    assert (told.status, told.notified_at) == ("notified", timezone.now())
    assert list(case.clock_entries.filter(line__number=3).values_list("kind", flat=True)) == ["notified"]
