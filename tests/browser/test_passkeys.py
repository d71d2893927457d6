"""Passkeys in a real browser: added, used, refused and removed, by its virtual authenticator."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from tests.browser.browser import Browser
from tests.browser.passkeys import Device, device
from tests.browser.people import ANA, EVE, is_signed_in, sign_in, user_at
from tests.browser.site import FRAMEWORKS, Site, site

WITHOUT_CONVERSIONS = """
for (const name of ["parseRequestOptionsFromJSON", "parseCreationOptionsFromJSON"]) {
  delete PublicKeyCredential[name];
}
delete PublicKeyCredential.prototype.toJSON;
"""


@pytest.fixture(name="site")
def _site(framework: str) -> Iterator[Site]:
    """Under a name: an IP address has no passkeys."""
    with site("localhost", framework=framework) as served:
        served.emulator.settings(passkeys_enabled=True)
        yield served


@pytest.fixture(name="device")
def _device(browser: Browser) -> Iterator[Device]:
    with device(browser) as plugged_in:
        yield plugged_in


@contextmanager
def changed(browser: Browser, script: str) -> Generator[None, None, None]:
    """A browser of another kind: the script runs before those of each page."""
    name = "Page.addScriptToEvaluateOnNewDocument"
    identifier = browser.command(name, source=script)["identifier"]
    try:
        yield
    finally:
        browser.command("Page.removeScriptToEvaluateOnNewDocument", identifier=identifier)


def add(browser: Browser, site: Site, name: str = "Laptop") -> None:
    browser.open(f"{site.origin}/auth/passkeys")
    browser.type("Name of the new passkey", name)
    browser.press("Add a passkey")
    browser.wait(lambda: [name] == [each.text for each in browser.all("strong")][-1:])


def sign_out(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/sign-out")
    browser.press("Sign out")
    browser.wait_for_path("/")


def use(browser: Browser, site: Site, address: str = ANA) -> None:
    browser.open(f"{site.origin}/private")
    browser.wait_for_path("/auth/sign-in")
    browser.type("E-mail address", address)
    browser.press("Sign in with a passkey")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_it_is_added_signs_in_and_is_removed(browser: Browser, site: Site, device: Device) -> None:
    sign_in(browser, site)
    before = user_at(browser, site)
    add(browser, site)
    assert len(device.passkeys()) == 1
    assert "UTC" in browser.text
    sign_out(browser, site)

    use(browser, site)
    browser.wait_for_path("/private")
    assert user_at(browser, site) == before

    browser.open(f"{site.origin}/auth/passkeys")
    browser.one("summary").click()
    browser.press("Remove this passkey")
    browser.wait_for_text("You have none yet")
    assert site.emulator.passkeys(ANA) == []


def test_a_passkey_that_was_removed_signs_nobody_in(
    browser: Browser, site: Site, device: Device
) -> None:
    sign_in(browser, site)
    add(browser, site)
    browser.one("summary").click()
    browser.press("Remove this passkey")
    browser.wait_for_text("You have none yet")
    sign_out(browser, site)

    use(browser, site)

    browser.wait_for_text("This passkey does not belong to this address.")
    assert browser.one("#passkey-problem").get_attribute("role") == "alert"
    assert not is_signed_in(browser, site)


def test_one_passkey_signs_in_its_owner_only(browser: Browser, site: Site, device: Device) -> None:
    sign_in(browser, site)
    add(browser, site)
    sign_out(browser, site)

    use(browser, site, EVE)

    browser.wait_for_text("This passkey does not belong to this address.")
    assert browser.path == "/auth/sign-in"
    browser.type("E-mail address", ANA)
    browser.press("Sign in with a passkey")
    browser.wait_for_path("/private")


def test_a_person_who_does_not_unlock_may_try_again(
    browser: Browser, site: Site, device: Device
) -> None:
    sign_in(browser, site)
    device.unlocks(False)
    browser.open(f"{site.origin}/auth/passkeys")
    browser.press("Add a passkey")
    browser.wait_for_text("It was cancelled, or it took too long.")

    assert browser.focused().text == "Add a passkey"
    device.unlocks(True)
    browser.press("Add a passkey")
    browser.wait_for_text("Remove Passkey")


def test_one_device_adds_one_passkey(browser: Browser, site: Site, device: Device) -> None:
    sign_in(browser, site)
    add(browser, site)

    browser.press("Add a passkey")

    browser.wait_for_text("This device has a passkey for your account already.")


def test_browsers_without_the_new_conversions_do_it_by_hand(
    browser: Browser, site: Site, device: Device
) -> None:
    with changed(browser, WITHOUT_CONVERSIONS):
        sign_in(browser, site)
        add(browser, site)
        browser.press("Add a passkey")
        browser.wait_for_text("has a passkey for your account already")
        sign_out(browser, site)
        use(browser, site)
        browser.wait_for_path("/private")


def test_an_address_is_asked_for_first(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/sign-in")

    browser.press("Sign in with a passkey")

    assert browser.focused().get_attribute("name") == "identifier"
    assert site.calls("/webauthn/login/initialize") == 0


def test_in_an_outage_it_says_so(browser: Browser, site: Site, device: Device) -> None:
    browser.open(f"{site.origin}/auth/sign-in")
    site.emulator.fault("/webauthn/login/initialize", status=503)
    browser.type("E-mail address", ANA)

    browser.press("Sign in with a passkey")
    browser.wait_for_text("The sign-in service does not answer at the moment.")

    browser.connect(False)
    browser.press("Sign in with a passkey")
    browser.wait_for_text("There is no connection at the moment.")


def offers(browser: Browser) -> list[str]:
    return [each.text for each in browser.all("button") if "passkey" in each.text]


def test_on_an_ip_address_they_are_not_offered(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/sign-in")
    assert offers(browser) == ["Sign in with a passkey"]

    browser.open(f"{site.origin.replace('localhost', '127.0.0.1')}/auth/sign-in")

    assert offers(browser) == []


def test_a_browser_that_has_none_is_not_offered_any(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    with changed(browser, "delete window.PublicKeyCredential"):
        browser.open(f"{site.origin}/auth/passkeys")
        assert "This browser cannot add passkeys here." in browser.text
        assert offers(browser) == []
        browser.open(f"{site.origin}/auth/sign-in")
        assert offers(browser) == []


def test_without_scripts_they_are_not_offered(browser: Browser, site: Site) -> None:
    browser.run_scripts(False)

    browser.open(f"{site.origin}/auth/sign-in")

    assert offers(browser) == []


def test_after_a_while_scute_may_want_a_fresh_sign_in(
    browser: Browser, site: Site, device: Device
) -> None:
    sign_in(browser, site)
    stale = '{"error": "Verify", "error_code": "verification_required"}'
    site.emulator.fault("/devices/register", status=403, body=stale)
    browser.open(f"{site.origin}/auth/passkeys")

    browser.press("Add a passkey")
    browser.wait_for_text("only shortly after a sign-in")
    browser.press("Sign in again")

    browser.wait_for_path("/auth/sign-in")


def test_whoever_belongs_to_an_organisation_is_led_there(browser: Browser, site: Site) -> None:
    site.emulator.settings(sso_required=True, sso_domain="example.com")
    browser.open(f"{site.origin}/auth/sign-in")
    browser.type("E-mail address", ANA)

    browser.press("Sign in with a passkey")
    browser.wait_for_text("Your organisation asks its people")
    browser.one("#organisation").click()

    browser.wait(lambda: not browser.url.startswith(site.origin))
