"""Machine tokens: three kinds of one session, good at their own app until they end."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Api, Clock, claims_of

M2M = "/v1/apps/app_demo/m2m"
KINDS = ["access", "short_token"]


@pytest.fixture
def machine(api: Api) -> dict[str, Any]:
    body: dict[str, Any]
    _, body = api("POST", f"{M2M}/token", {"client_name": "billing"}, authorization=api.secret)
    return body


def verify(api: Api, token: str, app: str = "app_demo") -> int:
    return api("GET", f"/v1/apps/{app}/m2m/verify", authorization=f"Bearer {token}")[0]


def test_the_token_says_that_it_is_a_machines(machine: dict[str, Any]) -> None:
    claims = claims_of(machine["access"])

    assert (claims["m2m"], claims["client_name"], claims["aid"]) == (True, "billing", "app_demo")
    assert "uuid" not in claims
    assert machine["short_token"].startswith("scm2m_")


def test_a_machine_needs_a_name(api: Api) -> None:
    status, body = api("POST", f"{M2M}/token", {}, authorization=api.secret)

    assert (status, body["error_code"]) == (400, "client_name_required")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_good_at_its_own_app_until_it_is_revoked(
    emulator: Emulator, api: Api, machine: dict[str, Any], kind: str
) -> None:
    other = emulator.create_app()

    assert verify(api, machine[kind]) == 200
    assert verify(api, machine[kind], other.id) == 401
    emulator.revoke_machines("billing")
    assert verify(api, machine[kind]) == 401


def test_only_this_machine_is_revoked(
    emulator: Emulator, api: Api, machine: dict[str, Any]
) -> None:
    emulator.revoke_machines("reports")

    assert verify(api, machine["access"]) == 200


def test_it_ends(api: Api, machine: dict[str, Any], clock: Clock) -> None:
    clock.now += 3600

    assert verify(api, machine["access"]) == 401


def test_the_refresh_token_refreshes_and_verifies_nothing(
    api: Api, machine: dict[str, Any]
) -> None:
    bearer = f"Bearer {machine['refresh']}"

    status, body = api("POST", f"{M2M}/refresh", authorization=bearer)

    assert (status, verify(api, body["access"])) == (200, 200)
    assert verify(api, machine["refresh"]) == 401


def test_without_refresh_tokens_none_is_given(emulator: Emulator) -> None:
    emulator.settings(refresh_payload=False, iso_times=False, uid_is_session=True, emit_iat=True)

    tokens = emulator.create_machine(access_lifetime=60)

    claims = claims_of(tokens["access"])
    assert "refresh" not in tokens
    assert tokens["access_expires_at"] == claims["exp"] == 1_800_000_060
    assert claims["iat"] == 1_800_000_000
    assert emulator.state.machines.of("app_demo")[0].id == claims["uid"]


def test_a_users_token_is_no_machines(
    emulator: Emulator, api: Api, machine: dict[str, Any]
) -> None:
    access = emulator.create_session("ana@example.com")["access"]

    assert verify(api, access) == 401
    assert api("GET", "A/current_user", x_authorization=machine["access"])[0] == 401


def test_the_sessions_of_an_app_are_listed(
    emulator: Emulator, api: Api, machine: dict[str, Any]
) -> None:
    emulator.create_machine("elsewhere", app_id=emulator.create_app().id)
    emulator.revoke_machines("billing")

    _, body = api("GET", f"{M2M}/sessions", authorization=api.secret)

    assert [(one["client_name"], one["status"]) for one in body["sessions"]] == [("billing", False)]
