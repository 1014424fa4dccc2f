"""What a file of codes changes in the codes that are kept: new, reworded, extended, ended, withdrawn. Pure; nothing is written here.

A version in use is closed on the day before and followed by another one, never overwritten. A file that is read again changes nothing.
"""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from .code_files import CodeFile, CodeRow, Errors, Release, RowError

A_DAY = timedelta(days=1)
MANY_END = 0.1  # a file under which more than this part of the codes end is perhaps not the whole release
FEW = 10  # codes; so many may always end


class _No(StrEnum):
    """Why a row changes nothing."""

    SAME = "same"
    REFUSED = "refused"


class ChangeKind(StrEnum):
    """What happens to one code."""

    NEW = "new"
    REWORDED = "reworded"
    EXTENDED = "extended"  # the same text, in force for longer
    ENDED = "ended"
    WITHDRAWN = "withdrawn"  # taken back before its first day


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a code; the last day is part of it. No `pk`: the file at hand adds it."""

    pk: int | None
    text: str
    effective_from: date
    effective_until: date | None

    def holds(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)


@dataclass(frozen=True, slots=True)
class Change:
    """`version`: the kept row that is closed, extended, replaced before its first day, or withdrawn. Days are those of the outcome."""

    kind: ChangeKind
    code: str
    before: str
    after: str
    starts: date | None = None  # of a version that is added, or put in the place of one that is not in use yet
    ends: date | None = None
    version: Version | None = None
    in_place: bool = False

    @property
    def last_day(self) -> date | None:
        """The last day that the version which stood before has afterwards."""
        return self.starts - A_DAY if self.kind is ChangeKind.REWORDED and self.starts else self.ends


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a file would do, and everything that stops it. `digest` is the same for the same file over the same codes."""

    release: Release
    changes: tuple[Change, ...]
    unchanged: int
    in_force: int
    errors: tuple[RowError, ...]
    error_count: int
    digest: str
    endings_unknown: bool  # a row with an error may name a code that otherwise seems to be missing

    @property
    def counts(self) -> dict[ChangeKind, int]:
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in ChangeKind}

    @property
    def ends_many(self) -> bool:
        """Whether so many codes end that somebody should say that this is meant."""
        ends = self.counts[ChangeKind.ENDED] + self.counts[ChangeKind.WITHDRAWN]
        return ends > max(FEW, self.in_force * MANY_END)


def plan(file: CodeFile, release: Release, kept: Mapping[str, list[Version]], today: date) -> Plan:
    """What this file does to these versions. `kept`: code -> its versions in the order of their first days."""
    errors = Errors()
    changes: list[Change] = []
    unchanged = 0
    for code, rows in _by_code(file.rows).items():
        line = list(kept.get(code, ()))
        for row in rows:
            change = _change(row, line, today, errors)
            if isinstance(change, Change):
                changes.append(change)
                _enter(change, line)
            else:
                unchanged += change is _No.SAME
    ends = release.is_whole and not (release.effective_until and release.effective_until < today)  # a release that is over ends nothing
    if ends and not file.error_count:
        mentioned = {row.code for row in file.rows}
        changes += _endings(release, {code: line for code, line in kept.items() if code not in mentioned}, today, errors)
    changes.sort(key=lambda change: (change.code, change.starts or date.min))
    in_force = sum(any(version.holds(release.effective_from) for version in line) for line in kept.values())
    unknown = ends and file.error_count > 0
    shown = (*file.errors, *errors.kept)
    return Plan(release, tuple(changes), unchanged, in_force, shown, file.error_count + errors.count, _digest(changes), unknown)


