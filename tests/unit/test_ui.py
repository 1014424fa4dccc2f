"""The small pieces of the screen: what they write, and that nothing typed gets through unescaped."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import engines

from authreview.due import DueIn
from authreview.templatetags.ui import ICONS


def rendered(source, **context):
    return engines["django"].from_string("{% load ui %}" + source).render(context)


class Asked(forms.Form):
    name = forms.CharField(label="Name <of> it")
    side = forms.ChoiceField(choices=[("l", "left"), ("r", "right")], widget=forms.RadioSelect)

    def clean(self):
        raise forms.ValidationError("The dates <do not> fit.")


Rows = forms.formset_factory(Asked, extra=1)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% pill "met" "Met" %}', f'<span class="pill pill-met">{ICONS["met"]}Met</span>'),
        ('{% pill "calm" typed %}', '<span class="pill pill-calm">&lt;b&gt;</span>'),
        ('{% pill "met" "Met" icon="" %}', '<span class="pill pill-met">Met</span>'),
        ('{% pill "calm" "stopped" icon="pause" %}', f'<span class="pill pill-calm">{ICONS["pause"]}stopped</span>'),
        ('{% key "j" typed %}', '<kbd aria-hidden="true">j</kbd> <kbd aria-hidden="true">&lt;b&gt;</kbd>'),
        ("{{ at|day }}, {{ at|day_time }}", "24 Feb 2026, 24 Feb 2026, 10:20"),
        ("{{ none|day }}{{ none|day_time }}{{ none|near_day }}", ""),
        ('{% url_if_there "no-such-page" %}', ""),
        ("{% navigation as places %}{{ places }}", "[]"),
    ],
)
def test_pieces(source, expected):
    assert rendered(source, at=datetime(2026, 2, 24, 15, 20, tzinfo=UTC), none=None, typed="<b>") == expected


@pytest.mark.parametrize(("kind", "words"), [("ok", "due in 8 days"), ("due", "due in 8 days"), ("late", "8 days"), ("calm", "8 days")])
def test_prefix_of_a_clock_makes_a_sentence(kind, words):
    assert rendered('{% due_pill due prefix="due in" %}', due=DueIn(kind, "clock", "8 days", "")).endswith(f"</svg>{words}</span>")


def test_each_finding_has_a_shape_of_its_own():
    shapes = [ICONS[kind] for kind in ("met", "not-met", "unclear", "missing", "na")]
    assert len(set(shapes)) == len(shapes)


def test_error_summary_links_to_each_field():
    rows = Rows({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "x"})
    text = rendered("{% error_summary form rows nothing %}", form=Asked({}), rows=rows, nothing=None)
    items = [part.split("</li>")[0] for part in text.split("<li>")[1:]]
    assert items == [
        '<a href="#id_name">Name &lt;of&gt; it</a>: This field is required.',
        '<a href="#id_side_0">Side</a>: This field is required.',
        "The dates &lt;do not&gt; fit.",
        '<a href="#id_form-0-side_0">Side</a>: This field is required.',
        "The dates &lt;do not&gt; fit.",
    ]
    assert "There are 5 problems" in text


def test_error_summary_says_nothing_of_a_fresh_form():
    assert rendered("{% error_summary form rows %}", form=Asked(), rows=Rows()).strip() == ""


def test_choice_has_nothing_chosen_by_itself():
    options = [{"value": "met", "label": "Met", "kind": "met", "key": "1", "checked": False, "disabled": False}]
    source = '{% include "components/seg.html" with id="c1" name="value" legend="Duration" options=options %}'
    text = rendered(source, options=options)
    assert (text.count('type="radio"'), " checked" in text, 'data-key="1"' in text) == (1, False, True)
    assert " checked" in rendered(source, options=[options[0] | {"checked": True}])


def test_action_that_is_not_possible_says_why():
    text = rendered('{% include "components/action.html" with id="approve" label="Approve" why=why %}', why="Needs <all> criteria met.")
    assert 'type="button"' in text
    assert 'aria-disabled="true" aria-describedby="approve-why"' in text
    assert '<p class="why" id="approve-why">Needs &lt;all&gt; criteria met.</p>' in text
