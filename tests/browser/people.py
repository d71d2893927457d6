"""What people do on the site under test."""

from tests.browser.browser import Browser
from tests.browser.site import Site

__all__ = ["ANA", "EVE", "ask_for_link", "is_signed_in", "sign_in", "user_at"]

ANA = "ana@example.com"
EVE = "eve@example.com"


def ask_for_link(browser: Browser, site: Site, address: str = ANA) -> None:
    """Want the private page, and have a link mailed."""
    browser.open(f"{site.origin}/private")
    browser.wait_for_path("/auth/sign-in")
    browser.type("E-mail address", address)
    browser.press("Send me a link")
    browser.wait_for_path("/auth/magic-link")


def sign_in(browser: Browser, site: Site, address: str = ANA) -> None:
    ask_for_link(browser, site, address)
    browser.open(site.link_to(address))
    browser.wait_for_path("/private")


def user_at(browser: Browser, site: Site) -> str:
    """Whom the home page knows in this browser: a user's id, or nobody's empty one."""
    browser.open(f"{site.origin}/")
    return browser.one("p").text.removeprefix("User ").removeprefix("Nobody")


def is_signed_in(browser: Browser, site: Site) -> bool:
    return user_at(browser, site) != ""
