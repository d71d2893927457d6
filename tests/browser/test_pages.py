"""Each page as a person meets it: in words, by keyboard, on a small screen, light and dark."""

from collections.abc import Callable

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.browser import Browser
from tests.browser.people import ANA, EVE, ask_for_link, is_signed_in, sign_in
from tests.browser.site import Site


def the_sign_in_page(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/sign-in")


def the_sign_in_page_with_an_error(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/sign-in")
    browser.run("document.querySelector('form').noValidate = true")
    browser.type("E-mail address", "ana, eve@example.com")
    browser.press("Send me a link")
    browser.wait_for_text("Enter one e-mail address")


def the_waiting_page(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)


def the_confirmation(browser: Browser, site: Site) -> None:
    sign_in(browser, site, EVE)
    token = site.emulator.mint({"uuid": "someone", "email": "x" * 200 + "@example.com"})
    browser.open(f"{site.origin}/auth/callback?sct_magic={token}")


def a_message(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/callback?sct_magic=broken")


def the_outage(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    site.clock.forward(7200)
    site.emulator.fault("/tokens/refresh", status=503)
    browser.open(f"{site.origin}/private")


def the_sign_out_page(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sign-out")


EACH_PAGE = pytest.mark.parametrize(
    "page",
    [
        the_sign_in_page,
        the_sign_in_page_with_an_error,
        the_waiting_page,
        the_confirmation,
        a_message,
        the_outage,
        the_sign_out_page,
    ],
)

Page = Callable[[Browser, Site], None]


@EACH_PAGE
def test_a_page_says_what_it_is(browser: Browser, site: Site, page: Page) -> None:
    page(browser, site)

    assert browser.one("html").get_attribute("lang") == "en"
    assert browser.driver.title
    assert len(browser.all("h1")) == 1
    assert len(browser.all("main")) == 1
    for field in browser.all("input:not([type=hidden])"):
        assert field.accessible_name
    for control in browser.all("a, button"):
        assert control.accessible_name or not control.is_displayed()


@EACH_PAGE
def test_a_page_has_nothing_inline(browser: Browser, site: Site, page: Page) -> None:
    page(browser, site)

    assert browser.all("[style]") == []
    attributes = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    assert browser.run(f"return {attributes}.filter(name => name.startsWith('on'))") == []
    for element in browser.all("script, style"):
        assert browser.property_of(element, "nonce")


@EACH_PAGE
def test_a_page_fits_a_small_screen_light_and_dark(
    browser: Browser, site: Site, page: Page
) -> None:
    browser.look_like(390, 844, "light")

    page(browser, site)

    assert browser.run("return document.documentElement.scrollWidth") <= 390
    for control in browser.all("button, a.button, input:not([type=hidden])"):
        assert not control.is_displayed() or browser.box_of(control)["height"] >= 44
    assert _brightness(browser.style_of(browser.one("body"), "backgroundColor")) > 200
    browser.look_like(390, 844, "dark")
    assert _brightness(browser.style_of(browser.one("body"), "backgroundColor")) < 60


def test_an_error_is_read_out_and_tied_to_its_field(browser: Browser, site: Site) -> None:
    the_sign_in_page_with_an_error(browser, site)

    field, alert = browser.one("#identifier-email"), browser.one("[role=alert]")

    assert browser.driver.title.startswith("Problem: ")
    assert alert.text == "Enter one e-mail address, like ana@example.com."
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == alert.get_attribute("id")
    assert browser.property_of(field, "value") == "ana, eve@example.com"


def test_everything_works_by_keyboard(browser: Browser, other_browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/private")
    browser.wait_for_path("/auth/sign-in")
    browser.focused().send_keys(ANA, Keys.ENTER)
    browser.wait_for_path("/auth/magic-link")

    other_browser.open(site.link_to(ANA))
    other_browser.one("body").send_keys(Keys.TAB)
    assert other_browser.focused().text == "Sign in"
    assert other_browser.style_of(other_browser.focused(), "outlineStyle") == "solid"
    other_browser.focused().send_keys(Keys.ENTER)

    other_browser.wait_for_path("/")
    browser.wait_for_path("/private")
    assert is_signed_in(other_browser, site)


def test_everything_but_the_waiting_works_without_scripts(browser: Browser, site: Site) -> None:
    browser.run_scripts(False)

    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sign-out")
    browser.press("Sign out")
    browser.wait_for_path("/")

    assert not is_signed_in(browser, site)


def test_who_is_signed_in_already_may_go_on(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sign-in?next=/private")

    browser.press("Continue")

    browser.wait_for_path("/private")


def test_an_app_without_a_way_that_works_here_says_so(browser: Browser, site: Site) -> None:
    site.emulator.settings(allowed_identifiers=["username"], oauth_providers=[])

    browser.open(f"{site.origin}/auth/sign-in")

    assert browser.all("form") == []
    assert "no way to sign in that works here yet" in browser.text


def _brightness(colour: str) -> int:
    numbers = colour.partition("(")[2].rstrip(")").split(",")
    return max(int(number) for number in numbers[:3])
