"""What goes wrong at the second factor: each time a page that says what to do, and no session."""

import pytest

from tests.browser.browser import Browser
from tests.browser.people import ANA, PHONE, ask_for_link, enter, is_signed_in, of_a_session, wrong
from tests.browser.site import Site


@pytest.fixture(autouse=True)
def _waiting(browser: Browser, site: Site) -> None:
    """Ana has opened her link: only the second factor is missing."""
    site.protect(ANA, phone=PHONE)
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/auth/mfa")


def nobody_is_signed_in(browser: Browser, site: Site) -> bool:
    cookies = of_a_session(browser, site)
    return not any("access" in name or "refresh" in name for name in cookies)


def code(site: Site) -> str:
    return site.emulator.totp_code(ANA)


def test_a_half_done_sign_in_is_none(browser: Browser, site: Site) -> None:
    assert nobody_is_signed_in(browser, site)
    assert not is_signed_in(browser, site)

    browser.open(f"{site.origin}/private")

    browser.wait_for_path("/auth/sign-in")


def test_a_wrong_code_may_be_tried_again(browser: Browser, site: Site) -> None:
    enter(browser, wrong(code(site)))

    browser.wait_for_text("This code is not right. You can try 2 more times.")
    assert nobody_is_signed_in(browser, site)
    enter(browser, code(site))
    browser.wait_for_path("/private")


def test_after_too_many_it_begins_again(browser: Browser, site: Site) -> None:
    for left in ("2 more times", "1 more time"):
        enter(browser, wrong(code(site)))
        browser.wait_for_text(left)
    enter(browser, wrong(code(site)))

    browser.wait_for_text("It took too long, or too many")
    assert nobody_is_signed_in(browser, site)
    browser.press("Sign in again")
    browser.wait_for_path("/auth/sign-in")


def test_after_its_time_it_begins_again(browser: Browser, site: Site) -> None:
    """The page still stands there, and its code is right."""
    site.clock.forward(601)

    enter(browser, code(site))

    browser.wait_for_path("/auth/sign-in")
    assert nobody_is_signed_in(browser, site)


def test_the_code_of_another_method_does_not_do(browser: Browser, site: Site) -> None:
    browser.press("Send a code to my phone")
    browser.wait_for_text("sent to your phone")

    enter(browser, code(site))

    browser.wait_for_text("This code is not right.")
    assert nobody_is_signed_in(browser, site)
    enter(browser, site.code_to(PHONE))
    browser.wait_for_path("/private")


def test_a_replayed_code_signs_nobody_in(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    waiting = [each for name, each in browser.cookies(site.origin).items() if "mfa" in name]
    used = code(site)
    enter(browser, used)
    browser.wait_for_path("/private")

    other_browser.plant(site.origin, waiting)
    other_browser.open(f"{site.origin}/auth/mfa")
    enter(other_browser, used)

    other_browser.wait_for_text("That did not work")
    assert nobody_is_signed_in(other_browser, site)


def test_the_back_button_leads_on(browser: Browser, site: Site) -> None:
    """The page of before is not kept by the browser, and asks for nothing any more."""
    enter(browser, code(site))
    browser.wait_for_path("/private")

    browser.driver.back()

    browser.wait_for_path("/")
    assert is_signed_in(browser, site)


def test_two_tabs_the_first_goes_on_and_the_second_is_led_after_it(
    browser: Browser, site: Site
) -> None:
    browser.open_tab(f"{site.origin}/auth/mfa")
    enter(browser, code(site))
    browser.wait_for_path("/private")

    browser.switch_to_tab(0)
    enter(browser, "123456")

    browser.wait_for_path("/")
    assert is_signed_in(browser, site)


def test_two_tabs_of_which_one_has_switched(browser: Browser, site: Site) -> None:
    browser.open_tab(f"{site.origin}/auth/mfa")
    browser.press("Use a backup code")
    browser.wait_for_text("Enter one of your backup codes")

    browser.switch_to_tab(0)
    enter(browser, code(site))

    browser.wait_for_text("Another tab has gone on meanwhile.")
    assert nobody_is_signed_in(browser, site)
