"""The fields of each kind of node: how the editor names them, reads them out of a record, and writes back what was typed. Pure.

What was typed is stored as it stands, right or wrong: what the format says of it stands beside the field and blocks submission.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .enums import LINE_LABELS, Authority, Basis, EvidenceRule, Family, Next, ReferenceKind, Response, Value
from .places import GROUP_KEYS, JSON, kind_of_group

Choices = tuple[tuple[str, str], ...]
Posted = Mapping[str, list[str]]  # name of a field -> what was sent of it


@dataclass(frozen=True, slots=True)
class NodeField:
    """One field. `key` is its path in the record (`reason.en`).

    `kind` is text, area, lines, words, date, number, flag, choice, many, or pick: many out of a long list, which the page knows.
    """

    key: str
    label: str
    kind: str = "text"
    help: str = ""
    choices: Choices = ()
    language: str = ""
    half: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under one heading."""

    name: str
    title: str
    fields: tuple[NodeField, ...]


def word_choices(values: Any, **said: str) -> Choices:
    return tuple((str(value), said.get(str(value), str(value).replace("_", " ").capitalize())) for value in values)


PERIOD = "A period such as 3 months, 6 weeks, 10 days or 1 year."
LINES: Choices = tuple((str(word), label) for word, label in LINE_LABELS.items())
WHO = word_choices(Authority, nurse="A nurse", physician="A medical director")
CHECKS: Mapping[str, tuple[str, tuple[NodeField, ...]]] = {
    "symptom_duration": (
        "Symptom duration",
        (NodeField("more_than", "More than", help=PERIOD, half=True), NodeField("at_least", "Or: at least", help=PERIOD, half=True)),
    ),
    "age": (
        "Age",
        (NodeField("at_least", "At least (years)", "number", half=True), NodeField("at_most", "At most (years)", "number", half=True)),
    ),
    "diagnosis": (
        "Diagnosis",
        (NodeField("any_of", "Any of these codes", "words", "Separated by commas; * only at the end, as in M79.1*."),),
    ),
    "treatments": (
        "Treatments",
        (
            NodeField("any_of", "Any of these kinds", "words", "As facts record them, separated by commas: nsaid, physical_therapy."),
            NodeField("at_least", "Each trial at least", help=PERIOD, half=True),
            NodeField("within", "Ending within", help="Before the reference date. " + PERIOD, half=True),
            NodeField("response", "Response", "many", "None chosen: any.", word_choices(Response)),
            NodeField("how_many", "How many kinds", "number", "Left out: one.", half=True),
        ),
    ),
    "prior_sessions": (
        "Earlier sessions",
        (NodeField("at_most", "At most, this one included", "number", half=True), NodeField("within", "Within", help=PERIOD, half=True)),
    ),
    "days_since_last": ("Days since the last session", (NodeField("at_least", "At least (days)", "number", half=True),)),
    "months_since_last": ("Months since the last session", (NodeField("at_least", "At least (months)", "number", half=True),)),
    "units": ("Units", (NodeField("at_most", "At most", "number", half=True),)),
    "sites": (
        "Sites",
        (
            NodeField("at_least", "At least so many", "number", half=True),
            NodeField("examined", "Or: each requested site was examined", "flag"),
        ),
    ),
    "requested_with": ("Requested with", (NodeField("none_of", "None of these codes on the same day", "words", "Separated by commas."),)),
}
CHECK_CHOICES: Choices = (("", "None: the reviewer reads the record"), *((name, title) for name, (title, _) in CHECKS.items()))
GROUP_CHOICES: Choices = (
    ("all", "All of these"),
    ("any", "Any of these"),
    ("at_least", "At least so many of these"),
    ("none", "None of these: exclusions"),
)


def _both(key: str, label: str, hint: str) -> tuple[NodeField, NodeField]:
    return (
        NodeField(f"{key}.en", f"{label} (English)", "area", hint, language="en"),
        NodeField(f"{key}.es", f"{label} (Spanish)", "area", language="es"),
    )


