"""The contract of an assessment read word by word and answered by trying everything. Slow on purpose; it shares no code with the engine."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from criteria.enums import Authority, FindingValue, GroupKind
from criteria.tree import Criterion, Joined, Node, leaves

OUT = "taken out"
Truth = bool | None | str


def known(criterion: Criterion, finding: str | None) -> Truth:
    """What a finding counts as; OUT where the criterion does not apply."""
    if finding == FindingValue.NOT_APPLICABLE:
        return OUT if criterion.may_not_apply else None
    if finding == FindingValue.NOT_DOCUMENTED and criterion.silence_absent:
        return False
    return {FindingValue.MET: True, FindingValue.NOT_MET: False}.get(finding)


def evaluate(node: Node, truths: Mapping[str, Truth]) -> Truth:
    """The four sentences under "Value of a node"."""
    if isinstance(node, Criterion):
        return truths[node.id]
    children = [value for child in node.children if (value := evaluate(child, truths)) != OUT]
    true, false, unknown = children.count(True), children.count(False), children.count(None)
    if not children:
        return OUT
    if node.kind == GroupKind.ALL:
        return False if false else None if unknown else True
    if node.kind == GroupKind.ANY:
        return True if true else None if unknown else False
    if node.kind == GroupKind.NONE:
        return True if false == len(children) else False if true else None
    n = min(node.n, len(children))
    return True if true >= n else False if true + unknown < n else None


def completions(root: Node, truths: Mapping[str, Truth]) -> dict[tuple[bool, ...], Truth]:
    """The root's value for every way to answer what is unknown, in document order."""
    unknown = [name for name, truth in truths.items() if truth is None]
    answers = product((False, True), repeat=len(unknown))
    return {answer: evaluate(root, {**truths, **dict(zip(unknown, answer, strict=True))}) for answer in answers}


def shortest(root: Node, truths: Mapping[str, Truth]) -> list[tuple[str, str]]:
    """Every list of unknown criteria, shorter ones first, then the ones that stand earlier; every way to answer it."""
    unknown = [name for name, truth in truths.items() if truth is None]
    for size in range(1, len(unknown) + 1):
        for chosen in combinations(unknown, size):
            ways = [
                answer
                for answer in product((True, False), repeat=size)
                if evaluate(root, {**truths, **dict(zip(chosen, answer, strict=True))})
            ]
            if ways:
                assert len(ways) == 1
                return [(name, "met" if met else "not_met") for name, met in zip(chosen, ways[0], strict=True)]
    raise AssertionError("an undetermined rule can always be met")


def reasons(node: Node, truths: Mapping[str, Truth]) -> Iterator[str]:
    """What made a node the value it has: the walk from the root, sentence by sentence."""
    if isinstance(node, Criterion):
        yield node.id
        return
    value = evaluate(node, truths)
    true = [child for child in node.children if evaluate(child, truths) is True]
    false = [child for child in node.children if evaluate(child, truths) is False]
    every = [child for child in node.children if evaluate(child, truths) != OUT]
    through = {
        (GroupKind.ALL, False): false,
        (GroupKind.ANY, False): false,
        (GroupKind.AT_LEAST, False): false,
        (GroupKind.NONE, False): true,
        (GroupKind.ALL, True): every,
        (GroupKind.ANY, True): true,
        (GroupKind.AT_LEAST, True): true,
        (GroupKind.NONE, True): every,
    }
    for child in through[node.kind, value]:
        yield from reasons(child, truths)


def authority(joined: Joined, findings: Mapping[str, str | None]) -> str:
    """Nurse when a part says so and stays met without the criteria that ask for a physician."""
    for part in joined.parts:
        without = {
            leaf.id: None
            if leaf.authority == Authority.PHYSICIAN and findings.get(leaf.id) == "met"
            else known(leaf, findings.get(leaf.id))
            for leaf in leaves(part.criteria)
        }
        if part.authority == Authority.NURSE and set(completions(part.criteria, without).values()) == {True}:
            return "nurse"
    return "physician"


def assess(joined: Joined, findings: Mapping[str, str | None]) -> dict[str, object]:
    """What the command line prints as `got`."""
    root = joined.root
    truths = {leaf.id: known(leaf, findings.get(leaf.id)) for leaf in leaves(root)}
    unknown = [name for name, truth in truths.items() if truth is None]
    table = completions(root, truths)
    outcomes = set(table.values())
    got = {"open": [], "settled": unknown, "reasons": [], "shortest": [], "authority": None}
    if outcomes == {OUT}:
        return {**got, "value": "undetermined", "settled": [], "next": "refer"}
    if outcomes == {True}:
        return {**got, "value": "met", "next": "approve", "authority": authority(joined, findings)}
    if outcomes == {False}:
        return {**got, "value": "not_met", "next": "refer", "reasons": list(reasons(root, truths))}
    matters = [
        name
        for number, name in enumerate(unknown)
        if any(table[answer] != table[(*answer[:number], not answer[number], *answer[number + 1 :])] for answer in table)
    ]
    unanswered = any(findings.get(name) is None for name in matters)
    return {
        **got,
        "value": "undetermined",
        "open": matters,
        "settled": [name for name in unknown if name not in matters],
        "shortest": shortest(root, truths),
        "next": "continue" if unanswered else "request_information",
    }
