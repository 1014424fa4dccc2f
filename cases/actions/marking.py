"""How a finding is read, judged and written under the case's lock. Called by review.py and facts.py; nothing here is a step of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from authreview.errors import Conflict, Incomplete
from authreview.models import User
from authreview.roles import Role
from cases import permissions, workflow
from cases.enums import FindingLabel, FindingOrigin
from cases.models import Case, DocumentPage, Evidence, Finding
from cases.page_text import cut_quote, find_quote
from cases.queries.case_page import Passage, Passages, Seen, line_to_mark, open_request, pages_opened, seen, with_seen
from cases.queries.lines import LineReview
from criteria.assessment import marks
from criteria.enums import FindingValue
from criteria.tree import Criterion

from .history import record_event
from .information import close_moot_items

OUTDATED = "What this was computed from has changed."
CHANGED = "Somebody marked “{text}” since this page was loaded. Your choice was not saved and what you typed is still here."
ALWAYS_APPLIES = "“{text}” always applies; choose another finding."
NO_CRITERION = "This line's rule has no criterion {criterion!r}."
NO_PAGE = "This page is not in the record of this case."


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A passage as it was selected: words of a page by number, or words typed from a page without text."""

    document_id: int
    page: int
    first_word: int | None = None
    last_word: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """What an action did to a line: as it was and as it is, and which criteria it wrote. Nothing written: nothing had changed."""

    case: Case
    before: LineReview
    after: LineReview
    written: tuple[str, ...] = ()
    copied_to: tuple[int, ...] = ()

    @property
    def changed_marks(self) -> list[str]:
        """Criteria whose standing is another one now, in document order."""
        if self.after.joined is None or self.before.assessment is None or self.after.assessment is None:
            return []
        before = marks(self.after.joined, self.before.values, self.before.assessment)
        after = marks(self.after.joined, self.after.values, self.after.assessment)
        return [criterion for criterion, mark in after.items() if before[criterion] != mark]


def marked_line(reference: str, number: int, by: User) -> tuple[Case, LineReview]:
    """Lock the case by its reference, then read the line. Two statements."""
    case = (
        Case.objects.select_for_update().only("id", "reference", "status", "event_count", "event_head").filter(reference=reference).first()
    )
    review = line_to_mark(case, number) if case else None
    if case is None or review is None:
        raise Conflict(f"{reference} has no line {number}.")
    permissions.check_review(by, review.line)
    return case, review


def opened(reference: str, number: int, criterion: str, by: User) -> tuple[Case, LineReview, Criterion]:
    case, review = marked_line(reference, number, by)
    leaf = review.criterion(criterion)
    if leaf is None:
        raise Conflict(NO_CRITERION.format(criterion=criterion))
    return case, review, leaf


def keep_in_step(case: Case) -> None:
    """Call for a second look at accepted proposals whose facts have changed since, on the undecided lines of a locked case.

    Called after `keep_computed`. The value stays until a reviewer looks; what holds again is not called for any more.
    """
    for row in Finding.objects.filter(line__case=case, line__status__in=workflow.UNDECIDED, origin=FindingOrigin.ACCEPTED).select_related(
        "line"
    ):
        proposal = row.line.proposals.get(row.criterion)
        holds = proposal is not None and proposal["finding"] == row.value
        if row.stale == (OUTDATED if holds else ""):
            row.stale, row.version = "" if holds else OUTDATED, row.version + 1
            row.save(update_fields=["stale", "version"])


def check_version(row: Seen | None, version: int | None, leaf: Criterion) -> None:
    if version is not None and version != (row.version if row else 0):
        raise Conflict(CHANGED.format(text=leaf.text))


def note_of(review: LineReview, criterion: str) -> str:
    row = seen(review, criterion)
    return row.note if row else ""


def is_as_proposed(row: Seen, proposal: dict[str, Any]) -> bool:
    return (row.value, row.arithmetic, row.stale) == (proposal["finding"], proposal["arithmetic"], "")


def judged(
    review: LineReview,
    leaf: Criterion,
    value: str | None,
    note: str,
    by: User,
    at: datetime | None = None,
    *,
    searched: tuple[tuple[int, int, int], ...] | None = None,
) -> Seen:
    """The finding as it will be written: its origin follows from what the check proposes. `searched`: the pages, where they are read."""
    if value is not None and value not in FindingLabel.values:
        raise Incomplete(f"{value!r} is not a finding.")
    if value == FindingValue.NOT_APPLICABLE and not leaf.may_not_apply:
        raise Incomplete(ALWAYS_APPLIES.format(text=leaf.text))
    row, proposal = seen(review, leaf.id), review.line.proposals.get(leaf.id)
    origin = FindingOrigin.MANUAL
    if proposal is not None and value == proposal["finding"] and proposal["arithmetic"]:
        origin = FindingOrigin.ACCEPTED
    elif proposal is not None and value is not None and value != proposal["stated"]:
        origin = FindingOrigin.OVERRIDE  # what the stated facts say is no override of the check: the reviewer read the record
    if value != FindingValue.NOT_DOCUMENTED:
        searched = ()
    elif searched is None:
        searched = tuple(pages_opened(review.line.case_id, by.pk))
    return Seen(
        id=row.id if row else 0,
        criterion=leaf.id,
        value=value,
        note=note,
        origin=origin.value,
        proposed=proposal["finding"] if proposal else "",
        arithmetic=proposal["arithmetic"] if proposal else "",
        searched=searched,
        version=row.version + 1 if row else 1,
        at=at or timezone.now(),
        who=by.signature,
        evidence=row.evidence if row else Passages(),
    )


