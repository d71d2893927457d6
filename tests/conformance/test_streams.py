"""Streams turn by turn: servers go from one to another, in one thread or in many (P01)."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

from tests.conformance.browser import Browser
from tests.conformance.client import Exchange
from tests.conformance.site import Site
from tests.conformance.wsgi_driver import WsgiDriver


def in_one_thread(site: Site) -> Site:
    """The same site behind a server with one thread; an event loop is one already."""
    driver = site.driver
    return replace(site, driver=driver.in_one_thread()) if isinstance(driver, WsgiDriver) else site


def people(site: Site, number: int) -> list[Browser]:
    return [site.signed_in(f"user{index}@example.com") for index in range(number)]


async def stream_of(stack: AsyncExitStack, site: Site, person: Browser) -> Exchange:
    headers = {"cookie": person.jar.header()}
    return await stack.enter_async_context(site.client.stream("GET", "/stream", headers=headers))


async def test_streams_in_one_thread_never_see_each_others_user(site: Site) -> None:
    site = in_one_thread(site)
    all_of_them = people(site, 10)

    async with AsyncExitStack() as stack:
        streams = [await stream_of(stack, site, person) for person in all_of_them]
        for stream in streams:
            assert await stream.chunk() == b"first\n"
        rests = [await stream.rest() for stream in reversed(streams)]

    assert [rest.text for rest in reversed(rests)] == [person.user_id for person in all_of_them]
    assert [rest.left_behind for rest in rests] == [None] * 10


async def test_between_two_pieces_of_a_stream_its_thread_is_a_strangers(site: Site) -> None:
    site = in_one_thread(site)
    ana, eve = people(site, 2)

    async with AsyncExitStack() as stack:
        stream = await stream_of(stack, site, ana)
        await stream.chunk()
        stranger = await site.client.get("/optional")
        other = await eve.fetch("/me")
        refused = await site.client.get("/stream")
        rest = await stream.rest()

    assert stranger.json == {"user_id": None}
    assert other.json == {"user_id": eve.user_id}
    assert refused.reason == "missing"
    assert rest.text == ana.user_id
    assert {a.left_behind for a in (stranger, other, refused, rest)} == {None}


async def test_a_stream_that_is_left_leaves_nobody_in_its_thread(site: Site) -> None:
    site = in_one_thread(site)
    (ana,) = people(site, 1)

    async with AsyncExitStack() as stack:
        stream = await stream_of(stack, site, ana)
        await stream.chunk()
        await stream.hang_up(cancels=True)
    stranger = await site.client.get("/optional")

    assert stranger.json == {"user_id": None}
    assert stranger.left_behind is None


async def test_streams_at_once_never_see_each_others_user(site: Site) -> None:
    everybody = people(site, 50)
    site.setup.gate.close()

    async with AsyncExitStack() as stack:
        streams = [await stream_of(stack, site, person) for person in everybody]
        firsts = await asyncio.gather(*(stream.chunk() for stream in streams))
        resting = [asyncio.create_task(stream.rest()) for stream in streams]
        await site.settled()
        site.setup.gate.open()
        rests = await asyncio.gather(*resting)

    assert firsts == [b"first\n"] * 50
    assert [rest.text for rest in rests] == [person.user_id for person in everybody]
    assert {rest.left_behind for rest in rests} == {None}
