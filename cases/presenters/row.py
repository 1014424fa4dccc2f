"""One row of the checklist as it is shown: its choices, its status that a save answers with, its mark. No queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from cases.enums import FindingLabel, FindingOrigin
from cases.queries.case_page import Passage, Seen, seen
from cases.queries.lines import LineReview
from cases.typed_facts import EXAMPLES
from criteria.assessment import Mark, marks
from criteria.enums import Authority, EvidenceRule, FindingValue
from criteria.policy_words import AGAINST, APPLIES
from criteria.tree import Criterion

KINDS = {"met": "met", "not_met": "not-met", "unclear": "unclear", "not_documented": "missing", "not_applicable": "na"}
MARK_WORDS = {
    Mark.OPEN: "open",
    Mark.SETTLED: "no longer needed",
    Mark.COUNTED: "counts",
    Mark.REASON: "why it is not met",
    Mark.NOT_APPLICABLE: "left out",
}
NOT_TYPED = "Read from the record; the facts are not typed in, so nothing was computed."
TYPED = {
    "symptom_duration": ("Onset", "onset"),
    "treatments": ("Trial", "treatment"),
    "prior_sessions": ("Earlier session", "session"),
    "days_since_last": ("Earlier session", "session"),
    "months_since_last": ("Earlier session", "session"),
    "diagnosis": ("Diagnosis", "diagnosis"),
    "sites": ("Exam finding", "exam"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One of the five findings, in the shape of components/seg.html."""

    value: str
    label: str
    kind: str
    key: str
    checked: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote with the link that opens its page in the viewer."""

    id: int
    quote: str
    source: str
    page: int
    url: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the check says. `accept` is the value a press sends; empty where it is taken over already."""

    word: str
    why: str
    accept: str
    waits: bool  # rests on facts that nobody has confirmed


@dataclass(frozen=True, slots=True)
class Status:
    """What a save swaps in a row: version, evidence, proposal, who and when. The controls beside it are never swapped."""

    id: str
    number: int
    version: int
    value: str
    word: str
    evidence: list[Cited]
    proposal: Proposed | None
    untyped: str
    computed: str
    searched: str
    stale: str
    bare: bool
    who: str
    at: datetime | None
    is_open: bool
    frozen: bool


@dataclass(frozen=True, slots=True)
class MarkShown:
    """Where a criterion stands: `kind` open, settled, counted, reason, not_applicable."""

    id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion."""

    id: str
    number: int
    depth: int
    text: str
    help: str
    needs: str
    verify: str
    references: list[int]
    is_exclusion: bool
    director: bool
    options: list[Option]
    note: str
    typed_label: str
    typed_example: str
    same_on: str
    status: Status
    mark: MarkShown


def status_of(review: LineReview, leaf: Criterion, number: int, *, frozen: bool = False) -> Status:
    """The part of a row that a save answers with."""
    row = seen(review, leaf.id)
    proposal = review.line.proposals.get(leaf.id)
    value = row.value if row and row.value else ""
    is_exclusion = leaf.id in review.exclusions
    bare = value == FindingValue.MET and leaf.evidence is EvidenceRule.REQUIRED and row is not None and not row.evidence
    accepted = row is not None and row.origin == FindingOrigin.ACCEPTED
    assessment = review.assessment
    return Status(
        id=leaf.id,
        number=number,
        version=row.version if row else 0,
        value=value,
        word=word_of(value, is_exclusion=is_exclusion) if value else "not marked",
        evidence=[_cited(passage) for passage in row.evidence] if row else [],
        proposal=None if frozen else _proposed(row, proposal, is_exclusion=is_exclusion),
        untyped=NOT_TYPED if row is not None and not row.stale and _is_read(row, proposal) else "",
        computed=sentence(row.arithmetic) if row and accepted else "",
        searched=searched_words(row) if row and value == FindingValue.NOT_DOCUMENTED else "",
        stale=sentence(row.stale) if row else "",
        bare=bare and not accepted,
        who=row.who if row else "",
        at=row.at if row else None,
        is_open=bool(assessment and leaf.id in assessment.open),
        frozen=frozen,
    )


def mark_of(review: LineReview, criteria: Iterable[str] | None = None) -> list[MarkShown]:
    """The marks of these criteria, or of all."""
    if review.joined is None or review.assessment is None:
        return []
    named = marks(review.joined, review.values, review.assessment)
    return [
        MarkShown(criterion, named[criterion], MARK_WORDS[Mark(named[criterion])])
        for criterion in (named if criteria is None else criteria)
    ]


def word_of(value: str, *, is_exclusion: bool) -> str:
    """A finding as a row words it."""
    return (APPLIES.get(value) if is_exclusion else None) or FindingLabel(value).label


def kind_of(value: str | None, *, is_exclusion: bool) -> str:
    """The look of a finding. An exclusion that applies speaks against, one that does not speaks for."""
    if is_exclusion and value in AGAINST:
        value = AGAINST[value]
    return KINDS.get(value or "", "na")


def sentence(text: str) -> str:
    """The same words as a sentence."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", "!", "?")) else ".")


