"""The facts a case records, in the shapes that checks and flags read. Takes loaded rows and gives frozen values; nothing is judged here.

Order of rows is kept, so that a proposal's `facts_used` ("treatment:0") names the row it leans on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from criteria import checks
from criteria.enums import Certainty, Response, ReviewType, SessionSource, Side

from .flags import FlagDiagnosis, FlagLine, FlagMember, FlagSite
from .models import Case, Diagnosis, Examination, Member, Onset, ServiceLine, Session, Site, Treatment


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded for one line: its own rows, the case's, and the member's other open or approved lines."""

    line: ServiceLine
    sites: Sequence[Site]
    examinations: Sequence[Examination]
    diagnoses: Sequence[Diagnosis]  # of the case
    onset: Onset | None  # the line's own, else the case's
    treatments: Sequence[Treatment]
    sessions: Sequence[Session]  # the member's, not released, other than this line's own
    other_lines: Sequence[ServiceLine] = field(default=())
    line_diagnoses: Sequence[str] = field(default=())  # codes that this line is for


def received_on(case: Case) -> date:
    """The day a request was received, on the plan's calendar."""
    zone = ZoneInfo(case.plan.time_zone if case.plan else "America/New_York")
    return case.received_at.astimezone(zone).date()


def check_facts(case: Case, recorded: Recorded, *, confirmed_only: bool) -> checks.CaseFacts:
    """Facts as checks read them. The request itself (units, sites, dates) is not a clinical fact and always counts.

    A line that names the diagnoses it is for is checked on the diagnoses of the case all the same: the policy format asks of the case.
    """
    line = recorded.line
    onset = recorded.onset if recorded.onset and (recorded.onset.confirmed or not confirmed_only) else None
    return checks.CaseFacts(
        review_type=ReviewType(case.review_type),
        received=received_on(case),
        first_service=line.first_service,
        birth_date=case.member.birth_date if case.member else None,
        symptom_onset=onset.value if onset else None,
        diagnoses=tuple(checks.Diagnosis(row.code, Certainty(row.certainty)) for row in _diagnoses(recorded, confirmed_only)),
        treatments=tuple(_treatment(row) for row in recorded.treatments if row.confirmed or not confirmed_only),
        sessions=tuple(
            checks.Session(row.code, row.date, SessionSource(row.source))
            for row in recorded.sessions
            if row.confirmed or not confirmed_only or row.source == SessionSource.APPROVED
        ),
        line=checks.Line(
            line.code,
            line.units,
            tuple(_site(row.name, row.side) for row in recorded.sites),
            tuple(_site(row.site, row.side) for row in recorded.examinations if row.confirmed or not confirmed_only),
        ),
        other_lines=tuple(
            checks.OtherLine(row.code, row.first_service, same_case=row.case_id == line.case_id) for row in recorded.other_lines
        ),
    )


def _diagnoses(recorded: Recorded, confirmed_only: bool) -> list[Diagnosis]:
    return [row for row in recorded.diagnoses if row.confirmed or not confirmed_only]


def _treatment(row: Treatment) -> checks.Treatment:
    return checks.Treatment(row.kind, row.agent, row.from_date, row.to_date, Response(row.response) if row.response else None)


def _site(name: str, side: str) -> checks.Site:
    return checks.Site(name, Side(side) if side else None)


def flag_line(line: ServiceLine, sites: Iterable[Site], diagnoses: Iterable[Diagnosis]) -> FlagLine:
    """A line as flags read it."""
    return FlagLine(
        number=line.number,
        code=line.code,
        units=line.units,
        sites=tuple(FlagSite(site.name, site.side) for site in sites),
        modifiers=line.modifiers,
        first_service=line.first_service,
        last_service=line.last_service,
        diagnoses=tuple(FlagDiagnosis(row.code, row.certainty) for row in diagnoses),
    )


def flag_member(member: Member) -> FlagMember:
    return FlagMember(member.joined_on, member.left_on)
