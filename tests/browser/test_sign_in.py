"""Signing in as people do, in a real browser: by the link in a mail, and with a provider."""

import pytest

from tests.browser.browser import Browser
from tests.browser.people import ANA, ask_for_link, is_signed_in, sign_in, user_at
from tests.browser.site import Site


def test_the_link_in_the_inbox_signs_in_the_browser_that_asked(
    browser: Browser, site: Site
) -> None:
    ask_for_link(browser, site)
    assert ANA in browser.text

    browser.press("inbox of the emulator")
    browser.wait_for_text(ANA)
    browser.press("Open the link")
    browser.switch_to_tab(1)

    browser.wait_for_path("/private")
    assert browser.heading == "Private"
    assert "sct_magic" not in browser.url


def test_the_waiting_tab_of_the_same_browser_goes_on_as_well(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)

    browser.open_tab(site.link_to(ANA))
    browser.wait_for_path("/private")
    browser.switch_to_tab(0)

    browser.wait(lambda: browser.path in ("/private", "/"))
    assert is_signed_in(browser, site)


def test_link_and_waiting_tab_at_the_same_moment_both_get_in(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)
    # The link is being opened when the waiting tab asks: that one gets its session first.
    site.emulator.fault("/current_user", delay=3, times=1)

    browser.open_tab(site.link_to(ANA))

    assert browser.path == "/private"
    browser.switch_to_tab(0)
    browser.wait_for_path("/private")
    opened = next(each for each in site.to("/auth/callback"))
    asked = site.to("/auth/magic-link/status")[-1]
    assert opened.began < asked.ended < opened.ended
    assert site.sessions(user_at(browser, site)) == 1


def test_from_another_browser_the_page_asks_and_both_get_in(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    ask_for_link(browser, site)

    other_browser.open(site.link_to(ANA))

    assert other_browser.path == "/auth/callback"
    assert "sct_magic" not in other_browser.url
    assert ANA in other_browser.text
    assert "Another browser asked for this sign-in" in other_browser.text
    assert "UTC" in other_browser.one("time").text
    assert other_browser.one("time").get_attribute("datetime")
    assert not site.calls("/magic_links/authenticate")

    other_browser.press("Sign in")
    other_browser.wait_for_path("/")

    assert "User " in other_browser.text
    browser.wait_for_path("/private")
    assert browser.heading == "Private"


def test_the_confirmation_passes_our_own_csrf_check(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    ask_for_link(browser, site)
    other_browser.open(site.link_to(ANA))

    other_browser.press("Sign in")
    other_browser.wait_for_path("/")

    confirmed = next(each for each in site.to("/auth/callback") if each.method == "POST")
    assert confirmed.status == 303
    assert confirmed.headers["origin"] == site.origin
    assert confirmed.headers["sec-fetch-site"] == "same-origin"
    assert "sct_magic" not in confirmed.headers["referer"]


@pytest.mark.parametrize("provider", ["Google", "GitHub"])
def test_a_provider_signs_in(browser: Browser, site: Site, provider: str) -> None:
    browser.open(f"{site.origin}/private")

    browser.press(f"Continue with {provider}")
    browser.wait_for_text(f"{provider}, emulated")
    browser.type("Who are you?", ANA)
    browser.press("Allow")

    browser.wait_for_path("/private")
    assert browser.heading == "Private"
    assert "sct_oauth" not in browser.url


def test_a_provider_that_is_refused_leads_back(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/private")

    browser.press("Continue with Google")
    browser.wait_for_text("Google, emulated")
    browser.press("Cancel")

    browser.wait_for_path("/auth/callback")
    browser.press("Sign in another way")
    browser.wait_for_path("/auth/sign-in")


def test_a_session_outlives_its_access_token(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    before = browser.text

    site.clock.forward(7200)
    browser.driver.refresh()

    assert browser.text == before
    assert site.calls("/tokens/refresh") == 1
    assert is_signed_in(browser, site)


def test_a_session_survives_closing_the_tab(browser: Browser, site: Site) -> None:
    sign_in(browser, site)

    browser.open_tab(f"{site.origin}/private")

    assert browser.heading == "Private"


def test_scripts_cannot_read_a_cookie(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)
    assert browser.cookies(site.origin)
    assert browser.run("return document.cookie") == ""

    browser.open(site.link_to(ANA))
    browser.wait_for_path("/private")

    assert browser.run("return document.cookie") == ""
    assert all(cookie["httpOnly"] for cookie in browser.cookies(site.origin).values())
