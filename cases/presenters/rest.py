"""What is left to mark on a line, as the dialog names it: what would be marked, what is left out and why, where was looked. No queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from authreview.due import day
from cases.models import Document
from cases.queries.lines import LineReview
from cases.queries.rest import LeftOut, Rest

from .checklist import numbering
from .row import word_of


@dataclass(frozen=True, slots=True)
class ToMark:
    """One criterion. `shown` is what the form sends back: the criterion with the version that was looked at."""

    number: int
    text: str
    shown: str
    is_exclusion: bool


@dataclass(frozen=True, slots=True)
class Kept:
    number: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class RestShown:
    line: int
    to_mark: list[ToMark]
    left_out: list[Kept]
    searched: list[str]
    not_opened: list[str]
    why_not: str


def rest_shown(
    review: LineReview, rest: Rest, opened: Sequence[tuple[int, int, int]], documents: Iterable[Document], why_not: str
) -> RestShown:
    """`opened`: runs of pages, (document, first, last). `why_not`: the sentence with which the step would be refused."""
    numbers, by_document = numbering(review), list(documents)
    runs = {document.pk: [(first, last) for each, first, last in opened if each == document.pk] for document in by_document}
    return RestShown(
        line=review.line.number,
        to_mark=[
            ToMark(numbers[leaf.id], leaf.text, f"{leaf.id}:{version}", leaf.id in review.exclusions) for leaf, version in rest.criteria
        ],
        left_out=[Kept(numbers[each.leaf.id], each.leaf.text, _why(review, each)) for each in rest.left_out],
        searched=[_pages(document, runs[document.pk]) for document in by_document if runs[document.pk]],
        not_opened=[_named(document) for document in by_document if not runs[document.pk]],
        why_not=why_not,
    )


def _why(review: LineReview, left: LeftOut) -> str:
    if not left.proposed:
        return "a passage is cited to it"
    return f"the check proposes: {word_of(left.proposed, is_exclusion=left.leaf.id in review.exclusions).lower()}"


def _named(document: Document) -> str:
    return f"{document.title}, {day(document.date)}" if document.date else document.title


def _pages(document: Document, runs: Sequence[tuple[int, int]]) -> str:
    count = sum(last - first + 1 for first, last in runs)
    if count == document.page_count:
        return _named(document) + (", its one page" if count == 1 else f", all {count} pages")
    said = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in runs)
    return f"{_named(document)}, page{'s' if count > 1 else ''} {said} of {document.page_count}"
