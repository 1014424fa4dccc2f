"""Requests for trigger point injections: the note, and what is found under the rule of each line of business. Pure."""

from datetime import date

from cases.intake_data import DiagnosisData, LineData, SiteData, TreatmentData

from . import charts
from .charts import Chart, Meaning, Said
from .plot import LINE_OF_BUSINESS, Plot, Told, service_day
from .shapes import ACCEPT, Changed, Found

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
                first_service=service_day(plot, chart, received),
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
