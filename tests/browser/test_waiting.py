"""The page that waits for a link: it asks calmly, copes with trouble, and stops."""

import json

from tests.browser.browser import Browser
from tests.browser.people import ANA, EVE, ask_for_link, is_signed_in
from tests.browser.recording import Seen
from tests.browser.site import Site

STATUS = "/auth/magic-link/status"
JSON = {"content-type": "application/json"}


def polls(browser: Browser, site: Site, count: int) -> list[Seen]:
    """The page's first requests, as soon as there are that many."""
    browser.wait(lambda: len(site.to(STATUS)) >= count)
    return site.to(STATUS)[:count]


def test_it_asks_every_two_seconds(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)

    first, second = polls(browser, site, 2)

    assert second.began - first.ended > 1.9
    assert "About 10 minutes left" in browser.text
    assert browser.one("[role=status]").text == ""


def test_it_never_asks_twice_at_once(browser: Browser, site: Site) -> None:
    site.emulator.fault("/magic_links/status", delay=2.5, times=1)
    ask_for_link(browser, site)

    first, second = polls(browser, site, 2)

    assert first.ended - first.began > 2.4
    assert second.began - first.ended > 1.9


def test_in_an_outage_it_waits_as_long_as_it_is_told_and_then_goes_on(
    browser: Browser, site: Site
) -> None:
    site.emulator.fault(
        "/magic_links/status", status=503, headers={**JSON, "retry-after": "4"}, times=1
    )
    ask_for_link(browser, site)

    browser.wait_for_text("does not work at the moment")
    first, second = polls(browser, site, 2)

    assert first.status == 503
    assert second.began - first.ended > 3.9
    browser.wait(lambda: browser.one("[role=status]").text == "")
    assert is_signed_in(browser, site) is False


def test_without_a_connection_it_keeps_trying(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)

    browser.connect(False)
    browser.wait_for_text("There is no connection at the moment")
    browser.connect(True)

    browser.wait(lambda: browser.one("[role=status]").text == "")


def test_it_stops_when_the_time_is_up(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)
    site.clock.forward(598)
    browser.driver.refresh()

    browser.wait_for_text("This page has stopped waiting")

    asked = len(site.to(STATUS))
    assert not browser.one("#waiting").is_displayed()
    browser.press("Ask for a new link")
    browser.wait_for_path("/auth/sign-in")
    assert len(site.to(STATUS)) == asked


def test_a_link_that_is_gone_leads_back_to_the_sign_in_page(browser: Browser, site: Site) -> None:
    site.emulator.settings(magic_link_lifetime=60)
    ask_for_link(browser, site)

    site.clock.forward(61)

    browser.wait_for_path("/auth/sign-in")
    assert browser.url.endswith("?next=/private")


def test_a_second_factor_is_named_on_both_sides(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    site.emulator.settings(mfa_required=True)
    ask_for_link(browser, site)

    other_browser.open(site.link_to(ANA))
    other_browser.press("Sign in")

    other_browser.wait_for_path("/auth/mfa")
    browser.wait_for_path("/auth/mfa")
    assert not is_signed_in(browser, site)


def test_what_stops_the_sign_in_is_said_on_the_page(browser: Browser, site: Site) -> None:
    evil = json.dumps(site.emulator.create_session(EVE))
    site.emulator.fault("/magic_links/status", status=200, body=evil)

    ask_for_link(browser, site)
    browser.wait_for_text("This sign-in is not the one that was asked for")

    assert not browser.one("#waiting").is_displayed()
    assert not is_signed_in(browser, site)


def test_another_address_can_be_used(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)

    browser.press("use another address")

    browser.wait_for_path("/auth/sign-in")
    assert browser.url.endswith("?next=/private")


def test_without_scripts_a_button_asks(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    browser.run_scripts(False)
    ask_for_link(browser, site)

    browser.press("I have opened the link")
    browser.wait(lambda: len(site.to(STATUS)) == 1)
    assert browser.heading == "Check your inbox"
    other_browser.open(site.link_to(ANA))
    other_browser.press("Sign in")
    other_browser.wait_for_path("/")
    site.clock.forward(1)  # Scute is asked once a second.
    browser.press("I have opened the link")

    browser.wait_for_path("/private")
    assert len(site.to(STATUS)) == 2
