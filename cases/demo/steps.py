"""The steps of a case as people take them, through the product's own actions. Who does what when is courses.py; what is said, the data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from authreview.errors import Incomplete
from authreview.models import User
from authreview.roles import Role
from cases.actions.assignment import assign
from cases.actions.clock import turnaround_rule
from cases.actions.determination import approve_lines, refer_lines, sign_determination
from cases.actions.documents import attach_document, open_page
from cases.actions.facts import confirm_facts, state_fact
from cases.actions.information import Answer, receive_items, send_request
from cases.actions.intake import take_in
from cases.actions.letters import issue_letter, prepare_letters, record_delivery
from cases.actions.line import LineChange, amend_line, record_contact
from cases.actions.marking import Selection
from cases.actions.peer_to_peer import Conversation, offer_peer_to_peer, record_peer_to_peer
from cases.actions.review import accept_proposal, record_finding
from cases.enums import ADVERSE, Channel, DeliveryChannel, LetterStatus, LineStatus, Recipient, SignedWith
from cases.letters.render import plain_document
from cases.models import Case, Document, DocumentPage, ServiceLine
from cases.queries.asking import STILL_WANTED, answer_until, wanted_items
from cases.queries.decide import beside, member_reason, suggested_basis
from cases.queries.lines import LineReview, line_review
from cases.queries.recorded import case_record, open_items
from cases.readiness import DecisionDraft, unanswered

from .calendar import ZONE, Pace
from .shapes import Answers, DemoCase, FactSeen, Found, RecordDocument


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works on a case, and the time of its next step."""

    people: Mapping[str, User]
    nurse: User
    director: User
    pace: Pace


# ---- taking in ------------------------------------------------------------------------------------------------------------------
def receive(demo: DemoCase, desk: Desk, *, entered_at: datetime | None = None) -> Case:
    """The request with its documents, routed by intake."""
    intake = desk.people["intake"]
    case = take_in(data=demo.intake, by=intake, at=entered_at or demo.received_at)
    for document in demo.documents:
        attach(case, document, by=intake, at=desk.pace.after(2))
    return fresh(case)


def attach(case: Case, document: RecordDocument, *, by: User, at: datetime) -> Document:
    """A page by fax, or the text that a portal sends."""
    name = document.title.lower().replace(" ", "-")
    as_text = case.channel == Channel.PORTAL
    return attach_document(
        case_id=case.pk,
        data=document.text.encode() if as_text else pdf(document.title, document.text),
        filename=f"{name}.{'txt' if as_text else 'pdf'}",
        by=by,
        title=document.title,
        kind=document.kind,
        date=document.date,
        source=document.source,
        at=at,
    )


@cache
def pdf(title: str, text: str) -> bytes:
    return plain_document(title, text)


def fresh(case: Case) -> Case:
    return Case.objects.select_related("member", "plan", "requester", "facility").get(pk=case.pk)


# ---- reviewing ------------------------------------------------------------------------------------------------------------------
def take(case: Case, desk: Desk) -> None:
    assign(case_id=case.pk, to=desk.nurse, by=desk.nurse, at=desk.pace.after(30))


def review(case: Case, demo: DemoCase, desk: Desk, *, lines: Sequence[int] = (), at_most: int | None = None) -> None:
    """Read the record, confirm and record the facts, mark what is found. `at_most`: stop after so many criteria of a line."""
    read(case, desk.nurse, desk.pace)
    confirm_facts(case_id=case.pk, by=desk.nurse, at=desk.pace.after(3))
    record(case, demo.facts, desk.nurse, desk.pace)
    mark(case, demo.findings, desk.nurse, desk.pace, lines=lines, at_most=at_most)


def read(case: Case, by: User, pace: Pace) -> None:
    for page in DocumentPage.objects.filter(document__case=case).order_by("document_id", "number"):
        open_page(page=page, by=by, at=pace.after(1))


def record(case: Case, facts: Iterable[FactSeen], by: User, pace: Pace) -> None:
    for fact in facts:
        line = case.lines.get(code=fact.code).number if fact.code else None
        selection = selected(case, fact.quote) if fact.quote else None
        state_fact(case_id=case.pk, kind=fact.kind, values=fact.values, by=by, line=line, selection=selection, at=pace.after(1))


