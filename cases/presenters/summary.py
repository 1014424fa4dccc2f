"""The determination summary as values: the bottom line, then each procedure by what the record supports, lacks and would need. No queries.

It says what stands: a line that nobody decided is undecided, whatever its criteria say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from authreview import due
from cases.enums import ADVERSE, LineStatus, Outcome
from cases.models import Determination
from cases.presenters.decide import asked_for, line_name
from cases.presenters.references import Cited, References
from cases.presenters.request import RequestShown, request_shown
from cases.presenters.signoff import CriterionRow, FlagShown, Quote, criterion_row, flags_shown
from cases.queries.decide import what_could_change
from cases.queries.lines import LineReview
from cases.queries.snapshot import verify_signature
from cases.queries.summary import Summed, reviewers
from cases.wording import joined, vague_words
from criteria.enums import Family, FindingValue, Leans, Value
from criteria.tree import Criterion, Policy, leaves

NOTICE = (
    "This summary supports and does not replace clinical judgement. It says how the criteria of the policy in force were marked on the "
    "record; a decision stands only where one is signed, and by the person named there."
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One criterion in a list: its words, the quotes behind it, its citations."""

    text: str
    detail: str
    quotes: list[Quote]
    cites: list[int]
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion of the table, with citations."""

    row: CriterionRow
    cites: list[int]


@dataclass(frozen=True, slots=True)
class EvidenceNote:
    says: str
    leans: str
    cites: list[int]
    verify: str


@dataclass(frozen=True, slots=True)
class Pitfall:
    """Words of the record that sound like an answer and are none."""

    words: str
    hint: str


@dataclass(frozen=True, slots=True)
class LineSummary:
    """One procedure. `bottom_line` is the sentence that also stands at the top."""

    anchor: str
    name: str
    asked_for: str
    bottom_line: str
    kind: str
    why_rule: str
    supports: list[Statement]
    missing: list[Statement]
    against: list[Statement]
    parts: list[tuple[str, list[Row], int]]  # title, criteria, and how many more nobody needed to mark
    limits: list[Row]
    notes: list[EvidenceNote]
    change_title: str
    change: list[str]
    pitfalls: list[Pitfall]
    flags: list[FlagShown]
    requests: list[RequestShown]
    rationale: str
    verify: list[str]


@dataclass(frozen=True, slots=True)
class Status:
    """One step of the review: entered, reviewed, signed."""

    step: str
    who: str
    at: str
    detail: str
    done: bool


@dataclass(frozen=True, slots=True)
class Summary:
    lines: list[LineSummary]
    references: list[Cited]
    statuses: list[Status]
    versions: list[str]
    documents: list[str]
    is_signed: bool
    notice: str = NOTICE


def summary(found: Summed) -> Summary:
    """References are numbered where they are first cited, from top to bottom."""
    numbering = References()
    lines = [_line(found, review, numbering) for review in found.reviews]
    return Summary(
        lines=lines,
        references=numbering.listed,
        statuses=_statuses(found),
        versions=_versions(found),
        documents=_documents(found),
        is_signed=all(_is_settled(review) for review in found.reviews),
    )


def _is_settled(review: LineReview) -> bool:
    """Signed, or ended without a decision."""
    return review.determination is not None or review.line.status in (
        LineStatus.WITHDRAWN,
        LineStatus.VOID,
        LineStatus.NO_REVIEW_NEEDED,
    )


# ---- one procedure --------------------------------------------------------------------------------------------------------------
def _line(found: Summed, review: LineReview, numbering: References) -> LineSummary:
    line, policies, rest = review.line, found.policies[review.line.pk], found.beside[review.line.pk]
    documents = {row.pk: row for row in rest.documents}
    text, kind = bottom_line(review)
    supports = [leaf for leaf in review.criteria if _speaks_for(review, leaf)]
    missing, against = _missing(review), _against(review)
    parts, limits = [], []
    for part, policy in _parts(review, policies):
        rows = [
            Row(criterion_row(review, leaf, documents), numbering.numbers(leaf.cites, policies))
            for leaf in review.criteria
            if leaf.id in part
        ]
        shown = [row for row in rows if not _is_passed_over(review, row.row.id)]
        parts.append((policy, shown, len(rows) - len(shown)))
        limited = {leaf.id for leaf in review.criteria if leaf.family is Family.BENEFIT_LIMIT}
        limits += [row for row in rows if row.row.id in limited and (row.row.arithmetic or review.values.get(row.row.id))]
    title, change = _change(review)
    return LineSummary(
        anchor=f"line-{line.number}",
        name=line_name(line, found.names),
        asked_for=asked_for(line),
        bottom_line=text,
        kind=kind,
        why_rule=line.pinned_why,
        supports=[_statement(review, leaf, numbering, policies) for leaf in supports],
        missing=[_statement(review, leaf, numbering, policies) for leaf in missing],
        against=[_statement(review, leaf, numbering, policies) for leaf in against],
        parts=parts,
        limits=limits,
        notes=_evidence_notes(review, numbering, policies),
        change_title=title,
        change=change,
        pitfalls=_pitfalls(review),
        flags=flags_shown(review),
        requests=[request_shown(row, line.pk) for row in rest.requests],
        rationale=review.determination.rationale if review.determination else "",
        verify=list(dict.fromkeys(leaf.verify for leaf in [*missing, *against] if leaf.verify)),
    )


def bottom_line(review: LineReview) -> tuple[str, str]:
    """One sentence on how the line stands, and the kind of its pill. Undecided is undecided."""
    line, decided = review.line, review.determination
    if decided is not None:
        return _decided(decided), "met" if decided.outcome == Outcome.APPROVED else "not-met"
    if line.status in (LineStatus.WITHDRAWN, LineStatus.VOID, LineStatus.NO_REVIEW_NEEDED):
        return f"{LineStatus(line.status).label}: {line.ended_why or 'no reason recorded'}.", "na"
    if review.assessment is None:
        return "Undecided. No policy governs it; a medical director reviews it for general necessity.", "missing"
    where = {
        LineStatus.AWAITING_INFORMATION: "Information was asked for.",
        LineStatus.PHYSICIAN_REVIEW: "It is with a medical director.",
        LineStatus.PEER_TO_PEER: "A peer-to-peer conversation is offered.",
    }.get(LineStatus(line.status), "It is with the nurse.")
    return f"Undecided. {_marked(review)} {where}", "missing"


def _marked(review: LineReview) -> str:
    """What the marks say, without a verdict."""
    if review.assessment is None:
        return ""
    if review.assessment.value is Value.MET:
        return "The criteria are met as marked."
    if review.assessment.value is Value.NOT_MET:
        reasons = [leaf.text for leaf in review.criteria if leaf.id in review.assessment.reasons]
        return f"The criteria are not met as marked ({'; '.join(reasons)})."
    count = len(review.assessment.shortest)
    return f"{count} thing{' is' if count == 1 else 's are'} missing." if count else "What is marked settles nothing."


def _decided(row: Determination) -> str:
    by = f"{row.signed_by.signature}, {due.day(row.signed_at)}"
    if row.outcome == Outcome.DENIED:
        return f"Denied: {row.get_basis_display().lower()}. Signed by {by}."
    units = f"{row.approved_units} of {row.requested_units} unit{'' if row.requested_units == 1 else 's'}"
    dates = f"{due.day(row.valid_from)} to {due.day(row.valid_through)}" if row.valid_from != row.valid_through else due.day(row.valid_from)
    return f"{row.get_outcome_display()}: {units}, {dates}, authorization {row.authorization_number}. Signed by {by}."


def _speaks_for(review: LineReview, leaf: Criterion) -> bool:
    wanted = FindingValue.NOT_MET if leaf.id in review.exclusions else FindingValue.MET
    absent = leaf.silence_absent and review.values.get(leaf.id) == FindingValue.NOT_DOCUMENTED
    return review.values.get(leaf.id) == wanted or absent


def _missing(review: LineReview) -> list[Criterion]:
    """What is open and can still change the value; what nobody needed to mark is not missing."""
    ids = review.assessment.open if review.assessment else ()
    return [leaf for leaf in review.criteria if leaf.id in ids and not _is_passed_over(review, leaf.id)]


def _is_passed_over(review: LineReview, criterion: str) -> bool:
    """Not marked, and not on the shortest way to approval either: no longer needed, or another way was taken."""
    if review.assessment is None or review.values.get(criterion) is not None:
        return False
    return criterion not in {step.criterion for step in review.assessment.shortest}


def _against(review: LineReview) -> list[Criterion]:
    """What the record shows to the contrary: the reasons, or a criterion not met that an open one may take the place of."""
    contrary = {True: FindingValue.MET, False: FindingValue.NOT_MET}
    return [leaf for leaf in review.criteria if review.values.get(leaf.id) == contrary[leaf.id in review.exclusions]]


def _statement(review: LineReview, leaf: Criterion, numbering: References, policies: Sequence[Policy]) -> Statement:
    row = criterion_row(review, leaf, {})
    detail = "; ".join(part for part in (row.arithmetic, row.note) if part)
    return Statement(
        leaf.text, f"{row.finding}{f': {detail}' if detail else ''}", row.quotes, numbering.numbers(leaf.cites, policies), row.kind
    )


def _parts(review: LineReview, policies: Sequence[Policy]) -> list[tuple[set[str], str]]:
    if review.joined is None:
        return []
    titles = {rule.id: f"{policy.title} {policy.version}" for policy in policies for rule in policy.rules}
    found = []
    for part in review.joined.parts:
        ids = {leaf.id for leaf in leaves(part.criteria)}
        found.append((ids, titles.get(part.id, part.name)))
    return found


def _evidence_notes(review: LineReview, numbering: References, policies: Sequence[Policy]) -> list[EvidenceNote]:
    notes = [note for part in (review.joined.parts if review.joined else ()) for note in part.evidence_notes]
    words = {Leans.SUPPORTS: "Supports", Leans.LIMITS: "Limits"}
    return [
        EvidenceNote(note.says, words[note.leans], numbering.numbers(note.cites, policies), note.verify) for note in dict.fromkeys(notes)
    ]


def _change(review: LineReview) -> tuple[str, list[str]]:
    """What would change it: of an undecided line the shortest way, of a decision against the request its own reasons alone."""
    decided, assessment = review.determination, review.assessment
    if decided is not None and decided.outcome in ADVERSE:
        return "What could change this decision", what_could_change(review, decided.basis)
    if decided is not None or assessment is None or assessment.value is Value.MET:
        return "", []
    if assessment.value is Value.NOT_MET:
        return "What could change what is marked", what_could_change(review, "medical_necessity")
    asks = [leaf.ask["en"] for step in assessment.shortest if (leaf := review.criterion(step.criterion))]
    return "The shortest way to approval", [text if text.endswith(".") else f"{text}." for text in dict.fromkeys(asks)]


def _pitfalls(review: LineReview) -> list[Pitfall]:
    """Vague words in the passages that were cited for what is not settled."""
    found: dict[str, Pitfall] = {}
    for finding in review.findings.values():
        if finding.value in (FindingValue.UNCLEAR, FindingValue.NOT_DOCUMENTED, None):
            for row in finding.evidence.all():
                for word in vague_words(row.quote):
                    found.setdefault(word.text.lower(), Pitfall(row.quote, word.hint))
    return list({(each.words, each.hint): each for each in found.values()}.values())


# ---- the whole ------------------------------------------------------------------------------------------------------------------
def _statuses(found: Summed) -> list[Status]:
    case = found.case
    back_dated = f", received {due.day_time(case.received_at)} ({case.received_reason})" if case.received_reason else ""
    came = f"by {case.get_channel_display().lower()}{back_dated}"
    statuses = [Status("Entered", found.entered_by.signature, due.day_time(case.entered_at), came, True)]
    people = reviewers(found.reviews)
    last = max((finding.at for review in found.reviews for finding in review.findings.values()), default=None)
    statuses.append(
        Status("Reviewed", joined([person.signature for person in people]) or "nobody yet", due.day_time(last), "", bool(people))
    )
    for review in found.reviews:
        row, number = review.determination, review.line.number
        if row is None:
            words = "ended without a decision" if _is_settled(review) else "not signed"
            statuses.append(Status(f"Line {number}", words, "", "", _is_settled(review)))
        else:
            verified = "signature verified" if verify_signature(row) else "the signature does not verify"
            detail = f"{row.get_outcome_display().lower()}, licence {row.licence}, {verified}" if row.licence else verified
            statuses.append(Status(f"Line {number} signed", row.signed_by.signature, due.day_time(row.signed_at), detail, True))
    return statuses


def _versions(found: Summed) -> list[str]:
    said: list[str] = []
    for review in found.reviews:
        for row, policy in zip(review.line.pinned, found.policies[review.line.pk], strict=True):
            revision = f", revision {due.day(policy.source.revision)}" if policy.source.revision else ""
            said.append(f"{row['title']} {row['version']} ({policy.source.name}{revision}), digest {row['digest'][:12]}")
    return list(dict.fromkeys(said))


def _documents(found: Summed) -> list[str]:
    rest = next(iter(found.beside.values()), None)
    if rest is None:
        return []
    return [
        ", ".join(part for part in (row.title, due.day(row.date), _pages(row.page_count), f"digest {row.sha256[:12]}") if part)
        for row in rest.documents
    ]


def _pages(count: int) -> str:
    return f"{count} page{'' if count == 1 else 's'}"
