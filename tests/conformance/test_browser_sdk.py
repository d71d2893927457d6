"""What the vendor's browser SDK asks of a server, on every stack. The details are in the units."""

import pytest

from tests.conformance.browser import Browser
from tests.conformance.client import Response
from tests.conformance.opening import Sites
from tests.conformance.site import Site

ACCESS, BARE, REFRESH = "sc-access-token__app_demo", "sc-access-token", "sc-refresh-token__app_demo"
CSRF = "__Host-X-CSRF-Token__app_demo"


async def call(browser: Browser, path: str, token: str = "") -> Response:
    """As the SDK does it: fetch the CSRF token, then send it."""
    given = await browser.fetch("/auth/csrf")
    headers = {"x-csrf-token": given.text, "content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return await browser.fetch(f"/auth{path}", "POST", headers=headers)


async def test_the_sdk_signs_in_renews_and_signs_out(sites: Sites) -> None:
    site = await sites.open(browser_sdk=True)
    ana, tokens = site.browser(), site.tokens()

    began = await call(ana, "/sign-in", tokens["access"])
    known = await ana.fetch("/me")
    renewed = await call(ana, "/refresh")
    site.secrets.meant(renewed)
    ended = await call(ana, "/sign-out")

    assert (began.status, began.body) == (200, b"")
    cookies = {name: line for name, line in began.set_cookies.items() if not line.is_cleared}
    readable = {name for name, cookie in cookies.items() if not cookie.is_http_only}
    assert (readable, REFRESH in cookies) == ({ACCESS, BARE}, True)
    assert all(cookie.is_secure for cookie in cookies.values())
    assert known.json == {"user_id": tokens["user_id"]}
    assert set(renewed.json) == {"access", "access_expires_at"}
    assert renewed.json["access"] == renewed.set_cookies[ACCESS].value
    assert cookies[REFRESH].value not in renewed.text
    assert (ended.status, ana.jar.all()) == (200, {})
    assert site.emulator.state.sessions.of(tokens["user_id"]) == []


async def test_a_token_signs_in_once_for_all_processes(sites: Sites) -> None:
    site = await sites.open(browser_sdk=True)
    other = await sites.open(browser_sdk=True, beside=site)
    token = site.tokens()["access"]
    await call(site.browser(), "/sign-in", token)

    for process in (site, other):
        eve = process.browser()
        refused = await call(eve, "/sign-in", token)
        assert (refused.status, refused.reason) == (401, "token_used")
        assert list(eve.jar.all()) == [CSRF]


@pytest.mark.parametrize(
    "cookie",
    [
        "X-CSRF-Token__app_demo={}",
        "X-CSRF-Token={}",
        "\xa0__Host-X-CSRF-Token__app_demo={}",
        "\u0085__Host-X-CSRF-Token__app_demo={}",
        "__Host-X-CSRF-Token__app_demo={}; __Host-X-CSRF-Token__app_demo=" + "1" * 128,
    ],
    ids=["plain", "bare", "U+00A0", "U+0085", "twice"],
)
async def test_a_tossed_csrf_cookie_counts_on_no_stack(sites: Sites, cookie: str) -> None:
    """security.md H01, H02: no framework's own parser is asked."""
    site = await sites.open(browser_sdk=True)
    planted = cookie.format("0" * 128)
    headers = {"cookie": planted, "x-csrf-token": "0" * 128, "sec-fetch-site": "same-origin"}

    refused = await site.client.request("POST", "/auth/refresh", headers=headers)

    assert (refused.status, refused.reason) == (403, "csrf")


async def test_two_csrf_headers_are_none(sites: Sites) -> None:
    """Some servers join them, some hand over both."""
    site = await sites.open(browser_sdk=True)
    ana = site.browser()
    token = (await ana.fetch("/auth/csrf")).text
    lines = [("cookie", ana.jar.header()), ("x-csrf-token", token), ("x-csrf-token", token)]

    refused = await site.client.request("POST", "/auth/refresh", headers=lines)

    assert (refused.status, refused.reason) == (403, "csrf")


async def test_an_outage_keeps_what_an_end_clears(sites: Sites) -> None:
    site = await sites.open(browser_sdk=True)
    ana = site.signed_in()
    await site.warm()
    before = ana.jar.all()
    site.emulator.fault("/tokens/refresh", status=503, times=1)

    later = await call(ana, "/refresh")
    kept = ana.jar.all()
    site.emulator.state.sessions.revoke_all(ana.user_id)
    over = await call(ana, "/refresh")

    assert (later.status, over.status) == (503, 401)
    assert kept == {**before, CSRF: kept[CSRF]}
    assert list(ana.jar.all()) == [CSRF]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/csrf"), ("POST", "/sign-in"), ("POST", "/refresh")]
)
async def test_without_the_setting_there_are_no_such_routes(
    site: Site, method: str, path: str
) -> None:
    answer = await site.browser().fetch(f"/auth{path}", method)

    assert (answer.status, answer.reason) == (404, "not_found")
