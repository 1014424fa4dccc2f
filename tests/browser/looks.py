"""What a test of a screen does with any page: signing in by the form, and asking axe. Steps of a journey are in steps.py."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def violations(page):
    """What axe finds: each rule with the first places."""
    return [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in Axe().run(page).response["violations"]]


def accessible(page, heading=""):
    """Nothing of the page is against axe's rules. `heading`: the page is there once its first heading says so."""
    if heading:
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert violations(page) == []


def sign_in(page, name):
    """As another person than before, with the password that tests give to everybody."""
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill("let me in, please")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
