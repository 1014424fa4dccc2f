"""What governs a line's code today beside what the line is pinned to. A running review stays with its versions; here is only what to tell.

Writes nothing and pins nothing: which version governs follows from the day the request was received (actions/governing.py).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from cases import workflow
from cases.models import ServiceLine
from criteria.comparison import Change, changes
from criteria.models import PolicyVersion
from criteria.queries import governing

from .rules import policies, policy_by_digest


class News(StrEnum):
    """What is not as it was when the line was pinned."""

    FOLLOWED = "followed"  # another version of the same policy is in force
    OTHER = "other"  # another policy governs new requests
    FIRST = "first"  # no policy governed the line, one would now
    JOINS = "joins"  # an exception applies that did not
    ENDED = "ended"  # what is pinned is not in force any more, and nothing of its policy is
    OVERDUE = "overdue"  # its review is past its day


@dataclass(frozen=True, slots=True)
class Edition:
    """A version by its names; `since` its first day in force, where it is asked for."""

    policy: str
    version: str
    title: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Newer:
    """One thing to tell. `changes`: what another version changes in this line's rule."""

    kind: News
    pinned: Edition | None
    now: Edition | None = None
    changes: tuple[Change, ...] = ()
    due: date | None = None
    is_exception: bool = False


def newer(line: ServiceLine, on: date) -> list[Newer]:
    """What a reviewer of this line should know of its policies on a day; nothing once the line is decided. Two statements.

    `line.case` comes with its plan.
    """
    if line.status not in workflow.UNDECIDED:
        return []
    case = line.case
    found = governing(line.code, case.plan.code if case.plan else "", case.line_of_business, case.state, on)
    told = _base(line, found.version)
    if not told or told[0].kind is News.FOLLOWED:
        told += _exceptions(line, found.overlays)
    followed = {each.pinned.policy for each in told if each.pinned}
    for place, policy in enumerate(policies(line)):
        if policy.next_review and policy.next_review < on and policy.policy not in followed:
            edition = Edition(policy.policy, policy.version, policy.title)
            told.append(Newer(News.OVERDUE, edition, due=policy.next_review, is_exception=place > 0))
    return told


def _base(line: ServiceLine, version: PolicyVersion | None) -> list[Newer]:
    if not line.pinned:
        return [Newer(News.FIRST, None, _edition(version))] if version else []
    row = line.pinned[0]
    if version is None:
        return [Newer(News.ENDED, _pinned(row))]
    if version.policy.slug != row["policy"]:
        return [Newer(News.OTHER, _pinned(row), _edition(version))]
    return _followed(line, row, version, is_exception=False)


def _exceptions(line: ServiceLine, overlays: list[PolicyVersion]) -> list[Newer]:
    pinned, today = {row["policy"]: row for row in line.pinned[1:]}, {version.policy.slug: version for version in overlays}
    told: list[Newer] = []
    for slug, row in pinned.items():
        told += (
            _followed(line, row, today[slug], is_exception=True) if slug in today else [Newer(News.ENDED, _pinned(row), is_exception=True)]
        )
    told += [Newer(News.JOINS, None, _edition(version), is_exception=True) for slug, version in today.items() if slug not in pinned]
    return told if line.pinned else []


def _followed(line: ServiceLine, row: dict[str, str], version: PolicyVersion, *, is_exception: bool) -> list[Newer]:
    if version.digest == row["digest"]:
        return []
    return [
        Newer(News.FOLLOWED, _pinned(row), _edition(version), _changes(row["digest"], version.digest, line.code), is_exception=is_exception)
    ]


@lru_cache(maxsize=256)
def _changes(before: str, after: str, code: str) -> tuple[Change, ...]:
    """Of two versions by digest, what differs in the rule of a code."""
    old, new = policy_by_digest(before), policy_by_digest(after)
    rules = {rule.id for policy in (old, new) if (rule := policy.rule_for(code)) is not None}
    return tuple(change for change in changes(old, new) if change.rule in rules)


def _edition(version: PolicyVersion | None) -> Edition | None:
    return Edition(version.policy.slug, version.version, version.title, version.effective_from) if version else None


def _pinned(row: dict[str, str]) -> Edition:
    return Edition(row["policy"], row["version"], row["title"])
