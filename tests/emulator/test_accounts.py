"""What a backend says about its users, and people who were deleted and come back."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, Clock, landed

ADA = "ada@example.com"
USERS = "/v1/app_demo/users"


def send(api: Api, method: str, path: str, body: Any = None, **query: str) -> Answer:
    return api(method, path, body, query=query or None, authorization=api.secret)


def create(api: Api, **fields: Any) -> Any:
    status, body = send(api, "POST", USERS, fields)
    assert status == 200, body
    return body["user"]


def deleted(emulator: Emulator, api: Api, **values: Any) -> str:
    """Ada, who was here before."""
    user = emulator.create_user(ADA, **values)
    assert send(api, "DELETE", f"{USERS}/{user.id}")[0] == 200
    return user.id


def test_a_new_user_is_active_unless_he_is_invited(emulator: Emulator, api: Api) -> None:
    made = create(api, identifier=ADA)
    invited = create(api, identifier="bob@example.com", send_invite=True)
    told = create(api, identifier="cleo@example.com", status="imported")

    assert [each["status"] for each in (made, invited, told)] == ["active", "pending", "imported"]
    assert [mail.to for mail in emulator.messages()] == ["bob@example.com"]


def test_a_user_may_have_both_addresses(api: Api) -> None:
    made = create(api, email="Ada@Example.com", phone="+1 555 0100")

    assert (made["email"], made["phone"]) == (ADA, "+15550100")
    assert (made["email_verified"], made["phone_verified"]) == (False, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"email": ADA, "phone": "12"},
        {"email": "+15550100"},
        {"phone": ADA},
        {"identifier": ADA, "email": "bob@example.com"},
        {"identifier": [ADA]},
        {"name": "Ada"},
    ],
    ids=str,
)
def test_an_address_that_is_none_creates_nobody(
    emulator: Emulator, api: Api, fields: dict[str, Any]
) -> None:
    status, body = send(api, "POST", USERS, fields)

    assert (status, body["error_code"]) == (400, "invalid_identifier")
    assert emulator.state.users.of("app_demo") == []


def test_a_backend_may_change_an_address_which_then_is_unproven(
    emulator: Emulator, api: Api
) -> None:
    ada = emulator.create_user(ADA, phone="+15550100")

    _, body = send(api, "PATCH", f"{USERS}/{ada.id}", {"email": "new@example.com"})
    _, same = send(api, "PATCH", f"{USERS}/{ada.id}", {"phone": "+15550100"})

    assert (body["user"]["email"], body["user"]["email_verified"]) == ("new@example.com", False)
    assert same["user"]["phone_verified"] is True
    (event,) = emulator.events("user.identifier_changed")
    assert event.data["previous_identifier"] == ADA


def test_an_address_belongs_to_one_user(emulator: Emulator, api: Api) -> None:
    emulator.create_user(ADA)
    bob = emulator.create_user("bob@example.com")

    status, body = send(api, "PATCH", f"{USERS}/{bob.id}", {"email": ADA})

    assert (status, body["error_code"]) == (422, "identifier_already_exists")


def test_attributes_for_permissions_are_kept(api: Api) -> None:
    made = create(api, identifier=ADA, authz_attributes={"department": "ops"})
    path = f"{USERS}/{made['id']}"

    _, changed = send(api, "PATCH", path, {"authz_attributes": {"department": "sales"}})
    refused, body = send(api, "PATCH", path, {"authz_attributes": "ops"})
    _, shown = send(api, "GET", path)

    assert made["authz_attributes"] == {"department": "ops"}
    assert changed["user"] == shown["user"]
    assert shown["user"]["authz_attributes"] == {"department": "sales"}
    assert (refused, body["error_code"]) == (422, "invalid_authz_attributes")


def test_a_user_may_become_a_member_of_the_workspace(emulator: Emulator, api: Api) -> None:
    fields = {"add_as_workspace_member": True}

    made = create(api, identifier=ADA, **fields)
    admin = create(api, identifier="bob@example.com", workspace_role="admin", **fields)
    status, body = send(
        api, "POST", USERS, {"identifier": "c@example.com", "workspace_role": "boss", **fields}
    )

    users = emulator.state.users
    assert users.by_id(made["id"]).workspace_role == "member"
    assert users.by_id(admin["id"]).workspace_role == "admin"
    assert made["workspace_id"] == emulator.state.workspace_id
    assert (status, body["error_code"]) == (422, "invalid_workspace_role")


@pytest.mark.parametrize(
    "before", ["2027-01-15T08:00:05", "2027-01-15T08:00:05Z", "2027-01-15T09:00:05+01:00"]
)
def test_the_list_ends_at_a_time(emulator: Emulator, api: Api, clock: Clock, before: str) -> None:
    emulator.create_user(ADA)
    clock.now += 10
    emulator.create_user("bob@example.com")

    _, body = send(api, "GET", USERS, created_before=before)

    assert [user["email"] for user in body["users"]] == [ADA]


def test_a_time_that_is_none_is_refused(emulator: Emulator, api: Api) -> None:
    emulator.create_user(ADA)

    assert send(api, "GET", USERS, created_before="soon")[0] == 400


def test_who_was_deleted_comes_back_as_someone_new(emulator: Emulator, api: Api) -> None:
    old = deleted(emulator, api, meta={"first_name": "Ada"})

    token = api.link_for(ADA)
    _, session = api("PATCH", "A/magic_links/authenticate", {"token": token})

    _, body = send(api, "GET", f"{USERS}/{session['user_id']}/previous_accounts")
    assert session["user_id"] != old
    assert api("GET", "A/current_user", x_authorization=session["access"])[1]["user"]["meta"] == {}
    assert [(each["id"], each["merged"]) for each in body["previous_accounts"]] == [(old, False)]
    assert body["previous_accounts"][0]["email"] == ADA


def test_an_earlier_account_is_taken_over_once(emulator: Emulator, api: Api) -> None:
    old = deleted(
        emulator,
        api,
        meta={"first_name": "Ada", "last_name": "L"},
        name="Ada L",
        external_id="e1",
    )
    new = create(api, identifier=ADA, user_meta={"first_name": "Augusta"}, external_id="e2")
    path = f"{USERS}/{new['id']}/merge"

    _, body = send(api, "POST", path, {"from": old})
    again, refused = send(api, "POST", path, {"from": old})

    assert body["user"]["meta"] == {"first_name": "Augusta", "last_name": "L"}
    assert (body["user"]["name"], body["user"]["external_id"]) == ("Ada L", "e2")
    assert (again, refused["error_code"]) == (422, "already_merged")
    _, listed = send(api, "GET", f"{USERS}/{new['id']}/previous_accounts")
    assert [each["merged"] for each in listed["previous_accounts"]] == [True]


def test_nobody_takes_over_the_account_of_another(emulator: Emulator, api: Api) -> None:
    old = deleted(emulator, api)
    bob = emulator.create_user("bob@example.com")
    other = emulator.create_app()
    there = emulator.create_user(ADA, app_id=other.id)
    secret = f"Bearer {other.secret}"

    by_bob = send(api, "POST", f"{USERS}/{bob.id}/merge", {"from": old})
    elsewhere = api(
        "POST", f"/v1/{other.id}/users/{there.id}/merge", {"from": old}, authorization=secret
    )

    assert (by_bob[0], elsewhere[0]) == (404, 404)
    assert send(api, "GET", f"{USERS}/{bob.id}/previous_accounts")[1] == {"previous_accounts": []}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("A/magic_links/login", {"identifier": ADA}),
        ("A/otps/login", {"identifier": ADA}),
        ("A/magic_links/register", {"identifier": ADA}),
    ],
    ids=["link", "code", "registration"],
)
def test_who_was_deactivated_and_deleted_stays_out(
    emulator: Emulator, api: Api, path: str, body: dict[str, Any]
) -> None:
    deleted(emulator, api, status="inactive")

    looked = api("GET", "A/users", query={"identifier": ADA})
    status, answer = api("POST", path, body)

    assert (status, answer["error_code"]) == (403, "account_deactivated")
    assert looked == (200, {"user": None})
    assert emulator.state.users.of("app_demo") == []


def test_no_provider_brings_him_back(emulator: Emulator, api: Api) -> None:
    deleted(emulator, api, status="inactive")
    begun = api.send("GET", "A/oauth/authorize", query={"provider": "google"})
    state = landed(begun.header("location"))["state"]

    back = api.send(
        "GET", "A/oauth/callback", query={"state": state, "code": emulator.oauth_agree(state, ADA)}
    )

    assert landed(back.header("location")) == {"error": "access_denied"}
    assert emulator.state.users.of("app_demo") == []


def test_a_backend_may_take_him_back(emulator: Emulator, api: Api) -> None:
    deleted(emulator, api, status="inactive")

    back = create(api, identifier=ADA)

    assert api("POST", "A/otps/login", {"identifier": ADA})[0] == 200
    send(api, "DELETE", f"{USERS}/{back['id']}")
    assert api("POST", "A/otps/login", {"identifier": ADA})[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "/deactivate", None), ("PATCH", "", {"status": "inactive"})],
    ids=["call", "field"],
)
def test_who_is_deactivated_is_signed_out(
    emulator: Emulator, api: Api, method: str, path: str, body: Any
) -> None:
    session = emulator.create_session(ADA)

    _, answer = send(api, method, f"{USERS}/{session['user_id']}{path}", body)

    assert answer["user"]["status"] == "inactive"
    assert api("GET", "A/current_user", x_authorization=session["access"])[0] == 401


def test_no_workspace_session_for_who_is_deactivated_there(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app()
    emulator.create_user(ADA, app_id=other.id, status="inactive")
    access = emulator.create_session(ADA)["access"]

    status, body = api(
        "POST",
        f"/v1/workspaces/{emulator.state.workspace_id}/sessions",
        {"app_id": other.id},
        authorization=api.workspace_secret,
        x_authorization=access,
    )

    assert (status, body["error_code"]) == (403, "account_deactivated")
