"""Letters: prepared, issued, voided, delivered. Everybody told of a decision is what takes its line out of the queue.

Nothing slow under the lock: a letter is drawn before, and under the lock only the digest of what it says is compared.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from authreview.canonical import sha256
from authreview.errors import Conflict, Incomplete, Problem
from authreview.models import User
from cases import permissions
from cases.enums import DeliveryChannel, LetterStatus, LineStatus, Recipient
from cases.letters.context import TEMPLATE_VERSION, LetterDraft
from cases.letters.drafts import Owed, draft_of
from cases.letters.render import RENDERER, page_count, pdf_of
from cases.letters.requirements import errors
from cases.letters.wanted import Wanted, wanted_letters
from cases.models import Case, Delivery, Determination, Letter, LetterFile, ServiceLine
from cases.queries.letters import LetterMaterial, letter_material, letters_of
from cases.queries.recorded import PEOPLE

from .determination import mark_notified
from .history import locked_case, record_event, sent_as

ISSUED_ALREADY = "This letter has been issued already."
CHANGED = "What this letter says has changed since it was shown. Look at it again, then issue it."
SENT_MEANWHILE = "A letter of {reference} was recorded as sent meanwhile, so nothing of this batch is recorded. Load the page again."
NOT_OWED = "This letter is no longer needed: it was issued meanwhile, or its request is closed."


@transaction.atomic
def prepare_letters(*, case_id: int, by: User, at: datetime | None = None) -> list[Letter]:
    """One draft row for each letter that the case owes, as it reads now; drafts that are owed no longer go. Raises Denied."""
    permissions.check_issue_letter(by)
    now = at or timezone.now()
    locked_case(case_id)
    material = letter_material(_case(case_id))
    drafts = {_key(letter): letter for letter in material.letters if letter.status == LetterStatus.DRAFT}
    owed = wanted_letters(material)
    kept = [_write_draft(material, wanted, drafts.pop(wanted.key, None), now) for wanted in owed]
    _write_what_about(kept, owed)
    for letter in drafts.values():
        letter.delete()
    return kept


def issue_letter(*, letter_id: int, by: User, shown: str = "", at: datetime | None = None) -> Letter:
    """Draw a draft, check it and keep its bytes. `shown`: the digest of the preview, if it was a page. One event.

    Raises Denied, Conflict, Incomplete with every problem of the letter.
    """
    permissions.check_issue_letter(by)
    now = at or timezone.now()
    letter = Letter.objects.get(pk=letter_id)
    draft, wanted = _current(letter, now)
    if shown and shown != draft.digest:
        raise Conflict(CHANGED)
    owed = Owed(wanted, draft)
    problems = errors(owed.problems)
    if problems:
        found = [Problem(problem.sentence, problem.url) for problem in problems]
        raise Incomplete("This letter cannot be issued yet.", found)
    return _issue(letter_id, draft, pdf_of(owed.html), by, now)


def issue_wanted(*, case_id: int, key: str, by: User, shown: str = "", at: datetime | None = None) -> Letter:
    """Prepare and issue the letter of this key, as the letters page shows it. Raises Denied, Conflict, Incomplete."""
    prepared = prepare_letters(case_id=case_id, by=by, at=at)
    letter = next((letter for letter in prepared if _key(letter) == key), None)
    if letter is None:
        raise Conflict(NOT_OWED)
    return issue_letter(letter_id=letter.pk, by=by, shown=shown, at=at)


@transaction.atomic
def void_letter(*, letter_id: int, reason: str, by: User, at: datetime | None = None) -> Letter:
    """Say that an issued letter does not hold. It is kept; what it told is owed again. One event. Raises Denied, Conflict, Incomplete."""
    case, letter = _locked(letter_id)
    permissions.check_void_letter(by)
    if letter.status != LetterStatus.ISSUED:
        raise Conflict("Only an issued letter can be voided.")
    if not reason.strip():
        raise Incomplete("Say why this letter does not hold.", [Problem("Reason", "#id_reason", "Say why this letter does not hold.")])
    letter.status, letter.void_reason = LetterStatus.VOID, reason.strip()[:200]
    letter.voided_at, letter.voided_by = at or timezone.now(), by
    letter.save(update_fields=["status", "void_reason", "voided_at", "voided_by"])
    record_event(case, "letter_voided", by=by, at=at, payload=_named(letter) | {"reason": letter.void_reason})
    return letter


@transaction.atomic
def record_delivery(
    *,
    letter_id: int,
    channel: str,
    by: User,
    sent_at: datetime | None = None,
    tracking: str = "",
    form_key: str = "",
    at: datetime | None = None,
) -> Delivery:
    """How and when an issued letter went out. When member and practitioner have been sent a decision, its line is notified.

    One event, and that of each line; none where the same form (`form_key`) was sent before. Raises Denied, Conflict, Incomplete.
    """
    permissions.check_deliver(by)
    case, letter = _locked(letter_id)
    now, known_as = at or timezone.now(), sent_as(form_key, by.pk, channel, sent_at, tracking)
    if known_as and (before := letter.deliveries.filter(sent_as=known_as).first()):
        return before
    return _deliver(case, letter, channel, by, sent_at or now, tracking, now, known_as)


@transaction.atomic
def record_deliveries(*, letter_ids: Sequence[int], channel: str, by: User, sent_at: datetime | None = None) -> list[Delivery]:
    """The same for a batch that went out together: all of them, or none. Raises Denied, Conflict, Incomplete."""
    if not letter_ids:
        raise Incomplete("Tick the letters that went out.", [Problem("Letters", "#letters", "Tick at least one.")])
    permissions.check_deliver(by)
    now = timezone.now()
    of_case = dict(Letter.objects.filter(pk__in=letter_ids).values_list("pk", "case_id"))
    cases = {case.pk: case for case in Case.objects.select_for_update().filter(pk__in=of_case.values()).order_by("pk")}
    letters = Letter.objects.filter(pk__in=of_case).order_by("pk")  # read after the locks
    sent = letters.filter(deliveries__isnull=False).select_related("case").first()
    if sent is not None:  # one that goes out a second time is recorded on its own page
        raise Conflict(SENT_MEANWHILE.format(reference=sent.case.reference))
    return [_deliver(cases[letter.case_id], letter, channel, by, sent_at or now, "", now) for letter in letters]


# ---- parts: issuing -------------------------------------------------------------------------------------------------------------
def _case(case_id: int) -> Case:
    return Case.objects.select_related(*PEOPLE).get(pk=case_id)


def _key(letter: Letter) -> str:
    """As letters/wanted.py names what is owed."""
    return f"{letter.kind}-{letter.request_id}-{letter.recipient}" if letter.request_id else f"decision-{letter.recipient}"


def _current(letter: Letter, now: datetime) -> tuple[LetterDraft, Wanted]:
    """What a draft says now. Raises Conflict where it is none, or is owed no longer."""
    if letter.status != LetterStatus.DRAFT:
        raise Conflict(ISSUED_ALREADY)
    material = letter_material(_case(letter.case_id))
    wanted = next((each for each in wanted_letters(material) if each.key == _key(letter)), None)
    if wanted is None:
        raise Conflict(NOT_OWED)
    return draft_of(material, wanted, now), wanted


def _write_draft(material: LetterMaterial, wanted: Wanted, letter: Letter | None, now: datetime) -> Letter:
    draft = draft_of(material, wanted, now)
    letter = letter or Letter(case=material.case, request=wanted.request)
    _fill(letter, draft, wanted)
    letter.save()
    return letter


def _write_what_about(letters: Sequence[Letter], owed: Sequence[Wanted]) -> None:
    """The decisions that each draft tells, of all drafts at once."""
    pair = Letter.determinations.through
    pair.objects.filter(letter__in=letters).delete()
    pair.objects.bulk_create(
        pair(letter=letter, determination=told) for letter, wanted in zip(letters, owed, strict=True) for told in wanted.determinations
    )


def _fill(letter: Letter, draft: LetterDraft, wanted: Wanted) -> None:
    context = draft.context
    letter.kind, letter.recipient, letter.corrects = wanted.kind, wanted.recipient, wanted.corrects
    letter.language, letter.large_print = context.language, context.large_print
    letter.context, letter.context_digest = draft.text, draft.digest
    letter.versions = {"template": TEMPLATE_VERSION, "renderer": RENDERER, "texts": dict(draft.texts)}


@transaction.atomic
def _issue(letter_id: int, drawn: LetterDraft, pdf: bytes, by: User, now: datetime) -> Letter:
    case, letter = _locked(letter_id)
    draft, wanted = _current(letter, now)
    if draft.digest != drawn.digest:
        raise Conflict(CHANGED)
    _fill(letter, draft, wanted)
    _write_what_about([letter], [wanted])
    letter.status, letter.issued_at, letter.issued_by = LetterStatus.ISSUED, now, by
    letter.pdf_sha256, letter.pages = sha256(pdf), page_count(pdf)
    letter.save()
    LetterFile.objects.create(letter=letter, pdf=pdf)
    record_event(case, "letter_issued", by=by, at=now, payload=_named(letter) | {"sha256": letter.pdf_sha256, "pages": letter.pages})
    return letter


def _locked(letter_id: int) -> tuple[Case, Letter]:
    """The case's lock first; the letter is read after it."""
    case_id = Letter.objects.values_list("case_id", flat=True).get(pk=letter_id)
    case = locked_case(case_id)
    return case, Letter.objects.get(pk=letter_id)


