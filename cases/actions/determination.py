"""Deciding: a nurse approves chosen lines in full, refers them; a director signs one line, returns it; people are told.

Nothing here decides by itself, and there is no action that decides several lines against a request. The frozen text is queries/snapshot.py.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from authreview.canonical import canonical, sha256
from authreview.errors import Conflict, Denied, Incomplete, Problem
from authreview.models import User
from cases import permissions, readiness
from cases.enums import ADVERSE, CaseStatus, ClockKind, LineStatus, Outcome, SignedAs, SignedWith
from cases.facts import received_on
from cases.models import Case, DecidedLine, Determination, Referral, ServiceLine, Session
from cases.queries.decide import Beside, beside, validity
from cases.queries.lines import LineReview, line_review
from cases.queries.recorded import CaseRecord, case_record
from cases.queries.snapshot import NO_RULE, basis_of_decision, decision_of, digest_shown, verify_signature
from cases.readiness import DecisionDraft
from cases.signed_facts import decided_columns
from criteria.enums import SessionSource

from .clock import enter, keep_clock
from .computed import keep_computed
from .history import locked_case, record_event
from .information import close_moot_items
from .peer_to_peer import end_conversation
from .settle import move, settle

__all__ = ["approve_lines", "mark_notified", "refer_lines", "return_line", "sign_determination", "verify_signature"]

CHANGED = "Something on this line changed since the page was shown. Look at it again, then sign."
UNSEALED = "A decision against the request is signed with your password."


@transaction.atomic
def approve_lines(
    *, case_id: int, lines: Sequence[int], by: User, signed_with: SignedWith = SignedWith.SESSION, at: datetime | None = None
) -> list[Determination]:
    """A nurse approves these lines in full: each assessed as met on a nurse's authority, with its evidence, no flag open.

    One determination and one event a line. Raises Denied, Conflict, Incomplete with every problem; then none is approved.
    """
    now = at or timezone.now()
    case = _open_case(case_id)
    record = case_record(case)
    reviews = [line_review(line) for line in _chosen(record, lines)]
    for review in reviews:
        permissions.check_approve_as_nurse(by, review.line)
    licence = permissions.check_nurse_licence(by.licences.all(), timezone.localdate(now))
    problems = [problem for review in reviews for problem in readiness.approval_problems(review)]
    if problems:
        raise Incomplete(problems[0].message, problems)
    draft = DecisionDraft(outcome=Outcome.APPROVED)
    signed = [_sign(record, review, draft, by, SignedAs.NURSE, signed_with, str(licence or ""), now) for review in reviews]
    return _finished(case, signed, by, now)


@transaction.atomic
def refer_lines(*, case_id: int, lines: Sequence[int], question: str, by: User, at: datetime | None = None) -> Referral:
    """Hand these lines to a medical director with one neutral question. One event a line. Raises Denied, Conflict, Incomplete."""
    now = at or timezone.now()
    case = _open_case(case_id)
    chosen = _chosen(case_record(case), lines)
    for line in chosen:
        permissions.check_refer(by, line)
    problems = readiness.referral_problems(question)
    if problems:
        raise Incomplete(problems[0].message, problems)
    referral = Referral.objects.create(case=case, question=question.strip(), by=by, at=now)
    referral.lines.set(chosen)
    for line in chosen:
        move(case, line, LineStatus.PHYSICIAN_REVIEW, by=by, at=now, question=referral.question, referral=referral.pk)
    settle(case)
    return referral


@transaction.atomic
def return_line(*, case_id: int, line: int, why: str, by: User, at: datetime | None = None) -> Case:
    """A director gives a line back to the nurse, saying why. One event. Raises Denied, Conflict, Incomplete."""
    case = _open_case(case_id)
    (chosen,) = _chosen(case_record(case), [line])
    permissions.check_decide(by, chosen)
    if not why.strip():
        raise Incomplete("Say what the nurse should look at.", [Problem("Return", "#id_return_why", "Say what to look at.")])
    move(case, chosen, LineStatus.NURSE_REVIEW, by=by, at=at, why=why.strip())
    return settle(case)


@transaction.atomic
def sign_determination(
    *,
    case_id: int,
    line: int,
    draft: DecisionDraft,
    by: User,
    signed_with: SignedWith = SignedWith.SESSION,
    shown: str | None = None,
    at: datetime | None = None,
) -> Determination:
    """A medical director decides one line. One determination, one event. `shown`: the digest that a page carried, if it was one.

    Whoever calls says how it was signed: an adverse decision needs the password. Raises Denied, Conflict, Incomplete with every problem.
    """
    now = at or timezone.now()
    case = _open_case(case_id)
    record = case_record(case)
    (chosen,) = _chosen(record, [line])
    permissions.check_outcome(by, draft.outcome)
    permissions.check_decide(by, chosen)
    licence = permissions.check_licence(by.licences.all(), case, timezone.localdate(now))
    if draft.outcome in ADVERSE:
        permissions.check_specialty(by, case)
    review, rest = line_review(chosen), beside(chosen)
    if shown is not None and shown != digest_shown(record, review, rest):
        raise Conflict(CHANGED)
    language = case.member.language if case.member else "en"
    problems = readiness.decision_problems(review, draft, rest.peer_to_peers, rest.requests, now=now, language=language)
    if problems:
        raise Incomplete(problems[0].message, problems)
    if draft.outcome in ADVERSE and signed_with != SignedWith.PASSWORD:
        raise Denied(UNSEALED)
    if chosen.status == LineStatus.PEER_TO_PEER:  # approving needs no conversation
        end_conversation(case, chosen, by=by, at=now)
        rest = beside(chosen)
    signed = _sign(record, review, draft, by, SignedAs.MEDICAL_DIRECTOR, signed_with, str(licence), now, rest)
    return _finished(case, [signed], by, now)[0]


def mark_notified(case: Case, *lines: ServiceLine, by: User, at: datetime) -> None:
    """Everybody has been told of the decisions on these lines: they leave the queue, their clocks end. Called locked, by letters.py.

    Does nothing where it was told already. Raises Conflict for a line that is not decided.
    """
    untold = [line for line in lines if line.status != LineStatus.NOTIFIED]
    times = [max(at, line.decided_at or at) for line in untold]
    for line, told in zip(untold, times, strict=True):
        enter(case, ClockKind.NOTIFIED, at=told, by=by, line=line)
        move(case, line, LineStatus.NOTIFIED, by=by, at=told)
    if untold:
        keep_clock(case)
        settle(case, at=max(times))


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _open_case(case_id: int) -> Case:
    case = locked_case(case_id)
    if case.status == CaseStatus.CLOSED:
        raise Denied(permissions.LINE_CLOSED)
    if case.status != CaseStatus.OPEN:
        raise Conflict("This case is not open.")
    return case


def _chosen(record: CaseRecord, numbers: Sequence[int]) -> list[ServiceLine]:
    """The lines of these numbers, each once. Raises Conflict."""
    found = [line for line in record.lines if line.number in set(numbers)]
    if not found or len(found) != len(set(numbers)):
        raise Conflict("Choose lines of this case.")
    return found


def _sign(
    record: CaseRecord,
    review: LineReview,
    draft: DecisionDraft,
    by: User,
    signed_as: SignedAs,
    signed_with: SignedWith,
    licence: str,
    now: datetime,
    rest: Beside | None = None,
) -> Determination:
    """Write the decision with its frozen text, expect the session that an approval allows, move the line."""
    case, line, now = record.case, review.line, now.astimezone(UTC)  # as the database gives it back
    before = basis_of_decision(record, review, rest or beside(line))
    determination = Determination(
        line=line, signed_by=by, signed_at=now, signed_as=signed_as, signed_with=signed_with, licence=licence[:80]
    )
    for name, value in _granted(case, line, draft, now).items():
        setattr(determination, name, value)
    determination.outcome, determination.basis = draft.outcome, draft.basis if draft.outcome in ADVERSE else ""
    determination.rationale, determination.circumstances = draft.rationale.strip(), draft.circumstances.strip()
    determination.alternatives = draft.alternatives.strip()
    reasons = draft.member_reason or {} if draft.outcome in ADVERSE else {}
    determination.member_reason = {language: text.strip() for language, text in reasons.items() if text.strip()}
    determination.findings = review.values
    determination.value = review.assessment.value.value if review.assessment else NO_RULE
    determination.snapshot = canonical(before | {"decision": decision_of(determination)})
    determination.digest = sha256(determination.snapshot)
    determination.save(force_insert=True)
    DecidedLine.objects.create(
        determination=determination,
        line=line,
        code=line.code,
        signed_at=now,
        signed_as=signed_as,
        value=determination.value,
        **decided_columns(determination.snapshot, received_on(case), [leaf.id for leaf in review.criteria]),
    )
    if draft.outcome != Outcome.DENIED:
        _expect_session(case, line, determination, by, now)
    payload: dict[str, Any] = {
        "determination": determination.pk,
        "outcome": determination.outcome,
        "basis": determination.basis,
        "digest": determination.digest,
        "authorization": determination.authorization_number or "",
    }
    move(case, line, LineStatus.DECIDED, by=by, at=now, **payload)
    return determination


def _finished(case: Case, signed: list[Determination], by: User, now: datetime) -> list[Determination]:
    """What follows a decision: items nobody needs any more, checks of the member's other lines, dates, the worklist."""
    close_moot_items(case, by=by, at=now)
    keep_computed(case)
    keep_clock(case, now=now)
    settle(case)
    return signed


