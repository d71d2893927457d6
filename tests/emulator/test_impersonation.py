"""Support access: a backend's session as one of its users."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, Clock, claims_of

ADA = "ada@example.com"
SUPPORT = {"email": "sam@shop.example", "name": "Sam"}


@pytest.fixture
def ada(emulator: Emulator) -> str:
    emulator.settings(impersonation=True)
    return emulator.create_user(ADA).id


def start(api: Api, user_id: str, **fields: Any) -> Answer:
    path = f"/v1/apps/app_demo/users/{user_id}/impersonate"
    return api("POST", path, {"reason": "Ticket 7", **fields}, authorization=api.secret)


def running(api: Api, user_id: str) -> Any:
    path = f"/v1/apps/app_demo/users/{user_id}/impersonations"
    return api("GET", path, authorization=api.secret)[1]["impersonations"]


def is_good(api: Api, access: str) -> bool:
    return api("GET", "A/current_user", x_authorization=access)[0] == 200


def test_the_token_names_the_user_and_who_acts(api: Api, ada: str) -> None:
    status, body = start(api, ada, actor=SUPPORT)

    claims = claims_of(body["access"])
    actor = {"sub": "sam@shop.example", "kind": "backend", **SUPPORT}
    assert (status, "refresh" in body) == (201, False)
    assert (claims["uuid"], claims["imp"], claims["act"]) == (ada, True, actor)
    _, me = api("GET", "A/current_user", x_authorization=body["access"])
    assert me["impersonation"] == body["impersonation"]
    assert (me["impersonation"]["actor"], me["impersonation"]["reason"]) == (actor, "Ticket 7")
    assert [each["type"] for each in me["user"]["sessions"]] == ["impersonation"]


def test_another_user_can_be_the_actor(emulator: Emulator, api: Api, ada: str) -> None:
    boss = emulator.create_user("boss@example.com", name="Boss")

    _, body = start(api, ada, actor_user_id=boss.id)

    assert claims_of(body["access"])["act"] == {
        "sub": boss.id,
        "kind": "app_user",
        "email": "boss@example.com",
        "name": "Boss",
    }


@pytest.mark.parametrize(
    ("actor", "sub"), [({}, "backend"), ({"id": "7", "email": "a@b.example"}, "7")], ids=str
)
def test_a_backend_need_not_name_anyone(api: Api, ada: str, actor: Any, sub: str) -> None:
    _, body = start(api, ada, actor=actor)

    assert claims_of(body["access"])["act"]["sub"] == sub


def test_it_ends_by_itself(api: Api, ada: str, clock: Clock) -> None:
    _, body = start(api, ada, minutes=10)
    clock.now += 599
    before = is_good(api, body["access"]), len(running(api, ada))
    clock.now += 1

    _, user = api("GET", f"/v1/app_demo/users/{ada}", authorization=api.secret)

    assert before == (True, 1)
    assert not is_good(api, body["access"])
    assert (running(api, ada), user["user"]["sessions"]) == ([], [])


def test_nothing_lengthens_it(api: Api, ada: str, clock: Clock) -> None:
    _, body = start(api, ada, minutes=1)
    headers = {"authorization": api.secret, "x-authorization": body["access"]}
    _, rotated = api("POST", "A/tokens/rotate_access", headers=headers)
    clock.now += 60

    assert "refresh" not in rotated
    assert not is_good(api, rotated["access"])
    assert api("POST", "A/tokens/rotate_access", headers=headers)[0] == 401


def test_times_may_be_numbers(emulator: Emulator, api: Api, ada: str) -> None:
    emulator.settings(iso_times=False)

    assert start(api, ada)[1]["access_expires_at"] == emulator.state.clock() + 3600


def test_one_or_all_can_be_ended_and_nothing_else(emulator: Emulator, api: Api, ada: str) -> None:
    own = emulator.create_session(ADA)["access"]
    first, second = start(api, ada)[1], start(api, ada)[1]
    third = start(api, ada)[1]
    path = f"/v1/apps/app_demo/users/{ada}/impersonate"

    query = {"session_id": first["session_id"]}
    _, one = api("DELETE", path, query=query, authorization=api.secret)
    good = [is_good(api, each["access"]) for each in (first, second)]
    _, rest = api("DELETE", path, authorization=api.secret)

    assert (one, good, rest) == ({"ended": 1}, [False, True], {"ended": 2})
    assert not is_good(api, third["access"])
    assert is_good(api, own)


def test_the_user_can_end_it(api: Api, ada: str) -> None:
    _, body = start(api, ada)

    api("DELETE", "A/current_user", x_authorization=body["access"])

    assert running(api, ada) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": ""}, "reason_required"),
        ({"minutes": 0}, "invalid_minutes"),
        ({"minutes": 61}, "invalid_minutes"),
        ({"minutes": True}, "invalid_minutes"),
        ({"minutes": "9"}, "invalid_minutes"),
        ({"actor_user_id": "nobody"}, "invalid_actor"),
    ],
    ids=str,
)
def test_a_mistake_is_named(api: Api, ada: str, fields: Any, code: str) -> None:
    status, body = start(api, ada, **fields)

    assert (status, body["error_code"], running(api, ada)) == (422, code, [])


def test_it_is_off_until_the_app_allows_it(emulator: Emulator, api: Api, ada: str) -> None:
    emulator.settings(impersonation=False)

    status, body = start(api, ada)

    assert (status, body["error_code"]) == (403, "impersonation_disabled")


def test_the_user_of_another_app_is_unknown(emulator: Emulator, api: Api, ada: str) -> None:
    other = emulator.create_app()
    stranger = emulator.create_user("eve@example.com", app_id=other.id)

    assert start(api, stranger.id)[0] == 404
