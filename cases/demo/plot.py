"""The shapes of an invented request: the row that plots it, and what is told from it. Pure."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from cases.enums import Channel, ReviewKind, Urgency
from cases.intake_data import DiagnosisData, LineData, TreatmentData

from .calendar import SATURDAY
from .charts import Chart, Meaning, Said
from .people import PLANS
from .shapes import Changed, FactSeen, Found, RecordDocument

LINE_OF_BUSINESS = {plan.code: plan.line_of_business for plan in PLANS}


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


def service_day(plot: Plot, chart: Chart, received: date) -> date:
    """Some two weeks ahead; the next day or two where it is urgent; behind where the service was given already."""
    if plot.review == ReviewKind.POSTSERVICE:
        return chart.visit + timedelta(days=1)
    if plot.urgency == Urgency.EXPEDITED:
        return received + timedelta(days=4)
    day = received + timedelta(days=12 + chart.number % 9)
    return day + timedelta(days=(7 - day.weekday()) % 7) if day.weekday() >= SATURDAY else day
