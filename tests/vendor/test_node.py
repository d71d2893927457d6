"""`@scute/node` from npm in a Node process: who may pass its middleware, and its admin API."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from scute_emulator import Emulator
from tests.needs import node

HERE = Path(__file__).parent


@pytest.fixture
def emulator(signing_key: RSAPrivateKey) -> Iterator[Emulator]:
    emulator = Emulator(signing_key=signing_key)
    with emulator.serve():
        yield emulator


@pytest.fixture
def server(emulator: Emulator, node_packages: Path) -> Iterator[httpx2.Client]:
    app = emulator.state.apps.first
    words = [node(), str(HERE / "checked.mjs"), str(node_packages), app.id, emulator.base_url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with httpx2.Client(base_url=process.stdout.readline().strip()) as client:
            yield client
        process.terminate()


def passes(server: httpx2.Client, headers: dict[str, str]) -> tuple[int, str]:
    answer = server.get("/", headers=headers)
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("header", "value"), [("authorization", "{}"), ("cookie", "a=b; sc-access-token={}")]
)
def test_the_middleware_knows_whose_session_it_is(
    emulator: Emulator, server: httpx2.Client, header: str, value: str
) -> None:
    access = emulator.create_session("ana@example.com")["access"]

    assert passes(server, {header: value.format(access)}) == (200, "ana@example.com")


def test_the_middleware_refuses_a_session_that_was_signed_out(
    emulator: Emulator, server: httpx2.Client
) -> None:
    access = emulator.create_session("ana@example.com")["access"]
    me = f"{emulator.base_url}/v1/auth/{emulator.state.apps.first.id}/current_user"
    before = passes(server, {"authorization": access})

    httpx2.delete(me, headers={"x-authorization": access}).raise_for_status()

    assert before == (200, "ana@example.com")
    assert passes(server, {"authorization": access}) == (401, "invalid-auth-token")


def test_the_middleware_refuses_a_session_that_was_revoked(
    emulator: Emulator, server: httpx2.Client
) -> None:
    payload = emulator.create_session("ana@example.com")
    access, user_id = payload["access"], payload["user_id"]
    app = emulator.state.apps.first
    sessions = f"{emulator.base_url}/v1/{app.id}/users/{user_id}/sessions"
    secret = {"authorization": f"Bearer {app.secret}"}
    (session,) = httpx2.get(sessions, headers=secret).json()
    before = passes(server, {"authorization": access})

    httpx2.delete(f"{sessions}/{session['id']}", headers=secret).raise_for_status()

    assert before == (200, "ana@example.com")
    assert passes(server, {"authorization": access}) == (401, "invalid-auth-token")


@pytest.mark.parametrize("headers", [{}, {"authorization": "x.y.z"}], ids=["none", "broken"])
def test_the_middleware_refuses_who_has_no_session(
    server: httpx2.Client, headers: dict[str, str]
) -> None:
    assert passes(server, headers) == (401, "invalid-auth-token")


def test_the_admin_api_runs_each_of_its_calls(emulator: Emulator, node_packages: Path) -> None:
    """It neither waits for a DELETE nor tells that one failed: what came of those is looked up."""
    app, first = emulator.state.apps.first, emulator.create_session("ana@example.com")
    other = emulator.create_session("cleo@example.com")
    words = [node(), str(HERE / "admin.mjs"), str(node_packages), app.id, emulator.base_url]
    words += [app.secret, first["access"], first["refresh"], other["access"]]

    done = subprocess.run(words, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    given: dict[str, Any] = json.loads(done.stdout)
    bob = given["createUser"]["user"]
    assert (bob["email"], bob["meta"]) == ("bob@example.com", {"first_name": "Bob"})
    assert given["getAppData"]["id"] == app.id
    assert given["getUser"]["user"]["id"] == bob["id"]
    assert given["getUserByIdentifier"]["user"]["id"] == bob["id"]
    assert given["getUserByUserId"] == {"code": 400}
    assert given["updateUser"]["user"]["meta"] == {"first_name": "Bob", "last_name": "Stone"}
    assert given["deactivateUser"]["user"]["status"] == "inactive"
    assert given["activateUser"]["user"]["status"] == "active"
    assert given["inviteUser"]["user"]["status"] == "pending"
    assert [user["email"] for user in given["listUsers"]["users"]] == ["ana@example.com"]
    assert given["listUsers"]["pagination"]["total_pages"] == 1
    for name in ("refresh", "forceRefresh", "refreshWithAccess"):
        assert given[name]["user_id"] == first["user_id"]
    renewed = [name for name, answer in given.items() if answer and "refresh" in answer]
    assert renewed == ["forceRefresh", "refreshWithAccess"]
    assert len(given["listUserSessions"]) == 1
    state = emulator.state
    assert state.users.get(app.id, bob["id"]) is None
    for user in (first, other):
        assert state.sessions.of(user["user_id"]) == []
