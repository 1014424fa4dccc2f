"""Parts of a policy in words that a physician reads: groups, checks, values. Pure; nothing is judged or compared here."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .enums import LINE_LABELS, GroupKind, LineOfBusiness
from .periods import counted, day_words
from .tree import Check, Group, leaves

GROUP_WORDS = {GroupKind.ALL: "all of these", GroupKind.ANY: "any one of these", GroupKind.NONE: "none of these"}
SAME_MEANING = "has its check written another way, with the same meaning"
LANGUAGES = {"en": "English", "es": "Spanish"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: in both wordings, only in the earlier (`cut`), only in the later (`put`)."""

    kind: str
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Two wordings side by side, word by word."""
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    found: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        kinds = [("same", new[c:d])] if tag == "equal" else [("cut", old[a:b]), ("put", new[c:d])]
        found += [Piece(kind, "".join(words)) for kind, words in kinds if words]
    return tuple(found)


def plain(name: str) -> str:
    return name.replace("_", " ")


def listed(words: Iterable[Any], joint: str = "or") -> str:
    """a; a or b; a, b or c"""
    *first, last = [plain(str(word)) for word in words] or [""]
    return f"{', '.join(first)} {joint} {last}" if first else last


# An exclusion as a reviewer reads it: to meet it speaks against.
APPLIES = {"met": "Applies", "not_met": "Does not apply"}
AGAINST = {"met": "not_met", "not_met": "met"}


def group_words(group: Group) -> str:
    """all of these; any one of these; at least 2 of these 3; none of these"""
    return f"at least {group.n} of these {len(group.children)}" if group.n is not None else GROUP_WORDS[group.kind]


def heading(group: Group) -> str:
    """The sentence of a group on a checklist, with its title."""
    lead = {
        GroupKind.ALL: "All of these",
        GroupKind.ANY: "One of these",
        GroupKind.AT_LEAST: f"At least {group.n} of these",
        GroupKind.NONE: "None of these may apply",
    }[group.kind]
    return f"{lead}: {group.title[:1].lower() + group.title[1:]}" if group.title else lead


def group_name(group: Group) -> str:
    """A group by its title, or by the criterion it begins with."""
    if group.title:
        return f"the group “{group.title}”"
    first = next(leaves(group), None)
    return f"the group “{group_words(group)}: {first.text if first else group.id} …”"


def check_words(check: Check | None) -> str:
    """What a check asks of the recorded facts: symptoms for more than 3 months. Empty without one."""
    return _CHECKS[check.name](check.args) if check else ""


def check_change(was: Check, now: Check) -> str:
    """What two checks ask differently, without what they share: now checks for a trial of at least 6 weeks instead of at least 4 weeks."""
    old, new = check_words(was), check_words(now)
    if was.name != now.name or now.name not in _LISTING:
        return f"now checks for {new} instead of {old}" if old != new else SAME_MEANING
    said = []
    for key, of_what in _LISTING[now.name].items():
        before, after = _several(was.args.get(key)), _several(now.args.get(key))
        if key == "response" and not (before and after):
            said += [f"asks for {of_what}{listed(after)}"] if after else [f"no longer asks for {of_what}{listed(before)}"] if before else []
            continue
        more, fewer = [each for each in after if each not in before], [each for each in before if each not in after]
        said += [f"also counts {of_what}{listed(more, 'and')}"] if more else []
        said += [f"no longer counts {of_what}{listed(fewer, 'and')}"] if fewer else []
    for key, words in _LENGTHS.items():
        one, other = was.args.get(key) or _LEFT_OUT.get(key), now.args.get(key) or _LEFT_OUT.get(key)
        if one != other:
            length = f"now checks for {words.format(other)}" if other else f"no longer checks for {words.format(one)}"
            said.append(f"{length} instead of {one}" if one and other else length)
    return "; ".join(said) or SAME_MEANING


def _several(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def value_words(value: Any) -> str:
    """A value of the tree in words: yes and no, lists with semicolons, wording by language, records by what they say."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{plain(str(key))}: {value_words(words)}" for key, words in value.items())
    if isinstance(value, tuple | list):
        return "; ".join(value_words(item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return ", ".join(said for name in value.__dataclass_fields__ if (said := value_words(getattr(value, name))))
    if isinstance(value, LineOfBusiness):
        return LINE_LABELS[value]
    return plain(value) if isinstance(value, StrEnum) else str(value)


# ---- one sentence part a check --------------------------------------------------------------------------------------------------
def _duration(args: Mapping[str, Any]) -> str:
    return f"symptoms for more than {args['more_than']}" if "more_than" in args else f"symptoms for at least {args['at_least']}"


def _age(args: Mapping[str, Any]) -> str:
    least, most = args.get("at_least"), args.get("at_most")
    if least is not None and most is not None:
        return f"age {least} to {most}"
    return f"age {least} or more" if least is not None else f"age {most} or less"


def _treatments(args: Mapping[str, Any]) -> str:
    response = args.get("response")
    many = args.get("how_many") or 1
    said = [f"{many} of {listed(args['any_of'])}"]
    if args.get("at_least"):
        said.append(f"for at least {args['at_least']}")
    if response:
        said.append(f"with the response {listed([response] if isinstance(response, str) else response)}")
    if args.get("within"):
        said.append(f"ended within {args['within']}")
    return ", ".join(said)


def _sites(args: Mapping[str, Any]) -> str:
    return "every requested site examined" if args.get("examined") else f"at least {counted(args['at_least'], 'site')}"


_CHECKS = {
    "symptom_duration": _duration,
    "age": _age,
    "diagnosis": lambda args: f"a confirmed diagnosis among {listed(args['any_of'])}",
    "treatments": _treatments,
    "prior_sessions": lambda args: f"no more than {counted(args['at_most'], 'session')} within {args['within']}, this one included",
    "days_since_last": lambda args: f"at least {counted(args['at_least'], 'day')} since the last session",
    "months_since_last": lambda args: f"at least {counted(args['at_least'], 'month')} since the last session",
    "units": lambda args: f"no more than {counted(args['at_most'], 'unit')}",
    "sites": _sites,
    "requested_with": lambda args: f"none of {listed(args['none_of'])} asked for on the same day",
}

# what a change of a check is told by: its lists, with the words before an entry, and its lengths
_LISTING: dict[str, dict[str, str]] = {
    "treatments": {"any_of": "", "response": "the response "},
    "diagnosis": {"any_of": ""},
    "requested_with": {"none_of": ""},
}
_LENGTHS = {"how_many": "at least {} of the kinds", "at_least": "a trial of at least {}", "within": "a trial that ended within {}"}
_LEFT_OUT = {"how_many": 1}
