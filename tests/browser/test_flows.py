"""Every flow from its first page to its last, in a real browser, with each framework."""

import re

import pytest
from pyotp.totp import TOTP

from tests.browser.browser import Browser
from tests.browser.people import (
    ANA,
    EVE,
    NEWCOMERS,
    PHONE,
    ask_for_code,
    ask_for_link,
    enter,
    is_signed_in,
    of_a_session,
    sign_in,
    user_at,
    wrong,
)
from tests.browser.site import FRAMEWORKS, Site

pytestmark = pytest.mark.parametrize("framework", FRAMEWORKS)


def protected(browser: Browser, site: Site, *, phone: str | None = None) -> list[str]:
    """Do the first step for someone with a second factor; the answer is the backup codes."""
    codes = site.protect(ANA, phone=phone)
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/auth/mfa")
    assert not is_signed_in(browser, site)
    browser.open(f"{site.origin}/auth/mfa")
    return codes


def test_a_link_by_mail_signs_in_both_browsers_and_one_signs_out(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    ask_for_link(browser, site)

    other_browser.open(site.link_to(ANA))
    assert "Another browser asked for this sign-in" in other_browser.text
    other_browser.press("Sign in")
    other_browser.wait_for_path("/")
    browser.wait_for_path("/private")
    assert user_at(browser, site) == user_at(other_browser, site) != ""

    browser.press("Sign out")
    browser.wait_for_text("Nobody")
    assert of_a_session(browser, site) == set()
    assert is_signed_in(other_browser, site)


def test_a_provider_signs_in(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/private")

    browser.press("Continue with Google")
    browser.type("Who are you?", ANA)
    browser.press("Allow")

    browser.wait_for_path("/private")
    assert "sct_oauth" not in browser.url


def test_the_organisation_signs_in(browser: Browser, site: Site) -> None:
    site.emulator.settings(sso_required=True)
    ask_for_link(browser, site)

    browser.press("Go to your organisation's sign-in page")
    browser.type("Who are you?", ANA)
    browser.press("Allow")

    browser.wait_for_path("/private")


def test_an_invitation_asks_for_a_name_and_signs_in(browser: Browser, site: Site) -> None:
    site.emulator.settings(user_meta_data_schema=NEWCOMERS)
    browser.open(site.invite(EVE))
    assert "sct_magic" not in browser.url
    assert EVE in browser.text

    browser.type("First name", "Eve")
    browser.press("Sign in")

    browser.wait_for_path("/")
    user = site.emulator.state.users.by_id(user_at(browser, site))
    assert user.meta == {"first_name": "Eve", "news": False}


def test_a_code_by_mail_signs_in(browser: Browser, site: Site) -> None:
    site.emulator.settings(email_auth_type="otp")
    browser.open(f"{site.origin}/private")
    browser.type("E-mail address or phone number", ANA)
    browser.press("Send me a code")
    browser.wait_for_path("/auth/otp")
    assert ANA in browser.text

    enter(browser, wrong(site.code_to(ANA)))
    browser.wait_for_text("This code is not right")
    assert not is_signed_in(browser, site)
    browser.open(f"{site.origin}/auth/otp")
    enter(browser, site.code_to(ANA))

    browser.wait_for_path("/private")


def test_a_code_by_sms_signs_in_after_another_was_sent(browser: Browser, site: Site) -> None:
    ask_for_code(browser, site)
    first = site.code_to(PHONE)
    assert not browser.one("#resend").is_displayed()
    site.clock.forward(31)
    browser.driver.refresh()

    browser.press("Send another code")
    browser.wait(lambda: len(site.emulator.messages(PHONE)) == 2)
    browser.wait(lambda: not browser.one("#resend").is_displayed())
    enter(browser, first)
    browser.wait_for_text("This code is not right")
    enter(browser, site.code_to(PHONE))

    browser.wait_for_path("/private")


def test_an_authenticator_is_asked_for_as_well(browser: Browser, site: Site) -> None:
    protected(browser, site)
    right = site.emulator.totp_code(ANA)

    enter(browser, wrong(right))
    browser.wait_for_text("This code is not right. You can try 2 more times.")
    enter(browser, right)

    browser.wait_for_path("/private")


def test_a_backup_code_stands_in_for_it_once(browser: Browser, site: Site) -> None:
    codes = protected(browser, site)
    browser.press("Use a backup code")
    browser.wait_for_text("Enter one of your backup codes")
    enter(browser, codes[0])
    browser.wait_for_path("/private")

    browser.open(f"{site.origin}/auth/sign-out")
    browser.press("Sign out")
    browser.wait_for_path("/")
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.press("Use a backup code")
    browser.wait_for_text("Enter one of your backup codes")
    enter(browser, codes[0])

    browser.wait_for_text("This code is not right")
    assert not is_signed_in(browser, site)


def test_another_method_can_be_chosen_and_its_code_sent_again(browser: Browser, site: Site) -> None:
    protected(browser, site, phone=PHONE)
    browser.press("Send a code to my phone")
    browser.wait_for_text("sent to your phone")
    site.clock.forward(31)
    browser.driver.refresh()
    browser.press("Send another code")
    browser.wait(lambda: len(site.emulator.messages(PHONE)) == 2)

    browser.wait(lambda: not browser.one("#resend").is_displayed())
    enter(browser, site.code_to(PHONE))

    browser.wait_for_path("/private")


def test_whoever_has_no_second_factor_sets_one_up_when_it_is_demanded(
    browser: Browser, site: Site
) -> None:
    site.emulator.settings(mfa_policy="required")
    ask_for_link(browser, site)
    browser.open(site.link_to(ANA))
    browser.wait_for_path("/auth/mfa")
    enter(browser, site.code_to(ANA))
    browser.wait_for_text("This site asks everybody to set one up")

    browser.press("Use an authenticator app")
    browser.wait_for_path("/auth/mfa/enroll")
    assert browser.one("svg").is_displayed()
    secret = re.sub(r"\s", "", browser.one(".address .code").text)
    enter(browser, TOTP(secret).at(int(site.clock())), "Finish")
    browser.press("Continue")

    browser.wait_for_path("/private")


def test_a_dangerous_page_asks_once_more_and_leads_back(browser: Browser, site: Site) -> None:
    sign_in(browser, site)

    browser.open(f"{site.origin}/danger")
    browser.wait_for_path("/auth/step-up")
    browser.press("Send a code to my e-mail address")
    browser.wait_for_text("sent to your e-mail address")
    enter(browser, site.code_to(ANA), "Confirm")
    browser.wait_for_path("/danger")
    assert browser.heading == "Danger"

    site.clock.forward(301)
    browser.driver.refresh()
    browser.wait_for_path("/auth/step-up")


def test_my_other_sessions_end_when_i_say_so(
    browser: Browser, other_browser: Browser, site: Site
) -> None:
    sign_in(browser, site)
    site.emulator.create_session(ANA)
    site.clock.forward(60)
    sign_in(other_browser, site)

    other_browser.open(f"{site.origin}/auth/sessions")
    assert len(other_browser.all(".list li")) == 3
    assert len(other_browser.all(".mark")) == 1
    other_browser.press("End it")
    other_browser.wait(lambda: len(other_browser.all(".list li")) == 2)
    other_browser.press("End all others")
    other_browser.wait(lambda: len(other_browser.all(".list li")) == 1)

    assert is_signed_in(other_browser, site)
    site.clock.forward(7200)
    assert not is_signed_in(browser, site)
    assert is_signed_in(other_browser, site)