CITES = NodeField("cites", "Cites", "many", "References of this policy; they are kept under References.")
VERIFY = NodeField("verify", "A physician must still confirm", help="Shown wherever this is shown.")
CRITERION = (
    Section(
        "criterion",
        "Criterion",
        (
            NodeField("text", "Text", help="What must be true, in one sentence."),
            NodeField("help", "Help for the reviewer", "area", "How to judge it."),
            NodeField("needs", "What a record would show", "lines", "One a line."),
        ),
    ),
    Section(
        "wording",
        "Wording",
        (
            *_both("ask", "Asked for as", "In a request for information: only what matters, in plain words."),
            *_both("reason", "Reason when not met", "What the member reads. Aim at grade 8 or lower."),
            *_both("missing", "Reason when nobody answered", "What the member reads when it is decided without an answer."),
        ),
    ),
    Section("check", "Check", ()),
    Section(
        "handling",
        "Handling",
        (
            CITES,
            NodeField("evidence", "Evidence", "choice", "Whether a passage must be cited.", word_choices(EvidenceRule), half=True),
            NodeField(
                "family", "Kind of question", "choice", "It decides the basis of a denial, and its letter.", word_choices(Family), half=True
            ),
            NodeField("authority", "Certified by", "choice", "If met only because of this, a medical director certifies.", WHO, half=True),
            NodeField("may_not_apply", "It may not apply", "flag", "Then a reviewer may take it out of its group."),
            NodeField("silence", "Not mentioned counts as absent", "flag", "What nobody wrote down about a contraindication."),
            VERIFY,
            NodeField("id", "Id", help="Its identity across versions. Letters, digits, hyphen, underscore.", half=True),
        ),
    ),
)
GROUP = (
    Section(
        "group",
        "Group",
        (
            NodeField("title", "Title", help="Shown to the reviewer, such as: simpler care was tried."),
            NodeField("n", "How many", "number", "From 1 to the number of its children.", half=True),
            NodeField("id", "Id", help="May be left out.", half=True),
        ),
    ),
)
RULE = (
    Section(
        "rule",
        "Rule",
        (
            NodeField("name", "Name"),
            NodeField("codes", "Procedure codes", "words", "Separated by commas. A code stands in one rule only."),
            NodeField("lay_name.en", "What the letter calls it (English)", language="en"),
            NodeField("lay_name.es", "What the letter calls it (Spanish)", language="es"),
            NodeField("authority", "Who may certify when the criteria are met", "choice", choices=WHO, half=True),
            NodeField("notes_on_approval", "Notes on approval", "lines", "One a line. Information only, never a condition."),
            VERIFY,
            NodeField("id", "Id", half=True),
        ),
    ),
)
NOTE = (
    Section(
        "note",
        "Evidence note",
        (
            NodeField("says", "What studies and guidelines say", "area", "For the summary and the reading room; never part of the logic."),
            NodeField("leans", "Leans", "choice", choices=(("supports", "Supports"), ("limits", "Limits")), half=True),
            CITES,
            VERIFY,
        ),
    ),
)
REFERENCE = (
    Section(
        "reference",
        "Reference",
        (
            NodeField("title", "Title"),
            NodeField("kind", "Kind", "choice", choices=word_choices(ReferenceKind), half=True),
            NodeField("publisher", "Publisher", half=True),
            NodeField("year", "Year", "number", half=True),
            NodeField("url", "Web address"),
            NodeField("id", "Id", help="What criteria cite. A new one is followed everywhere.", half=True),
        ),
    ),
)
EXAMPLE = (
    Section(
        "example",
        "Example",
        (
            NodeField("name", "Name"),
            NodeField("rule", "Rule", "choice", half=True),
            NodeField("plan", "Plan", "choice", half=True),
            NodeField("line_of_business", "Line of business", "choice", choices=(("", "Any"), *LINES), half=True),
            NodeField("state", "State", "choice", half=True),
            NodeField("expect.value", "Expected value", "choice", choices=(("", "Not compared"), *word_choices(Value)), half=True),
            NodeField("expect.next", "Expected next step", "choice", choices=(("", "Not compared"), *word_choices(Next)), half=True),
            NodeField("expect.authority", "Expected to be certified by", "choice", choices=(("", "Not compared"), *WHO), half=True),
        ),
    ),
)
POLICY = (
    Section(
        "policy",
        "Policy",
        (
            NodeField("title", "Title"),
            NodeField("version", "Version", half=True),
            NodeField(
                "basis",
                "Basis",
                "choice",
                "The stronger governs.",
                word_choices(Basis, ncd="National coverage determination", lcd="Local coverage determination"),
                half=True,
            ),
            NodeField("summary", "Summary", "area", "One paragraph for a reviewer."),
            NodeField("pitfalls", "Pitfalls", "lines", "Prompts beside the checklist, one a line."),
        ),
    ),
    Section(
        "source",
        "Source",
        (
            NodeField("source.name", "Name of the plan's own policy"),
            NodeField("source.revision", "Its revision", "date", half=True),
            NodeField("source.url", "Its web address"),
        ),
    ),
    Section(
        "force",
        "In force",
        (
            NodeField("effective.from", "From", "date", half=True),
            NodeField("effective.until", "Through", "date", "Left out: until a later version.", half=True),
            NodeField("next_review", "Next review", "date", half=True),
        ),
    ),
    Section(
        "audience",
        "For whom",
        (
            NodeField("applies_to.lines_of_business", "Lines of business", "many", "None chosen: all.", LINES),
            NodeField("applies_to.plans", "Plans", "pick", "None chosen: all."),
            NodeField("applies_to.states", "States of service", "pick", "None chosen: all."),
            NodeField("overlays", "Adds exceptions to", "choice", "The base policy, which must be published."),
        ),
    ),
)
SECTIONS: Mapping[str, tuple[Section, ...]] = {
    "policy": POLICY,
    "rule": RULE,
    "note": NOTE,
    "group": GROUP,
    "criterion": CRITERION,
    "reference": REFERENCE,
    "example": EXAMPLE,
}
MANY = ("many", "pick")  # fields that hold a list of words
KEPT_EMPTY = frozenset({"text", "title", "name", "says", "version"})  # what makes a node what it is, and what is typed first


