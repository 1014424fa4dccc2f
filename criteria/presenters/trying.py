"""The try-out as the page shows it: the checklist as a nurse meets it, what comes of it, the words of request and letter. No queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from criteria.assessment import Assessment, Step, values
from criteria.enums import FindingValue, Next, Value
from criteria.example_words import NEXT_WORDS, VALUE_WORDS
from criteria.models import PolicyVersion
from criteria.policy_words import AGAINST, APPLIES, LANGUAGES, heading
from criteria.tree import Criterion, Joined, Node, Rule, Text, negated
from criteria.tryout import tried

FINDINGS = (
    ("met", "met", "Met"),
    ("not_met", "not-met", "Not met"),
    ("unclear", "unclear", "Unclear"),
    ("not_documented", "missing", "Not documented"),
    ("not_applicable", "na", "Does not apply"),
)
FEW = 4  # lines that are shown without being asked for


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule as it is tried: joined to the version of its base that is in force, if it is an exception. `note`: why it stands alone.

    `whose`: of a base, the plans that see it with exceptions, by code; `plan` is the one that is tried, empty for the base alone.
    """

    rule: Rule
    joined: Joined
    base: PolicyVersion | None = None
    note: str = ""
    whose: tuple[tuple[str, str], ...] = ()
    plan: str = ""


@dataclass(frozen=True, slots=True)
class TryRow:
    """One criterion of the try-out with its strip of findings. `number` is its place on the page."""

    number: int
    name: str
    text: str
    help: str
    depth: int
    options: tuple[tuple[str, str, str, bool], ...]  # value, kind, label, chosen
    standing: str
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class TryGroup:
    """The sentence over a group, and what it has come to."""

    number: int
    text: str
    depth: int
    standing: str
    is_group: bool = True


