"""The founding cases as received, and again in each later state of their life, with members of other names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from authreview.models import User
from cases.models import Case

from .calendar import Calendar, Pace
from .founding import case_a, case_b
from .shapes import DemoCase
from .steps import Desk, answer, ask, receive, refer, review, take, work_answers_in

BLOCKS = (2, 3, 4)
QUESTION_BLOCKS = (
    "Lines 2, 3 and 4: for each block an exclusion of the rule is marked as applying, for headache and occipital neuralgia. "
    "The quotes are cited. How do you decide?"
)


@dataclass(frozen=True, slots=True)
class Life:
    """A founding case at one point of its life. `weeks` before the latest Monday it was received."""

    case: str
    plan: str
    member: tuple[str, str, str]  # number, given name, family name
    weeks: int
    until: str
    look: str = ""


LIVES: tuple[Life, ...] = (
    Life("a", "base", ("SHP-000101", "Avery", "Sample"), 0, "received", "case_a"),
    Life("a", "ahh", ("AHH-000101", "Emery", "Sample"), 0, "received"),
    Life("b", "ahh", ("AHH-000202", "Blake", "Sample"), 0, "received", "case_b"),
)


def load(calendar: Calendar, people: Mapping[str, User]) -> dict[str, str]:
    """Look -> reference."""
    found = {}
    for number, life in enumerate(LIVES):
        case = live(life, number, calendar, people)
        if life.look:
            found[life.look] = case.reference
    return found


def live(life: Life, number: int, calendar: Calendar, people: Mapping[str, User]) -> Case:
    made: Callable[..., DemoCase] = case_a if life.case == "a" else case_b
    received = calendar.monday(life.weeks, "16:30" if life.case == "a" else "09:05")
    member_id, *name = life.member
    demo = made(received, plan=life.plan, member_id=member_id, name=tuple(name))
    nurse = people["nurse" if number % 3 else "nurse2"]
    desk = Desk(people, nurse, people["medical_director"], Pace(received, calendar.end))
    case = receive(demo, desk)
    if life.until != "received":
        walk(life, case, demo, desk)
    return case


def walk(life: Life, case: Case, demo: DemoCase, desk: Desk) -> None:
    """One step after the other, until the state that is to be shown."""
    first_touch(life, case, demo, desk)


def first_touch(life: Life, case: Case, demo: DemoCase, desk: Desk) -> None:
    """Reviewed, asked, referred: case A's blocks reach the director while its injections wait."""
    take(case, desk)
    review(case, demo, desk)


def as_answered(case: Case, demo: DemoCase, desk: Desk) -> datetime:
    if demo.answers is None:
        raise ValueError(case.reference)
    at = desk.pace.to(demo.answers.at)
    answer(case, demo.answers, desk, at)
    return at


__all__ = ["QUESTION_BLOCKS", "ask", "load", "refer", "timedelta", "work_answers_in"]
