"""Marking criteria: a finding, its evidence, a check's proposal taken over, the same on sibling lines. Each change is one event.

The save of one finding is the statement people wait for most often: lock, one read, the finding, the event, the chain's head. No facts are
read here; proposals stand on the line (actions/computed.py). The parts are marking.py.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from authreview.errors import Conflict, Incomplete
from authreview.models import User
from cases import permissions
from cases.enums import FindingOrigin
from cases.models import Evidence, ServiceLine
from cases.queries.case_page import Passages, line_to_mark, seen, with_seen
from cases.queries.lines import LineReview
from criteria.enums import EvidenceRule, FindingValue
from criteria.tree import Criterion

from .history import record_event
from .marking import (
    Marked,
    Selection,
    check_version,
    close_moot,
    copy_evidence,
    is_as_proposed,
    is_cited,
    judged,
    marked_line,
    note_of,
    opened,
    passage_of,
    plain_passage,
    save,
    save_all,
    update,
    write,
)

OTHER_QUOTE = "This quote is not cited to “{text}”, so it was not taken away."
NOT_PROPOSED = "The proposal for “{text}” has changed since this page was loaded."


@transaction.atomic
def record_finding(
    *,
    reference: str,
    line: int,
    criterion: str,
    by: User,
    value: str | None = None,
    note: str = "",
    version: int | None = None,
    selection: Selection | None = None,
    at: datetime | None = None,
) -> Marked:
    """Mark one criterion; a null value keeps a note or a passage that is not answered yet. One event, none where nothing changed.

    `version` is the one that was shown (0: none yet), None where nobody looked. Raises Denied, Conflict, Incomplete.
    """
    case, review, leaf = opened(reference, line, criterion, by)
    row = seen(review, criterion)
    value, note = value or None, note.replace("\r\n", "\n").strip()
    if row is not None and (row.value, row.note, row.stale) == (value, note, "") and selection is None:
        return Marked(case, review, review)
    check_version(row, version, leaf)
    if row is None and value is None and not note and selection is None:
        return Marked(case, review, review)
    after = judged(review, leaf, value, note, by, at)
    return write(case, review, leaf, after, "finding_recorded", by, passage=passage_of(case, selection))


@transaction.atomic
def accept_proposal(
    *,
    reference: str,
    line: int,
    criterion: str,
    by: User,
    finding: str = "",
    version: int | None = None,
    note: str | None = None,
    at: datetime | None = None,
) -> Marked:
    """Take over what the check proposes, with its arithmetic as evidence. `finding` is the one shown. One event `proposal_accepted`.

    Raises Denied, Conflict.
    """
    case, review, leaf = opened(reference, line, criterion, by)
    row, proposal = seen(review, criterion), review.line.proposals.get(criterion)
    if proposal is None or (finding and proposal["finding"] != finding):
        raise Conflict(NOT_PROPOSED.format(text=leaf.text))
    if row is not None and row.origin == FindingOrigin.ACCEPTED and is_as_proposed(row, proposal):
        return Marked(case, review, review)
    check_version(row, version, leaf)
    kept = (row.note if row else "") if note is None else note.replace("\r\n", "\n").strip()
    after = judged(review, leaf, proposal["finding"], kept, by, at)
    return write(case, review, leaf, after, "proposal_accepted", by)


@transaction.atomic
def accept_proposals(*, reference: str, line: int, by: User) -> Marked:
    """Take over every proposal for criteria nobody has answered. One event `proposals_accepted`. Raises Denied, Conflict.

    Left out: what rests on facts that are stated and not confirmed, and a met that asks for evidence and has no arithmetic.
    """
    case, review = marked_line(reference, line, by)
    rows = [judged(review, leaf, proposal["finding"], note_of(review, leaf.id), by) for leaf, proposal in acceptable(review)]
    if not rows:
        return Marked(case, review, review)
    rows = save_all(review, rows, by)
    payload = {"criteria": {row.criterion: {"value": row.value, "arithmetic": row.arithmetic} for row in rows}}
    record_event(case, "proposals_accepted", by=by, line=line, at=rows[0].at, payload=payload)
    return Marked(case, review, close_moot(case, with_seen(review, rows), by), tuple(row.criterion for row in rows))


def acceptable(review: LineReview) -> list[tuple[Criterion, dict[str, Any]]]:
    """Proposals that may be taken over together: criteria that nobody answered, or whose accepted proposal has changed since.

    Not what rests on facts that still wait for confirmation.
    """
    found = []
    for leaf in review.criteria:
        proposal = review.line.proposals.get(leaf.id)
        row = seen(review, leaf.id)
        answered = row is not None and row.value is not None and not (row.stale and row.origin == FindingOrigin.ACCEPTED)
        if proposal is None or proposal["stated"] or answered:
            continue
        bare = proposal["finding"] == FindingValue.MET and leaf.evidence is EvidenceRule.REQUIRED and not proposal["arithmetic"]
        if not bare:
            found.append((leaf, proposal))
    return found


@transaction.atomic
def cite(*, reference: str, line: int, criterion: str, by: User, selection: Selection) -> Marked:
    """Cite a passage to a criterion, which answers it where nobody has. One event `cited`. Raises Denied, Incomplete.

    Met (an exclusion: applies) where no check speaks or its proposal on all facts is met; else unclear, because a passage speaks to it
    and the check does not pass. What is answered keeps its value.
    """
    case, review, leaf = opened(reference, line, criterion, by)
    row, passage = seen(review, criterion), passage_of(case, selection)
    answer = row.value if row is not None and row.value is not None else answer_by_citing(review, criterion)
    if row is not None and is_cited(row, passage):
        return Marked(case, review, review)
    after = judged(review, leaf, answer, row.note if row else "", by)
    return write(case, review, leaf, after, "cited", by, passage=passage)


def answer_by_citing(review: LineReview, criterion: str) -> str:
    """The finding that a first passage gives a criterion."""
    proposal = review.line.proposals.get(criterion)
    if proposal is None or (proposal["stated"] or proposal["finding"]) == FindingValue.MET:
        return FindingValue.MET.value
    return FindingValue.UNCLEAR.value


@transaction.atomic
def remove_evidence(*, reference: str, line: int, criterion: str, evidence_id: int, by: User) -> Marked:
    """Take a citation away; the finding stays as marked. One event `evidence_removed`, none where it is gone already.

    Raises Denied, and Conflict for a quote of another finding.
    """
    case, review, leaf = opened(reference, line, criterion, by)
    row = seen(review, criterion)
    gone = next((passage for passage in row.evidence if passage.id == evidence_id), None) if row else None
    if row is None or gone is None:
        if Evidence.objects.filter(pk=evidence_id).exists():
            raise Conflict(OTHER_QUOTE.format(text=leaf.text))
        return Marked(case, review, review)
    Evidence.objects.filter(pk=gone.id).delete()
    now = timezone.now()
    kept = Passages(passage for passage in row.evidence if passage.id != gone.id)
    after = replace(row, evidence=kept, version=row.version + 1, at=now, who=by.signature)
    update(review, after, by)
    record_event(case, "evidence_removed", by=by, line=line, at=now, payload={"criterion": leaf.id, "cited": plain_passage(gone)})
    return Marked(case, review, with_seen(review, [after]), (criterion,))


@transaction.atomic
def copy_to_siblings(*, reference: str, line: int, criterion: str, by: User) -> Marked:
    """The same finding, quotes and note for the same question on the other undecided lines, where nobody has answered it.

    One event `finding_copied` for each line. The question is the same where its id or its words are. Raises Denied, Conflict.
    """
    case, review, leaf = opened(reference, line, criterion, by)
    row = seen(review, criterion)
    if row is None or row.value is None:
        raise Incomplete("Mark this criterion first; then it can be copied to other lines.")
    copied: list[int] = []
    others = ServiceLine.objects.filter(case=case).exclude(number=line).order_by("number").values_list("number", flat=True)
    for number in others:
        sibling = line_to_mark(case, number)
        same = same_question(leaf, sibling.criteria) if sibling else None
        if sibling is None or same is None or permissions.why_not(permissions.check_review, by, sibling.line):
            continue
        held = seen(sibling, same.id)
        if held is not None and held.value is not None:
            continue
        after = judged(sibling, same, row.value, row.note or (held.note if held else ""), by)
        after = save(sibling, after, by)
        copy_evidence(row, after, by)
        payload = {"criterion": same.id, "from_line": line, "after": {"value": row.value, "note": row.note}}
        payload["cited"] = [plain_passage(passage) for passage in row.evidence]
        record_event(case, "finding_copied", by=by, line=number, at=after.at, payload=payload)
        copied.append(number)
    return Marked(case, review, review, (), tuple(copied))


def same_question(leaf: Criterion, others: Sequence[Criterion]) -> Criterion | None:
    """The criterion of another line that asks the same: by id, else by its words."""
    by_id = next((other for other in others if other.id == leaf.id), None)
    return by_id or next((other for other in others if other.text.casefold() == leaf.text.casefold()), None)
