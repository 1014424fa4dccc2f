"""The other cases, each as far as its course has come."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from authreview.models import User
from cases.models import Case

from .calendar import Calendar, Pace
from .plots import PLOTS
from .requests import Plot, request
from .shapes import DemoCase
from .steps import Desk, receive, review, take


def load(calendar: Calendar, people: Mapping[str, User]) -> dict[str, str]:
    """Look -> reference."""
    found = {}
    for number, plot in enumerate(PLOTS, start=1):
        case = live(plot, number, calendar, people)
        if plot.look:
            found[plot.look] = case.reference
    return found


def live(plot: Plot, number: int, calendar: Calendar, people: Mapping[str, User]) -> Case:
    received = calendar.ago(plot.ago, plot.at, any_day=plot.any_day)
    demo = request(plot, number, received)
    desk = Desk(people, people[plot.nurse], people["medical_director"], Pace(received, calendar.end))
    case = receive(demo, desk, entered_at=received + timedelta(minutes=plot.entered_later) if plot.entered_later else None)
    COURSES[plot.course](case, demo, desk)
    return case


def new(case: Case, demo: DemoCase, desk: Desk) -> None:
    """As received."""


def taken(case: Case, demo: DemoCase, desk: Desk) -> None:
    take(case, desk)


def begun(case: Case, demo: DemoCase, desk: Desk) -> None:
    take(case, desk)
    review(case, demo, desk, lines=[1], at_most=3)


def ready(case: Case, demo: DemoCase, desk: Desk) -> None:
    take(case, desk)
    review(case, demo, desk)


COURSES: dict[str, Callable[[Case, DemoCase, Desk], None]] = {"new": new, "taken": taken, "begun": begun, "ready": ready}
