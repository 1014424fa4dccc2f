"""Letters that ask: the numbered request to the practice, and the notice to the member of what was asked and until when."""

from collections.abc import Iterable
from datetime import datetime

from cases.enums import Recipient
from cases.models import RequestItem
from cases.queries.asking import AskedItem, numbered
from cases.queries.letters import LetterMaterial
from criteria.tree import Criterion

from .context import Expected, Item, LetterDraft, Row
from .frame import Frame, blank_letter, frame_of
from .frame import with_inside as inside
from .wanted import Wanted
from .wording_texts import paragraph_of

REQUEST_TITLE = "We need more information to decide"


def request_letter(material: LetterMaterial, wanted: Wanted, now: datetime) -> LetterDraft:
    """The letter of a sent request to this recipient, as of now. One query, for the texts."""
    frame = frame_of(material, wanted, now)
    asked = [item for item in numbered(wanted.items) if item.is_open]
    if wanted.recipient == Recipient.MEMBER:
        return _notice(frame, asked)
    return _request(frame, asked)


def _request(frame: Frame, asked: list[AskedItem]) -> LetterDraft:
    member = frame.member
    opening = (
        f"We received your request of {frame.day(frame.case.received_at)} for {member.name}, member {member.member_id}, born "
        f"{frame.day(member.birth_date)}. To decide it we need the following, **by {frame.values.get('answer_by', '{answer_by}')}**. "
        "No decision has been made."
    )
    contact = wanted_by(frame)
    letter = inside(
        blank_letter(frame, REQUEST_TITLE),
        opening=(paragraph_of(opening),),
        rows=tuple(_practice_row(frame, number) for number in _line_numbers(asked)),
        items=tuple(_item(frame, item) for item in asked),
        documents=tuple(document.title for document in frame.material.documents),
        parts=(frame.part("request_how", boxed=True), frame.part(_clock_key(frame, "request"), "request_talk")),
        signature=(contact,) if contact else (),
    )
    return LetterDraft(letter, Expected(plan_id=frame.plan.pk), dict(frame.texts.used))


def _notice(frame: Frame, asked: list[AskedItem]) -> LetterDraft:
    opening = frame.say("notice_opening", asking=frame.asking)
    lacking = [(f"Item {item.number}", "item") for item in asked if not item.wording.get(frame.language)]
    lines = {line.number: line for line in frame.material.record.lines}
    letter = inside(
        blank_letter(frame, frame.say("request_notice_title")),
        opening=(paragraph_of(opening),),
        rows=tuple(Row(frame.care(lines[number]), "", "", ()) for number in _line_numbers(asked)),
        items=tuple(Item(item.number, item.wording.get(frame.language) or item.wording["en"], "", (), ()) for item in asked),
        parts=(frame.part("notice_meaning", boxed=True), frame.part(_clock_key(frame, "notice"), "questions")),
        closing=(frame.part("language_help"),),
    )
    expected = Expected((), tuple(lacking), frame.member.language, frame.plan.pk)
    return LetterDraft(letter, expected, dict(frame.texts.used))


def _clock_key(frame: Frame, what: str) -> str:
    return f"{what}_clock_stopped" if frame.clock_stopped else f"{what}_clock_runs"


def _line_numbers(asked: Iterable[AskedItem]) -> list[int]:
    return sorted({number for item in asked for number in item.lines})


def _practice_row(frame: Frame, number: int) -> Row:
    line = frame.material.record.line(number)
    return Row(f"{frame.service(line)} ({line.code})", f"Line {number}", "", ())


def _item(frame: Frame, item: AskedItem) -> Item:
    """What is asked, for which lines, which criteria it is about, and which papers would do."""
    leaves = [leaf for row in item.rows for leaf in _leaves(frame, row)]
    flags = [sentence for row in item.rows for sentence in _flag(frame, row)]
    lines = [frame.material.record.line(number) for number in item.lines]
    return Item(
        number=item.number,
        text=item.wording["en"],
        about="; ".join(f"{frame.service(line)} ({line.code})" for line in lines),
        why=tuple(dict.fromkeys([*_open_criteria(leaves), *flags])),
        accepts=tuple(dict.fromkeys(need for leaf in leaves for need in leaf.needs)),
    )


def _leaves(frame: Frame, row: RequestItem) -> list[Criterion]:
    review = frame.reviews[row.line_id]
    return [leaf for criterion in row.criteria if (leaf := review.criterion(criterion)) is not None]


def _open_criteria(leaves: list[Criterion]) -> list[str]:
    """Which criteria wait for the answer, as one sentence."""
    texts = list(dict.fromkeys(f"“{leaf.text}”" for leaf in leaves))
    if not texts:
        return []
    return [f"The record leaves {'this criterion' if len(texts) == 1 else 'these criteria'} of the policy open: {', '.join(texts)}."]


def _flag(frame: Frame, row: RequestItem) -> list[str]:
    flags = frame.reviews[row.line_id].flags if row.flag else []
    return [flag["sentence"] for flag in flags if flag["key"] == row.flag]


def wanted_by(frame: Frame) -> str:
    """Who asks, to be called by name."""
    request = frame.wanted.request
    return request.sent_by.signature if request is not None and request.sent_by is not None else ""