def _by_code(rows: Iterable[CodeRow]) -> dict[str, list[CodeRow]]:
    found: dict[str, list[CodeRow]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    for many in found.values():
        many.sort(key=lambda row: row.effective_from)
    return found


def _is_in_use(version: Version, today: date) -> bool:
    """From the day before its first: databases keep the time of Greenwich."""
    return version.effective_from <= today + A_DAY


def _change(row: CodeRow, line: list[Version], today: date, errors: Errors) -> Change | _No:
    """What this row does to the versions of its code."""
    place = bisect_right(line, row.effective_from, key=lambda version: version.effective_from)
    before = line[place - 1] if place else None
    if place < len(line) and (row.effective_until is None or row.effective_until >= line[place].effective_from):
        later = line[place].effective_from
        message = f"This code has a version from {later} already. Give a last day before it, or a first day after it."
        errors.add(row.row, "effective until", str(row.effective_until or ""), message)
        return _No.REFUSED
    same = before is not None and before.pk is not None and before.text == row.text
    follows = same and before is not None and before.effective_until == row.effective_from - A_DAY
    if before is None or not (follows or before.holds(row.effective_from)):
        return Change(ChangeKind.NEW, row.code, "", row.text, row.effective_from, row.effective_until)
    if same:
        ends = before.effective_until
        return _extended(row, before) if ends and ends < (row.effective_until or date.max) else _No.SAME
    return _rewording(row, before, today, errors)


def _rewording(row: CodeRow, before: Version, today: date, errors: Errors) -> Change | _No:
    """Other words over those of a version that holds on the row's first day."""
    if before.effective_from == row.effective_from:
        if not _is_in_use(before, today):
            return _reworded(row, before, in_place=True)
        message = f"This code has other wording from {row.effective_from} on, which is in use. A correction starts on a later day."
        errors.add(row.row, "effective from", str(row.effective_from), message)
        return _No.REFUSED
    if row.effective_until and row.effective_until < today and (before.effective_until or date.max) > row.effective_until:
        message = f"These days lie inside those of other wording, in force since {before.effective_from}. A past release fills gaps only."
        errors.add(row.row, "effective until", str(row.effective_until), message)
        return _No.REFUSED
    return _reworded(row, before, in_place=False)


def _extended(row: CodeRow, before: Version) -> Change:
    return Change(ChangeKind.EXTENDED, row.code, before.text, row.text, before.effective_from, row.effective_until, before)


def _reworded(row: CodeRow, before: Version, *, in_place: bool) -> Change:
    return Change(ChangeKind.REWORDED, row.code, before.text, row.text, row.effective_from, row.effective_until, before, in_place)


def _enter(change: Change, line: list[Version]) -> None:
    """The versions as they are after the change, for a second row of the same code."""
    if change.version is not None:
        line.remove(change.version)
        if not change.in_place:
            line.append(replace(change.version, effective_until=change.last_day))
    if change.kind is not ChangeKind.EXTENDED and change.starts:
        line.append(Version(None, change.after, change.starts, change.ends))
    line.sort(key=lambda version: version.effective_from)


def _endings(release: Release, kept: Mapping[str, list[Version]], today: date, errors: Errors) -> list[Change]:
    """Codes in force on the first day of a whole release that it lacks."""
    found = []
    last = release.effective_from - A_DAY
    for code, line in kept.items():
        version = next((each for each in line if each.holds(release.effective_from)), None)
        if version is None:
            continue
        if version.effective_from <= last:
            found.append(Change(ChangeKind.ENDED, code, version.text, "", ends=last, version=version))
        elif not _is_in_use(version, today):
            found.append(Change(ChangeKind.WITHDRAWN, code, version.text, "", version=version))
        else:
            message = (
                f"This code is in use since {version.effective_from} and the file lacks it. A release that ends it starts on a later day."
            )
            errors.add(0, "code", code, message)
    return found


def _digest(changes: Iterable[Change]) -> str:
    """Of what would be done and to which rows."""
    total = hashlib.sha256()
    for change in changes:
        touched = (change.version.pk, change.version.effective_until) if change.version else ()
        parts = (change.kind.value, change.code, change.before, change.after, change.starts, change.ends, change.in_place, *touched)
        total.update(repr(tuple(str(part) for part in parts)).encode())
    return total.hexdigest()
