"""Challenges that backends make: step-ups, and codes to sign in by their general path."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, Clock

ADA = "ada@example.com"


def create(api: Api, secret: str | None = None, **fields: Any) -> Answer:
    headers = {} if secret == "" else {"authorization": secret or api.secret}
    return api("POST", "A/challenges", fields, headers=headers)


def step_up(api: Api, method: str = "email_otp", **fields: Any) -> str:
    """A challenge for Ada; the answer is its token."""
    status, made = create(api, purpose="step_up", method=method, identifier=ADA, **fields)
    assert status == 201
    token: str = made["challenge"]["token"]
    return token


def verify(api: Api, token: str, code: Any) -> Answer:
    return api("POST", f"A/challenges/{token}/verify", {"code": code})


def status_of(api: Api, token: str) -> str:
    _, body = api("GET", f"A/challenges/{token}")
    status: str = body["challenge"]["status"]
    return status


@pytest.fixture(autouse=True)
def ada(emulator: Emulator) -> str:
    return emulator.create_user(ADA).id


def test_a_step_up_by_mail_is_completed(emulator: Emulator, api: Api) -> None:
    metadata = {"authorizes_action": "invoice:pay"}
    token = step_up(api, metadata=metadata, intent="pay", intent_fields={"sum": "7"})

    status, body = verify(api, token, emulator.messages(ADA)[0].code)

    assert (status, body["status"]) == (200, "completed")
    assert (body["intent"], body["intent_fields"]) == ("pay", {"sum": "7"})
    assert body["challenge"]["metadata"] == metadata
    assert "access" not in body
    assert emulator.state.sessions.of(emulator.state.users.of("app_demo")[0].id) == []


def test_a_step_up_by_authenticator_and_by_backup_code(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    codes = emulator.backup_codes(ADA)

    _, by_app = verify(api, step_up(api, "totp"), emulator.totp_code(ADA))
    _, by_code = verify(api, step_up(api, "backup_code"), codes[0].upper())
    again, _ = verify(api, step_up(api, "backup_code"), codes[0])

    assert "remaining_backup_codes" not in by_app
    assert by_code["remaining_backup_codes"] == 9
    assert again == 422


def test_it_tells_how_long_and_how_often(api: Api, clock: Clock) -> None:
    token = step_up(api)
    clock.now += 100
    verify(api, token, "x")

    _, body = api("GET", f"A/challenges/{token}")

    challenge = body["challenge"]
    assert (challenge["time_remaining"], challenge["remaining_attempts"]) == (500, 2)
    assert challenge["delivery_required"] is True


@pytest.mark.parametrize("code", ["", "x", "é", None, 7, ["1"]])
def test_nonsense_is_a_wrong_code(api: Api, code: object) -> None:
    status, body = verify(api, step_up(api), code)

    assert (status, body["error_code"]) == (422, "invalid_code")


def test_it_expires(emulator: Emulator, api: Api, clock: Clock) -> None:
    token = step_up(api)
    clock.now += 600

    status, body = verify(api, token, emulator.messages(ADA)[0].code)

    assert (status, body["error_code"]) == (422, "challenge_expired")
    assert status_of(api, token) == "expired"


def test_three_wrong_codes_end_it(emulator: Emulator, api: Api) -> None:
    token = step_up(api)
    for _ in range(3):
        verify(api, token, "x")

    status, body = verify(api, token, emulator.messages(ADA)[0].code)

    assert (status, body["error_code"]) == (422, "challenge_failed")
    assert status_of(api, token) == "failed"


def test_the_same_totp_code_does_not_work_twice(emulator: Emulator, api: Api, clock: Clock) -> None:
    emulator.enrol_totp(ADA)
    code = emulator.totp_code(ADA)

    first, _ = verify(api, step_up(api, "totp"), code)
    second, body = verify(api, step_up(api, "totp"), code)
    clock.now += 30
    third, _ = verify(api, step_up(api, "totp"), emulator.totp_code(ADA))

    assert (first, second, third) == (200, 422, 200)
    assert body["error_code"] == "invalid_code"


@pytest.mark.parametrize(("late", "works"), [(30, True), (90, False)])
def test_a_totp_code_may_be_a_little_late(
    emulator: Emulator, api: Api, clock: Clock, late: float, works: bool
) -> None:
    emulator.enrol_totp(ADA)
    code = emulator.totp_code(ADA)
    clock.now += late

    assert (verify(api, step_up(api, "totp"), code)[0] == 200) is works


def test_resending_makes_the_old_one_worthless(emulator: Emulator, api: Api) -> None:
    old = step_up(api, intent="pay")
    old_code = emulator.messages(ADA)[0].code
    verify(api, old, "x")

    _, sent = api("POST", f"A/challenges/{old}/resend", {})

    new = sent["challenge"]
    assert (new["intent"], new["remaining_attempts"]) == ("pay", 3)
    refused = verify(api, old, old_code)
    assert (refused[0], refused[1]["error_code"]) == (422, "challenge_cancelled")
    assert verify(api, new["token"], emulator.messages(ADA)[0].code)[0] == 200


def test_only_what_was_sent_is_sent_again(emulator: Emulator, api: Api) -> None:
    emulator.enrol_totp(ADA)
    token = step_up(api, "totp")

    status, body = api("POST", f"A/challenges/{token}/resend", {})

    assert (status, body["error_code"]) == (422, "method_not_available")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/deny", "denied"), ("DELETE", "", "cancelled")]
)
def test_a_challenge_that_is_over_stays_over(
    emulator: Emulator, api: Api, method: str, path: str, status: str
) -> None:
    token = step_up(api)

    ended, _ = api(method, f"A/challenges/{token}{path}")
    refused = [
        verify(api, token, emulator.messages(ADA)[0].code),
        api("POST", f"A/challenges/{token}/resend"),
        api("POST", f"A/challenges/{token}/deny"),
        api("DELETE", f"A/challenges/{token}"),
    ]

    assert ended == 200
    assert {answer[0] for answer in refused} == {422}
    assert {answer[1]["error_code"] for answer in refused} == {f"challenge_{status}"}
    assert status_of(api, token) == status


def test_a_challenge_of_another_app_is_unknown_here(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app()
    token = step_up(api)
    code = emulator.messages(ADA)[0].code

    path = f"/v1/auth/{other.id}/challenges/{token}"
    answers = [
        api("GET", path),
        api("POST", f"{path}/verify", {"code": code}),
        api("POST", f"{path}/resend"),
        api("DELETE", path),
    ]

    assert {status for status, _ in answers} == {404}
    assert status_of(api, token) == "pending"


def test_the_code_of_one_challenge_is_none_for_another(emulator: Emulator, api: Api) -> None:
    first = step_up(api)
    code = emulator.messages(ADA)[0].code
    second = step_up(api)

    assert verify(api, second, code)[0] == 422
    assert verify(api, first, code)[0] == 200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"purpose": "party"}, "invalid_purpose"),
        ({"method": "pigeon"}, "invalid_method"),
        ({"method": "push"}, "invalid_method"),
        ({"method": "totp"}, "method_not_available"),
        ({"method": "backup_code"}, "method_not_available"),
        ({"method": "sms_otp"}, "method_not_available"),
        ({"method": "webauthn"}, "method_not_available"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(api: Api, fields: dict[str, str], code: str) -> None:
    whole = {"purpose": "step_up", "method": "email_otp", "identifier": ADA}

    status, body = create(api, **(whole | fields))

    assert (status, body["error_code"]) == (422, code)


@pytest.mark.parametrize(
    "who", [{}, {"app_user_id": "x"}, {"identifier": "x"}, {"identifier": "eve@example.com"}]
)
def test_nobody_is_created_for_a_step_up(emulator: Emulator, api: Api, who: dict[str, str]) -> None:
    status, _ = create(api, purpose="step_up", method="email_otp", **who)

    assert status == 404
    assert len(emulator.state.users.of("app_demo")) == 1


@pytest.mark.parametrize("purpose", ["step_up", "verify_contact", "custom"])
@pytest.mark.parametrize("secret", ["", "Bearer wrong"])
def test_only_backends_make_them(api: Api, purpose: str, secret: str) -> None:
    status, _ = create(api, secret, purpose=purpose, method="email_otp", identifier=ADA)

    assert status == 401


def test_the_backend_of_another_app_makes_none_here(emulator: Emulator, api: Api) -> None:
    secret = f"Bearer {emulator.create_app().secret}"

    status, _ = create(api, secret, purpose="step_up", method="email_otp", identifier=ADA)

    assert status == 403


def test_a_number_of_the_user_takes_a_text_message(emulator: Emulator, api: Api) -> None:
    emulator.create_user("bob@example.com", phone="+15550100")

    _, made = create(api, purpose="step_up", method="sms_otp", identifier="bob@example.com")

    code = emulator.messages("+15550100")[0].code
    assert verify(api, made["challenge"]["token"], code)[0] == 200


def test_anyone_may_ask_for_a_code_to_sign_in(emulator: Emulator, api: Api) -> None:
    _, made = create(
        api, "", purpose="authenticate", method="email_otp", identifier="new@example.com"
    )

    code = emulator.messages("new@example.com")[0].code
    status, session = verify(api, made["challenge"]["token"], code)

    assert status == 200
    _, body = api("GET", "A/current_user", x_authorization=session["access"])
    assert body["user"]["sessions"][0]["type"] == "challenge"


@pytest.mark.parametrize("method", ["sms_otp", "totp", "backup_code"])
def test_nobody_signs_in_with_a_second_factor_alone(
    emulator: Emulator, api: Api, method: str
) -> None:
    emulator.enrol_totp(ADA)
    emulator.backup_codes(ADA)

    status, _ = create(api, "", purpose="authenticate", method=method, identifier=ADA)

    assert status == 422


def push(api: Api) -> Any:
    """A sign-in that Ada's authenticator app asks her about."""
    status, made = create(api, "", purpose="authenticate", method="entra_push", identifier=ADA)
    assert status == 201
    return made["challenge"]


