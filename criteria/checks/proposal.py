"""What a check answers, and the words and anchor dates that all checks share. No check lives here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from criteria.enums import FindingValue, ReviewType
from criteria.periods import day_words

from .facts import CaseFacts


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed finding with its arithmetic in words.

    `facts_used` are the keys of the facts it leans on: received, first_service, birth_date, onset, units, diagnosis:CODE, and treatment:N,
    session:N, site:N, examined_site:N, other_line:N with N counted from 0 in the order of the facts.
    """

    finding: FindingValue
    arithmetic: str
    facts_used: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A date that a check counts to: which fact it is, and how it is called."""

    key: str
    name: str
    day: date

    def __str__(self) -> str:
        return f"{self.name} {day_words(self.day)}"


def reference(facts: CaseFacts) -> Anchor | None:
    """The reference date; None where neither date is recorded."""
    if facts.reference_date is None:
        return None
    if facts.review_type is ReviewType.POSTSERVICE and facts.first_service:
        return Anchor("first_service", "service", facts.reference_date)
    return Anchor("received", "received", facts.reference_date)


def service(facts: CaseFacts) -> Anchor | None:
    """The first date of service, or the reference date without one."""
    return Anchor("first_service", "service", facts.first_service) if facts.first_service else reference(facts)


def missing(arithmetic: str) -> Proposal:
    return Proposal(FindingValue.NOT_DOCUMENTED, arithmetic)


def met_if(passes: bool) -> FindingValue:
    return FindingValue.MET if passes else FindingValue.NOT_MET


def listed(words: Iterable[str], joint: str = "and") -> str:
    """a, b and c; each word once."""
    said = list(dict.fromkeys(words))
    return f" {joint} ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))
