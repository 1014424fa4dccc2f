"""The conversation offered to the requesting practitioner before an adverse decision: offered, and how it went.

One conversation may be about several lines: it is written down once, as a row and an event on each of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from authreview.errors import Conflict, Incomplete, Problem
from authreview.models import User
from cases import permissions
from cases.enums import LineStatus, PeerOutcome
from cases.models import Case, PeerToPeer, ServiceLine

from .history import locked_case
from .settle import move, settle

WHERE = "#peer-to-peer"
NO_LINES = "Choose the lines that the conversation is about."


@dataclass(frozen=True, slots=True)
class Conversation:
    """How it went. `held` names who spoke."""

    outcome: str
    practitioner: str = ""
    specialty: str = ""
    new_information: str = ""
    at: datetime | None = None  # when, by default now


@transaction.atomic
def offer_peer_to_peer(
    *, case_id: int, lines: Collection[int], how: str, open_until: datetime, by: User, at: datetime | None = None
) -> list[PeerToPeer]:
    """Offer one conversation on these lines until a moment. One event a line; none where this very offer stands already.

    Raises Denied, Conflict, Incomplete.
    """
    now = at or timezone.now()
    case, chosen = _lines(case_id, lines, by)
    problems = []
    if not how.strip():
        problems.append(Problem("Offered", WHERE, "Say how it was offered, and to which number."))
    if open_until <= now:
        problems.append(Problem("Open until", WHERE, "The offer ends after it was made."))
    if problems:
        raise Incomplete(problems[0].message, problems)
    offers = [row for row in _last(chosen) if row.closed_at is None]
    if [(row.offered_by_id, row.offered_how, row.open_until) for row in offers] == [(by.pk, how.strip()[:40], open_until)] * len(chosen):
        return offers  # the same press again
    offers = []
    for line in chosen:
        move(case, line, LineStatus.PEER_TO_PEER, by=by, at=now, how=how.strip(), open_until=open_until)
        values = {"offered_at": now, "offered_by": by, "offered_how": how.strip()[:40], "open_until": open_until}
        offers.append(PeerToPeer.objects.create(line=line, **values))
    settle(case)
    return offers


@transaction.atomic
def record_peer_to_peer(*, case_id: int, lines: Collection[int], conversation: Conversation, by: User) -> list[PeerToPeer]:
    """Say how the conversation offered on these lines went; they are the director's to decide again. One event a line.

    None where that very thing was said of them last. Raises Denied, Conflict, Incomplete.
    """
    case, chosen = _lines(case_id, lines, by)
    if conversation.outcome not in PeerOutcome.values:
        raise Incomplete("Say how the conversation went.", [Problem("Outcome", WHERE, "Choose how it went.")])
    if conversation.outcome == PeerOutcome.HELD and not conversation.practitioner.strip():
        raise Incomplete("Say who you spoke with.", [Problem("Practitioner", WHERE, "Say who you spoke with.")])
    told = [row for row in _last(chosen) if row.closed_at is not None and row.closed_by_id == by.pk and _said(row) == _kept(conversation)]
    if len(told) == len(chosen):
        return told  # the same press again
    at = conversation.at or timezone.now()
    rows = _close(case, chosen, conversation, by, at)
    settle(case)
    return rows


def end_conversation(case: Case, line: ServiceLine, *, by: User, at: datetime) -> PeerToPeer:
    """An offer that an approval makes needless, closed as such under the case's lock."""
    (row,) = _close(case, [line], Conversation(PeerOutcome.WAIVED), by, at)
    return row


def _lines(case_id: int, numbers: Collection[int], by: User) -> tuple[Case, list[ServiceLine]]:
    """The lines that the conversation is about, each one that this director may decide."""
    case = locked_case(case_id)
    lines = list(case.lines.filter(number__in=numbers).order_by("number"))
    missing = sorted(set(numbers) - {line.number for line in lines})
    if missing:
        raise Conflict(f"This case has no line {missing[0]}.")
    if not lines:
        raise Incomplete(NO_LINES, [Problem("Lines", WHERE, NO_LINES)])
    for line in lines:
        permissions.check_decide(by, line)
    return case, lines


def _last(lines: Sequence[ServiceLine]) -> list[PeerToPeer]:
    """The last conversation of each line that has one, in the lines' order."""
    rows = {row.line_id: row for row in PeerToPeer.objects.filter(line__in=lines).order_by("id")}
    return [rows[line.pk] for line in lines if line.pk in rows]


def _kept(said: Conversation) -> dict[str, str]:
    """A conversation as its row keeps it."""
    return {
        "outcome": said.outcome,
        "practitioner": said.practitioner.strip()[:160],
        "specialty": said.specialty.strip()[:80],
        "new_information": said.new_information.strip(),
    }


def _said(row: PeerToPeer) -> dict[str, str]:
    return {name: getattr(row, name) for name in ("outcome", "practitioner", "specialty", "new_information")}


def _close(case: Case, lines: Sequence[ServiceLine], conversation: Conversation, by: User, at: datetime) -> list[PeerToPeer]:
    offers = {row.line_id: row for row in PeerToPeer.objects.filter(line__in=lines, closed_at__isnull=True)}
    for line in lines:
        row = offers.get(line.pk)
        if row is None:
            raise Conflict(f"No conversation is offered on line {line.number}.")
        said = _kept(conversation)
        row.closed_at, row.closed_by = max(at, row.offered_at), by
        for name, value in said.items():
            setattr(row, name, value)
        row.save(update_fields=["closed_at", "closed_by", *said])
        move(case, line, LineStatus.PHYSICIAN_REVIEW, by=by, at=at, **said)
    return [offers[line.pk] for line in lines]
