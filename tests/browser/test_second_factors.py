"""Second factors in a real browser: set up after a sign-in, used, and removed with a proof."""

import pytest
from pyotp.totp import TOTP

from tests.browser.browser import Browser
from tests.browser.people import ANA, ask_for_link, is_signed_in, sign_in
from tests.browser.site import Site


@pytest.fixture(autouse=True)
def _suggested(site: Site) -> None:
    site.emulator.settings(mfa_policy="optional")


def set_up_an_app(browser: Browser, site: Site) -> TOTP:
    """From the page that offers it; the app that shows codes."""
    browser.press("Use an authenticator app")
    browser.wait_for_path("/auth/mfa/enroll")
    app = TOTP(browser.one(".address .code").text.replace(" ", ""))
    browser.type("Code", app.at(int(site.clock())))
    browser.press("Finish")
    browser.wait_for_path("/auth/mfa/methods")
    return app


def begin(browser: Browser, site: Site, path: str) -> None:
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_path(path)


def test_a_sign_in_offers_one_and_the_next_asks_for_it(browser: Browser, site: Site) -> None:
    begin(browser, site, "/auth/mfa/enroll")
    assert browser.heading == "Protect your account"
    app = set_up_an_app(browser, site)
    browser.press("Continue")
    browser.wait_for_path("/private")

    browser.start_over()
    begin(browser, site, "/auth/mfa")
    site.clock.forward(30)
    browser.type("Code", app.at(int(site.clock())))
    browser.press("Sign in")

    browser.wait_for_path("/private")


def test_the_offer_can_be_left(browser: Browser, site: Site) -> None:
    begin(browser, site, "/auth/mfa/enroll")

    browser.press("Not now")

    browser.wait_for_path("/private")
    assert is_signed_in(browser, site)


def test_the_picture_is_drawn_and_a_wrong_code_is_read_out(browser: Browser, site: Site) -> None:
    begin(browser, site, "/auth/mfa/enroll")
    browser.press("Use an authenticator app")
    browser.wait_for_text("Scan this")
    box = browser.box_of(browser.one(".qr svg"))
    key = browser.one(".address .code").text

    browser.type("Code", "000000")
    browser.press("Finish")
    browser.wait_for_text("This code is not right")

    assert box["width"] == box["height"] > 150
    assert browser.one("[role=alert]").get_attribute("id") == "problem"
    assert browser.one("#code").get_attribute("aria-describedby") == "problem"
    assert browser.one(".address .code").text == key


def test_without_scripts_too(browser: Browser, site: Site) -> None:
    browser.run_scripts(False)
    try:
        begin(browser, site, "/auth/mfa/enroll")
        set_up_an_app(browser, site)
        browser.press("Make new backup codes")
        browser.wait_for_text("they are shown only now")
        assert len(browser.all(".codes li")) == 10
        assert not browser.one("#print").is_displayed()
    finally:
        browser.run_scripts(True)


def test_it_is_removed_by_somebody_who_proves_who_it_is(browser: Browser, site: Site) -> None:
    begin(browser, site, "/auth/mfa/enroll")
    app = set_up_an_app(browser, site)
    site.clock.forward(700)
    browser.open(f"{site.origin}/auth/mfa/methods")
    browser.one("summary").click()

    browser.press("Remove it")
    browser.wait_for_text("Confirm that it is you")
    browser.press("Use your authenticator app")
    browser.wait_for_text("Enter the code")
    browser.type("Code", app.at(int(site.clock())))
    browser.press("Confirm")
    browser.wait_for_text("You have confirmed that it is you.")
    browser.press("Remove Authenticator now")

    browser.wait_for_text("You have none yet.")


def test_what_was_set_up_elsewhere_is_listed(browser: Browser, site: Site) -> None:
    site.emulator.settings(mfa_policy="disabled")
    sign_in(browser, site)
    site.emulator.enrol_totp(ANA)

    browser.open(f"{site.origin}/auth/mfa/methods")

    assert browser.heading == "Your second factors"
    assert [each.text for each in browser.all("li strong")] == ["Authenticator"]
