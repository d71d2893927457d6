"""A passkey as the second factor and for step-up, by the browser's virtual authenticator."""

from collections.abc import Iterator

import pytest

from tests.browser.browser import Browser
from tests.browser.passkeys import Device, device
from tests.browser.people import ANA, ask_for_link, enter, is_signed_in, sign_in
from tests.browser.site import FRAMEWORKS, Site, site
from tests.browser.test_passkeys import add, changed

BY_PASSKEY = "Use one of your passkeys"
BUTTON = "Use a passkey"


@pytest.fixture(name="site")
def _site(framework: str) -> Iterator[Site]:
    """Under a name: an IP address has no passkeys."""
    with site("localhost", framework=framework) as served:
        methods = ["totp", "backup_codes", "webauthn"]
        served.emulator.settings(passkeys_enabled=True, mfa_methods_allowed=methods)
        yield served


@pytest.fixture(name="device")
def _device(browser: Browser) -> Iterator[Device]:
    with device(browser) as plugged_in:
        yield plugged_in


def first_step(browser: Browser, site: Site) -> None:
    """Ana has a passkey and an authenticator app, and has opened her link."""
    sign_in(browser, site)
    add(browser, site)
    site.protect(ANA)
    browser.command("Network.clearBrowserCookies")
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/auth/mfa")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_it_is_the_second_factor(browser: Browser, site: Site, device: Device) -> None:
    first_step(browser, site)
    browser.press(BUTTON)
    browser.wait_for_text(BY_PASSKEY)
    assert browser.focused().text == BUTTON

    browser.press(BUTTON)

    browser.wait_for_path("/private")
    assert is_signed_in(browser, site)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_it_confirms_who_it_is(browser: Browser, site: Site, device: Device) -> None:
    sign_in(browser, site)
    add(browser, site)
    browser.open(f"{site.origin}/danger")
    browser.wait_for_path("/auth/step-up")
    browser.press(BUTTON)
    browser.wait_for_text(BY_PASSKEY)

    browser.press(BUTTON)

    browser.wait_for_path("/danger")


def test_the_method_is_switched_both_ways(browser: Browser, site: Site, device: Device) -> None:
    first_step(browser, site)
    browser.press(BUTTON)
    browser.wait_for_text(BY_PASSKEY)
    browser.press("Use your authenticator app")
    browser.wait_for_text("Enter the code")
    browser.press(BUTTON)
    browser.wait_for_text(BY_PASSKEY)

    browser.press(BUTTON)

    browser.wait_for_path("/private")


def test_who_does_not_unlock_may_try_again(browser: Browser, site: Site, device: Device) -> None:
    first_step(browser, site)
    browser.press(BUTTON)
    browser.wait_for_text(BY_PASSKEY)
    device.unlocks(False)
    browser.press(BUTTON)
    browser.wait_for_text("It was cancelled, or it took too long.")
    assert browser.focused().text == BUTTON
    assert browser.one("#problem").get_attribute("role") == "alert"

    device.unlocks(True)
    browser.press(BUTTON)

    browser.wait_for_path("/private")


def test_a_passkey_that_was_removed_is_read_out_as_wrong(
    browser: Browser, site: Site, device: Device
) -> None:
    first_step(browser, site)
    browser.press(BUTTON)
    browser.wait_for_text(BY_PASSKEY)
    with site.emulator.host.lock:
        (passkey,) = site.emulator.passkeys(ANA)
        site.emulator.state.passkeys.remove(passkey)

    browser.press(BUTTON)
    browser.wait_for_text("This passkey was not recognised. You can try 2 more times.")

    assert browser.one("#problem").get_attribute("role") == "alert"
    assert browser.driver.title.startswith("Problem: ")
    assert not is_signed_in(browser, site)


def test_without_scripts_the_page_says_so_and_another_way_works(
    browser: Browser, site: Site, device: Device
) -> None:
    first_step(browser, site)
    browser.run_scripts(False)
    browser.press(BUTTON)
    browser.wait_for_text("A passkey needs JavaScript")
    assert not browser.one("#passkey").is_displayed()

    browser.press("Use your authenticator app")
    browser.wait_for_text("Enter the code")
    enter(browser, site.emulator.totp_code(ANA))

    browser.wait_for_path("/private")


def test_a_browser_without_passkeys_is_told_the_same(
    browser: Browser, site: Site, device: Device
) -> None:
    first_step(browser, site)
    with changed(browser, "delete window.PublicKeyCredential"):
        browser.press(BUTTON)
        browser.wait_for_text("A passkey needs JavaScript, and a browser that has passkeys")
        assert not browser.one("#passkey").is_displayed()