def mark(
    case: Case,
    findings: Mapping[str, Mapping[str, Found]],
    by: User,
    pace: Pace,
    *,
    lines: Sequence[int] = (),
    at_most: int | None = None,
) -> None:
    for line in case.lines.order_by("number"):
        if lines and line.number not in lines:
            continue
        for criterion, found in list(findings.get(line.code, {}).items())[:at_most]:
            if found.accept:
                accept_proposal(reference=case.reference, line=line.number, criterion=criterion, by=by, at=pace.after(1))
                continue
            record_finding(
                reference=case.reference,
                line=line.number,
                criterion=criterion,
                by=by,
                value=found.value,
                note=found.note,
                selection=selected(case, found.quote) if found.quote else None,
                at=pace.after(1),
            )


def selected(case: Case, quote: str) -> Selection:
    """The passage with these words, from the newest document that says them."""
    words = " ".join(quote.split())
    for page in DocumentPage.objects.filter(document__case=case).order_by("-document_id", "number"):
        if words in " ".join(page.text.split()):
            return Selection(document_id=page.document_id, page=page.number, text=words)
    raise Incomplete(f"The record of {case.reference} does not say “{quote}”.")


def reviews_of(case: Case) -> list[LineReview]:
    return [line_review(line) for line in case_record(fresh(case)).lines]


# ---- asking and answers ---------------------------------------------------------------------------------------------------------
def ask(case: Case, desk: Desk, at: datetime, *, lines: Sequence[int] = (), by: User | None = None) -> None:
    """What is on the shortest path, and the flags, as the page ticks it."""
    case = fresh(case)
    reviews = [review for review in reviews_of(case) if not lines or review.line.number in lines]
    items = [item.draft for item in wanted_items(reviews, open_items(case)) if item.ticked]
    due = min((review.line.decide_by for review in reviews if review.line.decide_by), default=None)
    until = answer_until(turnaround_rule(case), due, at, ZONE)
    send_request(case_id=case.pk, items=items, answer_by=until, by=by or desk.nurse, at=at)


def answer(case: Case, answers: Answers, desk: Desk, at: datetime) -> None:
    """The practice's document comes: items ticked off by intake, facts and findings by the nurse."""
    document = attach(case, answers.document, by=desk.people["intake"], at=at)
    rows = [row for request in open_items(case) for row in request.items.all() if row.status in STILL_WANTED]
    given = [Answer(item=row.pk, status="received", document=document.pk, page=1) for row in rows]
    receive_items(case_id=case.pk, answers=given, by=desk.people["intake"], at=at)


def work_answers_in(case: Case, answers: Answers, desk: Desk) -> None:
    read(case, desk.nurse, desk.pace)
    record(case, answers.facts, desk.nurse, desk.pace)
    change(case, answers, desk.nurse, desk.pace)
    mark(case, answers.findings, desk.nurse, desk.pace)


def change(case: Case, answers: Answers, by: User, pace: Pace) -> None:
    """What the practice changed about its lines, line by line."""
    for each in answers.changes:
        line = case.lines.get(code=each.code)
        wanted = LineChange(units=each.units, modifiers=each.modifiers, first_service=each.first_service, sites=each.sites)
        practice = case.requester.name if case.requester else ""
        amend_line(
            case_id=case.pk,
            lines=[line.number],
            change=wanted,
            agreed_with=practice,
            channel="fax",
            by=by,
            agreed_at=answers.at,
            at=pace.after(1),
        )


def call(case: Case, outcome: str, desk: Desk) -> None:
    """The nurse rings the practice."""
    who, began = case.requester.name if case.requester else "", desk.pace.now
    record_contact(
        case_id=case.pk,
        kind="call",
        party="practice",
        person=f"Front desk of {who}",
        outcome=outcome,
        by=desk.nurse,
        happened_at=began,
        at=desk.pace.after(5),
    )


# ---- deciding -------------------------------------------------------------------------------------------------------------------
def approve(case: Case, lines: Sequence[int], desk: Desk, at: datetime) -> None:
    approve_lines(case_id=case.pk, lines=lines, by=desk.nurse, at=at)


