"""What is read of the policy library: which rule governs a line and why; versions for the reading room and the admin."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, takewhile
from typing import Any

from django.db.models import Q, QuerySet

from authreview import due

from .enums import LineOfBusiness, VersionStatus
from .governing import Candidate, Governing, Place, candidate
from .governing import governing as choose
from .models import Policy, PolicyEvent, PolicyVersion, RuleCode
from .parsed import tree_of, with_trees
from .places import restored

WAS_PUBLISHED = [VersionStatus.PUBLISHED, VersionStatus.RETIRED]
BASIS_WORDS = {1: "national coverage determination", 2: "local coverage determination", 3: "plan policy", 4: "guideline"}


@dataclass(frozen=True, slots=True)
class Governed:
    """The version that governs a line and the overlays that join it, in the order of their slugs; `why` in one plain sentence."""

    version: PolicyVersion | None
    rule_id: str
    why: str
    overlays: list[PolicyVersion] = field(default_factory=list)


def published_versions() -> QuerySet[PolicyVersion]:
    """Versions that are or were in force, with their policy."""
    return PolicyVersion.objects.filter(status__in=WAS_PUBLISHED).select_related("policy")


def candidate_of(version: PolicyVersion) -> Candidate:
    """A stored version as the choice reads it; a retired one counts through the day its retirement names."""
    return candidate(tree_of(version), key=version, retired_on=version.in_force_until)


def governing(code: str, plan: str, line_of_business: str, state: str, on: date) -> Governed:
    """Which rule governs a code for a plan, line of business and state of service on a date. One statement, once the trees are known."""
    naming = RuleCode.objects.filter(code=code).values("version_id")
    versions = with_trees(published_versions().filter(Q(pk__in=naming), effective_from__lte=on))
    place = Place(code, plan or None, line_of_business or None, state or None, on)
    found = choose((candidate_of(version) for version in versions), place)
    if found is None:
        return Governed(None, "", _nobody(place))
    base = _version(found.base)
    rule = tree_of(base).rule_for(code)
    return Governed(base, rule.id if rule else "", _why(found, place), [_version(each) for each in found.exceptions])


def _version(found: Candidate) -> PolicyVersion:
    if not isinstance(found.key, PolicyVersion):
        raise TypeError("candidates of the library carry their version")
    return found.key


LINES_OF_BUSINESS = {
    LineOfBusiness.COMMERCIAL: "commercial plans",
    LineOfBusiness.ERISA_SELF_FUNDED: "self-funded ERISA plans",
    LineOfBusiness.MARKETPLACE: "marketplace plans",
    LineOfBusiness.MEDICARE_ADVANTAGE: "Medicare Advantage",
    LineOfBusiness.MEDICAID: "Medicaid",
}


def _business(word: str | None) -> str:
    return LINES_OF_BUSINESS[LineOfBusiness(word)] if word in LINES_OF_BUSINESS else word or ""


def _matched(found: Candidate, place: Place) -> str:
    """What of the line a version names: that is why it governs here, and not everywhere."""
    named = [
        _business(place.line_of_business) if found.lines_of_business else "",
        f"plan {place.plan}" if found.plans else "",
        f"services in {place.state}" if found.states else "",
    ]
    return ", ".join(part for part in named if part)


def _why(found: Governing, place: Place) -> str:
    version = _version(found.base)
    basis = BASIS_WORDS[version.basis_rank]
    audience = _matched(found.base, place) or "all plans"
    said = f"{version}, a {basis}, governs {place.code} for {audience} since {due.day(version.effective_from)}"
    for each in found.exceptions:
        whose = f"plan {place.plan}" if each.plans else _matched(each, place) or "an overlay for all plans"
        said += f"; {whose} adds the exception {_version(each)}"
    return f"{said}."


def _nobody(place: Place) -> str:
    audience = _business(place.line_of_business) or (f"plan {place.plan}" if place.plan else "any plan")
    where = f" in {place.state}" if place.state else ""
    nobody = f"No policy in force on {due.day(place.on)} names {place.code} for {audience}{where}."
    return f"{nobody} A medical director reviews it for general necessity."


# ---- what happened to a version


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a policy, read for people."""

    kind: str
    version: str
    at: datetime
    by_name: str
    details: Mapping[str, Any]
    by_id: int | None = None


def history(policy: Policy, version: str = "") -> list[Happened]:
    """What happened to a policy, or to one version of it, oldest first."""
    events = policy.events.select_related("by").order_by("sequence")
    return [_happened(event) for event in (events.filter(version=version) if version else events)]


def saves(version: PolicyVersion) -> Iterator[Happened]:
    """The saves of a draft, newest first, read as far as they are asked for. A policy has one version in work, whatever it was named."""
    events = version.policy.events.select_related("by").filter(kind="saved", at__gte=version.drafted_at).order_by("-sequence")
    return map(_happened, events.iterator(chunk_size=20))


