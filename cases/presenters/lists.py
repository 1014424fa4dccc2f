"""Around the rows of a list: its tabs with their counts, its pages, and what an empty one says. No queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from authreview.models import User
from authreview.roles import Role
from cases.queries.worklist import MOST_COUNTED, Place, Tab

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

LABELS: dict[Tab, str] = {
    Tab.MINE: "Mine",
    Tab.TEAM: "Team",
    Tab.INFORMATION: "Waiting for information",
    Tab.DIRECTOR: "With the director",
    Tab.NOTIFY: "To notify",
    Tab.TODAY: "Due today",
    Tab.OVERDUE: "Overdue",
    Tab.INTAKE: "Intake drafts",
    Tab.DONE: "Done",
}
EMPTY: dict[Tab, tuple[str, str]] = {
    Tab.MINE: ("You have no case", "Take the most urgent one that you may decide."),
    Tab.TEAM: ("No case waits for a nurse", "New requests appear here once intake has routed them."),
    Tab.INFORMATION: ("No case waits for information", ""),
    Tab.DIRECTOR: ("No case is with a director", ""),
    Tab.NOTIFY: ("Everybody has been told", "Decided lines appear here until their letters are issued."),
    Tab.TODAY: ("Nothing more is due today", ""),
    Tab.OVERDUE: ("Nothing is overdue", ""),
    Tab.INTAKE: ("No draft is in work", "A new request is a draft until it is routed."),
    Tab.DONE: ("No case is closed yet", ""),
}
TAKES_IN = (Role.INTAKE, Role.NURSE, Role.SUPERVISOR)
HAS_CASES = (Role.NURSE, Role.MEDICAL_DIRECTOR)


@dataclass(frozen=True, slots=True)
class TabLink:
    """One entry of components/tabs.html."""

    url: str
    label: str
    current: bool
    count: str | None
    late: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """The foot of a list."""

    shown: str
    previous_url: str
    next_url: str


def tabs_of(user: User) -> list[Tab]:
    """The tabs this reader has: drafts for those who take requests in, "mine" for those who can have a case."""
    hidden = set()
    if not user.has_role(*TAKES_IN):
        hidden.add(Tab.INTAKE)
    if not user.has_role(*HAS_CASES):
        hidden.add(Tab.MINE)
    return [tab for tab in Tab if tab not in hidden]


def first_tab(user: User) -> Tab:
    """Where a reader begins the day."""
    if user.has_role(*HAS_CASES):
        return Tab.MINE
    if user.has_role(Role.LETTERS):
        return Tab.NOTIFY
    return Tab.INTAKE if user.has_role(Role.INTAKE) else Tab.TEAM


def tab_links(tabs: Sequence[Tab], current: Tab, counts: Mapping[Tab, int], path: str) -> list[TabLink]:
    return [
        TabLink(
            url=f"{path}?tab={tab}",
            label=LABELS[tab],
            current=tab is current,
            count=count_words(counts[tab]) if tab in counts else None,
            late=tab is Tab.OVERDUE and counts.get(tab, 0) > 0,
        )
        for tab in tabs
    ]


def pages(path: str, asked: Mapping[str, str], shown: int, total: int | None, previous: str, following: str) -> Pages:
    """`asked`: what the address holds besides the place. `previous` and `following`: places, or nothing."""
    words = f"{shown} shown" if total is None else f"{shown} of {count_words(total)} shown"
    kept = {name: value for name, value in asked.items() if value}
    return Pages(
        words,
        f"{path}?{urlencode({**kept, 'before': previous})}" if previous else "",
        f"{path}?{urlencode({**kept, 'after': following})}" if following else "",
    )


def place_token(at: datetime, number: int) -> str:
    """A place in a list as it stands in an address."""
    return f"{(at - EPOCH) // MICROSECOND}.{number}"


def place_from(after: str, before: str) -> Place | None:
    """The place that an address names; one that cannot be read is the beginning."""
    token, backwards = (after, False) if after else (before, True)
    micro, _, number = token.partition(".")
    try:
        return Place(EPOCH + int(micro) * MICROSECOND, int(number), backwards)
    except (ValueError, OverflowError):
        return None


def count_words(count: int) -> str:
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
