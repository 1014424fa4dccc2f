"""Where a line stands, in words: headline, what supports it, what is open and matters, flags, the next step. No queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from authreview.models import User
from cases import permissions, workflow
from cases.enums import LineStatus
from cases.queries.lines import LineReview
from criteria.assessment import Assessment
from criteria.enums import Authority, FindingValue, Next, Value
from criteria.tree import Criterion
from criteria.ways import Open, open_parts

from .checklist import numbering
from .decide import Action, line_actions
from .row import kind_of

COUNTS = ("none", "just this", "both", "all three", "all four", "all five", "all six", "all seven", "all eight", "all nine")
NEXT = {
    Next.CONTINUE: "Mark what is still open.",
    Next.REQUEST_INFORMATION: "Everything open has been looked for: ask the practice for it.",
    Next.REFER: "A medical director decides. Refer the line with your findings and one neutral question.",
    Next.APPROVE: "Approve it in full.",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One entry of a list, with the row it comes from. `kind` is an icon's name."""

    kind: str
    text: str
    criterion: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpenList:
    """What is open in one part of the rule; titled where base and exceptions are two ways."""

    title: str
    points: list[Point]


@dataclass(frozen=True, slots=True)
class FlagShown:
    key: str
    sentence: str
    suggest: str
    resolved: str
    reasons: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Standing:
    line: int
    kind: str
    headline: str
    supports: list[Point]
    against: list[Point]
    open: list[OpenList]
    settled: list[Point]
    bare: list[Point]
    stale: list[Point]
    shortest: str
    flags: list[FlagShown]
    may_resolve: bool
    next: str
    actions: list[Action]

    @property
    def open_flags(self) -> int:
        return sum(1 for flag in self.flags if not flag.resolved)


def standing(review: LineReview, user: User, *, open_request: int | None = None) -> Standing:
    """The panel of one line for this reader. `open_request`: a sent request with items of this line without an answer."""
    assessment = review.assessment
    may_review = not permissions.why_not(permissions.check_review, user, review.line)
    lists = open_lists(review)
    kind, headline = headline_of(review, lists)
    return Standing(
        line=review.line.number,
        kind=kind,
        headline=headline,
        supports=_supports(review),
        against=[_point(review, criterion) for criterion in assessment.reasons] if assessment else [],
        open=lists,
        settled=[_point(review, criterion) for criterion in assessment.settled] if assessment else [],
        bare=[_point(review, leaf.id) for leaf in review.without_evidence],
        stale=[
            Point("unclear", review_text(review, criterion), criterion, row.stale)
            for criterion, row in review.findings.items()
            if row.stale and not (row.value is None and assessment and criterion in assessment.settled)
        ],
        shortest=_shortest(review, assessment, lists) if assessment else "",
        flags=[
            FlagShown(
                flag["key"],
                flag["sentence"],
                flag["suggest"],
                dict(flag["resolutions"]).get(flag["resolved"], flag["resolved"]),
                [(reason, label) for reason, label in flag["resolutions"]],
            )
            for flag in review.flags
        ],
        may_resolve=may_review,
        next=_next(review, assessment),
        actions=line_actions(review, user, open_request=open_request),
    )


def headline_of(review: LineReview, lists: Sequence[OpenList] | None = None) -> tuple[str, str]:
    """(kind, sentence): one line that says it all. Never a verdict."""
    assessment = review.assessment
    if assessment is None:
        return "missing", "No policy governs this line: a director reviews general necessity"
    if assessment.value is Value.MET:
        if assessment.authority is Authority.NURSE:
            return "met", "Criteria met: a nurse may approve"
        return "met", "Criteria met: a medical director certifies"
    if assessment.value is Value.NOT_MET:
        return "not-met", "Not met as marked: a director decides"
    if assessment.next is Next.REFER:
        return "missing", "The rule does not speak to this case: a director decides"
    if not any(review.values.get(leaf.id) for leaf in review.criteria):
        return "missing", "Undecided: nothing is marked yet"
    missing = min((len(each.points) for each in (open_lists(review) if lists is None else lists)), default=0)
    return "missing", f"Undecided: {missing} thing{'s are' if missing != 1 else ' is'} missing"


