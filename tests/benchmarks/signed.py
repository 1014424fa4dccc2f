"""Invented decisions as they are signed, each with facts and findings of its own: a rule of 40 criteria, 12 of them with a check."""

import json
import random
import time
from datetime import date, timedelta
from itertools import cycle, islice

from authreview.canonical import canonical
from criteria.assessment import assess
from criteria.enums import GroupKind
from criteria.format import parse
from criteria.tree import Joined, negated
from tests.small_policies import small

CODE = "27093"
OTHER = ["not_met", "unclear", "not_documented", None]
CHECKS = [
    {"symptom_duration": {"more_than": "3 months"}},
    {"prior_sessions": {"at_most": 3, "within": "6 months"}},
    {"treatments": {"any_of": ["physical_therapy", "home_exercise"], "at_least": "6 weeks", "response": ["failed", "partial"]}},
    {"age": {"at_least": 18}},
    {"diagnosis": {"any_of": ["M79.1*", "M54.81"]}},
    {"treatments": {"any_of": ["nsaid", "muscle_relaxant"], "at_least": "3 weeks", "within": "6 months"}},
    {"days_since_last": {"at_least": 14}},
    {"months_since_last": {"at_least": 1}},
    {"units": {"at_most": 2}},
    {"sites": {"at_least": 1}},
    {"sites": {"examined": True}},
    {"diagnosis": {"any_of": ["G43*", "M54.2"]}},
]
CHANGED = [
    {"symptom_duration": {"more_than": "6 months"}},
    {"prior_sessions": {"at_most": 2, "within": "6 months"}},
    {"treatments": {"any_of": ["physical_therapy", "home_exercise"], "at_least": "8 weeks", "response": ["failed", "partial"]}},
    {"age": {"at_least": 21}},
    {"diagnosis": {"any_of": ["M79.1*", "M54.81", "M62.838"]}},
    {"treatments": {"any_of": ["nsaid", "muscle_relaxant"], "at_least": "6 weeks", "within": "1 year"}},
    {"days_since_last": {"at_least": 28}},
    {"months_since_last": {"at_least": 2}},
    {"units": {"at_most": 1}},
    {"sites": {"at_least": 2}},
    {"sites": {"at_least": 3}},
    {"diagnosis": {"any_of": ["G43*", "M54.2", "R51.9"]}},
]


WHERE = [8, 9, 0, 10, 1, 4, 11, 24, 25, 26, 27, 16]  # most checks stand where all criteria are wanted


def policy(version, changed=0, more=0):
    """A document of ten groups of four criteria, so many of its checks changed. `more` criteria besides."""
    checks = dict(zip(WHERE, CHANGED[:changed] + CHECKS[changed:], strict=True))
    kinds = islice(cycle([{"any"}, {"at_least"}, {"all"}, {"none"}]), 10)
    data = small("hip-injections", version, begins="2025-01-01", until=None)
    numbers = iter(range(40))
    groups = [_group(*kind, [_criterion(number, checks.get(number)) for number in islice(numbers, 4)]) for kind in kinds]
    tree = {"all": [*groups, *(_criterion(f"new-{number}", None) for number in range(more))]}
    (rule,) = data["rules"]
    answers = {each["id"]: "not_met" if "none" in group else "met" for group in groups for each in _children(group)}
    answers |= {each["id"]: "met" for each in tree["all"][len(groups) :]}
    example = {"name": "everything", "rule": "hip", "findings": answers, "expect": {"value": "met"}}
    return data | {"rules": [rule | {"codes": [CODE], "criteria": tree}], "examples": [example]}


def _group(kind, children):
    return {kind: {"n": 2, "of": children} if kind == "at_least" else children}


def _children(group):
    ((kind, children),) = group.items()
    return children["of"] if kind == "at_least" else children


def _criterion(number, check):
    said = {"id": f"criterion_{number}", "text": "Text", "ask": "Ask", "reason": "Reason", "missing": "Nothing is said."}
    return said | ({"check": check} if check else {})


def joined(document):
    return Joined(parse(document).rules[0])


def day(chance, least, most):
    return date(2026, 3, 2) - timedelta(chance.randint(least, most))


def found(chance, rule):
    """Four of five are approvals, in which only alternatives lack; the rest lacks three to eight things. Hardly two are alike."""
    excluded = negated(rule.root)
    findings = {leaf.id: "not_met" if leaf.id in excluded else "met" for leaf in rule.criteria}
    if chance.random() < 0.8:
        spare = [[leaf.id for leaf in group.children] for group in rule.root.children if group.kind in (GroupKind.ANY, GroupKind.AT_LEAST)]
        lacking = [name for names in spare for name in chance.sample(names, chance.randint(0, 2))]
    else:
        lacking = chance.sample(sorted(findings), chance.randint(3, 8))
    return findings | {name: chance.choice(OTHER) for name in lacking}


