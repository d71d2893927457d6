"""One refresh for all who need it, and nobody signed out by it (security.md A5)."""

import asyncio
from typing import Any

import pytest

from tests.conformance.opening import Sites
from tests.conformance.site import Site

ROTATIONS = pytest.mark.parametrize(
    "rotation",
    [{}, {"rotate_refresh": True}, {"rotate_refresh": True, "reuse_revokes": True}],
    ids=["no rotation", "rotation", "reuse revokes"],
)


@ROTATIONS
@pytest.mark.parametrize("visitors", [2, 50, 200])
async def test_many_requests_with_the_same_expired_cookies_make_one_refresh(
    site: Site, rotation: dict[str, Any], visitors: int
) -> None:
    """security.md R01."""
    site.emulator.settings(**rotation)
    await site.warm()
    ana = site.expired()
    cookies = {"cookie": ana.jar.header()}
    site.scute_is_slow("/tokens/refresh")

    asking = [asyncio.create_task(site.client.get("/me", headers=cookies)) for _ in range(visitors)]
    await site.in_flight()
    site.waits.open()
    answers = await asyncio.gather(*asking)

    assert [answer.status for answer in answers] == [200] * visitors
    assert {answer.json["user_id"] for answer in answers} == {ana.user_id}
    assert site.calls("/tokens/refresh") == 1
    pairs = {tuple(sorted((n, c.value) for n, c in a.set_cookies.items())) for a in answers}
    assert len(pairs) == 1
    for answer in answers:
        ana.take(answer)
    assert (await ana.fetch("/me")).status == 200
    assert site.calls("/tokens/refresh") == 1


@ROTATIONS
async def test_whoever_comes_late_with_the_old_cookies_gets_the_same_session(
    site: Site, rotation: dict[str, Any]
) -> None:
    site.emulator.settings(**rotation)
    ana = site.expired()
    old = ana.jar.header()
    first = await ana.fetch("/me")

    site.clock.now += 10
    late = await site.client.get("/me", headers={"cookie": old})

    assert late.status == 200
    assert {n: c.value for n, c in late.set_cookies.items()} == {
        n: c.value for n, c in first.set_cookies.items()
    }
    assert site.calls("/tokens/refresh") == 1


@ROTATIONS
async def test_two_processes_make_one_refresh(sites: Sites, rotation: dict[str, Any]) -> None:
    """security.md R02: two workers with nothing in common but the store."""
    one = await sites.open()
    two = await sites.open(beside=one)
    one.emulator.settings(**rotation)
    await one.warm()
    await two.warm()
    ana = one.expired()
    cookies = {"cookie": ana.jar.header()}
    one.scute_is_slow("/tokens/refresh")

    asking = [
        asyncio.create_task(site.client.get("/me", headers=cookies)) for site in (one, two) * 5
    ]
    await one.in_flight()
    one.waits.open()
    answers = await asyncio.gather(*asking)

    assert [answer.status for answer in answers] == [200] * 10
    assert one.calls("/tokens/refresh") == 1


@ROTATIONS
@pytest.mark.parametrize("cancels", [True, False], ids=["cancelled", "told"])
async def test_a_client_that_hangs_up_during_a_refresh_costs_nobody_the_session(
    site: Site, rotation: dict[str, Any], cancels: bool
) -> None:
    """security.md P04: the one who began the refresh goes; whoever waits for it gets it."""
    site.emulator.settings(**rotation)
    await site.warm()
    ana = site.expired()
    cookies = {"cookie": ana.jar.header()}
    site.scute_is_slow("/tokens/refresh")

    async with site.client.stream("GET", "/me", headers=cookies) as leaving:
        await site.in_flight()
        waiting = asyncio.create_task(site.client.get("/me", headers=cookies))
        await site.settled()
        await leaving.hang_up(cancels=cancels)
        site.waits.open()
        waited = await waiting

    late = await site.client.get("/me", headers=cookies)
    assert (waited.status, late.status) == (200, 200)
    assert site.calls("/tokens/refresh") == 1


