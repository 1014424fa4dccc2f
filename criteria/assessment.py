"""What a rule's tree says about the findings of one line: the whole engine. Pure; nothing here reads a case, a clock or a database.

Policy file format 1, from "Value of a node" to "Overlays". Every group asks for a number of true children (`all`: each of them, `any`: one,
`at_least`: n); a `none` is an `any` turned round. Unknown is None, so the three values are True, False and None.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .enums import Authority, FindingValue, GroupKind, Next, Value
from .tree import Criterion, Joined, Node, Rule, leaves

Findings = Mapping[str, str | None]  # criterion id -> FindingValue; left out or None is unanswered
Path = tuple[int, ...]  # child numbers from the joined root down; () is the root

TRUTH: Mapping[str | None, bool | None] = {
    None: None,
    FindingValue.MET: True,
    FindingValue.NOT_MET: False,
    FindingValue.UNCLEAR: None,
    FindingValue.NOT_DOCUMENTED: None,
    FindingValue.NOT_APPLICABLE: None,  # where the criterion must apply; where it need not it never gets here
}
VALUE = {True: Value.MET, False: Value.NOT_MET, None: Value.UNDETERMINED}


class Mark(StrEnum):
    """What a checklist shows beside a criterion."""

    OPEN = "open"
    SETTLED = "settled"
    COUNTED = "counted"
    REASON = "reason"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion of the path to approval, and the finding it needs: met, or not_met for an exclusion."""

    criterion: str
    needs: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Criterion ids stand in document order. `authority` is None unless the value is met."""

    value: Value
    open: tuple[str, ...]
    settled: tuple[str, ...]
    reasons: tuple[str, ...]
    shortest: tuple[Step, ...]
    next: Next
    authority: Authority | None


class _Judged:
    """A node with its truth; a leaf has its criterion, a group the children that apply and how many of them must be true."""

    __slots__ = ("children", "criterion", "needed", "truth", "turned")

    def __init__(
        self, criterion: str, truth: bool | None, children: Sequence["_Judged"] = (), needed: int = 0, turned: bool = False
    ) -> None:
        self.criterion, self.truth, self.children, self.needed, self.turned = criterion, truth, children, needed, turned


def assess(joined: Joined, findings: Findings) -> Assessment:
    """The assessment of a line under its governing rule. Findings of criteria that are not in the tree are ignored."""
    root = _judge(joined.root, findings)
    if root is None:  # every criterion is taken out: the rule does not speak to this case
        return Assessment(Value.UNDETERMINED, (), (), (), (), Next.REFER, None)
    open_ids: list[str] = []
    settled: list[str] = []
    _split(root, True, open_ids, settled)
    return Assessment(
        value=VALUE[root.truth],
        open=tuple(open_ids),
        settled=tuple(settled),
        reasons=tuple(_causes(root)) if root.truth is False else (),
        shortest=_steps(root),
        next=_next(root.truth, [findings.get(criterion) for criterion in open_ids]),
        authority=_authority(joined, findings) if root.truth else None,
    )


def values(joined: Joined, findings: Findings) -> dict[Path, Value | None]:
    """The value of every node by its path, for a screen that shows groups; None where the node is taken out."""

    def walk(node: Node, path: Path) -> Iterator[tuple[Path, Value | None]]:
        judged = _judge(node, findings)
        yield path, None if judged is None else VALUE[judged.truth]
        for number, child in enumerate(() if isinstance(node, Criterion) else node.children):
            yield from walk(child, (*path, number))

    return dict(walk(joined.root, ()))


def marks(joined: Joined, findings: Findings, assessment: Assessment) -> dict[str, str]:
    """The standing of every criterion, in document order."""
    named = dict.fromkeys(assessment.open, Mark.OPEN) | dict.fromkeys(assessment.settled, Mark.SETTLED)
    named |= dict.fromkeys(assessment.reasons, Mark.REASON)

    def mark(leaf: Criterion) -> Mark:
        taken_out = leaf.may_not_apply and findings.get(leaf.id) == FindingValue.NOT_APPLICABLE
        return named.get(leaf.id, Mark.NOT_APPLICABLE if taken_out else Mark.COUNTED)

    return {leaf.id: mark(leaf).value for leaf in joined.criteria}


def _judge(node: Node, findings: Findings) -> _Judged | None:
    """A node's value; None when it is taken out, by itself or because all its children are."""
    if isinstance(node, Criterion):
        finding = findings.get(node.id)
        if finding == FindingValue.NOT_APPLICABLE and node.may_not_apply:
            return None
        absent = node.silence_absent and finding == FindingValue.NOT_DOCUMENTED
        return _Judged(node.id, False if absent else TRUTH[finding])
    children = [judged for child in node.children if (judged := _judge(child, findings)) is not None]
    if not children:
        return None
    needed = 1 if node.n is None else min(node.n, len(children))
    if node.kind is GroupKind.ALL:
        needed = len(children)
    turned = node.kind is GroupKind.NONE
    truths = [child.truth for child in children]
    enough = None
    if truths.count(True) >= needed:
        enough = not turned
    elif len(truths) - truths.count(False) < needed:
        enough = turned
    return _Judged("", enough, children, needed, turned)


