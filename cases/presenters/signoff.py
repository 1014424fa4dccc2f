"""The sign-off page as values: rule, criteria with their quotes, what was asked, said and opened, and who may sign. No queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from authreview import due
from authreview.errors import Denied
from authreview.models import Licence, User
from cases import permissions
from cases.enums import FindingOrigin, LineStatus, PeerOutcome
from cases.models import Case, Document, Evidence, Finding, PeerToPeer, ServiceLine
from cases.permissions import why_not
from cases.queries.lines import LineReview
from cases.readiness import row_url, unanswered
from criteria.enums import FindingValue
from criteria.tree import Criterion, Policy, Rule, leaves

from .decide import finding_words
from .request import lines_words

KINDS = {
    FindingValue.MET: "met",
    FindingValue.NOT_MET: "not-met",
    FindingValue.UNCLEAR: "unclear",
    FindingValue.NOT_DOCUMENTED: "missing",
    FindingValue.NOT_APPLICABLE: "na",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage with its place in the record."""

    text: str
    source: str
    page: int
    url: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion: what was found, on what it rests. `kind` is a mark of components.css; exclusions have none of met and not met."""

    id: str
    text: str
    finding: str
    kind: str
    quotes: list[Quote]
    arithmetic: str
    searched: str
    note: str
    by: str
    stale: str
    is_reason: bool
    verify: str
    url: str


@dataclass(frozen=True, slots=True)
class RulePart:
    """The base or an exception of the joined rule, with its criteria."""

    title: str
    rule: str
    rows: list[CriterionRow]
    rest: list[CriterionRow]  # nobody marked them, and they can be no reason: an alternative is met
    verify: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold before signing: a tick and its words, or what stands against it."""

    ok: bool
    words: str


def rule_parts(review: LineReview, policies: Sequence[Policy], documents: Sequence[Document]) -> list[RulePart]:
    """Base first. Empty where no policy governs."""
    if review.joined is None:
        return []
    pages = {row.pk: row for row in documents}
    by_rule = {rule.id: policy for policy in policies for rule in policy.rules}
    return [_part(review, part, by_rule.get(part.id), pages) for part in review.joined.parts]


def _part(review: LineReview, part: Rule, policy: Policy | None, documents: dict[int, Document]) -> RulePart:
    ids = {leaf.id for leaf in leaves(part.criteria)}
    rows = [criterion_row(review, leaf, documents) for leaf in review.criteria if leaf.id in ids]
    title = f"{policy.title} {policy.version}" if policy else part.name
    needed = {leaf.id for leaf in unanswered(review)} | {criterion for criterion, value in review.values.items() if value is not None}
    shown, rest = [row for row in rows if row.id in needed], [row for row in rows if row.id not in needed]
    return RulePart(title, part.name, shown, rest, part.verify)


def criterion_row(review: LineReview, leaf: Criterion, documents: dict[int, Document]) -> CriterionRow:
    finding = review.findings.get(leaf.id)
    exclusion = leaf.id in review.exclusions
    value = finding.value if finding else None
    kind = KINDS[FindingValue(value)] if value else "missing"
    absent = leaf.silence_absent and value == FindingValue.NOT_DOCUMENTED  # what nobody wrote down about it is taken as absent
    if exclusion and (absent or value in (FindingValue.MET, FindingValue.NOT_MET)):
        kind = "ink"
    reasons = review.assessment.reasons if review.assessment else ()
    return CriterionRow(
        id=leaf.id,
        text=leaf.text,
        finding=finding_words(FindingValue.NOT_MET if absent else value, exclusion=exclusion).capitalize(),
        kind=kind,
        quotes=quotes(review.line.case, finding),
        arithmetic=finding.arithmetic if finding and finding.origin == FindingOrigin.ACCEPTED else "",
        searched=searched_words(finding, documents),
        note=finding.note if finding else "",
        by=f"{finding.by.signature}, {due.day(finding.at)}" if finding else "",
        stale=finding.stale if finding else "",
        is_reason=leaf.id in reasons,
        verify=leaf.verify,
        url=row_url(review, leaf.id),
    )


def quotes(case: Case, finding: Finding | None) -> list[Quote]:
    return [_quote(case, row) for row in finding.evidence.all()] if finding else []


def _quote(case: Case, row: Evidence) -> Quote:
    source = f"{row.document.title}{f', {due.day(row.document.date)}' if row.document.date else ''}"
    url = reverse("document", args=[case.reference, row.document_id]) + f"?page={row.page}"
    return Quote(row.quote, source, row.page, url + (f"&mark={row.start}-{row.end}" if row.start is not None else ""))


