"""Every page of ours in every state that looks different, and how a person gets there."""

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

import httpx2

from scute_auth import Limits
from tests.browser.browser import Browser
from tests.browser.passkeys import device
from tests.browser.people import (
    ANA,
    EVE,
    NEWCOMERS,
    PHONE,
    ask_for_code,
    ask_for_link,
    enter,
    sign_in,
    wrong,
)
from tests.browser.site import Site

__all__ = ["STATES", "State", "the_sign_in_page_with_an_error"]

State: TypeAlias = Callable[[Browser, Site], None]

SVG = {"content-type": "image/svg+xml"}
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="40" viewBox="0 0 160 40">'
    '<circle cx="20" cy="20" r="18" fill="{ink}"/>'
    '<path d="M50 12h100v4H50zm0 12h70v4H50z" fill="{ink}"/></svg>'
)


def the_sign_in_page(browser: Browser, site: Site) -> None:
    site.emulator.settings(passkeys_enabled=True)
    browser.open(f"{site.origin}/auth/sign-in")


def the_sign_in_page_with_a_logo(browser: Browser, site: Site) -> None:
    """One for each colour scheme."""
    site.emulator.settings(name="Acme & Co", logo="/logo.svg", logo_dark="/logo_dark.svg")
    for path, ink in (("/logo.svg", "#14532d"), ("/logo_dark.svg", "#bbf7d0")):
        picture = LOGO.format(ink=ink)
        site.emulator.fault(path, status=200, body=picture, headers=SVG)
    browser.open(f"{site.origin}/auth/sign-in")
    browser.wait(lambda: browser.property_of(browser.one("img"), "naturalWidth") > 0)


def the_sign_in_page_in_a_pale_color(browser: Browser, site: Site) -> None:
    site.emulator.settings(colors=["#ffd400"], passkeys_enabled=True)
    browser.open(f"{site.origin}/auth/sign-in")


def the_sign_in_page_in_a_dark_color(browser: Browser, site: Site) -> None:
    site.emulator.settings(colors=["#0a1f44"])
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sign-in")


def the_sign_in_page_with_an_unknown_passkey(browser: Browser, site: Site) -> None:
    """The browser holds one for this site, and Scute knows it no more."""
    with device(browser):
        the_passkeys_with_one(browser, site)
        browser.one("summary").click()
        browser.press("Remove this passkey")
        browser.wait_for_text("You have none yet")
        browser.command("Network.clearBrowserCookies")
        browser.open(f"{site.origin}/auth/sign-in")
        browser.type("E-mail address", ANA)
        browser.press("Sign in with a passkey")
        browser.wait_for_text("This passkey does not belong to this address.")


def the_sign_in_page_for_codes(browser: Browser, site: Site) -> None:
    site.emulator.settings(email_auth_type="otp")
    browser.open(f"{site.origin}/auth/sign-in")


