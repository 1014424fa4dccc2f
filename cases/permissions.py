"""Who may do what now: one function and one sentence each. `check_<verb>` raises Denied with the text of the 403, tooltip and test.

Loaded things only: nothing here queries or assesses. What is missing before a step is readiness.py.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from authreview.errors import Denied
from authreview.models import Licence, User
from authreview.roles import Role

from .enums import CaseStatus, LineOfBusinessLabel, LineStatus, Outcome
from .models import Case, ServiceLine

CASE_READERS = (Role.INTAKE, Role.NURSE, Role.MEDICAL_DIRECTOR, Role.SUPERVISOR, Role.LETTERS, Role.AUDITOR)

NOT_A_READER = "Cases are open to reviewers, intake, supervisors, the letters desk and auditors."
NOT_INTAKE = "Only intake, nurses and supervisors take requests in."
NOT_CLINICAL = "Only a nurse or a medical director reviews criteria."
NOT_A_NURSE = "Only a UM nurse does this step."
NOT_A_DIRECTOR = "Only a medical director decides this line."
NOT_A_SUPERVISOR = "Only a supervisor does this."
NOT_CODES = "Only an administrator keeps the code sets."
NOT_ATTACHING = "Documents are attached by intake, nurses and directors."
NOT_LETTERS = "Letters are issued by the nurse, the director or the letters desk."
NURSE_ADVERSE = "A nurse cannot deny or reduce a request. Refer the line to a medical director."
NO_LICENCE = "Signing needs a current licence for {state}; yours does not cover it."
OTHER_SPECIALTY = "In {state} a decision against this request is for a director of the practitioner's specialty ({specialty})."
LICENCE_EXPIRED = "Your licence has expired, so you cannot sign."
OWN_REVIEW = "You reviewed this line as nurse, so another medical director decides it."
LINE_CLOSED = "This line is decided; its findings are frozen."
WITH_DIRECTOR = "This line is with the medical director."
NOT_REFERRED = "This line has not been referred to a medical director."
NOT_OPEN = "This line is not open any more."

# State -> lines of business in which the practitioner is offered a director of the same or a similar specialty before a decision
# against the request. Tex. Ins. Code 4201.206, 28 TAC 19.1710. Which ones are similar is said on the director: "Neurology, Pain medicine".
SAME_SPECIALTY = {"TX": (LineOfBusinessLabel.COMMERCIAL, LineOfBusinessLabel.MARKETPLACE)}


def why_not(check: Callable[..., None], *args: Any, **kwargs: Any) -> str:
    """The sentence with which a check refuses, or the empty string: for a button's reason."""
    try:
        check(*args, **kwargs)
    except Denied as denied:
        return denied.sentence
    return ""


def can(check: Callable[..., None], *args: Any, **kwargs: Any) -> bool:
    return not why_not(check, *args, **kwargs)


def check_some(check: Callable[[User, ServiceLine], None], user: User, lines: Iterable[ServiceLine]) -> None:
    """Whoever may do it on none of these lines is told why, before anything about what was sent."""
    refused = [why_not(check, user, line) for line in lines]
    if all(refused):
        raise Denied(refused[0] if refused else NOT_OPEN)


def _needs(user: User, roles: Iterable[Role], sentence: str) -> None:
    if not user.has_role(*roles):
        raise Denied(sentence)


def check_read(user: User) -> None:
    _needs(user, CASE_READERS, NOT_A_READER)


def check_read_clinical(user: User) -> None:
    """Intake sees no checklist."""
    _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR, Role.SUPERVISOR, Role.AUDITOR), NOT_CLINICAL)


def check_take_in(user: User, case: Case | None = None) -> None:
    _needs(user, (Role.INTAKE, Role.NURSE, Role.SUPERVISOR), NOT_INTAKE)
    if case is not None and case.status != CaseStatus.INTAKE:
        raise Denied("This request has left intake; changes to a line are amendments now.")


def check_keep_codes(user: User) -> None:
    """Import a release, and write the wording and unit rules of a procedure code."""
    _needs(user, (Role.ADMIN,), NOT_CODES)


