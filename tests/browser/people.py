"""What people do on the site under test."""

from tests.browser.browser import Browser
from tests.browser.site import Site

__all__ = [
    "ANA",
    "EVE",
    "NEWCOMERS",
    "PHONE",
    "ask_for_code",
    "ask_for_link",
    "enter",
    "is_signed_in",
    "of_a_session",
    "sign_in",
    "user_at",
    "wrong",
]

ANA = "ana@example.com"
EVE = "eve@example.com"
PHONE = "+4915112345678"

NEWCOMERS = [
    {
        "id": "1",
        "name": "First name",
        "field_name": "first_name",
        "field_type": "string",
        "visible_registration": True,
        "required": True,
    },
    {
        "id": "2",
        "name": "Send me news",
        "field_name": "news",
        "field_type": "boolean",
        "visible_registration": True,
        "required": False,
    },
]
"""What an app asks of new users."""


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


def ask_for_code(browser: Browser, site: Site, phone: str = PHONE) -> None:
    """Want the private page, and have a code sent by SMS."""
    browser.open(f"{site.origin}/private")
    browser.wait_for_path("/auth/sign-in")
    browser.type("Phone number", phone)
    browser.press("Send me a code")
    browser.wait_for_path("/auth/otp")


def enter(browser: Browser, code: str, button: str = "Sign in") -> None:
    browser.type("Code", code)
    browser.press(button)


def wrong(code: str) -> str:
    return "111111" if code == "000000" else "000000"


def user_at(browser: Browser, site: Site) -> str:
    """Whom the home page knows in this browser: a user's id, or nobody's empty one."""
    browser.open(f"{site.origin}/")
    return browser.one("p").text.removeprefix("User ").removeprefix("Nobody")


def is_signed_in(browser: Browser, site: Site) -> bool:
    return user_at(browser, site) != ""


def of_a_session(browser: Browser, site: Site) -> set[str]:
    """The cookies of sessions and sign-ins, by name; that of the device outlives them."""
    return {name for name in browser.cookies(site.origin) if not name.startswith("scute-device__")}
