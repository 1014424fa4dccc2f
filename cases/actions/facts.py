"""Clinical facts: stated, edited, confirmed against the record, removed; typed into a checklist row; flags resolved. One event each.

A fact of a nurse or director is confirmed as it is recorded. Every action ends by bringing proposals and flags in line (computed.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from authreview.errors import Conflict, Incomplete, Problem
from authreview.models import User
from cases import permissions, typed_facts
from cases.enums import FindingOrigin
from cases.models import Case, DiagnosisCode, FlagResolution, ServiceLine
from cases.queries.case_page import line_to_mark, seen
from cases.queries.codes import in_force
from cases.queries.lines import LineReview
from criteria.enums import FindingValue

from .computed import keep_computed
from .fact_rows import COLUMNS, AnyFact, columns_of, edited, fact_of, open_case, recorded, said, stated_facts
from .history import record_event
from .information import close_moot_items
from .marking import Marked, Selection, check_version, judged, keep_in_step, opened, passage_of, write

# what a row's check asks for -> what a bare date or muscle in it means
EXPECTING = {
    "symptom_duration": "onset",
    "treatments": "treatment",
    "prior_sessions": "session",
    "days_since_last": "session",
    "months_since_last": "session",
    "diagnosis": "diagnosis",
    "sites": "exam",
}


@transaction.atomic
def state_fact(
    *,
    case_id: int,
    kind: str,
    values: Mapping[str, Any],
    by: User,
    line: int | None = None,
    selection: Selection | None = None,
    at: datetime | None = None,
) -> AnyFact:
    """Record a fact. One event `fact_stated`. Examinations name their `line`, an onset may. Raises Denied, Conflict, Incomplete.

    An onset or diagnosis that is there already is edited.
    """
    permissions.check_state_facts(by)
    case = open_case(case_id)
    fact = recorded(case, kind, values, by, line=line, passage=passage_of(case, selection), at=at)
    keep_computed(case)
    keep_in_step(case)
    return fact


@transaction.atomic
def edit_fact(*, case_id: int, kind: str, fact_id: int, values: Mapping[str, Any], by: User, selection: Selection | None = None) -> AnyFact:
    """Change a fact. What intake changes is stated anew. One event `fact_edited`, none where nothing changed. Raises Denied, Conflict."""
    permissions.check_state_facts(by)
    case = open_case(case_id)
    fact = edited(case, fact_of(case, kind, fact_id), kind, values, by, passage_of(case, selection))
    keep_computed(case)
    keep_in_step(case)
    return fact


@transaction.atomic
def confirm_facts(*, case_id: int, by: User, facts: Sequence[tuple[str, int]] | None = None, at: datetime | None = None) -> int:
    """Confirm facts against the record, those given as (kind, id) or all. One event `facts_confirmed`.

    Gives the number. Raises Denied, Conflict.
    """
    permissions.check_confirm_facts(by)
    case = open_case(case_id)
    chosen = stated_facts(case) if facts is None else [(kind, fact_of(case, kind, fact_id)) for kind, fact_id in facts]
    waiting = [(kind, fact) for kind, fact in chosen if not fact.confirmed]
    now = at or timezone.now()
    for _, fact in waiting:
        fact.confirmed_at, fact.confirmed_by = now, by
        fact.save(update_fields=["confirmed_at", "confirmed_by"])
    if waiting:
        payload = {"facts": [{"kind": kind, "says": said(fact)} for kind, fact in waiting]}
        record_event(case, "facts_confirmed", by=by, at=now, payload=payload)
        keep_computed(case)
        keep_in_step(case)
    return len(waiting)


@transaction.atomic
def remove_fact(*, case_id: int, kind: str, fact_id: int, by: User) -> None:
    """Take a fact off the case; the history keeps it. One event `fact_removed`. Raises Denied, Conflict."""
    permissions.check_state_facts(by)
    case = open_case(case_id)
    fact = fact_of(case, kind, fact_id)
    if fact.confirmed:
        permissions.check_confirm_facts(by)
    record_event(case, "fact_removed", by=by, payload={"kind": kind, "says": said(fact), "before": columns_of(kind, fact)})
    fact.delete()
    keep_computed(case)
    keep_in_step(case)


@dataclass(frozen=True, slots=True)
class Typed:
    """A fact typed into a row: what was understood, and what it did to the line."""

    understood: str
    marked: Marked
    accepted: bool


@transaction.atomic
def typed_fact(
    *,
    reference: str,
    line: int,
    criterion: str,
    text: str,
    by: User,
    selection: Selection | None = None,
    version: int | None = None,
) -> Typed:
    """Record what was typed into a row as a confirmed fact; where its check then answers the row, that finding is taken over.

    Events `fact_stated` and `proposal_accepted`. What is not understood raises Incomplete with an example; so do Denied, Conflict.
    """
    permissions.check_confirm_facts(by)
    case, before, leaf = opened(reference, line, criterion, by)
    check_version(seen(before, criterion), version, leaf)
    sites = list(before.line.sites.values_list("name", flat=True))
    expecting = EXPECTING.get(leaf.check.name, "") if leaf.check else ""
    understood = typed_facts.parse(text, timezone.localdate(), expecting=expecting, sites=sites)
    if isinstance(understood, typed_facts.NotUnderstood):
        raise Incomplete(understood.sentence)
    kind, values = _values(understood, before.line)
    passage = passage_of(case, selection)
    full = Case.objects.select_related("member").get(pk=case.pk)  # under the lock; the head below is the locked row's
    own_onset = kind == "onset" and before.line.onsets.exists()
    recorded(full, kind, values, by, line=line if own_onset or kind in ("examination", "diagnosis") else None, passage=passage)
    case.event_count, case.event_head = full.event_count, full.event_head
    keep_computed(full)
    keep_in_step(full)
    after = line_to_mark(case, line)
    if after is None or not _answers(after, criterion):
        return Typed(typed_facts.describe(understood), Marked(case, before, after or before), False)
    row = seen(after, criterion)
    finding = judged(after, leaf, after.line.proposals[criterion]["finding"], row.note if row else "", by)
    marked = write(case, after, leaf, finding, "proposal_accepted", by, passage=passage)
    return Typed(typed_facts.describe(understood), Marked(case, before, marked.after, marked.written), True)


@transaction.atomic
def resolve_flag(*, case_id: int, line: int, flag: str, reason: str, by: User, note: str = "") -> ServiceLine:
    """Close a flag with a reason from its list; it opens again when what it rests on changes. One event `flag_resolved`.

    Raises Denied, Conflict, Incomplete.
    """
    case = open_case(case_id)
    row = case.lines.filter(number=line).first()
    if row is None:
        raise Conflict(f"{case.reference} has no line {line}.")
    row.case = case
    permissions.check_resolve_flag(by, row)
    found = next((each for each in row.flags if each["key"] == flag), None)
    if found is None:
        raise Conflict("This flag is gone: what it was about has changed.")
    if found["resolved"]:
        return row
    labels = dict(found["resolutions"])
    if reason not in labels:
        raise Incomplete("Choose a reason from the list.", [Problem("Reason", message="Choose one.")])
    now = timezone.now()
    FlagResolution.objects.create(line=row, flag=flag, fingerprint=found["fingerprint"], reason=reason, note=note.strip(), by=by, at=now)
    payload = {"flag": flag, "sentence": found["sentence"], "reason": labels[reason], "note": note.strip()}
    record_event(case, "flag_resolved", by=by, line=line, at=now, payload=payload)
    keep_computed(case)
    keep_in_step(case)
    close_moot_items(case, by=by, at=now)
    row.refresh_from_db(fields=["status", "flags", "open_flags", "proposals"])
    return row


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _values(fact: typed_facts.TypedFact, line: ServiceLine) -> tuple[str, dict[str, Any]]:
    """A typed fact as kind and columns."""
    match fact:
        case typed_facts.OnsetFact(value):
            return "onset", {"value": value}
        case typed_facts.TreatmentFact():
            return "treatment", {name: getattr(fact, name) for name in COLUMNS["treatment"]}
        case typed_facts.SessionFact(codes, _, day):
            return "session", {"code": line.code if not codes or line.code in codes else codes[0], "date": day}
        case typed_facts.ExamFact(site, side):
            return "examination", {"site": site, "side": side}
        case typed_facts.DiagnosisFact(code, certainty):
            known = DiagnosisCode.objects.filter(in_force(timezone.localdate()), code=code).first()
            named = {} if known is None else {"text": known.text[:200]}
            return "diagnosis", {"code": code, "certainty": certainty} | named


def _answers(review: LineReview, criterion: str) -> bool:
    """Whether the check now answers a row that nobody has answered for good."""
    proposal, row = review.line.proposals.get(criterion), seen(review, criterion)
    if proposal is None or proposal["stated"] or proposal["finding"] not in (FindingValue.MET, FindingValue.NOT_MET):
        return False
    settled = row is not None and row.value in (FindingValue.MET, FindingValue.NOT_MET) and row.origin != FindingOrigin.ACCEPTED
    return not settled
