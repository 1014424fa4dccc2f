"""A replay as its page shows it: how far it is, counts with their words, lines with what would have been asked for. No queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from cases.models.replay import ReplayLine, ReplayRun
from cases.replay import Effect
from criteria.tree import Policy, leaves

WORDS: Mapping[Effect, tuple[str, str, str]] = {
    Effect.STANDS: ("met", "Would stand", "The same value under this version."),
    Effect.INFORMATION: ("missing", "Would need other information", "The findings on file do not answer every question of this version."),
    Effect.TURNS: ("unclear", "Would turn", "The findings on file give another value under this version."),
    Effect.OUTSIDE: ("na", "Would be under another rule", "This version would not govern them."),
}
VALUES = {"met": "met", "not_met": "not met", "undetermined": "undetermined", "no_rule": "no policy", "": "not governed"}
MOST_ASKED = 10


@dataclass(frozen=True, slots=True)
class Count:
    """One outcome with its number; `url` lists its lines, where there are any to list."""

    effect: str
    kind: str
    label: str
    meaning: str
    number: int
    share: str
    url: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line that would not stand. `url` is empty for who may not open cases."""

    name: str
    url: str
    before: str
    after: str
    criteria: tuple[str, ...]


def counts(run: ReplayRun, shown: str) -> list[Count]:
    everything = sum(getattr(run, effect.value) for effect in Effect)
    return [_count(run, effect, everything, shown) for effect in Effect]


def _count(run: ReplayRun, effect: Effect, everything: int, shown: str) -> Count:
    number = getattr(run, effect.value)
    share = f"{100 * number / everything:.1f} %" if everything else ""
    listed = number and effect is not Effect.STANDS
    url = f"{reverse('replay-run', args=[run.pk])}?effect={effect.value}#lines" if listed else ""
    return Count(effect.value, *WORDS[effect], number, share, url, shown == effect.value)


def words_of(policies: Iterable[Policy]) -> dict[str, str]:
    """Criterion -> its text; of several policies that have one, the last says it."""
    return {leaf.id: leaf.text for policy in policies for rule in policy.rules for leaf in leaves(rule.criteria)}


def asked_rows(run: ReplayRun, words: Mapping[str, str]) -> list[tuple[str, int]]:
    """What would have been asked for most often."""
    often = sorted(run.asked.items(), key=lambda item: (-item[1], item[0]))[:MOST_ASKED]
    return [(words.get(name, name), number) for name, number in often]


def line_rows(lines: Iterable[ReplayLine], words: Mapping[str, str], *, may_open: bool) -> list[LineRow]:
    return [
        LineRow(
            f"{each.line.case.reference}, line {each.line.number}, {each.line.code}",
            reverse("case-line", args=[each.line.case.reference, each.line.number]) if may_open else "",
            VALUES.get(each.before, each.before),
            VALUES.get(each.after, each.after),
            tuple(words.get(name, name) for name in each.criteria),
        )
        for each in lines
    ]
