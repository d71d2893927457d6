"""The single page of the examples with `@scute/core` from npm, before each of its backends."""

from collections.abc import Callable

import httpx2
import pytest

from tests.needs import axe
from tests.vendor.backend import Backend

ANA = "ana@example.com"
PHONE = "+15550100123"

ONE_BACKEND = pytest.mark.parametrize("served", ["fastapi"], indirect=True)
"""What the page does by itself is looked at before one of them."""


@pytest.fixture(scope="module")
def axe_script(tmp_path_factory: pytest.TempPathFactory) -> str:
    return axe(tmp_path_factory.mktemp("axe")).read_text("utf-8")


def ask(site: Backend, address: str) -> None:
    site.browser.open(f"{site.origin}/")
    site.browser.wait_for_text("E-mail address or phone number")
    site.browser.type("E-mail address or phone number", address)
    site.browser.press("Go on")


def sign_in(site: Backend) -> None:
    ask(site, PHONE)
    site.browser.wait_for_text("Enter the code")
    site.browser.type("Code", site.code_to(PHONE))
    site.browser.press("Sign in")
    site.browser.wait_for_text("Welcome")


def test_a_code_signs_in_and_the_api_knows_who_it_is(site: Backend) -> None:
    sign_in(site)

    site.browser.press("Call the API")

    site.browser.wait_for_text("user_id")
    user_id = site.emulator.create_session(phone=PHONE)["user_id"]
    assert user_id in site.browser.one("#answer").text
    assert PHONE in site.browser.text


@ONE_BACKEND
def test_no_script_can_read_the_refresh_token(site: Backend) -> None:
    sign_in(site)

    access, refresh = site.token("access"), site.token("refresh")

    readable = site.browser.run("return document.cookie + JSON.stringify({...localStorage})")
    assert access in readable
    assert refresh not in readable
    assert site.calls("/tokens/rotate_access") == 1


def test_a_link_that_was_asked_for_here_signs_in_at_once(site: Backend) -> None:
    ask(site, ANA)
    site.browser.wait_for_text("Look into your inbox")

    site.browser.open_tab(site.link_to(ANA))

    site.browser.wait_for_text("Welcome")
    assert ANA in site.browser.text
    assert site.browser.url == f"{site.origin}/"
    site.browser.switch_to_tab(0)
    site.browser.wait_for_text("Welcome")


@ONE_BACKEND
def test_a_link_from_elsewhere_is_not_used_before_its_reader_agrees(site: Backend) -> None:
    ask(site, ANA)
    site.browser.wait_for_text("Look into your inbox")
    site.browser.run("localStorage.clear()")
    site.browser.open(site.link_to(ANA))
    site.browser.wait_for_text("Is this link yours?")
    assert site.browser.url == f"{site.origin}/"
    assert site.calls("/magic_links/authenticate") == 0

    site.browser.press("Sign in with it")

    site.browser.wait_for_text("Welcome")
    assert ANA in site.browser.text


def test_the_backend_renews_the_session(site: Backend) -> None:
    sign_in(site)
    before = site.token("access")

    site.browser.press("Refresh the session")

    site.browser.wait_for_text("The session is good until")
    after = site.token("access")
    assert after != before
    assert site.is_live(after)
    assert site.calls("/tokens/refresh") == 1


@ONE_BACKEND
@pytest.mark.parametrize("way", ["rotate_refresh", "refresh_kills_access"])
def test_the_session_goes_on_whatever_a_refresh_does_to_its_tokens(site: Backend, way: str) -> None:
    site.emulator.settings(**{way: True})
    sign_in(site)
    before = site.token("access")

    site.browser.press("Refresh the session")
    site.browser.wait_for_text("The session is good until")
    assert site.token("access") != before
    site.browser.open(f"{site.origin}/")

    site.browser.wait_for_text("Welcome")
    site.browser.press("Call the API")
    site.browser.wait_for_text("user_id")


def test_who_comes_back_without_an_access_token_is_still_signed_in(site: Backend) -> None:
    sign_in(site)
    site.forget(f"sc-access-token__{site.app_id}")

    site.browser.open(f"{site.origin}/")

    site.browser.wait_for_text("Welcome")
    assert site.is_live(site.token("access"))


