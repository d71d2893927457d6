"""Passkeys: added, used to sign in and to step up, removed; and what is no passkey."""

import copy
from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.authenticator import Authenticator, text
from tests.emulator.support import Answer, Api, Clock, claims_of

ADA = "ada@example.com"
INITIALIZE = "A/webauthn/login/initialize"
FINALIZE = "A/webauthn/login/finalize"


@pytest.fixture(autouse=True)
def enabled(emulator: Emulator) -> None:
    emulator.settings(passkeys_enabled=True, origin="http://localhost:8000")


@pytest.fixture
def access(emulator: Emulator) -> str:
    token: str = emulator.create_session(ADA)["access"]
    return token


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


def options_to_add(api: Api, access: str) -> Any:
    status, body = api("POST", "A/devices/register", x_authorization=access)
    assert (status, body["user_verification"]) == (200, "preferred")
    return body["options"]


def finalize(api: Api, access: str, credential: Any) -> Answer:
    return api("POST", "A/devices/finalize", credential, x_authorization=access)


def add(api: Api, access: str, device: Authenticator, **more: str) -> Any:
    made = device.create(options_to_add(api, access))
    status, body = finalize(api, access, made | more)
    assert status == 200
    return body


def options_to_sign_in(api: Api, identifier: str = ADA) -> Any:
    status, body = api("POST", INITIALIZE, {"identifier": identifier})
    assert (status, body["user_verification"]) == (200, "preferred")
    return body["options"]


