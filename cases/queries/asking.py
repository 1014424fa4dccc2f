"""What to ask the practice for: items written from the open criteria and flags of undetermined lines, with the tree's sense kept.

Takes loaded reviews, queries nothing and writes nothing. Alternatives stay alternatives ("One of these: a; or b"), identical wording is one
item whatever the number of lines, and the shortest path to approval says what is ticked at first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo

from cases import workflow
from cases.enums import ItemStatus, LineStatus
from cases.models import InformationRequest, RequestItem
from cases.turnaround import Rule
from criteria.enums import Value
from criteria.tree import Criterion, Joined
from criteria.ways import Open, open_parts

from .lines import LineReview

Wording = Mapping[str, str]  # language -> text, always with "en"
STILL_WANTED = (ItemStatus.OPEN, ItemStatus.PARTLY)
SAFE_DAYS = 2  # where asking does not stop the clock: what a reviewer needs between the answer and the decision


@dataclass(frozen=True, slots=True)
class Target:
    """What an item is about on one line: criteria of its rule (several: any of these would do), or a flag, or neither."""

    line: int
    criteria: tuple[str, ...] = ()
    flag: str = ""


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One thing to ask for, as the action takes it."""

    wording: Wording
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class WantedItem:
    """One thing that could be asked for. `ticked`: it is on the shortest path, or a flag. `why`: the criteria or flag behind it, in words.

    `unmarked`: nobody has looked in the record for it yet. `unbegun`: nobody has begun to review its lines at all, so that nothing of them
    is ticked: a line that is asked about waits. `asked_at`: it was asked already and no answer has come.
    """

    wording: Wording
    targets: tuple[Target, ...]
    ticked: bool
    why: tuple[str, ...]
    unmarked: bool = False
    asked_at: datetime | None = None
    unbegun: bool = False

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(target.line for target in self.targets))

    @property
    def draft(self) -> ItemDraft:
        return ItemDraft(self.wording, self.targets)


@dataclass(frozen=True, slots=True)
class _Ask:
    criteria: tuple[str, ...]
    wording: Wording


def wanted_items(
    reviews: Iterable[LineReview], requests: Iterable[InformationRequest] = (), *, about: int | None = None
) -> list[WantedItem]:
    """Everything worth asking for, in the order of lines, criteria and then flags. `requests` are the sent ones with their items.

    `about`: tick for this line alone. Lines share an item only where they stand alike: what is ticked for one line takes no line along
    that nobody has reviewed, that has been asked already, or that is not meant.
    """
    waiting = _asked_already(requests)
    merged: dict[tuple[str, bool, bool, bool], WantedItem] = {}
    for review in reviews:
        meant = about in (None, review.line.number)
        for item in _of_line(review, waiting):
            key = item.wording["en"], item.unbegun, item.asked_at is None, meant
            item = replace(item, ticked=item.ticked and meant)
            merged[key] = _merged(merged[key], item) if key in merged else item
    return list(merged.values())


def is_begun(review: LineReview) -> bool:
    """Whether somebody has found something on this line, or has it as director where there is no rule to find something for."""
    if not review.criteria:
        return review.line.status == LineStatus.PHYSICIAN_REVIEW
    return any(value is not None for value in review.values.values())


def _of_line(review: LineReview, waiting: Mapping[tuple[int, str], datetime]) -> list[WantedItem]:
    line = review.line
    if line.status not in workflow.UNDECIDED:
        return []
    assessment, begun = review.assessment, is_begun(review)
    unbegun = not begun and bool(review.criteria)
    items: list[WantedItem] = []
    if review.joined is not None and assessment is not None and assessment.value is Value.UNDETERMINED:
        shortest = {step.criterion for step in assessment.shortest}
        for ask in _same_wording(_asks(review.joined, review.values)):
            marked = any(review.values.get(criterion) is not None for criterion in ask.criteria)
            asked_at = next((waiting[line.pk, each] for each in ask.criteria if (line.pk, each) in waiting), None)
            ticked = marked and not asked_at and not shortest.isdisjoint(ask.criteria)
            target = Target(line.number, ask.criteria)
            items.append(WantedItem(ask.wording, (target,), ticked, _why(review, ask.criteria), not marked, asked_at, unbegun))
    decided_by_rule = assessment is not None and assessment.value is Value.NOT_MET
    if decided_by_rule and line.status != LineStatus.PHYSICIAN_REVIEW:
        return items  # no answer could change the criteria: what is left open is the director's to ask
    for flag in review.flags:
        if not flag["resolved"]:
            asked_at = waiting.get((line.pk, f"flag {flag['key']}"))
            target = Target(line.number, flag=flag["key"])
            ticked = begun and not decided_by_rule and not asked_at
            items.append(WantedItem(flag["ask"], (target,), ticked, (flag["sentence"],), asked_at=asked_at, unbegun=unbegun))
    return items


def _merged(first: WantedItem, second: WantedItem) -> WantedItem:
    return WantedItem(
        wording={**second.wording, **first.wording},
        targets=first.targets + second.targets,
        ticked=first.ticked or second.ticked,
        why=tuple(dict.fromkeys(first.why + second.why)),
        unmarked=first.unmarked and second.unmarked,
        asked_at=first.asked_at,
        unbegun=first.unbegun,
    )


