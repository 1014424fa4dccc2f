"""What happened when, as far as it bears on one line: onset, trials, sessions, documents, receipt, the day asked for, the rule's limits.

Takes loaded rows, gives plain dates with words. How it is drawn is presenters/timeline.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cases.enums import TreatmentKind, TreatmentResponse
from cases.facts import received_on
from cases.models import ServiceLine, Session, Treatment
from criteria.periods import PartialDate, Period

from .decide import Beside
from .lines import LineReview
from .recorded import CaseRecord


@dataclass(frozen=True, slots=True)
class Moment:
    """One date. `kind`: onset, session, document, asked, received, service, limit. `day` None: not known."""

    kind: str
    day: date | None
    text: str
    exact: bool = True  # false: known to the month or year, which the text says


@dataclass(frozen=True, slots=True)
class Stretch:
    """A trial from one day to another; an end that is not known is None."""

    start: date | None
    end: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Course:
    """All of it, and what is said of the member's history."""

    moments: list[Moment]
    stretches: list[Stretch]
    history: str


def course(record: CaseRecord, review: LineReview, beside: Beside) -> Course:
    """Everything with a date that a director looks at for this line."""
    codes = {code for part in (review.joined.parts if review.joined else ()) for code in part.codes} or {review.line.code}
    earlier = [row for row in record.sessions if row.code in codes and row.line_id != review.line.pk]
    moments = [
        *_onset(record, review.line),
        *(Moment("session", row.date, "session") for row in earlier),
        *(Moment("document", row.date, row.title.lower()) for row in beside.documents if row.date and not hasattr(row, "replaced_by")),
        Moment("received", received_on(record.case), "received"),
        *(Moment("asked", timezone.localtime(row.sent_at).date(), "asked") for row in beside.requests if row.sent_at),
        *_service(review.line),
        *_limits(record, review, earlier),
    ]
    return Course(moments, [_stretch(row) for row in record.treatments], _history(record, earlier))


def _onset(record: CaseRecord, line: ServiceLine) -> Iterator[Moment]:
    onset = record.onset_of(line)
    if onset is None:
        yield Moment("onset", None, "onset not known")
        return
    known = PartialDate.parse(onset.value)
    exact, stated = known.first == known.last, "" if onset.confirmed else " (as stated)"
    yield Moment("onset", known.first, f"onset{stated}" if exact else f"onset in {known}{stated}", exact)


def _service(line: ServiceLine) -> Iterator[Moment]:
    if line.first_service:
        yield Moment("service", line.first_service, "asked for")
    else:
        yield Moment("service", None, "no date asked for")


def _limits(record: CaseRecord, review: LineReview, earlier: list[Session]) -> Iterator[Moment]:
    """Days that the rule's checks count to: so long after the onset, so long after the last session."""
    onset = record.onset_of(review.line)
    last = max((row.date for row in earlier), default=None)
    seen: set[Moment] = set()
    for leaf in review.criteria:
        if leaf.check is None:
            continue
        for moment in _limit(leaf.check.name, leaf.check.args, onset.value if onset else "", last):
            if moment not in seen:
                seen.add(moment)
                yield moment


def _limit(name: str, args: Mapping[str, object], onset: str, last: date | None) -> Iterator[Moment]:
    if name == "symptom_duration" and onset:
        period = Period.parse(str(args.get("more_than") or args["at_least"]))
        yield Moment("limit", period.after(PartialDate.parse(onset).first), f"{period} after onset")
    if name in ("days_since_last", "months_since_last") and last:
        period = Period(int(str(args["at_least"])), "day" if name == "days_since_last" else "month")
        yield Moment("limit", period.after(last), f"{period} after the last")


def _stretch(row: Treatment) -> Stretch:
    kind = TreatmentKind(row.kind).label if row.kind in TreatmentKind.values else row.kind.replace("_", " ")
    response = TreatmentResponse(row.response).label.lower() if row.response else ""
    parts = [row.agent or kind.lower(), f"{row.sessions} visits" if row.sessions else "", response, "" if row.confirmed else "as stated"]
    return Stretch(row.from_date, row.to_date, ", ".join(part for part in parts if part))


def _history(record: CaseRecord, earlier: list[Session]) -> str:
    if earlier:
        return ""
    joined = record.case.member.joined_on if record.case.member else None
    since = f" since joining on {joined.day} {joined:%b %Y}" if joined else "; when the member joined is not known"
    return f"None of this care on file{since}"
