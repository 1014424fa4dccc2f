"""What is in force today beside what a review is pinned to, in sentences; for templates/cases/newer.html. No queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from authreview.due import day
from cases.queries.newer import Edition, Newer, News
from criteria.presenters.life import ChangeRow, change_rows

NOTHING = "The rule of this line is the same in both."


@dataclass(frozen=True, slots=True)
class NewsShown:
    """One sentence. `changes` are folded under it, `summary` names the fold; `url` leads to the whole comparison or to the version."""

    is_late: bool
    sentence: str
    summary: str
    changes: list[ChangeRow]
    url: str
    url_words: str


def news_shown(found: Iterable[Newer]) -> list[NewsShown]:
    return [_shown(each) for each in found]


def _shown(news: Newer) -> NewsShown:
    summary, url, words = "", "", ""
    if news.now is not None:
        url, words = reverse("policy-version", args=[news.now.policy, news.now.version]), f"Read {news.now.version}"
    if news.kind is News.FOLLOWED and news.pinned and news.now:
        url += "?" + urlencode({"since": news.pinned.version}) + "#changes"
        count = len(news.changes)
        summary = f"What changed for this line ({count})" if count else ""
        words = "Compare the two versions"
    return NewsShown(news.kind is News.OVERDUE, _sentence(news), summary, change_rows(news.changes), url, words)


def _sentence(news: Newer) -> str:
    pinned, now = news.pinned, news.now
    since = f"since {day(now.since)}" if now and now.since else ""
    if pinned and now and news.kind is News.FOLLOWED:
        name = f"{pinned.title}: " if news.is_exception else ""
        return f"{name}{now.version} is in force {since}; this review stays with {pinned.version}." + (
            "" if news.changes else f" {NOTHING}"
        )
    if pinned and now and news.kind is News.OTHER:
        return f"New requests are governed by {_name(now)} {since}; this review stays with {_name(pinned)}."
    if now and news.kind is News.FIRST:
        return f"New requests are governed by {_name(now)} {since}; this review began when no policy governed its code."
    if now and news.kind is News.JOINS:
        return f"For new requests the exception {_name(now)} applies {since}; this review stays without it."
    if pinned and news.kind is News.ENDED:
        return f"{_name(pinned)} is not in force any more; this review stays with it."
    if pinned:
        what = _name(pinned) if news.is_exception else "this policy"
        return f"The yearly review of {what} was due on {day(news.due)} and has not been done; it governs until a version follows."
    return ""


def _name(edition: Edition) -> str:
    return f"{edition.title} {edition.version}"