def searched_words(finding: Finding | None, documents: dict[int, Document]) -> str:
    """ "searched in 1 document, 1 page", from the pages that the reviewer had opened."""
    if finding is None or finding.value != FindingValue.NOT_DOCUMENTED or not finding.searched:
        return ""
    pages = sum(last - first + 1 for _, first, last in finding.searched)
    names = len({document for document, _, _ in finding.searched if document in documents}) or len(finding.searched)
    return f"searched in {names} document{'' if names == 1 else 's'}, {pages} page{'' if pages == 1 else 's'}"


# ---- peer-to-peer, flags, opened ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Conversation:
    words: str
    state: str
    detail: str
    is_open: bool


def together(row: PeerToPeer, rows: Iterable[PeerToPeer]) -> list[PeerToPeer]:
    """The rows of the conversation that this row is of: they were offered by one press."""
    offer = (row.offered_at, row.offered_by_id, row.offered_how)
    return [each for each in rows if (each.offered_at, each.offered_by_id, each.offered_how) == offer]


def conversation(row: PeerToPeer, rows: Sequence[PeerToPeer]) -> Conversation:
    """`rows`: all of the case."""
    numbers = [each.line.number for each in together(row, rows)]
    about = f" on {lines_words(numbers).lower()}" if len(numbers) > 1 else ""
    words = f"Offered {due.day_time(row.offered_at)} by {_small(row.offered_how)}{about}, until {due.day_time(row.open_until)}."
    if row.closed_at is None:
        return Conversation(words, "not held yet", "", True)
    parts = [row.practitioner, row.specialty, due.day_time(row.closed_at)]
    detail = ", ".join(part for part in parts if part)
    said = f"{detail}. {row.new_information}".strip() if row.new_information else f"{detail}."
    return Conversation(words, PeerOutcome(row.outcome).label.lower(), said, False)


def _small(how: str) -> str:
    """A way of offering inside a sentence: "Call to 555-0142" was by call to 555-0142."""
    return how[:1].lower() + how[1:] if how[1:2].islower() else how


@dataclass(frozen=True, slots=True)
class FlagShown:
    sentence: str
    resolved: str


def flags_shown(review: LineReview) -> list[FlagShown]:
    """Each flag, and how it was resolved."""
    notes = {(row.flag, row.fingerprint): row.note for row in review.line.resolutions.all()}
    found = []
    for flag in review.flags:
        words = dict(flag["resolutions"]).get(flag["resolved"], "")
        note = notes.get((flag["key"], flag["fingerprint"]), "")
        found.append(FlagShown(flag["sentence"], f"{words}. {note}".strip() if words else ""))
    return found


def opened_words(opened: tuple[set[int], int], documents: Sequence[Document]) -> str:
    pages = sum(row.page_count for row in documents)
    files = f"{len(opened[0])} of {len(documents)} document{'' if len(documents) == 1 else 's'}"
    return f"Opened by you: {files}, {opened[1]} of {pages} page{'' if pages == 1 else 's'}"


# ---- who may sign ---------------------------------------------------------------------------------------------------------------
def checks(review: LineReview, reader: User, licences: Iterable[Licence], case: Case, on: date) -> list[Check]:
    """Licence, specialty where the state asks for it, no part in the review, every criterion answered."""
    found = []
    try:
        licence = permissions.check_licence(licences, case, on)
        specialty = f", {reader.specialty.lower()}" if reader.specialty else ""
        found.append(Check(True, f"Licensed in {licence.state} until {due.day(licence.expires_on)}{specialty}"))
    except Denied as denied:
        found.append(Check(False, denied.sentence))
    if case.line_of_business in permissions.SAME_SPECIALTY.get(case.state, ()):
        other = why_not(permissions.check_specialty, reader, case)
        found.append(Check(not other, other or "Of the practitioner's specialty"))
    own = reader.pk in review.line.reviewer_ids
    found.append(Check(not own, permissions.OWN_REVIEW if own else "No part in the nurse review"))
    rest = len(unanswered(review))
    if review.joined is None:
        found.append(Check(True, "No policy governs: reviewed for general necessity"))
    else:
        found.append(Check(not rest, "All criteria answered" if not rest else f"{rest} criteria not answered yet"))
    return found


def why_not_sign(review: LineReview, reader: User) -> str:
    return why_not(permissions.check_decide, reader, review.line)


def next_line(lines: Sequence[ServiceLine], number: int) -> ServiceLine | None:
    """The next line that waits for a director, going round."""
    waiting = [line for line in lines if line.status in (LineStatus.PHYSICIAN_REVIEW, LineStatus.PEER_TO_PEER) and line.number != number]
    after = [line for line in waiting if line.number > number]
    return next(iter(after or waiting), None)
