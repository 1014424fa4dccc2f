"""The founding cases as received, and again in each later state of their life, with members of other names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from authreview.errors import Refusal
from authreview.models import User
from cases.actions.review import record_finding
from cases.enums import DenialBasis, LineStatus, Outcome
from cases.models import Case

from . import steps
from .calendar import Calendar, Pace
from .courses import Step, answered, direct, issue, offer, take, talk, tell, work_in
from .founding import case_a, case_b
from .shapes import DemoCase
from .steps import Decision, Desk

POINTS, FACE, GREATER, OTHER = 1, 2, 3, 4  # the lines of case A; in case B the second is the occipital block
QUESTION_BLOCKS = (
    "For each of these blocks an exclusion of its rule is marked as applying: headache at the forehead, occipital neuralgia. "
    "The quotes are cited. How do you decide?"
)
QUESTION_POINTS = (
    "Line 1: every criterion is marked met but one. The injections and the occipital block were given on one day, and the letter of the "
    "practice gives no reason for both. How do you decide?"
)
WHY_BLOCKS = {
    FACE: "The note plans the block for headache at the forehead. The rule lists this use among those without sufficient evidence.",
    GREATER: "The assessment is occipital neuralgia. The rule of this plan lists this use among those without sufficient evidence.",
    OTHER: "The block of the lesser occipital nerve is planned for occipital neuralgia. The rule lists this use among those without "
    "sufficient evidence, and the exception of some plans does not name this nerve.",
}
WHY_POINTS = (
    "Trial of medicine and therapy, onset and exam are shown. The injections were given on the day of the occipital block, and no reason "
    "for both on one day is in the note or the letter. In the conversation none was given either."
)


@dataclass(frozen=True, slots=True)
class Life:
    """A founding case at one point of its life. Received on the latest Monday before today, or so many `weeks` before it."""

    story: str
    plan: str
    member: tuple[str, str, str]  # number, given name, family name
    weeks: int
    course: tuple[Step, ...]


# ---- steps of case A ------------------------------------------------------------------------------------------------------------
def review(case: Case, demo: DemoCase, desk: Desk) -> None:
    desk.pace.on(1, "09:30")
    steps.review(case, demo, desk)


def ask_and_refer(case: Case, demo: DemoCase, desk: Desk) -> None:
    """The injections are asked about; the blocks go to the director without waiting. What the exception lets a nurse certify stays."""
    mine = [POINTS, GREATER] if demo.intake.plan == "ahh" else [POINTS]
    steps.ask(case, desk, desk.pace.after(20), lines=mine)
    tell(case, demo, desk)
    blocks = [line for line in (FACE, GREATER, OTHER) if line not in mine]
    steps.refer(case, blocks, QUESTION_BLOCKS, desk, desk.pace.after(5))


def call(case: Case, demo: DemoCase, desk: Desk) -> None:
    steps.call(case, "Told of the request and its last day; they will send an addendum", desk)


def approve_points(case: Case, demo: DemoCase, desk: Desk) -> None:
    mine = [line.number for line in steps.lines_in(case, LineStatus.NURSE_REVIEW)]
    steps.approve(case, mine, desk, desk.pace.after(15))


def deny_blocks(case: Case, demo: DemoCase, desk: Desk) -> None:
    for line in steps.lines_in(case, LineStatus.PHYSICIAN_REVIEW):
        decision = Decision(outcome=Outcome.DENIED, rationale=WHY_BLOCKS[line.number])
        steps.decide(case, line.number, decision, desk, desk.pace.after(15))


# ---- steps of case B ------------------------------------------------------------------------------------------------------------
def ask_all(case: Case, demo: DemoCase, desk: Desk) -> None:
    steps.ask(case, desk, desk.pace.after(25))
    tell(case, demo, desk)


def certify_block_refer_points(case: Case, demo: DemoCase, desk: Desk) -> None:
    steps.approve(case, [2], desk, desk.pace.after(20))
    steps.refer(case, [POINTS], QUESTION_POINTS, desk, desk.pace.after(5))


def deny_points(case: Case, demo: DemoCase, desk: Desk) -> None:
    """The director settles the last open criterion on what the letter and the conversation show, then decides."""
    no_reason = steps.selected(case, "The trigger point injections were one visit, one unit")
    record_finding(
        reference=case.reference,
        line=POINTS,
        criterion="reason_for_both",
        by=desk.director,
        value="not_met",
        note="Asked for in the request and in the conversation; the answer gives none.",
        selection=no_reason,
        at=desk.pace.after(5),
    )
    steps.answer_the_rest(case, POINTS, desk.director, desk.pace)
    decision = Decision(outcome=Outcome.DENIED, rationale=WHY_POINTS, basis=DenialBasis.MEDICAL_NECESSITY)
    steps.decide(case, POINTS, decision, desk, desk.pace.after(15))


TOUCHED_A: tuple[Step, ...] = (take, review, ask_and_refer, call)
ANSWERED_A: tuple[Step, ...] = (*TOUCHED_A, answered)
DIRECTED_A: tuple[Step, ...] = (*ANSWERED_A, work_in, direct)
DECIDED_A: tuple[Step, ...] = (*ANSWERED_A, work_in, approve_points, direct, offer, talk, deny_blocks)
ASKED_B: tuple[Step, ...] = (take, review, ask_all, call)
CERTIFIED_B: tuple[Step, ...] = (*ASKED_B, answered, work_in, certify_block_refer_points)
DECIDED_B: tuple[Step, ...] = (*CERTIFIED_B, direct, offer, talk, deny_points)

LIVES: tuple[Life, ...] = (
    Life("a", "base", ("SHP-000101", "Avery", "Sample"), 0, ()),
    Life("a", "ahh", ("AHH-000101", "Emery", "Sample"), 0, ()),
    Life("b", "ahh", ("AHH-000202", "Blake", "Sample"), 0, ()),
    Life("a", "base", ("SHP-000102", "Carol", "Sample"), 1, TOUCHED_A),
    Life("a", "base", ("SHP-000103", "Dorian", "Sample"), 1, DIRECTED_A),
    Life("a", "ahh", ("AHH-000102", "Hollis", "Sample"), 1, ANSWERED_A),
    Life("a", "base", ("SHP-000104", "Edith", "Sample"), 2, DECIDED_A),
    Life("a", "ahh", ("AHH-000103", "Ilse", "Sample"), 2, DECIDED_A),
    Life("b", "ahh", ("AHH-000203", "Jules", "Sample"), 1, ASKED_B),
    Life("b", "ahh", ("AHH-000204", "Katya", "Sample"), 2, (*ASKED_B, answered)),
    Life("b", "ahh", ("AHH-000205", "Lucio", "Sample"), 2, CERTIFIED_B),
    Life("b", "ahh", ("AHH-000206", "Mireya", "Sample"), 3, DECIDED_B),
    Life("a", "base", ("SHP-000105", "Noel", "Sample"), 2, (*DECIDED_A, issue)),
    Life("b", "ahh", ("AHH-000207", "Oriol", "Sample"), 3, (*DECIDED_B, issue)),
    Life("a", "base", ("SHP-000106", "Petra", "Sample"), 3, (*DECIDED_A, tell)),
    Life("a", "ahh", ("AHH-000104", "Rowan", "Sample"), 4, (*DECIDED_A, tell)),
    Life("b", "ahh", ("AHH-000208", "Sol", "Sample"), 4, (*DECIDED_B, tell)),
)


def load(calendar: Calendar, people: Mapping[str, User]) -> list[Case]:
    return [live(life, number, calendar, people) for number, life in enumerate(LIVES)]


def live(life: Life, number: int, calendar: Calendar, people: Mapping[str, User]) -> Case:
    made: Callable[..., DemoCase] = case_a if life.story == "a" else case_b
    received = calendar.monday(life.weeks, "16:30" if life.story == "a" else "09:05")
    member_id, given, family = life.member
    demo = made(received, plan=life.plan, member_id=member_id, name=(given, family))
    nurse = people["nurse2" if number % 3 == 2 else "nurse"]
    desk = Desk(people, nurse, people["medical_director"], Pace(received, calendar.end))
    try:
        case = steps.receive(demo, desk)
        for step in life.course:
            step(case, demo, desk)
    except Refusal as wrong:
        wrong.add_note(f"founding case {life.story.upper()} of {life.plan}, {member_id}")
        raise
    return case
