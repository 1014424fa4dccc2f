"""A policy document as frozen values, exactly as the file format has it. Pure: no text is read here, nothing is judged here.

The contract is the policy file format, version 1. Text by language is a mapping such as {"en": ..., "es": ...} and always has "en".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .enums import Authority, Basis, EvidenceRule, Family, GroupKind, Leans, LineOfBusiness, ReferenceKind

Text = Mapping[str, str]  # language -> wording


@dataclass(frozen=True, slots=True)
class Check:
    """What the case itself can answer. `name` is the one key of the file, `args` what stands under it, periods as written."""

    name: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One leaf of a rule's tree."""

    id: str
    text: str
    ask: Text
    reason: Text
    help: str = ""
    needs: tuple[str, ...] = ()
    missing: Text | None = None
    verify: str = ""
    cites: tuple[str, ...] = ()
    family: Family = Family.MEDICAL_NECESSITY
    evidence: EvidenceRule = EvidenceRule.REQUIRED
    may_not_apply: bool = False
    authority: Authority = Authority.NURSE
    silence_absent: bool = False
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A node with children. `n` is set for at_least alone."""

    kind: GroupKind
    children: tuple["Node", ...]
    n: int | None = None
    id: str = ""
    title: str = ""


Node = Criterion | Group


@dataclass(frozen=True, slots=True)
class EvidenceNote:
    """What studies and guidelines say. Never part of the logic."""

    says: str
    leans: Leans
    cites: tuple[str, ...] = ()
    verify: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """The tree that governs some procedure codes."""

    id: str
    codes: tuple[str, ...]
    name: str
    lay_name: Text
    authority: Authority
    criteria: Node
    evidence_notes: tuple[EvidenceNote, ...] = ()
    notes_on_approval: tuple[str, ...] = ()
    verify: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    id: str
    kind: ReferenceKind
    title: str
    publisher: str = ""
    year: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    revision: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """An empty tuple means all of them; several lists must all match."""

    lines_of_business: tuple[LineOfBusiness, ...] = ()
    plans: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A policy's own test. `facts`, `findings` and `expect` are kept as the file has them; None means the key was left out."""

    name: str
    rule: str
    plan: str | None = None
    line_of_business: str | None = None
    state: str | None = None
    findings: Mapping[str, str | None] = field(default_factory=dict)
    facts: Mapping[str, Any] | None = None
    expect: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy version: the whole file."""

    policy: str
    version: str
    title: str
    basis: Basis
    source: Source
    effective_from: date
    rules: tuple[Rule, ...]
    effective_until: date | None = None
    next_review: date | None = None
    applies_to: AppliesTo = AppliesTo()
    overlays: str | None = None
    summary: str = ""
    pitfalls: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    examples: tuple[Example, ...] = ()

    def rule_for(self, code: str) -> Rule | None:
        """The rule that names this code; a file names a code once at most."""
        return next((rule for rule in self.rules if code in rule.codes), None)

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)


@dataclass(frozen=True, slots=True)
class Joined:
    """The governing rule of a line: the base's rule, then the exceptions of overlays in the order of their policies' slugs."""

    base: Rule
    exceptions: tuple[Rule, ...] = ()

    @property
    def parts(self) -> tuple[Rule, ...]:
        return (self.base, *self.exceptions)

    @property
    def root(self) -> Node:
        """The tree that is assessed: the base alone, or any of base and exceptions."""
        if not self.exceptions:
            return self.base.criteria
        return Group(GroupKind.ANY, tuple(part.criteria for part in self.parts))

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(leaves(self.root))


def leaves(node: Node) -> Iterator[Criterion]:
    """Criteria below a node in document order."""
    if isinstance(node, Criterion):
        yield node
        return
    for child in node.children:
        yield from leaves(child)


def placed(node: Node, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Criterion]]:
    """Criteria below a node in document order, each with its place in the file; the node itself stands at `at`."""
    if isinstance(node, Criterion):
        yield at, node
        return
    below = (*at, "at_least", "of") if node.kind is GroupKind.AT_LEAST else (*at, str(node.kind))
    for index, child in enumerate(node.children):
        yield from placed(child, (*below, index))


def rule_of(joined: Joined, criterion_id: str) -> Rule | None:
    """The part that holds a criterion; ids are shared by no two parts."""
    return next((part for part in joined.parts if any(leaf.id == criterion_id for leaf in leaves(part.criteria))), None)


def negated(root: Node) -> frozenset[str]:
    """Ids of criteria below an odd number of `none`: `met` there means that an exclusion applies."""

    def walk(node: Node, odd: bool) -> Iterator[str]:
        if isinstance(node, Criterion):
            if odd:
                yield node.id
            return
        for child in node.children:
            yield from walk(child, odd ^ (node.kind is GroupKind.NONE))

    return frozenset(walk(root, False))