def _named(letter: Letter) -> dict[str, Any]:
    """A letter in the history: what it is, and the lines it tells of. No word of what it says."""
    lines = sorted(Determination.objects.filter(letters=letter).values_list("line__number", flat=True))
    return {
        "letter": letter.pk,
        "letter_kind": letter.kind,
        "recipient": letter.recipient,
        "language": letter.language,
        "lines": lines,
        "request": letter.request_id,
    }


# ---- parts: delivery ------------------------------------------------------------------------------------------------------------
def _deliver(
    case: Case, letter: Letter, channel: str, by: User, sent_at: datetime, tracking: str, now: datetime, known_as: str = ""
) -> Delivery:
    """Under the case's lock."""
    _check_delivery(letter, channel, sent_at, now)
    how = {"channel": channel, "sent_at": sent_at, "tracking": tracking.strip()[:60]}
    delivery = Delivery.objects.create(letter=letter, **how, at=now, by=by, sent_as=known_as)
    record_event(case, "letter_delivered", by=by, at=now, payload=_named(letter) | how)
    _notify(case, letter, by)
    return delivery


def _check_delivery(letter: Letter, channel: str, sent_at: datetime, now: datetime) -> None:
    if letter.status != LetterStatus.ISSUED or letter.issued_at is None:
        raise Conflict("Only an issued letter can be sent.")
    problems = []
    if channel not in DeliveryChannel.values:
        problems.append(Problem("How it went", "#id_channel", "Say how the letter went out."))
    if sent_at > now:
        problems.append(Problem("When", "#id_sent_at", "This time is still to come."))
    elif sent_at.replace(second=0, microsecond=0) < letter.issued_at.replace(second=0, microsecond=0):
        problems.append(Problem("When", "#id_sent_at", "A letter cannot go out before it was issued."))
    if problems:
        raise Incomplete(problems[0].message, problems)


def _notify(case: Case, letter: Letter, by: User) -> None:
    """Mark the lines of which everybody has been sent a letter that holds, as of the later of the two."""
    sent = _sent(case)
    standing = Determination.objects.filter(letters=letter, superseded_by__isnull=True, line__status=LineStatus.DECIDED)
    told: dict[datetime, list[ServiceLine]] = {}
    for determination in standing.select_related("line").order_by("line__number"):
        times = [sent.get((determination.pk, recipient)) for recipient in Recipient.values]
        known = [time for time in times if time is not None]
        if len(known) == len(times):
            told.setdefault(max(known), []).append(determination.line)
    for at, lines in told.items():
        mark_notified(case, *lines, by=by, at=at)


def _sent(case: Case) -> dict[tuple[int, str], datetime]:
    """(determination, recipient) -> when a letter that holds first went out."""
    first: dict[tuple[int, str], datetime] = {}
    for letter in letters_of(case):
        times = [delivery.sent_at for delivery in letter.deliveries.all()]
        if letter.status == LetterStatus.ISSUED and times:
            for determination in letter.determinations.all():
                place = (determination.pk, letter.recipient)
                first[place] = min([*times, *([first[place]] if place in first else [])])
    return first
