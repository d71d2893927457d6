"""The `/auth/*` routes under hostile visitors (security.md A6, A7)."""

import json
import re

import pytest
from ada_url import URL

from scute_auth.endpoints import ENDPOINTS
from tests.conformance.opening import Sites
from tests.conformance.secrets_watch import LogCapture
from tests.conformance.site import Site
from tests.hostile_bodies import BODIES, kind_of, name_of


def paths_of(method: str) -> list[str]:
    """With something in place of each name."""
    return sorted(
        {
            re.sub(r"{\w+}", "google", e.path)
            for e in ENDPOINTS
            if e.method == method and not e.signed
        }
    )


POSTS, GETS = paths_of("POST"), paths_of("GET")
FOREIGN = [
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "same-site", "origin": "https://blog.app.test"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
]


@pytest.mark.parametrize(
    ("method", "path"),
    [(e.method, e.path) for e in ENDPOINTS if e.signs_in and not e.needs],
)
async def test_without_a_secret_a_visitor_is_told_that_nobody_can_sign_in(
    sites: Sites, log: LogCapture, method: str, path: str
) -> None:
    """The reason is in the log, and no traceback anywhere."""
    site = await sites.open(secret=None)
    token = site.emulator.mint({"uuid": "u", "email": "ana@example.com"})
    url = re.sub(r"{\w+}", "google", f"/auth{path}")
    ana = site.browser()

    if method == "GET":
        answer = await ana.visit(f"{url}?sct_magic={token}", by="same-origin")
    else:
        answer = await ana.submit(url, {"identifier": "ana@example.com"})

    assert answer.status == 500
    assert "Signing in is not set up here" in answer.text
    assert any("set SCUTE_SECRET (or cookie_keys)" in line for line in log.texts)
    assert not any("Traceback" in line for line in log.texts)
    assert site.emulator.calls() == []


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/sign-out", headers) for headers in FOREIGN[1:]] + [(path, FOREIGN[0]) for path in POSTS],
    ids=str,
)
async def test_no_other_site_can_post_to(site: Site, path: str, headers: dict[str, str]) -> None:
    """security.md H10: with the victim's cookies, and without any."""
    ana = site.signed_in()
    await site.warm()
    site.emulator.clear_calls()
    form = {"identifier": "eve@example.com", "shown": "0" * 64}

    for cookie in (ana.jar.header(), ""):
        given = {**headers, "cookie": cookie} if cookie else headers
        answer = await site.client.post(f"/auth{path}", form, headers=given)
        assert (answer.status, answer.reason) == (403, "csrf")
        assert not answer.set_cookies

    assert site.emulator.calls() == []
    assert (await ana.fetch("/me")).status == 200


@pytest.mark.parametrize("path", ["/sign-out", "/magic-link/status"])
async def test_what_changes_something_is_no_get(site: Site, path: str) -> None:
    ana = site.signed_in()

    answer = await ana.visit(f"/auth{path}", by="cross-site")

    assert answer.status in (200, 405)
    assert site.emulator.calls() == [] or site.calls("/magic_links/status") == 0
    assert (await ana.fetch("/me")).status == 200
    assert not any(call.method == "DELETE" for call in site.emulator.calls())


@pytest.mark.parametrize(
    ("path", "body"),
    # A body is read by the core, where each meets each path (tests/unit/test_endpoints.py).
    [("/magic-link", body) for body in BODIES[:-1]] + [(path, BODIES[-1]) for path in POSTS],
    ids=lambda value: name_of(value) if isinstance(value, bytes) else value,
)
async def test_a_hostile_body_is_answered_calmly(site: Site, path: str, body: bytes) -> None:
    """security.md C10 among others: one address, and never a list."""
    headers = {"content-type": kind_of(body)}

    answer = await site.client.request("POST", f"/auth{path}", headers=headers, body=body)

    assert 200 <= answer.status < 500
    assert answer.status != 303
    assert site.cookie("access") not in [
        name for name, cookie in answer.set_cookies.items() if not cookie.is_cleared
    ]
    assert site.emulator.messages() == []


