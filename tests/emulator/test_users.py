"""Users as a backend manages them, apps, and sessions across the apps of a workspace."""

from typing import Any

import pytest

from scute_auth.effects import HttpCall, HttpReply
from scute_emulator import Emulator
from tests.emulator.support import Api, Clock, claims_of, landed

USERS = "/v1/app_demo/users"


class Admin:
    def __init__(self, api: Api) -> None:
        self._api = api

    def __call__(
        self, method: str, path: str = USERS, body: object = None, **query: str
    ) -> tuple[int, Any]:
        return self._api(method, path, body, query=query, authorization=self._api.secret)


@pytest.fixture
def admin(api: Api) -> Admin:
    return Admin(api)


def emails(answer: tuple[int, Any]) -> list[str]:
    return [user["email"] for user in answer[1]["users"]]


def test_looking_a_stranger_up_creates_the_user_with_public_sign_up(
    emulator: Emulator, api: Api
) -> None:
    _, body = api("GET", "A/users", query={"identifier": "Ada@Example.com"})

    names = {"id", "status", "email", "email_verified", "phone_verified", "webauthn_enabled"}
    assert set(body["user"]) == names
    assert [user.id for user in emulator.state.users.of("app_demo")] == [body["user"]["id"]]


def test_looking_a_stranger_up_finds_nobody_without_public_sign_up(
    emulator: Emulator, api: Api
) -> None:
    emulator.settings(public_signup=False)

    assert api("GET", "A/users", query={"identifier": "ada@example.com"}) == (200, {"user": None})
    assert emulator.state.users.of("app_demo") == []


def test_a_lookup_needs_an_identifier(api: Api) -> None:
    status, body = api("GET", "A/users", query={"user_id": "x"})

    assert (status, body["error_code"]) == (400, "invalid_identifier")


def test_missing_metadata_is_told(emulator: Emulator, api: Api) -> None:
    emulator.settings(
        user_meta_data_schema=[{"field_name": "plan", "required": True}, {"field_name": "x"}]
    )
    ada = emulator.create_user("ada@example.com")
    bob = emulator.create_user("bob@example.com", meta={"plan": "free"})

    answers = [api("GET", "A/users/metafields", query={"user_id": u.id}) for u in (ada, bob)]

    assert answers == [(200, {"meta": True}), (200, {"meta": False})]
    assert api("GET", "A/users/metafields")[0] == 404


def test_a_user_is_created_shown_changed_and_deleted(admin: Admin) -> None:
    fields = {"email": "ada@example.com", "first_name": "Ada", "last_name": "L", "status": "active"}

    _, created = admin("POST", USERS, fields | {"user_meta": {"first_name": "A", "x": 1}})
    path = f"{USERS}/{created['user']['id']}"
    _, patched = admin("PATCH", path, {"user_meta": {"last_name": "L"}, "external_id": "e1"})
    _, shown = admin("GET", path)
    _, put = admin("PUT", path, {"user_meta": {"last_name": "M"}})
    deleted = admin("DELETE", path)

    assert set(created["user_meta_errors"]) == {"x"}
    assert (created["user"]["name"], created["user"]["status"]) == ("Ada L", "active")
    assert patched["user"]["meta"] == {"first_name": "A", "last_name": "L"}
    assert patched == shown
    assert put["user"]["meta"] == {"last_name": "M"}
    assert deleted == (200, {"message": "ok"})
    assert admin("GET", path)[0] == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid_identifier"),
        ({"identifier": "a@b.example,c@d.example"}, 400, "invalid_identifier"),
        ({"identifier": "ada@example.com"}, 422, "identifier_already_exists"),
        ({"identifier": "b@b.example", "status": "odd"}, 422, "invalid_status"),
    ],
)
def test_what_cannot_be_created_is_refused(
    emulator: Emulator, admin: Admin, body: object, status: int, code: str
) -> None:
    emulator.create_user("ada@example.com")

    answer = admin("POST", USERS, body)

    assert (answer[0], answer[1]["error_code"]) == (status, code)
    assert len(emulator.state.users.of("app_demo")) == 1


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_undeclared_metadata_is_refused_on_update(
    emulator: Emulator, admin: Admin, method: str
) -> None:
    ada = emulator.create_user("ada@example.com")

    status, body = admin(method, f"{USERS}/{ada.id}", {"user_meta": {"x": 1}})

    assert (status, body["details"]) == (422, {"fields": ["x"]})


def test_undeclared_metadata_of_ones_own_is_refused(emulator: Emulator, api: Api) -> None:
    access = emulator.create_session("ada@example.com")["access"]

    status, _ = api("PATCH", "A/current_user/meta", {"user_meta": {"x": 1}}, x_authorization=access)

    assert status == 422


