"""The shape of a policy document, format 1: every key, what it may hold, and a sentence for authors.

The one source of validation, of the order in which keys are written, and of policy.schema.json.
What must agree across the document (ids, references, codes) is in consistency.py.
"""

from typing import Any

from criteria.enums import Authority, Basis, EvidenceRule, Family, GroupKind, Leans, LineOfBusiness, ReferenceKind

from .check_shapes import CHECKS
from .example_shapes import EXAMPLE
from .records import Field, ListOf, Record
from .shapes import JSON, Flag, Number, OneOf, Problems, Shape, as_day
from .words import AT_LEAST_ONE, CITES, CODE, DAY, ID, STATE, TEXT, TEXTS, TITLE, URL, VERSION, WORDING, must, words
from .yaml_text import Path

MAX_GROUPS = 20
GROUP_KEYS = tuple(str(kind) for kind in GroupKind)

CRITERION = Record(
    {
        "id": must(ID, "Unique in the file, groups included."),
        "silence": Field(OneOf("absent"), doc="Only below an odd number of `none`: what nobody wrote down is taken as absent."),
        "authority": Field(words(Authority), doc="physician: if the rule is met only because of this criterion, a physician certifies."),
        "text": must(TEXT, "What must be true."),
        "help": Field(TEXT, doc="How to judge it."),
        "needs": Field(TEXTS, doc="What a record would show."),
        "ask": must(WORDING, "Wording in a request for information; bare text is English."),
        "reason": must(WORDING, "Wording to the member when it is not met."),
        "missing": Field(WORDING, doc="Wording to the member when a decision is made without an answer."),
        "verify": Field(TEXT, doc="What a physician must still confirm."),
        "cites": Field(CITES, doc="Ids of references."),
        "family": Field(words(Family), doc="Default medical_necessity."),
        "evidence": Field(words(EvidenceRule), doc="Default required."),
        "may_not_apply": Field(Flag(), doc="Whether not_applicable is a finding here. Default false."),
        "check": Field(CHECKS, doc="What the case itself can answer: exactly one check."),
    }
)


class Node(Shape):
    """A criterion (it has `text`), or a group with exactly one of all, any, at_least, none."""

    says = "a criterion with text, or a group with exactly one of " + ", ".join(GROUP_KEYS)

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.wrong(at, value, self.says)
            return
        kinds = [key for key in GROUP_KEYS if key in value]
        if not kinds:
            CRITERION.check(value, at, problems)
            return
        if len(kinds) > 1 or "text" in value:
            found = " and ".join((["text"] if "text" in value else []) + kinds)
            problems.add(at, f"A node is one thing, and this one has {found}. Allowed: {self.says}.")
        if depth_of(at) > MAX_GROUPS:
            problems.add(
                at, f"Groups are nested deeper than {MAX_GROUPS} here. Allowed: at most {MAX_GROUPS}, the root group counted as 1."
            )
            return
        if "text" not in value:
            GROUP.check(value, at, problems)
        elif len(kinds) == 1:
            GROUP.fields[kinds[0]].shape.check(value[kinds[0]], (*at, kinds[0]), problems)

    def ordered(self, value: Any) -> Any:
        grouped = isinstance(value, dict) and any(key in value for key in GROUP_KEYS)
        return (GROUP if grouped else CRITERION).ordered(value)

    def schema(self) -> JSON:
        return {"$ref": "#/$defs/node"}


class AtLeast(Record):
    """`{n, of}`, with n from 1 to the number of children."""

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        super().judge(value, at, problems)
        if isinstance(value, dict) and isinstance(value.get("of"), list) and value["of"]:
            n, most = value.get("n"), len(value["of"])
            if isinstance(n, int) and not isinstance(n, bool) and n > most:
                problems.add((*at, "n"), f"n is {n}, and there are {most} children. Allowed: 1 to {most}.")


def depth_of(at: Path) -> int:
    """How deep a group at this path (rules, i, criteria, ...) is nested; the root group is 1."""
    return 1 + sum(part in GROUP_KEYS for part in at[3:])


def _one_kind(value: JSON, at: Path, problems: Problems) -> None:
    for key in GROUP_KEYS:
        if key in value and value[key] is None:
            problems.add((*at, key), f"{key} holds nothing. Allowed: {GROUP.fields[key].shape.says}.")


