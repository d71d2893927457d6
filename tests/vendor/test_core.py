"""`@scute/core` from npm, unchanged, in a browser, from a page of another origin."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.browser.browser import Browser
from tests.browser.passkeys import device
from tests.vendor.page import ClientPage, client_page

ANA = "ana@example.com"
PHONE = "+15550100123"


def events(page: ClientPage) -> list[str]:
    return list(page.browser.run("return events"))


def is_live(page: ClientPage, access: str) -> bool:
    """Does Scute still take this token?"""
    return not page(f"getUser('{access}')").get("error")


def is_soon_over(page: ClientPage, access: str) -> None:
    """This client does not wait for the answer to a DELETE."""
    page.browser.wait(lambda: not is_live(page, access))


def token_in(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query)[name][0]


@pytest.mark.parametrize(("kind", "address"), [("phone", PHONE), ("email", ANA)])
def test_a_code_signs_in(page: ClientPage, kind: str, address: str) -> None:
    page.emulator.settings(email_auth_type="otp")
    page.open()

    page.sign_in(address)

    assert page.user()[kind] == address
    assert events(page)[:3] == ["initial_session", "otp_pending", "signed_in"]
    assert page("getRememberedIdentifier()") == address


@pytest.mark.parametrize("nested", [False, True], ids=["flat", "nested"])
def test_a_wrong_code_is_told(page: ClientPage, nested: bool) -> None:
    """This client reads the nested form; it gets nothing out of the flat one that Scute sends."""
    page.emulator.settings(nested_errors=nested)
    page.open()
    page.data(f"signInOrUp('{PHONE}')")
    wrong = "000000" if page.code_to(PHONE) != "000000" else "111111"

    failed = f"client.verifyOtp('{wrong}', '{PHONE}').then(a => a.error)"
    told = page.browser.answer(f"{failed}.then(e => ({{code: e.code, slug: e.slug}}))")
    meaning = page.browser.answer(f"{failed}.then(e => scute.getMeaningfulError(e))")

    assert told == {"code": 422, "slug": "invalid_code" if nested else None}
    assert meaning == {"isFatal": True, "message": "Invalid code" if nested else None}


def test_a_link_signs_in_where_it_is_opened(page: ClientPage) -> None:
    page.open()
    page.data(f"signInOrUp('{ANA}')")

    page.open(page.link_to(ANA))
    signed_in = page("signInWithMagicLink()")

    assert signed_in == {"error": None}
    page.wait_for("signed_in")
    assert page.user()["email"] == ANA
    assert page.user()["email_verified"] is True


def test_a_link_that_was_opened_signs_in_the_browser_that_waits(page: ClientPage) -> None:
    page.open()
    link = page.data(f"signInOrUp('{ANA}')")["magic_link"]["id"]
    waiting = page.data(f"getMagicLinkStatus('{link}')")
    token = token_in(page.link_to(ANA), "sct_magic")

    page.data(f"verifyMagicLinkToken('{token}')")
    signed_in = page(f"signInWithMagicLinkId('{link}')")

    assert "access" not in waiting
    assert signed_in == {"error": None}
    assert page.user()["email"] == ANA


def test_a_link_works_once(page: ClientPage) -> None:
    page.open()
    page.data(f"signInOrUp('{ANA}')")
    token = token_in(page.link_to(ANA), "sct_magic")
    page.data(f"verifyMagicLinkToken('{token}')")

    again = page(f"verifyMagicLinkToken('{token}').then(a => a.error.code)")

    assert again == 404


@pytest.mark.parametrize("parameter", ["sct_pkce", "sct_oauth"])
def test_a_provider_signs_in(page: ClientPage, parameter: str) -> None:
    """Its token lands under either name, and is used like a link's."""
    page.emulator.settings(oauth_param=parameter)
    page.open()
    page.browser.run("client.signInWithOAuthProvider('google')")
    page.browser.wait_for_text("Google, emulated")
    page.browser.type("Who are you?", ANA)
    page.browser.press("Allow")
    page.browser.wait(lambda: parameter in page.browser.url)
    landed = page.browser.url

    page.open(landed)
    signed_in = page(f"signInWithMagicLinkToken('{token_in(landed, parameter)}')")

    assert signed_in == {"error": None}
    assert page.user()["email"] == ANA


def test_somebody_new_brings_data_along(page: ClientPage) -> None:
    page.open()

    page.data(f"signUp('{PHONE}', {{userMeta: {{first_name: 'Ana'}}}})")

    lacking = page.browser.answer(
        f"client.identifierExists('{PHONE}').then(u => client.getUserMetafieldState(u.id))"
    )
    assert lacking == {"data": {"meta": False}, "error": None}
    page.sign_in(PHONE)
    assert page.user()["phone"] == PHONE


