"""The facts that a check asks for, as questions of a FHIR Questionnaire: dates, quantities, codes. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from criteria.enums import Response
from criteria.tree import Check

from .fhir_terms import ICD10CM, JSON, RESPONSES, TREATMENTS

Args = Mapping[str, Any]


def fact_items(check: Check | None, link: str) -> list[JSON]:
    """Questions for the facts of a check, each with its own linkId below `link`. What only our own history answers is not asked."""
    if check is None or check.name not in _FACTS:
        return []
    return [_linked(item, f"{link}.fact-{number}") for number, item in enumerate(_FACTS[check.name](check.args), start=1)]


def _linked(item: JSON, link: str) -> JSON:
    children = [_linked(child, f"{link}-{number}") for number, child in enumerate(item.get("item", ()), start=1)]
    return {"linkId": link, **item} | ({"item": children} if children else {})


def _question(text: str, kind: str, *, repeats: bool = False, **more: Any) -> JSON:
    return {"text": text, "type": kind} | ({"repeats": True} if repeats else {}) | more


def _codings(system: str, codes: list[str]) -> list[JSON]:
    return [{"valueCoding": {"system": system, "code": code, "display": code.replace("_", " ")}} for code in codes]


def _diagnosis(args: Args) -> list[JSON]:
    """Whole codes may be picked; a pattern such as G43* stays open."""
    whole = [code for code in args["any_of"] if not code.endswith("*")]
    options = {"answerOption": [{"valueCoding": {"system": ICD10CM, "code": code}} for code in whole]} if whole else {}
    return [
        _question(f"Diagnosis among {', '.join(args['any_of'])}", "open-choice", repeats=True, **options),
        _question("Is it stated as confirmed, not as possible?", "boolean"),
    ]


def _treatments(args: Args) -> list[JSON]:
    parts = [
        _question("Kind of treatment", "choice", answerOption=_codings(TREATMENTS, list(args["any_of"]))),
        _question("Medicine or method", "string"),
        _question("First day", "date"),
        _question("Last day", "date"),
        _question("How it went", "choice", answerOption=_codings(RESPONSES, [word.value for word in Response])),
    ]
    return [_question("Earlier treatment, one entry for each trial", "group", repeats=True, item=parts)]


def _sites(args: Args) -> list[JSON]:
    words = "Muscle or nerve with its side, as examined" if args.get("examined") else "Muscle or nerve with its side"
    return [_question(words, "string", repeats=True)]


def _sessions(args: Args) -> list[JSON]:
    within = f" in the past {args['within']}" if args.get("within") else ""
    return [_question(f"Date of each earlier session{within}", "date", repeats=True)]


_FACTS: Mapping[str, Callable[[Args], list[JSON]]] = {
    "symptom_duration": lambda args: [_question("Date the symptoms began (year, month or day)", "date")],
    "age": lambda args: [_question("Date of birth", "date")],
    "diagnosis": _diagnosis,
    "treatments": _treatments,
    "prior_sessions": _sessions,
    "days_since_last": lambda args: [_question("Date of the last session", "date")],
    "months_since_last": lambda args: [_question("Date of the last session", "date")],
    "units": lambda args: [_question("Units asked for", "quantity")],
    "sites": _sites,
}
