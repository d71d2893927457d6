"""The second step of a sign-in: asked for, switched, sent again, missed, and over."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, Clock, landed

ADA = "ada@example.com"
DAY = 86_400


@pytest.fixture(autouse=True)
def optional(emulator: Emulator) -> None:
    emulator.settings(mfa_policy="optional")


def sign_in(api: Api, email: str = ADA) -> Any:
    """The first step, by code; what Scute answers to it."""
    _, sent = api("POST", "A/otps/login", {"identifier": email})
    code = api.emulator.messages(email)[0].code
    status, body = api("POST", "A/otps/verify", {"user_id": sent["user_id"], "otp": code})
    assert status == 200
    return body


def verify(api: Api, token: str, code: str | None) -> Answer:
    return api("POST", f"A/challenges/{token}/verify", {"code": code})


def switch(api: Api, user_id: str, method: str) -> Answer:
    """Without a key, as browsers do it."""
    fields = {"purpose": "mfa", "method": method, "app_user_id": user_id}
    return api("POST", "A/challenges", fields)


def sessions_of(emulator: Emulator, user_id: str) -> int:
    return len(emulator.state.sessions.of(user_id))


def test_who_has_an_authenticator_is_asked_for_its_code(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    emulator.backup_codes(ADA)

    asked = sign_in(api)
    before = sessions_of(emulator, asked["app_user_id"])
    count = emulator.state.users.by_id(asked["app_user_id"]).login_count
    status, session = verify(api, asked["mfa_challenge"]["token"], emulator.totp_code(ADA))

    assert asked["mfa_required"] is True
    assert "access" not in asked
    assert asked["available_methods"] == ["totp", "backup_codes"]
    assert (asked["mfa_challenge"]["purpose"], asked["mfa_challenge"]["method"]) == ("mfa", "totp")
    assert (before, count, status) == (0, 0, 200)
    _, body = api("GET", "A/current_user", x_authorization=session["access"])
    assert (body["user"]["id"], body["user"]["login_count"]) == (asked["app_user_id"], 1)
    assert body["user"]["sessions"][0]["type"] == "mfa"


def test_a_link_asks_for_it_too_in_both_browsers(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    _, sent = api("POST", "A/magic_links/login", {"identifier": ADA})
    token = landed(emulator.messages(ADA)[0].link)["sct_magic"]

    _, opened = api("PATCH", "A/magic_links/authenticate", {"token": token})
    _, polled = api("POST", "A/magic_links/status", {"id": sent["magic_link"]["id"]})

    tokens = [body["mfa_challenge"]["token"] for body in (opened, polled)]
    statuses = [verify(api, token, emulator.totp_code(ADA))[0] for token in tokens]
    assert statuses == [200, 200]


def test_a_code_is_mailed_to_who_wants_that(emulator: Emulator, api: Api) -> None:
    access = emulator.create_session(ADA)["access"]
    enrol(api, access, "email", secret_data="ada@backup.example")

    asked = sign_in(api)

    assert asked["available_methods"] == ["email_otp"]
    code = emulator.messages("ada@backup.example")[0].code
    assert verify(api, asked["mfa_challenge"]["token"], code)[0] == 200


def test_a_code_to_sign_in_never_goes_to_the_second_address(emulator: Emulator, api: Api) -> None:
    access = emulator.create_session(ADA)["access"]
    enrol(api, access, "email", secret_data="ada@backup.example")
    sent = len(emulator.messages("ada@backup.example"))

    api("POST", "A/otps/login", {"identifier": ADA})

    assert len(emulator.messages("ada@backup.example")) == sent


def enrol(api: Api, access: str, method: str, **fields: str) -> str:
    """Set a method up by its code; the answer is its id."""
    headers = {"x-authorization": access}
    _, begun = api("POST", "A/mfa/enroll", {"method": method, **fields}, headers=headers)
    body = {
        "enrollment_id": begun["enrollment"]["id"],
        "code": api.emulator.messages()[0].code,
    }
    status, done = api("POST", "A/mfa/enroll/verify", body, headers=headers)
    assert (status, done["enrollment"]["verified"]) == (200, True)
    method_id: str = begun["enrollment"]["id"]
    return method_id


def test_the_method_can_be_switched(emulator: Emulator, api: Api) -> None:
    access = emulator.create_session(ADA)["access"]
    enrol(api, access, "sms", secret_data="+15550100")
    emulator.enrol_totp(ADA)
    asked = sign_in(api)
    first = asked["mfa_challenge"]["token"]

    cancelled, _ = api("DELETE", f"A/challenges/{first}")
    status, made = switch(api, asked["app_user_id"], "totp")

    assert asked["mfa_challenge"]["method"] == "sms_otp"
    assert (cancelled, status) == (200, 201)
    old = verify(api, first, emulator.messages("+15550100")[0].code)
    assert (old[0], old[1]["error_code"]) == (422, "challenge_cancelled")
    assert verify(api, made["challenge"]["token"], emulator.totp_code(ADA))[0] == 200


def test_a_backup_code_signs_in_once(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    codes = emulator.backup_codes(ADA)
    asked = sign_in(api)
    _, made = switch(api, asked["app_user_id"], "backup_code")

    status, session = verify(api, made["challenge"]["token"], codes[0].replace("-", " "))
    asked = sign_in(api)
    _, made = switch(api, asked["app_user_id"], "backup_code")
    again, _ = verify(api, made["challenge"]["token"], codes[0])

    assert (status, again) == (200, 422)
    _, methods = api("GET", "A/mfa/methods", x_authorization=session["access"])
    assert methods["backup_codes_available"] == 9


def test_without_a_first_step_there_is_no_second(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    user = emulator.state.users.of("app_demo")[0]

    known, unknown = switch(api, user.id, "totp"), switch(api, "nobody", "totp")

    assert known == unknown
    assert (known[0], known[1]["error_code"]) == (401, "not_authorized")


def test_the_first_step_of_another_person_or_app_does_not_count(
    emulator: Emulator, api: Api
) -> None:
    other = emulator.create_app(mfa_policy="optional").id
    emulator.enrol_totp(ADA)
    emulator.enrol_totp("bob@example.com")
    emulator.enrol_totp(ADA, app_id=other)
    asked = sign_in(api)
    bob = emulator.state.users.of("app_demo")[1]
    elsewhere = emulator.state.users.of(other)[0]

    fields = {"purpose": "mfa", "method": "totp", "app_user_id": elsewhere.id}
    there, _ = api("POST", f"/v1/auth/{other}/challenges", fields)
    wrong, _ = verify(api, asked["mfa_challenge"]["token"], emulator.totp_code("bob@example.com"))

    assert (there, wrong) == (401, 422)
    assert switch(api, bob.id, "totp")[0] == 401


@pytest.mark.parametrize("method", ["email_otp", "sms_otp", "webauthn", "backup_code"])
def test_only_what_was_set_up_can_be_switched_to(emulator: Emulator, api: Api, method: str) -> None:
    emulator.enrol_totp(ADA)
    asked = sign_in(api)

    status, body = switch(api, asked["app_user_id"], method)

    assert (status, body["error_code"]) == (422, "method_not_available")


def test_after_three_wrong_codes_the_sign_in_begins_again(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    asked = sign_in(api)
    token, user_id = asked["mfa_challenge"]["token"], asked["app_user_id"]

    left = [verify(api, token, "x")[1]["details"]["remaining_attempts"] for _ in range(3)]
    late = verify(api, token, emulator.totp_code(ADA))

    assert left == [2, 1, 0]
    assert (late[0], late[1]["error_code"]) == (422, "challenge_failed")
    assert switch(api, user_id, "totp")[0] == 401
    assert sessions_of(emulator, user_id) == 0


def test_a_sign_in_that_waits_too_long_is_over(emulator: Emulator, api: Api, clock: Clock) -> None:
    emulator.enrol_totp(ADA)
    asked = sign_in(api)
    clock.now += 600

    late = verify(api, asked["mfa_challenge"]["token"], emulator.totp_code(ADA))

    assert (late[0], late[1]["error_code"]) == (422, "challenge_expired")
    assert switch(api, asked["app_user_id"], "totp")[0] == 401


def test_one_first_step_leads_to_one_session(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    codes = emulator.backup_codes(ADA)
    asked = sign_in(api)
    _, made = switch(api, asked["app_user_id"], "backup_code")

    first = verify(api, asked["mfa_challenge"]["token"], emulator.totp_code(ADA))
    second = verify(api, made["challenge"]["token"], codes[0])

    assert first[0] == 200
    assert (second[0], second[1]["error_code"]) == (422, "challenge_cancelled")
    assert sessions_of(emulator, asked["app_user_id"]) == 1


def test_denying_ends_the_sign_in(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    asked = sign_in(api)

    api("POST", f"A/challenges/{asked['mfa_challenge']['token']}/deny")

    assert switch(api, asked["app_user_id"], "totp")[0] == 401


def test_a_code_can_be_sent_again(emulator: Emulator, api: Api) -> None:
    enrol(api, emulator.create_session(ADA)["access"], "email", secret_data="a@b.example")
    token = sign_in(api)["mfa_challenge"]["token"]
    old = emulator.messages("a@b.example")[0].code

    _, sent = api("POST", f"A/challenges/{token}/resend", {})

    assert verify(api, token, old)[0] == 422
    new = emulator.messages("a@b.example")[0].code
    assert verify(api, sent["challenge"]["token"], new)[0] == 200


def test_where_it_is_switched_off_nobody_is_asked(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    emulator.settings(mfa_policy="disabled")

    assert "access" in sign_in(api)


def test_a_method_that_the_app_disallows_is_not_asked_for(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    emulator.backup_codes(ADA)
    emulator.settings(mfa_methods_allowed=["sms"])

    assert "access" in sign_in(api)


def test_who_has_set_up_nothing_is_advised_to(emulator: Emulator, api: Api) -> None:
    body = sign_in(api)

    assert body["mfa_enrollment_suggested"] is True
    assert body["available_methods"] == ["totp", "sms", "email"]
    assert "mfa_grace_days_remaining" not in body


def test_where_it_is_required_there_are_days_of_grace(
    emulator: Emulator, api: Api, clock: Clock
) -> None:
    emulator.settings(mfa_policy="required", mfa_grace_days=7)
    emulator.create_user(ADA)
    clock.now += 2.5 * DAY

    body = sign_in(api)

    assert (body["mfa_enrollment_suggested"], body["mfa_grace_days_remaining"]) == (True, 5)


@pytest.mark.parametrize(("who", "method"), [(ADA, "email_otp"), ("+15550100", "sms_otp")])
def test_after_them_a_code_is_asked_for_and_one_must_be_set_up(
    emulator: Emulator, api: Api, clock: Clock, who: str, method: str
) -> None:
    emulator.settings(mfa_policy="required", mfa_grace_days=1)
    sign_in(api, who)
    clock.now += DAY

    asked = sign_in(api, who)
    token = asked["mfa_challenge"]["token"]
    status, session = verify(api, token, emulator.messages(who)[0].code)

    assert (asked["mfa_enrollment_required"], asked["available_methods"]) == (True, [method])
    assert (status, session["mfa_enrollment_required"]) == (200, True)
    assert session["available_methods"] == ["totp", "sms", "email"]
    assert "mfa_enrollment_suggested" not in session


def test_everyone_can_be_asked_by_a_switch(emulator: Emulator, api: Api) -> None:
    emulator.settings(mfa_policy="disabled", mfa_required=True)

    asked = [sign_in(api), sign_in(api)]

    secrets = emulator.state.mfa.of(asked[0]["app_user_id"])
    assert len(secrets) == 1
    assert asked[1]["available_methods"] == ["totp", "backup_codes"]
    assert verify(api, asked[1]["mfa_challenge"]["token"], emulator.totp_code(ADA))[0] == 200
