"""What happens to a line beside its criteria: amendments that the practice asked for, withdrawal, void; and notes and contacts of a case.

An amendment keeps the request as received; it re-pins nothing, so a code may only change to another of the same rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from authreview.canonical import canonical
from authreview.errors import Conflict, Incomplete, Problem
from authreview.models import User
from cases import permissions
from cases.enums import Channel, ContactKind, LineStatus, Party, SideLabel
from cases.intake_data import SiteData
from cases.intake_problems import CHECK_THE_YEAR, is_far_off
from cases.models import Amendment, Case, Contact, Note, ServiceLine, Site
from cases.queries.rules import policies

from .computed import keep_computed
from .history import locked_case, record_event, sent_as
from .information import close_moot_items
from .marking import keep_in_step
from .settle import move, settle

OTHER_PROCEDURE = "{code} is another procedure: withdraw this line and take the other one in as a request of its own."
TWICE = "Line {number} is given two values for its {what}: leave one out."
NOTHING = "Nothing was changed on line {number}."


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What the practice wants changed; None leaves it as it is."""

    code: str | None = None
    modifiers: str | None = None
    units: int | None = None
    place: str | None = None
    first_service: date | None = None
    last_service: date | None = None
    sites: tuple[SiteData, ...] | None = None
    diagnoses: tuple[str, ...] | None = None


def amend_line(*, case_id: int, lines: Sequence[int], change: LineChange, **agreed: Any) -> list[Amendment]:
    """The same change of several lines; otherwise as `amend_lines`, whose arguments `agreed` are."""
    return amend_lines(case_id=case_id, changes=[(lines, change)], **agreed)


@transaction.atomic
def amend_lines(
    *,
    case_id: int,
    changes: Sequence[tuple[Sequence[int], LineChange]],
    agreed_with: str,
    channel: str,
    by: User,
    agreed_at: datetime | None = None,
    at: datetime | None = None,
) -> list[Amendment]:
    """Change lines as agreed with the practice in one conversation: an amendment and an event `amended` for each line.

    `changes`: lines with what becomes of them; a line may stand in several, each thing in one. Findings stay; what the checks propose is
    brought in line. Raises Denied, Conflict, Incomplete.
    """
    case = locked_case(case_id)
    numbers = sorted({number for lines, _ in changes for number in lines})
    chosen = {line.number: line for line in _lines(case, numbers)}
    now = at or timezone.now()
    agreed_at = agreed_at or now
    problems = [*_agreement_problems(agreed_with, channel, agreed_at, now), *_twice(changes)]
    problems += [problem for _, change in changes for problem in _problems(change, now)]
    if problems:
        raise Incomplete(problems[0].message, problems)
    for line in chosen.values():
        permissions.check_amend(by, line)
    before = {number: as_it_stands(line) for number, line in chosen.items()}
    for lines, change in changes:
        for number in sorted(set(lines)):
            _change(case, chosen[number], change)
    said: dict[str, Any] = {"agreed_with": agreed_with.strip(), "channel": channel, "agreed_at": agreed_at}
    made = []
    for line in _lines(case, numbers):  # read again, with its sites and diagnoses as they are now
        was, now_is = before[line.number], as_it_stands(line)
        if was == now_is:
            raise Incomplete(NOTHING.format(number=line.number))
        made.append(Amendment.objects.create(line=line, before=canonical(was), after=canonical(now_is), at=now, by=by, **said))
        record_event(case, "amended", by=by, line=line.number, at=now, payload={**said, **_difference(was, now_is)})
    keep_computed(case)
    keep_in_step(case)
    close_moot_items(case, by=by, at=at)
    settle(case, at=at)
    return made


@transaction.atomic
def withdraw_line(*, case_id: int, lines: Sequence[int], why: str, by: User, at: datetime | None = None) -> Case:
    """End lines that the practice or the member withdrew. One event each. Raises Denied, Conflict, Incomplete."""
    case = locked_case(case_id)
    for line in _lines(case, lines):
        permissions.check_withdraw(by, line)
        _end(case, line, LineStatus.WITHDRAWN, why, by, at)
    keep_computed(case)
    keep_in_step(case)
    close_moot_items(case, by=by, at=at)
    return settle(case, at=at)


@transaction.atomic
def void_line(*, case_id: int, lines: Sequence[int], why: str, by: User, at: datetime | None = None) -> Case:
    """End lines that were entered in error. One event each. Raises Denied, Conflict, Incomplete."""
    case = locked_case(case_id)
    for line in _lines(case, lines):
        permissions.check_void(by, line)
        _end(case, line, LineStatus.VOID, why, by, at)
    keep_computed(case)
    keep_in_step(case)
    close_moot_items(case, by=by, at=at)
    return settle(case, at=at)


@transaction.atomic
def write_note(*, case_id: int, text: str, by: User, form_key: str = "", at: datetime | None = None) -> Note:
    """A note for colleagues; never in a letter.

    One event `note_written`; none where the same form (`form_key`) was sent before. Raises Denied, Incomplete.
    """
    permissions.check_annotate(by)
    if not text.strip():
        raise Incomplete("Write the note first.", [Problem("Note", message="Write something.")])
    case, text = locked_case(case_id), text.replace("\r\n", "\n").strip()
    known_as = sent_as(form_key, by.pk, text)
    if known_as and (before := case.notes.filter(sent_as=known_as).first()):
        return before
    note = Note.objects.create(case=case, text=text, by=by, at=at or timezone.now(), sent_as=known_as)
    record_event(case, "note_written", by=by, at=note.at, payload={"note": note.pk})
    return note


