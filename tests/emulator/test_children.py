"""Child workspaces: each has an app of its own, with a key that opens nothing else."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, claims_of


@pytest.fixture
def path(emulator: Emulator) -> str:
    return f"/v1/workspaces/{emulator.state.workspace_id}/children"


def parent(api: Api, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    return api(method, path, body, headers={"authorization": api.workspace_secret, **headers})


def test_a_child_comes_with_an_app_that_works(emulator: Emulator, api: Api, path: str) -> None:
    told = {"name": "Acme Ltd.", "branding_logo": "/l.svg", "countries": ["US"], "nope": 1}

    status, child = parent(api, "POST", path, told)

    key = {"authorization": f"Bearer {child['api_key_token']}"}
    app = child["app_id"]
    made = api("POST", f"/v1/{app}/users", {"identifier": "ada@example.com"}, headers=key)
    session = emulator.create_session("ada@example.com", app_id=app)
    _, user = api("GET", f"/v1/auth/{app}/current_user", x_authorization=session["access"])
    assert (status, made[0]) == (201, 200)
    assert (child["slug"], child["branding_logo"], "nope" in child) == ("acme-ltd", "/l.svg", False)
    assert claims_of(session["access"])["wid"] == user["user"]["workspace_id"] == child["id"]
    assert api("GET", f"/v1/auth/{app}/public_key")[1]["workspace_id"] == child["id"]


def test_the_key_of_a_child_opens_nothing_else(api: Api, path: str) -> None:
    _, child = parent(api, "POST", path, {"name": "Acme"})
    key = child["api_key_token"]

    assert api("GET", "/v1/app_demo/users", authorization=key)[0] == 403
    assert api("GET", path, authorization=key)[0] == 401
    refused, body = api("POST", "/v1/apps", {"name": "X"}, authorization=key, x_workspace="x")
    assert (refused, body["error_code"]) == (403, "workspace_access_denied")
    assert [app["id"] for app in api("GET", "/v1/apps", authorization=key)[1]["apps"]] == [
        child["app_id"]
    ]


def test_the_token_of_the_key_is_shown_once(api: Api, path: str) -> None:
    _, child = parent(api, "POST", path, {"name": "Acme"})

    _, listed = parent(api, "GET", path)
    _, shown = parent(api, "GET", f"{path}/{child['id']}")

    token = child.pop("api_key_token")
    assert token
    assert listed == {"children": [child]}
    assert shown == child
    assert parent(api, "GET", f"{path}/x")[0] == 404


def test_a_child_needs_a_name(emulator: Emulator, api: Api, path: str) -> None:
    status, body = parent(api, "POST", path, {"name": " "})

    assert (status, body["error_code"]) == (422, "name_required")
    assert len(emulator.state.apps.all()) == 1


def test_apps_are_listed_and_made_in_the_workspace_that_is_named(api: Api, path: str) -> None:
    _, child = parent(api, "POST", path, {"name": "Acme"})

    _, made = parent(api, "POST", "/v1/apps", {"name": "Two", "workspace_id": child["id"]})
    _, theirs = parent(api, "GET", "/v1/apps", x_workspace=child["id"])
    _, ours = parent(api, "GET", "/v1/apps")
    _, asked = api(
        "GET", "/v1/apps", query={"workspace_id": child["id"]}, authorization=api.workspace_secret
    )

    assert [app["id"] for app in theirs["apps"]] == [child["app_id"], made["app"]["id"]]
    assert [app["id"] for app in ours["apps"]] == ["app_demo"]
    assert asked == theirs
    assert parent(api, "GET", "/v1/apps", x_workspace="x")[0] == 403


def test_no_session_leads_from_a_child_to_its_parent_or_back(
    emulator: Emulator, api: Api, path: str
) -> None:
    _, child = parent(api, "POST", path, {"name": "Acme"})
    there = emulator.create_session("ada@example.com", app_id=child["app_id"])["access"]
    here = emulator.create_session("ada@example.com")["access"]
    sessions = path.replace("children", "sessions")

    up = parent(api, "POST", sessions, {"app_id": "app_demo"}, x_authorization=there)
    down = parent(api, "POST", sessions, {"app_id": child["app_id"]}, x_authorization=here)

    assert (up[0], down[0]) == (401, 404)
    assert down[1]["error_code"] == "app_not_in_workspace"
