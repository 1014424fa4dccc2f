"""Which node of one policy is which node of another: criteria by their id, groups by their id or by the criteria they hold. Pure."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from .enums import GroupKind
from .tree import Criterion, Group, Node, Policy


@dataclass(frozen=True)
class Spot:
    """A node where it stands: its rule, the index of the group around it (None: it is the rule's root), its number there."""

    node: Node
    rule: str
    parent: int | None
    number: int
    exclusion: bool  # below an odd number of `none`


@dataclass(frozen=True)
class Matched:
    """Two documents' nodes in document order. `old_of` leads from an index in `new` to its index in `old`."""

    old: Sequence[Spot]
    new: Sequence[Spot]
    old_of: dict[int, int]

    @cached_property
    def new_of(self) -> dict[int, int]:
        return {old: new for new, old in self.old_of.items()}

    def has_moved_group(self, new: int) -> bool:
        """Whether a matched node stands in another group or rule."""
        now, was = self.new[new], self.old[self.old_of[new]]
        if now.parent is None or was.parent is None:
            return now.parent != was.parent or now.rule != was.rule
        return self.old_of.get(now.parent) != was.parent

    @cached_property
    def moved_within(self) -> frozenset[int]:
        """Nodes that changed places among those that stayed in their group: the fewest that explain the new order."""
        stayed: dict[int | None, list[int]] = defaultdict(list)
        for new in sorted(self.old_of):
            if self.new[new].parent is not None and not self.has_moved_group(new):
                stayed[self.new[new].parent].append(new)
        return frozenset(
            new for group in stayed.values() for new in _out_of_order(group, [self.old[self.old_of[new]].number for new in group])
        )


def match(before: Policy, after: Policy) -> Matched:
    """Each node of one document with at most one of the other."""
    old, new = list(_spots(before)), list(_spots(after))
    found = _by_id(old, new)
    taken = set(found.values())
    for _, now, was in sorted(_alike(old, new), key=lambda pair: (-pair[0], pair[1], pair[2])):
        if now not in found and was not in taken:
            found[now] = was
            taken.add(was)
    return Matched(old, new, found)


def _spots(policy: Policy) -> Iterator[Spot]:
    count = 0

    def walk(node: Node, rule: str, parent: int | None, number: int, exclusion: bool) -> Iterator[Spot]:
        nonlocal count
        here, count = count, count + 1
        yield Spot(node, rule, parent, number, exclusion)
        if isinstance(node, Group):
            for place, child in enumerate(node.children):
                yield from walk(child, rule, here, place, exclusion ^ (node.kind is GroupKind.NONE))

    for rule in policy.rules:
        yield from walk(rule.criteria, rule.id, None, 0, False)


def _by_id(old: Sequence[Spot], new: Sequence[Spot]) -> dict[int, int]:
    known = {(isinstance(spot.node, Group), spot.node.id): index for index, spot in enumerate(old) if spot.node.id}
    pairs = ((index, known.get((isinstance(spot.node, Group), spot.node.id))) for index, spot in enumerate(new) if spot.node.id)
    return {index: was for index, was in pairs if was is not None}


def _alike(old: Sequence[Spot], new: Sequence[Spot]) -> Iterator[tuple[float, int, int]]:
    """Pairs of groups that share criteria, or are the roots of the same rule, with how alike they are."""
    holders_old, sizes_old = _holders(old)
    holders_new, sizes_new = _holders(new)
    shared = Counter((now, was) for name, groups in holders_new.items() for now in groups for was in holders_old.get(name, ()))
    roots = {spot.rule: index for index, spot in enumerate(old) if spot.parent is None and isinstance(spot.node, Group)}
    for index, spot in enumerate(new):
        if spot.parent is None and isinstance(spot.node, Group) and spot.rule in roots:
            shared[index, roots[spot.rule]] += 0
    for (now, was), count in shared.items():
        one, other = new[now].node, old[was].node
        if isinstance(one, Criterion) or isinstance(other, Criterion):
            continue
        alike = count / (sizes_new[now] + sizes_old[was] - count)
        alike += 0.1 * (new[now].parent is old[was].parent is None) + 0.05 * (one.kind is other.kind) + 0.05 * (one.title == other.title)
        yield alike, now, was


def _holders(spots: Sequence[Spot]) -> tuple[dict[str, list[int]], Counter[int]]:
    """Criterion id -> the groups that hold it, however deep; and how many criteria each group holds."""
    holders: dict[str, list[int]] = {}
    sizes: Counter[int] = Counter()
    for spot in spots:
        if isinstance(spot.node, Criterion):
            around, parent = [], spot.parent
            while parent is not None:
                around.append(parent)
                parent = spots[parent].parent
            holders[spot.node.id] = around
            sizes.update(around)
    return holders, sizes


def _out_of_order(items: Sequence[int], places: Sequence[int]) -> Iterator[int]:
    """Items outside of the longest run whose places rise."""
    ends: list[int] = []  # ends[k]: index of the smallest last place of a run of k + 1; lasts[k]: that place
    lasts: list[int] = []
    before: list[int | None] = []
    for index, place in enumerate(places):
        length = bisect_left(lasts, place)
        before.append(ends[length - 1] if length else None)
        ends[length : length + 1] = [index]
        lasts[length : length + 1] = [place]
    kept, last = set(), ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    yield from (item for index, item in enumerate(items) if index not in kept)
