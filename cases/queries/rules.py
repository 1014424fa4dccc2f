"""The governing rule of a line from the versions pinned to it; trees are parsed once per process, in criteria.parsed."""

from functools import lru_cache

from cases.models import ServiceLine
from criteria.parsed import policy_by_digest
from criteria.tree import Joined, Policy

__all__ = ["joined_rule", "policies", "policy_by_digest"]


@lru_cache(maxsize=512)
def _joined(digests: tuple[str, ...], code: str) -> Joined | None:
    rules = [policy_by_digest(digest).rule_for(code) for digest in digests]
    base, *exceptions = rules
    return Joined(base, tuple(rule for rule in exceptions if rule is not None)) if base is not None else None


def joined_rule(line: ServiceLine) -> Joined | None:
    """The base's rule for the line's code with the exceptions pinned beside it; None where no policy governs."""
    digests = tuple(row["digest"] for row in line.pinned)
    return _joined(digests, line.code) if digests else None


def policies(line: ServiceLine) -> tuple[Policy, ...]:
    """The pinned policy versions, base first."""
    return tuple(policy_by_digest(row["digest"]) for row in line.pinned)
