"""How much time is left, in words, a colour and an icon, and how a date is written: the same on every screen. Computes no deadline."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

SOON = timedelta(hours=48)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class DueIn:
    """`kind` is a pill of components.css, `on` the date itself in words ("today 15:20", "Tue 17 Mar")."""

    kind: str
    icon: str
    words: str
    on: str


def day(value: date | datetime | None) -> str:
    """24 Feb 2026, in the reader's time zone; nothing for nothing."""
    if value is None:
        return ""
    local = _local(value)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def day_time(value: datetime | None) -> str:
    """24 Feb 2026, 15:20"""
    return "" if value is None else f"{day(value)}, {_local(value):%H:%M}"


def near_day(value: date | datetime, now: datetime) -> str:
    """today 15:20, yesterday, Tue 17 Mar; with the year where it is another one."""
    local, today = _local(value), _local(now)
    away = (_date(local) - _date(today)).days
    clock = f" {local:%H:%M}" if isinstance(local, datetime) and abs(away) <= 1 else ""
    if away in (-1, 0, 1):
        return f"{('yesterday', 'today', 'tomorrow')[away + 1]}{clock}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}"


def due_in(due_at: datetime | None, now: datetime, *, stopped: bool = False, left: timedelta | None = None) -> DueIn:
    """A running clock tells what is left until `due_at`; a stopped one that it stands, and what will be `left` when it runs again."""
    if stopped:
        return DueIn("calm", "pause", "clock stopped", f"{_span(left)} left" if left is not None else "")
    if due_at is None:
        return DueIn("calm", "minus", "no deadline", "")
    on = near_day(due_at, now)
    left = due_at - now
    if left < timedelta(0):
        return DueIn("late", "exclamation-circle", f"{_span(-left)} overdue", on)
    days = (_date(_local(due_at)) - _date(_local(now))).days
    if left < SOON:
        return DueIn("due", "clock", _span(left), on)
    return DueIn("ok", "clock", f"{days} days", on)


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"
    days, hours = divmod(hours, 24)
    unit = "1 day" if days == 1 else f"{days} days"
    return f"{unit} {hours} h" if hours and days == 1 else unit


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _date(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
