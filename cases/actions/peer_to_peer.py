"""The conversation offered to the requesting practitioner before an adverse decision: offered, and how it went."""

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


@dataclass(frozen=True, slots=True)
class Conversation:
    """How it went. `held` names who spoke."""

    outcome: str
    practitioner: str = ""
    specialty: str = ""
    new_information: str = ""
    at: datetime | None = None  # when, by default now


@transaction.atomic
def offer_peer_to_peer(*, case_id: int, line: int, how: str, open_until: datetime, by: User, at: datetime | None = None) -> PeerToPeer:
    """Offer the conversation on a line until a moment. One event. Raises Denied, Conflict, Incomplete."""
    now = at or timezone.now()
    case, chosen = _line(case_id, line, by)
    problems = []
    if not how.strip():
        problems.append(Problem("Offered", WHERE, "Say how it was offered, and to which number."))
    if open_until <= now:
        problems.append(Problem("Open until", WHERE, "The offer ends after it was made."))
    if problems:
        raise Incomplete(problems[0].message, problems)
    move(case, chosen, LineStatus.PEER_TO_PEER, by=by, at=now, how=how.strip(), open_until=open_until)
    offer = PeerToPeer.objects.create(line=chosen, offered_at=now, offered_by=by, offered_how=how.strip()[:40], open_until=open_until)
    settle(case)
    return offer


@transaction.atomic
def record_peer_to_peer(*, case_id: int, line: int, conversation: Conversation, by: User) -> PeerToPeer:
    """Say how the offered conversation went; the line is the director's to decide again. One event. Raises Denied, Conflict, Incomplete."""
    case, chosen = _line(case_id, line, by)
    if conversation.outcome not in PeerOutcome.values:
        raise Incomplete("Say how the conversation went.", [Problem("Outcome", WHERE, "Choose how it went.")])
    if conversation.outcome == PeerOutcome.HELD and not conversation.practitioner.strip():
        raise Incomplete("Say who you spoke with.", [Problem("Practitioner", WHERE, "Say who you spoke with.")])
    row = _close(case, chosen, conversation, by, conversation.at or timezone.now())
    settle(case)
    return row


def end_conversation(case: Case, line: ServiceLine, *, by: User, at: datetime) -> PeerToPeer:
    """An offer that an approval makes needless, closed as such under the case's lock."""
    return _close(case, line, Conversation(PeerOutcome.WAIVED), by, at)


def _line(case_id: int, number: int, by: User) -> tuple[Case, ServiceLine]:
    case = locked_case(case_id)
    line = case.lines.filter(number=number).first()
    if line is None:
        raise Conflict(f"This case has no line {number}.")
    permissions.check_decide(by, line)
    return case, line


def _close(case: Case, line: ServiceLine, conversation: Conversation, by: User, at: datetime) -> PeerToPeer:
    row = line.peer_to_peers.filter(closed_at__isnull=True).first()
    if row is None:
        raise Conflict("No conversation is offered on this line.")
    row.outcome, row.closed_at, row.closed_by = conversation.outcome, max(at, row.offered_at), by
    row.practitioner, row.specialty = conversation.practitioner.strip()[:160], conversation.specialty.strip()[:80]
    row.new_information = conversation.new_information.strip()
    row.save(update_fields=["outcome", "closed_at", "closed_by", "practitioner", "specialty", "new_information"])
    payload = {"outcome": row.outcome, "practitioner": row.practitioner, "new_information": row.new_information}
    move(case, line, LineStatus.PHYSICIAN_REVIEW, by=by, at=at, **payload)
    return row
