"""What the page on choosing reads: which version governs a place, what became of every other one that names the code, what may be typed."""

from dataclasses import dataclass
from functools import cached_property

from .considered import Considered, Standing, considered
from .governing import Place
from .models import PolicyVersion, RuleCode
from .parsed import tree_of, with_trees
from .queries import Governed, candidate_of, governing, published_versions


@dataclass(frozen=True)
class Choice:
    """The answer: `governed` as a new line would be pinned today, and everything that was considered, what governs first."""

    place: Place
    governed: Governed
    considered: tuple[Considered, ...]

    @cached_property
    def rows(self) -> list[tuple[Considered, PolicyVersion, str]]:
        """Each with its version, and the name of its rule for the code."""
        return [(each, version, _rule_name(version, self.place.code)) for each in self.considered if (version := _version(each))]

    @property
    def passed(self) -> list[tuple[Considered, PolicyVersion, str]]:
        return [row for row in self.rows if row[0].standing is Standing.PASSED]

    @property
    def taken(self) -> list[tuple[Considered, PolicyVersion, str]]:
        return [row for row in self.rows if row[0].standing is not Standing.PASSED]


def choice(place: Place) -> Choice:
    """A handful of statements, however many versions."""
    naming = with_trees(published_versions().filter(pk__in=RuleCode.objects.filter(code=place.code).values("version_id")))
    found = considered([candidate_of(version) for version in naming], place)
    return Choice(place, governing(place.code, place.plan or "", place.line_of_business or "", place.state or "", place.on), found)


def known_codes() -> list[str]:
    """Codes that some published version names."""
    return list(RuleCode.objects.filter(version__in=published_versions()).values_list("code", flat=True).distinct().order_by("code"))


def named_plans() -> list[str]:
    """Plans that some published version names; a plan that none names is governed like any other."""
    documents = published_versions().values_list("document", flat=True)
    return sorted({plan for document in documents for plan in (document.get("applies_to") or {}).get("plans") or ()})


def _version(each: Considered) -> PolicyVersion | None:
    key = each.version.key
    return key if isinstance(key, PolicyVersion) else None


def _rule_name(version: PolicyVersion, code: str) -> str:
    rule = tree_of(version).rule_for(code)
    return rule.name if rule else ""