def _why(review: LineReview, criteria: Sequence[str]) -> tuple[str, ...]:
    return tuple(leaf.text for each in criteria if (leaf := review.criterion(each)) is not None)


def _asked_already(requests: Iterable[InformationRequest]) -> dict[tuple[int, str], datetime]:
    """(line, criterion or flag) -> when it was asked, for items without an answer."""
    waiting: dict[tuple[int, str], datetime] = {}
    for request in requests:
        for item in request.items.all() if request.sent_at else ():
            if item.status in STILL_WANTED and request.sent_at:
                for criterion in item.criteria:
                    waiting[item.line_id, criterion] = request.sent_at
                if item.flag:
                    waiting[item.line_id, f"flag {item.flag}"] = request.sent_at
    return waiting


# ---- the tree's sense -----------------------------------------------------------------------------------------------------------
def _asks(joined: Joined, findings: Mapping[str, str | None]) -> list[_Ask]:
    """Base and exceptions are never put into one sentence."""
    return [ask for _, entries in open_parts(joined, findings) for entry in entries for ask in _of_entry(entry)]


def _of_entry(entry: Open) -> list[_Ask]:
    """One thing, or alternatives as one item; where a way takes several things each of all the ways is an item of its own."""
    if isinstance(entry, Criterion):
        return [_Ask((entry.id,), entry.ask)]
    ways = [[ask for each in way for ask in _of_entry(each)] for way in entry.ways]
    flat = [ask for way in ways for ask in way]
    if any(len(_same_wording(way)) > 1 for way in ways):
        return flat
    return [_one_of(_same_wording(flat), entry.needed)]


def _one_of(asks: Sequence[_Ask], needed: int) -> _Ask:
    """Alternatives as one item."""
    criteria = tuple(criterion for ask in asks for criterion in ask.criteria)
    if len(asks) <= needed:
        return (
            _Ask(criteria, asks[0].wording)
            if len(asks) == 1
            else _Ask(criteria, _said(asks, {"en": "", "es": ""}, {"en": "; ", "es": "; "}))
        )
    lead = {"en": "One of these: ", "es": "Una de estas cosas: "}
    if needed > 1:
        lead = {"en": f"At least {needed} of these: ", "es": f"Al menos {needed} de estas cosas: "}
    return _Ask(criteria, _said(asks, lead, {"en": "; or ", "es": "; o bien "}))


def _said(asks: Sequence[_Ask], lead: Wording, link: Wording) -> Wording:
    languages = [language for language in lead if all(language in ask.wording for ask in asks)]
    return {language: lead[language] + link[language].join(_small(ask.wording[language]) for ask in asks) for language in languages}


def _small(text: str) -> str:
    """The first letter small, unless the word is an acronym."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _same_wording(asks: Iterable[_Ask]) -> list[_Ask]:
    found: dict[str, _Ask] = {}
    for ask in asks:
        before = found.get(ask.wording["en"])
        found[ask.wording["en"]] = _Ask((*before.criteria, *ask.criteria), before.wording) if before else ask
    return list(found.values())


# ---- until when -----------------------------------------------------------------------------------------------------------------
def answer_until(rule: Rule | None, decide_by: datetime | None, now: datetime, zone: tzinfo) -> datetime:
    """The last moment for an answer: by the rule where asking stops the clock, else early enough to decide in time."""
    if rule is not None and rule.tolls and rule.answer_days:
        return _end_of_day(now + timedelta(days=rule.answer_days), zone)
    if decide_by is None or decide_by <= now:
        return _end_of_day(now + timedelta(days=1), zone)
    spare = min(timedelta(days=SAFE_DAYS), (decide_by - now) / 2)
    return min(_end_of_day(decide_by - spare, zone), decide_by)


def _end_of_day(at: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(at.astimezone(zone).date(), time(23, 59), zone)


# ---- what was asked -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AskedItem:
    """One numbered item of a sent request, over the lines that it is about. Its rows are answered together."""

    number: int
    wording: Wording
    rows: tuple[RequestItem, ...]
    lines: tuple[int, ...] = field(default=())

    @property
    def status(self) -> str:
        """Open while one of its rows is."""
        kinds = {row.status for row in self.rows}
        return next((status for status in (*STILL_WANTED, ItemStatus.RECEIVED, ItemStatus.WAIVED) if status in kinds), ItemStatus.MOOT)

    @property
    def is_open(self) -> bool:
        return self.status in STILL_WANTED


def asked_items(request: InformationRequest) -> list[AskedItem]:
    """The items of a request as a letter and a screen number them; rows of one wording are one item. Items and lines are prefetched."""
    return numbered(request.items.all())


def numbered(items: Iterable[RequestItem]) -> list[AskedItem]:
    """Rows in their order as numbered items."""
    groups: dict[str, list[RequestItem]] = {}
    for row in items:
        groups.setdefault(row.wording["en"], []).append(row)
    return [
        AskedItem(number, rows[0].wording, tuple(rows), tuple(dict.fromkeys(row.line.number for row in rows)))
        for number, rows in enumerate(groups.values(), start=1)
    ]
