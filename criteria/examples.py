"""Runs the examples of a set of policies: which overlays join, which base is meant, what was got against what was expected.

Policy file format 1, "Command line". Pure: files and database rows come in as loaded policies, and see each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import governing
from .assessment import assess
from .checks import facts_from_example, propose
from .enums import FindingValue
from .format import FormatError, Loaded
from .format.shapes import Problems, listed
from .format.yaml_text import Path
from .tree import Criterion, Example, Joined, Policy, Rule, leaves, placed, rule_of


@dataclass(frozen=True, slots=True)
class Result:
    """One example. `unlike`: what was expected and not got, by key; `texts`: the criteria that it was assessed against, by id."""

    rule: str
    name: str
    got: Mapping[str, Any]
    unlike: tuple[tuple[str, Any, Any], ...]
    texts: Mapping[str, str]

    @property
    def ok(self) -> bool:
        return not self.unlike

    @property
    def differences(self) -> tuple[str, ...]:
        """As the command line says them: in the format's own words."""
        return tuple(f"{key}: expected {_words(expected)}, got {_words(got)}" for key, expected, got in self.unlike)


@dataclass(frozen=True, slots=True)
class Report:
    """One file: errors, or the results of its examples."""

    file: str
    errors: tuple[FormatError, ...]
    results: tuple[Result, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.errors and all(result.ok for result in self.results)


def check(files: Sequence[Loaded]) -> list[Report]:
    """Every file judged beside the others, in the order given. An invalid one takes no part in the examples of the others."""
    problems = [file.problems() for file in files]
    _check_identities(files, problems)
    _check_overlays(_sound(files, problems), problems)
    sound = _sound(files, problems)
    while True:  # a file that falls takes with it what leaned on it
        known = _Library(sound.values())
        for index, policy in sound.items():
            _check_examples(policy, known, problems[index])
        left = _sound(files, problems)
        if len(left) == len(sound):
            break
        sound = left
    return [
        Report(file.name, (*file.errors, *problems[index].errors), _results(sound[index], known) if index in sound else ())
        for index, file in enumerate(files)
    ]


def _sound(files: Sequence[Loaded], problems: Sequence[Problems]) -> dict[int, Policy]:
    return {index: file.policy for index, file in enumerate(files) if file.policy and not problems[index].errors}


# ---- what files must agree on


def _check_identities(files: Sequence[Loaded], problems: Sequence[Problems]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for file, found in zip(files, problems, strict=True):
        if file.identity is None:
            continue
        if file.identity in seen:
            slug, version = file.identity
            found.add(("version",), f"{slug} {version} is given already, in {seen[file.identity]}. Allowed: a version once.")
        seen.setdefault(file.identity, file.name)


def _check_overlays(policies: Mapping[int, Policy], problems: Sequence[Problems]) -> None:
    """The base is itself no overlay; base and exceptions share no criterion id."""
    earlier: list[Policy] = []
    for index, policy in policies.items():
        if policy.overlays is None:
            continue
        bases = [other for other in policies.values() if other.policy == policy.overlays]
        if any(base.overlays for base in bases):
            message = f"{policy.overlays} is itself an overlay. Allowed: the slug of a policy that overlays none."
            problems[index].add(("overlays",), message)
            continue
        _check_shared_ids(policy, bases + [other for other in earlier if _may_meet(policy, other)], problems[index])
        earlier.append(policy)


def _may_meet(one: Policy, other: Policy) -> bool:
    """Whether two overlays can join the same line on some day."""
    if one.policy == other.policy or one.overlays != other.overlays:
        return False
    ends = (one.effective_until or date.max, other.effective_until or date.max)
    if max(one.effective_from, other.effective_from) > min(ends):
        return False
    ours, theirs = one.applies_to, other.applies_to
    pairs: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
        (ours.plans, theirs.plans),
        (ours.lines_of_business, theirs.lines_of_business),
        (ours.states, theirs.states),
    )
    return all(not mine or not yours or set(mine) & set(yours) for mine, yours in pairs)


def _check_shared_ids(overlay: Policy, others: Iterable[Policy], problems: Problems) -> None:
    """An exception shares no id with any rule of its base, and none with an exception that joins the same line."""
    for number, rule in enumerate(overlay.rules):
        for other in others:
            theirs = other.rules if other.overlays is None else [each for each in other.rules if set(each.codes) & set(rule.codes)]
            taken = {leaf.id for each in theirs for leaf in leaves(each.criteria)}
            for at, leaf in placed(rule.criteria, ("rules", number, "criteria")):
                if leaf.id in taken:
                    where = f"{other.policy} {other.version}"
                    message = f"The criterion id {leaf.id} stands in {where} too, and the two share none. Each needs its own."
                    problems.add((*at, "id"), message)


# ---- what joins for an example


class _Library:
    """The policies that see each other, and what joins among them."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self.policies = tuple(policies)

    def overlay_rules(self, base: Policy, rule: Rule, code: str | None) -> Iterator[tuple[Policy, Rule]]:
        """Every overlay of the base that names the code (without one, any code of the rule), with its rule for it."""
        for overlay in self.policies:
            if overlay.overlays == base.policy:
                theirs = _first_rule(overlay, (code,) if code else rule.codes)
                if theirs:
                    yield overlay, theirs

    def base_rule(self, overlay: Policy, rule: Rule, code: str | None, on: date | None) -> Rule | None:
        """The base's rule that an overlay's rule joins: of several versions the one in force that begins later, else the latest."""
        found = []
        for base in self.policies:
            theirs = _first_rule(base, (code,) if code else rule.codes) if base.policy == overlay.overlays else None
            if theirs:
                stands = on is not None and governing.in_force(governing.candidate(base), on)
                found.append(((stands, base.effective_from, base.version), theirs))
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def has_base(self, overlay: Policy) -> bool:
        return any(policy.policy == overlay.overlays for policy in self.policies)

    def joined(self, policy: Policy, example: Example) -> Joined:
        """What an example is assessed against."""
        rule, code, on = _rule(policy, example), _code(example), _reference_date(example)
        if policy.overlays is None:
            return Joined(rule, self._exceptions(policy, rule, example))
        base = self.base_rule(policy, rule, code, on)
        if base is None:
            raise LookupError(f"{policy.policy} has no base for {example.name}")
        named = policy.applies_to
        asked = (
            example.plan or next(iter(named.plans), None),
            example.line_of_business or next(iter(named.lines_of_business), None),
            example.state or next(iter(named.states), None),
        )
        return Joined(base, (rule,) if governing.applies(governing.candidate(policy), *asked) else ())

    def _exceptions(self, base: Policy, rule: Rule, example: Example) -> tuple[Rule, ...]:
        """The rules of the overlays that match an example of a base and are in force. Without a reference date all are."""
        on = _reference_date(example)
        matching = []
        for overlay, theirs in self.overlay_rules(base, rule, _code(example)):
            version = governing.candidate(overlay, key=theirs)
            stands = on is None or governing.in_force(version, on)
            if stands and governing.applies(version, example.plan, example.line_of_business, example.state):
                matching.append(version)
        return tuple(version.key for version in governing.exceptions_to(base.policy, matching) if isinstance(version.key, Rule))


def _first_rule(policy: Policy, codes: Iterable[str]) -> Rule | None:
    return next((rule for code in codes if (rule := policy.rule_for(code))), None)


def _rule(policy: Policy, example: Example) -> Rule:
    return next(rule for rule in policy.rules if rule.id == example.rule)


def _code(example: Example) -> str | None:
    line = (example.facts or {}).get("line") or {}
    code: str | None = line.get("code")
    return code


def _reference_date(example: Example) -> date | None:
    return facts_from_example(example.facts).reference_date if example.facts is not None else None


# ---- what examples may name


def _check_examples(policy: Policy, known: _Library, problems: Problems) -> None:
    if policy.overlays and policy.examples and not known.has_base(policy):
        message = f"The examples need the base {policy.overlays}, which is not among these files, or is not valid. Give its file too."
        problems.add(("overlays",), message)
        return
    for number, example in enumerate(policy.examples):
        at: Path = ("examples", number)
        rule, code = _rule(policy, example), _code(example)
        if policy.overlays is None:
            rules = [rule, *(theirs for _, theirs in known.overlay_rules(policy, rule, code))]
        else:
            base = known.base_rule(policy, rule, code, _reference_date(example))
            if base is None:
                message = f"The base {policy.overlays} has no rule for {code or listed(rule.codes)}. Allowed: codes that the base names."
                problems.add((*at, "facts", "line", "code") if code else (*at, "rule"), message)
                continue
            rules = [base, rule]
        _check_names(example, at, {leaf.id: leaf for part in rules for leaf in leaves(part.criteria)}, problems)


def _check_names(example: Example, at: Path, criteria: Mapping[str, Criterion], problems: Problems) -> None:
    for name, finding in example.findings.items():
        here: Path = (*at, "findings", name)
        if name not in criteria:
            problems.add(here, _unknown(name, criteria), key=True)
        elif finding == FindingValue.NOT_APPLICABLE and not criteria[name].may_not_apply:
            problems.add(here, f"not_applicable is allowed only where the criterion has may_not_apply: true, and {name} has not.")
    expect = example.expect or {}
    for key in ("open", "settled", "reasons"):
        for number, name in enumerate(expect.get(key) or ()):
            if name not in criteria:
                problems.add((*at, "expect", key, number), _unknown(name, criteria))
    for number, step in enumerate(expect.get("shortest") or ()):
        if step["criterion"] not in criteria:
            problems.add((*at, "expect", "shortest", number, "criterion"), _unknown(step["criterion"], criteria))


def _unknown(name: str, criteria: Iterable[str]) -> str:
    return f"No criterion that this example is assessed against has the id {name}. Allowed: {listed(criteria)}."


# ---- the run


def _results(policy: Policy, known: _Library) -> tuple[Result, ...]:
    return tuple(run(example, known.joined(policy, example)) for example in policy.examples)


def run(example: Example, joined: Joined) -> Result:
    """One example against the tree it is assessed with. What its findings leave unanswered, checks answer where it gives facts."""
    findings = {leaf.id: example.findings.get(leaf.id) for leaf in joined.criteria}
    if example.facts is not None:
        facts = facts_from_example(example.facts)
        for leaf in joined.criteria:
            holder = rule_of(joined, leaf.id)
            if findings[leaf.id] is None and leaf.check and holder:
                findings[leaf.id] = propose(leaf.check, facts, holder.codes).finding
    assessment = assess(joined, findings)
    got = {
        "value": str(assessment.value),
        "open": list(assessment.open),
        "settled": list(assessment.settled),
        "reasons": list(assessment.reasons),
        "shortest": [{"criterion": step.criterion, "needs": str(step.needs)} for step in assessment.shortest],
        "next": str(assessment.next),
        "authority": None if assessment.authority is None else str(assessment.authority),
    }
    expect = example.expect or {}
    unlike = tuple((key, expect[key], got[key]) for key in got if key in expect and expect[key] != got[key])
    return Result(example.rule, example.name, got, unlike, {leaf.id: leaf.text for leaf in joined.criteria})


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_words(item) for item in value) + "]"
    if isinstance(value, dict):
        return f"{value['criterion']} {value['needs']}"
    return "null" if value is None else str(value)
