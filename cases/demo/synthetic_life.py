"""The other cases, each as far as its course has come."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from authreview.errors import Refusal
from authreview.models import User
from cases.models import Case

from .calendar import Calendar, Pace
from .courses import COURSES, INTAKE_COURSES
from .plot import Plot
from .plots import PLOTS
from .requests import request
from .steps import Desk, receive


def load(calendar: Calendar, people: Mapping[str, User]) -> list[Case]:
    return [_told(plot, number, calendar, people) for number, plot in enumerate(PLOTS, start=1)]


def _told(plot: Plot, number: int, calendar: Calendar, people: Mapping[str, User]) -> Case:
    try:
        return live(plot, number, calendar, people)
    except Refusal as wrong:
        wrong.add_note(f"request {number}: {plot.kind} of {plot.plan}, {plot.course}")
        raise


def live(plot: Plot, number: int, calendar: Calendar, people: Mapping[str, User]) -> Case:
    received = calendar.ago(plot.ago, plot.at, any_day=plot.any_day)
    demo = request(plot, number, received)
    director = people["medical_director2" if number % 4 == 3 and plot.state == "OH" else "medical_director"]
    entered = received + timedelta(minutes=plot.entered_later)
    desk = Desk(people, people[plot.nurse], director, Pace(entered, calendar.end))
    if plot.course in INTAKE_COURSES:
        return INTAKE_COURSES[plot.course](demo, desk)
    if plot.course == "no_review":
        line = replace(demo.intake.lines[0], no_review_why="The plan asks for no review of joint injections in an office.")
        demo = replace(demo, intake=replace(demo.intake, lines=(line,)))
    case = receive(demo, desk, entered_at=entered)
    for step in COURSES[plot.course]:
        step(case, demo, desk)
    return case
