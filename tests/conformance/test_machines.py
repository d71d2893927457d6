"""Machines at places for users: known by their own tokens, and never taken for somebody."""

import pytest

from tests.conformance.opening import Sites
from tests.conformance.site import Site

KINDS = pytest.mark.parametrize("kind", ["access", "short_token"])


def machine(site: Site, kind: str, app_id: str | None = None) -> str:
    tokens = site.emulator.create_machine("billing", app_id=app_id or site.config.app_id)
    site.secrets.add(*(tokens[name] for name in ("access", "refresh", "short_token", "csrf")))
    token: str = tokens[kind]
    return token


@KINDS
async def test_a_machine_is_no_user(site: Site, kind: str) -> None:
    headers = {"authorization": f"Bearer {machine(site, kind)}"}

    answer = await site.client.get("/me", headers=headers)
    optional = await site.client.get("/optional", headers=headers)
    written = await site.client.post("/notes", headers=headers)

    assert (answer.status, answer.reason) == (written.status, written.reason) == (401, "not_a_user")
    assert 'error="invalid_token"' in (answer.header("www-authenticate") or "")
    assert optional.json == {"user_id": None}
    assert site.setup.entered == []


@KINDS
async def test_a_machines_token_in_a_cookie_is_nobodys(site: Site, kind: str) -> None:
    cookie = f"{site.cookie('access')}={machine(site, kind)}"

    answer = await site.client.get("/me", headers={"cookie": cookie})

    assert answer.status == 401
    assert answer.reason in ("not_a_user", "malformed")
    assert site.calls("/m2m/verify") == 0


async def test_an_outage_is_no_verdict_on_a_short_token(site: Site) -> None:
    site.emulator.fault("/m2m/verify", status=500)
    headers = {"authorization": f"Bearer {machine(site, 'short_token')}"}

    answer = await site.client.get("/me", headers=headers)

    assert (answer.status, answer.reason) == (503, "unavailable")
    assert answer.header("retry-after") == "1"


async def test_invented_short_tokens_ask_scute_sixty_times_in_a_minute(site: Site) -> None:
    answers = [
        await site.client.get("/me", headers={"authorization": f"Bearer scm2m_{number:08d}"})
        for number in range(70)
    ]

    assert [answer.reason for answer in answers] == ["revoked"] * 60 + ["unavailable"] * 10
    assert site.calls("/m2m/verify") == 60


async def test_where_all_is_private_a_machine_stays_out(sites: Sites) -> None:
    site = await sites.open(require_by_default=True)
    headers = {"authorization": f"Bearer {machine(site, 'access')}"}

    answer = await site.client.get("/optional", headers=headers)

    assert (answer.status, answer.reason) == (401, "not_a_user")
