"""The shape of a policy document, format 1: every key, what it may hold, and a sentence for authors.

The one source of validation, of the order in which keys are written, and of policy.schema.json.
What must agree across the document (ids, references, dates) is in consistency.py.
"""

from enum import StrEnum
from typing import Any

from .enums import (
    Authority,
    Basis,
    Certainty,
    EvidenceRule,
    Family,
    FindingValue,
    GroupKind,
    Leans,
    LineOfBusiness,
    Next,
    ReferenceKind,
    Response,
    ReviewType,
    SessionSource,
    Side,
    Value,
)
from .shapes import JSON, ByType, Day, Field, Flag, ListOf, MapOf, Number, OneOf, Problems, Record, Shape, Text, as_day
from .yaml_text import Path

MAX_GROUPS = 20
MAX_YEARS = 500  # of a period: with fact dates from 1800 through 9000 no arithmetic leaves the calendar
GROUP_KEYS = tuple(str(kind) for kind in GroupKind)


def _words(enum: type[StrEnum]) -> OneOf:
    return OneOf(*(str(word) for word in enum))


def _must(shape: Shape, doc: str = "") -> Field:
    return Field(shape, required=True, doc=doc)


class Period(Text):
    """`N days|weeks|months|years`, singular too, N at least 1."""

    def __init__(self) -> None:
        super().__init__(
            r"[1-9][0-9]{0,5} (day|week|month|year)s?", f"a period such as 3 months, 2 weeks, 10 days or 1 year, at most {MAX_YEARS} years"
        )

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        before = len(problems.errors)
        super().judge(value, at, problems)
        if len(problems.errors) == before:
            number, unit = value.split()
            if int(number) > MAX_YEARS * _PER_YEAR[unit.rstrip("s")]:
                problems.add(at, f"{value} is too long. Allowed: {self.says}.")


_PER_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}

