"""Signing in with a code by mail or SMS, and what stands in the way of it."""

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, Clock

ADA = "ada@example.com"


def send(api: Api, identifier: str = ADA) -> str:
    status, body = api("POST", "A/otps/login", {"identifier": identifier})
    assert status == 200
    token: str = body["user_id"]
    return token


def verify(api: Api, user_id: str, code: str) -> Answer:
    return api("POST", "A/otps/verify", {"user_id": user_id, "otp": code})


def test_the_code_in_the_mail_signs_in_and_verifies_nothing(emulator: Emulator, api: Api) -> None:
    token = send(api)
    (mail,) = emulator.messages(ADA)

    status, session = verify(api, token, mail.code or "")

    assert (status, mail.kind, len(mail.code or "")) == (200, "email", 6)
    _, body = api("GET", "A/current_user", x_authorization=session["access"])
    user = body["user"]
    assert (user["status"], user["email_verified"], user["login_count"]) == ("active", False, 1)
    assert user["sessions"][0]["type"] == "otp"


def test_a_phone_number_gets_a_text_message(emulator: Emulator, api: Api) -> None:
    token = send(api, "+1 (555) 010-0123")
    (sms,) = emulator.messages("+15550100123")

    assert sms.kind == "sms"
    assert verify(api, token, sms.code or "")[0] == 200


def test_the_users_id_stands_for_the_code_sent_last(emulator: Emulator, api: Api) -> None:
    user = emulator.create_user(ADA)
    send(api)
    first = emulator.messages(ADA)[0].code or ""
    send(api)

    old = verify(api, user.id, first)
    new = verify(api, user.id, emulator.messages(ADA)[0].code or "")

    assert (old[0], new[0]) == (422, 200)


@pytest.mark.parametrize("length", [4, 8])
def test_the_code_is_as_long_as_the_app_says(emulator: Emulator, api: Api, length: int) -> None:
    emulator.settings(otp_length=length)
    send(api)

    code = emulator.messages(ADA)[0].code or ""

    assert len(code) == length
    assert code.isdigit()


def test_people_may_type_spaces(emulator: Emulator, api: Api) -> None:
    token = send(api)
    code = emulator.messages(ADA)[0].code or ""

    assert verify(api, token, f" {code[:3]} {code[3:]} ")[0] == 200


@pytest.mark.parametrize("identity", ["a+scute_test@example.com", "+14155550123"])
def test_test_identities_get_no_message_and_a_known_code(
    emulator: Emulator, api: Api, identity: str
) -> None:
    token = send(api, identity)

    assert emulator.messages() == []
    assert verify(api, token, "424242")[0] == 200


@pytest.mark.parametrize(
    "identity", ["ada@example.com", "a+scute_test@example.org", "+14155560123", "+441555550123"]
)
def test_nobody_else_has_that_code(emulator: Emulator, api: Api, identity: str) -> None:
    token = send(api, identity)

    assert emulator.messages()[0].code != "424242"
    assert verify(api, token, "424242")[0] == 422


def test_test_identities_can_be_switched_off(emulator: Emulator, api: Api) -> None:
    emulator.settings(test_identities=False)
    token = send(api, "a+scute_test@example.com")

    assert verify(api, token, emulator.messages()[0].code or "")[0] == 200


def test_a_wrong_code_is_counted_and_the_third_ends_it(emulator: Emulator, api: Api) -> None:
    token = send(api)
    code = emulator.messages(ADA)[0].code or ""

    wrong = [verify(api, token, "") for _ in range(3)]
    late = verify(api, token, code)

    assert [status for status, _ in wrong] == [422, 422, 422]
    assert [body["details"]["remaining_attempts"] for _, body in wrong] == [2, 1, 0]
    assert {body["error_code"] for _, body in wrong} == {"invalid_code"}
    assert (late[0], late[1]["error_code"]) == (422, "challenge_failed")


def test_a_code_works_once(emulator: Emulator, api: Api) -> None:
    token = send(api)
    code = emulator.messages(ADA)[0].code or ""

    statuses = [verify(api, token, code)[0] for _ in range(2)]
    again = verify(api, token, code)

    assert statuses == [200, 422]
    assert again[1]["error_code"] == "challenge_completed"


def test_a_code_expires(emulator: Emulator, api: Api, clock: Clock) -> None:
    emulator.settings(otp_expiration=100)
    token = send(api)
    code = emulator.messages(ADA)[0].code or ""
    clock.now += 100

    status, body = verify(api, token, code)

    assert (status, body["error_code"]) == (422, "challenge_expired")


def test_the_code_of_another_person_or_app_is_none(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app().id
    mine, yours = send(api), send(api, "bob@example.com")
    code = emulator.messages(ADA)[0].code or ""

    path = f"/v1/auth/{other}/otps/verify"
    elsewhere, _ = api("POST", path, {"user_id": mine, "otp": code})

    assert elsewhere == 404
    assert verify(api, yours, code)[0] == 422
    assert verify(api, mine, code)[0] == 200


def test_a_challenge_of_another_kind_signs_nobody_in(emulator: Emulator, api: Api) -> None:
    user = emulator.create_user(ADA)
    fields = {"purpose": "step_up", "method": "email_otp", "app_user_id": user.id}
    _, made = api("POST", "A/challenges", fields, authorization=api.secret)
    code = emulator.messages(ADA)[0].code or ""

    assert verify(api, made["challenge"]["token"], code)[0] == 404
    assert verify(api, user.id, code)[0] == 404


def test_registration_keeps_declared_metadata_of_newcomers(emulator: Emulator, api: Api) -> None:
    emulator.create_user("bob@example.com", meta={"first_name": "Bob"})
    meta = {"first_name": "X", "shoe_size": 38}

    _, new = api("POST", "A/otps/login", {"identifier": ADA, "user_meta": meta})
    api("POST", "A/otps/login", {"identifier": "bob@example.com", "user_meta": meta})

    assert set(new["user_meta_errors"]) == {"shoe_size"}
    names = {user.email: user.meta for user in emulator.state.users.of("app_demo")}
    assert names == {ADA: {"first_name": "X"}, "bob@example.com": {"first_name": "Bob"}}


def test_a_code_of_someone_deactivated_or_deleted_is_none(emulator: Emulator, api: Api) -> None:
    user = emulator.create_user(ADA)
    token = send(api)
    code = emulator.messages(ADA)[0].code or ""
    path = f"/v1/app_demo/users/{user.id}"

    api("POST", f"{path}/deactivate", authorization=api.secret)
    inactive = verify(api, token, code)
    api("DELETE", path, authorization=api.secret)

    assert (inactive[0], inactive[1]["error_code"]) == (403, "account_deactivated")
    assert verify(api, token, code)[0] == 404


def test_without_public_sign_up_strangers_get_no_code(emulator: Emulator, api: Api) -> None:
    emulator.settings(public_signup=False)

    status, body = api("POST", "A/otps/login", {"identifier": ADA})

    assert (status, body["error_code"]) == (404, "identifier_not_recognized")
    assert emulator.messages() == []