async def test_a_refresh_that_everybody_left_is_there_for_the_next_request(site: Site) -> None:
    site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
    await site.warm()
    ana = site.expired()
    site.scute_is_slow("/tokens/refresh")

    async with site.client.stream("GET", "/me", headers={"cookie": ana.jar.header()}) as leaving:
        await site.in_flight()
        await leaving.hang_up(cancels=True)
    site.waits.open()
    await site.settled()

    assert (await ana.fetch("/me")).status == 200
    assert site.calls("/tokens/refresh") == 1


async def test_two_users_refresh_at_once_and_each_stays_himself(site: Site) -> None:
    people = [site.expired(f"user{number}@example.com") for number in range(20)]

    answers = await asyncio.gather(*(person.fetch("/me") for person in people))

    assert [a.json["user_id"] for a in answers] == [person.user_id for person in people]
    assert site.calls("/tokens/refresh") == 20


async def test_a_missing_access_cookie_is_refreshed(site: Site) -> None:
    ana = site.without_access()

    answer = await ana.fetch("/me")

    assert answer.json == {"user_id": ana.user_id}
    assert set(answer.set_cookies) == {site.cookie("access")}


async def test_an_access_token_is_renewed_shortly_before_its_end(site: Site) -> None:
    ana = site.signed_in(access_lifetime=61)

    early = await ana.fetch("/me")
    site.clock.now += 2
    due = await ana.fetch("/me")

    assert not early.set_cookies
    assert site.cookie("access") in due.set_cookies
    assert site.calls("/tokens/refresh") == 1


async def test_a_short_lived_token_is_renewed_in_its_last_quarter(site: Site) -> None:
    site.emulator.settings(access_lifetime=120, emit_iat=True)
    ana = site.signed_in()

    site.clock.now += 85
    early = await ana.fetch("/me")
    site.clock.now += 10
    due = await ana.fetch("/me")

    assert not early.set_cookies
    assert due.set_cookies


@pytest.mark.parametrize("method", ["OPTIONS"])
async def test_a_preflight_refreshes_nothing(site: Site, method: str) -> None:
    """security.md R08."""
    ana = site.expired()

    answer = await ana.fetch("/me", method)

    assert not answer.set_cookies
    assert site.calls("/tokens/refresh") == 0


async def test_head_counts_as_get(site: Site) -> None:
    ana = site.expired()

    answer = await ana.fetch("/optional", "HEAD")

    assert answer.set_cookies
    assert site.calls("/tokens/refresh") == 1


async def test_on_exempt_paths_nothing_is_read_or_written(sites: Sites) -> None:
    site = await sites.open(exempt_paths=("/optional",))
    ana = site.expired()

    answer = await ana.fetch("/optional")

    assert answer.json == {"user_id": None}
    assert not answer.set_cookies
    assert answer.header("vary") is None
    assert answer.header("cache-control") is None
    assert site.emulator.calls() == []


async def test_a_request_that_fails_csrf_refreshes_nothing(site: Site) -> None:
    ana = site.expired()

    headers = {"cookie": ana.jar.header(), "sec-fetch-site": "cross-site"}
    answer = await site.client.post("/notes", headers=headers)

    assert answer.status == 403
    assert not answer.set_cookies
    assert site.calls("/tokens/refresh") == 0


@pytest.mark.parametrize("status", [401, 403])
async def test_only_an_explicit_no_ends_the_session(site: Site, status: int) -> None:
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", status=status)

    answer = await ana.fetch("/me")

    assert (answer.status, answer.reason) == (401, "refresh_rejected")
    assert {name for name, cookie in answer.set_cookies.items() if cookie.is_cleared} == {
        site.cookie(purpose) for purpose in ("access", "refresh", "signin", "proof")
    }
    assert not ana.jar.all()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_firewalls_page_ends_nobodys_session(site: Site, status: int) -> None:
    """security.md R03: what blocks us for a while is not Scute."""
    await site.warm()
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", status=status, body="<html>Blocked</html>", times=1)

    answer = await ana.fetch("/me")

    assert answer.status == 401
    assert not answer.set_cookies
    assert (await ana.fetch("/me")).json == {"user_id": ana.user_id}


