"""What assessment.assess says of the value, the shortest path, the reasons and the authority, for very many lines. Pure.

A rule is made ready once: each answer to a criterion is a bit, and a group counts the bits of its children. Tests hold both together.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from .assessment import TRUTH
from .enums import Authority, FindingValue, GroupKind, Value
from .tree import Criterion, Group, Joined, Node

OUT = 2  # a node that is taken out; the three values are True, False and None
# A finding as one letter, so that all findings on a line are a short text; decided lines are stored so.
LETTERS: Mapping[str | None, str] = {
    None: "-",
    FindingValue.MET: "m",
    FindingValue.NOT_MET: "n",
    FindingValue.UNCLEAR: "u",
    FindingValue.NOT_DOCUMENTED: "d",
    FindingValue.NOT_APPLICABLE: "a",
}
Truth = bool | int | None


def _only(finding: FindingValue) -> Mapping[int, int]:
    """Turns a text of letters into the binary digits of where this finding is."""
    return {ord(letter): ord("1" if found == finding else "0") for found, letter in LETTERS.items()}


_MET, _NOT_MET, _MISSING, _OUT = (
    _only(finding) for finding in (FindingValue.MET, FindingValue.NOT_MET, FindingValue.NOT_DOCUMENTED, FindingValue.NOT_APPLICABLE)
)


class QuickRule:
    """A rule that is asked about states: all findings on a line as one number. Paths and reasons are criteria in document order.

    `order`: the criteria whose letters the texts of answers have, first to last; not all need be the rule's.
    """

    def __init__(self, joined: Joined, order: Sequence[str] = ()) -> None:
        self._order = tuple(order)
        places = {name: number for number, name in enumerate(reversed(self._order))}  # the last letter is the lowest bit
        for leaf in joined.criteria:
            places.setdefault(leaf.id, len(places))
        self._width = len(places)
        self._leaves = {leaf.id: _Leaf(leaf, places[leaf.id], self._width) for leaf in joined.criteria}
        self._root = self._whole(joined.root)
        nurse = [part for part in joined.parts if part.authority is Authority.NURSE]
        self._nurse = [self._whole(part.criteria).truth for part in nurse]
        asks = {leaf.id for leaf in joined.criteria if leaf.authority is Authority.PHYSICIAN}
        self._physician = sum(self._leaves[name].true for name in asks)

    def reader(self, without: Collection[str] = ()) -> Callable[[str], int]:
        """A function from a text of answers to the state; these criteria are read as unanswered. Raises ValueError for other letters."""
        known = [self._leaves[name] for name in self._order if name in self._leaves and name not in without]
        kept, width = sum(leaf.true for leaf in known), self._width
        silent, may_go = sum(leaf.true for leaf in known if leaf.silence_absent), sum(leaf.true for leaf in known if leaf.out)
        if not known:
            return lambda answers: 0

        def read(answers: str) -> int:
            state = int(answers.translate(_MET), 2) & kept | (int(answers.translate(_NOT_MET), 2) & kept) << width
            if silent:
                state |= (int(answers.translate(_MISSING), 2) & silent) << width
            if may_go:
                state |= (int(answers.translate(_OUT), 2) & may_go) << 2 * width
            return state

        return read

    def bit(self, criterion: str, finding: str | None) -> int:
        """What one finding adds to a state in which its criterion is unanswered."""
        return self._leaves[criterion].bit(finding)

    def value(self, state: int) -> Value:
        truth = self._root.truth(state)
        return Value.MET if truth is True else Value.NOT_MET if truth is False else Value.UNDETERMINED

    def shortest(self, state: int) -> tuple[str, ...]:
        """Of an undetermined state."""
        return tuple(self._root.path(state, True))

    def reasons(self, state: int) -> tuple[str, ...]:
        """Of a state that is not met."""
        return tuple(self._root.causes(state, False))

    def needs_physician(self, state: int) -> bool:
        """Of a state that is met: no part is met on a nurse's authority, with what asks for a physician taken as unknown."""
        return not any(truth(state & ~self._physician) is True for truth in self._nurse)

    def _whole(self, node: Node) -> "_Group":
        return self._group(node if isinstance(node, Group) else Group(GroupKind.ALL, (node,)))

    def _group(self, group: Group) -> "_Group":
        return _Group(group, [self._node(child) for child in group.children])

    def _node(self, node: Node) -> "_Leaf | _Group":
        return self._leaves[node.id] if isinstance(node, Criterion) else self._group(node)