def value_of(record: Mapping[str, Any], field: NodeField) -> Any:
    """What a field shows: text, a list for `many`, a bool for a flag."""
    value: Any = record
    for part in field.key.split("."):
        if isinstance(value, str) and part == "en":  # a bare wording is English
            break
        value = value.get(part) if isinstance(value, dict) else None
    if field.key == "n":
        held = record.get("at_least")
        value = held.get("n") if isinstance(held, dict) else None
    if field.kind in MANY:
        return [str(item) for item in value] if isinstance(value, list) else [value] if isinstance(value, str) else []
    if field.kind == "flag":
        return value is True or value == "absent"
    if field.kind in ("lines", "words"):
        return ("\n" if field.kind == "lines" else ", ").join(str(item) for item in value) if isinstance(value, list) else str(value or "")
    return "" if value is None else str(value)


def typed(field: NodeField, given: list[str]) -> Any:
    """What was typed, as the document keeps it; None where nothing was."""
    text = given[-1].strip() if given else ""
    match field.kind:
        case "many" | "pick":
            return [item for item in given if item] or None
        case "flag":
            return ("absent" if field.key == "silence" else True) if text else None
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()] or None
        case "words":
            return [word for word in re.split(r"[\s,;]+", text) if word] or None
        case "number":
            return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else text or None
    return text.replace("\r\n", "\n") or None


def written(record: JSON, fields: tuple[NodeField, ...], given: Mapping[str, list[str]]) -> JSON:
    """The top keys of the record that these fields change, with their new values; None takes a key out."""
    new: JSON = {}
    for field in fields:
        value = typed(field, given.get(field.key, []))
        top, _, part = field.key.partition(".")
        if field.kind == "choice" and top not in record and field.choices and value == field.choices[0][0]:
            value = None  # left out means the first
        if field.kind in MANY and value == [record.get(top)]:
            value = record[top]  # one word, as it was written
        if not part:
            new[top] = "" if value is None and top in KEPT_EMPTY and top in record else value
            continue
        held = new[top] if top in new else record.get(top)
        inner = dict(held) if isinstance(held, dict) else {"en": held} if isinstance(held, str) else {}
        if field.kind in MANY and value == [inner.get(part)]:
            value = inner[part]
        if value is not None or inner.get(part) is not None:  # a null that stands there is one to compare with
            inner.pop(part, None)
        inner |= {part: value} if value is not None else {}
        new[top] = inner["en"] if isinstance(held, str) and inner.keys() == {"en"} else inner or None
    return new


def check_of(record: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The name of a criterion's check and its arguments."""
    check = record.get("check")
    name, args = next(((name, args) for name, args in check.items() if args is not None), ("", {})) if isinstance(check, dict) else ("", {})
    return str(name), args if isinstance(args, dict) else {}


def written_check(name: str, was: Mapping[str, Any], given: Mapping[str, list[str]]) -> JSON | None:
    """The check as the document keeps it. `given` by key of its arguments; of another check than before nothing is kept."""
    if name not in CHECKS:
        return None
    was_name, held = check_of(was)
    fields = CHECKS[name][1]
    if was_name != name:
        return {name: {}}
    return {name: {key: value for key, value in written(dict(held), fields, given).items() if value is not None}}


def group_kind(record: Mapping[str, Any], given: str) -> str:
    return given if given in GROUP_KEYS else kind_of_group(record)
