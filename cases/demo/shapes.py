"""The shapes of demo data: a request with its documents, what a careful nurse finds, and the answers that come later. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cases.intake_data import IntakeData, SiteData


@dataclass(frozen=True, slots=True)
class RecordDocument:
    """A document of the record as text; it is rendered to PDF when it is attached."""

    title: str
    date: date
    text: str
    kind: str = "clinical_note"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a nurse marks for one criterion. An empty quote has no evidence; `accept` takes the check's proposal."""

    value: str
    quote: str = ""
    note: str = ""
    accept: bool = False


ACCEPT = Found("", accept=True)


@dataclass(frozen=True, slots=True)
class FactSeen:
    """A clinical fact as a nurse takes it from the record. `code`: the line of an examination. The quote says where it stands."""

    kind: str
    values: Mapping[str, Any]
    quote: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What the practice changed about the lines of a code; None stays."""

    code: str
    units: int | None = None
    modifiers: str | None = None
    first_service: date | None = None
    sites: tuple[SiteData, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What arrives after the request for information: the document, its facts, what the practice changed, what is found then."""

    at: datetime
    document: RecordDocument
    findings: Mapping[str, Mapping[str, Found]] = field(default_factory=dict)
    facts: tuple[FactSeen, ...] = ()
    changes: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One request from receipt to answers. `findings`: code -> criterion -> what is found, in the order of the checklist."""

    name: str
    received_at: datetime
    intake: IntakeData
    documents: tuple[RecordDocument, ...]
    findings: Mapping[str, Mapping[str, Found]]
    answers: Answers | None = None
    facts: tuple[FactSeen, ...] = ()