def later_saves(version: PolicyVersion, revision: int) -> list[Happened]:
    """The saves of a draft that made a later revision than this one, oldest first."""
    later = takewhile(lambda event: event.details.get("revision", 0) > revision, saves(version))
    return list(later)[::-1]


@dataclass(frozen=True, slots=True)
class LastSave:
    """The newest save of a draft, and the one that an undoing would take back."""

    newest: Happened | None = None
    undoable: Happened | None = None


def last_save(version: PolicyVersion) -> LastSave:
    """An undoing takes back one save that is not undone yet, and is none to be undone itself."""
    undone: set[int] = set()
    newest: Happened | None = None
    for event in saves(version):
        newest = newest or event
        if "undoes" in event.details:
            undone.add(event.details["undoes"])
        elif event.details.get("revision") not in undone:
            return LastSave(newest, event if "undo" in event.details else None)
    return LastSave(newest)


def sent_back(version: PolicyVersion) -> Happened | None:
    """Why a draft is one again, if it was submitted before."""
    back = version.policy.events.select_related("by").filter(kind="returned", at__gte=version.drafted_at).order_by("sequence").last()
    return _happened(back) if back else None


def document_at(version: PolicyVersion, revision: int) -> dict[str, Any] | None:
    """A draft as it was at an earlier revision; None where that is not kept."""
    document: dict[str, Any] = version.document
    for event in reversed(later_saves(version, revision)):
        if "undo" not in event.details:
            return None
        document = restored(document, event.details["undo"])
    return document


def authors(version: PolicyVersion) -> set[int]:
    """Ids of everybody who wrote this version: who began it and who saved it since, under whatever name."""
    wrote = version.policy.events.filter(kind__in=["drafted", "saved"], at__gte=version.drafted_at)
    return {person for person in wrote.values_list("by_id", flat=True) if person} | {version.drafted_by_id}


def _happened(event: PolicyEvent) -> Happened:
    name = (event.by.get_full_name() or event.by.username) if event.by else "the system"
    return Happened(event.kind, event.version, event.at, name, json.loads(event.payload), event.by_id)


# ---- the library as it is read


@dataclass(frozen=True, slots=True)
class Shelf:
    """A policy on a day: the version in force, the next one to come, and all that were ever published, newest first."""

    slug: str
    now: PolicyVersion | None
    coming: PolicyVersion | None
    versions: tuple[PolicyVersion, ...]

    @property
    def shown(self) -> PolicyVersion:
        """What a reader sees first: in force, else to come, else the last that was."""
        return self.now or self.coming or self.versions[0]

    def version_before(self, version: PolicyVersion) -> PolicyVersion | None:
        """The version that this one followed: the next older in the order of their first days."""
        return next(iter(self.versions[self.versions.index(version) + 1 :]), None)


def library(on: date) -> list[Shelf]:
    """Every policy that was ever published, by slug. One statement."""
    versions = published_versions().order_by("policy__slug", "-effective_from", "-published_at").prefetch_related("codes")
    return [_shelf(slug, list(each), on) for slug, each in groupby(versions, lambda version: version.policy.slug)]


def shelf(slug: str, on: date) -> Shelf | None:
    """One policy with all its published versions, newest first, and the people of their life. None if there are none."""
    people = ("drafted_by", "submitted_by", "approved_by", "published_by", "retired_by")
    versions = published_versions().filter(policy__slug=slug).select_related(*people).order_by("-effective_from", "-published_at")
    found = list(versions)
    return _shelf(slug, found, on) if found else None


def exceptions_of(slug: str, on: date) -> list[PolicyVersion]:
    """Overlays of a policy that are in force on a day, the later version of each."""
    found = published_versions().filter(overlays=slug).order_by("policy__slug", "-effective_from")
    return [shown for _, each in groupby(found, lambda version: version.policy.slug) if (shown := _shelf("", list(each), on).now)]


def ends_on(version: PolicyVersion) -> date | None:
    """The last day in force: the earlier of the document's and that of the retirement."""
    return min((day for day in (version.effective_until, version.in_force_until) if day), default=None)


def is_in_force(version: PolicyVersion, on: date) -> bool:
    ends = ends_on(version)
    return version.status in WAS_PUBLISHED and version.effective_from <= on and (ends is None or on <= ends)


def in_force_version(policy: Policy, on: date) -> PolicyVersion | None:
    """The version of a policy that is in force on a day."""
    return _shelf(policy.slug, list(published_versions().filter(policy=policy).order_by("-effective_from", "-published_at")), on).now


def _shelf(slug: str, versions: list[PolicyVersion], on: date) -> Shelf:
    """`versions` newest first."""
    now = next((version for version in versions if is_in_force(version, on)), None)
    coming = [version for version in versions if version.effective_from > on and version.status == VersionStatus.PUBLISHED]
    return Shelf(slug, now, coming[-1] if coming else None, tuple(versions))