@pytest.mark.parametrize("path", POSTS)
async def test_a_body_beyond_the_cap_is_refused(site: Site, path: str) -> None:
    answer = await site.client.request("POST", f"/auth{path}", body=b"x" * 100_000)

    assert answer.status in (413, 422)


NEXTS = [
    "//evil.example",
    "/\\evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "\\\\evil.example",
    "/%5cevil.example/..//evil.example",
    "/\r\nset-cookie: x=y",
    "\uff0f\uff0fevil.example",
    "/\u2003\uff0fevil.example",
    "@evil.example",
    " //evil.example",
    "/" + "a" * 5000,
    ".evil.example",
    "",
]


@pytest.mark.parametrize("hostile", NEXTS, ids=lambda text: ascii(text)[:24])
async def test_no_next_leads_to_another_site(site: Site, hostile: str) -> None:
    """security.md C07: on the page, after the mail, and after the sign-in."""
    ana = site.browser()
    form = {"identifier": "ana@example.com", "next": hostile}

    sent = await ana.submit("/auth/magic-link", form)
    link = (site.emulator.messages("ana@example.com")[0].link or "").partition("app.test")[2]
    landed = await ana.visit(link, by="cross-site")

    assert sent.header("location") == "/auth/magic-link"
    location = landed.header("location") or ""
    assert URL(location, base="https://app.test/auth/callback").origin == "https://app.test"
    assert set(landed.set_cookies) == {
        site.cookie(purpose)
        for purpose in ("access", "refresh", "signin", "proof", "magic", "device")
    }


@pytest.mark.parametrize("query", ["next=//evil.example", "next=%5c%5cevil.example", "next[]=x"])
async def test_the_sign_in_page_repeats_no_hostile_next(site: Site, query: str) -> None:
    page = await site.browser().visit(f"/auth/sign-in?{query}")

    assert page.status == 200
    assert "evil.example" not in page.text


async def test_what_a_visitor_typed_is_escaped_on_the_page(site: Site) -> None:
    form = {"identifier": '"><script>alert(1)</script>', "next": '/"><script>'}

    page = await site.browser().submit("/auth/magic-link", form)

    assert page.status == 422
    assert "<script>alert" not in page.text
    assert '"><script>' not in page.text


@pytest.mark.parametrize("path", GETS)
async def test_our_own_pages_ask_nothing_of_another_origin(site: Site, path: str) -> None:
    answer = await site.browser().visit(f"/auth{path}", by="same-origin")

    assert answer.status in (200, 303, 400, 404)
    kind = answer.header("content-type") or ""
    if kind.startswith("text/html"):
        policy = answer.header("content-security-policy") or ""
        assert policy.startswith("default-src 'none'")
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("x-frame-options") == "DENY"
        assert answer.header("cache-control") == "private, no-store"


@pytest.mark.parametrize("path", ["/", "/nothing", "/sign-in/", "/Sign-In", "/callback/x", ""])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_below_the_prefix_there_is_nothing_but_the_table(
    site: Site, path: str, method: str
) -> None:
    answer = await site.client.request(method, f"/auth{path}")

    assert answer.status in (307, 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "sign-in"])
async def test_a_page_takes_its_own_methods_only(site: Site, method: str) -> None:
    answer = await site.client.request(method, "/auth/sign-in")

    assert answer.status == 405
    assert answer.header("allow") == "GET"


async def test_sign_out_ends_the_session_here_and_at_scute(site: Site) -> None:
    ana = site.signed_in()
    token = ana.jar.get(site.cookie("access"))

    answer = await ana.submit("/auth/sign-out")

    assert (answer.status, answer.header("location")) == (303, "/")
    assert not ana.jar.all()
    assert site.emulator.state.sessions.of(ana.user_id) == []
    replay = await site.client.get("/me", headers={"authorization": f"Bearer {token}"})
    assert replay.reason == "revoked"