def check_attach(user: User) -> None:
    _needs(user, (Role.INTAKE, Role.NURSE, Role.MEDICAL_DIRECTOR, Role.SUPERVISOR), NOT_ATTACHING)


def check_take(user: User) -> None:
    _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR), NOT_CLINICAL)


def check_assign(user: User) -> None:
    _needs(user, (Role.SUPERVISOR,), "Only a supervisor assigns cases to other people.")


def check_mark(user: User) -> None:
    """Mark criteria at all; on which line is check_review."""
    _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR), NOT_CLINICAL)


def check_review(user: User, line: ServiceLine) -> None:
    """Mark criteria, cite, edit and confirm facts: the nurse before referral, the director after it."""
    if line.status in (LineStatus.DECIDED, LineStatus.NOTIFIED):
        raise Denied(LINE_CLOSED)
    if line.status in (LineStatus.NURSE_REVIEW, LineStatus.AWAITING_INFORMATION):
        _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR), NOT_CLINICAL)
        return
    if line.status in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER):
        _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR), NOT_CLINICAL)
        _needs(user, (Role.MEDICAL_DIRECTOR,), WITH_DIRECTOR)
        return
    raise Denied(NOT_OPEN)


def review_role(user: User, line: ServiceLine) -> Role:
    """In which role this person marks a criterion here: as director once the line is referred, as nurse before."""
    if line.status in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER) or not user.has_role(Role.NURSE):
        return Role.MEDICAL_DIRECTOR
    return Role.NURSE


def check_confirm_facts(user: User) -> None:
    _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR), "Only a nurse or a medical director confirms clinical facts against the record.")


def check_state_facts(user: User) -> None:
    _needs(user, (Role.INTAKE, Role.NURSE, Role.MEDICAL_DIRECTOR), "Clinical facts are entered by intake, nurses and directors.")


def check_amend(user: User, line: ServiceLine) -> None:
    _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR, Role.SUPERVISOR), "Amendments are recorded by reviewers and supervisors.")
    _must_be_undecided(line)


def check_annotate(user: User) -> None:
    """Notes and contacts."""
    _needs(
        user,
        (Role.INTAKE, Role.NURSE, Role.MEDICAL_DIRECTOR, Role.SUPERVISOR, Role.LETTERS),
        "Notes and contacts are recorded by the people who work on the case.",
    )


def check_resolve_flag(user: User, line: ServiceLine) -> None:
    check_review(user, line)


def check_request_information(user: User, line: ServiceLine) -> None:
    if line.status in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER):
        _needs(user, (Role.MEDICAL_DIRECTOR,), WITH_DIRECTOR)
    else:
        _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR), NOT_CLINICAL)
    _must_be_undecided(line)


def check_receive_information(user: User) -> None:
    _needs(user, (Role.INTAKE, Role.NURSE, Role.MEDICAL_DIRECTOR), "Answers are recorded by intake, nurses and directors.")


def check_refer(user: User, line: ServiceLine) -> None:
    _needs(user, (Role.NURSE,), NOT_A_NURSE)
    if line.status not in (LineStatus.NURSE_REVIEW, LineStatus.AWAITING_INFORMATION):
        raise Denied(WITH_DIRECTOR if line.status in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER) else NOT_OPEN)


def check_approve_as_nurse(user: User, line: ServiceLine) -> None:
    """The person and the status; whether the assessment allows it is readiness.approval_problems."""
    _needs(user, (Role.NURSE,), NOT_A_NURSE)
    if line.status not in (LineStatus.NURSE_REVIEW, LineStatus.AWAITING_INFORMATION):
        raise Denied(WITH_DIRECTOR if line.status in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER) else NOT_OPEN)


def check_outcome(user: User, outcome: str) -> None:
    """Anything less than asked is a director's, whatever the client sends."""
    if outcome != Outcome.APPROVED and not user.has_role(Role.MEDICAL_DIRECTOR):
        raise Denied(NURSE_ADVERSE)


