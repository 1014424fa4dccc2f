"""The time line of a line as a drawing: where each date stands, where its label fits, and the same in one sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cases.queries.timeline import Course, Moment, Stretch
from criteria.periods import day_words

WIDTH, LEFT, RIGHT = 720, 24, 696
LETTER = 6.1  # px a letter takes at 12 px
STEP = 17  # px between two rows of labels
BAR = 20  # px a trial takes
NEAREST = 30  # days shown at least


@dataclass(frozen=True, slots=True)
class Mark:
    """One date: its place, its label's place, the end of the thin line between them."""

    kind: str
    x: float
    label: str
    label_x: float
    label_y: float
    anchor: str
    from_y: float
    to_y: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One trial. `open_end`: one of its ends is not known."""

    x: float
    y: float
    width: float
    label: str
    label_x: float
    anchor: str
    open_end: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: float
    axis_y: float
    left: int
    right: int
    marks: list[Mark]
    bars: list[Bar]
    undated: list[str]
    history: str
    words: str


def drawing(course: Course) -> Drawing:
    """Labels stand above and below the line, each in the first row where it fits."""
    dated = sorted((each for each in course.moments if each.day), key=lambda each: (each.day, each.kind))
    unknown = [each for each in course.moments if not each.day]
    days = [each.day for each in dated if each.day] + [day for each in course.stretches for day in (each.start, each.end) if day]
    first, last = _span(days)
    start = LEFT + (110 if any(each.kind == "onset" for each in unknown) else 0)

    def place(day: date) -> float:
        return round(start + (RIGHT - 8 - start) * (day - first).days / max((last - first).days, 1), 1)

    placed = [(each, place(each.day)) for each in dated if each.day]
    placed = [(each, LEFT + 6.0) for each in unknown if each.kind == "onset"] + placed
    rows = _rows([(x, len(_label(each)) * LETTER) for each, x in placed])
    above = max((row for row in rows if row > 0), default=0)
    below = max((-row for row in rows if row < 0), default=0)
    axis = above * STEP + 14
    marks = [_mark(each, x, row, axis) for (each, x), row in zip(placed, rows, strict=True)]
    top = axis + below * STEP + 20
    known = [each for each in course.stretches if each.start or each.end]
    bars = [_bar(each, top + number * BAR, place) for number, each in enumerate(known)]
    undated = [f"{each.text}, no dates" for each in course.stretches if not (each.start or each.end)]
    undated += [each.text for each in unknown if each.kind != "onset"]
    height = top + len(bars) * BAR
    return Drawing(WIDTH, height, axis, LEFT, RIGHT, marks, bars, undated, course.history, _words(course, dated, unknown))


def _span(days: Sequence[date]) -> tuple[date, date]:
    if not days:
        today = date.min
        return today, today + timedelta(days=NEAREST)
    first, last = min(days), max(days)
    return first, max(last, first + timedelta(days=NEAREST))


def _label(moment: Moment) -> str:
    return f"{moment.text} {day_words(moment.day)}" if moment.day and moment.exact else moment.text


def _rows(labels: Sequence[tuple[float, float]]) -> list[int]:
    """Row of each label, 1 next above the line, -1 next below it: the first in which it touches none placed before."""
    taken: dict[int, list[tuple[float, float]]] = {}
    found = []
    for x, width in labels:
        start, end = _extent(x, width)
        row = next(
            row for row in _order() if all(end + 8 < other_start or start > other_end + 8 for other_start, other_end in taken.get(row, ()))
        )
        taken.setdefault(row, []).append((start, end))
        found.append(row)
    return found


def _order() -> list[int]:
    return [sign * row for row in range(1, 40) for sign in (1, -1)]


def _extent(x: float, width: float) -> tuple[float, float]:
    anchor = _anchor(x, width)
    if anchor == "start":
        return x, x + width
    if anchor == "end":
        return x - width, x
    return x - width / 2, x + width / 2


def _anchor(x: float, width: float) -> str:
    if x - width / 2 < 2:
        return "start"
    return "end" if x + width / 2 > WIDTH - 2 else "middle"


def _mark(moment: Moment, x: float, row: int, axis: float) -> Mark:
    label = _label(moment)
    width = len(label) * LETTER
    label_y = axis - 12 - (row - 1) * STEP if row > 0 else axis + 21 + (-row - 1) * STEP
    to_y = label_y + 4 if row > 0 else label_y - 11
    from_y = axis - 7 if row > 0 else axis + 7
    kind = "unknown" if moment.day is None else moment.kind
    anchor = _anchor(x, width)
    return Mark(kind, x, label, x - 5 if anchor == "start" else x + 5 if anchor == "end" else x, label_y, anchor, from_y, to_y)


def _bar(stretch: Stretch, y: float, place: Callable[[date], float]) -> Bar:
    x, *rest = [place(day) for day in (stretch.start, stretch.end) if day]
    until = rest[0] if rest else x
    width = max(until - x, 4)
    label = stretch.text
    fits_right = x + width + 8 + len(label) * LETTER < WIDTH
    label_x, anchor = (x + width + 6, "start") if fits_right else (x - 6, "end")
    return Bar(x, y, width, label, label_x, anchor, not (stretch.start and stretch.end))


def _words(course: Course, dated: Sequence[Moment], unknown: Sequence[Moment]) -> str:
    said = [each.text for each in unknown]
    said += [f"{each.text}, {day_words(each.day)}" if each.exact else each.text for each in dated if each.day]
    for each in course.stretches:
        dates = [day_words(day) for day in (each.start, each.end) if day]
        said.append(f"{each.text}, {' to '.join(dates) if dates else 'no dates'}")
    if course.history:
        said.append(course.history)
    return "; ".join(said) + "."
