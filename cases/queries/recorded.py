"""Everything a case records, loaded in a fixed number of statements whatever the number of rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q
from django.utils import timezone

from cases import workflow
from cases.enums import CaseStatus, ClockKind, LineStatus, Outcome
from cases.facts import Recorded
from cases.models import (
    Case,
    ClockEntry,
    Determination,
    Diagnosis,
    Evidence,
    Finding,
    InformationRequest,
    Onset,
    ServiceLine,
    Session,
    Treatment,
)

LIVE = [*workflow.UNDECIDED]
PEOPLE = ("member", "plan", "requester", "facility", "reviewer", "director")


def case_with_people(reference: str) -> Case | None:
    """The case with the people it names, or None."""
    return Case.objects.select_related(*PEOPLE).filter(reference=reference).first()


def end_stops(lines: Iterable[ServiceLine]) -> None:
    """A stop that no answer ended ends with its last day, by itself: such a line no longer counts as stopped, whatever its row still says.

    Its dates need nothing: they were counted to that day when the stop began. One statement where a line is stopped, none otherwise.
    """
    stopped = [line for line in lines if line.clock_stopped]
    if stopped:
        over = ClockEntry.objects.filter(line__in=stopped, kind=ClockKind.TOLLED, until__lte=timezone.now())
        ended = set(over.values_list("line_id", flat=True))
        for line in stopped:
            line.clock_stopped = line.pk not in ended


def loaded_lines(case: Case) -> list[ServiceLine]:
    """The lines of a case with sites, exam findings, diagnoses, findings with evidence, flag resolutions, determinations."""
    lines = list(
        case.lines.order_by("number").prefetch_related(
            "sites",
            "diagnoses",
            Prefetch("examinations"),
            Prefetch("findings", Finding.objects.select_related("by").order_by("id")),
            Prefetch("findings__evidence", Evidence.objects.select_related("document").order_by("id")),
            "resolutions",
            Prefetch("determinations", Determination.objects.select_related("signed_by").order_by("id")),
        )
    )
    end_stops(lines)
    return lines


def other_lines(case: Case) -> list[ServiceLine]:
    """Open or approved lines of the same member, this case's and others'."""
    if case.member_id is None:
        return []
    approved = Q(determinations__outcome__in=[Outcome.APPROVED, Outcome.APPROVED_IN_PART], determinations__superseded_by__isnull=True)
    return list(
        ServiceLine.objects.filter(case__member_id=case.member_id)
        .exclude(case__status__in=[CaseStatus.DUPLICATE, CaseStatus.INTAKE])
        .filter(Q(status__in=LIVE) | (Q(status__in=[LineStatus.DECIDED, LineStatus.NOTIFIED]) & approved))
        .select_related("case", "case__plan")
        .prefetch_related("sites", "diagnoses")
        .distinct()
        .order_by("case_id", "number")
    )


@dataclass(frozen=True)
class CaseRecord:
    """A loaded case: what the case page, sign-off, letters and the computed columns all start from."""

    case: Case
    lines: list[ServiceLine]
    diagnoses: list[Diagnosis]
    onsets: list[Onset]
    treatments: list[Treatment]
    sessions: list[Session]
    others: list[ServiceLine] = field(default_factory=list)

    def line(self, number: int) -> ServiceLine:
        """Raises StopIteration never: the caller has checked the number, see loaders."""
        return next(line for line in self.lines if line.number == number)

    def onset_of(self, line: ServiceLine) -> Onset | None:
        own = next((onset for onset in self.onsets if onset.line_id == line.pk), None)
        return own or next((onset for onset in self.onsets if onset.line_id is None), None)

    def recorded(self, line: ServiceLine) -> Recorded:
        """The facts of one line, for checks."""
        return Recorded(
            line=line,
            sites=list(line.sites.all()),
            examinations=list(line.examinations.all()),
            diagnoses=self.diagnoses,
            onset=self.onset_of(line),
            treatments=self.treatments,
            sessions=[session for session in self.sessions if session.line_id != line.pk],
            other_lines=[other for other in self.others if other.pk != line.pk],
            line_diagnoses=[diagnosis.code for diagnosis in line.diagnoses.all()],
        )


def case_record(case: Case) -> CaseRecord:
    """Load a case that has left intake. `case` should come with member, plan, requester and facility selected."""
    return CaseRecord(
        case=case,
        lines=loaded_lines(case),
        diagnoses=list(case.diagnoses.select_related("document", "confirmed_by")),
        onsets=list(case.onsets.select_related("document", "confirmed_by")),
        treatments=list(case.treatments.select_related("document", "confirmed_by")),
        sessions=list(Session.objects.filter(member_id=case.member_id, released_at__isnull=True).select_related("line"))
        if case.member_id
        else [],
        others=other_lines(case),
    )


def open_items(case: Case) -> Sequence[InformationRequest]:
    """Sent requests with their items, oldest first."""
    return list(case.requests.filter(sent_at__isnull=False).prefetch_related("items", "items__line", "items__document").order_by("id"))
