"""What a replay reads of one signed text, in the few columns of a DecidedLine, and how it reads them again. Pure.

A signed text has 10 to 30 KB, mostly evidence. These columns repeat what decides: the answers, the facts that were confirmed, and what says
which rule would have governed.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from criteria.checks.quick import QuickFacts
from criteria.enums import SessionSource
from criteria.governing import Place, reference_date
from criteria.quick_rule import LETTERS

OVERRIDE = "override"


def decided_columns(text: str, received: date, criteria: Sequence[str] = ()) -> dict[str, str]:
    """`under`, `answers` and `facts` of a signed text. `received`: the day at the plan. `criteria`: those of its rule, in its order.

    Criteria that have a finding and are not named follow by name.
    """
    signed = json.loads(text)
    findings, case, line = signed["findings"], signed["case"], signed["line"]
    names = list(dict.fromkeys([*criteria, *sorted(findings)]))
    day = reference_date(case["review_type"], received, _day(line["first_service"])) or received
    under = {
        "code": line["code"],
        "plan": case["plan"],
        "line_of_business": case["line_of_business"],
        "state": case["state"],
        "day": str(day),
        "digests": [each["digest"] for each in signed["policies"]],
        "policies": [each["policy"] for each in signed["policies"]],
        "criteria": names,
    }
    against = sorted(name for name, found in findings.items() if found["origin"] == OVERRIDE)
    return {
        "under": _text(under),
        "answers": "".join(LETTERS[findings[name]["value"] if name in findings else None] for name in names),
        "facts": _text([against, *_facts(signed, str(day))]),
    }


def read_under(text: str) -> tuple[Place, dict[str, list[str]]]:
    """Of a DecidedLine's `under`: where and when it was, and its lists: digests and slugs of its policies, criteria of its answers."""
    told = json.loads(text)
    named = (told["plan"] or None, told["line_of_business"] or None, told["state"] or None)
    return Place(told["code"], *named, date.fromisoformat(told["day"])), {key: told[key] for key in ("digests", "policies", "criteria")}


def read_facts(text: str) -> tuple[Collection[str], QuickFacts]:
    """Of a DecidedLine's `facts`: the criteria whose check a person had overruled, and the facts as quick checks read them."""
    against, *facts = json.loads(text)
    return against, QuickFacts._make(facts)


def _text(value: Any) -> str:
    """The same value gives the same text, so that decisions made under the same rule are seen to be."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _facts(signed: Mapping[str, Any], reference: str) -> list[Any]:
    """The fields of QuickFacts in order. Of each kind what was confirmed; a session that was approved here needs nobody's confirmation."""
    facts, line, member = signed["facts"], signed["line"], signed["case"]["member"]
    confirmed = {kind: [row for row in facts[kind] if row["confirmed_at"]] for kind in ("diagnoses", "treatments", "examinations")}
    sessions = [row for row in facts["sessions"] if row["confirmed_at"] or row["source"] == SessionSource.APPROVED]
    return [
        reference,
        line["first_service"] or reference,
        member and member["birth_date"],
        facts["onset"]["value"] if facts["onset"] and facts["onset"]["confirmed_at"] else None,
        [[row["code"], row["certainty"]] for row in confirmed["diagnoses"]],
        [[row["kind"], row["response"], row["from"], row["to"]] for row in confirmed["treatments"]],
        [[row["code"], row["date"]] for row in sessions],
        line["units"],
        [[row["name"], row["side"]] for row in line["sites"]],
        [[row["site"], row["side"]] for row in confirmed["examinations"]],
    ]
