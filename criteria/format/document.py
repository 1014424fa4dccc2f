"""A validated policy document -> the frozen tree. Judges nothing: a document that was not validated may raise anything here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from criteria.enums import Authority, Basis, EvidenceRule, Family, GroupKind, Leans, LineOfBusiness, ReferenceKind
from criteria.tree import AppliesTo, Check, Criterion, EvidenceNote, Example, Group, Node, Policy, Reference, Rule, Source, Text

Document = Mapping[str, Any]


def policy_from(document: Document) -> Policy:
    """The tree of a document whose dates are ISO text."""
    effective = document["effective"]
    return Policy(
        policy=document["policy"],
        version=document["version"],
        title=document["title"],
        basis=Basis(document["basis"]),
        source=_source(document["source"]),
        effective_from=date.fromisoformat(effective["from"]),
        effective_until=_day(effective.get("until")),
        next_review=_day(document.get("next_review")),
        applies_to=_applies_to(document.get("applies_to") or {}),
        overlays=document.get("overlays"),
        summary=document.get("summary") or "",
        pitfalls=tuple(document.get("pitfalls") or ()),
        references=tuple(_reference(item) for item in document.get("references") or ()),
        rules=tuple(_rule(item) for item in document["rules"]),
        examples=tuple(_example(item) for item in document.get("examples") or ()),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(value: str | Mapping[str, str]) -> Text:
    """Bare text is English."""
    return {"en": value} if isinstance(value, str) else value


def _source(value: Document) -> Source:
    return Source(name=value["name"], revision=_day(value.get("revision")), url=value.get("url") or "")


def _applies_to(value: Document) -> AppliesTo:
    return AppliesTo(
        lines_of_business=tuple(LineOfBusiness(word) for word in value.get("lines_of_business") or ()),
        plans=tuple(value.get("plans") or ()),
        states=tuple(value.get("states") or ()),
    )


def _reference(value: Document) -> Reference:
    return Reference(
        id=value["id"],
        kind=ReferenceKind(value["kind"]),
        title=value["title"],
        publisher=value.get("publisher") or "",
        year=value.get("year"),
        url=value.get("url") or "",
    )


def _rule(value: Document) -> Rule:
    return Rule(
        id=value["id"],
        codes=tuple(value["codes"]),
        name=value["name"],
        lay_name=_text(value["lay_name"]),
        authority=Authority(value["authority"]),
        criteria=_node(value["criteria"]),
        evidence_notes=tuple(
            EvidenceNote(
                says=note["says"], leans=Leans(note["leans"]), cites=tuple(note.get("cites") or ()), verify=note.get("verify") or ""
            )
            for note in value.get("evidence_notes") or ()
        ),
        notes_on_approval=tuple(value.get("notes_on_approval") or ()),
        verify=value.get("verify") or "",
    )


def _node(value: Document) -> Node:
    if "text" in value:
        return _criterion(value)
    name, title = value.get("id") or "", value.get("title") or ""
    if "at_least" in value:
        counted = value["at_least"]
        return Group(GroupKind.AT_LEAST, tuple(_node(child) for child in counted["of"]), counted["n"], name, title)
    kind = next(kind for kind in (GroupKind.ALL, GroupKind.ANY, GroupKind.NONE) if kind in value)
    return Group(kind, tuple(_node(child) for child in value[kind]), None, name, title)


_FAMILIES = {str(word): word for word in Family} | {None: Family.MEDICAL_NECESSITY}
_EVIDENCE = {str(word): word for word in EvidenceRule} | {None: EvidenceRule.REQUIRED}
_AUTHORITIES = {str(word): word for word in Authority} | {None: Authority.NURSE}


def _criterion(value: Document) -> Criterion:
    """Dictionaries instead of enum calls: a policy of 40 criteria is read on every page that shows one."""
    get = value.get
    missing, check = get("missing"), get("check")
    return Criterion(
        id=value["id"],
        text=value["text"],
        ask=_text(value["ask"]),
        reason=_text(value["reason"]),
        help=get("help") or "",
        needs=tuple(get("needs") or ()),
        missing=_text(missing) if missing is not None else None,
        verify=get("verify") or "",
        cites=tuple(get("cites") or ()),
        family=_FAMILIES[get("family")],
        evidence=_EVIDENCE[get("evidence")],
        may_not_apply=bool(get("may_not_apply")),
        authority=_AUTHORITIES[get("authority")],
        silence_absent=get("silence") is not None,
        check=_check(check) if check else None,
    )


def _check(value: Document) -> Check:
    """The one check that is given; a null beside it, or among its arguments, is a key left out."""
    name, args = next((name, args) for name, args in value.items() if args is not None)
    return Check(name, {key: arg for key, arg in args.items() if arg is not None})


def _example(value: Document) -> Example:
    facts = value.get("facts")
    if facts and isinstance(facts.get("symptom_onset"), int):  # a bare year
        facts = {**facts, "symptom_onset": str(facts["symptom_onset"])}
    return Example(
        name=value["name"],
        rule=value["rule"],
        plan=value.get("plan"),
        line_of_business=value.get("line_of_business"),
        state=value.get("state"),
        findings=value.get("findings") or {},
        facts=facts,
        expect=value.get("expect"),
    )
