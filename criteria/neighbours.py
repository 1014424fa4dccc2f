"""What the library asks of the house around it: the plans that are kept, and how many reviews are running.

The library imports nothing of the review work: that work says at its start (`cases.apps`) who answers. Alone, the library knows of neither.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A plan as policies name it, by its code; where and under which body of rules its members are."""

    code: str
    name: str
    line_of_business: str
    state: str


@dataclass(slots=True)
class _House:
    plans: Callable[[], Sequence[KnownPlan]]
    running: Callable[[Collection[str]], int]


_house = _House(plans=tuple, running=lambda codes: 0)


def answered_by(*, plans: Callable[[], Sequence[KnownPlan]], running: Callable[[Collection[str]], int]) -> None:
    """`running`: how many cases have an undecided line with one of these codes."""
    _house.plans, _house.running = plans, running


def known_plans() -> Sequence[KnownPlan]:
    return _house.plans()


def running_reviews(codes: Collection[str]) -> int:
    return _house.running(codes)
