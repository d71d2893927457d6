"""Each answer of the emulator against the protocol: method, path, credentials, response keys."""

import re
from typing import Any

import pytest

from scute_auth.api import ROWS as TABLE
from scute_auth.api import row as api_row
from scute_emulator.api.credentials import Credentials
from scute_emulator.api.routes import ROUTES
from tests.emulator.protocol_rows import ROWS, Row
from tests.emulator.protocol_world import World
from tests.emulator.support import Api

CHALLENGE = {
    "token", "status", "purpose", "method", "expires_at", "remaining_attempts", "time_remaining",
    "delivery_required", "metadata",
}  # fmt: skip
IDS = [f"{row.method} {row.path}" for row in ROWS]


@pytest.fixture
def world(api: Api) -> World:
    return World(api)


def send(world: World, row: Row, headers: dict[str, str]) -> tuple[int, Any]:
    if row.before is not None:
        row.before(world)
    made = row.body if row.make is None else row.make(world)
    body = made and {
        name: world.fill(value) if isinstance(value, str) else value for name, value in made.items()
    }
    query = row.query and {name: world.fill(value) for name, value in row.query.items()}
    return world.api(row.method, world.fill(row.path), body, query=query, headers=headers)


def names_of(body: Any) -> set[str]:
    return set() if isinstance(body, list) else set(body)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_the_documented_call_gets_the_documented_answer(world: World, row: Row) -> None:
    status, body = send(world, row, world.credentials(row.credentials))

    assert status == row.status
    assert names_of(body) == row.keys


PROTECTED = [row for row in ROWS if row.credentials]
LACKING = [(row, kind) for row in PROTECTED for kind in row.credentials]
LACKING_IDS = [f"{row.method} {row.path} {kind}" for row, kind in LACKING]


@pytest.mark.parametrize(("row", "kind"), LACKING, ids=LACKING_IDS)
def test_a_missing_credential_is_refused(world: World, row: Row, kind: str) -> None:
    status, body = send(world, row, world.credentials(row.credentials.replace(kind, "")))

    assert status == 401
    assert set(body) == {"error", "error_code"}


@pytest.mark.parametrize(("row", "kind"), LACKING, ids=LACKING_IDS)
def test_a_wrong_credential_is_refused(world: World, row: Row, kind: str) -> None:
    headers = world.credentials(row.credentials)
    wrong = {
        "K": ("authorization", "Bearer emulated_wrong"),
        "W": ("authorization", world.api.secret),
        "U": ("x_authorization", world.refresh),
        "R": ("x_refresh_token", world.access),
        "M": ("authorization", f"Bearer {world.access}"),
        "X": ("x_authorization", world.access),
    }
    if row.path == "/v1/apps":
        wrong["W"] = wrong["K"]

    status, body = send(world, row, {**headers, **dict([wrong[kind]])})

    assert status == 401
    assert set(body) == {"error", "error_code"}


SECRET_OF_ONE_APP = [row for row in PROTECTED if "K" in row.credentials and row.path != "/v1/apps"]


@pytest.mark.parametrize(
    "row", SECRET_OF_ONE_APP, ids=[f"{row.method} {row.path}" for row in SECRET_OF_ONE_APP]
)
def test_the_secret_of_another_app_is_refused(world: World, row: Row) -> None:
    other = world.api.emulator.create_app().secret

    status, body = send(world, row, {"authorization": f"Bearer {other}"})

    assert status == 403
    assert body["error"] == "API key not authorized for this app"


@pytest.mark.parametrize("kind", ["U", "R"])
def test_a_token_of_a_revoked_session_is_refused(world: World, kind: str) -> None:
    world.api("DELETE", "A/current_user", x_authorization=world.access)
    path = {"U": "A/tokens/verify/access", "R": "A/tokens/verify/refresh"}[kind]

    status, _ = world.api("POST", path, headers=world.credentials(kind))

    assert status == 401


@pytest.mark.parametrize("value", ["{}", "Bearer {}", "  bearer   {} "])
def test_an_access_token_is_taken_raw_and_as_bearer(world: World, value: str) -> None:
    status, _ = world.api("GET", "A/current_user", x_authorization=value.format(world.access))

    assert status == 200


def test_a_refresh_token_is_taken_from_authorization_too(world: World) -> None:
    status, _ = world.api("POST", "A/tokens/refresh", authorization=f"Bearer {world.refresh}")

    assert status == 200


def test_an_app_is_known_by_its_public_id_and_by_its_uuid(world: World) -> None:
    uuid = world.api.emulator.state.apps.first.uuid

    status, body = world.api("GET", f"/v1/apps/{uuid}")

    assert (status, body["id"]) == (200, "app_demo")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/auth/app_other/jwks", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("POST", "A/jwks", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_said_so(
    api: Api, method: str, path: str, status: int, code: str
) -> None:
    assert (status, code) == (
        (answer := api(method, path))[0],
        answer[1]["error_code"],
    )


def test_a_refusal_may_be_nested_as_older_clients_read_it(api: Api) -> None:
    api.emulator.settings(nested_errors=True)

    status, body = api("GET", "A/users")

    said = {"message": "The identifier is not valid", "code": "invalid_identifier"}
    assert (status, body) == (400, {"error": {**said, "slug": "invalid_identifier"}})


def test_every_route_has_its_row() -> None:
    def shape(path: str) -> list[str]:
        path = path.replace("A/", "/v1/auth/app_demo/", 1) if path.startswith("A/") else path
        return ["*" if part in ("app_demo", "{app}") else part for part in path.split("/")]

    rows = [(row.method, shape(row.path)) for row in ROWS]
    routes = [(route.method, shape(route.path)) for route in ROUTES]

    assert sorted(rows) == sorted(routes)


def outline(method: str, path: str) -> tuple[str, str]:
    return method, re.sub(r"\{[^}]+\}", "*", path)


KNOWN = {outline(route.method, route.path): route for route in ROUTES}
CERTAIN = [row for row in TABLE.values() if not row.is_experimental]


@pytest.mark.parametrize("row", CERTAIN, ids=[row.name for row in CERTAIN])
def test_all_that_is_documented_or_proven_is_answered(row: api_row.Row) -> None:
    """And asks for the credentials that the client sends."""
    route = KNOWN[outline(row.method, row.path)]

    assert FITTING[row.credentials] & {route.credentials}


C, K = api_row.Credential, Credentials
FITTING: dict[tuple[api_row.Credential, ...], set[Credentials]] = {
    (): {K.NONE},
    (C.USER,): {K.USER, K.PARTY},
    (C.CALLER,): {K.VERIFIER, K.PARTY},
    (C.MACHINE,): {K.MACHINE},
    (C.REFRESH,): {K.REFRESH},
    (C.SECRET,): {K.SECRET},
    (C.EITHER,): {K.SECRET},
    (C.SECRET, C.USER): {K.SECRET, K.USER},
    (C.SECRET, C.REFRESH): {K.SECRET},
    (C.WORKSPACE,): {K.WORKSPACE},
    (C.WORKSPACE, C.USER): {K.WORKSPACE},
}
"""Which of the routes' demands the client's credentials meet; the handler asks for the rest."""


def test_a_challenge_has_its_documented_fields(world: World) -> None:
    _, body = world.api("GET", f"A/challenges/{world.challenge}")

    assert set(body["challenge"]) == CHALLENGE
