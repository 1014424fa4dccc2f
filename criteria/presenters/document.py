"""A policy document as pages show it: the tree as a nurse reads it, with its references and wordings. Display values; no queries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from authreview import due
from criteria.comparison import check_words, group_words
from criteria.enums import Authority, Basis, EvidenceRule, Family, GroupKind, Leans
from criteria.policy_words import LANGUAGES
from criteria.queries import BASIS_WORDS, LINES_OF_BUSINESS
from criteria.tree import AppliesTo, Criterion, EvidenceNote, Node, Policy, Reference, Rule, Text


@dataclass(frozen=True, slots=True)
class Cite:
    """A reference with the number that it has on the page."""

    number: int
    reference: Reference

    @property
    def reference_index(self) -> int:
        """Its place in the document, as paths count."""
        return self.number - 1

    @property
    def words(self) -> str:
        given = (self.reference.title, self.reference.publisher, self.reference.year)
        return ", ".join(str(part) for part in given if part)


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a letter in the languages it has."""

    label: str
    texts: tuple[tuple[str, str, str], ...]  # language code, its name, the words


@dataclass(frozen=True, slots=True)
class Leaf:
    """A criterion on the page. `tags`: what makes it unlike the others, in words."""

    anchor: str
    criterion: Criterion
    check: str
    cites: tuple[Cite, ...]
    tags: tuple[str, ...]
    wordings: tuple[Wording, ...]
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A group on the page with what stands below it."""

    anchor: str
    title: str
    words: str
    is_exclusion: bool
    children: "tuple[Leaf | Branch, ...]"
    is_group: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """What studies say, with its references."""

    note: EvidenceNote
    kind: str
    label: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule on the page."""

    anchor: str
    rule: Rule
    codes: str
    authority: str
    lay_names: Wording
    notes: tuple[Note, ...]
    root: "tuple[Leaf | Branch, ...]"  # one: a tuple, so that a rule and a group are drawn by the same loop


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A whole policy document on the page."""

    policy: Policy
    basis: str
    audience: str
    source: str
    rules: tuple[RuleView, ...]
    references: tuple[Cite, ...]
    anchors: frozenset[str]


def policy_view(policy: Policy) -> PolicyView:
    """Everything of a document that is read on a page."""
    cites = {reference.id: Cite(number, reference) for number, reference in enumerate(policy.references, start=1)}
    rules = tuple(_rule(rule, f"rules[{number}]", cites) for number, rule in enumerate(policy.rules))
    anchors = {anchor for rule in rules for anchor in (rule.anchor, *_anchors(rule.root))}
    anchors |= {anchor_of(f"references[{number}]") for number in range(len(policy.references))}
    anchors |= {anchor_of(f"examples[{number}]") for number in range(len(policy.examples))} | {anchor_of("examples")}
    revision = f"revision {due.day(policy.source.revision)}" if policy.source.revision else ""
    return PolicyView(
        policy,
        BASIS_WORDS[list(Basis).index(policy.basis) + 1],
        audience(policy.applies_to),
        ", ".join(part for part in (policy.source.name, revision) if part),
        rules,
        tuple(cites.values()),
        frozenset(anchors),
    )


def audience(applies_to: AppliesTo) -> str:
    """Whom a policy is for: everybody, or what all must match."""
    named = [
        ", ".join(LINES_OF_BUSINESS[word] for word in applies_to.lines_of_business),
        f"plan {', '.join(applies_to.plans)}" if applies_to.plans else "",
        f"services in {', '.join(applies_to.states)}" if applies_to.states else "",
    ]
    return "; ".join(part for part in named if part) or "all plans"


def anchor_of(path: str) -> str:
    """rules[0].criteria.all[2] -> at-rules-0-criteria-all-2"""
    return "at-" + re.sub(r"\W+", "-", path).strip("-")


def _rule(rule: Rule, path: str, cites: dict[str, Cite]) -> RuleView:
    words = {"supports": ("met", "Supports"), "limits": ("unclear", "Limits")}
    notes = tuple(Note(note, *words[Leans(note.leans)], _cited(note.cites, cites)) for note in rule.evidence_notes)
    nurse = "A nurse certifies when the criteria are met" if rule.authority == Authority.NURSE else "A medical director certifies"
    root = (_node(rule.criteria, f"{path}.criteria", cites),)
    return RuleView(anchor_of(path), rule, ", ".join(rule.codes), nurse, _wording("For members", rule.lay_name), notes, root)


def _node(node: Node, path: str, cites: dict[str, Cite]) -> Leaf | Branch:
    if isinstance(node, Criterion):
        return _leaf(node, path, cites)
    inner = f"{path}.at_least.of" if node.n is not None else f"{path}.{node.kind.value}"
    children = tuple(_node(child, f"{inner}[{number}]", cites) for number, child in enumerate(node.children))
    words = group_words(node)
    return Branch(anchor_of(path), node.title, words[0].upper() + words[1:], node.kind is GroupKind.NONE, children)


def _leaf(leaf: Criterion, path: str, cites: dict[str, Cite]) -> Leaf:
    tags = (
        "a medical director certifies" if leaf.authority == Authority.PHYSICIAN else "",
        "may not apply" if leaf.may_not_apply else "",
        "not mentioned counts as absent" if leaf.silence_absent else "",
        "evidence optional" if leaf.evidence == EvidenceRule.OPTIONAL else "",
        leaf.family.value.replace("_", " ") if leaf.family != Family.MEDICAL_NECESSITY else "",
    )
    wordings = [_wording(label, text) for label, text in (("Asked for as", leaf.ask), ("When not met", leaf.reason)) if text]
    wordings += [_wording("When decided without an answer", leaf.missing)] if leaf.missing else []
    return Leaf(
        anchor_of(path), leaf, check_words(leaf.check), _cited(leaf.cites, cites), tuple(tag for tag in tags if tag), tuple(wordings)
    )


def _wording(label: str, text: Text) -> Wording:
    return Wording(label, tuple((language, LANGUAGES.get(language, language), words) for language, words in text.items()))


def _cited(names: Iterable[str], cites: dict[str, Cite]) -> tuple[Cite, ...]:
    return tuple(cites[name] for name in names if name in cites)


def _anchors(nodes: Iterable[Leaf | Branch]) -> Iterable[str]:
    for node in nodes:
        yield node.anchor
        if isinstance(node, Branch):
            yield from _anchors(node.children)
