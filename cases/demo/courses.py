"""How far a case has come, as steps one after the other. Each step takes the case, its data and who works on it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from cases.actions.determination import return_line
from cases.actions.intake import mark_duplicate, start_case
from cases.actions.line import void_line, withdraw_line, write_note
from cases.enums import LineStatus, Outcome
from cases.models import Case
from cases.queries.recorded import open_items
from criteria.enums import Value

from . import steps
from .shapes import DemoCase
from .steps import Decision, Desk
from .typed_form import typed

Step = Callable[[Case, DemoCase, Desk], None]

NO_POLICY = "Line 1: no policy governs {code}, so it is a question of medical need. The findings of the visit are cited in the note. {ask}"
BY_RULE = "Line {number}: of the criteria, {said} {verb} marked as deciding. The quotes are cited. {ask}"
HOW = "How do you decide?"


# ---- before there is a case -----------------------------------------------------------------------------------------------------
def draft(demo: DemoCase, desk: Desk) -> Case:
    """A request that intake has begun to type."""
    form = typed(demo.intake, key=f"demo-{demo.intake.member.member_id}", without=("requester_fax", "address"))
    return start_case(
        by=desk.people["intake"], channel=demo.intake.channel, draft=form, draft_key=form["draft_key"][0], at=demo.received_at
    )


def duplicate(demo: DemoCase, desk: Desk) -> Case:
    """The same request sent twice; the second is ended as a repetition of the first."""
    first = steps.receive(demo, desk)
    second = draft(demo, desk)
    return mark_duplicate(case_id=second.pk, of_id=first.pk, by=desk.people["intake"], at=desk.pace.after(12))


INTAKE_COURSES: Mapping[str, Callable[[DemoCase, Desk], Case]] = {"draft": draft, "duplicate": duplicate}


# ---- the nurse ------------------------------------------------------------------------------------------------------------------
def take(case: Case, demo: DemoCase, desk: Desk) -> None:
    steps.take(case, desk)


def begin(case: Case, demo: DemoCase, desk: Desk) -> None:
    desk.pace.on(1, "09:40")
    steps.review(case, demo, desk, lines=[1], at_most=2)


def review(case: Case, demo: DemoCase, desk: Desk) -> None:
    desk.pace.on(1, "10:10")
    steps.review(case, demo, desk)


def ask(case: Case, demo: DemoCase, desk: Desk) -> None:
    """Asks for what is missing; a line that its rule decides already, or that none governs, goes to the director."""
    waiting = [each.line.number for each in steps.reviews_of(case) if each.assessment and each.assessment.value == Value.UNDETERMINED]
    steps.ask(case, desk, desk.pace.after(25), lines=waiting)
    steps.call(case, "Told that a request for information comes by fax", desk)
    tell(case, demo, desk)
    others = [line.number for line in steps.lines_in(case, LineStatus.NURSE_REVIEW)]
    if others:
        _refer(case, others, desk)


def answered(case: Case, demo: DemoCase, desk: Desk) -> None:
    if demo.answers is not None:
        steps.answer(case, demo.answers, desk, desk.pace.to(demo.answers.at))


def work_in(case: Case, demo: DemoCase, desk: Desk) -> None:
    if demo.answers is not None:
        desk.pace.after(90)
        steps.work_answers_in(case, demo.answers, desk)


def approve(case: Case, demo: DemoCase, desk: Desk) -> None:
    lines = [line.number for line in steps.lines_in(case, LineStatus.NURSE_REVIEW)]
    steps.approve(case, lines, desk, desk.pace.after(15))


def refer(case: Case, demo: DemoCase, desk: Desk) -> None:
    lines = steps.lines_in(case, LineStatus.NURSE_REVIEW, LineStatus.AWAITING_INFORMATION)
    write_note(
        case_id=case.pk, text="Read the whole record; nothing else in it speaks to the question.", by=desk.nurse, at=desk.pace.after(4)
    )
    _refer(case, [line.number for line in lines], desk)


def _refer(case: Case, lines: list[int], desk: Desk) -> None:
    steps.refer(case, lines, " ".join(_question(case, number) for number in lines), desk, desk.pace.after(20))


def _question(case: Case, number: int) -> str:
    """Findings and a question, without a recommendation."""
    found = steps.review_of(case, number)
    if found.assessment is None:
        return NO_POLICY.format(code=found.line.code, ask=HOW)
    decisive = found.assessment.reasons or found.assessment.open
    texts = [f"“{leaf.text}”" for leaf in found.criteria if leaf.id in decisive][:2]
    said = " and ".join(texts) or "all"
    return BY_RULE.format(number=number, said=said, verb="are" if len(texts) != 1 else "is", ask=HOW)


# ---- the director ---------------------------------------------------------------------------------------------------------------
def direct(case: Case, demo: DemoCase, desk: Desk) -> None:
    desk.pace.on(1, "08:50")
    steps.with_director(case, desk)


def offer(case: Case, demo: DemoCase, desk: Desk) -> None:
    for line in steps.lines_in(case, LineStatus.PHYSICIAN_REVIEW):
        at = desk.pace.after(10)
        steps.offer_conversation(case, line.number, desk, at, at + timedelta(days=3))


def talk(case: Case, demo: DemoCase, desk: Desk) -> None:
    """The conversation was held, or the practice had no wish for one."""
    held = case.pk % 2 == 0
    desk.pace.on(1, "13:15")
    for line in steps.lines_in(case, LineStatus.PEER_TO_PEER):
        said = "No further treatment or finding than those in the note." if held else ""
        steps.close_conversation(case, line.number, "held" if held else "declined", desk, desk.pace.after(10), said)


def approve_as_director(case: Case, demo: DemoCase, desk: Desk) -> None:
    why = "The diagnosis is established, the usual medicines were tried in full, and the care asked for is accepted for it."
    for line in steps.lines_in(case, LineStatus.PHYSICIAN_REVIEW):
        steps.decide(case, line.number, Decision(outcome=Outcome.APPROVED, rationale=why), desk, desk.pace.after(20))


def deny(case: Case, demo: DemoCase, desk: Desk) -> None:
    """On the criteria as they are marked, every one of them answered."""
    why = "The criteria that decide are met or not met as marked, on the quotes cited. The note and the conversation show no exception."
    for line in steps.lines_in(case, LineStatus.PHYSICIAN_REVIEW):
        steps.answer_the_rest(case, line.number, desk.director, desk.pace)
        steps.decide(case, line.number, Decision(outcome=Outcome.DENIED, rationale=why), desk, desk.pace.after(20))


def wait_out(case: Case, demo: DemoCase, desk: Desk) -> None:
    """The last day of the request passes."""
    last = max(request.answer_by for request in open_items(case) if request.answer_by)
    desk.pace.to(last)
    desk.pace.on(1, "09:00")


def deny_unanswered(case: Case, demo: DemoCase, desk: Desk) -> None:
    """What was asked for did not come by its last day."""
    why = "What is missing was asked for item by item, and the last day for it has passed. Nothing came."
    for line in steps.lines_in(case, LineStatus.PHYSICIAN_REVIEW):
        steps.answer_the_rest(case, line.number, desk.director, desk.pace)
        steps.decide(case, line.number, Decision(outcome=Outcome.DENIED, rationale=why), desk, desk.pace.after(20))


def approve_in_part(case: Case, demo: DemoCase, desk: Desk) -> None:
    why = "One injection is supported by the exam of this joint. The note gives no reason for a second one on the same day."
    reason = {
        "en": "Your notes show why one shot into this joint can help. They do not show why two are needed on the same day.",
        "es": "Sus notas muestran por qué una inyección en esta articulación puede ayudar. No muestran por qué pedir dos el mismo día.",
    }
    decision = Decision(outcome=Outcome.APPROVED_IN_PART, rationale=why, basis="medical_necessity", units=1, member_reason=reason)
    for line in steps.lines_in(case, LineStatus.PHYSICIAN_REVIEW):
        steps.answer_the_rest(case, line.number, desk.director, desk.pace)
        steps.decide(case, line.number, decision, desk, desk.pace.after(20))


def give_back(case: Case, demo: DemoCase, desk: Desk) -> None:
    for line in steps.lines_in(case, LineStatus.PHYSICIAN_REVIEW):
        why = "Please find out how long the physical therapy went on, and with which result."
        return_line(case_id=case.pk, line=line.number, why=why, by=desk.director, at=desk.pace.after(30))


# ---- the letters desk -----------------------------------------------------------------------------------------------------------
def issue(case: Case, demo: DemoCase, desk: Desk) -> None:
    steps.issue(case, desk, desk.pace.after(35))


def deliver(case: Case, demo: DemoCase, desk: Desk) -> None:
    steps.deliver(case, desk, desk.pace.after(40))


def tell(case: Case, demo: DemoCase, desk: Desk) -> None:
    """Issued, and out of the house on the same day."""
    issue(case, demo, desk)
    deliver(case, demo, desk)


# ---- other ends -----------------------------------------------------------------------------------------------------------------
def withdraw(case: Case, demo: DemoCase, desk: Desk) -> None:
    lines = [line.number for line in case.lines.all()]
    withdraw_line(
        case_id=case.pk, lines=lines, why="The practice withdrew the request: the pain is gone.", by=desk.nurse, at=desk.pace.on(1, "11:00")
    )


def void(case: Case, demo: DemoCase, desk: Desk) -> None:
    lines = [line.number for line in case.lines.all()]
    why = "Entered for the wrong member; taken in again under the right one."
    void_line(case_id=case.pk, lines=lines, why=why, by=desk.people["supervisor"], at=desk.pace.on(1, "14:20"))


REVIEWED: tuple[Step, ...] = (take, review)
ASKED: tuple[Step, ...] = (*REVIEWED, ask)
REFERRED: tuple[Step, ...] = (*REVIEWED, refer)
HEARD: tuple[Step, ...] = (*REFERRED, direct, offer, talk)
DECIDED: Mapping[str, tuple[Step, ...]] = {
    "approved": (*REVIEWED, approve),
    "approved_by_director": (*REFERRED, direct, approve_as_director),
    "denied": (*HEARD, deny),
    "in_part": (*HEARD, approve_in_part),
    "unanswered": (*ASKED, wait_out, refer, direct, offer, talk, deny_unanswered),
}
COURSES: Mapping[str, tuple[Step, ...]] = {
    "new": (),
    "no_review": (),
    "taken": (take,),
    "begun": (take, begin),
    "ready": REVIEWED,
    "asked": ASKED,
    "answered": (*ASKED, answered),
    "worked": (*ASKED, answered, work_in),
    "referred": REFERRED,
    "directed": (*REFERRED, direct),
    "talking": (*REFERRED, direct, offer),
    "returned": (*REFERRED, direct, give_back),
    "withdrawn": (take, begin, withdraw),
    "void": (take, void),
    **DECIDED,
    **{f"{course}_issued": (*path, issue) for course, path in DECIDED.items()},
    **{f"{course}_told": (*path, tell) for course, path in DECIDED.items()},
}
