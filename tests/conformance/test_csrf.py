"""Only our own pages, trusted origins and programs may use a cookie to change something."""

import pytest

from tests.conformance.client import Response
from tests.conformance.opening import Sites
from tests.conformance.site import Site

PASSES = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "same-origin", "origin": "https://app.test"},
    {"origin": "https://app.test"},
    {"origin": "https://partner.test"},
    {"sec-fetch-site": "cross-site", "origin": "https://partner.test"},
    {},
]
FAILS = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "same-site", "origin": "https://app.test"},
    {"sec-fetch-site": "cross-site", "origin": "https://app.test"},
    {"sec-fetch-site": "cross-site", "origin": "null"},
    {"sec-fetch-site": "Same-Origin"},
    {"sec-fetch-site": "same-origin, cross-site"},
    {"sec-fetch-site": ""},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://app.test"},
    {"origin": "https://app.test:8443"},
    {"origin": "https://app.test.evil.example"},
    {"origin": "https://evil.example"},
    {"origin": "https://APP.test/"},
    {"origin": "https://blog.app.test"},
    {"origin": "https://app.test\xa0"},
]


async def note(site: Site, headers: dict[str, str], method: str = "POST") -> Response:
    cookies = site.signed_in().jar.header()
    return await site.client.request(method, "/notes", headers={"cookie": cookies, **headers})


@pytest.mark.parametrize("headers", PASSES, ids=str)
async def test_our_own_pages_trusted_origins_and_programs_may_post(
    sites: Sites, headers: dict[str, str]
) -> None:
    """security.md H10."""
    site = await sites.open(trusted_origins=("https://partner.test",))

    assert (await note(site, headers)).status == 201


@pytest.mark.parametrize("headers", FAILS, ids=str)
async def test_a_cross_site_post_does_not_reach_the_handler(
    sites: Sites, headers: dict[str, str]
) -> None:
    """security.md H10: the allow-list is the settings', `same-site` is not `same-origin`."""
    site = await sites.open(trusted_origins=("https://partner.test",))

    answer = await note(site, headers)

    assert (answer.status, answer.reason) == (403, "csrf")
    assert not answer.set_cookies
    assert site.everyone_who_entered("notes") == []


async def test_the_public_origin_is_our_own_whatever_the_host_says(sites: Sites) -> None:
    site = await sites.open(public_origin="https://app.test")
    cookies = {"cookie": site.signed_in().jar.header(), "host": "evil.example"}

    ours = await site.client.post("/notes", headers={**cookies, "origin": "https://app.test"})
    theirs = await site.client.post("/notes", headers={**cookies, "origin": "https://evil.example"})

    assert (ours.status, theirs.status) == (201, 403)


async def test_a_token_in_a_header_is_never_hindered(site: Site) -> None:
    token = site.tokens()["access"]
    headers = {"authorization": f"Bearer {token}", "sec-fetch-site": "cross-site"}

    assert (await site.client.post("/notes", headers=headers)).status == 201


async def test_a_cross_site_get_is_not_hindered(site: Site) -> None:
    """A link from elsewhere leads to a page for the user; what a script may read is up to CORS."""
    ana = site.signed_in()

    assert (await ana.visit("/private", by="cross-site")).status == 200


@pytest.mark.parametrize("name", ["x-http-method-override", "x-method-override"])
async def test_no_header_turns_a_post_into_something_safe(site: Site, name: str) -> None:
    """security.md H08."""
    answer = await note(site, {"sec-fetch-site": "cross-site", name: "GET"})

    assert answer.status == 403


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "post", "PROPFIND", "CONNECT"])
async def test_every_method_that_is_not_safe_is_checked(site: Site, method: str) -> None:
    ana = site.expired()
    headers = {"cookie": ana.jar.header(), "sec-fetch-site": "cross-site"}

    await site.client.request(method, "/optional", headers=headers)

    assert site.calls("/tokens/refresh") == 0


@pytest.mark.parametrize(
    "headers",
    [headers for headers in FAILS if "origin" in headers and "sec-fetch-site" not in headers],
    ids=str,
)
async def test_a_websocket_from_another_origin_is_refused_before_it_is_accepted(
    site: Site, headers: dict[str, str]
) -> None:
    """security.md H11."""
    site.needs_websocket()
    cookies = {"cookie": site.expired().jar.header()}

    async with site.client.websocket("/ws", headers={**cookies, **headers}) as socket:
        answer = await socket.open()

    assert answer.status == 403
    assert not answer.set_cookies
    assert site.everyone_who_entered("ws") == []
    assert site.calls("/tokens/refresh") == 0


async def test_a_websocket_knows_its_user(site: Site) -> None:
    site.needs_websocket()
    ana = site.signed_in()

    async with ana.websocket() as socket:
        assert (await socket.open()).accepted
        assert ana.user_id in await socket.receive()


@pytest.mark.parametrize("where", ["query", "subprotocol"])
async def test_a_token_elsewhere_in_a_handshake_is_neither_read_nor_repeated(
    site: Site, where: str
) -> None:
    """security.md H11."""
    site.needs_websocket()
    token = site.tokens()["access"]
    path = f"/ws?access_token={token}" if where == "query" else "/ws"
    headers = {"sec-websocket-protocol": token} if where == "subprotocol" else {}

    async with site.client.websocket(path, headers=headers) as socket:
        answer = await socket.open()

    assert answer.status == 401
    assert all(token.encode() not in value for _, value in answer.headers)
