"""Small pieces of the screen that every page shares: icons, pills, keys, dates, error summaries, places of the bar."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet, BoundField, RadioSelect
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from authreview import due
from authreview.roles import Role

register = template.Library()

# Our own constant markup, written by nobody outside: safe to mark.
ICONS: dict[str, SafeString] = {
    name: mark_safe(f'<svg class="icon" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true" focusable="false">{inner}</svg>')
    for name, inner in json.loads((Path(__file__).parent.parent / "icons.json").read_text())["icons"].items()
}
PILL_ICONS = {name: name for name in ("met", "not-met", "unclear", "missing", "na")} | {
    "late": "exclamation-circle",
    "due": "clock",
    "ask": "missing",
}
WHO_SEES_CASES = frozenset(Role) - {Role.POLICY_EDITOR, Role.POLICY_APPROVER, Role.ADMIN}
WHO_PRINTS = frozenset({Role.LETTERS, Role.NURSE})


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "met" %}: decoration; the word beside it is what is read out."""
    return ICONS[name]


@register.simple_tag
def pill(kind: str, text: object, icon: str | None = None) -> SafeString:
    """{% pill "met" "Met" %} shows kind's own icon; {% pill "calm" text icon="pause" %} another, icon="" none."""
    name = PILL_ICONS.get(kind, "") if icon is None else icon
    return format_html('<span class="pill pill-{}">{}{}</span>', kind, ICONS[name] if name else "", text)


@register.simple_tag
def due_pill(deadline: due.DueIn, prefix: str = "") -> SafeString:
    """{% due_pill row.due %} in lists, {% due_pill clock prefix="due in" %} in a head, where the prefix makes a sentence."""
    words = f"{prefix} {deadline.words}" if prefix and deadline.kind in ("ok", "due") else deadline.words
    return pill(deadline.kind, words, deadline.icon)


@register.simple_tag
def key(*names: str) -> SafeString:
    """{% key "t" %}: the key as drawn beside its action. Screen readers hear aria-keyshortcuts instead."""
    return mark_safe(" ".join(format_html('<kbd aria-hidden="true">{}</kbd>', name) for name in names))


@register.filter
def day(value: date | datetime | None) -> str:
    """24 Feb 2026"""
    return due.day(value)


@register.filter
def day_time(value: datetime | None) -> str:
    """24 Feb 2026, 15:20"""
    return due.day_time(value)


@register.filter
def near_day(value: date | datetime | None) -> str:
    """today 15:20, yesterday 9:00, Tue 17 Mar"""
    return "" if value is None else due.near_day(value, timezone.now())


@dataclass(frozen=True, slots=True)
class FieldError:
    """One refused field: where it is, what it is called, what is wrong."""

    anchor: str
    label: str
    message: str


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources: BaseForm | BaseFormSet[Any] | None, title: str = "") -> dict[str, object]:
    """{% error_summary form lines treatments %}: every error of forms and formsets in one list that links to the fields."""
    errors = list(_errors(sources))
    return {"errors": errors, "title": title or ("There is 1 problem" if len(errors) == 1 else f"There are {len(errors)} problems")}


def _errors(sources: Iterable[BaseForm | BaseFormSet[Any] | None]) -> Iterable[FieldError]:
    for source in sources:
        if isinstance(source, BaseFormSet):
            if source.is_bound:
                yield from (FieldError("", "", str(message)) for message in source.non_form_errors())
                yield from _errors(source.forms)
        elif source is not None and source.is_bound:
            for name, messages in source.errors.items():
                field = None if name == "__all__" else source[name]
                anchor, label = (_anchor(field), field.label) if field else ("", "")
                yield from (FieldError(anchor, str(label), str(message)) for message in messages)


def _anchor(field: BoundField) -> str:
    """Id of what takes the focus: of a group of choices, the first."""
    if isinstance(field.field.widget, RadioSelect):
        return f"{field.auto_id}_0"
    return field.id_for_label or str(field.auto_id)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place in the bar."""

    label: str
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[NavItem]:
    """{% navigation as places %}: the places of the bar that exist and that this reader may open."""
    request, user = context.get("request"), context.get("user")
    if request is None or user is None or not user.is_authenticated:
        return []
    sees_cases = user.is_superuser or user.has_role(*WHO_SEES_CASES)
    prints = user.is_superuser or user.has_role(*WHO_PRINTS)
    places = [("Worklist", "worklist", sees_cases), ("Cases", "cases", sees_cases), ("Letters", "letters-print", prints)]
    places.append(("Policies", "policies", True))
    places.append(("Administration", "admin:index", user.is_staff))
    found = [(label, url) for label, name, shown in places if shown and (url := _url(name))]
    above = [url for _, url in found if request.path == url or (url != "/" and request.path.startswith(url))]
    kept = [_url("admin:index")] if request.path.startswith("/code-sets/") else []  # kept there, though it is at an address of its own
    current = max(above or kept, key=len, default="")
    return [NavItem(label, url, url == current) for label, url in found]


@register.simple_tag
def url_if_there(name: str) -> str:
    """The address of a page, or nothing where this installation has none: nothing is linked that leads nowhere."""
    return _url(name)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