@transaction.atomic
def record_contact(
    *,
    case_id: int,
    kind: str,
    party: str,
    by: User,
    person: str = "",
    outcome: str = "",
    happened_at: datetime | None = None,
    form_key: str = "",
    at: datetime | None = None,
) -> Contact:
    """A call, voicemail, fax or mail: with whom, when, what came of it.

    One event `contact_recorded`; none where the same form (`form_key`) was sent before. Raises Denied, Incomplete.
    """
    permissions.check_annotate(by)
    now = at or timezone.now()
    problems = []
    if kind not in ContactKind.values:
        problems.append(Problem("Kind", message="Choose what kind of contact it was."))
    if party not in Party.values:
        problems.append(Problem("With", message="Choose who it was with."))
    if happened_at is not None and happened_at > now:
        problems.append(Problem("When", message="A contact cannot be in the future."))
    if happened_at is not None and is_far_off(happened_at.date(), now.date()):
        problems.append(Problem("When", message=CHECK_THE_YEAR))
    if problems:
        raise Incomplete(problems[0].message, problems)
    case = locked_case(case_id)
    said: dict[str, Any] = {"kind": kind, "party": party, "person": person.strip(), "outcome": outcome.strip()[:200]}
    known_as = sent_as(form_key, by.pk, said, happened_at)
    if known_as and (before := case.contacts.filter(sent_as=known_as).first()):
        return before
    contact = Contact.objects.create(case=case, **said, happened_at=happened_at or now, by=by, at=now, sent_as=known_as)
    record_event(case, "contact_recorded", by=by, at=now, payload={**said, "happened_at": contact.happened_at})
    return contact


def as_it_stands(line: ServiceLine) -> dict[str, Any]:
    """A line as data, in the shape of `as_received`."""
    return {
        "number": line.number,
        "code": line.code,
        "modifiers": line.modifiers,
        "units": line.units,
        "place": line.place,
        "first_service": line.first_service.isoformat() if line.first_service else None,
        "last_service": line.last_service.isoformat() if line.last_service else None,
        "sites": [{"name": site.name, "side": site.side} for site in line.sites.all()],
        "diagnoses": [row.code for row in line.diagnoses.all()],
    }


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _lines(case: Case, numbers: Sequence[int]) -> list[ServiceLine]:
    found = list(case.lines.filter(number__in=numbers).order_by("number").prefetch_related("sites", "diagnoses"))
    if not found or len(found) != len(set(numbers)):
        raise Conflict("Choose lines of this case.")
    for line in found:
        line.case = case
    return found


def _end(case: Case, line: ServiceLine, to: LineStatus, why: str, by: User, at: datetime | None) -> None:
    if not why.strip():
        raise Incomplete("Say why.", [Problem("Reason", message="This is needed.")])
    line.ended_why = why.strip()[:200]
    move(case, line, to, by=by, at=at, why=line.ended_why)


def _agreement_problems(agreed_with: str, channel: str, agreed_at: datetime, now: datetime) -> Iterator[Problem]:
    if not agreed_with.strip():
        yield Problem("Agreed with", message="Say who at the practice agreed.")
    if channel not in Channel.values:
        yield Problem("Channel", message="Choose how it was agreed.")
    if agreed_at > now:
        yield Problem("Agreed on", message="The agreement cannot be in the future.")
    elif is_far_off(agreed_at.date(), now.date()):
        yield Problem("Agreed on", message=CHECK_THE_YEAR)


def _problems(change: LineChange, now: datetime) -> Iterator[Problem]:
    for label, day in (("First day", change.first_service), ("Last day", change.last_service)):
        if is_far_off(day, now.date()):
            yield Problem(label, message=CHECK_THE_YEAR)
    if change.units is not None and change.units < 1:
        yield Problem("Units", message="Units start at 1.")
    if any(site.side and site.side not in SideLabel.values for site in change.sites or ()):
        yield Problem("Sites", message="A side is left, right or both.")


def _twice(changes: Sequence[tuple[Sequence[int], LineChange]]) -> Iterator[Problem]:
    """One thing of one line that two of the changes name: nobody can say which was meant."""
    said: set[tuple[int, str]] = set()
    for lines, change in changes:
        here = {(number, field.name) for number in lines for field in fields(change) if getattr(change, field.name) is not None}
        for number, name in sorted(said & here):
            yield Problem(f"Line {number}", message=TWICE.format(number=number, what=name.replace("_", " ")))
        said |= here


def _change(case: Case, line: ServiceLine, change: LineChange) -> None:
    if change.code is not None and change.code != line.code:
        rule = next((each.rule_for(line.code) for each in policies(line)), None)
        if rule is None or change.code not in rule.codes:
            raise Incomplete(OTHER_PROCEDURE.format(code=change.code), [Problem("Code", message="Not of the same rule.")])
    for name in ("code", "modifiers", "units", "place", "first_service", "last_service"):
        value = getattr(change, name)
        if value is not None:
            setattr(line, name, value)
    if line.last_service and line.first_service and line.last_service < line.first_service:
        if change.last_service is not None:
            raise Incomplete("The last day of service cannot be before the first.", [Problem("Last day", message="Before the first.")])
        line.last_service = line.first_service  # the day moved, and the last day with it
    line.save(update_fields=["code", "modifiers", "units", "place", "first_service", "last_service"])
    if change.sites is not None:
        line.sites.all().delete()
        Site.objects.bulk_create(Site(line=line, name=site.name, side=site.side) for site in dict.fromkeys(change.sites))
    if change.diagnoses is not None:
        rows = list(case.diagnoses.filter(code__in=change.diagnoses))
        if len(rows) != len(set(change.diagnoses)):
            raise Incomplete("A line is for diagnoses of its case.", [Problem("Diagnoses", message="Not all are recorded.")])
        line.diagnoses.set(rows)


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    changed = [name for name in before if before[name] != after[name]]
    return {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
