"""One line as it is reviewed: its joined rule, findings and assessment together. The assessment is computed here, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cases.models import Determination, Finding, ServiceLine
from criteria.assessment import Assessment, assess
from criteria.enums import EvidenceRule, FindingValue
from criteria.tree import Criterion, Joined, negated

from .rules import joined_rule


@dataclass(frozen=True)
class LineReview:
    """A loaded line under its rule. `joined` and `assessment` are None where no policy governs (general necessity)."""

    line: ServiceLine
    joined: Joined | None
    findings: Mapping[str, Finding]

    @cached_property
    def values(self) -> dict[str, str | None]:
        """Criterion -> finding value, as the engine reads it."""
        return {criterion: finding.value for criterion, finding in self.findings.items()}

    @cached_property
    def assessment(self) -> Assessment | None:
        return assess(self.joined, self.values) if self.joined else None

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        return self.joined.criteria if self.joined else ()

    @cached_property
    def exclusions(self) -> frozenset[str]:
        """Criteria worded as exclusions: `met` means that it applies."""
        return negated(self.joined.root) if self.joined else frozenset()

    def criterion(self, criterion_id: str) -> Criterion | None:
        return next((leaf for leaf in self.criteria if leaf.id == criterion_id), None)

    @cached_property
    def without_evidence(self) -> list[Criterion]:
        """Criteria marked met that must show their evidence and have none. An accepted check with its arithmetic is evidence too."""
        return [leaf for leaf in self.criteria if leaf.evidence is EvidenceRule.REQUIRED and self._is_bare(leaf.id)]

    def _is_bare(self, criterion_id: str) -> bool:
        finding = self.findings.get(criterion_id)
        if finding is None or finding.value != FindingValue.MET:
            return False
        return not finding.evidence.all() and finding.origin != "accepted"

    @property
    def flags(self) -> list[dict[str, Any]]:
        """All flags, resolved ones with `resolved` set."""
        return list(self.line.flags)

    @property
    def determination(self) -> Determination | None:
        """The decision that stands."""
        rows = list(self.line.determinations.all())
        return rows[-1] if rows else None


def line_review(line: ServiceLine) -> LineReview:
    """`line` comes from recorded.loaded_lines: findings with evidence are prefetched."""
    return LineReview(line, joined_rule(line), {finding.criterion: finding for finding in line.findings.all()})