async def test_a_refused_refresh_token_is_not_asked_about_again(site: Site) -> None:
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", status=401)
    cookies = {"cookie": ana.jar.header()}

    for _ in range(5):
        assert (await site.client.get("/me", headers=cookies)).status == 401

    assert site.calls("/tokens/refresh") == 1


@pytest.mark.parametrize("status", [400, 404, 409, 422, 200, 204, 302])
async def test_any_other_answer_signs_out_this_request_and_keeps_the_cookies(
    site: Site, status: int
) -> None:
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", status=status)

    answer = await ana.fetch("/me")

    assert (answer.status, answer.reason) == (401, "refresh_rejected")
    assert not answer.set_cookies


@pytest.mark.parametrize(
    "answered", ["another user", "another app", "forged", "expired", "cr lf", "huge", "semicolon"]
)
async def test_a_refresh_that_answers_the_wrong_token_signs_nobody_in(
    site: Site, answered: str
) -> None:
    """security.md R05: it is verified before it is used or stored."""
    ana = site.expired()
    eve = site.tokens("eve@example.com")["access"]
    other = site.emulator.create_app()
    tokens = {
        "another user": eve,
        "another app": site.emulator.create_session("ana@example.com", app_id=other.id)["access"],
        "forged": eve[:-8] + eve[-8:][::-1],
        "expired": site.tokens(user_id=ana.user_id, access_lifetime=-3600)["access"],
        "cr lf": "a.b.c\\r\\nset-cookie: x=y",
        "huge": "a.b." + "c" * 200_000,
        "semicolon": "a.b.c; Domain=evil.example",
    }
    body = f'{{"access": "{tokens[answered]}"}}'
    site.emulator.fault("/tokens/refresh", status=200, body=body)

    answer = await ana.fetch("/me")

    assert (answer.status, answer.reason) == (401, "refresh_rejected")
    assert not answer.set_cookies


async def test_a_new_refresh_token_is_taken(site: Site) -> None:
    site.emulator.settings(rotate_refresh=True)
    ana = site.expired()
    old = ana.jar.get(site.cookie("refresh"))

    answer = await ana.fetch("/me")

    written = answer.set_cookies[site.cookie("refresh")]
    assert written.value not in ("", old)
    assert written.max_age == 604_800


async def test_a_session_that_was_revoked_ends_at_its_next_refresh(site: Site) -> None:
    """security.md R09."""
    ana = site.expired()
    site.emulator.state.sessions.revoke_all(ana.user_id)

    answer = await ana.fetch("/me")

    assert (answer.status, answer.reason) == (401, "refresh_rejected")


@pytest.mark.parametrize("skew", [-300, 300])
async def test_a_clock_that_is_off_makes_no_refresh_loop(site: Site, skew: int) -> None:
    """security.md R10: one refresh at the most for a burst of requests."""
    ana = site.expired()
    await ana.fetch("/me")
    before = site.calls("/tokens/refresh")

    site.clock.now += skew
    for _ in range(10):
        await ana.fetch("/me")

    assert site.calls("/tokens/refresh") - before <= 1
    assert (await ana.fetch("/me")).status == 200


@pytest.mark.parametrize(("old", "new"), [(3600, 300), (300, 3600), (3600, 604_800)])
async def test_another_access_lifetime_at_scute_signs_nobody_out(
    site: Site, old: int, new: int
) -> None:
    site.emulator.settings(access_lifetime=old)
    ana = site.signed_in()
    assert (await ana.fetch("/me")).status == 200
    await site.settled()

    site.emulator.settings(access_lifetime=new)
    later = site.signed_in("bob@example.com")
    site.clock.now += 100

    assert (await ana.fetch("/me")).status == 200
    assert (await later.fetch("/me")).status == 200
