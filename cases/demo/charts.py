"""Notes of invented patients: each sentence is written together with the fact it states and the criteria it speaks to.

So a quote that is cited stands in the note, word for word. Pure; dates are counted from the day of the visit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .calendar import in_words
from .shapes import FactSeen, Found, RecordDocument

Meaning = Mapping[str, tuple[str, ...]]  # what a sentence is about -> the criteria of a rule


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a note. `part`: the heading it stands under. `about`: what it speaks to -> what is found by it."""

    part: str
    text: str
    about: dict[str, str] = field(default_factory=dict)
    facts: tuple[FactSeen, ...] = ()
    note: str = ""

    @property
    def quote(self) -> str:
        return self.text.removesuffix(".")


@dataclass(frozen=True, slots=True)
class Chart:
    """What the note is written from. `number` turns through the variations; the same number gives the same note."""

    number: int
    visit: date

    def pick(self, choices: Sequence[str], turn: int = 1) -> str:
        return choices[(self.number // turn) % len(choices)]

    def day(self, back: int) -> date:
        return self.visit - timedelta(days=back)

    def words(self, back: int) -> str:
        return in_words(self.day(back))


EVENTS = (
    "after lifting at work",
    "after a fall on stairs",
    "without an injury",
    "after a car was hit from behind",
    "after a week of painting ceilings",
    "after a new desk was set up",
)
REGIONS = ("neck and right shoulder", "upper back", "neck", "left shoulder and neck", "lower back", "neck and both shoulders")
MUSCLES = (
    ("trapezius", "levator scapulae", "rhomboid"),
    ("rhomboid", "trapezius", "infraspinatus"),
    ("splenius capitis", "trapezius", "levator scapulae"),
    ("levator scapulae", "supraspinatus", "trapezius"),
    ("quadratus lumborum", "gluteus medius", "lumbar paravertebral"),
    ("trapezius", "sternocleidomastoid", "splenius cervicis"),
)
MEDICINES = (
    ("nsaid", "Naproxen 500 mg twice daily"),
    ("nsaid", "Ibuprofen 600 mg three times daily"),
    ("muscle_relaxant", "Cyclobenzaprine 5 mg at night"),
    ("nsaid", "Meloxicam 15 mg daily"),
    ("topical", "Diclofenac 1 % gel four times daily"),
    ("muscle_relaxant", "Tizanidine 4 mg at night"),
)
PHYSICAL = (
    ("physical_therapy", "Physical therapy"),
    ("home_exercise", "Guided home exercise"),
    ("physical_therapy", "Physical therapy with manual treatment"),
    ("massage", "Massage therapy"),
    ("chiropractic", "Chiropractic care"),
)
RESULTS = ("no lasting relief", "not effective", "little relief", "stopped, not effective")


def region(chart: Chart) -> str:
    return chart.pick(REGIONS)


def muscles(chart: Chart, count: int = 3) -> tuple[str, ...]:
    return MUSCLES[chart.number % len(MUSCLES)][:count]


# ---- sentences about muscles ----------------------------------------------------------------------------------------------------
def onset(chart: Chart, *, months: int = 0) -> Said:
    """A dated beginning; five to ten months ago unless told."""
    back = 30 * (months or 5 + chart.number % 6) + chart.number % 17
    text = f"Pain in the {region(chart)} began on {chart.words(back)} {chart.pick(EVENTS, 2)}."
    value = chart.day(back).isoformat()
    found = "met" if back > 100 else "not_met"
    return Said("History", text, {"onset": found}, (FactSeen("onset", {"value": value}, f"began on {chart.words(back)}"),))


def vague_onset(chart: Chart) -> Said:
    words = chart.pick(("several months", "some time", "a few months", "quite a while"))
    return Said("History", f"Pain in the {region(chart)} for {words}.", {"onset": "unclear"})


def medicine(chart: Chart, *, days: int = 0) -> Said:
    kind, agent = MEDICINES[chart.number % len(MEDICINES)]
    length, end = days or 30 + chart.number % 20, 20 + chart.number % 30
    result = chart.pick(RESULTS)
    text = f"{agent}, {chart.words(end + length)} to {chart.words(end)}, {result}."
    return Said("History", text, {"medicine": "met"}, (_trial(chart, kind, agent, end + length, end, agent),))


def vague_medicine(chart: Chart) -> Said:
    text = chart.pick(("Uses anti-inflammatory medicine as needed.", "Continues with pain medicine.", "Ibuprofen was advised."))
    return Said("History", text, {"medicine": "unclear"}, note="No dose, dates or result.")


def therapy(chart: Chart, *, days: int = 0) -> Said:
    kind, agent = PHYSICAL[chart.number % len(PHYSICAL)]
    length, end, visits = days or 49 + chart.number % 14, 12 + chart.number % 20, 6 + chart.number % 7
    text = f"{agent}, {visits} visits between {chart.words(end + length)} and {chart.words(end)}, {chart.pick(RESULTS, 2)}."
    return Said("History", text, {"therapy": "met"}, (_trial(chart, kind, agent, end + length, end, f"{agent}, {visits} visits", visits),))


def vague_therapy(chart: Chart) -> Said:
    text = chart.pick(("Stretching was recommended.", "Therapy has been encouraged.", "Heat as needed."))
    return Said("History", text, {"therapy": "unclear"}, note="No visits, dates or result.")


def palpation(chart: Chart, names: Sequence[str], *, examined: Sequence[str] | None = None, code: str = "20553") -> Said:
    """Trigger points in each of these muscles, or in some of them alone."""
    shown = list(names if examined is None else examined)
    more = chart.pick(("with referred pain", "with a taut band in each", "with a local twitch", "each a hard, tender nodule"))
    text = f"Trigger points are palpable in the {_and(shown)}, {more}."
    whole = set(shown) == set(names)
    missing = _and([name for name in names if name not in shown])
    facts = tuple(FactSeen("examination", {"site": name}, name, code) for name in shown)
    note = "" if whole else f"Not examined: {missing}."
    return Said("Exam", text, {"exam": "met" if whole else "unclear"}, facts, note)


def focal(chart: Chart) -> Said:
    """One area, a taut band, what pressing it does: what Medicare's and Medicaid's rules ask for."""
    text = f"Pain is in one area, the {region(chart)}, and turning is limited by it."
    return Said("Exam", text, {"focal": "met", "motion": "met"})


def taut_band(chart: Chart, names: Sequence[str], code: str) -> Said:
    text = f"A taut band with an over-sensitive, tender spot is felt in the {_and(names)}; pressing it sends pain along the arm."
    facts = tuple(FactSeen("examination", {"site": name}, name, code) for name in names)
    return Said("Exam", text, {"exam": "met", "spot": "met", "referred": "met"}, facts)


def program(chart: Chart) -> Said:
    choices = (
        "A home exercise program is under way.",
        "Physical therapy continues weekly.",
        "Referral to physical therapy, first visit booked.",
        "Daily stretching program with a therapist's review every two weeks.",
    )
    return Said("Plan", chart.pick(choices), {"program": "met"})


def plan_of(chart: Chart, what: str) -> Said:
    return Said("Plan", f"{what[:1].upper()}{what[1:]}.")


def assessed(*names: str) -> Said:
    return Said("Assessment", f"{'. '.join(names)}.", {"diagnosis": "met"})


def earlier_sets(chart: Chart, code: str, *, helped: bool) -> Said:
    """Sets given before, the last one some three months ago."""
    first, last = chart.day(150 + chart.number % 20), chart.day(84 + chart.number % 14)
    effect = "clear relief for eight weeks and better function at work" if helped else "no clear effect yet"
    text = f"Sets on {in_words(first)} and {in_words(last)}, {effect}."
    facts = tuple(FactSeen("session", {"code": code, "date": day}, in_words(day)) for day in (first, last))
    return Said("History", text, {"earlier": "met" if helped else "not_met"}, facts)


# ---- sentences about nerves -----------------------------------------------------------------------------------------------------
def attacks(chart: Chart) -> Said:
    text = (
        f"Pain at the back of the head, on the {chart.pick(('left', 'right'))}, in attacks of seconds to a few minutes, sharp and shooting."
    )
    return Said("History", text, {"area": "met", "attacks": "met", "sharp": "met"})


def dull_ache(chart: Chart) -> Said:
    return Said(
        "History", "A dull ache at the back of the head through most of the day.", {"area": "met", "attacks": "not_met", "sharp": "not_met"}
    )


def severe(chart: Chart) -> Said:
    return Said("History", f"Severe, {chart.pick(('8', '7', '9'))}/10 in an attack.", {"severe": "met"})


def scalp(chart: Chart) -> Said:
    return Said("Exam", "Light touch of the scalp and hair hurts.", {"touch": "met"})


def tender_nerve(chart: Chart) -> Said:
    return Said("Exam", "The greater occipital nerve is tender to pressure.", {"tender": "met"})


def to_confirm(chart: Chart) -> Said:
    return Said("Plan", "One block to confirm the suspected occipital neuralgia.", {"confirm": "met"})


# ---- the note -------------------------------------------------------------------------------------------------------------------
PARTS = ("History", "Exam", "Assessment", "Plan")


def note(chart: Chart, title: str, said: Iterable[Said], *, source: str, kind: str = "clinical_note") -> RecordDocument:
    """The sentences under their headings."""
    said = list(said)
    lines = [f"{title.upper()}, {in_words(chart.visit)}"]
    for part in PARTS:
        lines += [f"{part}: {each.text}" for each in said if each.part == part]
    return RecordDocument(title, chart.visit, "\n".join(lines) + "\n", kind, source)


def found_by(said: Iterable[Said], meaning: Meaning) -> dict[str, Found]:
    """Criterion -> what is found, for a policy whose criteria have these meanings."""
    found: dict[str, Found] = {}
    for each in said:
        for about, value in each.about.items():
            for criterion in meaning.get(about, ()):
                found[criterion] = Found(value, each.quote, each.note)
    return found


def _trial(chart: Chart, kind: str, agent: str, first: int, last: int, quote: str, visits: int | None = None) -> FactSeen:
    values = {
        "kind": kind,
        "agent": agent,
        "from_date": chart.day(first),
        "to_date": chart.day(last),
        "sessions": visits,
        "response": "failed",
    }
    return FactSeen("treatment", values, quote)


def _and(words: Sequence[str]) -> str:
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"
