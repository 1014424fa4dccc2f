"""Invented requests by kind: who asks for what, with the note behind it. Pure."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from cases.enums import ReviewKind, Urgency
from cases.intake_data import DiagnosisData, IntakeData, LineData, MemberData, SiteData

from . import charts
from .calendar import in_words
from .charts import Chart, Said
from .nerves import face, occipital
from .people import FACILITY, FAMILY, GIVEN, PLANS, PRACTICES
from .plot import Plot, Told, service_day
from .points import trigger_points
from .shapes import Answers, DemoCase, Found, RecordDocument

PREFIX = {plan.code: plan.prefix for plan in PLANS}


def request(plot: Plot, number: int, received_at: datetime) -> DemoCase:
    """The request of a plot, with the documents of its record."""
    chart = Chart(number, received_at.date() - timedelta(days=2 + number % 6 if plot.review != ReviewKind.POSTSERVICE else 20))
    told = KINDS[plot.kind](plot, chart, received_at.date())
    practice = PRACTICES[told.practice % len(PRACTICES)]
    return DemoCase(
        name=f"{plot.kind} {plot.plan} {plot.course}",
        received_at=received_at,
        intake=IntakeData(
            plan=plot.plan,
            member=member(plot, number, received_at.date()),
            requester=practice,
            facility=FACILITY if number % 4 == 0 else None,
            review_type=plot.review,
            urgency=plot.urgency,
            urgency_by_practitioner=plot.urgency == Urgency.EXPEDITED,
            channel=plot.channel,
            state=plot.state,
            received_at=received_at if plot.entered_later else None,
            received_reason="Fax came in after hours; the fax machine's stamp is the receipt." if plot.entered_later else "",
            diagnoses=told.diagnoses,
            lines=told.lines,
            onset=told.stated_onset,
            treatments=told.treatments,
        ),
        documents=(signed(told.document, practice.name),),
        findings=told.findings,
        facts=told.facts,
        answers=answers(told, chart, received_at, practice.name),
    )


def member(plot: Plot, number: int, received: date) -> MemberData:
    given, family = GIVEN[number * 7 % len(GIVEN)], FAMILY[number * 11 % len(FAMILY)]
    old = 67 + number % 15 if plot.plan == "senior" else 24 + number * 5 % 38
    return MemberData(
        member_id=plot.member_id or f"{PREFIX[plot.plan]}-{300100 + 37 * number:06d}",
        given_name=given,
        family_name=family,
        birth_date=date(received.year - old, 1 + number % 12, 1 + number * 3 % 28),
        language=plot.language,
        large_print=plot.large_print,
        address=(f"{100 + number * 3} {FAMILY[number * 5 % len(FAMILY)]} Street", f"Sampletown, {plot.state} 43001"),
        joined_on=date(received.year - 2 - number % 4, 1 + number % 12, 1),
        eligibility_seen=True,
    )


def answers(told: Told, chart: Chart, received_at: datetime, practice: str) -> Answers | None:
    if not told.answer:
        return None
    at = received_at + timedelta(days=3)
    later = Chart(chart.number, at.date())
    document = charts.note(later, "Addendum", told.answer, source=practice)
    found = charts.found_by(told.answer, told.meaning)
    facts = tuple(fact for said in told.answer for fact in said.facts)
    return Answers(at, document, {told.lines[0].code: found}, facts, told.changes)


def signed(document: RecordDocument, practice: str) -> RecordDocument:
    return RecordDocument(document.title, document.date, document.text + f"Signed: {practice}\n", document.kind, practice)


# ---- what no policy governs -----------------------------------------------------------------------------------------------------
def joint(plot: Plot, chart: Chart, received: date) -> Told:
    """20610: a shot into a knee or shoulder; the general-necessity way. Two units where more is asked for than the note explains."""
    where = chart.pick(("knee", "shoulder"))
    side = chart.pick(("left", "right"), 2)
    code = {"knee": {"left": "M17.12", "right": "M17.11"}, "shoulder": {"left": "M19.012", "right": "M19.011"}}[where][side]
    said = (
        Said("History", f"Pain of the {side} {where} on most days since {in_words(chart.day(240))}."),
        Said("History", f"Physical therapy, 10 visits, ended {chart.words(40)}, with some help."),
        Said("Exam", "Pain at the end of the range of motion; no warmth, no redness."),
        charts.assessed(f"Osteoarthritis of the {side} {where}"),
        charts.plan_of(chart, f"steroid injection of the {side} {where}"),
    )
    return Told(
        lines=(
            LineData(
                code="20610",
                units=2 if plot.lacks == "units" else 1,
                place="11",
                first_service=service_day(plot, chart, received),
                diagnoses=(code,),
                sites=(SiteData(f"{where} joint", side),),
            ),
        ),
        diagnoses=(DiagnosisData(code=code, text=f"Osteoarthritis of the {side} {where}"),),
        document=charts.note(chart, "Orthopedic visit", said, source=""),
        findings={},
        practice=5,
    )


def botulinum(plot: Plot, chart: Chart, received: date) -> Told:
    """64615: botulinum toxin for migraine; the general-necessity way."""
    said = (
        Said("History", f"Headache on {16 + chart.number % 9} days a month since {in_words(chart.day(420))}, most of them migraine."),
        Said("History", f"Topiramate 50 mg twice daily, {chart.words(300)} to {chart.words(200)}, not effective."),
        Said("History", f"Propranolol 80 mg daily, {chart.words(190)} to {chart.words(100)}, not effective."),
        charts.assessed("Chronic migraine without aura"),
        charts.plan_of(chart, "botulinum toxin, 31 sites, every 12 weeks"),
    )
    return Told(
        lines=(LineData(code="64615", place="11", first_service=service_day(plot, chart, received), diagnoses=("G43.709",)),),
        diagnoses=(DiagnosisData(code="G43.709", text="Chronic migraine without aura"),),
        document=charts.note(chart, "Headache visit", said, source=""),
        findings={},
        practice=6,
    )


def both(plot: Plot, chart: Chart, received: date) -> Told:
    """Trigger points and an occipital block on one day: each line goes its own way."""
    points, nerve = trigger_points(plot, chart, received), occipital(plot, chart, received)
    text = points.document.text + "\n" + nerve.document.text
    document = RecordDocument("Office visit", points.document.date, text)
    found = points.findings | nerve.findings
    code = points.lines[0].code
    found[code] = found[code] | ({"reason_for_both": Found("not_documented")} if "alone_that_day" in found[code] else {})
    return Told(
        lines=points.lines + nerve.lines,
        diagnoses=points.diagnoses + nerve.diagnoses,
        document=document,
        findings=found,
        facts=points.facts,
        answer=points.answer,
        changes=points.changes + nerve.changes,
        meaning=points.meaning,
        practice=points.practice,
    )


KINDS: dict[str, Callable[[Plot, Chart, date], Told]] = {
    "points": trigger_points,
    "occipital": occipital,
    "face": face,
    "joint": joint,
    "botulinum": botulinum,
    "both": both,
}
