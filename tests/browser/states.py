"""Every page of ours in every state that looks different, and how a person gets there."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

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


def the_sign_in_page(browser: Browser, site: Site) -> None:
    site.emulator.settings(passkeys_enabled=True)
    browser.open(f"{site.origin}/auth/sign-in")


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
