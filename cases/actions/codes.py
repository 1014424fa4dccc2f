"""Keeping the code sets: a file is imported whole or not at all; a procedure code's wording and rules are closed and followed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from authreview.errors import Conflict, Incomplete, Problem
from authreview.models import User
from cases import permissions
from cases.code_changes import Change, ChangeKind, Plan
from cases.code_files import Release
from cases.enums import CodeSet
from cases.intake_problems import NOT_A_SERVICE_CODE, SERVICE_CODE
from cases.models import CodeImport, DiagnosisCode, ServiceCode
from cases.queries.codes import MODELS, imported_before, planned, service_versions, standing, stored_file
from cases.storage import write_bytes

A_DAY = timedelta(days=1)
AT_ONCE = 900  # ids in one statement
ROWS_AT_ONCE = 5000
CHANGED_SINCE = "The codes have changed since this preview was made. Look at it again before you import."
HAS_ERRORS = "This file has errors, so nothing of it is imported."
CHANGES_NOTHING = "This file changes nothing."
MANY_END = "Many codes would end. Say that this is meant."
CODE_CHANGED = "Somebody has changed this code since you opened it. Open it again; nothing was saved."


def keep_file(*, data: bytes, by: User) -> str:
    """Store the bytes of a file that is to be previewed; returns their SHA-256. Raises Denied."""
    permissions.check_keep_codes(by)
    return write_bytes(data)


def import_codes(*, file_sha256: str, filename: str, release: Release, digest: str, ends_meant: bool, by: User) -> CodeImport:
    """Do what was previewed, in one transaction, or nothing. `digest`: of the plan that was shown; `ends_meant`: that many codes may end.

    The same file once more changes nothing and returns its import. Raises Denied, Conflict, Incomplete.
    """
    permissions.check_keep_codes(by)
    file = stored_file(file_sha256, release)
    with transaction.atomic():
        _lock(release.code_set)
        now = timezone.now()
        plan = planned(file, release, timezone.localdate(now))
        if plan.error_count:
            raise Incomplete(HAS_ERRORS, [Problem(f"Row {each.row}, {each.column}", message=each.message) for each in plan.errors[:10]])
        if not plan.changes:
            if (same := imported_before(file_sha256, release)) is None:
                raise Conflict(CHANGES_NOTHING)
            return same
        if plan.digest != digest:
            raise Conflict(CHANGED_SINCE)
        if plan.ends_many and not ends_meant:
            raise Incomplete(MANY_END)
        _write(plan, by, now)
        return CodeImport.objects.create(
            code_set=release.code_set,
            effective_from=release.effective_from,
            effective_until=release.effective_until,
            is_whole=release.is_whole,
            filename=filename[-200:],
            file_sha256=file_sha256,
            size_bytes=file.table.size_bytes,
            encoding=file.table.encoding,
            **{_COLUMN[kind]: count for kind, count in plan.counts.items()},
            unchanged=plan.unchanged,
            imported_by=by,
            imported_at=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWording:
    """What we say of a procedure code, and how its units and sites are counted. None is no bound."""

    name: str
    lay_name: Mapping[str, str]
    max_units_per_day: int | None
    per_side: bool
    min_sites: int | None
    max_sites: int | None
    verify: str = ""

    def problems(self) -> list[Problem]:
        found = []
        if not self.name.strip():
            found.append(Problem("Name", message="A code has a name for reviewers."))
        if not self.lay_name.get("en", "").strip():
            found.append(Problem("Wording for members, English", message="Letters need words for this service."))
        if self.min_sites is not None and self.max_sites is not None and self.max_sites < self.min_sites:
            found.append(Problem("Most sites", message="The most sites cannot be fewer than the fewest."))
        return found


@transaction.atomic
def write_code(*, code: str, wording: ServiceWording, effective_from: date, shown: str, by: User) -> ServiceCode:
    """A new version of a procedure code, or a new code; the version before it is closed on the day before. One not in use yet is replaced.

    `shown`: queries.codes.standing of the versions that were on the screen. Unchanged wording writes nothing.
    Raises Denied, Conflict, Incomplete.
    """
    permissions.check_keep_codes(by)
    _lock(CodeSet.PROCEDURE)
    versions = service_versions(code)
    if standing(versions) != shown:
        raise Conflict(CODE_CHANGED)
    problems = wording.problems()
    if not SERVICE_CODE.fullmatch(code):
        problems.insert(0, Problem("Code", message=NOT_A_SERVICE_CODE))
    now = timezone.now()
    latest = versions[0] if versions else None
    if latest is not None and (wrong := _wrong_start(latest, effective_from, timezone.localdate(now))):
        problems.append(Problem("In force from", message=wrong))
    if problems:
        raise Incomplete(problems[0].message, problems)
    values = asdict(wording) | {"lay_name": {key: text for key, text in wording.lay_name.items() if text}}
    if latest is None:
        return ServiceCode.objects.create(code=code, effective_from=effective_from, changed_by=by, changed_at=now, **values)
    if all(getattr(latest, name) == value for name, value in values.items()):
        return latest
    if latest.effective_from == effective_from:
        ServiceCode.objects.filter(pk=latest.pk).update(changed_by=by, changed_at=now, **values)
        latest.refresh_from_db()
        return latest
    ends = latest.effective_until
    runs_on = ends is None or ends >= effective_from
    if runs_on:
        ServiceCode.objects.filter(pk=latest.pk).update(effective_until=effective_from - A_DAY, ended_by=by, ended_at=now)
    return ServiceCode.objects.create(
        code=code,
        effective_from=effective_from,
        effective_until=ends if runs_on else None,
        descriptor=latest.descriptor,
        changed_by=by,
        changed_at=now,
        **values,
    )


@transaction.atomic
def end_code(*, code: str, last_day: date | None, shown: str, by: User) -> ServiceCode:
    """Set or take back the last day of a procedure code's latest version. Raises Denied, Conflict, Incomplete."""
    permissions.check_keep_codes(by)
    _lock(CodeSet.PROCEDURE)
    versions = service_versions(code)
    if not versions or standing(versions) != shown:
        raise Conflict(CODE_CHANGED)
    latest, now = versions[0], timezone.now()
    today = timezone.localdate(now)
    wrong = ""
    if latest.effective_until is not None and latest.effective_until < today:
        wrong = f"This code ended on {latest.effective_until}. Write a new version to bring it back."
    elif last_day is not None and last_day < max(today, latest.effective_from):
        wrong = f"The last day is {max(today, latest.effective_from)} or later."
    if wrong:
        raise Incomplete(wrong, [Problem("Last day", message=wrong)])
    if latest.effective_until != last_day:
        ServiceCode.objects.filter(pk=latest.pk).update(effective_until=last_day, ended_by=by, ended_at=now)
        latest.refresh_from_db()
    return latest


