"""Signing out in a real browser: here, at Scute, and here alone while Scute is away."""

from tests.browser.browser import Browser
from tests.browser.people import is_signed_in, of_a_session, sign_in
from tests.browser.site import Site


def test_signing_out_ends_the_session_here_and_at_scute(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    access = _access_token(browser, site)
    browser.open(f"{site.origin}/auth/sign-out")

    browser.press("Sign out")
    browser.wait_for_path("/")

    assert "Nobody" in browser.text
    assert of_a_session(browser, site) == set()
    assert not site.is_live(access)


def test_the_apps_own_form_signs_out_too(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    browser.open(f"{site.origin}/")

    browser.press("Sign out")
    browser.wait_for_text("Nobody")

    assert not is_signed_in(browser, site)


def test_opening_the_page_ends_nothing(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sign-out")

    browser.press("Stay signed in")
    browser.wait_for_path("/")

    assert is_signed_in(browser, site)


def test_in_an_outage_signing_out_ends_it_here_and_says_so(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    access = _access_token(browser, site)
    browser.open(f"{site.origin}/auth/sign-out")
    site.emulator.fault("/current_user", status=503)

    browser.press("Sign out")
    browser.wait_for_text("You are signed out here")

    assert "Scute did not answer" in browser.text
    assert of_a_session(browser, site) == set()
    site.emulator.clear_faults()
    assert site.is_live(access)
    assert not is_signed_in(browser, site)


def test_in_an_outage_with_an_expired_token_the_button_is_still_there(
    browser: Browser, site: Site
) -> None:
    sign_in(browser, site)
    site.clock.forward(7200)
    site.emulator.fault("/tokens/refresh", status=503)
    site.emulator.fault("/current_user", status=503)
    browser.open(f"{site.origin}/auth/sign-out")

    browser.press("Sign out")
    browser.wait_for_text("You are signed out here")

    assert of_a_session(browser, site) == set()


def test_nobody_is_told_that_nobody_is_signed_in(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/sign-out")

    assert browser.heading == "You are signed out"
    browser.press("Sign in")
    browser.wait_for_path("/auth/sign-in")


def _access_token(browser: Browser, site: Site) -> str:
    cookies = browser.cookies(site.origin)
    return next(str(cookie["value"]) for name, cookie in cookies.items() if "access" in name)
