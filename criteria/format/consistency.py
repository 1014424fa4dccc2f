"""What must agree across one policy document: ids, references, codes, silence, what examples name. Shapes are judged in schema.py.

Tolerant of wrong shapes: what has no sensible shape has been complained about already and is passed over.
"""

from collections.abc import Iterator
from typing import Any

from .schema import GROUP_KEYS, MAX_GROUPS, depth_of
from .shapes import JSON, Problems, listed
from .yaml_text import Path

Found = tuple[Path, JSON, bool]  # where a node stands, the node, whether it is below an odd number of `none`


def check(document: Any, problems: Problems) -> None:
    """Every disagreement within one file."""
    if not isinstance(document, dict):
        return
    rules = list(_records(document.get("rules"), ("rules",)))
    _unique([((*at, "id"), rule.get("id")) for at, rule in rules], "rule", problems)
    references = list(_records(document.get("references"), ("references",)))
    _unique([((*at, "id"), reference.get("id")) for at, reference in references], "reference", problems)
    nodes = [found for at, rule in rules for found in _nodes(rule.get("criteria"), (*at, "criteria"), False)]
    _unique([((*at, "id"), node.get("id")) for at, node, _ in nodes], "criterion or group", problems)
    _check_silence(nodes, problems)
    known = {reference["id"] for _, reference in references if isinstance(reference.get("id"), str)}
    notes = [note for at, rule in rules for note in _records(rule.get("evidence_notes"), (*at, "evidence_notes"))]
    _check_cites([(at, node) for at, node, _ in nodes] + notes, known, problems)
    _check_codes(rules, problems)
    if isinstance(document.get("overlays"), str) and document["overlays"] == document.get("policy"):
        problems.add(("overlays",), "A policy cannot overlay itself. Allowed: the slug of another policy, or null.")
    _check_examples(document, [rule for _, rule in rules], problems)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _records(value: Any, at: Path) -> Iterator[tuple[Path, JSON]]:
    for index, item in enumerate(_list(value)):
        if isinstance(item, dict):
            yield (*at, index), item


def _nodes(node: Any, at: Path, odd: bool) -> Iterator[Found]:
    """The nodes of one tree in document order, as deep as groups may be nested."""
    if not isinstance(node, dict):
        return
    yield at, node, odd
    if depth_of(at) > MAX_GROUPS:
        return
    for key in GROUP_KEYS:
        children, below = node.get(key), (*at, key)
        if key == "at_least" and isinstance(children, dict):
            children, below = children.get("of"), (*below, "of")
        for index, child in enumerate(_list(children)):
            yield from _nodes(child, (*below, index), odd ^ (key == "none"))


def _unique(found: list[tuple[Path, Any]], what: str, problems: Problems) -> None:
    seen: set[str] = set()
    for at, name in found:
        if not isinstance(name, str):
            continue
        if name in seen:
            article = "An" if what == "example" else "A"
            problems.add(at, f"{article} {what} named {name} stands earlier in this file. Each needs its own.")
        seen.add(name)


def _check_silence(nodes: list[Found], problems: Problems) -> None:
    for at, node, odd in nodes:
        if node.get("silence") is not None and not odd:
            problems.add(
                (*at, "silence"), "silence: absent is allowed only below an odd number of none, where met means that an exclusion applies."
            )


def _check_cites(citing: list[tuple[Path, JSON]], known: set[str], problems: Problems) -> None:
    names = listed(sorted(known)) or "none, for this file has no references"
    for at, thing in citing:
        for index, cited in enumerate(_list(thing.get("cites"))):
            if isinstance(cited, str) and cited not in known:
                problems.add((*at, "cites", index), f"No reference of this file has the id {cited}. Allowed: {names}.")


def _check_codes(rules: list[tuple[Path, JSON]], problems: Problems) -> None:
    seen: dict[str, JSON] = {}
    for at, rule in rules:
        for index, code in enumerate(_list(rule.get("codes"))):
            if not isinstance(code, str):
                continue
            if code in seen:
                where = "this rule" if seen[code] is rule else f"the rule {seen[code].get('id')}"
                problems.add((*at, "codes", index), f"The code {code} is named by {where} already. A file names a code once.")
            seen.setdefault(code, rule)


def _check_examples(document: JSON, rules: list[JSON], problems: Problems) -> None:
    """What one file can tell. Which criteria an example may name depends on what joins: see examples.py."""
    examples = list(_records(document.get("examples"), ("examples",)))
    _unique([((*at, "name"), example.get("name")) for at, example in examples], "example", problems)
    by_id: dict[str, JSON] = {}
    for rule in rules:
        if isinstance(rule.get("id"), str):
            by_id.setdefault(rule["id"], rule)
    for at, example in examples:
        name = example.get("rule")
        if not isinstance(name, str):
            continue
        if name not in by_id:
            problems.add(
                (*at, "rule"), f"No rule of this file has the id {name}. Allowed: {listed(by_id) or 'none, for there is no rule'}."
            )
            continue
        facts = example.get("facts")
        line = facts.get("line") if isinstance(facts, dict) else None
        code = line.get("code") if isinstance(line, dict) else None
        codes = [code for code in _list(by_id[name].get("codes")) if isinstance(code, str)]
        if isinstance(code, str) and code not in codes:
            message = f"The rule {name} does not govern {code}. Allowed: {listed(codes) or 'its codes'}."
            problems.add((*at, "facts", "line", "code"), message)
