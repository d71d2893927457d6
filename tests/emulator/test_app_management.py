"""API keys and metadata fields, as a backend makes them."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Api

KEYS = "/v1/apps/app_demo/api_keys"
FIELDS = "/v1/apps/app_demo/user_meta_fields"


def new_key(api: Api) -> Any:
    _, body = api("POST", KEYS, {"nickname": "CI"}, authorization=api.secret)
    return body["api_key"]


def test_a_new_key_works_as_the_apps_secret_at_once(emulator: Emulator, api: Api) -> None:
    emulator.create_app()

    key = new_key(api)

    header = f"Bearer {key['token']}"
    _, apps = api("GET", "/v1/apps", authorization=header)
    assert (key["nickname"], set(key)) == ("CI", {"id", "nickname", "token", "created_at"})
    assert api("GET", "/v1/app_demo/users", authorization=header)[0] == 200
    assert api("POST", KEYS, {}, authorization=header)[0] == 200
    assert [app["id"] for app in apps["apps"]] == ["app_demo"]


def test_a_key_is_of_no_use_at_another_app(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app()

    status, body = api("GET", f"/v1/{other.id}/users", authorization=new_key(api)["token"])

    assert (status, body["error_code"]) == (403, "forbidden")


def test_a_key_of_a_deleted_app_is_none(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app()
    path = f"/v1/apps/{other.id}"
    _, made = api("POST", f"{path}/api_keys", authorization=other.secret)
    api("DELETE", path, authorization=other.secret)

    assert api("GET", "/v1/apps", authorization=made["api_key"]["token"])[0] == 401


def test_the_token_of_a_key_shows_in_no_repr(emulator: Emulator) -> None:
    key = emulator.state.api_keys.add("app_demo", "CI", 0)

    assert key.token not in repr(key)


def test_a_field_is_asked_for_at_once(api: Api) -> None:
    body = {"name": "Team name", "field_type": "text", "required": True, "position": 7}

    status, field = api("POST", FIELDS, body, authorization=api.secret)

    _, app = api("GET", "/v1/apps/app_demo")
    _, sent = api("POST", "A/otps/login", {"identifier": "ada@example.com"})
    user = api("GET", "A/users", query={"identifier": "ada@example.com"})[1]["user"]
    _, lacking = api("GET", "A/users/metafields", query={"user_id": user["id"]})
    assert (status, field["field_name"], field["required"]) == (200, "team_name", True)
    assert app["user_meta_data_schema"][-1] == field
    assert (lacking, "user_meta_errors" in sent) == ({"meta": True}, False)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "!"},
        {"name": "First name"},
        {"name": "x", "field_type": "colour"},
        {"name": "x", "required": "yes"},
        {"name": "x", "position": "first"},
    ],
    ids=str,
)
def test_a_field_that_is_none_is_refused(api: Api, body: dict[str, Any]) -> None:
    before = api("GET", "/v1/apps/app_demo")

    status, answer = api("POST", FIELDS, body, authorization=api.secret)

    assert (status, answer["error_code"]) == (422, "invalid_meta_field")
    assert api("GET", "/v1/apps/app_demo") == before
