"""The value of a rule and nothing else, for very many lines: the tree made into functions once. Pure.

Says what assessment.assess says of the value (a test holds them together), at a fraction of its time: a replay reads 20,000 lines a second.
"""

from collections.abc import Callable

from .assessment import TRUTH, VALUE, Findings
from .enums import FindingValue, GroupKind, Value
from .tree import Criterion, Group, Joined, Node

OUT = 2  # a node that is taken out; the three values are True, False and None
Judge = Callable[[Findings], bool | int | None]


def quick_value(joined: Joined) -> Callable[[Findings], Value]:
    """A function from findings to the value of this rule."""
    judge = _judge(joined.root)

    def value(findings: Findings) -> Value:
        found = judge(findings)
        return Value.UNDETERMINED if found == OUT else VALUE[None if found is None else bool(found)]

    return value


def _table(leaf: Criterion) -> dict[str | None, bool | int | None]:
    table: dict[str | None, bool | int | None] = dict(TRUTH)
    if leaf.silence_absent:
        table[FindingValue.NOT_DOCUMENTED] = False
    if leaf.may_not_apply:
        table[FindingValue.NOT_APPLICABLE] = OUT
    return {None if name is None else str(name): truth for name, truth in table.items()}


def _judge(node: Node) -> Judge:
    if isinstance(node, Group):
        return _group(node)
    name, table = node.id, _table(node)
    return lambda findings: table[findings.get(name)]


def _group(group: Group) -> Judge:
    """Counts its true and its known children; leaves are looked up in place, for a call each would cost most of the time."""
    leaves = [(child.id, _table(child)) for child in group.children if isinstance(child, Criterion)]
    groups = [_group(child) for child in group.children if isinstance(child, Group)]
    everything = len(group.children)
    all_of, turned = group.kind is GroupKind.ALL, group.kind is GroupKind.NONE
    wanted = group.n or 1

    def judge(findings: Findings) -> bool | int | None:
        true = false = out = 0
        get = findings.get
        for name, table in leaves:
            truth = table[get(name)]
            if truth is True:
                true += 1
            elif truth is False:
                false += 1
            elif truth is not None:
                out += 1
        for each in groups:
            truth = each(findings)
            if truth is True:
                true += 1
            elif truth is False:
                false += 1
            elif truth is not None:
                out += 1
        there = everything - out
        if not there:
            return OUT
        needed = there if all_of else min(wanted, there)
        if true >= needed:
            return not turned
        return turned if there - false < needed else None

    return judge
