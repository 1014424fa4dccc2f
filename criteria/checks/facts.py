"""The facts of a case in the shape that checks read: the shape of `facts` in a policy's example. Nothing is judged here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from criteria import governing
from criteria.enums import Certainty, Response, ReviewType, SessionSource, Side
from criteria.periods import PartialDate


@dataclass(frozen=True, slots=True)
class Diagnosis:
    code: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Treatment:
    """One trial of one kind of care. `start` and `end` are its first and last day; None is not recorded."""

    kind: str
    agent: str = ""
    start: date | None = None
    end: date | None = None
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """An earlier service of the member, approved here or reported in the record."""

    code: str
    date: date
    source: SessionSource = SessionSource.REPORTED


@dataclass(frozen=True, slots=True)
class Site:
    """A muscle or nerve by name; no side means that none was stated."""

    name: str
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The service line under review."""

    code: str = ""
    units: int | None = None
    sites: tuple[Site, ...] = ()
    examined_sites: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherLine:
    """An open or approved line of the same member, on this case or another. Undated lines clash within one case only."""

    code: str
    first_service: date | None = None
    same_case: bool = True


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What checks may know of a case. `symptom_onset` is YYYY, YYYY-MM or YYYY-MM-DD."""

    review_type: ReviewType = ReviewType.PRESERVICE
    received: date | None = None
    first_service: date | None = None
    birth_date: date | None = None
    symptom_onset: str | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    sessions: tuple[Session, ...] = ()
    line: Line = Line()
    other_lines: tuple[OtherLine, ...] = ()

    @property
    def onset(self) -> PartialDate | None:
        return PartialDate.parse(self.symptom_onset) if self.symptom_onset else None

    @property
    def reference_date(self) -> date | None:
        """The day received; after the service its first date (the day received without one)."""
        return governing.reference_date(self.review_type, self.received, self.first_service)


def facts_from_example(facts: Mapping[str, Any]) -> CaseFacts:
    """The `facts` of an example that the format has already checked. Dates may be dates or ISO text; null is the same as left out."""
    line = facts.get("line") or {}
    return CaseFacts(
        review_type=ReviewType(facts.get("review_type") or ReviewType.PRESERVICE),
        received=_day(facts.get("received")),
        first_service=_day(facts.get("first_service")),
        birth_date=_day(facts.get("birth_date")),
        symptom_onset=None if facts.get("symptom_onset") is None else str(facts["symptom_onset"]),
        diagnoses=tuple(Diagnosis(row["code"], Certainty(row["certainty"])) for row in facts.get("diagnoses") or ()),
        treatments=tuple(_treatment(row) for row in facts.get("treatments") or ()),
        sessions=tuple(_session(row) for row in facts.get("sessions") or ()),
        line=Line(line.get("code") or "", line.get("units"), _sites(line.get("sites")), _sites(line.get("examined_sites"))),
        other_lines=tuple(OtherLine(row.get("code") or "", _day(row.get("first_service"))) for row in facts.get("other_lines") or ()),
    )


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _treatment(row: Mapping[str, Any]) -> Treatment:
    response = None if row.get("response") is None else Response(row["response"])
    return Treatment(row.get("kind") or "", row.get("agent") or "", _day(row.get("from")), _day(row.get("to")), response)


def _session(row: Mapping[str, Any]) -> Session:
    day = row["date"]
    return Session(
        row["code"], date.fromisoformat(day) if isinstance(day, str) else day, SessionSource(row.get("source") or SessionSource.REPORTED)
    )


def _sites(rows: Any) -> tuple[Site, ...]:
    return tuple(
        Site(row) if isinstance(row, str) else Site(row.get("name") or "", Side(row["side"]) if row.get("side") else None)
        for row in rows or ()
    )
