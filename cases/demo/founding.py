"""The two founding cases as data, in the product's own criteria. All people are invented.

Both are anchored at the moment of receipt, so that a demo can place them near today: every other date keeps its distance to it.
Quotes are what stands in the documents, to the letter, the dictation slip of case B included.
"""

from datetime import date, datetime, timedelta
from textwrap import dedent
from typing import Any

from cases.intake_data import DiagnosisData, IntakeData, LineData, MemberData, PractitionerData, SiteData, TreatmentData

from .shapes import ACCEPT, Answers, Changed, DemoCase, FactSeen, Found, RecordDocument


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _note(text: str) -> str:
    """The text of a note, a sentence or a list of them to a line: where a line here goes on, the note's line does."""
    lines: list[str] = []
    for line in dedent(text).splitlines():
        if lines and not lines[-1].isupper() and not lines[-1].endswith("."):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


class _Days:
    """Days counted from receipt."""

    def __init__(self, received_at: datetime) -> None:
        self.received_at = received_at

    def day(self, offset: int) -> date:
        return self.received_at.date() + timedelta(days=offset)

    def words(self, offset: int) -> str:
        return _words(self.day(offset))


# ---- case A: trigger point injections and nerve blocks, before the service ------------------------------------------------------
VISIT_A = """\
    OFFICE VISIT
    Reason for visit: neck pain, headache at the back of the head, jaw pain.
    History: The patient reports a couple months of muscle pain in the neck and shoulders, worse with desk work.
    EMG/NCS showed no problems. Rheumatology appointment is scheduled.
    Exam: Trigger points are palpable in the upper trapezius, levator scapulae, rhomboids and subscapularis, with
    tenderness on examination. Tenderness over the greater and lesser occipital nerves.
    Assessment: Myofascial pain syndrome. Cervicalgia. Occipital neuralgia.
    Plan: Referral to physical therapy. Referral to pain management. Neurosurgery consultation.
    Trigger point injections to bilateral trapezius and masseter. Nerve blocks: supraorbital, supratrochlear, greater
    occipital and lesser occipital.
    """

SERVICE_A, VISIT_DAY_A, BLOCKS_DAY_A, ONSET_A = 14, -6, 28, -204
FINDINGS_A: dict[str, dict[str, Found]] = {
    "20553": {
        "indication": Found("met", "Myofascial pain syndrome"),
        "duration": Found("unclear", "a couple months of muscle pain"),
        "medicine_trial": Found("not_documented", note="No anti-inflammatory, muscle relaxant, cream or patch with dates and result."),
        "physical_trial": Found("not_documented", note="No therapy, exercise, massage, heat or cold with dates and result."),
        "palpation": Found(
            "unclear",
            "Trigger points are palpable in the upper trapezius, levator scapulae, rhomboids and subscapularis",
            "The masseter is asked for and was not examined.",
        ),
        "program": Found("met", "Referral to physical therapy. Referral to pain management."),
        "alone_that_day": ACCEPT,
        "reason_for_both": Found("not_documented", note="A reason, or another date, would do."),
        "first_set": ACCEPT,
    },
    "64400": {
        "face_forehead_headache": Found("met", "Nerve blocks: supraorbital, supratrochlear", "For headache and nerve pain."),
        "face_migraine": ACCEPT,
        "face_acute": Found("not_documented"),
        "face_program": Found("unclear", "Referral to physical therapy. Referral to pain management."),
    },
    "64405": {
        "gon_neuralgia": Found("met", "Occipital neuralgia"),
        "gon_neck_pain": Found("not_met", "Tenderness over the greater and lesser occipital nerves", "The block is for the neuralgia."),
        "gon_migraine": ACCEPT,
        "gon_acute": Found("not_documented"),
        "gon_program": Found("unclear", "Referral to physical therapy. Referral to pain management."),
    },
    "64450": {
        "other_nerve_named": ACCEPT,
        "other_lesser_occipital_neuralgia": Found("met", "Occipital neuralgia"),
        "other_migraine": ACCEPT,
        "other_acute": Found("not_documented"),
        "other_program": Found("unclear", "Referral to physical therapy. Referral to pain management."),
    },
}
OVERLAY_A: dict[str, Found] = {
    "ahh_headache": Found("met", "Occipital neuralgia"),
    "ahh_three_months": ACCEPT,
    "ahh_three_a_year": ACCEPT,
}


