"""What a rule of a draft is tried with, and what its examples are assessed against: published versions that join it. Judges nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from criteria.governing import Candidate, applies, exceptions_to
from criteria.models import PolicyVersion
from criteria.neighbours import KnownPlan, known_plans
from criteria.parsed import tree_of
from criteria.presenters.trying import Trial
from criteria.queries import candidate_of, is_in_force
from criteria.tree import Criterion, Joined, Rule, leaves
from criteria.tryout import rule_at, with_base


def trial_of(document: Any, number: int, others: Sequence[PolicyVersion], today: date, plan: str = "") -> Trial | None:
    """The rule with this number: an exception with the version of its base in force today, a base with what this plan adds to it today."""
    rule = rule_at(document, number)
    if rule is None:
        return None
    slug = overlaid(document)
    if not slug:
        whose = _exceptions(document, rule, [other for other in others if is_in_force(other, today)])
        named = tuple((each.code, each.name) for each, _ in whose.values())
        return Trial(rule, Joined(rule, whose[plan][1] if plan in whose else ()), None, "", named, plan if plan in whose else "")
    bases = [other for other in others if other.policy.slug == slug and is_in_force(other, today)]
    if not bases:
        return Trial(rule, Joined(rule), None, f"No version of its base policy {slug} is in force today, so the exception is tried alone.")
    base = max(bases, key=lambda other: (other.effective_from, other.version))
    joined = with_base(rule, tree_of(base))
    if not joined.exceptions:
        codes = ", ".join(rule.codes) or "the codes of this rule"
        return Trial(rule, joined, None, f"{base} has no rule for {codes}, so the exception joins nothing and is tried alone.")
    return Trial(rule, joined, base)


def example_joined(document: Any, rule: Rule, others: Sequence[PolicyVersion], plan: str = "") -> tuple[Joined, dict[str, str]]:
    """What an example of this rule without facts is assessed against: an exception with the latest version of its base.

    A base as a plan sees it, with what the example says of its member so that the exceptions join.
    """
    slug = overlaid(document)
    if slug:
        bases = [with_base(rule, tree_of(other)) for other in _latest_first(slug, others)]
        return next((joined for joined in bases if joined.exceptions), Joined(rule)), {}
    whose = _exceptions(document, rule, others)
    if plan not in whose:
        return Joined(rule), {}
    known, rules = whose[plan]
    named = {"plan": known.code, "line_of_business": known.line_of_business, "state": known.state}
    return Joined(rule, rules), {key: value for key, value in named.items() if value}


def _exceptions(document: Any, rule: Rule, others: Sequence[PolicyVersion]) -> dict[str, tuple[KnownPlan, tuple[Rule, ...]]]:
    """By code of a plan, the exceptions to this rule of a base that join for its members: plans that are kept, and those only named."""
    slug = str(document.get("policy") or "") if isinstance(document, dict) else ""
    overlays = [candidate_of(other) for other in others if slug and other.overlays == slug and set(rule.codes) & _codes(other)]
    plans = {plan.code: plan for plan in known_plans()} if overlays else {}
    for overlay in overlays:
        first = [next(iter(named), "") for named in (overlay.lines_of_business, overlay.states)]
        plans |= {code: KnownPlan(code, code, *first) for code in overlay.plans if code not in plans}
    found = {}
    for plan in plans.values():
        audience = (plan.code, plan.line_of_business or None, plan.state or None)
        joining = exceptions_to(slug, [overlay for overlay in overlays if applies(overlay, *audience)])
        rules = tuple(_rule_of(each, rule) for each in joining)
        if rules:
            found[plan.code] = plan, rules
    return found


def _codes(version: PolicyVersion) -> set[str]:
    return {code for rule in tree_of(version).rules for code in rule.codes}


def _rule_of(overlay: Candidate, rule: Rule) -> Rule:
    """Its rule for the first code of this one that it names."""
    tree = tree_of(cast(PolicyVersion, overlay.key))
    return next(found for code in rule.codes if (found := tree.rule_for(code)))


def criteria_of_example(document: Any, number: int, others: Sequence[PolicyVersion]) -> list[tuple[str, Sequence[Criterion]]]:
    """The criteria that an example of the rule with this number may name, in parts with their titles; its own stand first."""
    rule = rule_at(document, number)
    if rule is None:
        return []
    own = list(leaves(rule.criteria))
    if overlaid(document):
        joined, _ = example_joined(document, rule, others)
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
