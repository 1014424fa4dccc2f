"""A request as it comes in, in plain values: what form, demo and interfaces hand to `route_case`. Pure, judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from criteria.enums import Certainty

from .enums import Channel, ReviewKind, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberData:
    """A member by number within the request's plan: found, or new. What is left empty keeps what is on file."""

    member_id: str
    given_name: str
    family_name: str
    birth_date: date
    language: str = "en"
    large_print: bool = False
    address: tuple[str, ...] = ()
    representative: Mapping[str, Any] | None = None  # name, relation, address
    joined_on: date | None = None
    left_on: date | None = None
    eligibility_seen: bool = False  # by whoever routes the request, now


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerData:
    """Who asks, or the facility. Found by NPI; what is left empty keeps what is on file."""

    npi: str
    name: str
    specialty: str = ""
    phone: str = ""
    fax: str = ""
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteData:
    """A muscle, nerve or joint; `side` is left, right, bilateral or nothing."""

    name: str
    side: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisData:
    code: str
    text: str
    certainty: str = Certainty.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentData:
    """One trial of one kind of care, as the form states it."""

    kind: str
    agent: str = ""
    from_date: date | None = None
    to_date: date | None = None
    sessions: int | None = None
    response: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineData:
    """One requested procedure. `diagnoses`: codes it is for, none for all of the request. `onset`: YYYY, YYYY-MM or YYYY-MM-DD.

    `no_review_why`: the plan asks for no review of this service; the line ends at once, with this reason.
    """

    code: str
    units: int = 1
    modifiers: str = ""
    place: str = ""
    first_service: date | None = None
    last_service: date | None = None
    diagnoses: tuple[str, ...] = ()
    sites: tuple[SiteData, ...] = ()
    onset: str = ""
    no_review_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeData:
    """A complete request. `plan` is a plan's code, whose line of business the case takes.

    `received_at` None: received when its entry began. Earlier than that needs `received_reason`.
    """

    plan: str
    member: MemberData
    requester: PractitionerData
    facility: PractitionerData | None = None
    review_type: str = ReviewKind.PRESERVICE
    urgency: str = Urgency.STANDARD
    urgency_by_practitioner: bool = False
    channel: str = Channel.FAX
    state: str = ""  # where the service takes place; empty: the plan's
    received_at: datetime | None = None
    received_reason: str = ""
    diagnoses: tuple[DiagnosisData, ...]
    lines: tuple[LineData, ...]
    onset: str = ""
    treatments: tuple[TreatmentData, ...] = ()
