"""What each kind of event says, in one plain sentence and its detail; what an event does not say is not guessed. No queries."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.text import Truncator

from authreview.due import day, day_time
from cases.enums import (
    Channel,
    ContactKind,
    DeliveryChannel,
    DenialBasis,
    FindingLabel,
    ItemStatus,
    LineStatus,
    Outcome,
    Party,
    PeerOutcome,
    SideLabel,
)

from .letters import letter_label
from .row import word_of

Said = Mapping[str, Any]  # an event's payload
Texts = Mapping[tuple[int | None, str], tuple[str, bool]]  # (line, criterion) -> its words, whether it is an exclusion
FIELDS = {
    "code": "code",
    "modifiers": "modifiers",
    "units": "units",
    "place": "place of service",
    "first_service": "first day",
    "last_service": "last day",
    "sites": "sites",
    "diagnoses": "diagnoses",
}


def words(kind: str, line: int | None, said: Said, texts: Texts) -> tuple[str, str]:
    """Sentence and detail of one event."""
    tell = TOLD.get(kind)
    return tell(said, line, texts) if tell else (_plainly(kind, said), "")


def _plainly(kind: str, said: Said) -> str:
    to = said.get("to")
    status = f": now {LineStatus(to).label.lower()}" if to in LineStatus.values else ""
    return kind.replace("_", " ") + status


# ---- criteria -------------------------------------------------------------------------------------------------------------------
def _criterion(said: Said, line: int | None, texts: Texts) -> str:
    text, _ = texts.get((line, said["criterion"]), (said["criterion"], False))
    return f"“{text}”"


def _value(value: str | None, said: Said, line: int | None, texts: Texts) -> str:
    if value is None or value not in FindingLabel.values:
        return "not marked"
    _, is_exclusion = texts.get((line, said["criterion"]), ("", False))
    return word_of(value, is_exclusion=is_exclusion).lower()


def _marked(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    before, after = said.get("before") or {}, said.get("after") or {}
    now, then = (_value(each.get("value"), said, line, texts) for each in (after, before))
    was = f", was {then}" if before.get("value") and then != now else ""
    how = (
        {"accepted": ", as computed", "override": ", against what was computed"}.get(after.get("origin", ""), "")
        if now != "not marked"
        else ""
    )
    detail = [f"“{said['cited']['quote']}”, p. {said['cited']['page']}"] if "cited" in said else []
    if after.get("note") and after.get("note") != before.get("note"):
        detail.append(f"Note: {after['note']}")
    return f"{_criterion(said, line, texts)} {now}{was}{how}.", " ".join(detail)


def _accepted(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    rows = said["criteria"]
    named = [({"criterion": each}, row["value"]) for each, row in rows.items()]
    told = [f"{_criterion(each, line, texts)} {_value(value, each, line, texts)}" for each, value in named]
    return f"{len(rows)} proposal{'s' if len(rows) != 1 else ''} accepted.", "; ".join(told)


def _uncited(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    return f"a quote was taken away from {_criterion(said, line, texts)}.", f"“{said['cited']['quote']}”, p. {said['cited']['page']}"


def _copied(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    value = _value(said["after"]["value"], said, line, texts)
    return f"{_criterion(said, line, texts)} {value}, as on line {said['from_line']}.", ""


# ---- the rest -------------------------------------------------------------------------------------------------------------------
def _fact(verb: str) -> Callable[[Said, int | None, Texts], tuple[str, str]]:
    def told(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
        confirmed = ", confirmed" if said.get("confirmed") else ""
        return f"{said['kind'].replace('_', ' ')} {verb}{confirmed}: {said['says']}.", ""

    return told


def _confirmed(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    count = len(said["facts"])
    return f"{count} fact{'s' if count != 1 else ''} confirmed against the record.", "; ".join(each["says"] for each in said["facts"])


def _flag(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    return f"flag resolved: {said['reason']}.", f"{said['sentence']} {said['note']}".strip()


def _amended(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    changes = [f"{FIELDS[name]}: {of_line(name, said['before'][name])} → {of_line(name, said['after'][name])}" for name in said["before"]]
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


def _contact(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    person = f", {said['person']}" if said["person"] else ""
    return f"{ContactKind(said['kind']).label.lower()} with {Party(said['party']).label.lower()}{person}.", said["outcome"]


def _routed(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    lines = said.get("lines", [])
    return f"request routed to review with {len(lines)} line{'s' if len(lines) != 1 else ''}.", ", ".join(each["code"] for each in lines)


def _document(verb: str) -> Callable[[Said, int | None, Texts], tuple[str, str]]:
    def told(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
        title = said.get("title") or (said.get("after") or {}).get("title", "")
        return f"document “{title}” {verb}.", ""

    return told


def _person(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    role = {"nurse": "nurse", "medical_director": "medical director"}.get(said.get("as", ""), "reviewer")
    return (f"given to {said.get('name') or said['to']} as {role}." if said.get("to") else f"released by its {role}."), ""


# ---- asked, answered, talked about ----------------------------------------------------------------------------------------------
def _requested(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    return f"information requested, answer by {_day(said['answer_by'])}; the line waits.", _wordings(said["items"])


def _received(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    by_status: dict[str, list[Said]] = {}
    for item in said["items"]:
        by_status.setdefault(item["status"], []).append(item)
    told = [f"{ItemStatus(status).label}: {_wordings(items)}" for status, items in by_status.items()]
    return "answers recorded.", ". ".join(told)


def _moot(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    return "items of the request closed: they are no longer needed.", _wordings(said["items"])


def _drafted(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    count = len(said["items"])
    return f"information request kept, not sent: {count} item{'s' if count != 1 else ''}.", ""


def _wordings(items: Sequence[Said]) -> str:
    """Each thing once, shortened: the request itself stands under the case."""
    return "; ".join(dict.fromkeys(Truncator(item["wording"]).chars(70) for item in items))


def _offered(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    return f"peer-to-peer conversation offered, open until {_moment(said['open_until'])}.", said["how"]


def _talked(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    """With whom, and what was new."""
    who = ", ".join(part for part in (said["practitioner"], said.get("specialty", "")) if part)
    text = {
        PeerOutcome.HELD: f"peer-to-peer conversation held with {who}.",
        PeerOutcome.DECLINED: f"peer-to-peer conversation declined{f' by {who}' if who else ''}.",
        PeerOutcome.NOT_REACHED: f"peer-to-peer conversation not held: {who or 'the practitioner'} was not reached.",
        PeerOutcome.WAIVED: "peer-to-peer conversation not required any more.",
    }[PeerOutcome(said["outcome"])]
    return text, f"New information: {said['new_information']}" if said["new_information"] else ""


# ---- decided and told -----------------------------------------------------------------------------------------------------------
def _approved(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    return "approved.", f"Authorization {said['authorization']}." if said.get("authorization") else ""


def _decided(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    basis = f"Basis: {DenialBasis(said['basis']).label.lower()}." if said.get("basis") else ""
    number = f"Authorization {said['authorization']}." if said.get("authorization") else ""
    return f"decided by the medical director: {Outcome(said['outcome']).label.lower()}.", f"{basis} {number}".strip()


def _expected(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    return f"session of {said['code']} expected on {_day(said['date'])}.", ""


def _letter(verb: str) -> Callable[[Said, int | None, Texts], tuple[str, str]]:
    def told(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
        how = f" by {DeliveryChannel(said['channel']).label.lower()}, {_moment(said['sent_at'])}" if "channel" in said else ""
        tracking = f"Tracking {said['tracking']}." if said.get("tracking") else ""
        return f"{letter_label(said['letter_kind'], said['recipient'])} {verb}{how}.", said.get("reason") or tracking

    return told


def _day(text: str) -> str:
    """A day, or the day of a moment, as it was written down."""
    return day(datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text))


def _moment(text: str) -> str:
    return day_time(datetime.fromisoformat(text))


def _moved(text: str, *more: str) -> Callable[[Said, int | None, Texts], tuple[str, str]]:
    def told(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
        return text, " ".join(str(said[name]) for name in more if said.get(name))

    return told


def _back(said: Said, line: int | None, texts: Texts) -> tuple[str, str]:
    whose = "director" if said.get("to") == LineStatus.PHYSICIAN_REVIEW else "nurse"
    return f"information received; back with the {whose}.", ""


TOLD: Mapping[str, Callable[[Said, int | None, Texts], tuple[str, str]]] = {
    "started": lambda said, line, texts: (f"request taken in by {Channel(said['channel']).label.lower()}.", ""),
    "draft_saved": _moved("draft saved."),
    "routed": _routed,
    "assigned": _person,
    "released": _person,
    "closed": _moved("case closed."),
    "marked_duplicate": lambda said, line, texts: (f"closed as a duplicate of {said['of']}.", ""),
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
    "request_drafted": _drafted,
    "information_requested": _requested,
    "items_received": _received,
    "information_received": _back,
    "items_moot": _moot,
    "referred": _moved("referred to a medical director.", "question"),
    "returned": _moved("returned to the nurse by the director.", "why", "note", "question"),
    "peer_to_peer_offered": _offered,
    "peer_to_peer_closed": _talked,
    "approved": _approved,
    "session_expected": _expected,
    "decided": _decided,
    "letter_issued": _letter("issued"),
    "letter_delivered": _letter("sent"),
    "letter_voided": _letter("voided"),
    "notified": _moved("member and practitioner have been told."),
    "withdrawn": _moved("withdrawn.", "why"),
    "voided": _moved("voided.", "why"),
    "no_review_needed": _moved("no review needed.", "why"),
}
