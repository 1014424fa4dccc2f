"""People at their desks: who signs in when, with plans, policies, codes and letter texts as a new installation has them."""

import os
from pathlib import Path

import pytest
from django.conf import settings as project
from playwright.sync_api import expect

from authreview.models import User
from cases.actions.letter_texts import install_letter_texts
from cases.demo.people import PASSWORD
from cases.management.commands.demo import write_people, write_plans
from tests.browser.hands import Hands
from tests.browser.keyboard import signs_in
from tests.factories import installed

SCREENS = Path(project.BASE_DIR) / "authreview" / "docs" / "screens"
SIZE = {"width": 1500, "height": 1000}
expect.set_options(timeout=15_000)  # two cores may be busy with other things
# answers of the server, and requests that a newer choice took the place of: no fault of a script
REFUSALS = ("Failed to load resource", "Response Status Error", "htmx:sendAbort", "htmx:afterRequest")


class Office:
    """The house with its people. `at` sends somebody to their desk: a browser of their own, signed in through the form."""

    def __init__(self, browser, address, clock):
        self.browser, self.address, self.clock, self.faults, self.open = browser, address, clock, [], []

    def window(self, when):
        """It is `when`, and somebody sits down whom nobody knows yet."""
        self.clock.move_to(when, tick=True)
        context = self.browser.new_context(viewport=SIZE, locale="en-US", timezone_id="America/New_York", base_url=self.address)
        self.open.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(page, said))
        page.goto("/")
        return page

    def at(self, username, when):
        """It is `when`, and this person signs in."""
        page = self.window(when)
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(f"body[data-user={username}]")).to_be_visible()
        page.wait_for_load_state()  # keys act once the scripts have run
        return Hands(page, username)

    def _heard(self, page, said):
        if said.type == "error" and not said.text.startswith(REFUSALS):
            self.faults.append(f"{page.url}: {said.text}")


@pytest.fixture
def people(transactional_db):
    """The accounts of the demo, by their sign-in."""
    write_plans()
    write_people()
    installed()
    install_letter_texts(written_by=User.objects.get(username="admin"), approved_by=User.objects.get(username="supervisor"))


@pytest.fixture
def office(people, browser, live_server, settings, tmp_path, time_machine):
    settings.MEDIA_ROOT = tmp_path
    house = Office(browser, live_server.url, time_machine)
    yield house
    for context in house.open:
        context.close()
    assert house.faults == []


@pytest.fixture
def at_desk(office):
    """Who sits down there has no mouse."""
    return lambda username, when: signs_in(office.window(when), username)


class Screens:
    """Keeps pictures for the documentation, where SCREENS=1 asks for them."""

    wanted = os.environ.get("SCREENS") == "1"

    def __call__(self, page, name):
        if self.wanted:
            SCREENS.mkdir(exist_ok=True)
            page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
            page.screenshot(path=SCREENS / f"{name}.png", caret="initial")  # hiding it would be an inline style

    def picture(self, name, image):
        if self.wanted:
            image.save(SCREENS / f"{name}.png")


@pytest.fixture
def screen():
    return Screens()