def the_sign_in_page_with_an_error(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/sign-in")
    browser.run("document.querySelector('form').noValidate = true")
    browser.type("E-mail address", "ana, eve@example.com")
    browser.press("Send me a link")
    browser.wait_for_text("Enter one e-mail address")


def the_sign_in_page_without_a_way(browser: Browser, site: Site) -> None:
    site.emulator.settings(allowed_identifiers=["username"], oauth_providers=[])
    browser.open(f"{site.origin}/auth/sign-in")


def the_sign_in_page_for_somebody(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sign-in")


def the_waiting_page(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)


def the_waiting_page_after_its_time(browser: Browser, site: Site) -> None:
    ask_for_link(browser, site)
    site.clock.forward(599)
    browser.driver.refresh()
    browser.wait_for_text("This page has stopped waiting")


def the_confirmation(browser: Browser, site: Site) -> None:
    sign_in(browser, site, EVE)
    token = site.emulator.mint({"uuid": "someone", "email": "x" * 200 + "@example.com"})
    browser.open(f"{site.origin}/auth/callback?sct_magic={token}")


def the_invitation(browser: Browser, site: Site) -> None:
    site.emulator.settings(user_meta_data_schema=NEWCOMERS)
    browser.open(site.invite(EVE))


def the_invitation_with_an_error(browser: Browser, site: Site) -> None:
    the_invitation(browser, site)
    browser.run("document.querySelector('form').noValidate = true")
    browser.press("Sign in")
    browser.wait(lambda: browser.all("[role=alert]") != [])


def the_registration(browser: Browser, site: Site) -> None:
    site.emulator.settings(user_meta_data_schema=NEWCOMERS)
    browser.open(f"{site.origin}/auth/sign-in")
    browser.one("summary").click()


def the_registration_with_an_error(browser: Browser, site: Site) -> None:
    the_registration(browser, site)
    browser.run("document.querySelector('details form').noValidate = true")
    browser.one("#identifier-new").send_keys(EVE)
    browser.one("details button").click()
    browser.wait(lambda: browser.all("[role=alert]") != [])


def too_many_attempts(browser: Browser, site: Site) -> None:
    for _ in range(Limits().per_identifier):
        httpx2.post(f"{site.origin}/auth/magic-link", data={"identifier": ANA})
    browser.open(f"{site.origin}/auth/sign-in")
    browser.type("E-mail address", ANA)
    browser.press("Send me a link")
    browser.wait_for_text("Too many attempts")


def the_second_factor_that_is_impossible_here(browser: Browser, site: Site) -> None:
    """Scute wants one that our page has no words for."""
    answer = {"mfa_required": True, "available_methods": ["carrier_pigeon"]}
    site.emulator.fault("/magic_links/authenticate", status=200, body=json.dumps(answer))
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_text("A second factor is needed")


def a_message(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/callback?sct_magic=broken")


def the_way_to_an_organisation(browser: Browser, site: Site) -> None:
    site.emulator.settings(sso_required=True)
    ask_for_link(browser, site)


def the_outage(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    site.clock.forward(7200)
    site.emulator.fault("/tokens/refresh", status=503)
    browser.open(f"{site.origin}/private")


def the_code_page(browser: Browser, site: Site) -> None:
    ask_for_code(browser, site)


def the_code_page_with_an_error(browser: Browser, site: Site) -> None:
    ask_for_code(browser, site)
    site.clock.forward(31)
    enter(browser, wrong(site.code_to(PHONE)))
    browser.wait_for_text("This code is not right")


def the_second_factor(browser: Browser, site: Site) -> None:
    site.protect(ANA)
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/auth/mfa")


def the_second_factor_with_an_error(browser: Browser, site: Site) -> None:
    site.protect(ANA, phone=PHONE)
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.press("Send a code to my phone")
    browser.wait_for_text("to your phone")
    site.clock.forward(31)
    enter(browser, wrong(site.code_to(PHONE)))
    browser.wait_for_text("This code is not right")


def the_second_factor_by_passkey(browser: Browser, site: Site) -> None:
    methods = ["totp", "backup_codes", "webauthn"]
    site.emulator.settings(passkeys_enabled=True, mfa_methods_allowed=methods)
    with device(browser):
        sign_in(browser, site)
        browser.open(f"{site.origin}/auth/passkeys")
        browser.press("Add a passkey")
        browser.wait(lambda: browser.all("li") != [])
    browser.command("Network.clearBrowserCookies")
    site.protect(ANA)
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.press("Use a passkey")
    browser.wait_for_text("Use one of your passkeys")


def the_step_up(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    site.protect(ANA)
    browser.open(f"{site.origin}/danger")


def the_sessions(browser: Browser, site: Site) -> None:
    site.emulator.create_session(ANA)
    site.clock.forward(60)
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sessions")


def the_sessions_during_support_access(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    names = [name for name in browser.cookies(site.origin) if "access" in name]
    session = site.emulator.create_session(ANA, imp={"sub": "op_1", "kind": "operator"})
    browser.command("Network.clearBrowserCookies")
    browser.plant(site.origin, [{"name": names[0], "value": session["access"]}])
    browser.open(f"{site.origin}/auth/sessions")
    browser.wait_for_text("Support access")


def the_passkeys(browser: Browser, site: Site) -> None:
    site.emulator.settings(passkeys_enabled=True)
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/passkeys")


def the_passkeys_with_one(browser: Browser, site: Site) -> None:
    the_passkeys(browser, site)
    browser.type("Name of the new passkey", "Laptop")
    browser.press("Add a passkey")
    browser.wait_for_text("Remove Laptop")


def the_passkeys_with_one_open(browser: Browser, site: Site) -> None:
    with device(browser):
        the_passkeys_with_one(browser, site)
    browser.one("summary").click()


def the_passkeys_with_an_error(browser: Browser, site: Site) -> None:
    """The person does not unlock the device."""
    with device(browser) as in_hand:
        the_passkeys(browser, site)
        in_hand.unlocks(False)
        browser.press("Add a passkey")
        browser.wait_for_text("It was cancelled, or it took too long.")


def the_passkeys_after_a_while(browser: Browser, site: Site) -> None:
    """Scute wants a fresh sign-in before anything is changed."""
    stale = {"error": "Verify", "error_code": "verification_required"}
    site.emulator.fault("/devices/register", status=403, body=json.dumps(stale))
    with device(browser):
        the_passkeys(browser, site)
        browser.press("Add a passkey")
        browser.wait_for_text("only shortly after a sign-in")


def the_second_factors_with_an_error(browser: Browser, site: Site) -> None:
    the_second_factor_that_is_suggested(browser, site)
    browser.type("Phone number", "7")
    browser.press("Send codes by text message")
    browser.wait_for_text("Enter the address or the number")


def the_second_factors(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    site.protect(ANA, phone=PHONE)
    browser.open(f"{site.origin}/auth/mfa/methods")


def the_second_factor_that_is_suggested(browser: Browser, site: Site) -> None:
    site.emulator.settings(mfa_policy="optional")
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_text("Protect your account")


def the_second_factor_that_is_demanded(browser: Browser, site: Site) -> None:
    site.emulator.settings(mfa_policy="required")
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/auth/mfa")
    enter(browser, site.code_to(ANA))
    browser.wait_for_text("Protect your account")


def the_first_second_factor(browser: Browser, site: Site) -> None:
    the_second_factor_that_is_suggested(browser, site)
    browser.open(f"{site.origin}/auth/mfa/methods")


def the_picture_for_an_authenticator(browser: Browser, site: Site) -> None:
    the_first_second_factor(browser, site)
    browser.press("Use an authenticator app")
    browser.wait_for_path("/auth/mfa/enroll")


def the_picture_after_a_wrong_code(browser: Browser, site: Site) -> None:
    the_picture_for_an_authenticator(browser, site)
    enter(browser, "000000", "Finish")
    browser.wait(lambda: browser.all("[role=alert]") != [])


def the_backup_codes(browser: Browser, site: Site) -> None:
    the_second_factors(browser, site)
    browser.press("Make new backup codes")
    browser.wait_for_text("Your backup codes")


def the_sign_out_page(browser: Browser, site: Site) -> None:
    sign_in(browser, site)
    browser.open(f"{site.origin}/auth/sign-out")


def the_sign_out_page_for_nobody(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/auth/sign-out")


_ALL: tuple[State, ...] = (
    the_sign_in_page,
    the_sign_in_page_with_a_logo,
    the_sign_in_page_in_a_pale_color,
    the_sign_in_page_in_a_dark_color,
    the_sign_in_page_with_an_unknown_passkey,
    the_sign_in_page_for_codes,
    the_sign_in_page_with_an_error,
    the_sign_in_page_without_a_way,
    the_sign_in_page_for_somebody,
    the_waiting_page,
    the_waiting_page_after_its_time,
    the_confirmation,
    the_invitation,
    the_invitation_with_an_error,
    the_registration,
    the_registration_with_an_error,
    too_many_attempts,
    the_second_factor_that_is_impossible_here,
    a_message,
    the_way_to_an_organisation,
    the_outage,
    the_code_page,
    the_code_page_with_an_error,
    the_second_factor,
    the_second_factor_with_an_error,
    the_second_factor_by_passkey,
    the_step_up,
    the_sessions,
    the_sessions_during_support_access,
    the_passkeys,
    the_passkeys_with_one_open,
    the_passkeys_with_an_error,
    the_passkeys_after_a_while,
    the_second_factors_with_an_error,
    the_second_factors,
    the_second_factor_that_is_suggested,
    the_second_factor_that_is_demanded,
    the_first_second_factor,
    the_picture_for_an_authenticator,
    the_picture_after_a_wrong_code,
    the_backup_codes,
    the_sign_out_page,
    the_sign_out_page_for_nobody,
)

STATES: Mapping[str, State] = {state.__name__: state for state in _ALL}