def test_a_passkey_is_added_and_signs_in(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    added = add(api, access, device, nickname="Laptop")

    status, session = api("POST", FINALIZE, device.get(options_to_sign_in(api)))

    assert (status, added["nickname"]) == (200, "Laptop")
    assert claims_of(session["access"])["crid"] == text(device.credential_id)
    (kept,) = emulator.passkeys(ADA)
    assert (kept.id, kept.sign_count, kept.last_used_at) == (added["id"], 1, emulator.state.clock())
    _, body = api("GET", "A/current_user", x_authorization=session["access"])
    assert body["user"]["webauthn_enabled"] is True
    devices = [each for each in body["user"]["sessions"] if each["credential_id"]]
    assert [(each["id"], each["type"]) for each in devices] == [(added["id"], "webauthn")]
    assert [each["type"] for each in body["user"]["sessions"]] == ["misc", "webauthn", "webauthn"]


def test_the_options_name_the_party_and_the_passkeys_that_exist(
    api: Api, access: str, device: Authenticator
) -> None:
    add(api, access, device)

    to_add, to_use = options_to_add(api, access), options_to_sign_in(api)

    known = [text(device.credential_id)]
    assert (to_add["rp"]["id"], to_use["rpId"]) == ("localhost", "localhost")
    assert [each["id"] for each in to_add["excludeCredentials"]] == known
    assert [each["id"] for each in to_use["allowCredentials"]] == known
    assert to_add["user"]["name"] == ADA


def test_it_is_named_after_the_browser_unless_it_has_a_name(
    api: Api, access: str, device: Authenticator
) -> None:
    made = device.create(options_to_add(api, access))
    _, body = api(
        "POST", "A/devices/finalize", made, x_authorization=access, user_agent="Firefox/1"
    )

    assert (body["nickname"], body["user_agent"]) == ("Firefox", "Firefox/1")


def test_without_a_browser_it_is_a_passkey(api: Api, access: str, device: Authenticator) -> None:
    assert add(api, access, device)["nickname"] == "Passkey"


def test_a_second_factor_is_asked_for_after_a_passkey_too(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    emulator.settings(mfa_policy="optional")
    emulator.enrol_totp(ADA)
    add(api, access, device)

    _, body = api("POST", FINALIZE, device.get(options_to_sign_in(api)))

    assert body["mfa_required"] is True


def test_a_passkey_that_was_removed_signs_nobody_in(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    added = add(api, access, device)
    options = options_to_sign_in(api)

    removed, _ = api("DELETE", f"A/devices/{added['id']}", x_authorization=access)
    status, body = api("POST", FINALIZE, device.get(options))

    assert (removed, status, body["error_code"]) == (200, 422, "invalid_credential")
    assert emulator.passkeys(ADA) == []
    assert api("GET", "A/current_user", x_authorization=access)[0] == 200


def test_the_passkey_of_another_person_cannot_be_removed(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    added = add(api, access, device)
    bob = emulator.create_session("bob@example.com")["access"]

    status, _ = api("DELETE", f"A/devices/{added['id']}", x_authorization=bob)

    assert (status, len(emulator.passkeys(ADA))) == (404, 1)


def test_an_answer_works_once(api: Api, access: str, device: Authenticator) -> None:
    add(api, access, device)
    answer = device.get(options_to_sign_in(api))

    assert [api("POST", FINALIZE, answer)[0] for _ in range(2)] == [200, 422]


def test_a_ceremony_expires(api: Api, access: str, device: Authenticator, clock: Clock) -> None:
    add(api, access, device)
    answer = device.get(options_to_sign_in(api))
    clock.now += 300

    assert api("POST", FINALIZE, answer)[0] == 422


def test_a_ceremony_belongs_to_one_app(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    other = emulator.create_app(passkeys_enabled=True, origin="http://localhost:8000").id
    add(api, access, device)
    answer = device.get(options_to_sign_in(api))

    elsewhere, _ = api("POST", f"/v1/auth/{other}/webauthn/login/finalize", answer)

    assert (elsewhere, api("POST", FINALIZE, answer)[0]) == (422, 200)


def test_a_page_of_another_origin_gets_nowhere(
    api: Api, access: str, device: Authenticator
) -> None:
    elsewhere = Authenticator(origin="https://evil.example")
    refused, body = finalize(api, access, elsewhere.create(options_to_add(api, access)))
    add(api, access, device)
    device.origin = "https://evil.example"

    status, _ = api("POST", FINALIZE, device.get(options_to_sign_in(api)))

    assert (refused, body["error_code"], status) == (422, "invalid_credential", 422)


def test_more_origins_can_be_allowed(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    emulator.settings(additional_origins=["http://localhost:3000/"])
    device.origin = "http://localhost:3000"

    assert add(api, access, device)["id"]


def test_a_forged_signature_is_refused(api: Api, access: str, device: Authenticator) -> None:
    add(api, access, device)
    forger = Authenticator(credential_id=device.credential_id)

    assert api("POST", FINALIZE, forger.get(options_to_sign_in(api)))[0] == 422


def test_a_passkey_that_counts_backwards_is_refused(
    api: Api, access: str, device: Authenticator
) -> None:
    """A copied authenticator (WebAuthn section 6.1.1)."""
    add(api, access, device)
    device.sign_count = 5
    first, _ = api("POST", FINALIZE, device.get(options_to_sign_in(api)))
    device.sign_count = 3

    assert (first, api("POST", FINALIZE, device.get(options_to_sign_in(api)))[0]) == (200, 422)


def test_the_ceremony_of_another_person_is_none(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    bob = emulator.create_session("bob@example.com")["access"]
    refused, _ = finalize(api, bob, device.create(options_to_add(api, access)))
    add(api, access, device)

    status, _ = api("POST", FINALIZE, device.get(options_to_sign_in(api, "bob@example.com")))

    assert (refused, status) == (422, 422)


def test_a_known_credential_is_not_taken_over(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    add(api, access, device)
    bob = emulator.create_session("bob@example.com")["access"]
    copy_of_it = Authenticator(credential_id=device.credential_id)

    status, _ = finalize(api, bob, copy_of_it.create(options_to_add(api, bob)))

    assert status == 422
    assert api("POST", FINALIZE, device.get(options_to_sign_in(api)))[0] == 200


def test_strangers_get_options_that_lead_nowhere(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    add(api, access, device)

    options = options_to_sign_in(api, "eve@example.com")

    assert options["allowCredentials"] == []
    assert api("POST", FINALIZE, device.get(options))[0] == 422
    assert len(emulator.state.users.of("app_demo")) == 1


def test_what_is_no_address_is_refused(api: Api) -> None:
    status, body = api("POST", INITIALIZE, {"identifier": "ada"})

    assert (status, body["error_code"]) == (400, "invalid_identifier")


def test_who_was_deactivated_cannot_sign_in(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    add(api, access, device)
    answer = device.get(options_to_sign_in(api))
    user = emulator.state.users.of("app_demo")[0]
    emulator.state.users.update(user, 0, status="inactive")

    status, body = api("POST", FINALIZE, answer)

    assert (status, body["error_code"]) == (403, "account_deactivated")


SOME = {"id": "YQ", "rawId": "YQ", "type": "public-key"}
GOOD_CLIENT = text(b'{"type":"webauthn.get","challenge":"YQ","origin":"x"}')
MALFORMED: list[Any] = [
    {},
    SOME,
    SOME | {"response": None},
    SOME | {"response": {}},
    SOME | {"response": {"clientDataJSON": 7}},
    SOME | {"response": {"clientDataJSON": "!"}},
    SOME | {"response": {"clientDataJSON": "é"}},
    SOME | {"response": {"clientDataJSON": text(b"\xff")}},
    SOME | {"response": {"clientDataJSON": text(b"[]")}},
    SOME | {"response": {"clientDataJSON": text(b'{"type":1,"challenge":2,"origin":3}')}},
    SOME | {"response": {"clientDataJSON": GOOD_CLIENT}},
    SOME | {"id": None, "response": {"clientDataJSON": GOOD_CLIENT}},
]


@pytest.mark.parametrize("body", MALFORMED, ids=str)
def test_nonsense_is_no_passkey(api: Api, access: str, body: Any) -> None:
    assert api("POST", FINALIZE, body)[0] == 422
    assert finalize(api, access, body)[0] == 422


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("value", [None, 7, "", "é", "YQ", [], "A" * 100])
def test_a_damaged_answer_is_refused(
    api: Api, access: str, device: Authenticator, part: str, value: Any
) -> None:
    add(api, access, device)
    answer = copy.deepcopy(device.get(options_to_sign_in(api)))
    answer["response"][part] = value

    assert api("POST", FINALIZE, answer)[0] == 422


@pytest.mark.parametrize("value", [None, 7, "", "é", "YQ", [], "A" * 100])
def test_a_damaged_attestation_is_refused(
    api: Api, access: str, device: Authenticator, value: Any
) -> None:
    made = device.create(options_to_add(api, access))
    made["response"]["attestationObject"] = value

    assert finalize(api, access, made)[0] == 422


def test_where_passkeys_are_off_there_are_none(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    emulator.settings(passkeys_enabled=False)

    answers = [
        api("POST", "A/devices/register", x_authorization=access),
        finalize(api, access, {}),
        api("POST", INITIALIZE, {"identifier": ADA}),
        api("POST", FINALIZE, {}),
    ]

    assert {(status, body["error_code"]) for status, body in answers} == {
        (403, "passkeys_disabled")
    }


def step_up(api: Api, user_id: str) -> Any:
    fields = {"purpose": "step_up", "method": "webauthn", "app_user_id": user_id}
    _, made = api("POST", "A/challenges", fields, authorization=api.secret)
    return made["challenge"]


def answer_step_up(api: Api, challenge: Any, credential: Any) -> int:
    path = f"A/challenges/{challenge['token']}/verify"
    return api("POST", path, {"credential": credential})[0]


def test_a_passkey_can_step_up(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    add(api, access, device)
    user_id = emulator.state.users.of("app_demo")[0].id
    challenge, other = step_up(api, user_id), step_up(api, user_id)

    nothing = answer_step_up(api, challenge, None)
    crossed = answer_step_up(api, challenge, device.get(other["metadata"]["options"]))
    right = answer_step_up(api, challenge, device.get(challenge["metadata"]["options"]))

    assert (nothing, crossed, right) == (422, 422, 200)


def test_a_challenge_may_be_answered_again_after_a_miss_and_never_after_it_was_met(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    add(api, access, device)
    challenge = step_up(api, emulator.state.users.of("app_demo")[0].id)
    answer = device.get(challenge["metadata"]["options"])
    damaged = {**answer, "response": {**answer["response"], "signature": "AAAA"}}

    statuses = [answer_step_up(api, challenge, each) for each in (damaged, answer, answer)]

    assert statuses == [422, 200, 422]


def sign_in_by_link(api: Api) -> Any:
    _, body = api("PATCH", "A/magic_links/authenticate", {"token": api.link_for(ADA)})
    return body


class TestAsASecondFactor:
    @pytest.fixture(autouse=True)
    def allowed(self, emulator: Emulator) -> None:
        methods = ["totp", "backup_codes", "webauthn"]
        emulator.settings(mfa_policy="optional", mfa_methods_allowed=methods)
        emulator.enrol_totp(ADA)

    def test_it_is_offered_beside_another_and_completes_the_sign_in(
        self, api: Api, access: str, device: Authenticator
    ) -> None:
        add(api, access, device)
        asked = sign_in_by_link(api)
        fields = {"purpose": "mfa", "method": "webauthn", "app_user_id": asked["app_user_id"]}
        _, made = api("POST", "A/challenges", fields)
        challenge = made["challenge"]

        credential = device.get(challenge["metadata"]["options"])
        path = f"A/challenges/{challenge['token']}/verify"
        status, session = api("POST", path, {"credential": credential})

        assert asked["available_methods"] == ["totp", "webauthn"]
        assert (status, "access" in session) == (200, True)

    def test_not_to_who_has_none(self, api: Api) -> None:
        assert sign_in_by_link(api)["available_methods"] == ["totp"]

    def test_not_after_a_passkey(self, api: Api, access: str, device: Authenticator) -> None:
        add(api, access, device)

        _, asked = api("POST", FINALIZE, device.get(options_to_sign_in(api)))
        fields = {"purpose": "mfa", "method": "webauthn", "app_user_id": asked["app_user_id"]}

        assert asked["available_methods"] == ["totp"]
        assert api("POST", "A/challenges", fields)[1]["error_code"] == "method_not_available"

    def test_not_where_passkeys_are_off(
        self, emulator: Emulator, api: Api, access: str, device: Authenticator
    ) -> None:
        add(api, access, device)
        emulator.settings(passkeys_enabled=False)

        assert sign_in_by_link(api)["available_methods"] == ["totp"]


def test_only_an_address_that_can_be_signed_in_with_counts_as_the_party(
    emulator: Emulator, api: Api, access: str
) -> None:
    emulator.settings(origin="nonsense")

    assert options_to_add(api, access)["rp"]["id"] == "localhost"


def test_a_deleted_users_passkey_is_gone(
    emulator: Emulator, api: Api, access: str, device: Authenticator
) -> None:
    add(api, access, device)
    options = options_to_sign_in(api)
    emulator.enrol_totp(ADA)
    emulator.backup_codes(ADA)
    user = emulator.state.users.of("app_demo")[0]

    emulator.state.forget_user(user)

    assert api("POST", FINALIZE, device.get(options))[0] == 422
    assert emulator.state.mfa.of(user.id) == []
    assert emulator.state.mfa.backup_codes_left(user.id) == 0
