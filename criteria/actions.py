"""The only writers of the policy library. Keyword-only, atomic, `by=`; one chained PolicyEvent a change.

Published content is never written again: the database refuses it too. A correction is a new version.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from authreview import due
from authreview.canonical import canonical, chained, sha256
from authreview.errors import Conflict, Incomplete, Problem
from authreview.models import User
from authreview.origin import current_origin

from . import permissions
from .comparison import changes
from .enums import BASIS_RANK, Basis, VersionStatus
from .format import load, loaded, validate
from .format.shapes import as_day
from .models import Policy, PolicyEvent, PolicyVersion, RuleCode
from .places import difference, restored, told
from .queries import authors, last_save, later_saves, published_versions
from .readiness import Blocker, judged, looks_back

SHIPPED = Path(__file__).parent / "policies"
MOST_YEARS = 10  # to a last day; further away it is a slip of the hand
MOST_CHANGES, NAMED_CHANGES = 60, 6  # kept with a save; named to the second editor
CONFIRM_PAST = "Confirm that this is meant, or send the version back for a later first day."
IN_WORK = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED)


@transaction.atomic
def new_draft(*, document: Mapping[str, Any], by: User, at: datetime | None = None) -> PolicyVersion:
    """A draft, which may be incomplete; its policy is made if it is the first. Raises Denied, Incomplete, Conflict."""
    permissions.check_draft(by)
    slug, name = _identity(document)
    policy, _ = Policy.objects.get_or_create(slug=slug)
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    if policy.versions.filter(version=name).exists():
        raise Conflict(f"{slug} {name} is there already. A change is a new version.")
    in_work = policy.versions.filter(status__in=IN_WORK).first()
    if in_work:
        raise Conflict(f"{slug} has {in_work.version} in work already; finish or withdraw that one first.")
    version = PolicyVersion(policy=policy, drafted_by=by, drafted_at=at or timezone.now())
    _write(version, document)
    _event(policy, "drafted", by=by, version=version, at=at, payload={"digest": version.digest})
    return version


@transaction.atomic
def save_draft(*, version_id: int, document: Mapping[str, Any], revision: int, by: User) -> PolicyVersion:
    """Write a draft again. `revision` is the one that was opened: another one stored since is a Conflict, and nothing is written."""
    permissions.check_draft(by)
    version = _locked(version_id)
    _must_be(version, VersionStatus.DRAFT)
    if version.revision != revision:
        raise Conflict(_saved_meanwhile(version, revision))
    slug, name = _identity(document)
    if slug != version.policy.slug:
        raise Incomplete(f"This draft belongs to {version.policy.slug}; the document names {slug}.")
    if version.policy.versions.exclude(pk=version.pk).filter(version=name).exists():
        raise Conflict(f"{slug} {name} is there already. Give this draft another version.")
    _save(version, document, by=by)
    return version


@transaction.atomic
def undo_save(*, version_id: int, revision: int, by: User) -> PolicyVersion:
    """Take back the last save of a draft that is not taken back yet, whoever made it. Raises Denied, Conflict."""
    permissions.check_draft(by)
    version = _locked(version_id)
    _must_be(version, VersionStatus.DRAFT)
    if version.revision != revision:
        raise Conflict(_saved_meanwhile(version, revision))
    last = last_save(version).undoable
    if last is None:
        raise Conflict("There is nothing to undo: no change of this draft is kept.")
    _save(version, restored(version.document, last.details["undo"]), by=by, undoes=last.details["revision"])
    return version


def _save(version: PolicyVersion, document: Mapping[str, Any], *, by: User, **said: Any) -> None:
    """Write a locked draft with one event: what changed in words, and what is needed to undo it."""
    before, was = version.digest, version.document
    version.revision += 1
    _write(version, document)
    changed = _changed(was, document)
    said |= {"before": before, "after": version.digest, "revision": version.revision, "changes": changed[:MOST_CHANGES]}
    _event(version.policy, "saved", by=by, version=version, payload={**said, "undo": difference(was, version.document)})


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """In sentences; of an incomplete draft only which part of what."""
    one, other = loaded(before, "before").policy, loaded(after, "after").policy
    if one and other:
        return [str(change) for change in changes(one, other)]
    return told(before, after)


@transaction.atomic
def waive_spanish(*, version_id: int, by: User, why: str) -> PolicyVersion:
    """An approver agrees to publish without Spanish wording, and says why. Members who read Spanish then get the English words."""
    version = _locked(version_id)
    permissions.check_approve(by, version, authors(version))
    if version.status not in IN_WORK:
        raise Conflict(f"{version} is {version.status}.")
    if not why.strip():
        raise Incomplete("Say why it is published without Spanish.")
    if "es" in version.waived_languages:
        return version
    version.waived_languages = ["es"]
    version.save(update_fields=["waived_languages"])
    _event(version.policy, "spanish_waived", by=by, version=version, payload={"why": why})
    return version


@transaction.atomic
def submit(*, version_id: int, by: User, at: datetime | None = None, shown: str = "") -> PolicyVersion:
    """Draft to in review. Raises Incomplete with what blocks publishing."""
    permissions.check_draft(by)
    version = _locked(version_id)
    _must_be(version, VersionStatus.DRAFT)
    _must_be_ready(version, shown)
    version.status, version.submitted_by, version.submitted_at = VersionStatus.IN_REVIEW, by, at or timezone.now()
    version.save(update_fields=["status", "submitted_by", "submitted_at"])
    _event(version.policy, "submitted", by=by, version=version, at=at)
    return version


@transaction.atomic
def return_to_draft(*, version_id: int, by: User, why: str) -> PolicyVersion:
    """Back to the editor with a reason; the marks of submission and approval are taken off."""
    permissions.check_return(by)
    version = _locked(version_id)
    if version.status not in (VersionStatus.IN_REVIEW, VersionStatus.APPROVED):
        raise Conflict(f"{version} is {version.status}; only a version in review or approved goes back to draft.")
    if not why.strip():
        raise Incomplete("Say why it goes back.")
    version.status = VersionStatus.DRAFT
    version.submitted_by = version.submitted_at = version.approved_by = version.approved_at = None
    version.save(update_fields=["status", "submitted_by", "submitted_at", "approved_by", "approved_at"])
    _event(version.policy, "returned", by=by, version=version, payload={"why": why})
    return version


@transaction.atomic
def approve(*, version_id: int, by: User, at: datetime | None = None, shown: str = "") -> PolicyVersion:
    """In review to approved, by another person than drafted or submitted it."""
    version = _locked(version_id)
    permissions.check_approve(by, version, authors(version))
    _must_be(version, VersionStatus.IN_REVIEW)
    _must_be_ready(version, shown)
    version.status, version.approved_by, version.approved_at = VersionStatus.APPROVED, by, at or timezone.now()
    version.save(update_fields=["status", "approved_by", "approved_at"])
    _event(version.policy, "approved", by=by, version=version, at=at)
    return version


@transaction.atomic
def publish(*, version_id: int, by: User, at: datetime | None = None, shown: str = "", confirmed_past: bool = False) -> PolicyVersion:
    """Approved to published: from here on the document is frozen. One publishing at a time: of two that tie, the second is refused.

    `confirmed_past`: this person knows that it begins before the day it is published; without it such a version is Incomplete.
    """
    list(Policy.objects.select_for_update().order_by("pk"))
    version = _locked(version_id)
    permissions.check_publish(by, version, authors(version))
    _must_be(version, VersionStatus.APPROVED)
    _must_be_ready(version, shown)
    past = looks_back(version, timezone.localdate(at or timezone.now()))
    if past and not confirmed_past:
        raise Incomplete(f"{past} {CONFIRM_PAST}")
    version.status, version.published_by, version.published_at = VersionStatus.PUBLISHED, by, at or timezone.now()
    version.save(update_fields=["status", "published_by", "published_at"])
    said = {"confirmed": past} if past else {}
    _event(version.policy, "published", by=by, version=version, at=at, payload={"digest": version.digest, **said})
    return version


@transaction.atomic
def retire(*, version_id: int, by: User, last_day: date) -> PolicyVersion:
    """Published to retired: in force through `last_day`. Reviews that are pinned to it go on."""
    permissions.check_retire(by)
    version = _locked(version_id)
    _must_be(version, VersionStatus.PUBLISHED)
    if last_day < timezone.localdate():
        raise Incomplete("The last day is today or later: what governed a day that has passed stays as it was.")
    if last_day.year > timezone.localdate().year + MOST_YEARS:
        raise Incomplete(f"The last day is more than {MOST_YEARS} years away. Check the year: a retirement is not taken back.")
    if last_day < version.effective_from:
        raise Incomplete(f"{version} began on {version.effective_from:%d %b %Y}; its last day cannot be before that.")
    version.status, version.in_force_until = VersionStatus.RETIRED, last_day
    version.retired_by, version.retired_at = by, timezone.now()
    version.save(update_fields=["status", "in_force_until", "retired_by", "retired_at"])
    _event(version.policy, "retired", by=by, version=version, payload={"last_day": last_day})
    return version


@transaction.atomic
def discard_draft(*, version_id: int, by: User) -> None:
    """Delete a draft that was never published; the events of its policy stay."""
    permissions.check_draft(by)
    version = _locked(version_id)
    _must_be(version, VersionStatus.DRAFT)
    _event(version.policy, "discarded", by=by, version=version, payload={"document": version.document})
    version.delete()


def publish_shipped(*, editor: User, approver: User, at: datetime | None = None) -> list[PolicyVersion]:
    """Import and publish the policies that ship with the product, bases before overlays. Versions that are there are passed over."""
    files = [load(path.read_bytes(), path.name) for path in sorted(SHIPPED.glob("*.yaml"))]
    done: list[PolicyVersion] = []
    for file in sorted(files, key=lambda file: bool(file.policy and file.policy.overlays)):
        if file.policy is None or file.document is None:
            raise Incomplete(f"{file.name} is not valid.", [Problem(error.path, "", error.message) for error in file.errors])
        if PolicyVersion.objects.filter(policy__slug=file.policy.policy, version=file.policy.version).exists():
            continue
        draft = new_draft(document=file.document, by=editor, at=at)
        submit(version_id=draft.pk, by=editor, at=at)
        approve(version_id=draft.pk, by=approver, at=at)
        done.append(publish(version_id=draft.pk, by=approver, at=at, confirmed_past=True))
    return done


def _saved_meanwhile(version: PolicyVersion, revision: int) -> str:
    """Who saved since that revision, and what they changed, from the very events that say so."""
    said = []
    for event in later_saves(version, revision):
        changed = event.details["changes"]
        more = f" And {len(changed) - NAMED_CHANGES} more." if len(changed) > NAMED_CHANGES else ""
        what = " ".join(changed[:NAMED_CHANGES]) + more or "Nothing that a reviewer sees."
        said.append(f"{event.by_name} at {due.day_time(event.at)}: {what}")
    theirs = " ".join(said)
    return f"{version} was saved since you opened it. {theirs} Nothing of yours is stored yet: take their changes in, then save again."


def _identity(document: Mapping[str, Any]) -> tuple[str, str]:
    """Slug and version: the least that a draft has. Everything else that is wrong blocks submission, not saving."""
    wrong = [error for error in validate(dict(document)) if error.path in ("policy", "version")]
    if wrong:
        raise Incomplete("A draft has a short name and a version.", [Problem(error.path, "", error.message) for error in wrong])
    return document["policy"], document["version"]


def _write(version: PolicyVersion, document: Mapping[str, Any]) -> None:
    """The document with all that is derived from it. What cannot be read yet stays as it was."""
    version.document = dict(document)
    version.version = document["version"]
    version.digest = sha256(canonical(version.document))
    effective = document.get("effective")
    dates = effective if isinstance(effective, dict) else {}
    basis = document.get("basis")
    version.title = _text(document.get("title"))[:200] or document["policy"]
    version.basis_rank = BASIS_RANK[Basis(basis)] if basis in list(Basis) else version.basis_rank or BASIS_RANK[Basis.GUIDELINE]
    version.overlays = _text(document.get("overlays"))[:80]
    version.effective_from = as_day(dates.get("from")) or version.effective_from or timezone.localdate()
    until = as_day(dates.get("until"))
    version.effective_until = until if until and until >= version.effective_from else None
    version.next_review = as_day(document.get("next_review"))
    version.save()
    version.codes.all().delete()
    RuleCode.objects.bulk_create(RuleCode(version=version, code=code, rule=rule) for code, rule in _codes(document).items())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _codes(document: Mapping[str, Any]) -> dict[str, str]:
    """Code to rule, as far as they can be read; a code that stands twice belongs to the first."""
    found: dict[str, str] = {}
    rules = document.get("rules")
    for rule in rules if isinstance(rules, list) else []:
        codes = rule.get("codes") if isinstance(rule, dict) else None
        for code in codes if isinstance(codes, list) else []:
            if 0 < len(_text(code)) <= 7:
                found.setdefault(code, _text(rule.get("id"))[:80])
    return found


def _locked(version_id: int) -> PolicyVersion:
    """The version with its policy locked, in a statement of its own; what is read after it is new."""
    policy_id = PolicyVersion.objects.values_list("policy_id", flat=True).get(pk=version_id)
    Policy.objects.select_for_update().get(pk=policy_id)
    return PolicyVersion.objects.select_related("policy").get(pk=version_id)


def _must_be(version: PolicyVersion, status: VersionStatus) -> None:
    if version.status != status:
        raise Conflict(f"{version} is {version.status.replace('_', ' ')}; this step starts from {status.replace('_', ' ')}.")


def _must_be_ready(version: PolicyVersion, shown: str) -> None:
    """`shown`: the digest of what this person read, if they read it on a page."""
    if shown and shown != version.digest:
        raise Conflict(f"{version} was changed since you opened it. Read it again, then take this step.")
    if version.digest != sha256(canonical(version.document)):
        raise Conflict(f"{version} was altered past its editor. Save it again as a draft, so that its history says who wrote it.")
    blockers = blockers_of(version)
    if blockers:
        count = "1 thing is" if len(blockers) == 1 else f"{len(blockers)} things are"
        problems = [Problem(blocker.where or "document", "", blocker.message) for blocker in blockers]
        raise Incomplete(f"{version} is not ready: {count} missing.", problems)


def blockers_of(version: PolicyVersion) -> Sequence[Blocker]:
    """What blocks this version from being published, now."""
    return judged(version, list(published_versions())).blockers


def _event(
    policy: Policy, kind: str, *, by: User, version: PolicyVersion, payload: Mapping[str, Any] | None = None, at: datetime | None = None
) -> PolicyEvent:
    """Append one event to a locked policy."""
    at, text = (at or timezone.now()).astimezone(UTC), canonical(dict(payload or {}))
    policy.refresh_from_db(fields=["event_count", "event_head"])
    sequence = policy.event_count + 1
    digest = chained(policy.event_head, policy.slug, sequence, kind, version.version, by.pk, at.isoformat(), text)
    event = PolicyEvent.objects.create(
        policy=policy,
        version=version.version,
        sequence=sequence,
        kind=kind,
        by=by,
        at=at,
        origin=current_origin(),
        payload=text,
        previous=policy.event_head,
        hash=digest,
    )
    Policy.objects.filter(pk=policy.pk).update(event_count=sequence, event_head=digest)
    return event