def _split(judged: _Judged, reachable: bool, open_ids: list[str], settled: list[str]) -> None:
    """Unknown leaves: open below nothing but unknown groups, else settled."""
    reachable = reachable and judged.truth is None
    if judged.criterion:
        if judged.truth is None:
            (open_ids if reachable else settled).append(judged.criterion)
        return
    for child in judged.children:
        _split(child, reachable, open_ids, settled)


def _causes(judged: _Judged) -> Iterator[str]:
    """The criteria that gave a node its known value: the true children where enough were true, the false ones where too few could be."""
    if judged.criterion:
        yield judged.criterion
    for child in judged.children:
        if child.truth is (judged.truth is not judged.turned):
            yield from _causes(child)


def _steps(root: _Judged) -> tuple[Step, ...]:
    if root.truth is not None:
        return ()
    finding = {True: FindingValue.MET.value, False: FindingValue.NOT_MET.value}
    return tuple(Step(criterion, finding[want]) for criterion, want in _shortest(root, True))


def _shortest(judged: _Judged, want: bool) -> list[tuple[str, bool]]:
    """The fewest unknown leaves that give an unknown node the wanted value, each with its own; of equally short lists the earliest.

    Each criterion stands in one place, so the children's lists never overlap: the k shortest of them are the shortest together, and of
    equally long ones the earliest, which is what a stable sort by length takes.
    """
    if judged.criterion:
        return [(judged.criterion, want)]
    want = want is not judged.turned
    true = sum(child.truth is True for child in judged.children)
    lists = [_shortest(child, want) for child in judged.children if child.truth is None]
    count = judged.needed - true if want else true + len(lists) - judged.needed + 1
    if count < len(lists):
        by_length = sorted(range(len(lists)), key=lambda number: len(lists[number]))
        lists = [lists[number] for number in sorted(by_length[:count])]
    return [step for steps in lists for step in steps]


def _next(truth: bool | None, open_findings: list[str | None]) -> Next:
    """There is no step that denies: people deny."""
    if truth is not None:
        return Next.APPROVE if truth else Next.REFER
    return Next.CONTINUE if None in open_findings else Next.REQUEST_INFORMATION


def _authority(joined: Joined, findings: Findings) -> Authority:
    """Nurse when one part is met on a nurse's own authority, whatever the other parts say."""
    return Authority.NURSE if any(_nurse_certifies(part, findings) for part in joined.parts) else Authority.PHYSICIAN


def _nurse_certifies(part: Rule, findings: Findings) -> bool:
    """The part is met by its rule's nurse authority, with every met criterion that asks for a physician taken as unknown."""
    if part.authority is not Authority.NURSE:
        return False
    physician = {
        leaf.id for leaf in leaves(part.criteria) if leaf.authority is Authority.PHYSICIAN and findings.get(leaf.id) == FindingValue.MET
    }
    known = {criterion: finding for criterion, finding in findings.items() if criterion not in physician} if physician else findings
    judged = _judge(part.criteria, known)
    return judged is not None and judged.truth is True
