"""Regulated wording: which text holds for a letter, its placeholders filled, its few marks read. Structure is the templates'.

The placeholders are a closed set. One that is unknown, or has no value, stays in the text as it is written: the letter's lint refuses it
and says where it is mended. It is never a blank.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from cases.models import LetterText, Plan

PLACEHOLDERS: Mapping[str, str] = {
    "plan_name": "name of the plan",
    "plan_phone": "telephone of the plan, contact “phone”",
    "plan_tty": "number for TTY, contact “tty”",
    "plan_hours": "when somebody answers, contact “hours” by language",
    "plan_fax": "fax for records, contact “fax”",
    "plan_address": "address of the plan, contact “address”",
    "appeals_address": "where appeals go, contact “appeals_address”",
    "appeals_fax": "fax for appeals, contact “appeals_fax”",
    "peer_phone": "telephone of the reviewing physicians, contact “peer_phone”",
    "reference": "reference of the case",
    "doctor": "who asked for the care",
    "appeal_until": "last day to ask for an appeal",
    "appeal_count": "how that day was counted, in words",
    "appeal_answer": "how long the answer to an appeal takes",
    "peer_until": "last day of the peer-to-peer window",
    "answer_by": "last day for the answer to a request",
    "decide_by": "day by which the decision is due",
}
CONTACT = ("phone", "tty", "hours", "fax", "address", "appeals_address", "appeals_fax", "peer_phone")  # keys of Plan.contact
_PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")
_STRONG = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_LANGUAGE = re.compile(r"\[([a-z]{2})\]\s+")


@dataclass(frozen=True, slots=True)
class Run:
    """Some words of a paragraph."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`language` where it differs from the letter's."""

    runs: tuple[Run, ...]
    language: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Section:
    """A regulated part of a letter, by the key of its text."""

    key: str
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Texts:
    """The texts that hold for one line of business, state, language and day; `versions`: key -> pk of the row that was used."""

    rows: Mapping[str, LetterText]
    language: str
    used: dict[str, int] = field(default_factory=dict)

    def section(self, key: str, values: Mapping[str, str]) -> Section | None:
        """The text of this key, filled; None where none holds."""
        row = self.rows.get(key)
        if row is None:
            return None
        self.used[key] = row.pk
        return section_of(key, row.body, values)


def load_texts(line_of_business: str, state: str, language: str, on: date) -> dict[str, LetterText]:
    """By key the approved text in force that day, the most particular: line of business before state before all. One query."""
    rows = LetterText.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gte=on),
        line_of_business__in=("", line_of_business),
        state__in=("", state),
        language=language,
        effective_from__lte=on,
        approved_at__isnull=False,
    ).order_by("effective_from", "pk")
    best: dict[str, LetterText] = {}
    for row in rows:
        if row.key not in best or _particular(row) >= _particular(best[row.key]):
            best[row.key] = row
    return best


def _particular(row: LetterText) -> int:
    return 2 * bool(row.line_of_business) + bool(row.state)


def section_of(key: str, body: str, values: Mapping[str, str]) -> Section:
    """A text's heading and paragraphs, with the placeholders that have a value filled."""
    heading, rest = "", body.strip()
    if rest.startswith("# "):
        heading, _, rest = rest.removeprefix("# ").partition("\n")
    paragraphs = tuple(paragraph_of(filled(part, values)) for part in re.split(r"\n\s*\n", rest.strip()) if part.strip())
    return Section(key, filled(heading.strip(), values), paragraphs)


def paragraph_of(text: str) -> Paragraph:
    """ "[es] Some **strong** words." """
    text = " ".join(text.split())
    found = _LANGUAGE.match(text)
    language, text = (found[1], text[found.end() :]) if found else ("", text)
    parts = _STRONG.split(text)
    return Paragraph(tuple(Run(part, bool(number % 2)) for number, part in enumerate(parts) if part), language)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its known placeholders filled; what has no value stays as it is written."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], text)


def leftover(text: str) -> list[str]:
    """Names of placeholders that are still in a text."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def unknown_placeholders(body: str) -> list[str]:
    """Names that no letter can fill: for whoever writes a text."""
    return [name for name in leftover(body) if name not in PLACEHOLDERS]


def plan_values(plan: Plan, language: str) -> dict[str, str]:
    """What a plan's contact gives to the placeholders, without those it lacks."""
    contact = plan.contact
    values = {
        "plan_name": plan.name,
        "plan_phone": contact.get("phone"),
        "plan_tty": contact.get("tty"),
        "plan_hours": in_language(contact.get("hours"), language),
        "plan_fax": contact.get("fax"),
        "plan_address": one_line(sender_lines(plan)),
        "appeals_address": one_line(contact.get("appeals_address")),
        "appeals_fax": contact.get("appeals_fax"),
        "peer_phone": contact.get("peer_phone"),
    }
    return {name: str(value) for name, value in values.items() if value}


def sender_lines(plan: Plan) -> tuple[str, ...]:
    """The plan's address below its name."""
    lines = _lines(plan.contact.get("address"))
    return tuple(line for line in lines if line != plan.name)


def in_language(value: object, language: str) -> str:
    """A contact that is one text for all languages, or one for each."""
    if isinstance(value, Mapping):
        return str(value.get(language) or "")
    return str(value or "")


def one_line(value: object) -> str:
    return ", ".join(_lines(value))


def _lines(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(line.strip() for line in value.splitlines() if line.strip())
    return tuple(str(line) for line in value) if isinstance(value, Iterable) else ()
