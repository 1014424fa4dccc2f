"""A rule as a FHIR R4 Questionnaire: its groups, criteria with the finding vocabulary, the facts its checks ask for, help, references.

The logic of groups (all, any, at least n, none) and what FHIR has no word for travel in extensions of our own (fhir_terms.py).
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from criteria.policy_words import check_words, group_words
from criteria.tree import Criterion, Group, Node, Policy, Reference, Rule, Text, leaves, negated

from . import fhir_terms as terms
from .fhir_facts import fact_items
from .fhir_terms import JSON


def questionnaire(policy: Policy, rule: Rule, *, status: str = "draft", approved_on: date | None = None) -> JSON:
    """The Questionnaire of one rule as plain JSON. `status` is that of the policy version. Raises ValueError where FHIR refuses it."""
    name = f"{policy.policy}.{rule.id}"
    cited = {cite for leaf in leaves(rule.criteria) for cite in leaf.cites} | {cite for note in rule.evidence_notes for cite in note.cites}
    found: JSON = {
        "resourceType": "Questionnaire",
        "id": _id(name),
        "extension": [_about(policy, rule), *(_related(each) for each in policy.references if each.id in cited)],
        "url": f"{terms.BASE}/Questionnaire/{name}",
        "version": policy.version,
        "name": "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", f"Rule {name}"))[:255],
        "title": rule.name if rule.name == policy.title else f"{policy.title}: {rule.name}",
        "status": terms.STATUS[status],
        "subjectType": ["Patient"],
        "publisher": policy.source.name,
        "effectivePeriod": {"start": policy.effective_from.isoformat()},
        "code": [_procedure(code) for code in rule.codes],
        "item": [_item(rule.criteria, (), negated(rule.criteria))],
    }
    if policy.summary:
        found["description"] = policy.summary
    if policy.effective_until:
        found["effectivePeriod"]["end"] = policy.effective_until.isoformat()
    if approved_on:
        found["approvalDate"] = approved_on.isoformat()
    return _parsed(found)


def bundle(policy: Policy, *, status: str = "draft", approved_on: date | None = None) -> JSON:
    """All rules of a policy, with the code system of findings, as a collection."""
    resources = [questionnaire(policy, rule, status=status, approved_on=approved_on) for rule in policy.rules]
    entries = [{"fullUrl": each["url"], "resource": each} for each in [*resources, terms.finding_codes()]]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def fhir_text(policy: Policy, *, rule: str = "", status: str = "draft", approved_on: date | None = None) -> str:
    """JSON text of one rule, or of all of them in a bundle: for files and the command line. Raises LookupError for an unknown rule."""
    if not rule:
        return _text(bundle(policy, status=status, approved_on=approved_on))
    found = policy.rule(rule)
    if found is None:
        raise LookupError(f"{policy.policy} has no rule {rule}.")
    return _text(questionnaire(policy, found, status=status, approved_on=approved_on))


def _text(resource: JSON) -> str:
    return json.dumps(resource, ensure_ascii=False, indent=2) + "\n"


def _parsed(resource: JSON) -> JSON:
    """What FHIR's own model makes of it: an export that does not parse is never given out."""
    from fhir.resources.R4B.questionnaire import Questionnaire  # noqa: PLC0415  slow to load, and only an export needs it

    return dict(json.loads(Questionnaire.model_validate(resource).model_dump_json()))


# ---- the whole ------------------------------------------------------------------------------------------------------------------
def _id(name: str) -> str:
    """Letters, digits, hyphens and dots, at most 64: of longer names the end is their hash."""
    plain = name.replace("_", "-")
    if plain == name and len(name) <= 64:
        return name
    return f"{plain[:51]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _procedure(code: str) -> JSON:
    """A code without a descriptor: those are licensed."""
    return {"system": terms.HCPCS if re.fullmatch(r"[A-V]\d{4}", code) else terms.CPT, "code": code}


def _extension(url: str, parts: Iterable[tuple[str, str, Any]]) -> JSON:
    """A complex extension; parts without a value are left out."""
    said = [{"url": name, kind: value} for name, kind, value in parts if value not in ("", None)]
    return {"url": url, "extension": said}