def case_a(
    received_at: datetime, *, plan: str = "base", member_id: str = "SHP-000101", name: tuple[str, str] = ("Avery", "Sample")
) -> DemoCase:
    """20553 with 64400, 64405 and 64450. Under plan `ahh` the exception for 64405 joins, and its criteria are found too."""
    days = _Days(received_at)
    findings = {code: dict(rows) for code, rows in FINDINGS_A.items()}
    if plan == "ahh":
        findings["64405"] |= OVERLAY_A
    return DemoCase(
        name="A",
        received_at=received_at,
        intake=IntakeData(
            plan=plan,
            member=MemberData(
                member_id=member_id,
                given_name=name[0],
                family_name=name[1],
                birth_date=date(1980, 5, 1),
                address=("100 Example Street", "Sampletown, OH 43001"),
                joined_on=date(2024, 1, 1),
                eligibility_seen=True,
            ),
            requester=PractitionerData(
                npi="1234567893",
                name="Jordan Example",
                specialty="Neurology",
                phone="555-0142",
                fax="555-0143",
                address=("200 Clinic Road", "Sampletown, OH 43001"),
            ),
            state="OH",
            diagnoses=(
                DiagnosisData(code="M79.18", text="Myofascial pain syndrome"),
                DiagnosisData(code="M54.2", text="Cervicalgia"),
                DiagnosisData(code="M54.81", text="Occipital neuralgia"),
            ),
            lines=(
                LineData(
                    code="20553",
                    place="11",
                    first_service=days.day(SERVICE_A),
                    diagnoses=("M79.18", "M54.2"),
                    sites=(SiteData("trapezius", "bilateral"), SiteData("masseter", "bilateral")),
                ),
                LineData(
                    code="64400",
                    place="11",
                    first_service=days.day(SERVICE_A),
                    diagnoses=("M54.81",),
                    sites=(SiteData("supraorbital nerve"), SiteData("supratrochlear nerve")),
                ),
                LineData(
                    code="64405",
                    place="11",
                    first_service=days.day(SERVICE_A),
                    diagnoses=("M54.81",),
                    sites=(SiteData("greater occipital nerve"),),
                ),
                LineData(
                    code="64450",
                    place="11",
                    first_service=days.day(SERVICE_A),
                    diagnoses=("M54.81",),
                    sites=(SiteData("lesser occipital nerve"),),
                ),
            ),
        ),
        documents=(RecordDocument("Office visit note", days.day(VISIT_DAY_A), _note(VISIT_A), source="Jordan Example"),),
        findings=findings,
        answers=_answers_a(days, with_exception=plan == "ahh"),
        facts=(FactSeen("examination", {"site": "trapezius"}, "Trigger points are palpable in the upper trapezius", "20553"),),
    )