NODE = Node()
CHILDREN = ListOf(NODE, filled=True)
CHILDREN.says = "a list of criteria and groups"
GROUP = Record(
    {
        "id": Field(ID, doc="Unique in the file, criteria included."),
        "title": Field(TEXT),
        "all": Field(CHILDREN, doc="All of these."),
        "any": Field(CHILDREN, doc="At least one of these."),
        "at_least": Field(AtLeast({"n": must(AT_LEAST_ONE), "of": must(CHILDREN)}), doc="At least n of these."),
        "none": Field(CHILDREN, doc="None of these: exclusions."),
    },
    _one_kind,
)


def _effective(value: JSON, at: Path, problems: Problems) -> None:
    begin, end = as_day(value.get("from")), as_day(value.get("until"))
    if begin and end and end < begin:
        problems.add((*at, "until"), f"until ({end}) is before from ({begin}). Allowed: {begin} or later, or null.")


EVIDENCE_NOTE = Record(
    {"says": must(TEXT), "leans": must(words(Leans)), "cites": Field(CITES, doc="Ids of references."), "verify": Field(TEXT)}
)
RULE = Record(
    {
        "id": must(ID),
        "codes": must(ListOf(CODE, filled=True), "Procedure codes; no code in two rules of a file."),
        "name": must(TEXT),
        "lay_name": must(WORDING, "What the member's letter calls it."),
        "authority": must(words(Authority), "Who may certify when the criteria are met."),
        "verify": Field(TEXT, doc="What a physician must still confirm."),
        "evidence_notes": Field(ListOf(EVIDENCE_NOTE), doc="What studies and guidelines say; never part of the logic."),
        "notes_on_approval": Field(TEXTS, doc="Information only, never a condition."),
        "criteria": must(NODE),
    }
)
POLICY = Record(
    {
        "format": must(Number(1, 1), "Always 1."),
        "policy": must(ID, "The policy's slug: its identity across versions."),
        "version": must(VERSION, "Unique within the policy. Quoted."),
        "title": must(TITLE),
        "basis": must(words(Basis), "ncd before lcd before plan_policy before guideline."),
        "source": must(Record({"name": must(TEXT), "revision": Field(DAY), "url": Field(URL)}), "The plan's own policy."),
        "effective": must(Record({"from": must(DAY), "until": Field(DAY)}, _effective), "In force from `from` through `until`."),
        "next_review": Field(DAY),
        "applies_to": Field(
            Record(
                {
                    "lines_of_business": Field(ListOf(words(LineOfBusiness), distinct=True)),
                    "plans": Field(ListOf(ID, distinct=True)),
                    "states": Field(ListOf(STATE, distinct=True), doc="Where the service takes place."),
                }
            ),
            doc="An empty list means all of them; several lists must all match.",
        ),
        "overlays": Field(ID, doc="The slug of the policy, itself no overlay, to which this one adds exceptions."),
        "summary": Field(TEXT, doc="One paragraph for a reviewer."),
        "pitfalls": Field(TEXTS, doc="Prompts shown beside the checklist."),
        "references": Field(
            ListOf(
                Record(
                    {
                        "id": must(ID),
                        "kind": must(words(ReferenceKind)),
                        "title": must(TEXT),
                        "publisher": Field(TEXT),
                        "year": Field(Number(1000, 9999)),
                        "url": Field(URL),
                    }
                )
            )
        ),
        "rules": must(ListOf(RULE, filled=True)),
        "examples": Field(ListOf(EXAMPLE), doc="The policy's own tests: they run at import and before publishing."),
    }
)


def json_schema() -> JSON:
    """The published JSON Schema. It says of the shape what JSON Schema can say; ids, references and dates are compared by the product."""
    group = GROUP.schema()
    group["oneOf"] = [{"required": [key], "properties": {key: {"not": {"type": "null"}}}} for key in GROUP_KEYS]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "AuthReview clinical policy, format 1",
        "description": "One policy version as it is stored: dates are ISO text. A key that is not required may be left out or null.",
        **POLICY.schema(),
        "$defs": {"node": {"anyOf": [CRITERION.schema(), group]}},
    }
