"""What a visitor without a user is answered: people a page, programs problem details (H12, H09)."""

import pytest

from tests.conformance.opening import Sites
from tests.conformance.site import Site


async def test_a_program_gets_problem_details_and_a_challenge(site: Site) -> None:
    """security.md H12."""
    answer = await site.client.get("/me")

    assert (answer.status, answer.reason) == (401, "missing")
    assert answer.header("www-authenticate") == "Bearer"
    assert answer.header("cache-control") == "private, no-store"
    assert answer.header("vary") == "Cookie"
    assert set(answer.json) == {"title", "status", "detail", "reason"}


async def test_the_challenge_names_an_error_where_a_credential_came(site: Site) -> None:
    """RFC 6750 section 3.1."""
    answer = await site.client.get("/me", headers={"authorization": "Bearer garbage"})

    assert answer.status == 401
    assert (answer.header("www-authenticate") or "").startswith('Bearer error="invalid_token"')


async def test_a_person_is_sent_to_sign_in_and_back(site: Site) -> None:
    answer = await site.browser().visit("/private?page=2&q=a%26b")

    assert answer.status == 303
    assert answer.header("location") == "/auth/sign-in?next=/private%3Fpage%3D2%26q%3Da%2526b"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "accept": "text/html"},
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe", "accept": "text/html"},
        {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"accept": "text/html", "x-requested-with": "XMLHttpRequest"},
        {"accept": "application/json"},
        {},
    ],
    ids=str,
)
async def test_only_the_navigation_of_a_document_is_redirected(
    site: Site, headers: dict[str, str]
) -> None:
    """security.md H12: a script that is redirected takes the sign-in page for its data."""
    assert (await site.client.get("/private", headers=headers)).status == 401


async def test_an_old_browser_is_known_by_what_it_accepts(site: Site) -> None:
    answer = await site.client.get("/private", headers={"accept": "text/html"})

    assert answer.status == 303


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("https://app.test/notes/new?draft=1", "/auth/sign-in?next=/notes/new%3Fdraft%3D1"),
        ("https://evil.example/notes", "/auth/sign-in"),
        ("https://app.test.evil.example/notes", "/auth/sign-in"),
        ("https://app.test//evil.example", "/auth/sign-in"),
        ("https://app.test/a?sct_magic=secret", "/auth/sign-in"),
        ("", "/auth/sign-in"),
    ],
)
async def test_whoever_posts_a_form_comes_back_to_its_page(
    site: Site, referer: str, back: str
) -> None:
    headers = {"accept": "text/html", "sec-fetch-mode": "navigate", "referer": referer}

    answer = await site.client.post("/notes", headers={**headers, "sec-fetch-dest": "document"})

    assert (answer.status, answer.header("location")) == (303, back)


@pytest.mark.parametrize("host", ["evil.example", "app.test@evil.example", "app.test/..", "a/?"])
async def test_no_link_is_built_from_the_host(site: Site, host: str) -> None:
    """security.md C08."""
    page = await site.client.get("/auth/sign-in", headers={"host": host, "accept": "text/html"})
    sent = await site.client.get("/private", headers={"host": host, "accept": "text/html"})

    # Some frameworks refuse such a host before they route.
    assert sent.status == 400 or sent.header("location") == "/auth/sign-in?next=/private"
    assert b"evil.example" not in page.body + sent.body


async def test_links_keep_the_root_path(sites: Sites) -> None:
    site = await sites.open(root_path="/app")

    answer = await site.browser().visit("/private")

    assert answer.header("location") == "/app/auth/sign-in?next=/app/private"


async def test_a_person_whose_request_may_not_pass_sees_a_page(site: Site) -> None:
    ana = site.signed_in()
    headers = {"accept": "text/html", "cookie": ana.jar.header(), "origin": "https://evil.example"}

    answer = await site.client.post("/notes", headers=headers)

    assert answer.status == 403
    assert (answer.header("content-type") or "").startswith("text/html")


