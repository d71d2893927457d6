"""The `/auth/*` table: every path and method, and what every POST must pass."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.csrf import passes
from scute_auth.endpoints import ENDPOINTS, handle
from scute_auth.http import MAX_BODY, Reply, RequestView
from scute_auth.pages import default_renderer, render
from scute_auth.paths import is_auth_path
from scute_auth.signin.visit import Visit
from tests.hostile_bodies import BODIES, kind_of, name_of
from tests.unit.sessions import Answered, Browser, Site, open_site, request

TABLE = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/csrf"),
    ("POST", "/refresh"),
    ("POST", "/magic-link"),
    ("GET", "/magic-link"),
    ("POST", "/magic-link/status"),
    ("POST", "/otp"),
    ("GET", "/otp"),
    ("POST", "/otp/verify"),
    ("GET", "/callback"),
    ("POST", "/callback"),
    ("GET", "/oauth/{provider}"),
    ("GET", "/sso"),
    ("GET", "/mfa"),
    ("POST", "/mfa"),
    ("GET", "/mfa/methods"),
    ("POST", "/mfa/methods/{method}/default"),
    ("POST", "/mfa/methods/{method}/remove"),
    ("POST", "/mfa/backup-codes"),
    ("GET", "/mfa/enroll"),
    ("POST", "/mfa/enroll"),
    ("POST", "/mfa/enroll/verify"),
    ("GET", "/step-up"),
    ("POST", "/step-up"),
    ("GET", "/sessions"),
    ("POST", "/sessions/{session}/revoke"),
    ("POST", "/passkey/options"),
    ("POST", "/passkey/sign-in"),
    ("GET", "/passkeys"),
    ("POST", "/passkey/add/options"),
    ("POST", "/passkey/add"),
    ("POST", "/passkey/remove"),
    ("POST", "/workspace"),
    ("GET", "/logo"),
    ("GET", "/logo/dark"),
    ("GET", "/session"),
    ("GET", "/sign-out"),
    ("POST", "/sign-out"),
    ("POST", "/webhook"),
}
PNG = {"content-type": "image/png"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def at(path: str) -> str:
    """The path with something in place of each name."""
    return re.sub(r"{\w+}", "google", path)


PATHS = sorted({path for _, path in TABLE})
POSTS = sorted(each.path for each in ENDPOINTS if each.method == "POST" and not each.signed)
ELSEWHERE = [
    {"sec_fetch_site": "cross-site", "origin": "https://evil.example"},
    {"sec_fetch_site": "same-site", "origin": "http://sub.127.0.0.1:8000"},
    {"sec_fetch_site": "", "origin": "null"},
    {"sec_fetch_site": "", "origin": "http://127.0.0.1:8001"},
    {"sec_fetch_site": "", "origin": "https://127.0.0.1:8000"},
]


OPTIONAL: dict[str, Any] = {"browser_sdk": True, "webhook_secrets": ("whsec_1234567890",)}
"""Settings that make routes of their own."""
WORKSPACE: dict[str, Any] = {
    "workspace_id": "w",
    "workspace_secret": "emulated_workspace",
    "workspace_apps": ("app_other",),
}
"""One more, which does not go with `browser_sdk`."""


def open_for(path: str, **more: Any) -> Site:
    """A site that has the route."""
    return open_site(**(WORKSPACE if path == "/workspace" else OPTIONAL) | more)


SDK_ROUTES = [(each.method, each.path) for each in ENDPOINTS if each.needs == "browser_sdk"]


@pytest.fixture
def path() -> str:
    """Which route is asked for, where a test does not say."""
    return "/sign-in"


@pytest.fixture
def site(path: str) -> Site:
    return open_for(path)


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def answer(site: Site, view: RequestView) -> Reply:
    visit = Visit(site.auth, view, site.authenticate(view), site.clock(), b"entropy")
    return site.run(handle(visit)).reply


def test_the_table_is_the_one_of_the_design() -> None:
    assert {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS} == TABLE


def test_each_route_has_a_name_of_its_own() -> None:
    names = [endpoint.name for endpoint in ENDPOINTS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("method", "path"), sorted(TABLE))
def test_each_route_answers(browser: Browser, method: str, path: str) -> None:
    browser.site.emulator.settings(logo="/logo.png", logo_dark="/logo.png")
    browser.site.emulator.fault("/logo.png", status=200, headers=PNG, body="picture")
    url = "/auth" + at(path)

    answered = browser.get(url) if method == "GET" else browser.post(url)

    assert answered.status not in (404, 405, 500)


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for path in PATHS for method in METHODS if (method, path) not in TABLE],
)
def test_other_methods_are_told_which_ones_there_are(
    browser: Browser, method: str, path: str
) -> None:
    refused = browser.get("/auth" + at(path), method=method, script=True)

    assert refused.status == 405
    assert refused.header("allow") == ", ".join(
        sorted(known for known, each in TABLE if each == path)
    )
    assert refused.json["reason"] == "method"


@pytest.mark.parametrize(("method", "path"), SDK_ROUTES)
def test_without_the_setting_nothing_is_there_for_the_browser_sdk(method: str, path: str) -> None:
    site = open_site(secret=None)

    assert answer(site, request(method, f"/auth{path}")).status == 404
    others = answer(site, request("PUT", f"/auth{path}"))
    assert dict(others.headers).get("allow") == ("GET" if path == "/sign-in" else None)
    assert others.status == (405 if path == "/sign-in" else 404)


@pytest.mark.parametrize("path", [path for path in PATHS if ("GET", path) in TABLE])
def test_head_answers_as_get_does(browser: Browser, path: str) -> None:
    url = "/auth" + at(path)

    assert browser.get(url, method="HEAD").status in (browser.get(url).status, 303)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/sign-in/",
        "/Sign-In",
        "//sign-in",
        "/sign-in/..",
        "/oauth",
        "/oauth/",
        "/oauth/a/b",
        "/oauth/a%2fb",
        "/magic-link/status/x",
        "/admin",
        "/sign-in\n",
        "/signXin",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_path_is_not_found(site: Site, method: str, path: str) -> None:
    reply = answer(site, request(method, f"/auth{at(path)}"))

    assert reply.status == 404
    assert b"not_found" in reply.body


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/otp/verify", 405)])
def test_a_person_gets_a_page_there(browser: Browser, path: str, status: int) -> None:
    shown = browser.get(f"/auth{path}")

    assert (shown.status, shown.page.name) == (status, "message")
    assert (shown.header("allow") == "POST") is (status == 405)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_no_post_comes_from_elsewhere(site: Site, path: str, headers: Any) -> None:
    """H10, C02"""
    browser = site.signed_in()
    before = dict(browser.cookies)
    site.emulator.clear_calls()

    refused = browser.post(f"/auth{at(path)}", {"identifier": "ana@example.com"}, **headers)

    assert refused.status == 403
    assert browser.cookies == before
    assert not any(call.method != "GET" for call in site.emulator.calls())


@pytest.mark.parametrize("path", [path for path in POSTS if ("POST", path) not in SDK_ROUTES])
def test_without_a_browser_a_post_passes(site: Site, path: str) -> None:
    headers = {"accept": "application/json", "content-type": "application/json"}

    assert answer(site, request("POST", f"/auth{at(path)}", headers)).status != 403


def test_a_trusted_origin_may_post() -> None:
    site = open_site(trusted_origins=("https://app.example",))
    headers = {"sec-fetch-site": "cross-site", "origin": "https://app.example"}

    assert passes(request("POST", "/auth/sign-out", headers), site.config)
    assert answer(site, request("POST", "/auth/sign-out", headers)).status == 200


@pytest.mark.parametrize("path", POSTS)
def test_a_body_beyond_the_cap_is_not_read(site: Site, path: str) -> None:
    largest = request("POST", f"/auth{at(path)}", body=b"x" * MAX_BODY)

    assert answer(site, largest).status != 413
    assert answer(site, replace(largest, body=b"x" * (MAX_BODY + 1))).status == 413


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", BODIES, ids=name_of)
def test_a_hostile_body_is_no_trouble(site: Site, path: str, body: bytes) -> None:
    """security.md C10 among others: whatever it is said to be, nobody gets mail or a session."""
    for kind in (kind_of(body), "application/json", "text/plain", "multipart/form-data", "é"):
        view = request("POST", f"/auth{at(path)}", {"content-type": kind}, body=body)

        answered = answer(site, view)

        assert answered.status < 500
        assert answered.status != 303
        assert not any("access" in each.name and each.value for each in answered.changes.cookies)
    assert site.emulator.messages() == []


@pytest.mark.parametrize("query", ["%ff=%ff", "&&&", "next", "a=" * 500, "sct_magic", "%00=%00"])
@pytest.mark.parametrize("path", [path for path in PATHS if ("GET", path) in TABLE])
def test_no_query_is_any_trouble(site: Site, path: str, query: str) -> None:
    url = "/auth" + at(path)

    assert answer(site, request("GET", f"{url}?{query}")).status < 500


def test_without_its_setting_there_is_no_such_route() -> None:
    site = open_site()

    for method in METHODS:
        assert answer(site, request(method, "/auth/webhook")).status == 404


def test_the_prefix_can_be_set() -> None:
    site = open_site(auth_prefix="/account/auth")

    assert answer(site, request("GET", "/account/auth/session")).status == 200


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [("/auth", True), ("/auth/x", True), ("/authors", False), ("/x/auth", False), ("/", False)],
)
def test_a_path_is_ours_at_a_segments_boundary(path: str, is_ours: bool) -> None:
    assert is_auth_path("/auth", path) is is_ours


SIGN_IN_ROUTES = [(each.method, each.path) for each in ENDPOINTS if each.signs_in]
OTHER_ROUTES = [(each.method, each.path) for each in ENDPOINTS if not (each.signs_in or each.needs)]


def opened(browser: Browser, method: str, path: str, *, script: bool = False) -> Answered:
    """Each route with what it takes: an address, a token, a provider."""
    url = "/auth" + at(path)
    if method == "POST":
        return browser.post(url, {"identifier": "ana@example.com"}, script=script)
    token = browser.site.emulator.mint({"uuid": "u", "email": "ana@example.com"})
    return browser.get(f"{url}?sct_magic={token}", script=script)


@pytest.mark.parametrize(("method", "path"), SIGN_IN_ROUTES)
def test_without_a_secret_each_way_to_sign_in_says_so_and_asks_scute_nothing(
    method: str, path: str
) -> None:
    site = open_for(path, secret=None)

    page = opened(site.browser(), method, path)
    script = opened(site.browser(), method, path, script=True)

    assert (page.status, page.page.context["title"]) == (500, "Signing in is not set up here")
    assert (script.status, script.json["reason"]) == (500, "not_set_up")
    assert len(site.logged()) == 2
    assert all("set SCUTE_SECRET (or cookie_keys)" in line for line in site.logged())
    assert site.emulator.calls() == []
    assert page.set_cookies == script.set_cookies == []


@pytest.mark.parametrize(("method", "path"), SIGN_IN_ROUTES)
def test_over_plain_http_each_way_to_sign_in_says_so(method: str, path: str) -> None:
    site = open_for(path)
    config = replace(site.config, emulator=False, base_url="https://api.scute.io")
    site = replace(site, config=config, auth=type(site.auth)(config))
    browser = site.browser(host="app.example")

    page = opened(browser, method, path)

    assert (page.status, page.page.context["title"]) == (500, "Signing in is not set up here")
    assert "SCUTE_PUBLIC_ORIGIN" in site.logged()[0]
    assert "nobody can sign in" in site.logged()[0]
    assert site.emulator.calls() == []


@pytest.mark.parametrize(("method", "path"), OTHER_ROUTES)
def test_what_signs_nobody_in_works_without_a_secret(method: str, path: str) -> None:
    site = open_site(secret=None)

    site.emulator.settings(logo="/logo.png", logo_dark="/logo.png")
    site.emulator.fault("/logo.png", status=200, headers=PNG, body="picture")
    answered = opened(site.browser(), method, path)

    assert answered.status < 400
    assert site.logged() == []


@pytest.mark.parametrize(("method", "path"), SDK_ROUTES[:2])
def test_no_cookie_key_exchanges_a_token_for_the_sdk(method: str, path: str) -> None:
    site = open_site(secret=None, cookie_keys=("k" * 16,), browser_sdk=True)

    refused = opened(site.browser(), method, path, script=True)

    assert (refused.status, refused.json["reason"]) == (500, "not_set_up")
    assert "set SCUTE_SECRET" in site.logged()[0]


def test_cookie_keys_do_for_a_secret() -> None:
    site = open_site(secret=None, cookie_keys=("k" * 16,))

    assert opened(site.browser(), "POST", "/magic-link").location == "/auth/magic-link"


SITE = open_site()
LANDING = {"way": "magic", "token": SITE.emulator.mint({"uuid": "u", "email": "a\u202e"})}
TOKEN = SITE.emulator.mint({"uuid": "u", "email": "ana@example.com"})
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["identifier", "next", "sct_magic", "sct_oauth", "shown", "error", TOKEN]),
    st.sampled_from(["/", "//x", "=", "&", "%", "%00", "%ff", "ana@example.com", "meta."]),
)
JOINED = st.lists(TEXTS, max_size=6).map("".join)
KNOWN = st.sampled_from(["/auth" + at(path) for path in PATHS])
COOKIES = st.dictionaries(
    st.sampled_from([SITE.config.cookie_names(p, secure=False)[0] for p in ("magic", "landing")]),
    st.sampled_from(["1.AAAA", "x", SITE.auth.sealer.seal("landing", LANDING, until=3e9)]),
)


@given(
    st.sampled_from(METHODS),
    st.one_of(KNOWN, JOINED.map(lambda text: f"/auth{text}")),
    JOINED,
    JOINED,
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", ""]),
    st.sampled_from(["text/html", "application/json"]),
    COOKIES,
)
def test_whatever_a_visitor_sends_there_is_an_answer(
    method: str, path: str, query: str, body: str, kind: str, accept: str, cookies: dict[str, str]
) -> None:
    view = request(method, "/", {"content-type": kind, "accept": accept}, cookies=cookies, body=b"")
    view = replace(
        view,
        path=path,
        query=query.encode("latin-1", "replace"),
        body=body.encode("utf-8", "surrogatepass"),
    )

    reply = render(answer(SITE, view), default_renderer, "nonce")

    assert 200 <= reply.status < 500
    assert all(line.isprintable() for header in reply.headers for line in header)
    reply.changes.merge([])