def _granted(case: Case, line: ServiceLine, draft: DecisionDraft, now: datetime) -> dict[str, Any]:
    """Units, sites, dates and number of a decision; a denial has none."""
    asked = {"requested_units": line.units}
    if draft.outcome == Outcome.DENIED:
        return asked | {"approved_units": 0, "authorization_number": None}
    first, last = validity(case, line, timezone.localdate(now))
    in_part = draft.outcome == Outcome.APPROVED_IN_PART
    units = draft.approved_units if in_part and draft.approved_units else line.units
    sites = list(draft.approved_sites) if in_part and draft.approved_sites else [str(site) for site in line.sites.all()]
    return asked | {
        "approved_units": units,
        "approved_sites": sites,
        "valid_from": draft.valid_from or first,
        "valid_through": draft.valid_through or max(last, draft.valid_from or first),
        "authorization_number": authorization_number(case, line, now.year),
    }


def authorization_number(case: Case, line: ServiceLine, year: int) -> str:
    """A year, the case and the line as digits with a check digit: "A-26-000101-01-4". Unique, because a line is approved once."""
    digits = f"{year % 100:02d}{case.pk:06d}{line.number:02d}"
    return f"A-{digits[:2]}-{digits[2:-2]}-{digits[-2:]}-{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """Luhn: one wrong digit, or two neighbours swapped, no longer fit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def _expect_session(case: Case, line: ServiceLine, determination: Determination, by: User, now: datetime) -> None:
    """What was approved counts in the member's history from now on, on the day it is expected."""
    expected_on = line.first_service or determination.valid_from
    if case.member is None or expected_on is None:
        return
    Session.objects.create(
        member=case.member,
        code=line.code,
        date=expected_on,
        source=SessionSource.APPROVED,
        line=line,
        stated_by=by,
        stated_at=now,
    )
    record_event(case, "session_expected", by=by, line=line.number, at=now, payload={"code": line.code, "date": expected_on})
