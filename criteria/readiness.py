"""What blocks a policy version from being submitted and published: each problem with its place in the document. Loaded things only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from authreview import due

from . import examples
from .enums import VersionStatus
from .example_words import differences
from .format import loaded, validate
from .governing import candidate, shared_plans, ties
from .models import PolicyVersion
from .queries import candidate_of
from .tree import Criterion, Policy, Rule, leaves

SPANISH = "es"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that is missing. `where` is a path of the document such as rules[0].criteria.all[2].ask; empty is the whole."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Judged:
    """How a version stands: what blocks it, and how its examples ran beside the published versions of other policies."""

    blockers: list[Blocker]
    report: examples.Report


def judged(version: PolicyVersion, others: Sequence[PolicyVersion]) -> Judged:
    """Everything between this version and publishing. `others`: published versions of all policies, this one's too."""
    beside = [other for other in others if other.policy_id != version.policy_id]
    own, *theirs = _reports(version, beside)
    wrong = [Blocker(error.path, error.message) for error in validate(version.document)]
    policy = None if wrong else loaded(version.document, version.policy.slug).policy
    if policy is None:
        return Judged(wrong, own)
    falls = [report for other, report in zip(beside, theirs, strict=True) if other.overlays == version.policy.slug]
    return Judged(_problems(version, policy, others, own, falls), own)


def looks_back(version: PolicyVersion, today: date) -> str:
    """What publishing it on this day means for days that have passed; empty where it begins today or later. It needs somebody's word."""
    days = (today - version.effective_from).days
    if days <= 0:
        return ""
    lies = f"From {due.day(version.effective_from)} lies {days} day{'s' * (days > 1)} back"
    return f"{lies}: for those days “Which rule governs?” will answer with this {'exception too' if version.overlays else 'version'}."


def _problems(
    version: PolicyVersion, policy: Policy, others: Sequence[PolicyVersion], own: examples.Report, exceptions: Sequence[examples.Report]
) -> list[Blocker]:
    """Of a document without errors. `exceptions`: the reports of the versions that overlay this policy."""
    found = _examples(own, exceptions)
    found += _references(policy)
    found += _wording(policy, set(version.waived_languages))
    if policy.next_review is None:
        found.append(Blocker("next_review", "Say when this policy is reviewed next."))
    found += _overlaying(policy, others)
    found += _takes_over(version, others)
    found += _ties(policy, others)
    found += _crowded(policy, others)
    return found


def _overlaying(policy: Policy, others: Sequence[PolicyVersion]) -> list[Blocker]:
    """A base is published, and is itself no overlay."""
    if not policy.overlays:
        return []
    bases = [other for other in others if other.policy.slug == policy.overlays]
    if not bases:
        return [Blocker("overlays", f"Its base policy {policy.overlays} has no published version.")]
    on_this = sorted({other.policy.slug for other in others if other.overlays == policy.policy})
    if on_this:
        return [Blocker("overlays", f"{', '.join(on_this)} overlays this policy, and the base of an overlay is itself no overlay.")]
    return []


def _takes_over(version: PolicyVersion, others: Sequence[PolicyVersion]) -> list[Blocker]:
    """Of two versions the later `from` governs: a version that begins on the same day as a published one would not say which."""
    same_day = [
        other
        for other in others
        if other.policy_id == version.policy_id
        and other.pk != version.pk
        and other.status == VersionStatus.PUBLISHED
        and other.effective_from == version.effective_from
    ]
    return [
        Blocker("effective.from", f"{other} begins on that day too. Give this version a later day, or retire that one.")
        for other in same_day
    ]


def _reports(version: PolicyVersion, beside: Sequence[PolicyVersion]) -> list[examples.Report]:
    files = [loaded(version.document, version.policy.slug)]
    files += [loaded({**other.document, "examples": []}, str(other)) for other in beside]
    return examples.check(files)


def _examples(own: examples.Report, exceptions: Sequence[examples.Report]) -> list[Blocker]:
    found = [Blocker(error.path, error.message) for error in own.errors]
    for report in exceptions:
        found += [Blocker("", f"The exception {report.file} would no longer join this policy. {error.message}") for error in report.errors]
    if not own.results and not own.errors:
        found.append(Blocker("examples", "A policy is published with examples; it has none."))
    for number, result in enumerate(own.results):
        if not result.ok:
            found.append(Blocker(f"examples[{number}]", f"It fails: {'; '.join(map(str, differences(result)))}."))
    return found


def _references(policy: Policy) -> list[Blocker]:
    """Dangling references are the format's business; here: one that nothing cites."""
    used = {cite for rule in policy.rules for leaf in leaves(rule.criteria) for cite in leaf.cites}
    used |= {cite for rule in policy.rules for note in rule.evidence_notes for cite in note.cites}
    return [
        Blocker(f"references[{number}]", f"Nothing cites the reference {reference.id}; cite it or take it out.")
        for number, reference in enumerate(policy.references)
        if reference.id not in used
    ]


def _wording(policy: Policy, waived: set[str]) -> list[Blocker]:
    found: list[Blocker] = []
    for number, rule in enumerate(policy.rules):
        at = f"rules[{number}]"
        if SPANISH not in waived and not rule.lay_name.get(SPANISH):
            found.append(Blocker(f"{at}.lay_name.es", f"{rule.name}: what the letter calls it in Spanish is missing."))
        for leaf, path in _paths(rule, f"{at}.criteria"):
            found += [Blocker(f"{path}.{name}", f"{leaf.text}: {message}") for name, message in _missing(leaf, waived)]
    return found


def _missing(leaf: Criterion, waived: set[str]) -> Iterable[tuple[str, str]]:
    if leaf.missing is None:
        yield "missing", "the wording for a decision made without an answer is missing."
    if SPANISH in waived:
        return
    wordings = (
        ("ask", leaf.ask, "what is asked for"),
        ("reason", leaf.reason, "the reason when it is not met"),
        ("missing", leaf.missing or {}, "the reason when nobody answered"),
    )
    for name, wording, said in wordings:
        if wording and not wording.get(SPANISH):
            yield f"{name}.es", f"the Spanish wording of {said} is missing; write it, or ask the approver to waive Spanish."


def _paths(rule: Rule, at: str) -> Iterable[tuple[Criterion, str]]:
    """Criteria with their path in the document, in document order."""
    stack = [(rule.criteria, at)]
    while stack:
        node, path = stack.pop()
        if isinstance(node, Criterion):
            yield node, path
            continue
        inner = f"{path}.at_least.of" if node.n is not None else f"{path}.{node.kind.value}"
        stack += [(child, f"{inner}[{index}]") for index, child in reversed(list(enumerate(node.children)))]


def _ties(policy: Policy, others: Sequence[PolicyVersion]) -> list[Blocker]:
    rivals = [candidate_of(other) for other in others]
    return [
        Blocker("applies_to", f"{rival.policy} {rival.version} would govern the same code for the same audience with the same right.")
        for rival in ties(candidate(policy), rivals)
    ]


def _crowded(policy: Policy, others: Sequence[PolicyVersion]) -> list[Blocker]:
    """Two overlays of one base for one plan at one time: nobody could say which of them is the plan's exception."""
    found = shared_plans(candidate(policy), [candidate_of(other) for other in others])
    return [
        Blocker(
            "overlays",
            f"{rival.policy} {rival.version} adds exceptions to {policy.overlays} for the same plan, {', '.join(plans)}, and the same code "
            "at the same time. Put both into one policy, or let one end before the other begins.",
        )
        for rival, plans in found
    ]
