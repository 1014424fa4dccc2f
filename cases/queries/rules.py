"""The governing rule of a line, parsed once per process. Keyed by digest: a published document never changes under its digest."""

from functools import lru_cache

from cases.models import ServiceLine
from criteria.format import parse
from criteria.models import PolicyVersion
from criteria.tree import Joined, Policy


@lru_cache(maxsize=512)
def policy_by_digest(digest: str) -> Policy:
    """The parsed policy version of a pinned digest. Raises PolicyVersion.DoesNotExist."""
    version = PolicyVersion.objects.filter(digest=digest).only("document").first()
    if version is None:
        raise PolicyVersion.DoesNotExist(f"no policy version has the digest {digest}")
    return parse(version.document)


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
