"""Which letters a case owes to whom: decisions and requests that nobody has been told of yet. One letter per recipient."""

from collections.abc import Iterable
from dataclasses import dataclass

from cases.enums import LetterKind, LetterStatus, LineStatus, Outcome, Recipient
from cases.models import Case, Determination, InformationRequest, Letter, RequestItem
from cases.queries.letters import LetterMaterial

# 29 CFR 2560.503-1(f)(2)(iii), (i)(4) and 45 CFR 147.136: the claimant is told what is missing and that the time stops.
# Medicare Advantage and Medicaid know a notice of extension, not one of a request. Verify with counsel.
NOTICE_TO_MEMBER = frozenset({"commercial", "erisa_self_funded", "marketplace"})
TOLD = (LineStatus.DECIDED, LineStatus.NOTIFIED)


@dataclass(frozen=True)
class Wanted:
    """A letter that is owed. `key` names it within its case; `corrects`: the voided letter that it stands in for.

    `items`: what its request asks for, which a request that is not sent yet has too.
    """

    key: str
    kind: LetterKind
    recipient: Recipient
    determinations: tuple[Determination, ...] = ()
    request: InformationRequest | None = None
    items: tuple[RequestItem, ...] = ()
    corrects: Letter | None = None


def wanted_letters(material: LetterMaterial) -> list[Wanted]:
    """Requests first, then decisions; the practitioner's letter before the member's for a request, after it for a decision."""
    found: list[Wanted] = []
    for request in material.requests:
        found += _of_request(material, request)
    for recipient in (Recipient.MEMBER, Recipient.PRACTITIONER):
        pending = _pending(material, recipient)
        if pending:
            voided = _last(letter for letter in _void(material, recipient) if _told(letter) & {each.pk for each in pending})
            found.append(Wanted(f"decision-{recipient}", decision_kind(pending), recipient, tuple(pending), corrects=voided))
    return found


def decision_kind(determinations: Iterable[Determination]) -> LetterKind:
    """One kind for what is told together."""
    outcomes = {each.outcome for each in determinations}
    if outcomes == {Outcome.APPROVED}:
        return LetterKind.APPROVAL
    return LetterKind.DENIAL if outcomes == {Outcome.DENIED} else LetterKind.PARTIAL


def _of_request(material: LetterMaterial, request: InformationRequest) -> list[Wanted]:
    """The letter to the practice and its notice to the member, while the request is open."""
    wanted = []
    for kind, recipient in request_slots(material.case) if request.closed_at is None else ():
        mine = [letter for letter in material.letters if letter.request_id == request.pk and letter.recipient == recipient]
        if not any(letter.status == LetterStatus.ISSUED for letter in mine):
            voided = _last(letter for letter in mine if letter.status == LetterStatus.VOID)
            key, items = f"{kind}-{request.pk}-{recipient}", tuple(request.items.all())
            wanted.append(Wanted(key, kind, recipient, request=request, items=items, corrects=voided))
    return wanted


def request_slots(case: Case) -> list[tuple[LetterKind, Recipient]]:
    """The letters that a request of this case has, and to whom."""
    slots = [(LetterKind.REQUEST, Recipient.PRACTITIONER)]
    if case.line_of_business in NOTICE_TO_MEMBER:
        slots.append((LetterKind.REQUEST_NOTICE, Recipient.MEMBER))
    return slots


def _pending(material: LetterMaterial, recipient: Recipient) -> list[Determination]:
    """Decisions that stand and that no issued letter has told this recipient of, in the order of lines."""
    issued = [letter for letter in material.letters if letter.status == LetterStatus.ISSUED and letter.recipient == recipient]
    told = {pk for letter in issued for pk in _told(letter)}
    standing = [list(line.determinations.all())[-1] for line in material.record.lines if line.status in TOLD]
    return [each for each in standing if each.pk not in told]


def _void(material: LetterMaterial, recipient: Recipient) -> list[Letter]:
    return [letter for letter in material.letters if letter.status == LetterStatus.VOID and letter.recipient == recipient]


def _told(letter: Letter) -> set[int]:
    return {determination.pk for determination in letter.determinations.all()}


def _last(letters: Iterable[Letter]) -> Letter | None:
    """The newest that nothing corrects yet; a letter is corrected once."""
    found = [letter for letter in letters if not _is_corrected(letter)]
    return found[-1] if found else None


def _is_corrected(letter: Letter) -> bool:
    return hasattr(letter, "corrected_by") and letter.corrected_by.status != LetterStatus.DRAFT
