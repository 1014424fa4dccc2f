"""A version's life as pages show it: its stations, its history, what it lacks, what changed. Display values; no queries."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from authreview import due
from authreview.errors import Problem
from authreview.models import User
from criteria.comparison import Change
from criteria.models import PolicyVersion
from criteria.places import named
from criteria.queries import Happened, ends_on, is_in_force
from criteria.readiness import Blocker

from .document import anchor_of

STEPS = (
    ("draft", "Draft", "drafted"),
    ("in_review", "In review", "submitted"),
    ("approved", "Approved", "approved"),
    ("published", "Published", "published"),
    ("retired", "Retired", "retired"),
)
STATUS_PILLS = {"draft": "calm", "in_review": "ask", "approved": "accent", "published": "met", "retired": "na"}
HAPPENED = {
    "drafted": "Drafted",
    "saved": "Saved",
    "submitted": "Submitted for review",
    "approved": "Approved",
    "published": "Published",
    "retired": "Retired",
    "returned": "Sent back to draft",
    "discarded": "Draft discarded",
    "spanish_waived": "Agreed to publish without Spanish",
}
# by kind of change: pill, icon, word; what is not here is told by its own word
CHANGE_PILLS = {
    "added": ("met", "plus"),
    "removed": ("not-met", "minus"),
    "moved": ("ask", "chevron-right"),
    "threshold": ("unclear", "exclamation-triangle"),
    "logic": ("unclear", "exclamation-triangle"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One station of a version's life; `who` and `at` once it was reached."""

    label: str
    is_done: bool
    is_current: bool
    who: str = ""
    at: datetime | None = None


def steps(version: PolicyVersion) -> list[Step]:
    """The status strip. `version` with its people loaded."""
    names = [status for status, _, _ in STEPS]
    here = names.index(version.status)
    shown = []
    for number, (_, label, verb) in enumerate(STEPS):
        person, at = getattr(version, f"{verb}_by"), getattr(version, f"{verb}_at")
        reached = number <= here and person is not None
        name = person.get_full_name() or person.username if reached else ""
        shown.append(Step(label, number < here, number == here, name, at if reached else None))
    return shown


def last_change(version: PolicyVersion, newest: Happened | None, reader: User) -> str:
    """Changed 4 minutes ago by you; drafted, where nothing was saved since."""
    if newest is None:
        name = version.drafted_by.get_full_name() or version.drafted_by.username
        return f"drafted {_ago(version.drafted_at)} by {'you' if version.drafted_by_id == reader.pk else name}"
    return f"changed {_ago(newest.at)} by {'you' if newest.by_id == reader.pk else newest.by_name}"


def returned(newest: Happened | None) -> str:
    """What an editor is asked to change, by whom; nothing for a draft that was never sent back."""
    return f"Sent back by {newest.by_name}, {due.near_day(newest.at, timezone.now())}: {newest.details['why']}" if newest else ""


def _ago(at: datetime) -> str:
    minutes = int((timezone.now() - at).total_seconds() // 60)
    if not 0 <= minutes < 60:
        return due.near_day(at, timezone.now())
    return "just now" if minutes == 0 else "1 minute ago" if minutes == 1 else f"{minutes} minutes ago"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history, as components/timeline.html draws it. `folded`: the saves that one line stands for, newest first."""

    at: datetime
    who: str
    text: str
    detail: str
    folded: "tuple[Entry, ...]" = ()


def entries(happened: Iterable[Happened]) -> list[Entry]:
    """Newest first. A save says what it changed, a return says why; saves of one person on one day, with nothing between, are one line."""
    shown = []
    for _, each in groupby(happened, _sitting):
        found = [Entry(one.at, one.by_name, HAPPENED.get(one.kind, one.kind), _detail(one)) for one in each]
        shown.append(found[0] if len(found) == 1 else _folded(found))
    return shown[::-1]


def _sitting(each: Happened) -> object:
    """What is the same for saves that belong together; everything else stands alone."""
    return (each.by_name, timezone.localtime(each.at).date()) if each.kind == "saved" else each.at, each.kind


def _folded(saves: list[Entry]) -> Entry:
    first, last = (f"{timezone.localtime(each.at):%H:%M}" for each in (saves[0], saves[-1]))
    when = f"at {first}" if first == last else f"between {first} and {last}"
    return Entry(saves[-1].at, saves[-1].who, f"{len(saves)} changes {when}", "", tuple(saves[::-1]))


def _detail(each: Happened) -> str:
    said = each.details
    if each.kind == "saved":
        return " ".join(said.get("changes", [])) or "Nothing that a reviewer sees."
    if each.kind == "retired":
        return f"Last day in force: {due.day(date.fromisoformat(said['last_day']))}"
    return str(said.get("why") or said.get("confirmed", ""))


def problem_rows(document: Any, blockers: Sequence[Blocker], anchors: frozenset[str]) -> list[Problem]:
    """What is missing, each linked to the nearest thing on the page that its path names."""
    return [Problem(capfirst(named(document, blocker.where)), _nearest(blocker.where, anchors), blocker.message) for blocker in blockers]


def _nearest(path: str, anchors: frozenset[str]) -> str:
    while path:
        if anchor_of(path) in anchors:
            return f"#{anchor_of(path)}"
        path = re.sub(r"(\.[^.\[]*|\[\d+\]|^[^.\[]*)$", "", path)
    return "#about"


# ---- the reading room


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in a list: how it stands today, from when until when, and whether its review is overdue."""

    version: PolicyVersion
    kind: str
    standing: str
    dates: str
    review: str
    is_overdue: bool


def version_line(version: PolicyVersion, today: date, now: PolicyVersion | None) -> VersionLine:
    """`now`: the version of the same policy that is in force today."""
    overdue = is_in_force(version, today) and version.next_review is not None and version.next_review < today
    ends = ends_on(version)
    dates = f"{due.day(version.effective_from)} to {due.day(ends)}" if ends else f"since {due.day(version.effective_from)}"
    if version == now:
        kind, standing = "met", "In force"
    elif version.effective_from > today:
        kind, standing, dates = "ask", "To come", dates.replace("since", "from")
    elif is_in_force(version, today):
        kind, standing = "na", "Followed by a later version"
        dates = f"from {due.day(version.effective_from)}"
    else:
        kind, standing = "na", "No longer in force"
    return VersionLine(version, kind, standing, dates, due.day(version.next_review) if version.next_review else "", overdue)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One difference between two versions with its pill."""

    kind: str
    icon: str
    label: str
    change: Change


def change_rows(found: Iterable[Change]) -> list[ChangeRow]:
    return [ChangeRow(*CHANGE_PILLS.get(change.kind.value, ("calm", "")), change.kind.value.capitalize(), change) for change in found]
