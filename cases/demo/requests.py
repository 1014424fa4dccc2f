"""Invented requests by kind: who asks for what, the note behind it, and what a careful nurse finds under the rule that governs. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cases.enums import Channel, ReviewKind, Urgency
from cases.intake_data import DiagnosisData, IntakeData, LineData, MemberData, SiteData, TreatmentData

from . import charts
from .calendar import in_words
from .charts import Chart, Meaning, Said
from .people import FACILITY, FAMILY, GIVEN, PLANS, PRACTICES
from .shapes import ACCEPT, Answers, Changed, DemoCase, FactSeen, Found, RecordDocument

LINE_OF_BUSINESS = {plan.code: plan.line_of_business for plan in PLANS}
PREFIX = {plan.code: plan.prefix for plan in PLANS}

# what a sentence is about -> the criteria of the rule that governs there
PLAN_POINTS: Meaning = {
    "diagnosis": ("indication",),
    "onset": ("duration",),
    "medicine": ("medicine_trial",),
    "therapy": ("physical_trial",),
    "exam": ("palpation",),
    "program": ("program",),
    "earlier": ("helped",),
}
MEDICARE_POINTS: Meaning = {
    "diagnosis": ("lcd_diagnosis",),
    "focal": ("lcd_focal",),
    "exam": ("lcd_taut_band",),
    "spot": ("lcd_irritable_spot",),
    "referred": ("lcd_referred",),
    "therapy": ("lcd_care_failed",),
}
MEDICAID_POINTS: Meaning = {
    "focal": ("mt_pattern",),
    "exam": ("mt_taut_band",),
    "motion": ("mt_motion",),
    "therapy": ("mt_six_weeks",),
    "program": ("mt_program",),
}
MEDICARE_NERVE: Meaning = {"confirm": ("lcd_occ_confirm",)}
MEDICAID_NERVE: Meaning = {
    "area": ("mo_area",),
    "attacks": ("mo_attacks",),
    "severe": ("mo_severe",),
    "sharp": ("mo_sharp",),
    "touch": ("mo_light_touch",),
    "tender": ("mo_tender",),
}
POINTS_RULES: dict[str, tuple[Meaning, dict[str, Found]]] = {
    "commercial": (PLAN_POINTS, {"alone_that_day": ACCEPT, "first_set": ACCEPT}),
    "medicare_advantage": (
        MEDICARE_POINTS,
        {
            "lcd_is_first": ACCEPT,
            "lcd_no_earlier": ACCEPT,
            "lcd_three_a_year": ACCEPT,
            "lcd_one_region": Found("met"),
            "lcd_no_other_block": ACCEPT,
            "lcd_routine": Found("not_met"),
            "lcd_biologic": Found("not_met"),
        },
    ),
    "medicaid": (MEDICAID_POINTS, {"mt_four_a_year": ACCEPT}),
}
# a set after one that helped, within a year
LATER_SET = {
    "four_sets": ACCEPT,
    "seven_days": ACCEPT,
    "effect_not_yet_clear": Found("not_met"),
    "two_months": ACCEPT,
    "within_a_year": Found("met"),
}


@dataclass(frozen=True, slots=True)
class Plot:
    """One invented request: what is asked for (`kind`), what the record lacks (`lacks`), and how far its life has come (`course`)."""

    kind: str
    plan: str
    course: str
    ago: int
    at: str = "09:20"
    lacks: str = ""
    urgency: str = Urgency.STANDARD
    review: str = ReviewKind.PRESERVICE
    channel: str = Channel.FAX
    state: str = "OH"
    nurse: str = "nurse"
    language: str = "en"
    large_print: bool = False
    member_id: str = ""
    any_day: bool = False
    entered_later: int = 0  # minutes after receipt, where a fax waited


@dataclass(frozen=True, slots=True)
class Told:
    """A request of one kind as it is told: lines and diagnoses, the note, what the practice answers later."""

    lines: tuple[LineData, ...]
    diagnoses: tuple[DiagnosisData, ...]
    document: RecordDocument
    findings: dict[str, dict[str, Found]]
    facts: tuple[FactSeen, ...] = ()
    answer: tuple[Said, ...] = ()
    changes: tuple[Changed, ...] = ()
    meaning: Meaning = field(default_factory=dict)
    treatments: tuple[TreatmentData, ...] = ()
    stated_onset: str = ""
    practice: int = 0


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


# ---- trigger points -------------------------------------------------------------------------------------------------------------
NECK = (DiagnosisData(code="M79.18", text="Myofascial pain syndrome"), DiagnosisData(code="M54.2", text="Cervicalgia"))


def trigger_points(plot: Plot, chart: Chart, received: date) -> Told:
    """20553, or 20552 where two muscles are asked for. `lacks`: onset, care, exam, units, short, or nothing."""
    business = LINE_OF_BUSINESS[plot.plan]
    business = business if business in POINTS_RULES else "commercial"
    meaning, usual = POINTS_RULES[business]
    code = "20552" if chart.number % 3 == 1 else "20553"
    names = charts.muscles(chart, 2 if code == "20552" else 3)
    side = chart.pick(("left", "right"))
    begun = charts.vague_onset(chart) if plot.lacks == "onset" else charts.onset(chart, months=2 if plot.lacks == "short" else 0)
    care = (charts.vague_medicine(chart), charts.vague_therapy(chart))
    if plot.lacks not in ("care", "onset and care"):
        care = (charts.medicine(chart), charts.therapy(chart))
    if plot.lacks == "onset and care":
        begun = charts.vague_onset(chart)
    examined = names[:-1] if plot.lacks == "exam" and len(names) > 1 else names
    exam: tuple[Said, ...] = (charts.palpation(chart, names, examined=examined, code=code),)
    if business in ("medicare_advantage", "medicaid"):
        exam = (charts.focal(chart), charts.taut_band(chart, names, code))
    sets = (charts.earlier_sets(chart, code, helped=True),) if plot.lacks == "later set" else ()
    if sets and business == "commercial":
        usual = usual | LATER_SET
    said = (
        begun,
        *care,
        *sets,
        *exam,
        charts.assessed("Myofascial pain syndrome", "Cervicalgia"),
        charts.program(chart),
        charts.plan_of(chart, f"trigger point injections of {', '.join(names)}"),
    )
    missing = _what_comes_later(plot.lacks, chart, names, code)
    facts = tuple(fact for each in said for fact in each.facts)
    form = facts if chart.number % 3 else ()  # two forms of three state onset and treatments; the nurse confirms them against the note
    return Told(
        lines=(
            LineData(
                code=code,
                units=2 if plot.lacks == "units" else 1,
                place="11",
                first_service=_service(plot, chart, received),
                diagnoses=("M79.18", "M54.2"),
                sites=tuple(SiteData(name, side) for name in names),
            ),
        ),
        diagnoses=NECK,
        document=charts.note(chart, "Office visit", said, source=""),
        findings={code: charts.found_by(said, meaning) | usual},
        facts=tuple(fact for fact in facts if fact not in form or fact.kind not in ("onset", "treatment")),
        answer=missing,
        stated_onset=next((fact.values["value"] for fact in form if fact.kind == "onset"), ""),
        treatments=tuple(TreatmentData(**fact.values) for fact in form if fact.kind == "treatment"),
        changes=(Changed(code=code, units=1),) if plot.lacks == "units" else (),
        meaning=meaning,
        practice=chart.number,
    )


def _what_comes_later(lacks: str, chart: Chart, names: tuple[str, ...], code: str) -> tuple[Said, ...]:
    match lacks:
        case "onset":
            return (charts.onset(chart),)
        case "care":
            return (charts.medicine(chart), charts.therapy(chart))
        case "onset and care":
            return (charts.onset(chart), charts.medicine(chart), charts.therapy(chart))
        case "exam":
            return (charts.palpation(chart, names, code=code),)
        case "units":
            return (Said("Plan", "The request is for one visit, one unit.", {}),)
    return ()


# ---- nerves ---------------------------------------------------------------------------------------------------------------------
def occipital(plot: Plot, chart: Chart, received: date) -> Told:
    """64405. Its rule depends on the plan: an exclusion, an exception, a coverage determination, or a tree of features."""
    business = LINE_OF_BUSINESS[plot.plan]
    possible = plot.lacks == "diagnosis"
    said: tuple[Said, ...] = (charts.dull_ache(chart) if plot.lacks == "features" else charts.attacks(chart),)
    said += () if plot.lacks in ("severe", "features") else (charts.severe(chart),)
    said += () if plot.lacks == "touch" else (charts.scalp(chart),)
    said += (charts.tender_nerve(chart), charts.to_confirm(chart))
    name = "Possible occipital neuralgia" if possible else "Occipital neuralgia"
    said += (charts.assessed(name), charts.plan_of(chart, "greater occipital block, one side"))
    findings, meaning = _occipital_findings(plot, business, name, said)
    later: tuple[Said, ...] = (charts.assessed("Occipital neuralgia, confirmed on examination"),) if possible else ()
    later += (charts.severe(chart),) if plot.lacks in ("severe", "features") else ()
    later += (charts.scalp(chart),) if plot.lacks == "touch" else ()
    return Told(
        lines=(
            LineData(
                code="64405",
                place="11",
                first_service=_service(plot, chart, received),
                diagnoses=("M54.81",),
                sites=(SiteData("greater occipital nerve", chart.pick(("left", "right"))),),
            ),
        ),
        diagnoses=(DiagnosisData(code="M54.81", text=name, certainty="possible" if possible else "confirmed"),),
        document=charts.note(chart, "Headache visit", said, source=""),
        findings={"64405": findings},
        answer=later,
        meaning=meaning,
        practice=chart.number + 1,
    )


def _occipital_findings(plot: Plot, business: str, name: str, said: tuple[Said, ...]) -> tuple[dict[str, Found], Meaning]:
    if business == "medicaid":
        usual = {"mo_one_procedure": ACCEPT, "mo_first_block": ACCEPT}
        silent = {criterion: Found("not_documented") for each in MEDICAID_NERVE.values() for criterion in each}
        return silent | charts.found_by(said, MEDICAID_NERVE) | usual, MEDICAID_NERVE
    if business == "medicare_advantage":
        usual = {"lcd_occ_long_term": Found("not_met"), "lcd_occ_three_in_six": ACCEPT}
        return charts.found_by(said, MEDICARE_NERVE) | usual, MEDICARE_NERVE
    base = {
        "gon_neuralgia": Found("met", name),
        "gon_neck_pain": Found("not_met"),
        "gon_migraine": ACCEPT,
        "gon_acute": Found("not_documented"),
        "gon_program": Found("not_documented"),
    }
    if plot.plan != "ahh":
        return base, {}
    meaning = {"diagnosis": ("ahh_headache",)}
    exception = {"ahh_headache": Found("unclear" if plot.lacks == "diagnosis" else "met", name)}
    return exception | {"ahh_three_months": ACCEPT, "ahh_three_a_year": ACCEPT}, meaning


def face(plot: Plot, chart: Chart, received: date) -> Told:
    """64400: an exclusion of the plans' rule; under Medicaid and Medicare no policy governs it here."""
    trigeminal = bool(chart.number % 2)
    name, code = ("Trigeminal neuralgia", "G50.0") if trigeminal else ("Supraorbital neuralgia", "G58.8")
    found = {
        "face_forehead_headache": Found("not_met", name) if trigeminal else Found("met", name),
        "face_migraine": ACCEPT,
        "face_acute": Found("not_documented"),
        "face_program": Found("unclear", "Carbamazepine 200 mg twice daily"),
    }
    said = (
        Said("History", f"Forehead pain in short attacks since {in_words(chart.day(200))}, worse with touch."),
        Said("History", f"Carbamazepine 200 mg twice daily, {chart.words(120)} to {chart.words(60)}, stopped because of dizziness."),
        Said("Exam", "Tapping over the supraorbital notch sets off the pain."),
        charts.assessed(name),
        charts.plan_of(chart, "supraorbital block"),
    )
    return Told(
        lines=(
            LineData(
                code="64400",
                place="11",
                first_service=_service(plot, chart, received),
                diagnoses=(code,),
                sites=(SiteData("supraorbital nerve", chart.pick(("left", "right"))),),
            ),
        ),
        diagnoses=(DiagnosisData(code=code, text=name),),
        document=charts.note(chart, "Neurology visit", said, source=""),
        findings={} if plot.plan in ("community", "senior") else {"64400": found},
        practice=1,
    )


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
                first_service=_service(plot, chart, received),
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
        lines=(LineData(code="64615", place="11", first_service=_service(plot, chart, received), diagnoses=("G43.709",)),),
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


def _service(plot: Plot, chart: Chart, received: date) -> date:
    """Some two weeks ahead; the next day or two where it is urgent; behind where the service was given already."""
    if plot.review == ReviewKind.POSTSERVICE:
        return chart.visit + timedelta(days=1)
    if plot.urgency == Urgency.EXPEDITED:
        return received + timedelta(days=4)
    day = received + timedelta(days=12 + chart.number % 9)
    return day + timedelta(days=(7 - day.weekday()) % 7) if day.weekday() >= 5 else day