def _about(policy: Policy, rule: Rule) -> JSON:
    return _extension(
        terms.RULE,
        [
            ("policy", "valueString", policy.policy),
            ("rule", "valueString", rule.id),
            ("basis", "valueCode", policy.basis.value),
            ("authority", "valueCode", rule.authority.value),
            ("overlays", "valueString", policy.overlays),
            ("verify", "valueString", rule.verify),
            *(("line-of-business", "valueCode", each.value) for each in policy.applies_to.lines_of_business),
            *(("plan", "valueString", each) for each in policy.applies_to.plans),
            *(("state", "valueCode", each) for each in policy.applies_to.states),
        ],
    )


def _related(reference: Reference) -> JSON:
    said = ". ".join(filter(None, (reference.title, reference.publisher, str(reference.year or ""))))
    artifact = {"type": "citation", "label": reference.id, "display": reference.title, "citation": said}
    return {"url": terms.RELATED, "valueRelatedArtifact": artifact | ({"url": reference.url} if reference.url else {})}


# ---- items ----------------------------------------------------------------------------------------------------------------------
def _item(node: Node, path: tuple[int, ...], exclusions: frozenset[str]) -> JSON:
    return _criterion(node, node.id in exclusions) if isinstance(node, Criterion) else _group(node, path, exclusions)


def _group(group: Group, path: tuple[int, ...], exclusions: frozenset[str]) -> JSON:
    """An anonymous group is linked by its place: no id of the format has a slash."""
    words = group_words(group)
    return {
        "extension": [_extension(terms.LOGIC, [("kind", "valueCode", group.kind.value), ("n", "valuePositiveInt", group.n)])],
        "linkId": group.id or "/" + "/".join(str(number) for number in path),
        "text": f"{group.title} ({words})" if group.title else words[0].upper() + words[1:],
        "type": "group",
        "item": [_item(child, (*path, number), exclusions) for number, child in enumerate(group.children)],
    }


def _criterion(leaf: Criterion, exclusion: bool) -> JSON:
    handling = _extension(
        terms.CRITERION,
        [
            ("family", "valueCode", leaf.family.value),
            ("evidence", "valueCode", leaf.evidence.value),
            ("authority", "valueCode", leaf.authority.value),
            ("exclusion", "valueBoolean", exclusion),
            ("silence", "valueCode", "absent" if leaf.silence_absent else ""),
            ("verify", "valueString", leaf.verify),
        ],
    )
    extensions = [handling, *({"url": terms.CITES, "valueString": cite} for cite in leaf.cites)]
    if leaf.check:
        parts = [("name", "valueCode", leaf.check.name), ("arguments", "valueString", json.dumps(dict(leaf.check.args), sort_keys=True))]
        extensions.append(_extension(terms.CHECK, [*parts, ("words", "valueString", check_words(leaf.check))]))
    below = [*_displays(leaf), *fact_items(leaf.check, leaf.id)]
    return {
        "extension": extensions,
        "linkId": leaf.id,
        "text": leaf.text,
        "type": "choice",
        "answerOption": terms.finding_options(exclusion, leaf.may_not_apply),
        "item": below,
    }


def _displays(leaf: Criterion) -> list[JSON]:
    """What stands beside a criterion: how to judge it, what a record would show, what the practice is asked for."""
    found = [_display(f"{leaf.id}.help", {"en": leaf.help}, "help")] if leaf.help else []
    found += [_display(f"{leaf.id}.needs-{number}", {"en": need}, "prompt") for number, need in enumerate(leaf.needs, start=1)]
    return [*found, _display(f"{leaf.id}.ask", leaf.ask, "prompt")]


def _display(link: str, words: Text, control: str) -> JSON:
    shown: JSON = {
        "extension": [{"url": terms.ITEM_CONTROL, "valueCodeableConcept": {"coding": [{"system": terms.ITEM_CONTROLS, "code": control}]}}],
        "linkId": link,
        "text": words["en"],
        "type": "display",
    }
    others = [(language, said) for language, said in words.items() if language != "en"]
    if others:
        shown["_text"] = {
            "extension": [
                _extension(terms.TRANSLATION, [("lang", "valueCode", language), ("content", "valueString", said)])
                for language, said in others
            ]
        }
    return shown