TEXT = Text()
TITLE = Text(most=200)
ID = Text(r"[A-Za-z0-9_-]+", "letters, digits, hyphen and underscore", most=80)
VERSION = Text(most=40)
CODE = Text(r"[A-Za-z0-9]{1,7}", "a procedure code of up to 7 letters and digits")
DIAGNOSIS = Text(r"[A-Za-z0-9.]{1,20}", "a diagnosis code of letters, digits and a dot")
DIAGNOSIS_PATTERN = Text(r"[A-Za-z0-9.]{0,20}\*?", "a diagnosis code, with * only as its last character")
STATE = Text(r"[A-Z]{2}", "a state as two capital letters")
LANGUAGE = Text(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", "a language code such as en or es")
URL = Text(says="a web address", refused=r"(?!https?:)[a-z][a-z0-9+.-]*:")
KIND = TEXT
TEXTS = ListOf(TEXT)
CITES = ListOf(ID, distinct=True)
WORDING = ByType(TEXT, MapOf(LANGUAGE, TEXT, required=("en",)), dict, "text, or a mapping of languages to text, with en")
DAY = Day(1800, 9999)
FACT_DAY = Day(1800, 9000)
ONSET = Day(1800, 9000, partial=True)
PERIOD = Period()
AT_LEAST_ONE = Number(1, 1_000_000)

# ---- checks: what the case itself can answer


def _needs(*keys: str, exactly: bool = False) -> Any:
    """One of these keys: exactly one, or at least one."""

    def also(value: JSON, at: Path, problems: Problems) -> None:
        given = [key for key in keys if value.get(key) is not None]
        if not given or (exactly and len(given) > 1):
            problems.add(at, f"Give {'exactly' if exactly else 'at least'} one of {', '.join(keys)} here.")

    return also


def _age(value: JSON, at: Path, problems: Problems) -> None:
    _needs("at_least", "at_most")(value, at, problems)
    least, most = value.get("at_least"), value.get("at_most")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        problems.add((*at, "at_most"), f"at_most {most} is below at_least {least}. Allowed: {least} or more.")


def _treatments(value: JSON, at: Path, problems: Problems) -> None:
    kinds, how_many = value.get("any_of"), value.get("how_many")
    if isinstance(kinds, list) and isinstance(how_many, int) and not isinstance(how_many, bool) and how_many > len(kinds) > 0:
        problems.add((*at, "how_many"), f"how_many is {how_many}, and any_of names {len(kinds)}. Allowed: 1 to {len(kinds)}.")


def _any_of(item: Shape) -> Field:
    return _must(ListOf(item, filled=True, distinct=True))


def _spacing(most: int) -> Record:
    return Record({"at_least": _must(Number(1, most))})


_RESPONSE = _words(Response)
CHECKS = Record(
    {
        "symptom_duration": Field(
            Record({"more_than": Field(PERIOD), "at_least": Field(PERIOD)}, _needs("more_than", "at_least", exactly=True)),
            doc="How long symptoms have lasted on the reference date.",
        ),
        "age": Field(Record({"at_least": Field(Number(0, 1000)), "at_most": Field(Number(0, 1000))}, _age), doc="Completed years."),
        "diagnosis": Field(Record({"any_of": _any_of(DIAGNOSIS_PATTERN)}), doc="A confirmed diagnosis among these; * only last."),
        "treatments": Field(
            Record(
                {
                    "any_of": _any_of(KIND),
                    "at_least": Field(PERIOD, doc="Length of one trial."),
                    "response": Field(ByType(_RESPONSE, ListOf(_RESPONSE, filled=True, distinct=True), list)),
                    "how_many": Field(AT_LEAST_ONE, doc="That many kinds. Default 1."),
                    "within": Field(PERIOD, doc="Ending within that period before the reference date."),
                },
                _treatments,
            ),
            doc="Earlier treatment: kind, length, response.",
        ),
        "prior_sessions": Field(
            Record({"at_most": _must(AT_LEAST_ONE), "within": _must(PERIOD)}), doc="Sessions in a period, this one included."
        ),
        "days_since_last": Field(_spacing(182_500), doc="Days since the last session."),
        "months_since_last": Field(_spacing(6_000), doc="Calendar months since the last session."),
        "units": Field(Record({"at_most": _must(AT_LEAST_ONE)}), doc="Units of this line."),
        "sites": Field(
            Record({"at_least": Field(AT_LEAST_ONE), "examined": Field(Flag(only=True))}, _needs("at_least", "examined", exactly=True)),
            doc="Number of named sites, or: each requested site was examined.",
        ),
        "requested_with": Field(Record({"none_of": _any_of(CODE)}), doc="None of these codes for the member on the same day."),
    },
)
CHECKS.also = _needs(*CHECKS.fields, exactly=True)
CHECKS.rules = {"minProperties": 1, "maxProperties": 1}

# ---- the tree

CRITERION = Record(
    {
        "id": _must(ID, "Unique in the file, groups included."),
        "silence": Field(OneOf("absent"), doc="Only below an odd number of `none`: what nobody wrote down is taken as absent."),
        "authority": Field(_words(Authority), doc="physician: if the rule is met only because of this criterion, a physician certifies."),
        "text": _must(TEXT, "What must be true."),
        "help": Field(TEXT, doc="How to judge it."),
        "needs": Field(TEXTS, doc="What a record would show."),
        "ask": _must(WORDING, "Wording in a request for information; bare text is English."),
        "reason": _must(WORDING, "Wording to the member when it is not met."),
        "missing": Field(WORDING, doc="Wording to the member when a decision is made without an answer."),
        "verify": Field(TEXT, doc="What a physician must still confirm."),
        "cites": Field(CITES, doc="Ids of references."),
        "family": Field(_words(Family), doc="Default medical_necessity."),
        "evidence": Field(_words(EvidenceRule), doc="Default required."),
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
        "at_least": Field(AtLeast({"n": _must(AT_LEAST_ONE), "of": _must(CHILDREN)}), doc="At least n of these."),
        "none": Field(CHILDREN, doc="None of these: exclusions."),
    },
    _one_kind,
)

# ---- examples

SITE = ByType(TEXT, Record({"name": _must(TEXT), "side": Field(_words(Side))}), dict)


def _trial(value: JSON, at: Path, problems: Problems) -> None:
    begun, ended = as_day(value.get("from")), as_day(value.get("to"))
    if begun and ended and ended < begun:
        problems.add((*at, "to"), f"This trial ends on {ended}, before it starts on {begun}. Allowed: {begun} or later.")


FACTS = Record(
    {
        "review_type": Field(_words(ReviewType)),
        "received": Field(FACT_DAY, doc="The day the request was received."),
        "first_service": Field(FACT_DAY),
        "birth_date": Field(FACT_DAY),
        "symptom_onset": Field(ONSET, doc="Null when the record gives none."),
        "diagnoses": Field(ListOf(Record({"code": _must(DIAGNOSIS), "certainty": _must(_words(Certainty))}))),
        "treatments": Field(
            ListOf(
                Record(
                    {
                        "kind": Field(KIND),
                        "agent": Field(TEXT),
                        "from": Field(FACT_DAY),
                        "to": Field(FACT_DAY),
                        "response": Field(_RESPONSE),
                    },
                    _trial,
                )
            )
        ),
        "sessions": Field(ListOf(Record({"code": _must(CODE), "date": _must(FACT_DAY), "source": Field(_words(SessionSource))}))),
        "line": Field(
            Record(
                {
                    "code": Field(CODE),
                    "units": Field(AT_LEAST_ONE),
                    "sites": Field(ListOf(SITE)),
                    "examined_sites": Field(ListOf(SITE)),
                }
            )
        ),
        "other_lines": Field(ListOf(Record({"code": Field(CODE), "first_service": Field(FACT_DAY)}))),
    }
)
IDS = ListOf(ID)
STEP = Record({"criterion": _must(ID), "needs": _must(OneOf("met", "not_met"))})
EXPECT = Record(
    {
        "value": Field(_words(Value)),
        "open": Field(IDS),
        "settled": Field(IDS),
        "reasons": Field(IDS),
        "shortest": Field(ListOf(STEP)),
        "next": Field(_words(Next)),
        "authority": Field(_words(Authority)),
    }
)
EXAMPLE = Record(
    {
        "name": _must(TEXT, "Unique in the file."),
        "rule": _must(ID),
        "plan": Field(ID),
        "line_of_business": Field(_words(LineOfBusiness)),
        "state": Field(STATE),
        "facts": Field(FACTS, doc="What the case records; checks run on it and answer what `findings` leaves out."),
        "findings": Field(MapOf(ID, _words(FindingValue), nullable=True), doc="Criterion id to finding; null is unanswered."),
        "expect": Field(EXPECT, doc="Only the keys given are compared, lists exactly."),
    }
)

# ---- the whole file


def _effective(value: JSON, at: Path, problems: Problems) -> None:
    begin, end = as_day(value.get("from")), as_day(value.get("until"))
    if begin and end and end < begin:
        problems.add((*at, "until"), f"until ({end}) is before from ({begin}). Allowed: {begin} or later, or null.")


EVIDENCE_NOTE = Record(
    {"says": _must(TEXT), "leans": _must(_words(Leans)), "cites": Field(CITES, doc="Ids of references."), "verify": Field(TEXT)}
)
RULE = Record(
    {
        "id": _must(ID),
        "codes": _must(ListOf(CODE, filled=True), "Procedure codes; no code in two rules of a file."),
        "name": _must(TEXT),
        "lay_name": _must(WORDING, "What the member's letter calls it."),
        "authority": _must(_words(Authority), "Who may certify when the criteria are met."),
        "verify": Field(TEXT, doc="What a physician must still confirm."),
        "evidence_notes": Field(ListOf(EVIDENCE_NOTE), doc="What studies and guidelines say; never part of the logic."),
        "notes_on_approval": Field(TEXTS, doc="Information only, never a condition."),
        "criteria": _must(NODE),
    }
)
POLICY = Record(
    {
        "format": _must(Number(1, 1), "Always 1."),
        "policy": _must(ID, "The policy's slug: its identity across versions."),
        "version": _must(VERSION, "Unique within the policy. Quoted."),
        "title": _must(TITLE),
        "basis": _must(_words(Basis), "ncd before lcd before plan_policy before guideline."),
        "source": _must(Record({"name": _must(TEXT), "revision": Field(DAY), "url": Field(URL)}), "The plan's own policy."),
        "effective": _must(Record({"from": _must(DAY), "until": Field(DAY)}, _effective), "In force from `from` through `until`."),
        "next_review": Field(DAY),
        "applies_to": Field(
            Record(
                {
                    "lines_of_business": Field(ListOf(_words(LineOfBusiness), distinct=True)),
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
                        "id": _must(ID),
                        "kind": _must(_words(ReferenceKind)),
                        "title": _must(TEXT),
                        "publisher": Field(TEXT),
                        "year": Field(Number(1000, 9999)),
                        "url": Field(URL),
                    }
                )
            )
        ),
        "rules": _must(ListOf(RULE, filled=True)),
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