def _answers_a(days: _Days, *, with_exception: bool = False) -> Answers:
    """Where a nurse may certify the occipital block, the practice says its side too."""
    text = f"""\
    ADDENDUM
    Onset: neck and shoulder pain began on {days.words(ONSET_A)} after a change of workstation.
    Physical therapy: 9 sessions between {days.words(-147)} and {days.words(-91)}, manual therapy and stretching, no lasting relief.
    Naproxen 500 mg twice daily, {days.words(-182)} to {days.words(-133)}, stopped, not effective.
    Methocarbamol 750 mg, {days.words(-133)} to {days.words(-87)}, not effective. Heat daily, little relief.
    Baseline: pain 7/10; Neck Disability Index 46 %.
    Exam today: trigger points also palpable in both masseter muscles, with referred pain to the temple.
    Physical therapy continues weekly. The nerve blocks will not be done on the day of the trigger point injections; they
    are requested for {days.words(BLOCKS_DAY_A)}.
    """
    text = dedent(text) + ("The occipital blocks are on both sides.\n" if with_exception else "")
    both_sides = (SiteData("greater occipital nerve", "bilateral"),) if with_exception else None
    return Answers(
        at=(days.received_at + timedelta(days=3)).replace(hour=10, minute=15),
        document=RecordDocument("Addendum", days.day(3), text, source="Jordan Example"),
        findings={
            "20553": {
                "duration": Found("met", f"neck and shoulder pain began on {days.words(ONSET_A)}"),
                "medicine_trial": Found("met", f"{days.words(-182)} to {days.words(-133)}, stopped, not effective"),
                "physical_trial": Found("met", "manual therapy and stretching, no lasting relief"),
                "palpation": Found("met", "trigger points also palpable in both masseter muscles, with referred pain to the temple"),
                "alone_that_day": ACCEPT,
                "reason_for_both": Found("not_documented", note="Not needed any more: the blocks are on another day."),
            }
        },
        facts=(
            FactSeen("onset", {"value": days.day(ONSET_A).isoformat()}, f"neck and shoulder pain began on {days.words(ONSET_A)}"),
            FactSeen(
                "treatment",
                _trial("physical_therapy", "manual therapy and stretching", days, -147, -91, sessions=9),
                "manual therapy and stretching, no lasting relief",
            ),
            FactSeen("treatment", _trial("nsaid", "naproxen 500 mg twice daily", days, -182, -133), "Naproxen 500 mg twice daily"),
            FactSeen("treatment", _trial("muscle_relaxant", "methocarbamol 750 mg", days, -133, -87), "Methocarbamol 750 mg"),
            FactSeen("examination", {"site": "masseter"}, "trigger points also palpable in both masseter muscles", "20553"),
            FactSeen("score", {"scale": "Pain", "value": "7/10", "date": days.day(3)}, "pain 7/10"),
            FactSeen("score", {"scale": "Neck Disability Index", "value": "46 %", "date": days.day(3)}, "Neck Disability Index 46 %"),
        ),
        changes=tuple(
            Changed(code=code, first_service=days.day(BLOCKS_DAY_A), sites=both_sides if code == "64405" else None)
            for code in ("64400", "64405", "64450")
        ),
    )


def _trial(kind: str, agent: str, days: _Days, first: int, last: int, *, sessions: int | None = None) -> dict[str, Any]:
    """A trial that did not help, as a fact."""
    return {
        "kind": kind,
        "agent": agent,
        "from_date": days.day(first),
        "to_date": days.day(last),
        "sessions": sessions,
        "response": "failed",
    }


# ---- case B: cervical trigger point injections and occipital blocks, after the service ------------------------------------------
VISIT_B = """\
    PROCEDURE VISIT
    Persistent cervical thoracic pain, unknown 3 month duration symptoms.
    Exam: multiple myofascial trigger points in the cervical thoracic area including the trapezius levator scapulae rhomboids
    relaxed with dorsi and cervical paravertebral muscles. Occipital nuchal area was noted to be extremely tender.
    Occipital headache, possible occipital neuralgic presentation noted.
    Procedure: trigger point injections x2, occipital nerve block x2, tolerated well.
    Plan: Continue with physical therapy advice. Continue with anti-inflammatory medication.
    """

SERVICE_B = -13
FINDINGS_B: dict[str, dict[str, Found]] = {
    "20553": {
        "indication": Found("met", "multiple myofascial trigger points in the cervical thoracic area"),
        "duration": Found("unclear", "unknown 3 month duration symptoms"),
        "medicine_trial": Found("unclear", "Continue with anti-inflammatory medication", "No name, dose, dates or result."),
        "physical_trial": Found("unclear", "Continue with physical therapy advice", "No sessions, dates or result."),
        "palpation": Found(
            "met",
            "multiple myofascial trigger points in the cervical thoracic area including the trapezius levator scapulae rhomboids "
            "relaxed with dorsi and cervical paravertebral muscles",
            "“relaxed with dorsi” [sic]",
        ),
        "program": Found("unclear", "Continue with physical therapy advice"),
        "alone_that_day": ACCEPT,
        "reason_for_both": Found("not_documented"),
        "first_set": ACCEPT,
    },
    "64405": {
        "ahh_headache": Found("unclear", "possible occipital neuralgic presentation noted"),
        "ahh_three_months": ACCEPT,
        "ahh_three_a_year": ACCEPT,
    },
}


