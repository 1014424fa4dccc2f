"""Cases that letters are written of: the founding cases asked about and decided, through the real actions, with all that letters need."""

from datetime import timedelta

from django.utils import timezone

from cases.actions.determination import approve_lines, refer_lines, sign_determination
from cases.actions.facts import resolve_flag
from cases.actions.information import Answer, receive_items, send_request
from cases.actions.letter_texts import install_letter_texts
from cases.actions.peer_to_peer import Conversation, offer_peer_to_peer, record_peer_to_peer
from cases.models import Case, Finding, Plan
from cases.queries.asking import wanted_items
from cases.queries.decide import member_reason, suggested_basis
from cases.queries.lines import line_review
from cases.queries.recorded import case_record
from cases.readiness import DecisionDraft, unanswered
from tests.factories import attach, demo_of, founding_case, mark, reviewed, user

CONTACT = {
    "address": ["PO Box 100", "Sampletown, OH 43001"],
    "phone": "1-800-555-0100",
    "tty": "711",
    "hours": {"en": "Monday to Friday, 8 to 6", "es": "de lunes a viernes, de 8 a 18 horas"},
    "fax": "1-800-555-0103",
    "appeals_address": ["Appeals", "PO Box 101", "Sampletown, OH 43001"],
    "appeals_fax": "1-800-555-0101",
    "peer_phone": "1-800-555-0102",
    "provision": {"en": "section 4.2 of your plan", "es": "la sección 4.2 de su plan"},
}


def fresh(case):
    return Case.objects.select_related("member", "plan", "requester", "facility", "reviewer", "director").get(pk=case.pk)


def ready(which, *, line_of_business="", language="", large_print=False, **more):
    """A founding case reviewed as received, on a plan that letters can be written for."""
    case = founding_case(which, **more)
    install_letter_texts(written_by=user("admin", username="writer"), approved_by=user("admin", username="approver"))
    plan = Plan.objects.get(pk=case.plan_id)
    plan.contact = CONTACT
    plan.save()
    if line_of_business:
        Case.objects.filter(pk=case.pk).update(line_of_business=line_of_business)
    case.member.language = language or case.member.language
    case.member.large_print = large_print
    case.member.save()
    return fresh(reviewed(case))


def asked(case, *, lines=None):
    """The nurse sends the request that the checklist proposes."""
    case = fresh(case)
    reviews = [line_review(line) for line in case_record(case).lines if lines is None or line.number in lines]
    items = [item.draft for item in wanted_items(reviews) if item.ticked]
    send_request(case_id=case.pk, items=items, answer_by=timezone.now() + timedelta(days=45), by=user("nurse"))
    return fresh(case)


def referred(case, lines, question="The criteria are marked as the record shows. How do you decide?"):
    refer_lines(case_id=case.pk, lines=lines, question=question, by=user("nurse"))
    return fresh(case)


def sent_about(case, number):
    """The requests that ask about a line."""
    return list(case.requests.filter(items__line__number=number, sent_at__isnull=False).distinct())


def signed(case, number, *, outcome="denied", basis="", reason=None, **draft):
    """The director decides one line, the conversation offered and declined."""
    director, case = user("medical_director"), fresh(case)
    if outcome != "approved":
        for leaf in unanswered(line_review(case_record(case).line(number))):
            mark(case, number, leaf.id, "not_documented", by=director)
        offer_peer_to_peer(case_id=case.pk, lines=[number], how="Fax 555-0143", open_until=timezone.now() + timedelta(days=1), by=director)
        record_peer_to_peer(case_id=case.pk, lines=[number], conversation=Conversation("declined"), by=director)
    review = line_review(case_record(fresh(case)).line(number))
    basis = basis or suggested_basis(review)
    values = {
        "rationale": "The policy excludes this nerve for this use, and the record gives no other use.",
        "circumstances": "Two earlier specialists and a normal nerve study were considered.",
        "member_reason": reason if reason is not None else member_reason(review, basis, sent_about(case, number)),
        "no_conflict": True,
    } | draft
    sign_determination(
        case_id=case.pk,
        line=number,
        draft=DecisionDraft(outcome=outcome, basis=basis if outcome != "approved" else "", **values),
        by=director,
        signed_with="password",
    )
    return fresh(case)


def answered(case):
    """What was asked for arrives, and is marked and confirmed by the nurse."""
    case = fresh(case)
    demo = demo_of(case)
    document = attach(case, demo.answers.document, by=user("intake"))
    items = [item for request in case.requests.all() for item in request.items.all()]
    receive_items(case_id=case.pk, answers=[Answer(item.pk, "received", document.pk, 1) for item in items], by=user("nurse"))
    reviewed(fresh(case), demo.answers.findings)
    for finding in Finding.objects.filter(line__case=case).exclude(stale=""):
        mark(case, finding.line.number, finding.criterion, "not_documented")  # what arrived says nothing of it
    return fresh(case)


def flags_resolved(case):
    """The nurse closes every open flag with the first reason of its list."""
    for line in fresh(case).lines.order_by("number"):
        for flag in [flag for flag in line.flags if not flag["resolved"]]:
            reason = flag["resolutions"][0][0]
            resolve_flag(case_id=case.pk, line=line.number, flag=flag["key"], reason=reason, by=user("nurse"), note="As the practice said.")
    return fresh(case)


def approved(case, *numbers):
    approve_lines(case_id=case.pk, lines=numbers, by=user("nurse"))
    return fresh(case)


def blocks_denied(**more):
    """Case A with its three blocks denied and the injections waiting."""
    case = referred(ready("a", **more), [2, 3, 4])
    for number in (2, 3, 4):
        case = signed(case, number)
    return case
