"""The intake form as typed, right or wrong: names and their texts. Rows are added and taken away here without losing a letter. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict

from authreview.numbers import whole_number

Typed = dict[str, list[str]]

MOST_ROWS = 40
MOST_SITES = 12
ROWS = ("diagnoses", "lines", "treatments")
NOT_KEPT = ("csrfmiddlewaretoken", "draft", "duplicates_seen", "member_q")
BUTTONS = (
    "route",
    "save",
    "attach",
    "mark-duplicate",
    "find-member",
    "pick-member",
    "find-requester",
    "find-facility",
    "search-diagnosis",
    "pick-diagnosis",
    *(f"{verb}-{row}" for row in ("diagnosis", "line", "treatment", "site") for verb in ("add", "remove")),
)
# what a row begins with, and what it takes over from the row above
FRESH: Mapping[str, Mapping[str, str]] = {
    "diagnoses": {"certainty": "confirmed"},
    "lines": {"units": "1", "site_count": "1"},
    "treatments": {},
}
LIKE_ABOVE = ("first_service", "last_service", "place")


def typed_from(post: Any) -> Typed:
    """What a request sent, without its buttons, and without what no database keeps."""
    names = [name for name in post if name not in NOT_KEPT and name not in BUTTONS and "\0" not in name]
    return {name: [text.replace("\0", "") for text in post.getlist(name)] for name in names}


def pressed(post: Any) -> tuple[str, str]:
    """The button that sent the form, and its value; saving where none did."""
    return next(((name, post[name]) for name in BUTTONS if name in post), ("save", ""))


def nothing_typed() -> Typed:
    """The empty form: one row of each kind."""
    typed: Typed = {"channel": ["fax"], "review_type": ["preservice"], "urgency": ["standard"], "language": ["en"]}
    for prefix in ROWS:
        typed |= {f"{prefix}-TOTAL_FORMS": ["0"], f"{prefix}-INITIAL_FORMS": ["0"]}
        add_row(typed, prefix)
    return typed


def as_data(typed: Mapping[str, Any]) -> "MultiValueDict[str, str]":
    """As forms read it. What a draft holds besides lists of text is left out."""
    data: MultiValueDict[str, str] = MultiValueDict({name: texts for name, texts in typed.items() if isinstance(texts, list)})
    for prefix in ROWS:
        data.setdefault(f"{prefix}-TOTAL_FORMS", "1")
        data.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    return data


def text_of(typed: Mapping[str, Any], name: str) -> str:
    texts = typed.get(name) or [""]
    return str(texts[0]).strip() if isinstance(texts, list) else ""


def count_of(typed: Mapping[str, Any], name: str, most: int) -> int:
    return min(whole_number(text_of(typed, name)) or 0, most)


def rows_of(typed: Mapping[str, Any], prefix: str) -> int:
    return count_of(typed, f"{prefix}-TOTAL_FORMS", MOST_ROWS)


def add_row(typed: Typed, prefix: str) -> int:
    """A row at the end; its number. At the most there can be, nothing is added."""
    count = rows_of(typed, prefix)
    if count >= MOST_ROWS:
        return count - 1
    typed[f"{prefix}-TOTAL_FORMS"] = [str(count + 1)]
    typed |= {f"{prefix}-{count}-{name}": [text] for name, text in FRESH[prefix].items()}
    if prefix == "lines" and count:
        typed |= {f"lines-{count}-{name}": [text_of(typed, f"lines-{count - 1}-{name}")] for name in LIKE_ABOVE}
    return count


def remove_row(typed: Typed, prefix: str, index: int) -> None:
    """Take a row away; those below it move up. The last one is emptied, not taken."""
    count = rows_of(typed, prefix)
    if not 0 <= index < count:
        return
    for name in [name for name in typed if _index(name, prefix) == index]:
        del typed[name]
    for name in sorted((name for name in typed if _index(name, prefix) > index), key=lambda name: _index(name, prefix)):
        at = _index(name, prefix)
        typed[f"{prefix}-{at - 1}-{name.removeprefix(f'{prefix}-{at}-')}"] = typed.pop(name)
    typed[f"{prefix}-TOTAL_FORMS"] = [str(count - 1)]
    if count == 1:
        add_row(typed, prefix)


def add_site(typed: Typed, line: int) -> int:
    """A site at the end of a line's; its number."""
    name = f"lines-{line}-site_count"
    count = min(count_of(typed, name, MOST_SITES), MOST_SITES - 1)
    typed[name] = [str(count + 1)]
    return count


def remove_site(typed: Typed, line: int, site: int) -> None:
    count = count_of(typed, f"lines-{line}-site_count", MOST_SITES)
    if not 0 <= site < count:
        return
    for field in ("site", "side"):
        texts = [text_of(typed, f"lines-{line}-{field}_{number}") for number in range(count) if number != site]
        typed |= {f"lines-{line}-{field}_{number}": [text] for number, text in enumerate(texts)}
        typed.pop(f"lines-{line}-{field}_{count - 1}", None)
    typed[f"lines-{line}-site_count"] = [str(count - 1)]


def fill(typed: Typed, values: Mapping[str, str], *, only_empty: bool = False) -> None:
    """Put texts into fields; with `only_empty` where nobody typed anything."""
    typed |= {name: [text] for name, text in values.items() if not (only_empty and text_of(typed, name))}


def texts_of(typed: Mapping[str, Any], prefix: str, field: str) -> Iterable[str]:
    """The texts of one column of rows, in capitals, without empty ones."""
    found = (text_of(typed, f"{prefix}-{index}-{field}").upper() for index in range(rows_of(typed, prefix)))
    return [text for text in found if text]


def _index(name: str, prefix: str) -> int:
    """The number of the row that a field belongs to, or -1."""
    if not name.startswith(f"{prefix}-"):
        return -1
    number = name.removeprefix(f"{prefix}-").partition("-")[0]
    index = whole_number(number)
    return -1 if index is None else index