class _Leaf:
    __slots__ = ("false", "id", "out", "silence_absent", "true")

    def __init__(self, leaf: Criterion, number: int, count: int) -> None:
        self.id, self.silence_absent = leaf.id, leaf.silence_absent
        self.true, self.false = 1 << number, 1 << (number + count)
        self.out = 1 << (number + 2 * count) if leaf.may_not_apply else 0

    def bit(self, found: str | None) -> int:
        if found == FindingValue.NOT_APPLICABLE:
            return self.out
        if found == FindingValue.NOT_DOCUMENTED and self.silence_absent:
            return self.false
        truth = TRUTH[found]
        return 0 if truth is None else self.true if truth else self.false

    def truth(self, state: int) -> Truth:
        return True if state & self.true else False if state & self.false else OUT if state & self.out else None

    def path(self, state: int, want: bool) -> list[str]:
        return [self.id]

    def causes(self, state: int, truth: bool) -> list[str]:
        return [self.id]


class _Group:
    __slots__ = ("_all_of", "_children", "_turned", "_wanted", "truth")

    def __init__(self, group: Group, children: "list[_Leaf | _Group]") -> None:
        self._children, self._wanted = children, group.n or 1
        self._all_of, self._turned = group.kind is GroupKind.ALL, group.kind is GroupKind.NONE
        self.truth = self._judge()

    def _judge(self) -> Callable[[int], Truth]:
        """A function, as calls and attributes would cost most of the time."""
        leaves = [child for child in self._children if isinstance(child, _Leaf)]
        groups = [child.truth for child in self._children if isinstance(child, _Group)]
        trues, falses, outs = (sum(getattr(leaf, kind) for leaf in leaves) for kind in ("true", "false", "out"))
        everything, wanted, all_of, turned = len(self._children), self._wanted, self._all_of, self._turned

        def judge(state: int) -> Truth:
            true, false = (state & trues).bit_count(), (state & falses).bit_count()
            there = everything - (state & outs).bit_count() if outs else everything
            if all_of and false:
                return False
            for each in groups:
                truth = each(state)
                if truth is True:
                    true += 1
                elif truth is None:
                    continue
                elif truth is False:
                    if all_of:
                        return False
                    false += 1
                else:
                    there -= 1
            if not there:
                return OUT
            needed = there if all_of or wanted > there else wanted
            if true >= needed:
                return not turned
            return turned if there - false < needed else None

        return judge

    def path(self, state: int, want: bool) -> list[str]:
        """See assessment._shortest."""
        want = want is not self._turned
        truths = [child.truth(state) for child in self._children]
        there, true = len(truths) - truths.count(OUT), truths.count(True)
        needed = there if self._all_of else min(self._wanted, there)
        lists = [child.path(state, want) for child, truth in zip(self._children, truths, strict=True) if truth is None]
        count = needed - true if want else true + len(lists) - needed + 1
        if count < len(lists):
            by_length = sorted(range(len(lists)), key=lambda number: len(lists[number]))
            lists = [lists[number] for number in sorted(by_length[:count])]
        return [criterion for names in lists for criterion in names]

    def causes(self, state: int, truth: bool) -> list[str]:
        """See assessment._causes; `truth` is this group's own."""
        cause = truth is not self._turned
        return [name for child in self._children if child.truth(state) is cause for name in child.causes(state, cause)]