async def test_sign_out_with_an_expired_token_still_ends_the_session_at_scute(site: Site) -> None:
    ana = site.expired()

    await ana.submit("/auth/sign-out")

    assert not ana.jar.all()
    assert site.emulator.state.sessions.of(ana.user_id) == []


async def test_sign_out_in_an_outage_ends_the_session_here_and_says_so(site: Site) -> None:
    await site.warm()
    ana = site.signed_in()
    site.emulator.fault("/current_user", status=503)

    answer = await ana.submit("/auth/sign-out")

    assert answer.status == 200
    assert "still lives" in answer.text
    assert not ana.jar.all()
    assert (await ana.fetch("/optional")).json == {"user_id": None}


@pytest.mark.parametrize("is_outage", [False, True])
async def test_after_sign_out_the_refresh_token_of_before_brings_nothing_back(
    sites: Sites, is_outage: bool
) -> None:
    """security.md T22: nor at another process that shares the store."""
    site = await sites.open()
    site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
    ana = site.expired()
    old = {"cookie": ana.jar.header()}
    await ana.fetch("/me")
    if is_outage:
        site.emulator.fault("/current_user", status=503)
    await ana.submit("/auth/sign-out")

    for process in (site, await sites.open(beside=site)):
        late = await process.client.get("/optional", headers=old)
        assert late.json == {"user_id": None}
        assert all(cookie.max_age == 0 for cookie in late.set_cookies.values())


async def test_sign_out_works_for_nobody_too(site: Site) -> None:
    assert (await site.browser().submit("/auth/sign-out")).status == 303


async def test_the_session_endpoint_says_who_and_never_with_what(site: Site) -> None:
    ana = site.signed_in()

    answer = await ana.fetch("/auth/session")

    assert answer.json["user_id"] == ana.user_id
    assert set(answer.json) == {"user_id", "expires_at", "impersonated"}
    assert answer.header("cache-control") == "private, no-store"
    assert (await site.client.get("/auth/session")).json["user_id"] is None


async def test_hooks_hear_of_a_sign_in_and_a_sign_out(sites: Sites) -> None:
    from scute_auth.runtime import Hooks

    heard: list[tuple[str, str | None]] = []
    site = await sites.open(
        hooks=Hooks(
            on_sign_in=lambda user, profile: heard.append(("in", profile.email)),
            on_sign_out=lambda user: heard.append(("out", user.id)),
        )
    )
    ana = site.browser()
    await ana.submit("/auth/magic-link", {"identifier": "ana@example.com"})
    link = (site.emulator.messages("ana@example.com")[0].link or "").partition("app.test")[2]
    await ana.visit(link, by="cross-site")
    user_id = (await ana.fetch("/me")).json["user_id"]
    await ana.submit("/auth/sign-out")

    assert heard == [("in", "ana@example.com"), ("out", user_id)]


async def test_a_script_is_answered_in_json(site: Site) -> None:
    body = json.dumps({"identifier": "ana@example.com", "next": "/private"}).encode()
    headers = {"content-type": "application/json"}

    answer = await site.browser().fetch("/auth/magic-link", "POST", body=body, headers=headers)

    assert answer.json == {"status": "sent", "next": "/auth/magic-link"}


async def test_whether_an_address_is_known_is_nobodys_business(site: Site) -> None:
    site.emulator.create_user("known@example.com")
    site.emulator.settings(public_signup=False)

    answers = [
        await site.browser().submit("/auth/magic-link", {"identifier": f"{name}@example.com"})
        for name in ("known", "unknown")
    ]

    assert {(answer.status, answer.body, answer.header("location")) for answer in answers} == {
        (303, b"", "/auth/magic-link")
    }


async def test_another_prefix_moves_every_route(sites: Sites) -> None:
    site = await sites.open(auth_prefix="/account", require_by_default=True)

    page = await site.browser().visit("/account/sign-in")
    sent = await site.browser().visit("/private")

    assert page.status == 200
    assert 'action="/account/magic-link"' in page.text
    assert sent.header("location") == "/account/sign-in?next=/private"
    assert (await site.browser().visit("/auth/sign-in")).status == 303
