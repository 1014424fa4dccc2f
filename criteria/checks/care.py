"""Checks of what the record says about the member's condition and care. What is missing is asked for: none of these says not met."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from criteria.enums import Certainty, FindingValue, Response
from criteria.periods import Period, add_days, counted, day_words, span_words

from .facts import CaseFacts, Treatment
from .proposal import Anchor, Proposal, listed, missing, reference

KIND_WORDS = {
    "nsaid": "NSAID",
    "heat_cold": "heat or cold",
}  # kinds are the policies' words; these two read badly as they stand


def diagnosis(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    """A confirmed diagnosis matches; only a possible one is unclear."""
    matching = [row for row in facts.diagnoses if any(_matches(pattern, row.code) for pattern in args["any_of"])]
    confirmed = listed(row.code for row in matching if row.certainty is Certainty.CONFIRMED)
    if confirmed:
        used = [row.code for row in matching if row.certainty is Certainty.CONFIRMED]
        return Proposal(FindingValue.MET, f"diagnosed as {confirmed}", _keys(used))
    if matching:
        possible = listed(row.code for row in matching)
        return Proposal(FindingValue.UNCLEAR, f"only a possible diagnosis, {possible}", _keys([row.code for row in matching]))
    wanted = listed((f"{code[:-1]} (any)" if code.endswith("*") else code for code in args["any_of"]), "or")
    return missing(f"no diagnosis {wanted} is recorded")


def _matches(pattern: str, code: str) -> bool:
    pattern, code = pattern.casefold(), code.casefold()
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


def _keys(used: list[str]) -> tuple[str, ...]:
    return tuple(f"diagnosis:{code}" for code in dict.fromkeys(used))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a trial must show. `until` is None where no period counts back, or where there is no date to count back from."""

    length: Period | None
    responses: tuple[str, ...]
    within: Period | None
    until: Anchor | None


def treatments(args: Mapping[str, Any], facts: CaseFacts, codes: tuple[str, ...]) -> Proposal:
    """That many kinds, each with one trial that shows all that is asked."""
    kinds, how_many = args["any_of"], args.get("how_many") or 1
    trials = [(f"treatment:{number}", row) for number, row in enumerate(facts.treatments) if row.kind in kinds]
    if not trials:
        return missing(f"no treatment with {listed((kind_words(kind) for kind in kinds), 'or')} is recorded")
    asked = _asked(args, facts)
    judged = [(key, row, *_judge(row, asked)) for key, row in trials]
    counting = [entry for entry in judged if not entry[2] and not entry[3]]
    reached = len({row.kind for _, row, *_ in counting})
    if reached < how_many and asked.within and asked.until is None:
        return missing("no received date is recorded to count back from")
    shown = counting if reached >= how_many else judged
    said = [_trial_words(row, fails, lacks) for _, row, fails, lacks in shown]
    if how_many > 1:
        said.append(f"{reached} of {how_many} kinds")
    finding = FindingValue.MET if reached >= how_many else FindingValue.UNCLEAR
    return Proposal(finding, "; ".join(said), (*(key for key, *_ in shown), *((asked.until.key,) if asked.until else ())))


def _asked(args: Mapping[str, Any], facts: CaseFacts) -> _Asked:
    response = args.get("response") or ()
    length, within = args.get("at_least"), args.get("within")
    return _Asked(
        Period.parse(length) if length else None,
        (response,) if isinstance(response, str) else tuple(response),
        Period.parse(within) if within else None,
        reference(facts) if within else None,
    )


def _judge(trial: Treatment, asked: _Asked) -> tuple[list[str], list[str]]:
    """What speaks against counting a trial, and what it lacks. Neither: it counts."""
    if trial.response is Response.CONTRAINDICATED and Response.CONTRAINDICATED in asked.responses:
        return [], []  # what is unsafe for the member needs no trial
    fails, lacks = _timing(trial, asked)
    if asked.responses and trial.response is None:
        lacks.append("no response")
    elif asked.responses and trial.response not in asked.responses:
        fails.append(f"not {listed((_plain(response) for response in asked.responses), 'or')}")
    return fails, lacks


def _timing(trial: Treatment, asked: _Asked) -> tuple[list[str], list[str]]:
    """Long enough, first to last day inclusive; and its last day within the period before the reference date, both ends included."""
    fails: list[str] = []
    lacks: list[str] = []
    no_start, no_end = asked.length and trial.start is None, (asked.length or asked.within) and trial.end is None
    if no_start or no_end:
        lacks.append("no dates" if trial.start is None and trial.end is None else "no first day" if no_start else "no last day")
    if asked.length and trial.start and trial.end and asked.length.after(trial.start) > add_days(trial.end, 1):
        fails.append(f"shorter than {asked.length}")
    if asked.within and asked.until is None:
        lacks.append("no date to count back from")
    elif asked.within and asked.until and trial.end:
        earliest = asked.within.before(asked.until.day)
        if trial.end < earliest:
            fails.append(f"ended before {day_words(earliest)}")
        elif trial.end > asked.until.day:
            fails.append(f"ends after {day_words(asked.until.day)}")
    return fails, lacks


def _trial_words(trial: Treatment, fails: list[str], lacks: list[str]) -> str:
    kind = kind_words(trial.kind)
    name = trial.agent if kind.casefold() in trial.agent.casefold() else f"{kind} {trial.agent}".strip()
    if trial.start and trial.end:
        name += f" {span_words(trial.start, trial.end)} is {counted((trial.end - trial.start).days + 1, 'day')}"
    elif trial.start:
        name += f" from {day_words(trial.start)}"
    elif trial.end:
        name += f" until {day_words(trial.end)}"
    said = f"{name}, {_plain(trial.response)}" if trial.response else name
    if fails:
        return f"{said}: does not count, {listed(fails)}"
    return f"{said}: {listed(lacks)}, does not count yet" if lacks else f"{said}: counts"


def kind_words(kind: str) -> str:
    return KIND_WORDS.get(kind, _plain(kind))


def _plain(word: str) -> str:
    return word.replace("_", " ")