def open_lists(review: LineReview) -> list[OpenList]:
    """What is open and matters, alternatives joined; apart for base and exceptions, which are two ways to one approval."""
    if review.joined is None or review.assessment is None or review.assessment.value is not Value.UNDETERMINED:
        return []
    lists, base = [], review.joined.base
    for rule, entries in sorted(open_parts(review.joined, review.values), key=lambda part: part[0] is base):
        title = "" if not review.joined.exceptions else ("By the base policy" if rule is base else "By the exception")
        lists.append(OpenList(title, [_entry(review, entry) for entry in entries]))
    return lists


def review_text(review: LineReview, criterion: str) -> str:
    leaf = review.criterion(criterion)
    return leaf.text if leaf else criterion


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _entry(review: LineReview, entry: Open) -> Point:
    """One open entry; alternatives stand as one."""
    if isinstance(entry, Criterion):
        return _point(review, entry.id)
    lead = "One of: " if entry.needed == 1 else f"{entry.needed} of: "
    ways = [[_entry(review, each) for each in way] for way in entry.ways]
    said = [" and ".join(_in_sentence(point.text) for point in points) for points in ways]
    kinds = [point.kind for points in ways for point in points]
    kind = "na" if "na" in kinds else ("unclear" if "unclear" in kinds else "missing")
    return Point(kind, lead + ", or ".join(said), ways[0][0].criterion, "not marked yet" if "na" in kinds else "")


def _point(review: LineReview, criterion: str) -> Point:
    value = review.values.get(criterion)
    text = review_text(review, criterion)
    if criterion in review.exclusions:
        text += {"met": " (applies)", "not_met": " (does not apply)"}.get(value or "", " (whether it applies)")
    return Point(kind_of(value, is_exclusion=criterion in review.exclusions), text, criterion, "" if value else "not marked yet")


def _in_sentence(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _supports(review: LineReview) -> list[Point]:
    """What counts towards approval: met criteria, and exclusions that do not apply; unless nothing hangs on them any more."""
    found = []
    for criterion in numbering(review):
        value = review.values.get(criterion)
        wanted = FindingValue.NOT_MET if criterion in review.exclusions else FindingValue.MET
        if value == wanted:
            found.append(Point("met", _point(review, criterion).text, criterion))
    return found


def _shortest(review: LineReview, assessment: Assessment, lists: Sequence[OpenList]) -> str:
    steps = assessment.shortest
    if not steps:
        return ""
    entries = [each for each in lists if any(point.criterion == step.criterion for point in each.points for step in steps)]
    if len(lists) == 1 and len(steps) == len(lists[0].points):
        return f"Shortest way to approval: {COUNTS[len(steps)] if len(steps) < len(COUNTS) else f'all {len(steps)}'}."
    if len(lists) > 1 and len(entries) == 1 and len(entries[0].points) == len(steps):
        return f"Shortest way to approval: {_in_sentence(entries[0].title)}."
    numbers = numbering(review)
    return "Shortest way to approval: " + ", ".join(str(numbers[step.criterion]) for step in steps) + "."


def _next(review: LineReview, assessment: Assessment | None) -> str:
    status = review.line.status
    if status in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER):
        return "The medical director decides this line."
    if status not in workflow.UNDECIDED:
        return ""
    if assessment is None:
        return NEXT[Next.REFER]
    if assessment.value is Value.MET and assessment.authority is not Authority.NURSE:
        return "The rule asks a medical director to certify: refer it."
    if assessment.value is Value.MET and any(not flag["resolved"] for flag in review.flags):
        return "Settle the flags, then approve it."
    if status == LineStatus.AWAITING_INFORMATION and assessment.next is Next.REQUEST_INFORMATION:
        return "The practice has been asked; the line waits for its answer."
    return NEXT[assessment.next]
