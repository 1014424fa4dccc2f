"""What every page shares, in a real browser: keys, messages, dialogs, and a session that ends in the middle of the work."""

import re

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from playwright.sync_api import expect

from authreview import urls as product
from authreview.errors import Denied, Incomplete, Problem
from authreview.models import User
from authreview.roles import Role
from tests.browser.looks import accessible

PASSWORD = "correct horse battery"
PAGE = """{% extends "base.html" %}{% load ui %}{% block title %}Work{% endblock %}
{% block keys %}<dt><kbd>j</kbd></dt><dd>next row</dd>{% endblock %}
{% block main %}<div class="page stack"><h1>Work</h1>
{% for row in "12" %}<article class="panel sec" id="row-{{ row }}" data-keys-scope tabindex="-1">
  <form method="post" action="/saved/" hx-post="/saved/" hx-trigger="change, submit" hx-target="#status-{{ row }}">{% csrf_token %}
    {% include "components/seg.html" with id="c"|add:row name="value" legend="Criterion "|add:row %}
    <label class="form-label">Note {{ row }} <input class="form-control" name="note"></label>
    <button class="btn btn-plain" name="accept" value="1" data-key="a" aria-keyshortcuts="a">Accept {% key "a" %}</button>
    <p id="status-{{ row }}"></p>
  </form></article>{% endfor %}
<div class="actions">
  <button class="btn btn-accent" hx-post="/denied/" data-key="d" data-key-global>Deny</button>
  <button class="btn btn-quiet" hx-post="/incomplete/">Sign</button>
  <button class="btn btn-quiet" hx-post="/broken/">Break</button>
  <button class="btn btn-quiet" hx-get="/dialog/" hx-target="#dialog">Refer</button>
  {% include "components/action.html" with id="approve" label="Approve" why="Approve needs every criterion met." %}
</div></div>{% endblock %}"""
DIALOG = """{% load ui %}<div class="dialog-top"><h2 id="dialog-title">Refer</h2>{% include "components/close.html" %}</div>
<div class="dialog-body"><label for="question">Question</label><textarea class="form-control" id="question" name="note"></textarea>
<button class="btn btn-accent" hx-post="/saved/" hx-include="#question" hx-target="#referred">Send</button>
<button class="btn btn-quiet" hx-post="/denied/">Decide</button><p id="referred"></p></div>"""
OPTIONS = [
    {"value": value, "label": label, "kind": value, "key": key, "checked": False, "disabled": False}
    for value, label, key in (("met", "Met", "1"), ("not-met", "Not met", "2"), ("missing", "Not documented", "4"))
]


def page(request):
    return HttpResponse(engines["django"].from_string(PAGE).render({"options": OPTIONS}, request))


def saved(request):
    return HttpResponse(f"Saved: {request.POST.get('value', '')} {request.POST['note']}")


def dialog(request):
    return HttpResponse(engines["django"].from_string(DIALOG).render({}, request))


def denied(request):
    raise Denied("Only a medical director may do this.")


def incomplete(request):
    raise Incomplete("One thing is missing.", [Problem("Rationale", "#row-1", "is empty")])


def broken(request):
    raise ZeroDivisionError


urlpatterns = [
    path("desk/", page),
    path("saved/", saved),
    path("dialog/", dialog),
    path("denied/", denied),
    path("incomplete/", incomplete),
    path("broken/", broken),
    *product.urlpatterns,
]
handler403, handler404, handler500 = product.handler403, product.handler404, product.handler500
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


@pytest.fixture
def work(page, live_server):
    """The page, with a nurse signed in through the form."""
    nurse = User.objects.create_user("nurse", password=PASSWORD)
    nurse.groups.add(Group.objects.get_or_create(name=Role.NURSE)[0])
    page.goto(f"{live_server.url}/desk/")
    sign_in(page, "nurse")
    expect(page.get_by_role("heading", name="Work")).to_be_visible()
    return page


def sign_in(page, name):
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def row(page, number):
    return page.locator(f"#row-{number}")


def end_the_session(page):
    page.context.clear_cookies(name="sessionid")


def test_keys_act_in_the_row_with_the_focus(work):
    row(work, 2).focus()
    work.keyboard.press("2")
    expect(row(work, 2).get_by_label("Not met")).to_be_checked()
    expect(work.locator("#status-2")).to_have_text("Saved: not-met")
    expect(row(work, 1).get_by_role("radio", checked=True)).to_have_count(0)
    work.keyboard.press("a")
    expect(work.locator("#status-1")).to_be_empty()
    work.keyboard.press("d")
    expect(work.get_by_text("Only a medical director may do this.")).to_be_visible()


def test_keys_are_letters_while_typing(work):
    work.get_by_label("Note 1").press_sequentially("1 d / ?")
    expect(work.get_by_label("Note 1")).to_have_value("1 d / ?")
    expect(work.get_by_role("radio", checked=True)).to_have_count(0)
    expect(work.get_by_role("dialog")).to_have_count(0)


def test_keys_are_listed_and_can_be_switched_off(work):
    work.keyboard.press("?")
    help_dialog = work.get_by_role("dialog", name="Keyboard")
    rows = dict(zip(help_dialog.locator("dt").all_inner_texts(), help_dialog.locator("dd").all_inner_texts(), strict=True))
    of_this_page = {key: words for key, words in rows.items() if key != "/"}
    assert of_this_page == {"j": "next row", "1": "Met", "2": "Not met", "4": "Not documented", "a": "Accept", "d": "Deny"}
    accessible(work)
    help_dialog.get_by_label("Single keys do things on this page").uncheck()
    work.keyboard.press("Escape")
    work.reload()
    row(work, 1).focus()
    work.keyboard.press("1")
    work.keyboard.press("d")
    expect(work.get_by_role("radio", checked=True)).to_have_count(0)
    expect(work.locator("#messages")).to_be_empty()
    expect(row(work, 1).locator("kbd")).to_be_hidden()


