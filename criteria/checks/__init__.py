"""What the case itself can answer: recorded facts to a proposed finding, with the arithmetic in words. Pure.

Policy file format 1, section Checks. A check proposes; a reviewer accepts or overrides. `not_met` only for what a record can show.
"""

from collections.abc import Callable, Mapping
from typing import Any

from criteria.tree import Check

from . import care, dates, requested
from .facts import CaseFacts, Diagnosis, Line, OtherLine, Session, Site, Treatment, facts_from_example
from .proposal import Proposal

__all__ = [
    "CHECKS",
    "CaseFacts",
    "Diagnosis",
    "Line",
    "OtherLine",
    "Proposal",
    "Session",
    "Site",
    "Treatment",
    "facts_from_example",
    "propose",
]

CHECKS: Mapping[str, Callable[[Mapping[str, Any], CaseFacts, tuple[str, ...]], Proposal]] = {
    "symptom_duration": dates.symptom_duration,
    "age": dates.age,
    "diagnosis": care.diagnosis,
    "treatments": care.treatments,
    "prior_sessions": dates.prior_sessions,
    "days_since_last": dates.days_since_last,
    "months_since_last": dates.months_since_last,
    "units": requested.units,
    "sites": requested.sites,
    "requested_with": requested.requested_with,
}


def propose(check: Check, facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    """What a check proposes. `codes` are those of the rule that holds its criterion."""
    return CHECKS[check.name](check.args, facts, codes)