def refer(case: Case, lines: Sequence[int], question: str, desk: Desk, at: datetime) -> None:
    refer_lines(case_id=case.pk, lines=lines, question=question, by=desk.nurse, at=at)


def with_director(case: Case, desk: Desk) -> None:
    """The director takes the case and reads its record."""
    assign(case_id=case.pk, to=desk.director, by=desk.director, role=Role.MEDICAL_DIRECTOR, at=desk.pace.after(5))
    read(case, desk.director, desk.pace)


def offer_conversation(case: Case, line: int, desk: Desk, at: datetime, until: datetime) -> None:
    phone = case.requester.phone if case.requester else ""
    offer_peer_to_peer(case_id=case.pk, lines=[line], how=f"Call to {phone}", open_until=until, by=desk.director, at=at)


def close_conversation(case: Case, line: int, outcome: str, desk: Desk, at: datetime, said: str = "") -> None:
    who = case.requester
    held = Conversation(outcome, who.name if who else "", who.specialty if who else "", said, at)
    record_peer_to_peer(case_id=case.pk, lines=[line], conversation=held, by=desk.director)


def answer_the_rest(case: Case, line: int, by: User, pace: Pace) -> None:
    """Every criterion that still can matter is answered before a decision against the request: by its check, or as not documented."""
    review = review_of(case, line)
    for leaf in unanswered(review):
        if leaf.id in review.line.proposals:
            accept_proposal(reference=case.reference, line=line, criterion=leaf.id, by=by, at=pace.after(1))
        else:
            record_finding(reference=case.reference, line=line, criterion=leaf.id, by=by, value="not_documented", at=pace.after(1))


def review_of(case: Case, line: int) -> LineReview:
    return next(review for review in reviews_of(case) if review.line.number == line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a director says on one line. No basis: the one that the reasons name."""

    outcome: str
    rationale: str = ""
    basis: str = ""
    circumstances: str = "Age, other illnesses and earlier care were considered; nothing in the record makes this member an exception."
    alternatives: str = "Physical therapy, a home program and the medicines of the pain plan stay covered."
    units: int | None = None
    sites: tuple[str, ...] = ()
    member_reason: Mapping[str, str] | None = None


def decide(case: Case, line: int, decision: Decision, desk: Desk, at: datetime) -> None:
    """Sign one line; the member's reason is the policy's own wording unless the director wrote one."""
    adverse = decision.outcome in ADVERSE
    review = review_of(case, line)
    basis = decision.basis or (suggested_basis(review) if adverse else "")
    reasons = decision.member_reason or (member_reason(review, basis, beside(review.line).requests) if adverse else None)
    draft = DecisionDraft(
        outcome=decision.outcome,
        basis=basis,
        approved_units=decision.units,
        approved_sites=decision.sites,
        rationale=decision.rationale,
        circumstances=decision.circumstances if adverse else "",
        alternatives=decision.alternatives if adverse else "",
        member_reason=reasons,
        no_conflict=True,
    )
    signed_with = SignedWith.PASSWORD if adverse else SignedWith.SESSION
    sign_determination(case_id=case.pk, line=line, draft=draft, by=desk.director, signed_with=signed_with, at=at)


# ---- telling --------------------------------------------------------------------------------------------------------------------
def issue(case: Case, desk: Desk, at: datetime) -> None:
    """Every letter that the case owes, drawn and kept."""
    writer = desk.people["letters"]
    for letter in prepare_letters(case_id=case.pk, by=writer, at=at):
        issue_letter(letter_id=letter.pk, by=writer, at=at)


def deliver(case: Case, desk: Desk, at: datetime) -> None:
    """Faxed to the practice, mailed to the member."""
    for letter in case.letters.filter(status=LetterStatus.ISSUED, deliveries__isnull=True).order_by("id"):
        channel = DeliveryChannel.FAX if letter.recipient == Recipient.PRACTITIONER else DeliveryChannel.MAIL
        record_delivery(letter_id=letter.pk, channel=channel, by=desk.people["letters"], sent_at=at, at=at)


def lines_in(case: Case, *statuses: LineStatus) -> list[ServiceLine]:
    return list(case.lines.filter(status__in=statuses).order_by("number"))