def test_an_invitation_can_be_sent_on_creation(emulator: Emulator, admin: Admin) -> None:
    admin("POST", USERS, {"identifier": "ada@example.com", "send_invite": True})

    assert emulator.messages("ada@example.com")[0].subject == "You are invited to Demo"


def test_deactivation_ends_the_sessions(emulator: Emulator, api: Api, admin: Admin) -> None:
    session = emulator.create_session("ada@example.com")
    path = f"{USERS}/{session['user_id']}"

    _, off = admin("POST", f"{path}/deactivate")
    status, _ = api("GET", "A/current_user", x_authorization=session["access"])
    _, on = admin("POST", f"{path}/activate")

    assert (off["user"]["status"], status, on["user"]["status"]) == ("inactive", 401, "active")


def test_deleting_a_user_ends_the_sessions(emulator: Emulator, api: Api, admin: Admin) -> None:
    session = emulator.create_session("ada@example.com")

    admin("DELETE", f"{USERS}/{session['user_id']}")

    assert api("GET", "A/current_user", x_authorization=session["access"])[0] == 401


def test_a_backend_lists_and_revokes_sessions(emulator: Emulator, api: Api, admin: Admin) -> None:
    session = emulator.create_session("ada@example.com")
    path = f"{USERS}/{session['user_id']}/sessions"
    _, listed = admin("GET", path)

    answers = [admin("DELETE", f"{path}/{listed[0]['id']}")[0] for _ in range(2)]

    assert answers == [200, 404]
    assert api("GET", "A/current_user", x_authorization=session["access"])[0] == 401


def test_the_list_is_filtered(emulator: Emulator, admin: Admin, clock: Clock) -> None:
    ada = emulator.create_user("ada@example.com", name="Ada Lovelace")
    clock.now += 10
    emulator.create_user(phone="+15550100123", status="inactive")

    assert emails(admin("GET", email="Ada@example.com")) == ["ada@example.com"]
    assert emails(admin("GET", email="ada")) == []
    assert emails(admin("GET", phone="+15550100123")) == [None]
    assert emails(admin("GET", id=ada.id)) == ["ada@example.com"]
    assert emails(admin("GET", status="inactive")) == [None]
    assert emails(admin("GET", q="LOVE")) == ["ada@example.com"]
    assert emails(admin("GET", search="nobody")) == []
    before = "2027-01-15T08:00:05"
    assert emails(admin("GET", created_before=before)) == ["ada@example.com"]


def test_the_list_comes_in_pages(emulator: Emulator, admin: Admin) -> None:
    for number in range(5):
        emulator.create_user(f"u{number}@example.com")

    _, first = admin("GET", limit="2")
    _, last = admin("GET", per_page="2", page="3")
    beyond = admin("GET", limit="2", page="4")
    odd = admin("GET", limit="0", page="9" * 5000)

    assert (first["next_page"], first["prev_page"], first["total_pages"]) == (2, None, 3)
    assert (last["next_page"], last["prev_page"], len(last["users"])) == (None, 2, 1)
    assert emails(beyond) == []
    assert (odd[1]["current_page"], odd[1]["per_page"]) == (1, 20)


def test_settings_of_the_app_are_changed_within_bounds(api: Api, admin: Admin) -> None:
    path = "/v1/apps/app_demo"

    flat = admin("PATCH", path, {"access_expiration": 60, "name": "Shop"})
    wrong = [
        admin("PATCH", path, {"app": {name: value}})[0]
        for name, value in [
            ("access_expiration", 59),
            ("access_expiration", "60"),
            ("refresh_expiration", 3599),
            ("magic_link_expiration", 10**9),
            ("nope", 1),
            ("name", 7),
        ]
    ]

    assert flat[0] == 200
    assert wrong == [422] * 6
    assert api("GET", path)[1]["access_expiration"] == 60


def test_apps_are_created_listed_and_deleted(emulator: Emulator, api: Api) -> None:
    key = {"authorization": api.workspace_secret}

    _, made = api("POST", "/v1/apps", {"name": "Other", "origin": "https://o.example"}, headers=key)
    other = made["app"]["id"]
    _, all_apps = api("GET", "/v1/apps", headers=key)
    _, own_apps = api("GET", "/v1/apps", authorization=api.secret)
    deleted = api("DELETE", f"/v1/apps/{other}", headers=key)

    assert [app["id"] for app in all_apps["apps"]] == ["app_demo", other]
    assert [app["id"] for app in own_apps["apps"]] == ["app_demo"]
    assert deleted == (200, {"message": "ok"})
    assert api("GET", f"/v1/apps/{other}")[0] == 404
    assert api("POST", "/v1/apps", {"name": 7}, headers=key)[0] == 422