def searched_words(row: Seen) -> str:
    """ "Searched in 1 document, 1 page": what this reviewer had opened."""
    documents, pages = len({run[0] for run in row.searched}), sum(run[2] - run[1] + 1 for run in row.searched)
    if not documents:
        return "No page of the record was opened before this was marked."
    return f"Searched in {documents} document{'s' if documents > 1 else ''}, {pages} page{'s' if pages > 1 else ''}."


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def row_of(
    review: LineReview,
    leaf: Criterion,
    number: int,
    depth: int,
    references: Mapping[str, int],
    siblings: Sequence[LineReview],
    mark: MarkShown,
    *,
    frozen: bool,
) -> Row:
    found = seen(review, leaf.id)
    is_exclusion = leaf.id in review.exclusions
    label, kind = TYPED.get(leaf.check.name, ("", "")) if leaf.check else ("", "")
    if leaf.check and leaf.check.name == "sites" and "examined" not in leaf.check.args:
        label = kind = ""
    same = [str(sibling.line.number) for sibling in siblings if _same_question(leaf, sibling)]
    return Row(
        id=leaf.id,
        number=number,
        depth=depth,
        text=leaf.text,
        help=leaf.help,
        needs="; ".join(leaf.needs),
        verify=leaf.verify,
        references=[references[each] for each in leaf.cites if each in references],
        is_exclusion=is_exclusion,
        director=leaf.authority is Authority.PHYSICIAN,
        options=_options(leaf, found.value if found else None, is_exclusion=is_exclusion, frozen=frozen),
        note=found.note if found else "",
        typed_label=label,
        typed_example=EXAMPLES[kind] if kind else "",
        same_on=" and ".join(same) if len(same) < 3 else ", ".join(same[:-1]) + " and " + same[-1],
        status=status_of(review, leaf, number, frozen=frozen),
        mark=mark,
    )


def _options(leaf: Criterion, value: str | None, *, is_exclusion: bool, frozen: bool) -> list[Option]:
    offered = [each for each in FindingLabel if each != FindingLabel.NOT_APPLICABLE or leaf.may_not_apply]
    return [
        Option(
            each.value,
            word_of(each.value, is_exclusion=is_exclusion),
            kind_of(each.value, is_exclusion=is_exclusion),
            str(key),
            value == each.value,
            frozen,
        )
        for key, each in enumerate(offered, start=1)
    ]


def _same_question(leaf: Criterion, sibling: LineReview) -> bool:
    return any(other.id == leaf.id or other.text.casefold() == leaf.text.casefold() for other in sibling.criteria)


def _cited(passage: Passage) -> Cited:
    place: dict[str, Any] = {"document": passage.document_id, "page": passage.page}
    if passage.start is not None:
        place["mark"] = f"{passage.start}-{passage.end}"
    return Cited(passage.id, passage.quote, passage.document, passage.page, f"?{urlencode(place)}")


def _is_read(row: Seen, proposal: Mapping[str, Any] | None) -> bool:
    """A reviewer answered from the record, with quotes; the check says only that nothing is typed in that it could count."""
    answered = row.value in (FindingValue.MET, FindingValue.NOT_MET) and bool(row.evidence)
    return answered and proposal is not None and proposal["finding"] == FindingValue.NOT_DOCUMENTED


def _proposed(row: Seen | None, proposal: Mapping[str, Any] | None, *, is_exclusion: bool) -> Proposed | None:
    if proposal is None:
        return None
    finding, arithmetic = proposal["finding"], proposal["arithmetic"]
    if row is not None and not row.stale:
        accepted = row.origin == FindingOrigin.ACCEPTED and (row.value, row.arithmetic) == (finding, arithmetic)
        if (
            accepted or _is_read(row, proposal) or (row.value is not None and row.value == proposal["stated"])
        ):  # the reviewer has read what the form stated
            return None
    return Proposed(word_of(finding, is_exclusion=is_exclusion).lower(), sentence(arithmetic), finding, bool(proposal["stated"]))
