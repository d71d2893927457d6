"""`@scute/core` with its own cookies, unchanged, before each backend: older names, all readable."""

from pathlib import Path
from typing import Any

import pytest

from tests.vendor.backend import Backend

PHONE = "+15550100123"
ME = "fetch('/api/me').then(answer => answer.status)"


class OwnCookies:
    """A page of the backend's origin whose client keeps both tokens in cookies of its own."""

    def __init__(self, site: Backend, core: str) -> None:
        self.site = site
        site.browser.open(f"{site.origin}/settings")
        site.browser.run(core + ";window.scute = scute")
        site.browser.run(
            "window.client = scute.createClient({appId: arguments[0], baseUrl: arguments[1],"
            "preferences: {sessionStorageAdapter: new scute.ScuteBrowserCookieStorage()}})",
            site.app_id,
            site.emulator.base_url,
        )

    def __call__(self, expression: str) -> Any:
        return self.site.browser.answer(expression)

    def sign_in(self) -> None:
        self(f"client.signInOrUp('{PHONE}')")
        given = f"client.verifyOtp('{self.site.code_to(PHONE)}', '{PHONE}')"
        signed_in = self(f"{given}.then(v => client.signInWithTokenPayload(v.data.authPayload))")
        assert signed_in == {"error": None}

    def tokens(self) -> dict[str, str]:
        cookies = self.site.cookies()
        return {name: cookies[name]["value"] for name in cookies if "-token" in name}


@pytest.fixture
def client(site: Backend, core: Path) -> OwnCookies:
    client = OwnCookies(site, core.read_text("utf-8"))
    client.sign_in()
    return client


def test_its_token_counts_in_a_header(client: OwnCookies) -> None:
    with_token = (
        "client.getAuthToken().then(({data}) => fetch('/api/me', {credentials: 'omit',"
        "headers: {'X-Authorization': data.access}})).then(answer => answer.json())"
    )
    without = "fetch('/api/me', {credentials: 'omit'}).then(answer => answer.status)"

    assert client(with_token).keys() == {"user_id"}
    assert client(without) == 401


def test_its_cookies_count(client: OwnCookies) -> None:
    assert set(client.tokens()) == {"sc-access-token", "sc-refresh-token"}
    assert client(ME) == 200


def test_the_backend_refreshes_for_it(client: OwnCookies) -> None:
    """Under the name that the client reads."""
    before = client.tokens()
    client.site.forget("sc-access-token")

    assert client(ME) == 200

    renewed = client.tokens()["sc-access-token"]
    assert renewed != before["sc-access-token"]
    assert client("client.getAuthToken().then(({data}) => data.access)") == renewed
    assert client("client.getSession().then(({data}) => data.user.phone)") == PHONE


def test_the_backend_signs_it_out(client: OwnCookies) -> None:
    before = client.tokens()

    leave = "csrf => fetch('/auth/sign-out', {method: 'POST', headers: {'X-CSRF-Token': csrf}})"
    csrf = "fetch('/auth/csrf').then(answer => answer.text())"
    left = client(f"{csrf}.then({leave}).then(answer => answer.status)")

    assert left == 200
    assert client.tokens() == {}
    assert not client.site.is_live(before["sc-access-token"])
    assert client(ME) == 401


def test_its_own_signing_out_is_seen_by_the_backend(client: OwnCookies) -> None:
    assert client("client.signOut()") is True

    assert client.tokens() == {}
    assert client(ME) == 401
