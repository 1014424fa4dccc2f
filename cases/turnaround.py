"""Turnaround rules as data: what a row of the table says, and the rows a new installation starts with.

Pure. Counting is deadlines.py. A row in use is closed and followed, never edited; `verify` says what counsel must still confirm.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from criteria.enums import LineOfBusiness, ReviewType

from .enums import Urgency


class Unit(StrEnum):
    """`business_hours` do not run on weekends and federal holidays (Indiana's 48 hours, IC 27-1-37.5-23)."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    BUSINESS_HOURS = "business_hours"


class Start(StrEnum):
    RECEIPT = "receipt"
    COMPLETE = "complete"


class OnMiss(StrEnum):
    """What the rule says a missed deadline means. Shown, logged, escalated; the product itself never denies or approves on expiry."""

    ADVERSE_APPEALABLE = "adverse_appealable"
    DEEMED_EXHAUSTED = "deemed_exhausted"
    DEEMED_APPROVED = "deemed_approved"


class ExtensionReason(StrEnum):
    """Why a rule lets the plan take longer. Records of a contracted provider are no reason under Medicare Advantage."""

    MEMBER_ASKED = "member_asked"
    PROVIDER_ASKED = "provider_asked"
    OUTSIDE_RECORDS = "outside_records"  # evidence from a provider without a contract that may change a denial
    EXCEPTIONAL = "exceptional"  # extraordinary or exigent, and in the member's interest
    PLAN_NEEDS_MORE = "plan_needs_more"  # the plan can show the need, and it is in the member's interest
    BEYOND_CONTROL = "beyond_control"


EXTENSION_WORDS: dict[str, str] = {
    ExtensionReason.MEMBER_ASKED: "the member asked",
    ExtensionReason.PROVIDER_ASKED: "the practice asked",
    ExtensionReason.OUTSIDE_RECORDS: "records of a provider without a contract",
    ExtensionReason.EXCEPTIONAL: "exceptional circumstances, in the member's interest",
    ExtensionReason.PLAN_NEEDS_MORE: "more information needed, in the member's interest",
    ExtensionReason.BEYOND_CONTROL: "matters beyond the plan's control",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the turnaround rules. No `state` means the federal rule; `effective_until` is the last day on which it takes requests.

    `tolls`: a notice that asks for information stops the clock; the answer has `answer_days`, the decision then `extension_days`.
    """

    line_of_business: str
    state: str
    review_type: str
    urgency: str
    effective_from: date
    effective_until: date | None
    amount: int
    unit: str
    start: str = Start.RECEIPT
    notify_amount: int | None = None
    notify_unit: str = ""
    extension_days: int = 0
    extension_reasons: tuple[str, ...] = ()
    tolls: bool = False
    answer_days: int | None = None
    on_miss: str = OnMiss.ADVERSE_APPEALABLE
    citation: str = ""
    verify: str = ""


# ---- what a new installation starts with: federal rules alone; a state's rows are entered by the admin and win where they are stricter
KEPT_FROM = date(2020, 1, 1)  # no request older than this is kept
LAST_OF_2025 = date(2025, 12, 31)
SEVEN_DAYS_FROM = date(2026, 1, 1)  # CMS-0057-F, 89 FR 8758
CLAIMS = "29 CFR 2560.503-1"
STOP_UNVERIFIED = "how the clock stops for missing information was read in secondary sources"
NO_URGENT_AFTER = "a request after the service cannot be expedited: this row runs as the standard one"


def _medicare_advantage() -> list[Rule]:
    lob, days = LineOfBusiness.MEDICARE_ADVANTAGE, Unit.CALENDAR_DAYS
    more = (ExtensionReason.MEMBER_ASKED, ExtensionReason.OUTSIDE_RECORDS, ExtensionReason.EXCEPTIONAL)
    rows: list[Rule] = []
    for kind in (ReviewType.PRESERVICE, ReviewType.CONCURRENT):
        before = "42 CFR 422.568(b)(1), as it stood before 2026"
        rows += [
            Rule(
                lob,
                "",
                kind,
                Urgency.STANDARD,
                KEPT_FROM,
                LAST_OF_2025,
                14,
                days,
                extension_days=14,
                extension_reasons=more,
                citation=before,
            ),
            Rule(
                lob,
                "",
                kind,
                Urgency.STANDARD,
                SEVEN_DAYS_FROM,
                None,
                7,
                days,
                extension_days=14,
                extension_reasons=more,
                citation="42 CFR 422.568(b)(1)",
            ),
            Rule(
                lob,
                "",
                kind,
                Urgency.EXPEDITED,
                KEPT_FROM,
                None,
                72,
                Unit.HOURS,
                extension_days=14,
                extension_reasons=more,
                citation="42 CFR 422.572(a)",
            ),
        ]
    verify = "30 days are those for clean claims; other payment requests have 60"
    return rows + _after_the_service(lob, "42 CFR 422.568(c), 422.520(a)", verify=verify)


def _medicaid() -> list[Rule]:
    lob, days = LineOfBusiness.MEDICAID, Unit.CALENDAR_DAYS
    more = (ExtensionReason.MEMBER_ASKED, ExtensionReason.PROVIDER_ASKED, ExtensionReason.PLAN_NEEDS_MORE)
    period = (
        "7 days hold from the contract's first rating period that starts in 2026 or later: set both dates to it; a state may be stricter"
    )
    rows: list[Rule] = []
    for kind in (ReviewType.PRESERVICE, ReviewType.CONCURRENT):
        for first, last, amount in ((KEPT_FROM, LAST_OF_2025, 14), (SEVEN_DAYS_FROM, None, 7)):
            rows.append(
                Rule(
                    lob,
                    "",
                    kind,
                    Urgency.STANDARD,
                    first,
                    last,
                    amount,
                    days,
                    extension_days=14,
                    extension_reasons=more,
                    citation="42 CFR 438.210(d)(1)",
                    verify=period,
                )
            )
        rows.append(
            Rule(
                lob,
                "",
                kind,
                Urgency.EXPEDITED,
                KEPT_FROM,
                None,
                72,
                Unit.HOURS,
                extension_days=14,
                extension_reasons=more,
                citation="42 CFR 438.210(d)(2)",
            )
        )
    return rows + _after_the_service(
        lob, "42 CFR 438.404(c)(2)", verify="30 days are a common contract term; the rule has the notice at the time of the decision"
    )


ALSO = "45 CFR 147.136(b)"  # extends ERISA's claims procedure to commercial and marketplace coverage


def _claims(lob: LineOfBusiness, paragraph: str) -> str:
    return f"{CLAIMS}{paragraph}" + ("" if lob is LineOfBusiness.ERISA_SELF_FUNDED else f"; {ALSO}")


def _claims_procedure(lob: LineOfBusiness) -> list[Rule]:
    asking: dict[str, Any] = {
        "extension_days": 15,
        "extension_reasons": (ExtensionReason.BEYOND_CONTROL,),
        "tolls": True,
        "answer_days": 45,
        "on_miss": OnMiss.DEEMED_EXHAUSTED,
        "verify": STOP_UNVERIFIED,
    }
    before = _claims(lob, "(f)(2)(iii)(A)")
    return [
        *(
            Rule(lob, "", kind, Urgency.STANDARD, KEPT_FROM, None, 15, Unit.CALENDAR_DAYS, citation=before, **asking)
            for kind in (ReviewType.PRESERVICE, ReviewType.CONCURRENT)
        ),
        *_urgent_claims(lob),
        *_after_the_service(lob, _claims(lob, "(f)(2)(iii)(B)"), **asking),
    ]


def _urgent_claims(lob: LineOfBusiness) -> list[Rule]:
    """Before the service: 48 hours to answer, then 48 to decide, no other extension. During it: 24 hours."""
    missed = OnMiss.DEEMED_EXHAUSTED
    asking: dict[str, Any] = {"extension_days": 2, "tolls": True, "answer_days": 2, "on_miss": missed, "verify": STOP_UNVERIFIED}
    course = "24 hours hold if asked 24 hours or more before the course ends, else 72"
    during = _claims(lob, "(f)(2)(ii)(B)")
    cite = _claims(lob, "(f)(2)(i)")
    return [
        Rule(lob, "", ReviewType.PRESERVICE, Urgency.EXPEDITED, KEPT_FROM, None, 72, Unit.HOURS, citation=cite, **asking),
        Rule(
            lob,
            "",
            ReviewType.CONCURRENT,
            Urgency.EXPEDITED,
            KEPT_FROM,
            None,
            24,
            Unit.HOURS,
            on_miss=missed,
            citation=during,
            verify=course,
        ),
    ]


def _after_the_service(lob: LineOfBusiness, citation: str, *, verify: str, **more: Any) -> list[Rule]:
    notes = {Urgency.STANDARD: verify, Urgency.EXPEDITED: f"{verify}; {NO_URGENT_AFTER}"}
    return [
        Rule(lob, "", ReviewType.POSTSERVICE, urgency, KEPT_FROM, None, 30, Unit.CALENDAR_DAYS, citation=citation, verify=note, **more)
        for urgency, note in notes.items()
    ]


SEED_RULES: tuple[Rule, ...] = (
    *_medicare_advantage(),
    *_medicaid(),
    *_claims_procedure(LineOfBusiness.ERISA_SELF_FUNDED),
    *_claims_procedure(LineOfBusiness.COMMERCIAL),
    *_claims_procedure(LineOfBusiness.MARKETPLACE),
)
