"""What is still open in a rule's tree, with the tree's sense kept: what is needed, and where some of several would do. Pure.

The standing panel and the request for information both read it, so that a screen and a letter cannot group alternatives differently.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Union

from .assessment import Findings, Path, values
from .enums import GroupKind, Value
from .tree import Criterion, Group, Joined, Node, Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """`needed` of these ways must come true, fewer than there are. A way is a list of what it takes."""

    needed: int
    ways: tuple[tuple["Open", ...], ...]


Open = Union[Criterion, Choice]  # noqa: UP007  a name that is used before it stands


def open_parts(joined: Joined, findings: Findings) -> list[tuple[Rule, tuple[Open, ...]]]:
    """The parts of the rule that are undetermined, base first, each with everything it still needs. Each part is a way to approval."""
    known, parts = values(joined, findings), joined.parts
    if known[()] is not Value.UNDETERMINED:
        return []
    found = [(part, tuple(_open(part.criteria, (place,) if len(parts) > 1 else (), True, known))) for place, part in enumerate(parts)]
    return [(part, entries) for part, entries in found if entries]


def criteria_of(entry: Open) -> Iterator[Criterion]:
    """The criteria of an entry, in document order."""
    if isinstance(entry, Criterion):
        yield entry
        return
    for way in entry.ways:
        for each in way:
            yield from criteria_of(each)


def _open(node: Node, path: Path, want: bool, known: Mapping[Path, Value | None]) -> list[Open]:
    """What this node takes to get the wanted value; nothing where its value is known."""
    if known[path] is not Value.UNDETERMINED:
        return []
    if isinstance(node, Criterion):
        return [node]
    want = want is not (node.kind is GroupKind.NONE)
    places = [(*path, number) for number in range(len(node.children))]
    ways = [tuple(_open(node.children[place[-1]], place, want, known)) for place in places if known[place] is Value.UNDETERMINED]
    needed = _needed(node, want, [known[place] for place in places])
    if needed >= len(ways):
        return [entry for way in ways for entry in way]
    return [Choice(needed, tuple(ways))]


def _needed(node: Group, want: bool, children: Sequence[Value | None]) -> int:
    """How many of the unknown children must take the wanted value."""
    applying = [value for value in children if value is not None]
    true, unknown = applying.count(Value.MET), applying.count(Value.UNDETERMINED)
    least = len(applying) if node.kind is GroupKind.ALL else min(node.n or 1, len(applying))
    return least - true if want else true + unknown - least + 1
