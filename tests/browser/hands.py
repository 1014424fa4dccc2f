"""A person at a browser: every key press, click, drag and typed field goes through here and is counted. Steps are in steps.py."""

import re
from contextlib import contextmanager

from django.test import Client
from playwright.sync_api import expect

from authreview.models import User

PLACES = """async (wanted) => {
    const plain = (text) => text.trim().replace(/[.,:;]+$/, '');
    const words = [...document.querySelectorAll('.sheet-page tspan')];
    const parts = wanted.split(/\\s+/).map(plain);
    const says = (place, part) => words[place] && plain(words[place].textContent) === part;
    const at = words.findIndex((_, place) => parts.every((part, step) => says(place + step, part)));
    if (at < 0) return null;
    words[at].scrollIntoView({ block: 'nearest', behavior: 'instant' });
    const pictures = [...document.querySelectorAll('#record-pane img, .sheet img')];
    await Promise.all(pictures.map((picture) => picture.decode().catch(() => null)));
    const look = () => [at, at + parts.length - 1].map((place) => words[place].getBoundingClientRect().toJSON());
    const moment = () => new Promise((done) => setTimeout(done, 120));
    let seen = look(), before;  // the page may still move
    do { before = seen; await moment(); seen = look(); } while (JSON.stringify(seen) !== JSON.stringify(before));
    const top = document.elementFromPoint(seen[0].x + 1, seen[0].y + seen[0].height / 2);
    return top?.closest('.sheet-page') ? seen : top?.outerHTML.slice(0, 200) ?? 'outside the window';
}"""


class Count:
    """How many actions something took. `upto` fails where it became more than it was."""

    def __init__(self, what):
        self.what, self.actions, self.said = what, 0, []

    def upto(self, most, aim):
        print(f"{self.what}: {self.actions} actions (at most {most}, aim {aim or 'none set'}): {', '.join(self.said)}")
        assert self.actions <= most


class Hands:
    """One signed-in person. A key, a click or a drag is one action; typing a text into one field is one."""

    def __init__(self, page, username):
        self.page, self.username, self.counting = page, username, None

    def _did(self, what):
        if self.counting:
            self.counting.actions += 1
            self.counting.said.append(what)

    @contextmanager
    def counted(self, what):
        self.counting = Count(what)
        yield self.counting
        self.counting = None

    def key(self, key):
        self._did(key)
        self.page.keyboard.press(key)

    def click(self, target):
        self._did("click")
        target.click()

    def type(self, text):
        """Into the field that has the focus."""
        self._did("type")
        self.page.keyboard.insert_text(text)

    def fill(self, field, text):
        self._did("fill")
        field.fill(text)

    def choose(self, field, label):
        self._did("choose")
        field.select_option(label=label)

    def attach(self, field, *files):
        """`files`: names with their bytes."""
        self._did("attach")
        field.set_input_files([{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files])

    def drag(self, words):
        """Over these words of the page that the record shows."""
        self._did("drag")
        selected = self.page.locator(".record-pending q")
        these = re.compile(r"^\W*" + r"\W+".join(re.findall(r"\w+", words)) + r"\W*$")
        for _ in range(3):  # a page still being drawn moves under the pointer: a person selects again
            self._select(words)
            try:
                expect(selected).to_have_text(these, timeout=5000)
            except AssertionError:
                continue
            return
        expect(selected).to_have_text(these)

    def _select(self, words):
        expect(self.page.locator(".sheet-page tspan").first).to_be_attached()
        places = self.page.evaluate(PLACES, words)
        assert isinstance(places, list), f"the page does not show {words!r}, but {places}"
        first, last = places
        mouse = self.page.mouse
        mouse.move(first["x"] + 1, first["y"] + first["height"] / 2)
        mouse.down()
        mouse.move(last["x"] + last["width"] - 1, last["y"] + last["height"] / 2, steps=6)
        mouse.up()


def sign_in_at_once(office, live_server, username):
    """A page of this person without the form, for tests that look at many pages. No name: nobody is signed in."""
    context = office.browser.new_context(viewport={"width": 1500, "height": 1000}, base_url=live_server.url)
    office.open.append(context)
    if username:
        client = Client()
        client.force_login(User.objects.get(username=username))
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return context.new_page()
