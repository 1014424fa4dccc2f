"""Numbered references over several policies: each source once, numbered where it is first cited, and none that nobody cites."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from criteria.tree import Policy, Reference


@dataclass(frozen=True, slots=True)
class Cited:
    """One entry of the list of references."""

    number: int
    title: str
    detail: str
    url: str


@dataclass
class References:
    """Gives out numbers. `numbers` skips an id that its policy does not list, so that no citation dangles."""

    _numbers: dict[tuple[str, str, int | None], int] = field(default_factory=dict)
    _listed: list[Cited] = field(default_factory=list)

    def numbers(self, ids: Iterable[str], policies: Sequence[Policy]) -> list[int]:
        known = {row.id: row for policy in policies for row in policy.references}
        return list(dict.fromkeys(self._number(known[each]) for each in ids if each in known))

    def _number(self, row: Reference) -> int:
        key = (row.title, row.publisher, row.year)
        if key not in self._numbers:
            self._numbers[key] = len(self._listed) + 1
            detail = ", ".join(str(part) for part in (row.publisher, row.year, row.kind.value) if part)
            self._listed.append(Cited(self._numbers[key], row.title, detail, row.url))
        return self._numbers[key]

    @property
    def listed(self) -> list[Cited]:
        return list(self._listed)
