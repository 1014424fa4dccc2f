"""Lists of the standing panel, written in one go: they are part of every save, and a template would need longer than the database."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from authreview.templatetags.ui import ICONS
from cases.presenters.standing import Point

register = template.Library()
ITEM = '<li class="mark-{}">{}<a class="point" href="#finding-{}">{}</a>{}</li>'


@register.simple_tag
def points(rows: Sequence[Point]) -> SafeString:
    """{% points standing.supports %}: each with its icon, linked to its row."""
    items = ((row.kind, ICONS[row.kind], row.criterion, row.text, _note(row)) for row in rows)
    return format_html('<ul class="marks">{}</ul>', format_html_join("", ITEM, items))


def _note(row: Point) -> SafeString:
    return format_html(" <small>{}</small>", row.note) if row.note else mark_safe("")
