"""An outage at Scute signs nobody out (design: three verdicts; security.md R03, R04, K02, K03)."""

from typing import Any

import pytest

from tests.conformance.site import Site

OUTAGES = pytest.mark.parametrize(
    "outage",
    [{"status": status} for status in (500, 502, 503, 504, 408, 425, 429)]
    + [{"drop": True}, {"drop": True, "after": True}, {"delay": 60.0}],
    ids=str,
)


@OUTAGES
async def test_an_expired_session_gets_503_and_keeps_its_cookies(
    site: Site, outage: dict[str, Any]
) -> None:
    await site.warm()
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", **outage)

    answer = await ana.fetch("/me")

    assert (answer.status, answer.reason) == (503, "unavailable")
    assert int(answer.header("retry-after") or 0) >= 1
    assert not answer.set_cookies


@OUTAGES
async def test_a_page_for_everyone_still_works_in_an_outage(
    site: Site, outage: dict[str, Any]
) -> None:
    await site.warm()
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", **outage)

    answer = await ana.fetch("/optional")

    assert (answer.status, answer.json) == (200, {"user_id": None})
    assert not answer.set_cookies


@OUTAGES
async def test_an_early_refresh_that_fails_serves_the_token_that_is_still_good(
    site: Site, outage: dict[str, Any]
) -> None:
    await site.warm()
    ana = site.signed_in(access_lifetime=30)
    site.emulator.fault("/tokens/refresh", **outage)

    answer = await ana.fetch("/me")

    assert answer.json == {"user_id": ana.user_id}
    assert not answer.set_cookies
    assert site.calls("/tokens/refresh") <= 1


@pytest.mark.parametrize("status", [401, 403])
async def test_an_early_refresh_that_is_refused_serves_the_token_that_is_still_good(
    site: Site, status: int
) -> None:
    ana = site.signed_in(access_lifetime=30)
    site.emulator.fault("/tokens/refresh", status=status)

    answer = await ana.fetch("/me")

    assert answer.json == {"user_id": ana.user_id}


async def test_a_person_sees_a_page_in_an_outage(site: Site) -> None:
    await site.warm()
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", status=503)

    answer = await ana.visit("/private")

    assert answer.status == 503
    assert (answer.header("content-type") or "").startswith("text/html")
    assert answer.header("retry-after")
    assert not answer.set_cookies


async def test_a_websocket_is_refused_with_503_in_an_outage(site: Site) -> None:
    site.needs_websocket()
    await site.warm()
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", status=503)

    async with ana.websocket() as socket:
        answer = await socket.open()

    assert answer.status == 503
    assert not answer.set_cookies


async def test_the_session_goes_on_when_scute_is_back(site: Site) -> None:
    await site.warm()
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", status=503)
    assert (await ana.fetch("/me")).status == 503

    site.emulator.clear_faults()

    assert (await ana.fetch("/me")).json == {"user_id": ana.user_id}


async def test_a_refresh_is_never_sent_again(site: Site) -> None:
    """security.md R04: nobody knows whether the lost answer had used the token up."""
    await site.warm()
    ana = site.expired()
    site.emulator.fault("/tokens/refresh", status=503)

    await ana.fetch("/me")

    assert site.calls("/tokens/refresh") == 1


async def test_warm_keys_keep_serving_through_an_outage(site: Site) -> None:
    """security.md K02: an hour long, though the keys are fresh for ten minutes only."""
    await site.warm()
    ana = site.tokens(access_lifetime=3500)
    site.emulator.fault("", status=503)
    headers = {"authorization": f"Bearer {ana['access']}"}

    for _ in range(11):
        site.clock.now += 300
        answer = await site.client.get("/me", headers=headers)
        await site.settled()
        assert answer.json == {"user_id": ana["user_id"]}


@pytest.mark.parametrize("credential", ["header", "cookies"])
async def test_a_cold_start_in_an_outage_answers_503_and_recovers_within_two_seconds(
    site: Site, credential: str
) -> None:
    """security.md K03: however long it lasted."""
    ana = site.signed_in()
    headers = {"cookie": ana.jar.header()}
    if credential == "header":
        headers = {"authorization": f"Bearer {ana.jar.get(site.cookie('access'))}"}
    site.emulator.fault("", status=503)
    for _ in range(60):
        site.clock.now += 1.0
        answer = await site.client.get("/me", headers=headers)
        assert (answer.status, answer.reason) == (503, "unavailable")
        assert not answer.set_cookies
        assert answer.header("retry-after")
        assert (await site.client.get("/optional", headers=headers)).json == {"user_id": None}

    site.emulator.clear_faults()
    site.clock.now += 2.0

    assert (await site.client.get("/me", headers=headers)).json == {"user_id": ana.user_id}


@pytest.mark.parametrize("is_missing", [True, False], ids=["missing", "expired"])
async def test_without_keys_no_refresh_token_is_spent(site: Site, is_missing: bool) -> None:
    """security.md K03: a cold process, keys out of reach, and a refresh that answers."""
    site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
    for path in ("/jwks.json", "/jwks"):
        site.emulator.fault(path, status=503)
    ana = site.without_access() if is_missing else site.expired()
    for _ in range(4):
        answer = await ana.fetch("/me")
        assert (answer.status, answer.reason) == (503, "unavailable")
        assert not answer.set_cookies
        site.clock.now += 15

    assert site.calls("/tokens/refresh") == 0
    site.emulator.clear_faults()
    assert (await ana.fetch("/me")).json == {"user_id": ana.user_id}


async def test_a_refresh_whose_keys_are_out_of_reach_is_not_lost(site: Site) -> None:
    site.emulator.settings(rotate_refresh=True, reuse_revokes=True)
    ana = site.expired()
    assert (await site.signed_in("bob@example.com").fetch("/me")).status == 200
    site.emulator.rotate_keys(keep_old=True)
    site.clock.now += 31
    site.emulator.fault("jwks.json", status=503)
    assert (await ana.fetch("/me")).status == 503

    site.emulator.clear_faults()
    site.clock.now += 5

    assert (await ana.fetch("/me")).json == {"user_id": ana.user_id}
    assert site.calls("/tokens/refresh") == 1


@pytest.mark.parametrize("path", ["/me", "/private", "/stream", "/notes", "/optional", "/"])
async def test_an_outage_is_never_a_401_or_a_500(site: Site, path: str) -> None:
    ana = site.expired()
    site.emulator.fault("", drop=True)

    answer = await ana.fetch(path, "POST" if path == "/notes" else "GET")

    assert answer.status == (200 if path in ("/optional", "/") else 503)
    assert not answer.set_cookies


async def test_a_stranger_is_asked_to_sign_in_during_an_outage_too(site: Site) -> None:
    site.emulator.fault("", drop=True)

    assert (await site.client.get("/me")).reason == "missing"
