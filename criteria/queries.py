"""What is read of the policy library: which rule governs a line and why; versions for the reading room and the admin."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from .enums import LineOfBusiness, VersionStatus
from .format import parse
from .governing import Candidate, Governing, Place, candidate
from .governing import governing as choose
from .models import PolicyVersion, RuleCode

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
    return candidate(parse(version.document), key=version, retired_on=version.in_force_until)


def governing(code: str, plan: str, line_of_business: str, state: str, on: date) -> Governed:
    """Which rule governs a code for a plan, line of business and state of service on a date. Two statements."""
    naming = RuleCode.objects.filter(code=code).values("version_id")
    versions = published_versions().filter(Q(pk__in=naming), effective_from__lte=on)
    place = Place(code, plan or None, line_of_business or None, state or None, on)
    found = choose((candidate_of(version) for version in versions), place)
    if found is None:
        return Governed(None, "", _nobody(place))
    base = _version(found.base)
    rule = parse(base.document).rule_for(code)
    return Governed(base, rule.id if rule else "", _why(found, place), [_version(each) for each in found.exceptions])


def _version(found: Candidate) -> PolicyVersion:
    if not isinstance(found.key, PolicyVersion):
        raise TypeError("candidates of the library carry their version")
    return found.key


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _audience(place: Place) -> str:
    words = LineOfBusiness(place.line_of_business).value.replace("_", " ") if place.line_of_business else "any line of business"
    parts = [words, f"plan {place.plan}" if place.plan else "", place.state or ""]
    return ", ".join(part for part in parts if part)


def _why(found: Governing, place: Place) -> str:
    version = _version(found.base)
    basis = BASIS_WORDS[version.basis_rank]
    since = _day(version.effective_from)
    said = f"{version.title} {version.version}, a {basis} in force since {since}, names {place.code} for {_audience(place)}."
    for each in found.exceptions:
        overlay = _version(each)
        said += f" {overlay.title} {overlay.version} adds its exception."
    return said


def _nobody(place: Place) -> str:
    nobody = f"No policy in force on {_day(place.on)} names {place.code} for {_audience(place)}."
    return f"{nobody} A medical director reviews it for general necessity."
