"""What a rule of a draft is tried with, and what its examples are assessed against: published versions that join it. Judges nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from criteria.models import PolicyVersion
from criteria.parsed import tree_of
from criteria.presenters.trying import Trial
from criteria.queries import is_in_force
from criteria.tree import Criterion, Joined, Rule, leaves
from criteria.tryout import rule_at, with_base


def trial_of(document: Any, number: int, others: Sequence[PolicyVersion], today: date) -> Trial | None:
    """The rule with this number; joined to the version of its base that is in force today, if the draft overlays a policy."""
    rule = rule_at(document, number)
    if rule is None:
        return None
    slug = overlaid(document)
    if not slug:
        return Trial(rule, Joined(rule))
    bases = [other for other in others if other.policy.slug == slug and is_in_force(other, today)]
    if not bases:
        return Trial(rule, Joined(rule), None, f"No version of its base policy {slug} is in force today, so the exception is tried alone.")
    base = max(bases, key=lambda other: (other.effective_from, other.version))
    joined = with_base(rule, tree_of(base))
    if not joined.exceptions:
        codes = ", ".join(rule.codes) or "the codes of this rule"
        return Trial(rule, joined, None, f"{base} has no rule for {codes}, so the exception joins nothing and is tried alone.")
    return Trial(rule, joined, base)


def example_joined(document: Any, rule: Rule, others: Sequence[PolicyVersion]) -> Joined:
    """What an example of this rule without facts is assessed against: an exception with the latest version of its base."""
    slug = overlaid(document)
    bases = [with_base(rule, tree_of(other)) for other in _latest_first(slug, others)]
    return next((joined for joined in bases if joined.exceptions), Joined(rule))


def criteria_of_example(document: Any, number: int, others: Sequence[PolicyVersion]) -> list[tuple[str, Sequence[Criterion]]]:
    """The criteria that an example of the rule with this number may name, in parts with their titles; its own stand first."""
    rule = rule_at(document, number)
    if rule is None:
        return []
    own = list(leaves(rule.criteria))
    if overlaid(document):
        joined = example_joined(document, rule, others)
        return [("", own)] if not joined.exceptions else [("The exception", own), ("Base policy", list(leaves(joined.base.criteria)))]
    slug = document.get("policy") if isinstance(document, dict) else None
    parts: list[tuple[str, Sequence[Criterion]]] = [("", own)]
    latest = {other.policy.slug: other for other in sorted(others, key=lambda other: other.effective_from) if other.overlays == slug}
    for _, other in sorted(latest.items()):
        theirs = next((found for code in rule.codes if (found := tree_of(other).rule_for(code))), None)
        if theirs:
            parts.append((f"Exception: {other}", list(leaves(theirs.criteria))))
    return parts


def overlaid(document: Any) -> str:
    slug = document.get("overlays") if isinstance(document, dict) else None
    return slug if isinstance(slug, str) else ""


def _latest_first(slug: str, others: Sequence[PolicyVersion]) -> list[PolicyVersion]:
    found = [other for other in others if slug and other.policy.slug == slug]
    return sorted(found, key=lambda other: (other.effective_from, other.version), reverse=True)