def test_the_cookies_alone_are_enough_for_the_api(site: Backend) -> None:
    """An access token that has gone is renewed on the way, and the client finds the new one."""
    sign_in(site)
    me = "fetch('/api/me').then(answer => answer.status)"
    with_token = site.browser.answer(me)
    site.forget(f"sc-access-token__{site.app_id}")

    without = site.browser.answer(me)

    assert (with_token, without) == (200, 200)
    site.browser.press("Call the API")
    site.browser.wait_for_text("user_id")


def test_signing_out_ends_the_session_everywhere(site: Backend) -> None:
    sign_in(site)
    access, refresh = site.token("access"), site.token("refresh")

    site.browser.press("Sign out")

    site.browser.wait_for_text("not signed in")
    assert not site.is_live(access)
    left = site.cookies().values()
    assert not {access, refresh} & {cookie["value"] for cookie in left}
    assert f"csrf__{site.app_id}" not in " ".join(site.cookies())
    site.browser.open(f"{site.origin}/")
    site.browser.wait_for_text("Go on")


def test_a_session_that_was_ended_elsewhere_is_over_here(site: Backend) -> None:
    sign_in(site)
    user_id = site.emulator.create_session(phone=PHONE)["user_id"]
    with site.emulator.host.lock:
        site.emulator.state.sessions.revoke_all(user_id)

    site.browser.press("Refresh the session")

    site.browser.wait_for_text("Go on")
    assert not [name for name in site.cookies() if "-token" in name]


def test_an_outage_keeps_the_session(site: Backend) -> None:
    sign_in(site)
    before = site.token("access"), site.token("refresh")
    site.emulator.fault("/tokens/refresh", status=503)

    site.browser.press("Refresh the session")

    site.browser.wait_for_text("The session is good until")
    assert (site.token("access"), site.token("refresh")) == before
    assert site.calls("/tokens/refresh") == 1


@ONE_BACKEND
def test_a_link_that_was_used_is_told(site: Backend) -> None:
    ask(site, ANA)
    site.browser.wait_for_text("Look into your inbox")
    token = site.link_to(ANA).partition("sct_magic=")[2]
    url = f"{site.emulator.base_url}/v1/auth/{site.app_id}/magic_links/authenticate"
    httpx2.patch(url, json={"token": token}).raise_for_status()

    site.browser.open(site.link_to(ANA))

    site.browser.wait_for_text("Magic link not found or expired")
    site.browser.wait_for_text("Go on")


@ONE_BACKEND
def test_a_wrong_code_is_told(site: Backend) -> None:
    ask(site, PHONE)
    site.browser.wait_for_text("Enter the code")
    site.browser.type("Code", "000000" if site.code_to(PHONE) != "000000" else "111111")
    site.browser.press("Sign in")

    site.browser.wait_for_text("Invalid code")
    assert site.browser.one("[role=alert]").text == "Invalid code"


def see_code_page(site: Backend) -> None:
    ask(site, PHONE)
    site.browser.wait_for_text("Enter the code")


def see_problem(site: Backend) -> None:
    see_code_page(site)
    site.browser.type("Code", "no code")
    site.browser.press("Sign in")
    site.browser.wait_for_text("Invalid code")


def see_inbox_page(site: Backend) -> None:
    ask(site, ANA)
    site.browser.wait_for_text("Look into your inbox")


def see_question(site: Backend) -> None:
    site.browser.open(f"{site.origin}/?sct_magic=x.y.z")
    site.browser.wait_for_text("Is this link yours?")


def see_answer(site: Backend) -> None:
    sign_in(site)
    site.browser.press("Call the API")
    site.browser.wait_for_text("user_id")


@ONE_BACKEND
@pytest.mark.parametrize(
    "see", [see_code_page, see_problem, see_inbox_page, see_question, see_answer]
)
def test_the_page_keeps_nobody_out(
    site: Backend, see: Callable[[Backend], None], axe_script: str
) -> None:
    see(site)

    site.browser.run(axe_script)

    for width, scheme in ((1280, "light"), (390, "light"), (390, "dark"), (1280, "dark")):
        site.browser.look_like(width, 844, scheme)
        found = site.browser.answer("axe.run(document, {resultTypes: ['violations']})")
        assert [each["help"] for each in found["violations"]] == []
        assert site.browser.run("return document.documentElement.scrollWidth") <= width


@ONE_BACKEND
def test_the_page_runs_no_script_but_its_own(site: Backend) -> None:
    site.browser.open(f"{site.origin}/")
    policy = site.browser.policy()

    assert "script-src 'self';" in policy
    assert f"connect-src 'self' {site.emulator.base_url};" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-" not in policy
