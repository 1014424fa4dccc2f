"""The shapes of demo data: a request with its documents, what a careful nurse finds, and the answers that come later. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from cases.intake_data import IntakeData


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
class Answers:
    """What arrives after the request for information."""

    at: datetime
    document: RecordDocument
    findings: Mapping[str, Mapping[str, Found]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One request from receipt to answers. `findings`: code -> criterion -> what is found, in the order of the checklist."""

    name: str
    received_at: datetime
    intake: IntakeData
    documents: tuple[RecordDocument, ...]
    findings: Mapping[str, Mapping[str, Found]]
    answers: Answers | None = None
