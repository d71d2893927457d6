"""What the signed-in person finds besides his profile: notifications and further phones."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, Clock

ADA = "ada@example.com"
LIST = "/v1/apps/app_demo/notifications"
PHONES = "A/current_user/alternate_phones"
PHONE = "+15550101"


class Me:
    def __init__(self, emulator: Emulator, api: Api, email: str = ADA) -> None:
        self._api = api
        self._access = emulator.create_session(email)["access"]

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        return self._api(method, path, body, query=query, x_authorization=self._access)


@pytest.fixture
def me(emulator: Emulator, api: Api) -> Me:
    return Me(emulator, api)


def titles(answer: Answer) -> list[str]:
    return [each["title"] for each in answer[1]["notifications"]]


def test_a_user_lists_his_own_notifications(emulator: Emulator, clock: Clock, me: Me) -> None:
    emulator.notify(ADA, "Old", read=True, category="security", expires_at=clock.now + 1)
    emulator.notify("bob@example.com", "For Bob")
    clock.now += 1
    emulator.notify(ADA, "New", "Look", action_url="/x", metadata={"a": 1})

    _, body = me("GET", LIST)

    new, old = body["notifications"]
    assert body["meta"] == {
        "current_page": 1,
        "total_pages": 1,
        "total_count": 2,
        "unread_count": 1,
    }
    assert (new["title"], new["body"], new["requires_action"]) == ("New", "Look", True)
    assert (new["status"], new["read_at"], new["metadata"]) == ("unread", None, {"a": 1})
    assert (old["read"], old["expired"], old["requires_action"]) == (True, True, False)
    assert old["read_at"] == old["created_at"]


def test_the_list_is_narrowed_and_comes_in_pages(emulator: Emulator, me: Me) -> None:
    for number in range(3):
        emulator.notify(ADA, f"{number}", read=number == 0, category="ab"[number % 2])

    assert titles(me("GET", LIST, unread="true")) == ["2", "1"]
    assert titles(me("GET", LIST, category="a")) == ["2", "0"]
    assert titles(me("GET", LIST, per_page="2", page="2")) == ["0"]


def test_a_deleted_user_leaves_no_notification(emulator: Emulator, api: Api) -> None:
    emulator.notify(ADA, "Hello")
    (ada,) = emulator.state.users.of("app_demo")

    api("DELETE", f"/v1/app_demo/users/{ada.id}", authorization=api.secret)

    assert emulator.state.notifications.of(ada.id) == []


def prove(emulator: Emulator, me: Me, phone: str = PHONE) -> Answer:
    _, asked = me("POST", PHONES, {"phone": phone})
    code = emulator.messages(phone)[0].code
    return me(
        "POST", f"{PHONES}/verify", {"challenge_token": asked["challenge_token"], "code": code}
    )


def test_a_further_phone_counts_once_it_is_proven(emulator: Emulator, me: Me) -> None:
    me("POST", PHONES, {"phone": PHONE})
    before = me("GET", PHONES)

    proven = prove(emulator, me)

    assert before == (200, {"alternate_phones": []})
    assert proven == me("GET", PHONES)
    assert proven[1] == {"alternate_phones": [{"phone": PHONE, "verified": True}]}
    assert me("DELETE", f"{PHONES}/{PHONE}")[0] == 204
    assert me("DELETE", f"{PHONES}/{PHONE}")[0] == 404
    assert me("GET", PHONES) == before


@pytest.mark.parametrize("phone", ["", "12", ADA, None])
def test_what_is_no_phone_is_refused(me: Me, phone: str | None) -> None:
    status, body = me("POST", PHONES, {"phone": phone})

    assert (status, body["error_code"]) == (422, "invalid_phone")
    assert me("DELETE", f"{PHONES}/x")[0] == 404


def test_a_phone_that_is_his_is_not_added_again(emulator: Emulator, me: Me) -> None:
    prove(emulator, me)

    status, body = me("POST", PHONES, {"phone": "+1 555 0101"})

    assert (status, body["error_code"]) == (422, "phone_already_exists")


def test_a_wrong_code_proves_nothing(me: Me) -> None:
    _, asked = me("POST", PHONES, {"phone": PHONE})
    body = {"challenge_token": asked["challenge_token"], "code": "x"}

    status, answer = me("POST", f"{PHONES}/verify", body)

    assert (status, answer["error_code"]) == (422, "invalid_code")
    assert me("GET", PHONES)[1] == {"alternate_phones": []}


def test_the_proof_of_another_thing_or_person_is_none(emulator: Emulator, api: Api, me: Me) -> None:
    bob = Me(emulator, api, "bob@example.com")
    _, asked = bob("POST", PHONES, {"phone": PHONE})
    theirs = {"challenge_token": asked["challenge_token"], "code": emulator.messages(PHONE)[0].code}
    mine = {"identifier": ADA, "method": "email_otp"}
    tokens = [
        api("POST", "A/challenges", mine | {"purpose": purpose}, authorization=api.secret)
        for purpose in ("step_up", "verify_contact")
    ]
    others = [{"challenge_token": body["challenge"]["token"]} for _, body in tokens]

    answers = [me("POST", f"{PHONES}/verify", body)[0] for body in (theirs, {}, *others)]

    assert answers == [404, 404, 404, 404]
