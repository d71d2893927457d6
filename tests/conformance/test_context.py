"""Each request knows its own user, and nobody knows him afterwards (security.md P01)."""

import asyncio

import pytest

from tests.conformance.site import Site


@pytest.mark.parametrize(
    "path", ["/me", "/optional", "/boom", "/own-response", "/stream", "/private", "/auth/session"]
)
@pytest.mark.parametrize("is_signed_in", [True, False])
async def test_nothing_of_a_request_is_left_behind(
    site: Site, path: str, is_signed_in: bool
) -> None:
    person = site.signed_in() if is_signed_in else site.browser()

    answer = await person.fetch(path)

    assert answer.left_behind is None


async def test_two_streams_in_one_loop_never_see_each_others_user(site: Site) -> None:
    ana, eve = site.signed_in("ana@example.com"), site.signed_in("eve@example.com")
    site.setup.gate.close()
    cookies = [{"cookie": person.jar.header()} for person in (ana, eve)]

    async with (
        site.client.stream("GET", "/stream", headers=cookies[0]) as first,
        site.client.stream("GET", "/stream", headers=cookies[1]) as second,
    ):
        assert await first.chunk() == b"first\n"
        assert await second.chunk() == b"first\n"
        site.setup.gate.open()
        assert await second.chunk() == eve.user_id.encode()
        assert await first.chunk() == ana.user_id.encode()


async def test_a_stream_is_sent_as_it_is_made(site: Site) -> None:
    ana = site.signed_in()
    site.setup.gate.close()

    async with site.client.stream("GET", "/stream", headers={"cookie": ana.jar.header()}) as stream:
        assert await stream.chunk() == b"first\n"
        assert site.setup.gate.visitors <= 1
        site.setup.gate.open()
        assert await stream.chunk() == ana.user_id.encode()


async def test_a_hundred_users_at_once_are_never_mixed_up(site: Site) -> None:
    people = [site.signed_in(f"user{number}@example.com") for number in range(100)]
    strangers = [site.browser() for _ in range(20)]

    answers = await asyncio.gather(*(person.fetch("/me") for person in people * 3))
    open_to_all = await asyncio.gather(*(person.fetch("/optional") for person in strangers))

    assert [a.json["user_id"] for a in answers] == [person.user_id for person in people * 3]
    assert {a.json["user_id"] for a in open_to_all} == {None}


async def test_a_stranger_after_a_user_is_a_stranger(site: Site) -> None:
    for number in range(3):
        person = site.signed_in(f"user{number}@example.com")
        assert (await person.fetch("/optional")).json == {"user_id": person.user_id}
        assert (await site.client.get("/optional")).json == {"user_id": None}


async def test_a_mounted_app_knows_the_user(site: Site) -> None:
    ana = site.signed_in()

    assert (await ana.fetch("/sub/me")).json == {"user_id": ana.user_id}