def check_decide(user: User, line: ServiceLine) -> None:
    """Open the sign-off page's form: a director, on a line that was referred, not reviewed by themselves."""
    _needs(user, (Role.MEDICAL_DIRECTOR,), NOT_A_DIRECTOR)
    if user.pk in line.reviewer_ids:
        raise Denied(OWN_REVIEW)
    if line.status in (LineStatus.DECIDED, LineStatus.NOTIFIED):
        raise Denied(LINE_CLOSED)
    if line.status not in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER):
        raise Denied(NOT_REFERRED)


def check_licence(licences: Iterable[Licence], case: Case, on: date) -> Licence:
    """The licence that covers the case's state today. Raises Denied."""
    for licence in licences:
        if licence.covers(case.state, on):
            return licence
    raise Denied(NO_LICENCE.format(state=case.state or "any state"))


def specialties(user: User) -> list[str]:
    return [part.strip() for part in user.specialty.split(",") if part.strip()]


def check_specialty(user: User, case: Case) -> None:
    """Decide against a request. Where the state asks for it, and the practitioner's specialty is on file, a director shares it."""
    if case.line_of_business not in SAME_SPECIALTY.get(case.state, ()):
        return
    theirs = case.requester.specialty.strip() if case.requester else ""
    if theirs and theirs.casefold() not in [each.casefold() for each in specialties(user)]:
        raise Denied(OTHER_SPECIALTY.format(state=case.state, specialty=theirs))


def check_nurse_licence(licences: Iterable[Licence], on: date) -> Licence | None:
    """A nurse's licence that is current, in whatever state: nursing licences are mutual. Raises Denied where all on file have expired."""
    held = list(licences)
    current = next((licence for licence in held if licence.expires_on >= on), None)
    if held and current is None:
        raise Denied(LICENCE_EXPIRED)
    return current


def check_withdraw(user: User, line: ServiceLine) -> None:
    _needs(user, (Role.INTAKE, Role.NURSE, Role.MEDICAL_DIRECTOR, Role.SUPERVISOR), "Withdrawals are recorded by intake and reviewers.")
    _must_be_undecided(line)


def check_no_review_needed(user: User, line: ServiceLine) -> None:
    _needs(
        user,
        (Role.INTAKE, Role.NURSE, Role.MEDICAL_DIRECTOR, Role.SUPERVISOR),
        "That no review is needed is recorded by intake, reviewers and supervisors.",
    )
    _must_be_undecided(line)


def check_void(user: User, line: ServiceLine) -> None:
    _needs(user, (Role.SUPERVISOR,), NOT_A_SUPERVISOR)
    _must_be_undecided(line)


def check_issue_letter(user: User) -> None:
    _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR, Role.LETTERS), NOT_LETTERS)


def check_void_letter(user: User) -> None:
    _needs(
        user, (Role.SUPERVISOR, Role.LETTERS, Role.MEDICAL_DIRECTOR), "Letters are voided by the letters desk, a supervisor or a director."
    )


def check_deliver(user: User) -> None:
    _needs(user, (Role.NURSE, Role.MEDICAL_DIRECTOR, Role.LETTERS), "Delivery is recorded by the letters desk, nurses and directors.")


def check_replay(user: User) -> None:
    """Start one. Counts over decided lines, without what the cases say."""
    _needs(user, (Role.POLICY_EDITOR, Role.POLICY_APPROVER), "Past decisions are replayed by policy editors and policy approvers.")


def check_read_replay(user: User) -> None:
    _needs(
        user,
        (Role.POLICY_EDITOR, Role.POLICY_APPROVER, Role.AUDITOR, Role.ADMIN),
        "Replays are read by policy editors, policy approvers, auditors and administrators.",
    )


def _must_be_undecided(line: ServiceLine) -> None:
    if line.status in (LineStatus.DECIDED, LineStatus.NOTIFIED):
        raise Denied(LINE_CLOSED)
    if line.status in (LineStatus.WITHDRAWN, LineStatus.VOID, LineStatus.NO_REVIEW_NEEDED):
        raise Denied(NOT_OPEN)
