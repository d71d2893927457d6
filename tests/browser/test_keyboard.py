"""Each flow by keyboard alone: where the focus starts, that it is seen, and where errors put it."""

from collections.abc import Iterator

import pytest
from pyotp.totp import TOTP
from selenium.webdriver.common.keys import Keys

from tests.browser.browser import Browser
from tests.browser.keyboard import Keyboard
from tests.browser.passkeys import Device, device
from tests.browser.people import ANA, PHONE, is_signed_in, sign_in, user_at, wrong
from tests.browser.site import Site, site


@pytest.fixture(name="site")
def _site() -> Iterator[Site]:
    """Under a name: an IP address has no passkeys."""
    with site("localhost") as served:
        yield served


@pytest.fixture
def keyboard(browser: Browser) -> Keyboard:
    return Keyboard(browser)


@pytest.fixture(name="device")
def _device(browser: Browser) -> Iterator[Device]:
    with device(browser) as plugged_in:
        yield plugged_in


def ask_for_link(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    browser.open(f"{site.origin}/private")
    browser.wait_for_path("/auth/sign-in")
    assert keyboard.at == "E-mail address"
    keyboard.answer(ANA)
    browser.wait_for_path("/auth/magic-link")


def begin(browser: Browser, site: Site, keyboard: Keyboard, path: str) -> None:
    """The first step of a sign-in that has a second."""
    ask_for_link(browser, site, keyboard)
    browser.open(site.link_to(ANA))
    browser.wait_for_path(path)


def error_at(browser: Browser, name: str) -> None:
    """What was wrong is an alert, and what it is about has the focus."""
    keyboard = Keyboard(browser)
    browser.wait(lambda: keyboard.at == name)
    alert = browser.one("[role=alert]")
    assert alert.text
    assert browser.focused().get_attribute("aria-describedby") == alert.get_attribute("id")
    assert browser.driver.title.startswith("Problem: ")


def test_a_link_that_is_opened_elsewhere(
    browser: Browser, other_browser: Browser, site: Site, keyboard: Keyboard
) -> None:
    ask_for_link(browser, site, keyboard)

    other_browser.open(site.link_to(ANA))
    assert Keyboard(other_browser).at == "", "Enter alone confirms nothing"
    Keyboard(other_browser).press("Sign in")

    other_browser.wait_for_path("/")
    browser.wait_for_path("/private")
    assert is_signed_in(other_browser, site)


def test_a_code_after_a_wrong_one(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    browser.open(f"{site.origin}/private")
    browser.wait_for_path("/auth/sign-in")
    keyboard.go_to("Phone number")
    keyboard.answer(PHONE)
    browser.wait_for_path("/auth/otp")

    assert keyboard.at == "Code"
    keyboard.answer(wrong(site.code_to(PHONE)))
    error_at(browser, "Code")
    keyboard.answer(site.code_to(PHONE))

    browser.wait_for_path("/private")


def test_an_authenticator_after_a_wrong_code(
    browser: Browser, site: Site, keyboard: Keyboard
) -> None:
    site.protect(ANA)
    begin(browser, site, keyboard, "/auth/mfa")
    right = site.emulator.totp_code(ANA)

    assert keyboard.at == "Code"
    keyboard.answer(wrong(right))
    error_at(browser, "Code")
    keyboard.answer(right)

    browser.wait_for_path("/private")


def test_a_backup_code(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    codes = site.protect(ANA)
    begin(browser, site, keyboard, "/auth/mfa")

    keyboard.press("Use a backup code")
    browser.wait_for_text("Enter one of your backup codes")
    assert keyboard.at == "Code"
    keyboard.answer(codes[0])

    browser.wait_for_path("/private")


def test_an_authenticator_is_set_up(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    site.emulator.settings(mfa_policy="optional")
    begin(browser, site, keyboard, "/auth/mfa/enroll")

    keyboard.press("Use an authenticator app")
    browser.wait_for_text("Scan this")
    app = TOTP(browser.one(".address .code").text.replace(" ", ""))
    keyboard.go_to("Code")
    keyboard.answer(wrong(app.at(int(site.clock()))))
    error_at(browser, "Code")
    keyboard.answer(app.at(int(site.clock())))
    browser.wait_for_path("/auth/mfa/methods")
    keyboard.press("Continue")

    browser.wait_for_path("/private")


def test_a_second_factor_is_removed(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    sign_in(browser, site)
    site.protect(ANA)
    browser.open(f"{site.origin}/auth/mfa/methods")

    keyboard.press("Remove Authenticator")
    keyboard.press("Remove it")

    browser.wait_for_text("This site does not use second factors.")


def test_an_error_of_the_whole_page_has_the_focus(
    browser: Browser, site: Site, keyboard: Keyboard
) -> None:
    site.emulator.settings(mfa_policy="optional")
    begin(browser, site, keyboard, "/auth/mfa/enroll")

    keyboard.go_to("Phone number")
    keyboard.answer("7")
    browser.wait_for_text("Enter the address or the number that codes go to.")

    assert browser.focused().get_attribute("role") == "alert"


def test_sessions_are_ended(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    for _ in range(2):
        site.emulator.create_session(ANA)
    site.clock.forward(60)
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sessions")

    keyboard.press(str(browser.one("li button").get_attribute("aria-label")))
    browser.wait(lambda: len(browser.all(".list li")) == 2)
    keyboard.press("End all others")
    browser.wait(lambda: len(browser.all(".list li")) == 1)

    assert is_signed_in(browser, site)


def test_a_step_up(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    sign_in(browser, site)
    browser.open(f"{site.origin}/danger")
    browser.wait_for_path("/auth/step-up")

    keyboard.press("Send a code to my e-mail address")
    browser.wait_for_text("sent to your e-mail address")
    assert keyboard.at == "Code"
    keyboard.answer(wrong(site.code_to(ANA)))
    error_at(browser, "Code")
    keyboard.answer(site.code_to(ANA))

    browser.wait_for_path("/danger")


def test_a_passkey_is_added_used_and_removed(
    browser: Browser, site: Site, keyboard: Keyboard, device: Device
) -> None:
    site.emulator.settings(passkeys_enabled=True)
    sign_in(browser, site)
    before = user_at(browser, site)
    browser.open(f"{site.origin}/auth/passkeys")
    device.unlocks(False)
    keyboard.go_to("Name of the new passkey")
    keyboard.answer("Phone")
    error_at(browser, "Add a passkey")
    device.unlocks(True)
    browser.keys(Keys.SPACE)
    browser.wait_for_text("Remove Phone")
    browser.command("Network.clearBrowserCookies")

    browser.open(f"{site.origin}/private")
    browser.wait_for_path("/auth/sign-in")
    browser.keys(ANA)
    keyboard.press("Sign in with a passkey")
    browser.wait_for_path("/private")
    assert user_at(browser, site) == before

    browser.open(f"{site.origin}/auth/passkeys")
    keyboard.press("Remove Phone")
    keyboard.press("Remove this passkey")
    browser.wait_for_text("You have none yet")


def test_a_provider(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    browser.open(f"{site.origin}/private")
    browser.wait_for_path("/auth/sign-in")

    keyboard.press("Continue with Google")
    browser.wait_for_text("Who are you?")
    keyboard.go_to("Who are you?")
    keyboard.answer(ANA)

    browser.wait_for_path("/private")


def test_signing_out(browser: Browser, site: Site, keyboard: Keyboard) -> None:
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sign-out")

    keyboard.press("Sign out")

    browser.wait_for_path("/")
    assert not is_signed_in(browser, site)
