"""Cases further along their life, through the real actions: referred, offered a conversation, approvable, denied."""

from datetime import timedelta

from django.utils import timezone

from cases.actions.determination import refer_lines, sign_determination
from cases.actions.facts import resolve_flag
from cases.actions.peer_to_peer import Conversation, offer_peer_to_peer, record_peer_to_peer
from cases.enums import SignedWith
from cases.models import Case
from cases.queries.decide import beside
from cases.queries.lines import line_review
from cases.queries.recorded import case_record
from cases.queries.snapshot import digest_shown
from cases.readiness import DecisionDraft
from tests.factories import founding_case, reviewed, user

QUESTION = "Line 3: the criterion “For occipital neuralgia” is marked: applies. How do you decide?"
REASONS = {"en": "Our rule does not cover these shots for this pain.", "es": "Nuestra regla no cubre estas inyecciones para este dolor."}


def referred(lines=(2, 3, 4), **more):
    """Case A with its block lines before the director."""
    case = reviewed(founding_case("a", **more))
    refer_lines(case_id=case.pk, lines=lines, question=QUESTION, by=user("nurse"))
    return Case.objects.get(pk=case.pk)


def approvable():
    """Case A under plan ahh, where line 3 is met on the nurse's authority and its flag is resolved."""
    case = reviewed(founding_case("a", plan="ahh"))
    resolve_flag(case_id=case.pk, line=3, flag="side", reason="side_in_record", by=user("nurse"))
    return Case.objects.get(pk=case.pk)


def offered_and_held(case, line=3):
    """The conversation was offered on a line and held."""
    director = user("medical_director")
    offer_peer_to_peer(case_id=case.pk, lines=[line], how="phone", open_until=timezone.now() + timedelta(days=1), by=director)
    talk = Conversation("held", "Jordan Example", "Neurology", "Nothing new")
    record_peer_to_peer(case_id=case.pk, lines=[line], conversation=talk, by=director)
    return case


def draft(**more):
    """A decision against the request with all it needs."""
    values = {
        "outcome": "denied",
        "basis": "experimental",
        "rationale": "The use asked for is excluded by the policy in force.",
        "circumstances": "Nothing particular to this member.",
        "member_reason": REASONS,
        "no_conflict": True,
    }
    return DecisionDraft(**(values | more))


def denial(case, line, *, by=None, signed_with=SignedWith.PASSWORD, shown=None, **more):
    return sign_determination(
        case_id=case.pk, line=line, draft=draft(**more), by=by or user("medical_director"), signed_with=signed_with, shown=shown
    )


def shown(case, line):
    """The digest that the director's page carries now."""
    record = case_record(Case.objects.select_related("member", "plan", "requester", "facility").get(pk=case.pk))
    review = line_review(record.line(line))
    return digest_shown(record, review, beside(review.line))
