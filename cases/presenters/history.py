"""The history of a case as it is shown: one entry a step, whatever number of lines it was about. Its sentences: history_words.py."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cases.models import CaseEvent

from .history_words import Texts, words

TOGETHER = (
    *("referred", "information_requested", "items_received", "items_moot", "information_received"),
    *("peer_to_peer_offered", "peer_to_peer_closed", "amended", "approved", "withdrawn", "voided", "no_review_needed", "notified"),
)
ONE_STEP = timedelta(seconds=2)  # what one press did to several lines is written within


@dataclass(frozen=True, slots=True)
class Entry:
    """In the shape of components/timeline.html."""

    at: datetime
    who: str
    text: str
    detail: str


def timeline(events: Iterable[CaseEvent], texts: Texts) -> list[Entry]:
    """Events as given, newest first on the page. What one step did to several lines is told once."""
    told: list[_Told] = []
    for event in events:
        here = _Told(event, *words(event.kind, event.line, json.loads(event.payload), texts))
        before = told[-1] if told else None
        if before is not None and before.is_same_step(here):
            before.lines |= here.lines
        else:
            told.append(here)
    return [Entry(each.event.at, each.event.by.signature if each.event.by else "", each.sentence, each.details) for each in told]


@dataclass(slots=True)
class _Told:
    event: CaseEvent
    text: str
    detail: str
    lines: dict[int | None, str] = field(init=False)  # with the detail that each has

    def __post_init__(self) -> None:
        self.lines = {self.event.line: self.detail}

    def is_same_step(self, other: "_Told") -> bool:
        """The same said of another line, by the same person in the same moment."""
        mine, theirs = self.event, other.event
        if mine.kind not in TOGETHER or None in (mine.line, theirs.line) or theirs.line in self.lines:
            return False
        same = (mine.kind, mine.by_id, self.text) == (theirs.kind, theirs.by_id, other.text)
        return same and abs(mine.at - theirs.at) <= ONE_STEP

    @property
    def sentence(self) -> str:
        numbers = sorted(number for number in self.lines if number is not None)
        if not numbers:
            return self.text[:1].upper() + self.text[1:]
        *first, last = map(str, numbers)
        return f"Lines {', '.join(first)} and {last}: {self.text}" if first else f"Line {last}: {self.text}"

    @property
    def details(self) -> str:
        """Once where it is the same for all, else line by line."""
        if len(set(self.lines.values())) == 1:
            return self.detail
        return " ".join(f"Line {number}: {detail}" for number, detail in self.lines.items() if detail)
