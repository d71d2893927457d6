"""A refreshed session's cookies arrive on every answer, as browsers want them (H13-H15, R07)."""

import asyncio

import pytest

from tests.conformance.opening import Sites
from tests.conformance.site import Site


async def test_a_refreshed_session_is_written_as_browsers_want_it(site: Site) -> None:
    """security.md H14."""
    site.emulator.settings(rotate_refresh=True)
    ana = site.expired()

    written = (await ana.fetch("/me")).set_cookies

    assert set(written) == {"__Host-scute-access__app_demo", "__Host-scute-refresh__app_demo"}
    for cookie in written.values():
        attributes = {name: text for name, text in cookie.attributes.items() if name != "max-age"}
        assert attributes == {"path": "/", "secure": "", "httponly": "", "samesite": "Lax"}
    assert written[site.cookie("access")].max_age == 3600
    assert written[site.cookie("refresh")].max_age == 604_800


async def test_an_answer_that_sets_our_cookies_is_never_stored(site: Site) -> None:
    """security.md H15."""
    answer = await site.expired().fetch("/optional")

    assert answer.header("cache-control") == "private, no-store"
    assert answer.header("vary") == "Cookie"


@pytest.mark.parametrize("is_signed_in", [True, False])
async def test_an_answer_that_only_read_who_asks_is_private(site: Site, is_signed_in: bool) -> None:
    """security.md H15: also for a stranger, for the next one may be somebody."""
    person = site.signed_in() if is_signed_in else site.browser()

    answer = await person.fetch("/optional")

    assert answer.header("cache-control") == "private"
    assert answer.header("vary") == "Cookie"


async def test_the_apps_own_caching_stands_where_we_set_no_cookie(site: Site) -> None:
    answer = await site.signed_in().fetch("/own-response?cache-control=max-age%3D60")

    assert answer.header("cache-control") == "max-age=60"
    assert answer.header("vary") == "Cookie"


async def test_the_apps_own_caching_yields_where_we_set_a_cookie(site: Site) -> None:
    """security.md R07."""
    answer = await site.expired().fetch("/own-response?cache-control=public%2C+max-age%3D60")

    assert answer.set_cookies
    assert answer.header("cache-control") == "private, no-store"


@pytest.mark.parametrize(
    ("theirs", "all_of_it"),
    [
        ("Accept-Encoding", "Accept-Encoding, Cookie"),
        ("cookie, Origin", "cookie, Origin"),
        ("*", "*"),
    ],
)
async def test_the_apps_own_vary_is_kept(site: Site, theirs: str, all_of_it: str) -> None:
    """In one line or in two: RFC 9110 section 5.3."""
    answer = await site.signed_in().fetch(f"/own-response?vary={theirs.replace(', ', '%2C+')}")

    assert ", ".join(answer.all("vary")) == all_of_it


async def test_the_handlers_own_cookie_of_our_name_wins(site: Site) -> None:
    """security.md R07: a handler that ends the session is not overruled by a refresh."""
    name = site.cookie("access")
    cleared = f"{name}%3D%3B+Path%3D%2F%3B+Secure%3B+Max-Age%3D0"

    answer = await site.expired().fetch(f"/own-response?set-cookie={cleared}")

    assert [c.is_cleared for c in answer.set_cookies.values() if c.name == name] == [True]


async def test_the_handlers_other_cookies_stand_beside_ours(site: Site) -> None:
    answer = await site.expired().fetch("/own-response?set-cookie=theme%3Ddark")

    assert set(answer.set_cookies) == {"theme", site.cookie("access")}


@pytest.mark.parametrize("path", ["/", "/me", "/optional", "/private", "/own-response", "/sub/me"])
async def test_refreshed_cookies_arrive_on(site: Site, path: str) -> None:
    ana = site.expired()

    answer = await ana.fetch(path)

    assert answer.status == 200
    assert site.cookie("access") in answer.set_cookies
    assert (await ana.fetch("/me")).status == 200
    assert site.calls("/tokens/refresh") == 1


async def test_refreshed_cookies_arrive_on_a_post(site: Site) -> None:
    answer = await site.expired().fetch("/notes", "POST")

    assert answer.status == 201
    assert site.cookie("access") in answer.set_cookies


async def test_refreshed_cookies_arrive_on_a_missing_page(site: Site) -> None:
    answer = await site.expired().fetch("/no/such/page")

    assert answer.status == 404
    assert site.cookie("access") in answer.set_cookies


async def test_refreshed_cookies_arrive_on_an_error_of_the_app(site: Site) -> None:
    ana = site.expired()

    answer = await ana.fetch("/boom")

    assert answer.status == 500
    assert site.cookie("access") in answer.set_cookies
    assert answer.header("cache-control") == "private, no-store"
    assert b"Traceback" not in answer.body


async def test_refreshed_cookies_arrive_on_a_stream_before_it_ends(site: Site) -> None:
    ana = site.expired()
    site.setup.gate.close()

    async with site.client.stream("GET", "/stream", headers={"cookie": ana.jar.header()}) as stream:
        head = await stream.head()
        first = await stream.chunk()
        site.setup.gate.open()
        rest = [await stream.chunk(), await stream.chunk()]

    assert site.cookie("access") in head.set_cookies
    assert [first, *rest] == [b"first\n", ana.user_id.encode(), None]


async def test_refreshed_cookies_arrive_on_a_websocket(site: Site) -> None:
    site.needs_websocket()
    ana = site.expired()

    async with ana.websocket() as socket:
        handshake = await socket.open()
        said = await socket.receive()

    assert handshake.accepted
    assert site.cookie("access") in handshake.set_cookies
    assert ana.user_id in said


@pytest.mark.parametrize("path", ["/me", "/sub/me"])
async def test_refreshed_cookies_arrive_under_a_root_path(sites: Sites, path: str) -> None:
    site = await sites.open(root_path="/app")
    ana = site.expired()

    answer = await ana.fetch(path)

    assert answer.json == {"user_id": ana.user_id}
    assert answer.set_cookies[site.cookie("access")].attributes["path"] == "/"


async def test_a_client_that_hangs_up_a_stream_leaves_nothing_behind(site: Site) -> None:
    ana = site.expired()
    site.setup.gate.close()

    async with site.client.stream("GET", "/stream", headers={"cookie": ana.jar.header()}) as stream:
        await stream.chunk()
        await stream.hang_up(cancels=True)

    site.setup.gate.open()
    assert (await ana.fetch("/me")).status == 200


async def test_a_session_too_large_for_a_browser_is_said_in_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """security.md H14: never a silent drop."""
    ana = site.expired(claims={"note": "x" * 4000})

    answer = await ana.fetch("/me")

    assert answer.status == 200
    assert any("too large" in record.getMessage() for record in caplog.records)


async def test_at_once_each_answer_carries_its_own_cookies(site: Site) -> None:
    people = [site.expired(f"user{number}@example.com") for number in range(10)]

    answers = await asyncio.gather(*(person.fetch("/own-response") for person in people))

    written = [answer.set_cookies[site.cookie("access")].value for answer in answers]
    assert len(set(written)) == 10
    for person in people:
        assert (await person.fetch("/me")).json == {"user_id": person.user_id}
