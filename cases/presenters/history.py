"""The history of a case as plain sentences, one for each event; what an event does not say is not guessed. No queries."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from authreview.due import day
from cases.enums import Channel, ContactKind, FindingLabel, LineStatus, Party, SideLabel
from cases.models import CaseEvent

from .row import word_of

Texts = Mapping[tuple[int | None, str], tuple[str, bool]]  # (line, criterion) -> its words, whether it is an exclusion

TOGETHER = (
    *("referred", "information_requested", "information_received", "peer_to_peer_offered", "peer_to_peer_closed", "amended"),
    *("approved", "withdrawn", "voided", "no_review_needed", "notified"),
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
        here = _Told(event, *_words(event, texts))
        before = told[-1] if told else None
        if before is not None and before.is_same_step(here):
            before.lines.append(event.line)
        else:
            told.append(here)
    return [Entry(each.event.at, each.event.by.signature if each.event.by else "", each.sentence, each.detail) for each in told]


@dataclass(slots=True)
class _Told:
    event: CaseEvent
    text: str
    detail: str
    lines: list[int | None] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = [self.event.line]

    def is_same_step(self, other: "_Told") -> bool:
        """The same said of another line, by the same person in the same moment."""
        mine, theirs = self.event, other.event
        if mine.kind not in TOGETHER or None in (mine.line, theirs.line) or theirs.line in self.lines:
            return False
        same = (mine.kind, mine.by_id, self.text, self.detail) == (theirs.kind, theirs.by_id, other.text, other.detail)
        return same and abs(mine.at - theirs.at) <= ONE_STEP

    @property
    def sentence(self) -> str:
        numbers = sorted(number for number in self.lines if number is not None)
        if not numbers:
            return self.text[:1].upper() + self.text[1:]
        *first, last = map(str, numbers)
        return f"Lines {', '.join(first)} and {last}: {self.text}" if first else f"Line {last}: {self.text}"


def _words(event: CaseEvent, texts: Texts) -> tuple[str, str]:
    said: dict[str, Any] = json.loads(event.payload)
    tell = TOLD.get(event.kind)
    return tell(said, event.line, texts) if tell else (_plainly(event.kind, said), "")


def _plainly(kind: str, said: Mapping[str, Any]) -> str:
    to = said.get("to")
    status = f": now {LineStatus(to).label.lower()}" if to in LineStatus.values else ""
    return kind.replace("_", " ") + status


# ---- criteria -------------------------------------------------------------------------------------------------------------------
def _criterion(said: Mapping[str, Any], line: int | None, texts: Texts) -> str:
    text, _ = texts.get((line, said["criterion"]), (said["criterion"], False))
    return f"“{text}”"


def _value(value: str | None, said: Mapping[str, Any], line: int | None, texts: Texts) -> str:
    if value is None or value not in FindingLabel.values:
        return "not marked"
    _, is_exclusion = texts.get((line, said["criterion"]), ("", False))
    return word_of(value, is_exclusion=is_exclusion).lower()


def _marked(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    before, after = said.get("before") or {}, said.get("after") or {}
    now, then = (_value(each.get("value"), said, line, texts) for each in (after, before))
    was = f", was {then}" if before and then != now else ""
    how = (
        {"accepted": ", as computed", "override": ", against what was computed"}.get(after.get("origin", ""), "")
        if now != "not marked"
        else ""
    )
    detail = [f"“{said['cited']['quote']}”, p. {said['cited']['page']}"] if "cited" in said else []
    if after.get("note") and after.get("note") != before.get("note"):
        detail.append(f"Note: {after['note']}")
    return f"{_criterion(said, line, texts)} {now}{was}{how}.", " ".join(detail)


def _accepted(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    rows = said["criteria"]
    named = [({"criterion": each}, row["value"]) for each, row in rows.items()]
    told = [f"{_criterion(each, line, texts)} {_value(value, each, line, texts)}" for each, value in named]
    return f"{len(rows)} proposal{'s' if len(rows) != 1 else ''} accepted.", "; ".join(told)


def _uncited(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    return f"a quote was taken away from {_criterion(said, line, texts)}.", f"“{said['cited']['quote']}”, p. {said['cited']['page']}"


def _copied(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    value = _value(said["after"]["value"], said, line, texts)
    return f"{_criterion(said, line, texts)} {value}, as on line {said['from_line']}.", ""


# ---- the rest -------------------------------------------------------------------------------------------------------------------
def _fact(verb: str) -> Callable[[Mapping[str, Any], int | None, Texts], tuple[str, str]]:
    def told(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
        confirmed = ", confirmed" if said.get("confirmed") else ""
        return f"{said['kind'].replace('_', ' ')} {verb}{confirmed}: {said['says']}.", ""

    return told


def _confirmed(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    count = len(said["facts"])
    return f"{count} fact{'s' if count != 1 else ''} confirmed against the record.", "; ".join(each["says"] for each in said["facts"])


def _flag(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    return f"flag resolved: {said['reason']}.", f"{said['sentence']} {said['note']}".strip()


def _amended(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    changes = [
        f"{name.replace('_', ' ')}: {of_line(name, said['before'][name])} → {of_line(name, said['after'][name])}" for name in said["before"]
    ]
    return f"amended as agreed with {said['agreed_with']} by {Channel(said['channel']).label.lower()}.", "; ".join(changes)


def of_line(name: str, value: Any) -> str:
    """One value of a line as data (actions/line.py as_it_stands) in words: days as days, sites apart from their sides."""
    if value in (None, "", []):
        return "none"
    if name in ("first_service", "last_service"):
        return day(date.fromisoformat(value))
    if name == "sites":
        return "; ".join(f"{site['name']}, {SideLabel(site['side']).label.lower()}" if site["side"] else site["name"] for site in value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _contact(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    person = f", {said['person']}" if said["person"] else ""
    return f"{ContactKind(said['kind']).label.lower()} with {Party(said['party']).label.lower()}{person}.", said["outcome"]


def _routed(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    lines = said.get("lines", [])
    return f"request routed to review with {len(lines)} line{'s' if len(lines) != 1 else ''}.", ", ".join(each["code"] for each in lines)


def _document(verb: str) -> Callable[[Mapping[str, Any], int | None, Texts], tuple[str, str]]:
    def told(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
        title = said.get("title") or (said.get("after") or {}).get("title", "")
        return f"document “{title}” {verb}.", ""

    return told


def _person(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    role = {"nurse": "nurse", "medical_director": "medical director"}.get(said.get("as", ""), "reviewer")
    return (f"given to {said['to']} as {role}." if said.get("to") else f"released by its {role}."), ""


def _moved(text: str, *more: str) -> Callable[[Mapping[str, Any], int | None, Texts], tuple[str, str]]:
    def told(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
        return text, " ".join(str(said[name]) for name in more if said.get(name))

    return told


def _back(said: Mapping[str, Any], line: int | None, texts: Texts) -> tuple[str, str]:
    whose = "director" if said.get("to") == LineStatus.PHYSICIAN_REVIEW else "nurse"
    return f"information received; back with the {whose}.", ""


TOLD: Mapping[str, Callable[[Mapping[str, Any], int | None, Texts], tuple[str, str]]] = {
    "started": lambda said, line, texts: (f"request taken in by {Channel(said['channel']).label.lower()}.", ""),
    "draft_saved": _moved("draft saved."),
    "routed": _routed,
    "assigned": _person,
    "released": _person,
    "closed": _moved("case closed."),
    "document_attached": _document("attached"),
    "document_described": _document("described"),
    "finding_recorded": _marked,
    "proposal_accepted": _marked,
    "cited": _marked,
    "proposals_accepted": _accepted,
    "evidence_removed": _uncited,
    "finding_copied": _copied,
    "fact_stated": _fact("recorded"),
    "fact_edited": _fact("changed"),
    "fact_removed": _fact("removed"),
    "facts_confirmed": _confirmed,
    "flag_resolved": _flag,
    "amended": _amended,
    "note_written": _moved("note written."),
    "contact_recorded": _contact,
    "information_requested": _moved("information requested; the line waits for the answer."),
    "information_received": _back,
    "items_moot": _moved("items of the request closed: they are no longer needed."),
    "referred": _moved("referred to a medical director.", "question"),
    "returned": _moved("returned to the nurse by the director.", "why", "note", "question"),
    "peer_to_peer_offered": _moved("peer-to-peer conversation offered."),
    "peer_to_peer_closed": _moved("peer-to-peer conversation recorded."),
    "approved": _moved("approved."),
    "decided": _moved("decided by the medical director.", "outcome"),
    "notified": _moved("member and practitioner have been told."),
    "withdrawn": _moved("withdrawn.", "why"),
    "voided": _moved("voided.", "why"),
    "no_review_needed": _moved("no review needed.", "why"),
}