def write(case: Case, review: LineReview, leaf: Criterion, after: Seen, kind: str, by: User, *, passage: Passage | None = None) -> Marked:
    """Save the finding and its new passage, with one event."""
    before = seen(review, leaf.id)
    after = save(review, after, by)
    payload: dict[str, Any] = {"criterion": leaf.id, "before": brief(before), "after": brief(after)}
    if passage is not None and not is_cited(after, passage):
        row = _evidence(passage, after, by)
        row.save(force_insert=True)
        passage = replace(passage, id=row.pk)
        after = replace(after, evidence=Passages((*after.evidence, passage)))
        payload["cited"] = plain_passage(passage)
    record_event(case, kind, by=by, line=review.line.number, at=after.at, payload=payload)
    return Marked(case, review, close_moot(case, with_seen(review, [after]), by, after.at), (leaf.id,))


def close_moot(case: Case, review: LineReview, by: User, at: datetime | None = None) -> LineReview:
    """Close what was asked and does not matter any more, where something is still asked; the line may come back by it."""
    if open_request(review.line) and close_moot_items(case, by=by, at=at):
        return line_to_mark(case, review.line.number) or review
    return review


def save(review: LineReview, row: Seen, by: User) -> Seen:
    if row.id:
        update(review, row, by)
    else:
        new = as_row(review, row, by)
        new.save(force_insert=True)
        row = replace(row, id=new.pk)
    if row.value is not None:
        note_reviewer(review, by)
    return row


def save_all(review: LineReview, rows: Sequence[Seen], by: User) -> list[Seen]:
    """Save several findings of a line; new ones in one statement."""
    new = Finding.objects.bulk_create([as_row(review, row, by) for row in rows if not row.id])
    ids = {row.criterion: row.pk for row in new}
    for row in rows:
        if row.id:
            update(review, row, by)
    note_reviewer(review, by)
    return [replace(row, id=row.id or ids[row.criterion]) for row in rows]


def columns(review: LineReview, row: Seen, by: User) -> dict[str, Any]:
    return {
        "value": row.value,
        "note": row.note,
        "origin": row.origin,
        "proposed": row.proposed,
        "arithmetic": row.arithmetic,
        "searched": [list(run) for run in row.searched],
        "stale": row.stale,
        "version": row.version,
        "as_role": permissions.review_role(by, review.line).value,
        "by": by,
        "at": row.at,
    }


def as_row(review: LineReview, row: Seen, by: User) -> Finding:
    return Finding(line_id=review.line.pk, criterion=row.criterion, **columns(review, row, by))


def update(review: LineReview, row: Seen, by: User) -> None:
    Finding.objects.filter(pk=row.id).update(**columns(review, row, by))


def note_reviewer(review: LineReview, by: User) -> None:
    """Who marked as nurse does not sign as director."""
    line = review.line
    if permissions.review_role(by, line) is Role.NURSE and by.pk not in line.reviewer_ids:
        line.reviewer_ids = [*line.reviewer_ids, by.pk]
        line.save(update_fields=["reviewer_ids"])


def passage_of(case: Case, selection: Selection | None) -> Passage | None:
    """The selected words, cut from the page's own text. Raises Incomplete."""
    if selection is None:
        return None
    pages = DocumentPage.objects.filter(document__case=case, document_id=selection.document_id, number=selection.page)
    page = pages.select_related("document").first()
    if page is None:
        raise Incomplete(NO_PAGE)
    if selection.first_word is not None and selection.last_word is not None:
        quote = cut_quote(page, selection.first_word, selection.last_word)
    else:
        quote = find_quote(page, selection.text)
    return Passage(0, page.document_id, page.document.title, page.number, quote.start, quote.end, quote.text)


def is_cited(row: Seen, passage: Passage | None) -> bool:
    places = {(each.document_id, each.page, each.start, each.end, each.quote) for each in row.evidence}
    return passage is not None and (passage.document_id, passage.page, passage.start, passage.end, passage.quote) in places


def copy_evidence(source: Seen, to: Seen, by: User) -> None:
    new = [passage for passage in source.evidence if not is_cited(to, passage)]
    Evidence.objects.bulk_create(_evidence(passage, to, by) for passage in new)


def _evidence(passage: Passage, row: Seen, by: User) -> Evidence:
    return Evidence(
        finding_id=row.id,
        document_id=passage.document_id,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        quote=passage.quote,
        by=by,
        at=row.at or timezone.now(),
    )


def brief(row: Seen | None) -> dict[str, Any] | None:
    return {"value": row.value, "note": row.note, "origin": row.origin} if row else None


def plain_passage(passage: Passage) -> dict[str, Any]:
    return {"document": passage.document_id, "page": passage.page, "quote": passage.quote}
