"""A person with a keyboard and nothing else: Tab, Enter, Space and typing."""

from dataclasses import dataclass

from selenium.webdriver.common.keys import Keys

from tests.browser.browser import Browser

__all__ = ["Keyboard"]

MOST = 40
"""More presses of Tab than any page has things to use."""


@dataclass(frozen=True)
class Keyboard:
    browser: Browser

    @property
    def at(self) -> str:
        """What has the focus, by the name that a screen reader says; nothing at first."""
        focused = self.browser.focused()
        return "" if focused.tag_name == "body" else focused.accessible_name

    def go_to(self, name: str) -> None:
        """Press Tab until it has the focus, and see that it has."""
        passed: list[str] = []
        while self.at != name:
            assert len(passed) < MOST, f"{name!r} is not among {passed}"
            self.browser.keys(Keys.TAB)
            passed.append(self.at)
        outline = self.browser.style_of(self.browser.focused(), "outlineStyle")
        assert outline != "none", f"nobody sees that {name!r} has the focus"

    def press(self, name: str) -> None:
        self.go_to(name)
        self.browser.keys(Keys.ENTER)

    def answer(self, text: str) -> None:
        """Type where the focus is, and send it."""
        self.browser.keys(text, Keys.ENTER)
