"""The pages as a person meets them: with an error, without scripts, signed in already."""

from tests.browser.browser import Browser
from tests.browser.people import is_signed_in, sign_in
from tests.browser.site import Site
from tests.browser.states import the_sign_in_page_with_an_error


def test_an_error_is_read_out_and_tied_to_its_field(browser: Browser, site: Site) -> None:
    the_sign_in_page_with_an_error(browser, site)

    field, alert = browser.one("#identifier-email"), browser.one("[role=alert]")

    assert browser.driver.title.startswith("Problem: ")
    assert alert.text == "Enter one e-mail address, like ana@example.com."
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == alert.get_attribute("id")
    assert browser.property_of(field, "value") == "ana, eve@example.com"


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
