"""Trying a rule while it is written: an incomplete tree read as far as it goes, and what findings would make of it. Pure."""

from collections.abc import Mapping
from typing import Any

from .assessment import Assessment, assess
from .enums import Authority, Family, FindingValue, GroupKind
from .places import children_at, found, kind_of_group
from .tree import Criterion, Group, Joined, Node, Policy, Rule, Text


def rule_at(document: Any, number: int) -> Rule | None:
    """The rule with this number, as far as it can be read; None where it has no criterion yet."""
    rule = found(document, f"rules[{number}]")
    criteria = _node(rule.get("criteria")) if isinstance(rule, dict) else None
    if criteria is None or not isinstance(rule, dict):
        return None
    codes = rule.get("codes")
    return Rule(
        id=str(rule.get("id") or ""),
        codes=tuple(str(code) for code in codes) if isinstance(codes, list) else (),
        name=str(rule.get("name") or ""),
        lay_name=_text(rule.get("lay_name")),
        authority=Authority.PHYSICIAN if rule.get("authority") == "physician" else Authority.NURSE,
        criteria=criteria,
    )


def _node(value: Any) -> Node | None:
    if not isinstance(value, dict):
        return None
    kind = kind_of_group(value)
    if not kind:
        return _criterion(value)
    _, held = children_at(value, ())
    children = tuple(node for child in held if (node := _node(child)) is not None)
    if not children:
        return None
    n = value["at_least"].get("n") if kind == "at_least" else None
    if kind == "at_least":
        n = min(max(n, 1), len(children)) if isinstance(n, int) else 1
    return Group(GroupKind(kind), children, n, title=str(value.get("title") or ""))


def _criterion(value: Mapping[str, Any]) -> Criterion:
    missing = value.get("missing")
    return Criterion(
        id=str(value.get("id") or ""),
        text=str(value.get("text") or ""),
        ask=_text(value.get("ask")),
        reason=_text(value.get("reason")),
        help=str(value.get("help") or ""),
        missing=_text(missing) if missing else None,
        family=Family.MEDICAL_NECESSITY,
        may_not_apply=value.get("may_not_apply") is True,
        authority=Authority.PHYSICIAN if value.get("authority") == "physician" else Authority.NURSE,
        silence_absent=value.get("silence") == "absent",
    )


def _text(value: Any) -> Text:
    if isinstance(value, str):
        return {"en": value}
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}


def with_base(rule: Rule, base: Policy) -> Joined:
    """An exception joined to its base's rule for the first of its codes that the base names; alone where it names none."""
    theirs = next((found for code in rule.codes if (found := base.rule_for(code))), None)
    return Joined(theirs, (rule,)) if theirs else Joined(rule)


def tried(joined: Joined, findings: Mapping[str, str]) -> tuple[dict[str, str], Assessment]:
    """The findings that these criteria know and allow, and their assessment."""
    known = {leaf.id: leaf for leaf in joined.criteria}
    kept = {
        name: finding
        for name, finding in findings.items()
        if name in known and finding in list(FindingValue) and (finding != FindingValue.NOT_APPLICABLE or known[name].may_not_apply)
    }
    return kept, assess(joined, kept)


def example_of(rule: Rule, joined: Joined, findings: Mapping[str, str]) -> dict[str, Any]:
    """What was tried as an example of the rule that expects what came of it. `joined`: what its examples are assessed against."""
    kept, assessment = tried(joined, findings)
    expect: dict[str, Any] = {"value": str(assessment.value), "open": list(assessment.open), "next": str(assessment.next)}
    if assessment.reasons:
        expect["reasons"] = list(assessment.reasons)
    if assessment.authority:
        expect["authority"] = str(assessment.authority)
    texts = {leaf.id: leaf.text for leaf in joined.criteria}
    found = [f"{texts[name]}: {finding.replace('_', ' ')}" for name, finding in kept.items()]
    odd = [said for said, finding in zip(found, kept.values(), strict=True) if finding != FindingValue.MET]
    all_met = "everything met" if kept and len(kept) == len(texts) else "; ".join(found[:2])
    said = "; ".join(odd[:2]) or all_met or "nothing answered"
    return {"name": said[:120], "rule": rule.id, "findings": kept, "expect": expect}
