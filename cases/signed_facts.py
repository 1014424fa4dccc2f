"""The facts of a signed text as quick checks read them: those that were confirmed, and the request itself. Pure.

A signed text is canonical JSON and mostly findings with their evidence; what is not looked at is passed over, not read.
"""

import json
from collections.abc import Callable, Collection, Mapping
from json.scanner import make_scanner
from typing import Any

from criteria.checks.quick import QuickFacts
from criteria.enums import ReviewType, SessionSource

OVERRIDE = "override"
OVERRULED = f'"origin":"{OVERRIDE}"'
# Where parts begin in format 1 of cases.queries.snapshot: keys in order, no spaces. No text holds these: quotes within one are escaped.
CASE, FACTS, LINE = ',"case":{"facility":', ',"facts":{"diagnoses":', ',"line":{"as_received":'
# of each part: key -> which of QuickFacts it is for; "" is always needed
KEYS = {
    "case": {"review_type": "", "member": "birth_date"},
    "facts": {
        "diagnoses": "diagnoses",
        "examinations": "sites",
        "onset": "symptom_onset",
        "sessions": "sessions",
        "treatments": "treatments",
    },
    "line": {"first_service": "", "sites": "sites", "units": "units"},
}
_value_at = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]  # the value that begins at a place of a text; typeshed has it wrong
Reader = Callable[[str, str | None], QuickFacts]


def overruled(text: str) -> Collection[str]:
    """Criteria whose check a person had overruled."""
    if OVERRULED not in text and text.startswith('{"amendments":['):
        return ()
    return {name for name, found in json.loads(text)["findings"].items() if found.get("origin") == OVERRIDE}


def reader(looks_at: Collection[str]) -> Reader:
    """A function from a signed text and the day received to what a set of checks looks at: names as in criteria.checks.quick."""
    steps = [
        (number, key, f'"{key}":', len(key) + 3)
        for number, keys in enumerate(KEYS.values())
        for key, looked_at in keys.items()
        if not looked_at or looked_at in looks_at
    ]

    def read(text: str, received: str | None) -> QuickFacts:
        begins = text.find(CASE), text.find(FACTS), text.rfind(LINE)
        found = {}
        if 0 <= begins[0] < begins[1] < begins[2]:
            for number, key, start, length in steps:
                found[key] = _value_at(text, text.index(start, begins[number]) + length)[0]
        else:  # not written as canonical JSON
            signed = json.loads(text)
            parts = [signed[part] for part in KEYS]
            found = {key: parts[number][key] for number, key, *_ in steps}
        return _facts(found, received)

    return read


def _facts(found: Mapping[str, Any], received: str | None) -> QuickFacts:
    """Of each kind what was confirmed; a session that was approved here needs nobody's confirmation."""
    first = found["first_service"]
    reference = (first or received) if found["review_type"] == ReviewType.POSTSERVICE else received
    get = found.get
    onset, member = get("onset"), get("member")
    return QuickFacts(
        reference,
        first or reference,
        member and member["birth_date"],
        onset["value"] if onset and onset["confirmed_at"] else None,
        [row for row in get("diagnoses", ()) if row["confirmed_at"]],
        [row for row in get("treatments", ()) if row["confirmed_at"]],
        [row for row in get("sessions", ()) if row["confirmed_at"] or row["source"] == SessionSource.APPROVED],
        get("units"),
        [(row["name"], row["side"]) for row in get("sites", ())],
        [(row["site"], row["side"]) for row in get("examinations", ()) if row["confirmed_at"]],
    )