def claim(api: Api, token: str) -> Answer:
    return api("POST", f"A/challenges/{token}/session", {})


def test_a_push_that_is_agreed_to_gives_one_session(emulator: Emulator, api: Api, ada: str) -> None:
    challenge = push(api)
    early = claim(api, challenge["token"])

    number = emulator.answer_push(ADA)
    status, session = claim(api, challenge["token"])
    again, body = claim(api, challenge["token"])

    assert (early[0], early[1]["error_code"]) == (422, "challenge_pending")
    assert challenge["metadata"]["number"] == number
    assert len(number) == 2
    assert (status, session["user_id"]) == (200, ada)
    assert (again, body["error_code"]) == (409, "session_already_claimed")


def test_a_push_that_is_denied_gives_none(emulator: Emulator, api: Api) -> None:
    token = push(api)["token"]

    emulator.answer_push(ADA, agree=False)

    assert status_of(api, token) == "denied"
    assert claim(api, token)[1]["error_code"] == "challenge_denied"
    assert verify(api, token, "")[0] == 422
    assert [event.kind for event in emulator.events("challenge.failed")] == ["challenge.failed"]


def test_a_push_may_lead_to_a_second_factor(emulator: Emulator, api: Api) -> None:
    emulator.settings(mfa_policy="optional")
    emulator.enrol_totp(ADA)
    token = push(api)["token"]
    emulator.answer_push(ADA)

    _, body = claim(api, token)

    assert body["mfa_required"] is True


