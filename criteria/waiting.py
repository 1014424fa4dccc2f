"""What of the policy library waits for somebody: versions in work with who wrote them, and policies whose review is due. Reads alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from authreview.models import User

from .enums import VersionStatus
from .models import PolicyEvent, PolicyVersion
from .queries import is_in_force, published_versions

SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class InWork:
    """A version that is not published yet. `returned`: why it was last sent back, while it is a draft."""

    version: PolicyVersion
    authors: frozenset[int]
    returned: str

    def is_by(self, user: User) -> bool:
        return user.pk in self.authors


def versions_in_work() -> list[InWork]:
    """Drafts, versions in review and approved ones, the one that begins first first. Two statements."""
    status = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED)
    people = ("policy", "drafted_by", "submitted_by", "approved_by")
    found = list(PolicyVersion.objects.filter(status__in=status).select_related(*people).defer("document").order_by("effective_from", "pk"))
    events: dict[int, list[PolicyEvent]] = {}
    kinds = ("drafted", "saved", "submitted", "returned")
    for event in PolicyEvent.objects.filter(policy__in={version.policy_id for version in found}, kind__in=kinds).order_by("sequence"):
        events.setdefault(event.policy_id, []).append(event)
    return [_in_work(version, events.get(version.policy_id, [])) for version in found]


def _in_work(version: PolicyVersion, events: list[PolicyEvent]) -> InWork:
    """A policy has one version in work: what happened since that one was drafted happened to it."""
    own = [event for event in events if event.at >= version.drafted_at]
    wrote = {event.by_id for event in own if event.kind in ("drafted", "saved") and event.by_id}
    steps = [event for event in own if event.kind in ("submitted", "returned")]
    back = steps[-1] if steps and steps[-1].kind == "returned" else None
    why: Mapping[str, str] = json.loads(back.payload) if back else {}
    return InWork(version, frozenset(wrote | {version.drafted_by_id}), why.get("why", ""))


@dataclass(frozen=True, slots=True)
class Reviews:
    """Versions in force whose review is overdue, and those whose review comes soon, the earliest first."""

    overdue: tuple[PolicyVersion, ...]
    soon: tuple[PolicyVersion, ...]


def reviews(on: date) -> Reviews:
    """Of each policy the version that governs on this day: one that a later one followed is reviewed no more. One statement."""
    rows = published_versions().defer("document").order_by("policy__slug", "-effective_from", "-published_at")
    found = []
    for _, versions in groupby(rows, lambda version: version.policy_id):
        now = next((version for version in versions if is_in_force(version, on)), None)
        if now is not None and now.next_review is not None and now.next_review <= on + SOON:
            found.append((now.next_review, now.pk, now))
    due = sorted(found, key=lambda each: each[:2])
    return Reviews(tuple(each for day, _, each in due if day < on), tuple(each for day, _, each in due if day >= on))
