"""What the fields of a policy are picked from: the plans that are kept, states, base policies. Display values; no queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from localflavor.us.us_states import STATE_CHOICES

from criteria.models import PolicyVersion
from criteria.neighbours import KnownPlan
from criteria.node_fields import Choices, NodeField
from criteria.queries import ends_on

STATES: Choices = tuple((str(code), f"{name} ({code})") for code, name in STATE_CHOICES)
# of a field: what stands in it and in no list
STRANGE = {
    "applies_to.plans": "No plan {} is kept here. The policy names it all the same.",
    "plan": "No plan {} is kept here. The example names it all the same.",
    "overlays": "No base policy {} is published.",
}


@dataclass(frozen=True, slots=True)
class Lists:
    """Plans by code, base policies by short name, each with what a person knows it by."""

    plans: Choices = ()
    bases: Choices = ()


def lists_of(slug: str, plans: Iterable[KnownPlan], published: Sequence[PolicyVersion], today: date) -> Lists:
    """For the policy `slug`: it is no base of itself, nor is an exception, nor what has ended."""
    named = {
        version.policy.slug: f"{version.title} ({version.policy.slug})"
        for version in sorted(published, key=lambda version: version.effective_from)
        if not version.overlays and version.policy.slug != slug and (ends_on(version) or date.max) >= today
    }
    bases = sorted(named.items(), key=lambda pair: pair[1])
    return Lists(tuple((plan.code, f"{plan.name} ({plan.code})") for plan in plans), tuple(bases))


def picked(field: NodeField, lists: Lists) -> NodeField:
    """The field with what it is picked from, if it is."""
    choices: dict[str, Choices] = {
        "applies_to.plans": lists.plans,
        "applies_to.states": STATES,
        "overlays": (("", "Nothing: a policy of its own"), *lists.bases),
        "plan": (("", "Any"), *lists.plans),
        "state": (("", "Any"), *STATES),
    }
    return replace(field, choices=choices[field.key]) if field.key in choices else field


def strange(field: NodeField, value: Any) -> str:
    """Which of the values is in no list, in a sentence; empty where all are."""
    known = dict(field.choices)
    unknown = [each for each in (value if isinstance(value, list) else [value]) if each and each not in known]
    return STRANGE[field.key].format(", ".join(unknown)) if unknown and field.key in STRANGE else ""


def with_strange(field: NodeField, value: Sequence[str]) -> Choices:
    """What is chosen first, in its order, whether it is in the list or not; then the rest of the list."""
    known = dict(field.choices)
    chosen = tuple((each, known.get(each, each)) for each in dict.fromkeys(value))
    return (*chosen, *(pair for pair in field.choices if pair[0] not in value))
