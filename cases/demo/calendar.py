"""Days and hours of the demo: everything lies before today, on the weekdays and in the hours in which people work. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
SATURDAY = 5


class Calendar:
    """Counts back from a day. Nothing of the demo happens on that day or later, whatever the hour of loading."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.end = moment(_workday_before(today), "17:30")

    def ago(self, days: int, at: str, *, any_day: bool = False) -> datetime:
        """So many days before today; on the Friday before, where that is a weekend and nothing arrives then."""
        day = self.today - timedelta(days=days)
        if not any_day and day.weekday() >= SATURDAY:
            day = _workday_before(day)
        return moment(day, at)

    def monday(self, weeks: int, at: str) -> datetime:
        """The latest Monday before today, or so many weeks before it."""
        back = self.today.weekday() or 7
        return moment(self.today - timedelta(days=back + 7 * weeks), at)


class Pace:
    """The time of the next step of one case: it only goes forward, and never past the end of the calendar."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.now, self.end = start, end

    def on(self, days: int, at: str) -> datetime:
        """So many days later at this hour, on Monday where that is a weekend."""
        day = self.now.astimezone(ZONE).date() + timedelta(days=days)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        return self._reach(moment(day, at))

    def after(self, minutes: int) -> datetime:
        return self._reach(self.now + timedelta(minutes=minutes))

    def to(self, at: datetime) -> datetime:
        return self._reach(at)

    def _reach(self, at: datetime) -> datetime:
        self.now = max(self.now + timedelta(minutes=1), min(at, self.end))
        return self.now


def moment(day: date, at: str) -> datetime:
    """A day with an hour like "16:30", in the zone of the plans."""
    return datetime.combine(day, time.fromisoformat(at), ZONE)


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _workday_before(day: date) -> date:
    day -= timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day
