"""What the request page and the page of answers show: items with where they come from, what follows, documents to tick against."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authreview import due
from cases import workflow
from cases.enums import ItemStatus, LineStatus
from cases.letters.context import letter_values
from cases.letters.drafts import Owed
from cases.letters.requirements import errors
from cases.models import Document, InformationRequest, ServiceLine
from cases.queries.asking import AskedItem, Target, WantedItem, asked_items
from cases.turnaround import Rule

from .letters import letter_label


def targets_text(targets: Iterable[Target]) -> str:
    """Targets as a hidden field carries them: "1:duration;2!side"."""
    return ";".join(f"{each.line}!{each.flag}" if each.flag else f"{each.line}:{','.join(each.criteria)}" for each in targets)


@dataclass(frozen=True, slots=True)
class ItemShown:
    """What stands beside an item that can be ticked."""

    lines: str
    why: str
    note: str
    group: str


GROUPS = {
    "ask": "Asked for",
    "more": "Could be asked for too",
    "unmarked": "Not marked yet: look in the record first",
    "unbegun": "On lines that nobody has reviewed yet: asking would make them wait",
}


def item_shown(item: WantedItem) -> ItemShown:
    note = f"Asked on {due.day(item.asked_at)}; no answer yet." if item.asked_at else ""
    group = "ask" if item.ticked else "unbegun" if item.unbegun else "unmarked" if item.unmarked else "more"
    return ItemShown(lines_words(item.lines), "; ".join(item.why), note, group)


def lines_words(numbers: Sequence[int]) -> str:
    """ "Line 1", "Lines 1 and 3"."""
    words = [str(number) for number in numbers]
    if len(words) == 1:
        return f"Line {words[0]}"
    return f"Lines {', '.join(words[:-1])} and {words[-1]}"


def consequence(rule: Rule | None, until: datetime, decide_by: datetime | None) -> str:
    """What follows from asking, in plain words."""
    if rule is not None and rule.tolls:
        clock = f"The clock of these lines stops when this is sent, until the answer comes or {due.day(until)}."
    else:
        clock = f"Asking does not stop the clock: the decision stays due {due.day_time(decide_by)}." if decide_by else ""
    return f"{clock} If nothing comes, a medical director decides on what the record shows. Nothing is decided by itself.".strip()


@dataclass(frozen=True, slots=True)
class Follows:
    """Which lines wait when the request is sent, and which go on."""

    label: str
    lines: str


def follows(lines: Iterable[ServiceLine], asked: Collection[int]) -> list[Follows]:
    """Of the undecided lines of a case, by what sending does to each."""
    groups: dict[str, list[str]] = {"Waits": [], "Waits already": [], "Goes on": []}
    for line in lines:
        if line.status in workflow.UNDECIDED:
            waits_already = line.status == LineStatus.AWAITING_INFORMATION
            label = "Waits" if line.number in asked else "Waits already" if waits_already else "Goes on"
            groups[label].append(f"{line.code} (line {line.number})" if line.code else f"line {line.number}")
    return [Follows(label, ", ".join(names)) for label, names in groups.items() if names]


# ---- answers --------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AskedShown:
    """One item of a sent request: how it stands, and what answered it."""

    number: int
    text: str
    lines: str
    status: str
    kind: str
    is_open: bool
    answered: str


KINDS = {
    ItemStatus.OPEN: "missing",
    ItemStatus.PARTLY: "unclear",
    ItemStatus.RECEIVED: "met",
    ItemStatus.WAIVED: "na",
    ItemStatus.MOOT: "na",
}


def asked_shown(item: AskedItem) -> AskedShown:
    row = next((each for each in item.rows if each.status == item.status), item.rows[0])
    answered = ""
    if row.document:
        answered = f"{row.document.title}{f', p. {row.page}' if row.page else ''}, {due.day(row.resolved_at)}"
    elif row.resolved_at:
        answered = due.day(row.resolved_at)
    status = ItemStatus(item.status)
    return AskedShown(item.number, item.wording["en"], lines_words(item.lines), status.label, KINDS[status], item.is_open, answered)


@dataclass(frozen=True, slots=True)
class RequestShown:
    """A sent request as one block."""

    sent: str
    by: str
    until: str
    items: list[AskedShown]
    open_count: int


def request_shown(request: InformationRequest, line_id: int | None = None) -> RequestShown:
    """All its items, or those of one line under the numbers of the letter."""
    asked = [item for item in asked_items(request) if line_id is None or any(row.line_id == line_id for row in item.rows)]
    items = [asked_shown(item) for item in asked]
    by = request.sent_by.signature if request.sent_by else ""
    return RequestShown(due.day(request.sent_at), by, due.day(request.answer_by), items, sum(item.is_open for item in items))


def back_words(lines: Iterable[ServiceLine]) -> str:
    """With whom lines are that waited, once answers are recorded."""
    said = []
    rows = list(lines)
    for status, whose in ((LineStatus.NURSE_REVIEW, "nurse"), (LineStatus.PHYSICIAN_REVIEW, "medical director")):
        numbers = [line.number for line in rows if line.status == status]
        said += [f"{lines_words(numbers)} back with the {whose}."] if numbers else []
    return f"Recorded. {' '.join(said)}" if said else "Recorded. The rest is still open."


def document_choices(documents: Sequence[Document]) -> list[tuple[int, str]]:
    """Newest first: what answers a request came last."""
    return [(row.pk, f"{row.title}{f', {due.day(row.date)}' if row.date else ''}") for row in reversed(documents)]


@dataclass(frozen=True, slots=True)
class LetterForeseen:
    """A letter of a request that is not sent yet, on its sheet, and what would hold it back."""

    title: str
    letter: Mapping[str, Any]
    missing: list[str]


def letters_foreseen(owed: Iterable[Owed]) -> list[LetterForeseen]:
    return [
        LetterForeseen(
            letter_label(each.wanted.kind, each.wanted.recipient),
            letter_values(each.draft.text),
            [problem.sentence for problem in errors(each.problems)],
        )
        for each in owed
    ]
