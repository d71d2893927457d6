"""The third-party `scute-client` from PyPI runs every call that it has."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Clock


@contextmanager
def client_of(emulator: Emulator, **more: str) -> Generator[Any]:
    app = emulator.state.apps.first
    with emulator.serve() as url:
        scute = import_module("scute_client").ScuteClient(
            app_id=app.id, app_secret=app.secret, base_url=url, **more
        )
        yield scute
        scute.base.session.close()


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Any]:
    state = emulator.state
    workspace = {
        "workspace_id": state.workspace_id,
        "workspace_secret": state.workspace_secret,
    }
    with client_of(emulator, **workspace) as scute:
        yield scute


@pytest.fixture
def client_of_app(emulator: Emulator) -> Iterator[Any]:
    """Without the workspace's secret."""
    with client_of(emulator) as scute:
        yield scute


@pytest.fixture
def refused() -> type[Exception]:
    error: type[Exception] = import_module("scute_client.exceptions").APIRequestError
    return error


@pytest.mark.parametrize("api", ["apps", "auth", "tokens", "users"])
def test_no_call_of_it_is_left_out_here(client_of_app: Any, api: str) -> None:
    calls = getattr(client_of_app, api)
    names = [name for name in dir(calls) if name[0] != "_" and callable(getattr(calls, name))]

    called = Path(__file__).read_text("utf-8")
    assert names
    assert [name for name in names if f".{api}.{name}(" not in called] == []


def test_an_apps_own_secret_is_enough_for_users(client_of_app: Any) -> None:
    made = client_of_app.users.create_user("user@example.com")

    assert client_of_app.users.get_user_by_id(made["id"]) == made
    assert [user["email"] for user in client_of_app.users.list_all_users()] == ["user@example.com"]
    assert client_of_app.users.delete_user(made["id"]) is True
    assert client_of_app.users.list_users()["users"] == []


def test_users_are_found_by_each_filter(client: Any, clock: Clock) -> None:
    users = client.users
    by_mail = users.create_user("user@example.com")
    clock.now += 60
    by_phone = users.create_user("+15550100123")
    early = {"created_before": by_phone["created_at"]}
    filters = ({"id": by_mail["id"]}, {"email": "user@example.com"}, early, {"limit": 1})

    for wanted in filters:
        assert [user["id"] for user in users.list_users(**wanted)["users"]] == [by_mail["id"]]
    for wanted in ({"phone": "+15550100123"}, {"page": 2, "limit": 1}):
        assert [user["id"] for user in users.list_users(**wanted)["users"]] == [by_phone["id"]]
    for status in ("active", "pending", "inactive"):
        found = users.list_users(status=status)["users"]
        assert {user["status"] for user in found} <= {status}
        assert bool(found) == (by_mail["status"] == status)
    assert list(users.list_all_users(email="nobody@example.com")) == []


def test_users(client: Any, refused: type[Exception]) -> None:
    made = client.users.create_user("user@example.com")
    by_phone = client.users.create_user("+15550100123")

    assert client.users.get_user_by_id(made["id"])["email"] == "user@example.com"
    assert [user["id"] for user in client.users.list_users(email="user@example.com")["users"]] == [
        made["id"]
    ]
    everyone = [user["id"] for user in client.users.list_all_users(limit=1)]
    assert everyone == [made["id"], by_phone["id"]]
    assert client.users.delete_user(made["id"]) is True
    with pytest.raises(refused, match="status 404"):
        client.users.get_user_by_id(made["id"])


def test_apps_and_their_users(client: Any) -> None:
    app = client.apps.create_app("New App", "https://example.com")

    assert client.apps.get_app_by_id(app["id"])["name"] == "New App"
    assert app["id"] in [each["id"] for each in client.apps.list_apps()["apps"]]
    user = client.users.create_user(identifier="user@example.com", app_id=app["id"])
    assert client.users.get_user_by_id(user["id"], app_id=app["id"])["app_id"] == app["id"]
    assert [each["id"] for each in client.users.list_all_users(app_id=app["id"])] == [user["id"]]
    assert client.users.delete_user(user["id"], app_id=app["id"]) is True
    assert client.apps.delete_app(app["id"]) is True


def test_a_wrong_identifier_and_a_wrong_secret_are_told(
    emulator: Emulator, client: Any, client_of_app: Any, refused: type[Exception]
) -> None:
    client_of_app.base.app_secret = "Bearer wrong"

    with pytest.raises(refused, match=r"status 400.*invalid_identifier"):
        client.users.create_user("nobody")
    with pytest.raises(refused, match="status 401"):
        client_of_app.users.list_users()


def test_the_current_user_and_signing_out(
    emulator: Emulator, client: Any, refused: type[Exception]
) -> None:
    access = emulator.create_session("user@example.com")["access"]

    assert client.auth.get_current_user(access)["email"] == "user@example.com"
    assert client.auth.logout_current_user(access) is True
    assert client.tokens.verify_access_token(access) is False
    with pytest.raises(refused, match="status 401"):
        client.auth.get_current_user(access)


def test_tokens(emulator: Emulator, client: Any) -> None:
    session = emulator.create_session("user@example.com")

    renewed = client.tokens.refresh_access_token(session["refresh"], session["csrf"])

    assert client.tokens.verify_access_token(renewed["access"]) is True
    assert client.tokens.verify_access_token(session["refresh"]) is False
    assert client.tokens.verify_refresh_token(session["refresh"], session["csrf"]) is True
    assert client.tokens.verify_refresh_token(session["access"], session["csrf"]) is False


def test_a_workspace_session(emulator: Emulator, client: Any) -> None:
    """Its README has this call on `apps`, where it is not."""
    target = client.apps.create_app("App B", "https://b.example")["id"]
    access = emulator.create_session("user@example.com")["access"]

    session = client.auth.create_app_session(access_token=access, app_id=target)

    client.base.app_id = target
    assert client.auth.get_current_user(session["access"])["email"] == "user@example.com"
