"""The checklist of one line as it is shown: parts (exceptions first), headings and rows of the joined tree, references. No queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.queries.lines import LineReview
from cases.queries.rules import policies
from criteria.assessment import values
from criteria.enums import Authority, Value
from criteria.policy_words import heading
from criteria.tree import Criterion, Group, Node, Policy, Rule, leaves

from .row import Row, mark_of, row_of


@dataclass(frozen=True, slots=True)
class Heading:
    """The sentence over a group: "At least 2 of these: title"."""

    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class Part:
    """The base's rule, or an exception. `folded`: the base cannot help any more, and why."""

    title: str
    label: str
    authority: str
    verify: str
    notes: list[str]
    folded: str
    entries: list[Row | Heading]


@dataclass(frozen=True, slots=True)
class ReferenceShown:
    number: int
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class ChecklistShown:
    """Everything the pane shows. `parts` is empty where no policy governs; `why` then says so."""

    line: int
    parts: list[Part]
    rows: list[Row]
    why: str
    why_not: str
    summaries: list[str]
    pitfalls: list[str]
    references: list[ReferenceShown]
    acceptable: int


def numbering(review: LineReview) -> dict[str, int]:
    """Criterion -> the number beside it. Exceptions stand before the base."""
    shown = [leaf.id for part in shown_parts(review) for leaf in leaves(part.criteria)]
    return {criterion: number for number, criterion in enumerate(shown, start=1)}


def shown_parts(review: LineReview) -> Sequence[Rule]:
    return (*review.joined.exceptions, review.joined.base) if review.joined else ()


def part_values(review: LineReview) -> dict[str, Value | None]:
    """The value of each rule that is joined, by the rule's id."""
    if review.joined is None:
        return {}
    known, parts = values(review.joined, review.values), review.joined.parts
    return {rule.id: known[(place,) if len(parts) > 1 else ()] for place, rule in enumerate(parts)}


def checklist(review: LineReview, siblings: Sequence[LineReview], *, why_not: str = "", acceptable: int = 0) -> ChecklistShown:
    """The pane of one line. `siblings`: the other lines that may be marked, for "the same on line 3"."""
    found = policies(review.line)
    references = _references(found)
    parts = [_part(review, rule, policy, references, siblings, frozen=bool(why_not)) for rule, policy in _with_policy(review, found)]
    return ChecklistShown(
        line=review.line.number,
        parts=parts,
        rows=[entry for part in parts for entry in part.entries if isinstance(entry, Row)],
        why=review.line.pinned_why,
        why_not=why_not,
        summaries=[policy.summary for policy in found if policy.summary],
        pitfalls=[text for policy in (*found[1:], *found[:1]) for text in policy.pitfalls],
        references=list(references.values()),
        acceptable=acceptable,
    )


# ---- parts ----------------------------------------------------------------------------------------------------------------------
References = dict[tuple[str, str], ReferenceShown]


def _with_policy(review: LineReview, found: Sequence[Policy]) -> Iterator[tuple[Rule, Policy]]:
    for rule in shown_parts(review):
        yield rule, next(policy for policy in found if rule in policy.rules)  # equal: it may have been parsed again


def _references(found: Sequence[Policy]) -> References:
    listed: References = {}
    for policy in (*found[1:], *found[:1]):
        for each in policy.references:
            text = ", ".join(str(part) for part in (each.title, each.publisher, each.year) if part)
            listed[policy.policy, each.id] = ReferenceShown(len(listed) + 1, text, each.url)
    return listed


def _part(review: LineReview, rule: Rule, policy: Policy, references: References, siblings: Sequence[LineReview], *, frozen: bool) -> Part:
    numbers = {each: shown.number for (slug, each), shown in references.items() if slug == policy.policy}
    counted, named = numbering(review), {mark.id: mark for mark in mark_of(review)}
    entries: list[Row | Heading] = [
        Heading(heading(node), depth)
        if isinstance(node, Group)
        else row_of(review, node, counted[node.id], depth, numbers, siblings, named[node.id], frozen=frozen)
        for node, depth in _walk(rule.criteria)
    ]
    is_base = policy.overlays is None
    return Part(
        title=f"{policy.title} {policy.version}",
        label="" if len(shown_parts(review)) == 1 else ("Base policy" if is_base else "Exception"),
        authority="A nurse may certify." if rule.authority is Authority.NURSE else "A medical director certifies.",
        verify=rule.verify,
        notes=list(rule.notes_on_approval),
        folded=_why_folded(review, rule) if is_base else "",
        entries=entries,
    )


def _why_folded(review: LineReview, base: Rule) -> str:
    """Why the base cannot help any more, where an exception joins it."""
    known = part_values(review)
    if len(known) < 2:
        return ""
    if any(value is Value.MET for rule, value in known.items() if rule != base.id):
        return "The exception is met, so the base policy is not needed."
    return "The base policy is not met as marked, so only the exception can help." if known[base.id] is Value.NOT_MET else ""


def _walk(node: Node, depth: int = 0) -> Iterator[tuple[Node, int]]:
    yield node, depth
    for child in () if isinstance(node, Criterion) else node.children:
        yield from _walk(child, depth + 1)