def test_nobody_agrees_to_what_was_not_asked(emulator: Emulator, api: Api, clock: Clock) -> None:
    with pytest.raises(ValueError, match="asked for nothing"):
        emulator.answer_push(ADA)
    push(api)
    clock.now += 600

    with pytest.raises(ValueError, match="asked for nothing"):
        emulator.answer_push(ADA)


def test_the_session_of_a_code_is_given_once(emulator: Emulator, api: Api) -> None:
    _, made = create(api, "", purpose="authenticate", method="email_otp", identifier=ADA)
    token = made["challenge"]["token"]
    verify(api, token, emulator.messages(ADA)[0].code)

    assert claim(api, token)[0] == 409


def test_a_step_up_has_no_session_to_claim(emulator: Emulator, api: Api) -> None:
    token = step_up(api)
    verify(api, token, emulator.messages(ADA)[0].code)

    assert claim(api, token)[1]["error_code"] == "invalid_purpose"


def test_a_contact_is_proven_where_it_is(emulator: Emulator, api: Api, ada: str) -> None:
    who = {"app_user_id": ada, "identifier": "new@example.com"}

    _, made = create(api, purpose="verify_contact", method="email_otp", **who)
    status, body = verify(
        api, made["challenge"]["token"], emulator.messages("new@example.com")[0].code
    )

    assert (status, body["status"]) == (200, "completed")
    assert emulator.messages(ADA) == []


def test_who_wants_to_be_called_back_is_named(emulator: Emulator, api: Api) -> None:
    """Where Scute calls, and with what, is for its webhooks."""
    told = step_up(api, callback_url="https://shop.example/denied")
    landed = step_up(api, redirect_url="https://shop.example/done")

    _, resent = api("POST", f"A/challenges/{landed}/resend")
    _, denied = api("POST", f"A/challenges/{told}/deny")

    assert resent["challenge"]["callback_url"] == "https://shop.example/done"
    assert denied["challenge"]["callback_url"] == "https://shop.example/denied"
    (event,) = emulator.events("challenge.failed")
    assert event.data["callback_url"] == "https://shop.example/denied"