# ---- parts ----------------------------------------------------------------------------------------------------------------------
_COLUMN = {
    ChangeKind.NEW: "added",
    ChangeKind.REWORDED: "reworded",
    ChangeKind.EXTENDED: "extended",
    ChangeKind.ENDED: "ended",
    ChangeKind.WITHDRAWN: "withdrawn",
}


def _lock(code_set: CodeSet) -> None:
    """One writer of a set at a time; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {MODELS[code_set]._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")  # noqa: SLF001 - _meta is public


def _wrong_start(latest: ServiceCode, effective_from: date, today: date) -> str:
    if effective_from < latest.effective_from:
        return f"The latest version is in force from {latest.effective_from}. A new one starts after it."
    if effective_from == latest.effective_from and latest.effective_from <= today + A_DAY:
        return f"The version from {latest.effective_from} is in use, so it is followed, not changed. Start on a later day."
    return ""


def _write(plan: Plan, by: User, now: datetime) -> None:
    """All changes of a plan, in bulk: closings by day, withdrawals, replacements, then what is added."""
    model = MODELS[plan.release.code_set]
    is_service = model is ServiceCode
    stamp: dict[str, Any] = {"ended_by": by, "ended_at": now} if is_service else {}
    by_day: dict[date | None, list[int]] = defaultdict(list)
    for change in plan.changes:
        if change.version is not None and not change.in_place and change.kind is not ChangeKind.WITHDRAWN:
            by_day[change.last_day].append(_pk(change))
    for last_day, pks in by_day.items():
        for some in _chunks(pks):
            model.objects.filter(pk__in=some).update(effective_until=last_day, **stamp)
    for some in _chunks([_pk(change) for change in plan.changes if change.kind is ChangeKind.WITHDRAWN]):
        model.objects.filter(pk__in=some).delete()
    added = [change for change in plan.changes if change.kind in (ChangeKind.NEW, ChangeKind.REWORDED)]
    for change in (each for each in added if each.in_place):
        words = {"descriptor": change.after, "changed_by": by, "changed_at": now} if is_service else {"text": change.after}
        model.objects.filter(pk=_pk(change)).update(effective_until=change.ends, **words)
    rows = [change for change in added if not change.in_place]
    if is_service:
        ServiceCode.objects.bulk_create(_services(rows, by, now), batch_size=ROWS_AT_ONCE)
    else:
        DiagnosisCode.objects.bulk_create(
            (
                DiagnosisCode(code=each.code, text=each.after, effective_from=each.starts or date.min, effective_until=each.ends)
                for each in rows
            ),
            batch_size=ROWS_AT_ONCE,
        )


def _services(changes: list[Change], by: User, now: datetime) -> list[ServiceCode]:
    """Rows with the licensed descriptor; our own wording and rules go on from the version before."""
    kept_rows: dict[str, list[ServiceCode]] = defaultdict(list)
    for codes in _chunks(sorted({change.code for change in changes})):
        for each in ServiceCode.objects.filter(code__in=codes).order_by("effective_from"):
            kept_rows[each.code].append(each)
    kept = ("name", "lay_name", "max_units_per_day", "per_side", "min_sites", "max_sites", "verify")
    found = []
    for change in changes:
        starts = change.starts or date.min
        earlier = next((each for each in reversed(kept_rows[change.code]) if each.effective_from <= starts), None)
        ours = {name: getattr(earlier, name) for name in kept} if earlier else {"name": change.after[:120], "lay_name": {}}
        row = ServiceCode(code=change.code, descriptor=change.after, effective_from=starts, effective_until=change.ends, **ours)
        row.changed_by, row.changed_at = by, now
        found.append(row)
    return found


def _pk(change: Change) -> int:
    if change.version is None or change.version.pk is None:
        raise ValueError(f"{change.code} touches no kept version")
    return change.version.pk


def _chunks(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
