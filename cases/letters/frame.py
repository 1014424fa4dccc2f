"""What all letters of a case share: who writes to whom, on which day, and the values of the placeholders."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from cases.deadlines import appeal_until
from cases.enums import LineStatus, Recipient, ReviewKind
from cases.models import Case, Member, Plan, Practitioner, ServiceLine
from cases.queries.letters import LetterMaterial
from cases.queries.lines import LineReview, line_review
from cases.wording import long_date

from .context import LetterContext, Part
from .wanted import Wanted
from .wording_texts import Section, Texts, load_texts, plan_values, sender_lines
from .words import LANGUAGES, WORDS, appeal_answer, placed, said

_Thing = TypeVar("_Thing")
ADULT_YEARS = 18
PEER_DAYS = 14  # how long a practitioner may talk with the reviewer after notice: a convention; verify with the plan


@dataclass(frozen=True)
class Frame:
    """One letter's surroundings: the case, the recipient's language, the day, the texts that hold."""

    material: LetterMaterial
    wanted: Wanted
    language: str
    today: date
    texts: Texts

    @property
    def case(self) -> Case:
        return self.material.case

    @cached_property
    def plan(self) -> Plan:
        return _there(self.case.plan, "plan")

    @cached_property
    def member(self) -> Member:
        return _there(self.case.member, "member")

    @cached_property
    def requester(self) -> Practitioner:
        return _there(self.case.requester, "practitioner")

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.plan.time_zone)

    @property
    def is_past(self) -> bool:
        """Whether the care has been given already."""
        return self.case.review_type == ReviewKind.POSTSERVICE

    @cached_property
    def reviews(self) -> dict[int, LineReview]:
        return {line.pk: line_review(line) for line in self.material.record.lines}

    def on(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def day(self, value: date | datetime) -> str:
        return long_date(self.on(value) if isinstance(value, datetime) else value, self.language)

    def say(self, key: str, *values: object, **named: object) -> str:
        return said(self.language, key, *values, **named)

    @property
    def asking(self) -> str:
        """Who asked for what, when: the first sentence to a member."""
        key = "asked_past" if self.is_past else "asked"
        return self.say(key, doctor=self.requester.name, asked=self.day(self.case.received_at))

    @cached_property
    def values(self) -> Mapping[str, str]:
        """The placeholders of this letter that have a value."""
        appeal = appeal_until(self.case.line_of_business, self.today)
        values = plan_values(self.plan, self.language) | {
            "reference": self.case.reference,
            "doctor": self.requester.name,
            "appeal_until": self.day(appeal.last_day),
            "appeal_count": appeal.words_es if self.language == "es" else appeal.words,
            "appeal_answer": appeal_answer(self.case.line_of_business, past=self.is_past, language=self.language),
            "peer_until": self.day(self.today + timedelta(days=PEER_DAYS)),
        }
        request = self.wanted.request
        if request is not None and request.answer_by is not None:
            values["answer_by"] = self.day(request.answer_by)
            due = [line.decide_by for line in self.asked_lines() if line.decide_by]
            values |= {"decide_by": self.day(max(due))} if due else {}
        return values

    def asked_lines(self) -> list[ServiceLine]:
        """The lines that the request asks about."""
        numbers = {item.line.number for item in self.wanted.items}
        return [line for line in self.material.record.lines if line.number in numbers]

    @property
    def clock_stopped(self) -> bool:
        lines = [line for line in self.asked_lines() if line.status == LineStatus.AWAITING_INFORMATION] or self.asked_lines()
        return any(line.clock_stopped for line in lines)

    def part(self, *keys: str, boxed: bool = False) -> Part:
        """The sections that have a text; the lint names those that should be there and are not."""
        found = [self.texts.section(key, self.values) for key in keys]
        return Part(tuple(section for section in found if section is not None), boxed)

    def section(self, key: str) -> Section | None:
        return self.texts.section(key, self.values)

    def care(self, line: ServiceLine) -> str:
        """The care of a line in the member's words."""
        joined = self.reviews[line.pk].joined
        names = joined.base.lay_name if joined else self.material.lay_names.get(line.code, {})
        name = names.get(self.language) or names.get("en") or self.service(line)
        return placed(name, [site.name for site in line.sites.all()], self.language)

    def service(self, line: ServiceLine) -> str:
        """The service of a line in the practitioner's words."""
        joined = self.reviews[line.pk].joined
        return joined.base.name if joined else self.material.names.get(line.code) or "Service"