TRICKS = [
    b"//me",
    b"/./me",
    b"/x/../me",
    b"/%6de",
    b"/me/",
    b"/me;x",
    b"/me%00",
    b"/me%2f",
    b"/ME",
    b"/me%3fx",
    b"/public/../me",
    b"/public%2f..%2fme",
    b"/public/%2e%2e/me",
    b"/auth/../me",
    b"/auth%2f..%2fme",
    b"/auth/%2e%2e/me",
    b"/auth//me",
    b"//auth/me",
    b"/authme",
    b"http://evil.example/me",
    b"*",
    b"/%ff%fe",
    b"/" + b"a/" * 5000,
]


@pytest.mark.parametrize("target", TRICKS, ids=lambda target: target[:24].decode())
@pytest.mark.parametrize("require_by_default", [True, False])
async def test_a_protected_handler_that_ran_had_a_user(
    sites: Sites, target: bytes, require_by_default: bool
) -> None:
    """security.md H09: whatever the path looks like."""
    site = await sites.open(require_by_default=require_by_default, public_paths=("/public",))

    answer = await site.client.get(target)

    # Some routers drop what is no UTF-8, and are at the open home page then.
    is_home = answer.status == 200 and b"/auth/sign-in" in answer.body and not require_by_default
    assert is_home or answer.status in (303, 307, 308, 400, 401, 404, 405)
    assert site.setup.entered == []


@pytest.mark.parametrize("path", ["/", "/optional", "/me", "/private", "/no/such/page", "/boom"])
async def test_require_by_default_turns_the_whole_app_private(sites: Sites, path: str) -> None:
    site = await sites.open(require_by_default=True)

    assert (await site.client.get(path)).reason == "missing"
    assert (await site.browser().visit(path)).status == 303
    assert (await site.signed_in().fetch(path)).status != 401


async def test_public_paths_and_our_own_pages_stay_open(sites: Sites) -> None:
    site = await sites.open(require_by_default=True, public_paths=("/optional", "/own-response"))

    assert (await site.client.get("/optional")).status == 200
    assert (await site.browser().visit("/auth/sign-in")).status == 200
    assert (await site.client.get("/own-responses")).status == 401
    assert (await site.client.get("/")).status == 401


async def test_require_by_default_keeps_a_websocket_shut(sites: Sites) -> None:
    site = await sites.open(require_by_default=True)
    site.needs_websocket()

    async with site.client.websocket("/ws") as socket:
        answer = await socket.open()

    assert (answer.status, site.setup.entered) == (401, [])


async def test_require_by_default_answers_an_outage_with_503(sites: Sites) -> None:
    site = await sites.open(require_by_default=True)
    ana = site.expired()
    site.emulator.fault("", status=503)

    answer = await ana.fetch("/optional")

    assert (answer.status, answer.reason) == (503, "unavailable")


async def test_a_stranger_gets_401_on_a_websocket(site: Site) -> None:
    site.needs_websocket()

    async with site.client.websocket("/ws") as socket:
        answer = await socket.open()

    assert answer.status == 401
    assert answer.header("www-authenticate") == "Bearer"
    assert site.everyone_who_entered("ws") == []


@pytest.mark.parametrize("path", ["/me", "/private", "/stream", "/sub/me"])
async def test_every_place_for_a_user_refuses_a_stranger(site: Site, path: str) -> None:
    answer = await site.client.get(path)

    assert (answer.status, answer.reason) == (401, "missing")
    assert site.setup.entered == []


async def test_a_session_that_scute_ended_is_refused_where_scute_is_asked(sites: Sites) -> None:
    site = await sites.open(check="remote")
    ana = site.signed_in()
    assert (await ana.fetch("/me")).status == 200
    site.emulator.state.sessions.revoke_all(ana.user_id)

    answer = await ana.fetch("/me")

    assert (answer.status, answer.reason) == (401, "revoked")
    assert all(cookie.is_cleared for cookie in answer.set_cookies.values())
    assert site.cookie("access") in answer.set_cookies


async def test_where_scute_is_asked_an_outage_is_503(sites: Sites) -> None:
    site = await sites.open(check="remote")
    ana = site.signed_in()
    assert (await ana.fetch("/me")).status == 200
    site.emulator.fault("/current_user", status=503)

    answer = await ana.fetch("/me")

    assert answer.status == 503
    assert not answer.set_cookies