def signed_text(chance, findings, pinned):
    """What a signature freezes, in the size that it has: some 25 KB."""
    by = {"id": 7, "name": "Nora Nurse, RN", "specialty": "", "npi": ""}
    at = "2026-03-05T15:20:00Z"
    quote = "Tenderness with referred pain on palpation; conservative care for eight weeks without lasting relief."
    seen = {"document": 4, "page": 2, "quote": quote, "stated_at": at, "confirmed_at": at}
    cited = {"document": 4, "sha256": "0" * 64, "title": "Office visit note", "page": 2, "start": 90, "end": 190, "quote": quote}
    sites = chance.sample(["trapezius", "rhomboid", "levator scapulae", "splenius capitis", "infraspinatus"], chance.randint(1, 4))
    return canonical(
        {
            "format": 1,
            "amendments": [],
            "assessment": {"value": "met", "open": [], "settled": [], "reasons": [], "authority": "nurse"},
            "case": {
                "reference": f"PA-2026-{chance.randint(1, 999999):06}",
                "plan": "shp",
                "line_of_business": "commercial",
                "state": "NY",
                "review_type": "preservice",
                "urgency": "standard",
                "received_at": at,
                "member": {"number": "SHP-1", "birth_date": day(chance, 6000, 30000)},
                "requester": "1234567893",
                "facility": "",
            },
            "decision": {"outcome": "approved", "rationale": "", "signed_by": by, "member_reason": {}},
            "documents": [{"id": 4, "title": "Office visit note", "pages": 6, "sha256": "0" * 64}] * 3,
            "facts": {
                "onset": seen | {"value": day(chance, 100, 700)},
                "diagnoses": [
                    seen | {"code": code, "text": "Myalgia, other site", "certainty": chance.choice(["confirmed", "possible"])}
                    for code in chance.sample(["M79.18", "M54.2", "M54.81", "G43.709", "M62.838"], chance.randint(1, 4))
                ],
                "treatments": [
                    seen
                    | {"kind": kind, "agent": "", "from": day(chance, 60, 200), "to": day(chance, 5, 59), "sessions": 8}
                    | {"response": chance.choice(["failed", "partial", "helped", ""])}
                    for kind in chance.sample(["physical_therapy", "home_exercise", "nsaid", "muscle_relaxant", "heat_cold"], 3)
                ],
                "sessions": [
                    seen | {"code": CODE, "date": day(chance, 1, 400), "region": "", "source": "reported"}
                    for _ in range(chance.randint(0, 2))
                ],
                "examinations": [seen | {"site": site, "side": chance.choice(["", "left", "right"])} for site in sites],
                "scores": [],
            },
            "findings": {
                name: {
                    "value": value,
                    "note": "",
                    "origin": "accepted",
                    "proposed": value,
                    "arithmetic": "onset 10 Aug 2025, received 2 Mar 2026: 6 months and 20 days, more than 3 months",
                    "searched": [],
                    "stale": False,
                    "version": 1,
                    "as_role": "nurse",
                    "by": by,
                    "at": at,
                    "evidence": [cited],
                }
                for name, value in findings.items()
                if value
            },
            "flags": [],
            "governed_because": "",
            "line": {
                "number": 1,
                "code": CODE,
                "modifiers": "",
                "units": chance.randint(1, 4),
                "place": "11",
                "first_service": day(chance, -30, -3),
                "last_service": None,
                "sites": [{"name": site, "side": chance.choice(["", "left", "bilateral"])} for site in sites],
                "diagnoses": ["M79.18"],
                "as_received": canonical({"code": CODE, "diagnoses": ["M79.18"], "first_service": at, "sites": sites, "units": 1}),
                "decide_by": at,
                "clock": "received Mon 2 Mar 2026 16:30; 15 calendar days, counted as 360 hours, the earlier reading",
            },
            "peer_to_peer": [],
            "policies": pinned,
            "referrals": [],
            "requests": [],
            "resolutions": [],
        }
    )


def engine_alone(rule, findings):
    """Seconds of a core to read these lines' findings from JSON and assess them as a case page does: what a replay is measured against."""
    texts = [json.dumps(each) for each in findings]
    start = time.process_time()
    for text in texts:
        assess(rule, json.loads(text))
    return time.process_time() - start


def decisions(count, rule, pinned=(), seed=3):
    """(findings, their signed text), each of its own."""
    chance = random.Random(seed)
    for _ in range(count):
        findings = found(chance, rule)
        yield findings, signed_text(chance, findings, list(pinned))
