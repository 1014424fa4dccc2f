"""A letter as values: everything its template prints, and what it tells of. As canonical JSON it is stored, hashed and drawn again.

What a letter says is put together in decisions.py and asking.py; what it must say is requirements.py.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.template.loader import render_to_string

from authreview.canonical import canonical, sha256
from cases.enums import LetterKind, Recipient

from .wording_texts import Paragraph, Section

FORMAT = 1
TEMPLATE_VERSION = "2026.2"
TEMPLATES = {
    (LetterKind.REQUEST, Recipient.PRACTITIONER): "letters/request.html",
    (LetterKind.REQUEST_NOTICE, Recipient.MEMBER): "letters/request_notice.html",
}
DECISION_TEMPLATES = {
    Recipient.MEMBER: "letters/decision_member.html",
    Recipient.PRACTITIONER: "letters/decision_practitioner.html",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the request in the table. `tone`: yes, part, no."""

    care: str
    decision: str
    tone: str
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was not approved; lines with the same reason share it."""

    number: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion as the practitioner reads it. `decides`: the decision rests on it."""

    text: str
    finding: str
    decides: bool
    quotes: tuple[Quote, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Block:
    """One line as the practitioner reads it."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    criteria: tuple[CriterionRow, ...]
    rationale: str
    circumstances: str
    alternatives: str
    change: tuple[str, ...]
    notes: tuple[str, ...]
    unquoted: tuple[str, ...] = ()  # criteria without a quote on which nothing rests, each with its finding


@dataclass(frozen=True, slots=True)
class Together:
    """What holds for several lines alike, said once: names and texts."""

    heading: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked for, by the number that an answer names."""

    number: int
    text: str
    about: str
    why: tuple[str, ...]
    accepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Regulated sections that stand together, in a box or not."""

    sections: tuple[Section, ...]
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class LetterContext:
    """One letter to one recipient. Texts are in `language`; `dated` is the day of the letter."""

    kind: str
    recipient: str
    language: str
    large_print: bool
    line_of_business: str
    reference: str
    dated: str
    words: Mapping[str, str]  # the headings and labels that the template prints
    sender: str
    sender_lines: tuple[str, ...]
    to: tuple[str, ...]
    meta: tuple[str, ...]
    foot: str
    title: str
    opening: tuple[Paragraph, ...]
    rows: tuple[Row, ...] = ()
    reasons: tuple[Reason, ...] = ()
    policy: tuple[Paragraph, ...] = ()
    change: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    together: tuple[Together, ...] = ()
    items: tuple[Item, ...] = ()
    documents: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    signature: tuple[str, ...] = ()
    closing: tuple[Part, ...] = ()
    tells: tuple[int, ...] = ()  # its request or its determinations: two of them told in the same words are two letters
    format: int = field(default=FORMAT)


@dataclass(frozen=True, slots=True)
class Expected:
    """What this letter must say because of its own case, for the lint. Sentences with the address where they are mended."""

    criteria: tuple[tuple[str, str], ...] = ()  # criteria that the decision rests on, as this recipient's letter words them
    no_language: tuple[tuple[str, str], ...] = ()  # what lacks its wording in the letter's language
    language: str = "en"  # what the recipient reads
    plan_id: int = 0
    has_provision: bool = True
    past: bool = False  # the care was given already


@dataclass(frozen=True)
class LetterDraft:
    """A letter before it is issued. `text` is the canonical context, `texts` key -> pk of the wording that was used."""

    context: LetterContext
    expected: Expected
    texts: Mapping[str, int]

    @property
    def text(self) -> str:
        return canonical(asdict(self.context))

    @property
    def digest(self) -> str:
        return sha256(self.text)


def template_of(letter: Mapping[str, Any]) -> str:
    """The template of a letter's article."""
    return TEMPLATES.get((letter["kind"], letter["recipient"])) or DECISION_TEMPLATES[letter["recipient"]]


def letter_values(text: str) -> dict[str, Any]:
    """The stored context as its template reads it."""
    values: dict[str, Any] = json.loads(text)
    return values | {"template": template_of(values)}


def html_of(text: str) -> str:
    """The letter as a whole document, from its stored context."""
    return render_to_string("letters/document.html", {"letter": letter_values(text)})