@dataclass(frozen=True, slots=True)
class TryPart:
    """The exception, or the base. `folded`: why the base cannot help any more."""

    label: str
    title: str
    folded: str
    entries: tuple[TryRow | TryGroup, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One wording. `is_missing`: there is none in that language yet, and the English stands for it."""

    text: str
    language: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """What would stand in a request or a letter."""

    title: str
    lines: tuple[Line, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class TryOut:
    """A rule with these findings, as a nurse and a member would meet it."""

    parts: tuple[TryPart, ...]
    title: str
    tone: str
    steps: tuple[str, ...]
    are_few: bool
    next: str
    papers: tuple[Paper, ...]
    languages: tuple[tuple[str, str, bool], ...]
    note: str
    whose: tuple[tuple[str, str, bool], ...]  # code of a plan, its name, whether it is the one tried

    @property
    def rows(self) -> Iterator[TryRow]:
        return (entry for part in self.parts for entry in part.entries if isinstance(entry, TryRow))


def try_out(trial: Trial, findings: Mapping[str, str], language: str) -> TryOut:
    kept, result = tried(trial.joined, findings)
    title, tone = _verdict(result)
    texts = {leaf.id: leaf.text or "A new criterion" for leaf in trial.joined.criteria}
    excluding = negated(trial.joined.root)
    steps = tuple(f"{texts[step.criterion]}: {_needed(step, excluding)}" for step in result.shortest)
    languages = tuple((word, LANGUAGES[word], word == language) for word in LANGUAGES)
    return TryOut(
        tuple(_parts(trial, kept, result)),
        title,
        tone,
        steps,
        len(steps) <= FEW,
        NEXT_WORDS[result.next],
        tuple(_papers(trial, result, language)),
        languages,
        trial.note,
        tuple((code, name, code == trial.plan) for code, name in trial.whose),
    )


def _needed(step: Step, excluding: frozenset[str]) -> str:
    return APPLIES[step.needs].lower() if step.criterion in excluding else step.needs.replace("_", " ")


# ---- the checklist


def _parts(trial: Trial, kept: Mapping[str, str], result: Assessment) -> Iterator[TryPart]:
    """Exceptions first, as in a review. In the joined tree the base is the first child."""
    known, joined, excluding = values(trial.joined, kept), trial.joined, negated(trial.joined.root)
    if not joined.exceptions:
        yield TryPart("", "", "", tuple(_entries(joined.base.criteria, (), 0, 1, kept, result, known, excluding)))
        return
    number = 1
    for place, rule in enumerate(joined.exceptions, start=1):
        entries = tuple(_entries(rule.criteria, (place,), 0, number, kept, result, known, excluding))
        number += len(entries)
        yield TryPart("Exception", rule.name or "this draft", "", entries)
    folded = ""
    if any(known[(place,)] is Value.MET for place in range(1, len(joined.parts))):
        folded = "The exception is met, so the base policy is not needed."
    elif known[(0,)] is Value.NOT_MET:
        folded = "The base policy is not met as marked, so only the exception can help."
    entries = tuple(_entries(joined.base.criteria, (0,), 0, number, kept, result, known, excluding))
    yield TryPart("Base policy", str(trial.base or "this draft"), folded, entries)


def _entries(
    node: Node,
    path: tuple[int, ...],
    depth: int,
    number: int,
    kept: Mapping[str, str],
    result: Assessment,
    known: Mapping[tuple[int, ...], Value | None],
    excluding: frozenset[str],
) -> Iterator[TryRow | TryGroup]:
    if isinstance(node, Criterion):
        yield _row(node, number, depth, kept.get(node.id, ""), result, is_exclusion=node.id in excluding)
        return
    value = known[path]
    standing = "does not apply" if value is None else "" if value is Value.UNDETERMINED else VALUE_WORDS[value]
    yield TryGroup(number, heading(node), min(depth, 6), standing)
    number += 1
    for place, child in enumerate(node.children):
        below = tuple(_entries(child, (*path, place), depth + 1, number, kept, result, known, excluding))
        number += len(below)
        yield from below


def _row(leaf: Criterion, number: int, depth: int, finding: str, result: Assessment, *, is_exclusion: bool) -> TryRow:
    words = [each for each in FINDINGS if each[0] != FindingValue.NOT_APPLICABLE or leaf.may_not_apply]
    if is_exclusion:
        kinds = {value: kind for value, kind, _ in FINDINGS}
        words = [(value, kinds[AGAINST.get(value, value)], APPLIES.get(value, label)) for value, _, label in words]
    standing = "no longer needed" if leaf.id in result.settled else "the reason" if leaf.id in result.reasons else ""
    options = tuple((value, kind, label, value == finding) for value, kind, label in words)
    return TryRow(number, leaf.id, leaf.text or "A new criterion", leaf.help, min(depth, 6), options, standing)


# ---- what comes of it


def _verdict(result: Assessment) -> tuple[str, str]:
    if result.value == Value.MET:
        who = "a nurse certifies" if result.authority == "nurse" else "a medical director certifies"
        return f"Met: {who}", "met"
    if result.value == Value.NOT_MET:
        return "Not met: a medical director decides", "not-met"
    if result.next == Next.REFER:
        return "Nothing applies: a medical director decides", "na"
    count = len(result.open)
    if result.next == Next.REQUEST_INFORMATION:
        return f"Undecided: asks for {count} thing{'s' * (count != 1)}", "missing"
    return f"Undecided: {count} open", "missing"


def _papers(trial: Trial, result: Assessment, language: str) -> Iterator[Paper]:
    criteria = {leaf.id: leaf for leaf in trial.joined.criteria}
    asked = [(criteria[name], criteria[name].ask) for name in result.open]
    unanswered = [(criteria[name], criteria[name].missing or {}) for name in result.open]
    reasons = [(criteria[name], criteria[name].reason) for name in result.reasons]
    is_asked = result.next == Next.REQUEST_INFORMATION
    if asked:
        yield Paper("In the request", _lines(asked, language), is_asked or len(asked) <= FEW)
        yield Paper("In the letter, if nobody answers", _lines(unanswered, language), False)
    if reasons:
        yield Paper("In the letter", _lines(reasons, language), True)


def _lines(worded: Sequence[tuple[Criterion, Text]], language: str) -> tuple[Line, ...]:
    found = []
    for leaf, text in worded:
        said = text.get(language, "")
        found.append(Line(said or text.get("en", "") or leaf.text or "A new criterion", language if said else "en", not said))
    return tuple(found)