def test_refusals_stay_until_they_are_closed(work):
    messages = work.get_by_role("status")
    work.get_by_role("button", name="Sign", exact=True).click()
    expect(messages.get_by_role("link", name="Rationale")).to_have_attribute("href", "#row-1")
    accessible(work)
    work.get_by_role("button", name="Break").click()
    expect(messages).to_contain_text("nothing was saved")
    messages.get_by_role("button", name="Close").click()
    expect(messages).to_be_empty()
    expect(work.get_by_role("heading", name="Work")).to_be_visible()


def test_no_connection_loses_nothing(work):
    work.get_by_label("Note 1").fill("typed")
    work.context.set_offline(True)
    row(work, 1).get_by_label("Not met").check(force=True)
    expect(work.get_by_role("status")).to_contain_text("The server cannot be reached")
    expect(work.get_by_label("Note 1")).to_have_value("typed")
    work.context.set_offline(False)


def test_dialog_takes_the_focus_and_gives_it_back(work):
    refer = work.get_by_role("button", name="Refer")
    refer.click()
    expect(work.get_by_label("Question")).to_be_focused()
    dialog = work.get_by_role("dialog", name="Refer")
    dialog.get_by_role("button", name="Decide").click()
    expect(dialog.get_by_role("status")).to_have_text("Only a medical director may do this.")
    accessible(work)
    dialog.get_by_role("status").get_by_role("button", name="Close").click()
    expect(dialog.get_by_role("status")).to_have_text("")
    expect(work.get_by_label("Question")).to_be_visible()
    work.keyboard.press("Escape")
    expect(refer).to_be_focused()
    expect(work.locator("#dialog")).to_be_empty()


def test_disabled_action_says_why_and_does_nothing(work):
    approve = work.get_by_role("button", name="Approve")
    expect(approve).to_have_accessible_description("Approve needs every criterion met.")
    approve.click(force=True)
    expect(work).to_have_url(re.compile("/desk/$"))


def test_session_ends_in_the_middle_of_the_work(work):
    work.get_by_label("Note 1").fill("half a note")
    work.get_by_label("Note 1").blur()
    expect(work.locator("#status-1")).to_have_text("Saved: half a note")
    end_the_session(work)
    row(work, 1).get_by_label("Not documented").check(force=True)
    again = work.get_by_role("dialog", name="Sign in again")
    expect(again.get_by_label("Password")).to_be_focused()
    expect(again.get_by_label("User name")).to_have_value("nurse")
    accessible(work)
    again.get_by_label("Password").fill("wrong")
    work.keyboard.press("Enter")
    expect(again).to_contain_text("do not fit together")
    again.get_by_label("Password").fill(PASSWORD)
    work.keyboard.press("Enter")
    expect(work.locator("#status-1")).to_have_text("Saved: missing half a note")
    expect(work.get_by_role("dialog")).to_have_count(0)
    work.get_by_role("button", name="Sign out").click()  # a plain form: its printed token was older than the session
    expect(work.get_by_text("You are signed out.")).to_be_visible()


def test_session_ends_while_a_dialog_is_open(work):
    work.get_by_role("button", name="Refer").click()
    work.get_by_label("Question").fill("Is it covered?")
    end_the_session(work)
    work.get_by_role("button", name="Send").click()
    expect(work.get_by_role("dialog", name="Sign in again")).to_be_visible()
    work.keyboard.press("Escape")
    expect(work.get_by_label("Question")).to_have_value("Is it covered?")
    expect(work.get_by_text("What you did last is not saved yet")).to_be_visible()
    work.get_by_role("button", name="Send").click()
    work.get_by_role("dialog", name="Sign in again").get_by_label("Password").fill(PASSWORD)
    work.keyboard.press("Enter")
    expect(work.locator("#referred")).to_have_text("Saved: Is it covered?")
    expect(work.get_by_label("Question")).to_have_value("Is it covered?")


def test_another_person_gets_a_page_of_their_own(work):
    User.objects.create_user("other", password=PASSWORD)
    work.get_by_label("Note 1").fill("of the nurse")
    work.get_by_label("Note 1").blur()
    expect(work.locator("#status-1")).to_have_text("Saved: of the nurse")
    end_the_session(work)
    row(work, 1).get_by_label("Not documented").check(force=True)
    expect(work.get_by_role("dialog", name="Sign in again")).to_be_visible()
    sign_in(work, "other")
    expect(work.locator("body[data-user=other]")).to_be_visible()
    expect(work.get_by_label("Note 1")).to_have_value("")
    expect(work.locator("#status-1")).to_be_empty()


def test_skip_link_and_narrow_window(work):
    work.keyboard.press("Tab")
    expect(work.get_by_role("link", name="Skip to the content")).to_be_focused()
    work.set_viewport_size({"width": 320, "height": 640})
    assert work.evaluate("document.documentElement.scrollWidth") == 320
    accessible(work)


def test_pages_of_refusal_and_sign_in_are_accessible(work, live_server):
    for address in ("denied/", "nowhere/"):
        work.goto(f"{live_server.url}/{address}")
        accessible(work)
    work.get_by_role("button", name="Sign out").click()
    accessible(work)
