"""What nobody has marked on a line and still matters: which of it "not documented" can be said of, and what is left for a reviewer."""

from dataclasses import dataclass

from criteria.enums import FindingValue
from criteria.tree import Criterion

from .case_page import seen
from .lines import LineReview


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A criterion that something speaks to: what the check says (a finding), or nothing where a passage is cited."""

    leaf: Criterion
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """`criteria` with the version of each, as a page shows it and sends it back; in document order."""

    criteria: tuple[tuple[Criterion, int], ...]
    left_out: tuple[LeftOut, ...]

    @property
    def versions(self) -> dict[str, int]:
        return {leaf.id: version for leaf, version in self.criteria}


def rest_of(review: LineReview) -> Rest:
    """Open criteria without an answer. Left out is what a check or a passage says something about, whatever it is."""
    criteria: list[tuple[Criterion, int]] = []
    left_out: list[LeftOut] = []
    wanted = review.assessment.open if review.assessment else ()
    for leaf in review.criteria:
        row, proposal = seen(review, leaf.id), review.line.proposals.get(leaf.id)
        if leaf.id not in wanted or (row is not None and row.value is not None):
            continue
        if proposal is not None and proposal["finding"] != FindingValue.NOT_DOCUMENTED:
            left_out.append(LeftOut(leaf, proposal["finding"]))
        elif row is not None and row.evidence:
            left_out.append(LeftOut(leaf))
        else:
            criteria.append((leaf, row.version if row else 0))
    return Rest(tuple(criteria), tuple(left_out))
