"""What is left on a clock, in words; dates as the screens write them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from authreview.due import DueIn, day, day_time, due_in, near_day

NOW = datetime(2026, 3, 9, 18, 20, tzinfo=UTC)  # Monday 14:20 in New York


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=-3, minutes=-5), DueIn("late", "exclamation-circle", "3 h 5 min overdue", "today 11:15")),
        (timedelta(days=-5), DueIn("late", "exclamation-circle", "5 days overdue", "Wed 4 Mar")),
        (timedelta(seconds=-1), DueIn("late", "exclamation-circle", "0 min overdue", "today 14:19")),
        (timedelta(0), DueIn("due", "clock", "0 min", "today 14:20")),
        (timedelta(minutes=59), DueIn("due", "clock", "59 min", "today 15:19")),
        (timedelta(hours=2, minutes=10), DueIn("due", "clock", "2 h 10 min", "today 16:30")),
        (timedelta(hours=12, minutes=10), DueIn("due", "clock", "12 h", "tomorrow 02:30")),
        (timedelta(hours=26), DueIn("due", "clock", "1 day 2 h", "tomorrow 16:20")),
        (timedelta(hours=48), DueIn("ok", "clock", "2 days", "Wed 11 Mar")),
        (timedelta(days=8), DueIn("ok", "clock", "8 days", "Tue 17 Mar")),
        (timedelta(days=330), DueIn("ok", "clock", "330 days", "Tue 2 Feb 2027")),
    ],
)
def test_running(left, expected):
    assert due_in(NOW + left, NOW) == expected


def test_stopped_and_without_an_end():
    assert [due_in(None, NOW, stopped=True, left=timedelta(days=26)), due_in(NOW, NOW, stopped=True), due_in(None, NOW)] == [
        DueIn("calm", "pause", "clock stopped", "26 days left"),
        DueIn("calm", "pause", "clock stopped", ""),
        DueIn("calm", "minus", "no deadline", ""),
    ]


def test_days_are_the_readers():
    late_evening = datetime(2026, 2, 25, 3, 30, tzinfo=UTC)
    assert [day(late_evening), day_time(late_evening), day(date(2026, 2, 24)), day(None), day_time(None)] == [
        "24 Feb 2026",
        "24 Feb 2026, 22:30",
        "24 Feb 2026",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 3, 8), "yesterday"),
        (date(2026, 3, 9), "today"),
        (date(2026, 3, 10), "tomorrow"),
        (date(2026, 3, 7), "Sat 7 Mar"),
        (date(2025, 3, 9), "Sun 9 Mar 2025"),
    ],
)
def test_days_near_now(value, expected):
    assert near_day(value, NOW) == expected
