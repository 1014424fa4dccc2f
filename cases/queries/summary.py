"""The case as one document: everything the determination summary says, loaded in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass

from authreview.models import User
from cases.models import Case
from criteria.tree import Policy

from .decide import Beside, besides
from .lines import LineReview, line_review
from .recorded import CaseRecord
from .rules import policies
from .worklist import service_names


@dataclass(frozen=True)
class Summed:
    """A loaded case with a review, what stands beside it and the pinned policies for each line."""

    record: CaseRecord
    reviews: list[LineReview]
    beside: dict[int, Beside]
    policies: dict[int, tuple[Policy, ...]]
    names: dict[str, str]
    entered_by: User

    @property
    def case(self) -> Case:
        return self.record.case


def summed(record: CaseRecord) -> Summed:
    reviews = [line_review(line) for line in record.lines]
    return Summed(
        record=record,
        reviews=reviews,
        beside=besides(record.case, record.lines),
        policies={review.line.pk: policies(review.line) for review in reviews},
        names=service_names({line.code for line in record.lines}),
        entered_by=record.case.entered_by,
    )


def reviewers(reviews: Sequence[LineReview]) -> list[User]:
    """Who marked criteria, each once, in the order of their first finding."""
    found: dict[int, User] = {}
    for review in reviews:
        for finding in review.findings.values():
            found.setdefault(finding.by_id, finding.by)
    return list(found.values())