def test_somebody_known_cannot_sign_up(page: ClientPage) -> None:
    page.emulator.create_user(ANA, email_verified=True)
    page.open()

    slug = page(f"signUp('{ANA}').then(a => a.error.slug)")

    assert slug == "identifier_already_exists"


def test_an_invitation_is_taken(page: ClientPage) -> None:
    token = token_in(page.invite(ANA), "sct_magic")
    page.open()

    payload = page.data(f"confirmInvite('{token}', {{first_name: 'Ana'}})")

    assert page(f"signInWithTokenPayload({json.dumps(payload)})") == {"error": None}
    user = page.user()
    assert (user["email"], user["status"], user["meta"]) == (ANA, "active", {"first_name": "Ana"})


def test_the_session_outlives_the_page(page: ClientPage) -> None:
    page.open()
    page.sign_in()

    page.open()

    assert page.user()["phone"] == PHONE


@pytest.mark.parametrize("rotates", [False, True], ids=["kept", "rotated"])
def test_the_session_is_refreshed(page: ClientPage, rotates: bool) -> None:
    page.emulator.settings(rotate_refresh=rotates)
    page.open()
    page.sign_in()
    before = page.stored()

    page.data("refreshSession()")

    after = page.stored()
    assert after["sc-access-token"] != before["sc-access-token"]
    assert (after["sc-refresh-token"] != before["sc-refresh-token"]) == rotates
    assert is_live(page, after["sc-access-token"])


def test_a_session_that_runs_out_is_refreshed_when_it_is_asked_for(page: ClientPage) -> None:
    page.open()
    page.sign_in()
    short = page.emulator.create_session(phone=PHONE, access_lifetime=5)
    page(f"setSession({json.dumps(short)})")

    page.data("getSession()")

    assert page.access() != short["access"]
    assert "token_refreshed" in events(page)


def test_one_of_the_sessions_is_ended(page: ClientPage) -> None:
    page.open()
    page.sign_in()
    other = page.emulator.create_session(phone=PHONE)["access"]
    every = page.data("listUserSessions()")
    own = [each for each in every if "Chrome" in each["user_agent"]]
    (theirs,) = [each for each in every if each not in own]

    assert page(f"revokeSession('{theirs['id']}')") == {"data": None, "error": None}

    is_soon_over(page, other)
    assert [each["id"] for each in page.data("listUserSessions()")] == [each["id"] for each in own]
    assert len(own) == 1
    assert is_live(page, page.access())


def test_a_session_that_was_ended_elsewhere_is_over_here(page: ClientPage) -> None:
    page.open()
    page.sign_in()
    user_id = page.user()["id"]
    with page.emulator.host.lock:
        page.emulator.state.sessions.revoke_all(user_id)

    gone: Any = page("getSession()")

    assert gone["data"]["user"] is None
    assert "session_expired" in events(page)
    assert not {"sc-access-token", "sc-refresh-token"} & set(page.stored())


def test_ones_own_data_are_changed(page: ClientPage) -> None:
    page.open()
    page.sign_in()

    page.data("updateUserMeta({first_name: 'Ana', last_name: 'Lopez'})")

    assert page.user()["meta"] == {"first_name": "Ana", "last_name": "Lopez"}


def test_signing_out_ends_the_session_here_and_at_scute(page: ClientPage) -> None:
    page.open()
    page.sign_in()
    access = page.access()

    signed_out = page("signOut()")

    assert signed_out is True
    is_soon_over(page, access)
    assert not {"sc-access-token", "sc-refresh-token"} & set(page.stored())
    page.open()
    assert page("getSession()")["data"]["user"] is None


def test_an_error_of_scute_is_reported_to_scute(page: ClientPage) -> None:
    page.open(errorReporting=True)
    page.emulator.fault("/metafields", status=500)

    failed = page("getUserMetafieldState('x').then(a => a.error.code)")

    def reported() -> bool:
        return any(call.path.endswith("/errors") for call in page.emulator.calls())

    page.browser.wait(reported)
    assert failed == 500


def test_a_passkey_is_added_used_and_removed(
    browser: Browser, core: Path, signing_key: RSAPrivateKey
) -> None:
    with client_page(browser, core, signing_key, "localhost") as page, device(browser):
        page.emulator.settings(passkeys_enabled=True)
        page.open()
        page.sign_in()
        added = page.data("addDevice()")
        page("signOut()")

        used = page(f"signInOrUp('{PHONE}')")

        assert used == {"data": None, "error": None}
        page.wait_for("webauthn_verify_success")
        assert page.user()["webauthn_enabled"] is True
        page.data(f"removeDeviceCredential('{added['id']}')")
        browser.wait(lambda: page.user()["webauthn_enabled"] is False)