def frame_of(material: LetterMaterial, wanted: Wanted, now: datetime) -> Frame:
    """Language and day of a letter, and the texts in force that day. One query for all letters of one language."""
    case = material.case
    plan = _there(case.plan, "plan")
    today = now.astimezone(ZoneInfo(plan.time_zone)).date()
    language = "en"
    if wanted.recipient == Recipient.MEMBER and case.member is not None and case.member.language in LANGUAGES:
        language = case.member.language
    if (language, today) not in material.texts:
        material.texts[language, today] = load_texts(case.line_of_business, case.state, language, today)
    return Frame(material, wanted, language, today, Texts(material.texts[language, today], language))


def blank_letter(frame: Frame, title: str) -> LetterContext:
    """The letter's outside: sender, address, date, reference, running lines. The inside is put in by `replace`."""
    to_member = frame.wanted.recipient == Recipient.MEMBER
    meta = [frame.day(frame.today), frame.say("reference", frame.case.reference), frame.say("member_number", frame.member.member_id)]
    phone, tty = frame.plan.contact.get("phone", "{plan_phone}"), frame.plan.contact.get("tty")
    return LetterContext(
        kind=frame.wanted.kind.value,
        recipient=frame.wanted.recipient.value,
        language=frame.language,
        large_print=to_member and frame.member.large_print,
        line_of_business=frame.case.line_of_business,
        reference=frame.case.reference,
        dated=frame.today.isoformat(),
        words={key: text for key, text in WORDS[frame.language].items() if "{" not in text},
        sender=frame.plan.name,
        sender_lines=sender_lines(frame.plan),
        to=_member_lines(frame) if to_member else _practice_lines(frame),
        meta=tuple(meta),
        foot=f"{frame.plan.name}   {phone}" + (f" (TTY {tty})" if tty else ""),
        title=title,
        opening=(),
        tells=_tells(frame.wanted),
    )


def _tells(wanted: Wanted) -> tuple[int, ...]:
    """By number; none for a request that is not sent yet."""
    if wanted.request is not None:
        return (wanted.request.pk,) if wanted.request.pk else ()
    return tuple(each.pk for each in wanted.determinations)


def _member_lines(frame: Frame) -> tuple[str, ...]:
    """The member, or whoever stands for them."""
    member, name = frame.member, frame.member.name
    somebody = member.representative or {}
    if somebody.get("name"):
        return (str(somebody["name"]), frame.say("for_member", name), *(somebody.get("address") or member.address))
    years = frame.today.year - member.birth_date.year
    years -= (frame.today.month, frame.today.day) < (member.birth_date.month, member.birth_date.day)
    return (frame.say("guardian", name) if years < ADULT_YEARS else name, *member.address)


def _practice_lines(frame: Frame) -> tuple[str, ...]:
    """The practitioner by name: never a facility alone."""
    who = frame.requester
    lines = [who.name] if not who.facility else [who.name, "To the attention of the treating practitioner"]
    return (*lines, *([who.specialty] if who.specialty else []), *who.address, *([f"Fax {who.fax}"] if who.fax else []))


def with_inside(letter: LetterContext, **inside: object) -> LetterContext:
    return replace(letter, **inside)  # type: ignore[arg-type]


def _there(value: _Thing | None, what: str) -> _Thing:
    """A case past intake names them all; the database says so."""
    if value is None:
        raise ValueError(f"a letter needs the {what} of its case")
    return value
