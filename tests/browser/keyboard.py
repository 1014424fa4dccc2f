"""A person who has no mouse: signs in, comes to things by the tab key, writes into what has the focus."""

from playwright.sync_api import expect

from cases.demo.people import PASSWORD
from tests.browser.hands import Hands
from tests.browser.looks import accessible

# what has the focus, as it is read out; of a radio in a group, the question first
FOCUSED = """() => {
    const here = document.activeElement;
    const label = here.closest('label') ?? document.querySelector(`label[for="${here.id}"]`);
    const legend = here.type === 'radio' && here.closest('fieldset')?.querySelector('legend');
    const words = here.getAttribute('aria-label') ?? label?.innerText ?? here.innerText ?? '';
    return [legend?.innerText ?? '', words].map((each) => each.trim().replace(/\\s+/g, ' '));
}"""


class Keyboard(Hands):
    """Has no mouse."""

    def click(self, target):
        raise AssertionError("there is no mouse")

    drag = fill = choose = click

    def focused(self):
        """What has the focus, as it is read out: the question, if it belongs to one, and its own words."""
        return self.page.evaluate(FOCUSED)

    def described(self):
        """What is read out of the control in hand besides its name."""
        return self.page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText")

    def tabs_to(self, words, *, of="", most=30, back=False):
        """Press Tab until what has the focus begins with these words; `of`: the question that a choice belongs to."""
        passed = []
        while len(passed) <= most:
            legend, label = self.focused()
            if label.startswith(words) and legend.startswith(of):
                return
            passed.append(label)
            self.key("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{most} tabs do not reach {words!r}, only {passed}")

    def writes(self, label, text):
        """Over what stands in the field with this label."""
        self.tabs_to(label)
        self.key("ControlOrMeta+a")
        self.type(text)

    def follows(self, words, heading, **how):
        """A link or a button of this page, to the page with this heading."""
        self.tabs_to(words, **how)
        self.key("Enter")
        self.arrives(heading)

    def arrives(self, heading):
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        self.page.wait_for_load_state()  # keys act once the scripts have run


def signs_in(page, username):
    page.wait_for_load_state()
    accessible(page)
    hands = Keyboard(page, username)
    hands.tabs_to("User name")
    hands.type(username)
    hands.key("Tab")
    hands.type(PASSWORD)
    hands.key("Enter")
    expect(page.locator(f"body[data-user={username}]")).to_be_visible()
    page.wait_for_load_state()
    return hands
