"""The third-party `scute-client` from PyPI runs every documented call of it."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from scute_emulator import Emulator


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Any]:
    state = emulator.state
    with emulator.serve() as url:
        scute = import_module("scute_client").ScuteClient(
            workspace_id=state.workspace_id,
            workspace_secret=state.workspace_secret,
            app_id=state.apps.first.id,
            app_secret=state.apps.first.secret,
            base_url=url,
        )
        yield scute
        scute.base.session.close()


def test_users(client: Any) -> None:
    made = client.users.create_user("user@example.com")
    by_phone = client.users.create_user("+15550100123")

    assert client.users.get_user_by_id(made["id"])["email"] == "user@example.com"
    assert [user["id"] for user in client.users.list_users(email="user@example.com")["users"]] == [
        made["id"]
    ]
    everyone = [user["id"] for user in client.users.list_all_users(limit=1)]
    assert everyone == [made["id"], by_phone["id"]]
    assert client.users.delete_user(made["id"]) is True
    error = import_module("scute_client.exceptions").APIRequestError
    with pytest.raises(error) as raised:
        client.users.get_user_by_id(made["id"])
    assert raised.value.status_code == 404


def test_apps_and_their_users(client: Any) -> None:
    app = client.apps.create_app("New App", "https://example.com")

    assert client.apps.get_app_by_id(app["id"])["name"] == "New App"
    assert app["id"] in [each["id"] for each in client.apps.list_apps()["apps"]]
    user = client.users.create_user(identifier="user@example.com", app_id=app["id"])
    assert client.users.get_user_by_id(user["id"], app_id=app["id"])["app_id"] == app["id"]
    assert [each["id"] for each in client.users.list_all_users(app_id=app["id"])] == [user["id"]]
    assert client.users.delete_user(user["id"], app_id=app["id"]) is True
    assert client.apps.delete_app(app["id"]) is True


def test_the_current_user_and_signing_out(emulator: Emulator, client: Any) -> None:
    access = emulator.create_session("user@example.com")["access"]

    assert client.auth.get_current_user(access)["email"] == "user@example.com"
    assert client.auth.logout_current_user(access) is True
    assert client.tokens.verify_access_token(access) is False


def test_tokens(emulator: Emulator, client: Any) -> None:
    session = emulator.create_session("user@example.com")

    renewed = client.tokens.refresh_access_token(session["refresh"], session["csrf"])

    assert client.tokens.verify_access_token(renewed["access"]) is True
    assert client.tokens.verify_access_token(session["refresh"]) is False
    assert client.tokens.verify_refresh_token(session["refresh"], session["csrf"]) is True
    assert client.tokens.verify_refresh_token(session["access"], session["csrf"]) is False


def test_a_workspace_session(emulator: Emulator, client: Any) -> None:
    target = client.apps.create_app("App B", "https://b.example")["id"]
    access = emulator.create_session("user@example.com")["access"]

    session = client.auth.create_app_session(access_token=access, app_id=target)

    client.base.app_id = target
    assert client.auth.get_current_user(session["access"])["email"] == "user@example.com"
