"""Requests for blocks of nerves of the head: the note, and what is found under the rule of each line of business. Pure."""

from datetime import date

from cases.intake_data import DiagnosisData, LineData, SiteData

from . import charts
from .calendar import in_words
from .charts import Chart, Meaning, Said
from .plot import LINE_OF_BUSINESS, Plot, Told, service_day
from .shapes import ACCEPT, Found

MEDICARE_NERVE: Meaning = {"confirm": ("lcd_occ_confirm",)}
MEDICAID_NERVE: Meaning = {
    "area": ("mo_area",),
    "attacks": ("mo_attacks",),
    "severe": ("mo_severe",),
    "sharp": ("mo_sharp",),
    "touch": ("mo_light_touch",),
    "tender": ("mo_tender",),
}


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
                first_service=service_day(plot, chart, received),
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
                first_service=service_day(plot, chart, received),
                diagnoses=(code,),
                sites=(SiteData("supraorbital nerve", chart.pick(("left", "right"))),),
            ),
        ),
        diagnoses=(DiagnosisData(code=code, text=name),),
        document=charts.note(chart, "Neurology visit", said, source=""),
        findings={} if plot.plan in ("community", "senior") else {"64400": found},
        practice=1,
    )