def case_b(
    received_at: datetime, *, plan: str = "ahh", member_id: str = "AHH-000202", name: tuple[str, str] = ("Blake", "Sample")
) -> DemoCase:
    """20553 x2 and 64405 x2, retrospective; the member reads Spanish."""
    days = _Days(received_at)
    examined = ("trapezius", "levator scapulae", "rhomboid", "latissimus dorsi", "cervical paravertebral")
    return DemoCase(
        name="B",
        received_at=received_at,
        intake=IntakeData(
            plan=plan,
            member=MemberData(
                member_id=member_id,
                given_name=name[0],
                family_name=name[1],
                birth_date=date(1971, 11, 30),
                language="es",
                address=("300 Example Avenue", "Sampletown, OH 43001"),
                joined_on=date(2023, 1, 1),
                eligibility_seen=True,
            ),
            requester=PractitionerData(
                npi="1245319599",
                name="Morgan Example",
                specialty="Pain medicine",
                phone="555-0162",
                fax="555-0163",
                address=("400 Clinic Road", "Sampletown, OH 43001"),
            ),
            review_type="postservice",
            state="OH",
            diagnoses=(
                DiagnosisData(code="M54.2", text="Cervicalgia"),
                DiagnosisData(code="M54.6", text="Pain in thoracic spine"),
                DiagnosisData(code="M79.18", text="Myofascial trigger points"),
                DiagnosisData(code="R51.9", text="Occipital headache"),
                DiagnosisData(code="M54.81", text="possible occipital neuralgic presentation", certainty="possible"),
            ),
            lines=(
                LineData(
                    code="20553",
                    units=2,
                    place="11",
                    first_service=days.day(SERVICE_B),
                    diagnoses=("M54.2", "M54.6", "M79.18"),
                    sites=tuple(SiteData(muscle) for muscle in examined),
                ),
                LineData(
                    code="64405",
                    units=2,
                    place="11",
                    first_service=days.day(SERVICE_B),
                    diagnoses=("R51.9", "M54.81"),
                    sites=(SiteData("greater occipital nerve"),),
                ),
            ),
            treatments=(TreatmentData(kind="physical_therapy"), TreatmentData(kind="nsaid")),
        ),
        documents=(RecordDocument("Procedure visit note", days.day(SERVICE_B), _note(VISIT_B), source="Morgan Example"),),
        findings=FINDINGS_B,
        answers=_answers_b(days),
        facts=tuple(
            FactSeen("examination", {"site": muscle}, quote, "20553")
            for muscle, quote in zip(
                examined, ("trapezius", "levator scapulae", "rhomboids", "relaxed with dorsi", "cervical paravertebral"), strict=True
            )
        ),
    )


def _answers_b(days: _Days) -> Answers:
    text = f"""\
    LETTER TO THE PLAN
    The pain in the neck and upper back began on {days.words(-171)} after lifting.
    Ibuprofen 600 mg three times daily, {days.words(-150)} to {days.words(-108)}, not effective.
    Physical therapy: 8 sessions between {days.words(-120)} and {days.words(-64)}, no lasting relief. A home program continues.
    The diagnosis for the block is occipital neuralgia on both sides, confirmed on examination. No earlier block was given.
    The blocks were one on each side. The trigger point injections were one visit, one unit.
    """
    return Answers(
        at=(days.received_at + timedelta(days=9)).replace(hour=11, minute=40),
        document=RecordDocument("Letter from the practice", days.day(9), _note(text), kind="letter", source="Morgan Example"),
        findings={
            "20553": {
                "duration": Found("met", f"began on {days.words(-171)}"),
                "medicine_trial": Found("met", f"{days.words(-150)} to {days.words(-108)}, not effective"),
                "physical_trial": Found("met", "no lasting relief. A home program continues"),
                "program": Found("met", "A home program continues"),
                "reason_for_both": Found("not_documented"),
            },
            "64405": {"ahh_headache": Found("met", "occipital neuralgia on both sides, confirmed on examination")},
        },
        facts=(
            FactSeen("onset", {"value": days.day(-171).isoformat()}, f"began on {days.words(-171)}"),
            FactSeen(
                "treatment", _trial("nsaid", "ibuprofen 600 mg three times daily", days, -150, -108), "Ibuprofen 600 mg three times daily"
            ),
            FactSeen("treatment", _trial("physical_therapy", "", days, -120, -64, sessions=8), "8 sessions between"),
            FactSeen(
                "diagnosis",
                {"code": "M54.81", "text": "Occipital neuralgia", "certainty": "confirmed"},
                "occipital neuralgia on both sides, confirmed on examination",
            ),
        ),
        changes=(
            Changed(code="20553", units=1),
            Changed(code="64405", units=1, modifiers="50", sites=(SiteData("greater occipital nerve", "bilateral"),)),
        ),
    )