def test_a_workspace_session_is_one_of_the_target_app(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app()
    here = emulator.create_session("ada@example.com")
    path = f"/v1/workspaces/{emulator.state.workspace_id}/sessions"
    keys = {"authorization": api.workspace_secret, "x_authorization": here["access"]}

    answers = [api("POST", path, {"app_id": other.id}, headers=keys) for _ in range(2)]

    (status, there), (_, again) = answers
    current = api("GET", f"/v1/auth/{other.id}/current_user", x_authorization=there["access"])
    assert status == current[0] == 200
    assert current[1]["user"]["email"] == "ada@example.com"
    assert there["user_id"] == again["user_id"] != here["user_id"]


@pytest.mark.parametrize(
    ("workspace", "app", "who", "status", "code"),
    [
        ("own", "app_nope", "workspace", 404, "app_not_in_workspace"),
        ("other", "app_demo", "workspace", 403, "workspace_access_denied"),
        ("own", "app_demo", "app", 401, "workspace_api_key_required"),
    ],
)
def test_a_workspace_session_has_its_own_refusals(
    emulator: Emulator, api: Api, workspace: str, app: str, who: str, status: int, code: str
) -> None:
    access = emulator.create_session("ada@example.com")["access"]
    ids = {"own": emulator.state.workspace_id, "other": "w2"}
    secrets = {"workspace": api.workspace_secret, "app": api.secret}

    answer = api(
        "POST",
        f"/v1/workspaces/{ids[workspace]}/sessions",
        {"app_id": app},
        authorization=secrets[who],
        x_authorization=access,
    )

    assert (answer[0], answer[1]["error_code"]) == (status, code)


def test_the_emulators_own_users_are_checked_too(emulator: Emulator) -> None:
    emulator.create_user("ada@example.com")

    with pytest.raises(ValueError, match="such a user already"):
        emulator.create_user("ADA@example.com")
    with pytest.raises(ValueError, match="e-mail address"):
        emulator.create_user(phone="12")
    with pytest.raises(ValueError, match="status"):
        emulator.create_user("bob@example.com", status="odd")


def post(emulator: Emulator, content_type: str, body: bytes) -> int:
    url = f"http://127.0.0.1:9000{USERS}"
    secret = f"Bearer {emulator.state.apps.first.secret}"
    headers = (("Authorization", secret), ("Content-Type", content_type))
    outcome = emulator.transport.send(HttpCall("POST", url, headers, body))
    assert isinstance(outcome, HttpReply)
    return outcome.status


MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="identifier"\r\n\r\nada@example.com\r\n'
    b"--x\r\n\r\nnameless\r\n--x--\r\n"
)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"identifier": "ada@example.com"}'),
        ("application/x-www-form-urlencoded", b"identifier=ada%40example.com"),
        ("multipart/form-data; boundary=x", MULTIPART),
    ],
    ids=["json", "form", "multipart"],
)
def test_bodies_are_read_in_every_encoding(
    emulator: Emulator, content_type: str, body: bytes
) -> None:
    assert post(emulator, content_type, body) == 200
    assert emulator.state.users.of("app_demo")[0].email == "ada@example.com"


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b"7"])
def test_a_body_that_is_no_object_is_refused(emulator: Emulator, body: bytes) -> None:
    assert post(emulator, "application/json", body) == 400


def test_an_unusable_multipart_body_has_no_fields(emulator: Emulator) -> None:
    assert post(emulator, "multipart/form-data", b"rubbish") == 400


@pytest.mark.parametrize("path", ["magic_links/login", "magic_links/register", "otps/login"])
@pytest.mark.parametrize("who", ["ada@example.com", "+15550100"])
def test_what_is_sent_goes_to_the_address_that_was_asked_for(
    emulator: Emulator, api: Api, path: str, who: str
) -> None:
    emulator.create_user("ada@example.com", phone="+15550100")

    api("POST", f"A/{path}", {"identifier": who})

    assert [message.to for message in emulator.messages()] == [who]


def test_a_link_names_and_verifies_the_address_that_it_was_sent_to(
    emulator: Emulator, api: Api
) -> None:
    ada = emulator.create_user(
        "ada@example.com", phone="+15550100", email_verified=False, phone_verified=False
    )
    api("POST", "A/magic_links/login", {"identifier": "+15550100"})
    token = landed(emulator.messages("+15550100")[0].link)["sct_magic"]

    api("PATCH", "A/magic_links/authenticate", {"token": token})

    claims = claims_of(token)
    user = emulator.state.users.by_id(ada.id)
    assert (claims["phone"], "email" in claims) == ("+15550100", False)
    assert (user.phone_verified, user.email_verified) == (True, False)


def test_a_look_up_tells_only_the_address_that_was_asked_for(emulator: Emulator, api: Api) -> None:
    emulator.create_user("ada@example.com", phone="+15550100")

    _, body = api("GET", "A/users", query={"identifier": "+15550100"})

    assert (body["user"]["phone"], "email" in body["user"]) == ("+15550100", False)
