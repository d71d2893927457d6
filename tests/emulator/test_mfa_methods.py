"""The signed-in user's second factors: setting up, listing, the default, removing, proofs."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scute_emulator import Emulator
from scute_emulator.state.codes import totp_code
from tests.emulator.support import Answer, Api, Clock

ADA = "ada@example.com"


class Own:
    """Calls as Ada."""

    def __init__(self, api: Api) -> None:
        self.api = api
        session = api.emulator.create_session(ADA)
        self.id: str = session["user_id"]
        self.access: str = session["access"]

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        headers = {"x-authorization": self.access}
        return self.api(method, f"A/mfa/{path}", body, query=query, headers=headers)

    def sign_in_again(self) -> None:
        self.access = self.api.emulator.create_session(ADA)["access"]


@pytest.fixture
def ada(emulator: Emulator, api: Api) -> Own:
    emulator.settings(mfa_policy="optional", name="Shop")
    return Own(api)


def enrol(ada: Own, method: str = "totp", **fields: str) -> Any:
    status, body = ada("POST", "enroll", {"method": method, **fields})
    assert status == 200
    return body


def finish(ada: Own, begun: Any, code: str | None) -> Answer:
    fields = {"enrollment_id": begun["enrollment"]["id"], "code": code}
    return ada("POST", "enroll/verify", fields)


def test_an_authenticator_is_set_up_by_its_code(emulator: Emulator, ada: Own) -> None:
    begun = enrol(ada, name="My phone")
    before = ada("GET", "status")[1]
    status, done = finish(ada, begun, emulator.totp_code(ADA))
    after = ada("GET", "status")[1]

    uri = urlsplit(str(begun["provisioning_uri"]))
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Shop:ada%40example.com")
    assert parse_qs(uri.query)["secret"] == [begun["secret"]]
    assert (before["mfa_enabled"], begun["enrollment"]["verified"]) == (False, False)
    assert (status, after["mfa_enabled"]) == (200, True)
    assert done["enrollment"] | {"created_at": ""} == {
        "id": begun["enrollment"]["id"],
        "method": "totp",
        "name": "My phone",
        "verified": True,
        "is_default": True,
        "last_used_at": None,
        "created_at": "",
    }


def test_a_wrong_code_can_be_corrected_but_not_for_ever(emulator: Emulator, ada: Own) -> None:
    begun = enrol(ada)

    wrong = [finish(ada, begun, "x") for _ in range(3)]
    late = finish(ada, begun, emulator.totp_code(ADA))

    assert [body["details"]["remaining_attempts"] for _, body in wrong] == [2, 1, 0]
    assert {(status, body["error_code"]) for status, body in wrong} == {(422, "invalid_code")}
    assert (late[0], late[1]["error_code"]) == (422, "enrollment_expired")


def test_an_enrolment_expires(emulator: Emulator, ada: Own, clock: Clock) -> None:
    begun = enrol(ada)
    clock.now += 600

    status, body = finish(ada, begun, emulator.totp_code(ADA))

    assert (status, body["error_code"]) == (422, "enrollment_expired")


def test_an_enrolment_is_done_once_and_by_its_owner(emulator: Emulator, api: Api, ada: Own) -> None:
    begun = enrol(ada)
    bob = emulator.create_session("bob@example.com")["access"]
    fields = {"enrollment_id": begun["enrollment"]["id"], "code": emulator.totp_code(ADA)}

    others, _ = api("POST", "A/mfa/enroll/verify", fields, x_authorization=bob)
    mine, _ = ada("POST", "enroll/verify", fields)
    again, _ = ada("POST", "enroll/verify", fields)

    assert (others, mine, again) == (404, 200, 404)


@pytest.mark.parametrize(
    ("method", "to"), [("email", "other@example.com"), ("sms", "+15550100"), ("email", "")]
)
def test_an_address_is_set_up_by_the_code_sent_there(
    emulator: Emulator, ada: Own, method: str, to: str
) -> None:
    begun = enrol(ada, method, secret_data=to)

    code = emulator.messages(to or ADA)[0].code
    status, done = finish(ada, begun, code)

    assert "secret" not in begun
    assert (status, done["enrollment"]["method"]) == (200, method)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"method": "pigeon"}, 422, "invalid_method"),
        ({"method": "backup_codes"}, 422, "invalid_method"),
        ({}, 422, "invalid_method"),
        ({"method": "sms"}, 422, "invalid_recipient"),
        ({"method": "sms", "secret_data": "a@b.example"}, 422, "invalid_recipient"),
        ({"method": "email", "secret_data": "nobody"}, 422, "invalid_recipient"),
    ],
    ids=str,
)
def test_what_cannot_be_set_up_is_refused(
    ada: Own, fields: dict[str, str], status: int, code: str
) -> None:
    answer = ada("POST", "enroll", fields)

    assert (answer[0], answer[1]["error_code"]) == (status, code)


def test_the_apps_settings_bound_what_can_be_set_up(emulator: Emulator, ada: Own) -> None:
    emulator.settings(mfa_methods_allowed=["email"])
    disallowed = ada("POST", "enroll", {"method": "totp"})
    emulator.settings(mfa_policy="disabled")
    off = ada("POST", "enroll", {"method": "email"})

    assert (disallowed[0], disallowed[1]["error_code"]) == (422, "invalid_method")
    assert (off[0], off[1]["error_code"]) == (403, "mfa_disabled")


def two_methods(emulator: Emulator, ada: Own) -> tuple[str, str]:
    """An authenticator, the default, and an address; their ids."""
    totp, mail = enrol(ada), enrol(ada, "email")
    finish(ada, totp, emulator.totp_code(ADA))
    finish(ada, mail, emulator.messages(ADA)[0].code)
    return totp["enrollment"]["id"], mail["enrollment"]["id"]


def defaults(ada: Own) -> list[str]:
    _, body = ada("GET", "methods")
    return [method["id"] for method in body["methods"] if method["is_default"]]


def test_the_default_can_be_chosen_and_passes_on(emulator: Emulator, ada: Own) -> None:
    totp, mail = two_methods(emulator, ada)

    first = defaults(ada)
    ada("PATCH", f"methods/{mail}/default")
    second = defaults(ada)
    ada("DELETE", f"methods/{mail}")
    third = defaults(ada)

    assert (first, second, third) == ([totp], [mail], [totp])


def test_removing_what_is_not_the_default_leaves_the_default(emulator: Emulator, ada: Own) -> None:
    totp, mail = two_methods(emulator, ada)

    status, _ = ada("DELETE", f"methods/{mail}")

    assert (status, defaults(ada)) == (204, [totp])


def test_with_the_last_method_the_backup_codes_go(emulator: Emulator, ada: Own) -> None:
    totp, mail = two_methods(emulator, ada)
    _, made = ada("POST", "backup-codes", {})

    counts: list[int] = []
    for method in (totp, mail):
        ada("DELETE", f"methods/{method}")
        counts.append(ada("GET", "methods")[1]["backup_codes_available"])

    assert len(set(made["backup_codes"])) == 10
    assert counts == [10, 0]
    assert ada("GET", "methods")[1]["mfa_enabled"] is False


def test_an_unfinished_enrolment_is_no_default_and_can_be_dropped(ada: Own) -> None:
    begun = enrol(ada)
    path = f"methods/{begun['enrollment']['id']}"

    refused = ada("PATCH", f"{path}/default")

    assert (refused[0], refused[1]["error_code"]) == (422, "method_not_verified")
    assert ada("DELETE", path)[0] == 204
    assert ada("GET", "methods")[1]["methods"] == []


@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("PATCH", "/default")])
def test_the_method_of_another_person_is_unknown(
    emulator: Emulator, api: Api, ada: Own, method: str, path: str
) -> None:
    totp, _ = two_methods(emulator, ada)
    bob = emulator.create_session("bob@example.com")["access"]

    status, _ = api(method, f"A/mfa/methods/{totp}{path}", x_authorization=bob)

    assert status == 404
    assert defaults(ada) == [totp]


def test_new_backup_codes_replace_the_old(emulator: Emulator, ada: Own) -> None:
    two_methods(emulator, ada)

    _, first = ada("POST", "backup-codes", {})
    _, second = ada("POST", "backup-codes", {})

    assert not set(first["backup_codes"]) & set(second["backup_codes"])
    assert ada("GET", "methods")[1]["backup_codes_available"] == 10


def test_backup_codes_alone_are_no_second_factor(ada: Own) -> None:
    status, body = ada("POST", "backup-codes", {})

    assert (status, body["error_code"]) == (422, "mfa_not_enabled")


SENSITIVE = [("POST", "enroll"), ("POST", "backup-codes"), ("DELETE", "methods/{totp}")]


def step_up(emulator: Emulator, api: Api, user_id: str, purpose: str = "step_up") -> str:
    """A challenge that the user has completed."""
    fields = {"purpose": purpose, "method": "totp", "app_user_id": user_id}
    _, made = api("POST", "A/challenges", fields, authorization=api.secret)
    token: str = made["challenge"]["token"]
    person = emulator.state.users.by_id(user_id).email or ""
    status, _ = api("POST", f"A/challenges/{token}/verify", {"code": emulator.totp_code(person)})
    assert status == 200
    return token


@pytest.mark.parametrize(("method", "path"), SENSITIVE)
def test_long_after_the_sign_in_a_proof_is_wanted(
    emulator: Emulator, api: Api, ada: Own, clock: Clock, method: str, path: str
) -> None:
    totp, _ = two_methods(emulator, ada)
    clock.now += 601
    path, body = path.format(totp=totp), {"method": "sms", "secret_data": "+15550100"}
    proof = step_up(emulator, api, ada.id)

    without = ada(method, path, body)
    in_query = ada(method, path, body, challenge=proof)
    once_more = ada(method, path, body, challenge=proof)

    assert (without[0], without[1]["error_code"]) == (403, "verification_required")
    assert in_query[0] in (200, 204)
    assert once_more[0] == (404 if method == "DELETE" else 403)


def test_a_new_sign_in_is_proof_enough(emulator: Emulator, ada: Own, clock: Clock) -> None:
    totp, _ = two_methods(emulator, ada)
    clock.now += 601
    ada.sign_in_again()

    assert ada("DELETE", f"methods/{totp}")[0] == 204


def test_the_first_method_needs_no_proof(ada: Own, clock: Clock) -> None:
    clock.now += 601

    assert ada("POST", "enroll", {"method": "totp"})[0] == 200


def test_the_proof_may_stand_in_the_body(
    emulator: Emulator, api: Api, ada: Own, clock: Clock
) -> None:
    totp, _ = two_methods(emulator, ada)
    clock.now += 601

    fields = {"challenge": step_up(emulator, api, ada.id)}

    assert ada("DELETE", f"methods/{totp}", fields)[0] == 204


def test_a_second_factor_at_sign_in_is_a_proof(
    emulator: Emulator, api: Api, ada: Own, clock: Clock
) -> None:
    totp, _ = two_methods(emulator, ada)
    clock.now += 601
    _, asked = api("PATCH", "A/magic_links/authenticate", {"token": api.link_for(ADA)})
    token = asked["mfa_challenge"]["token"]
    api("POST", f"A/challenges/{token}/verify", {"code": emulator.totp_code(ADA)})

    assert ada("DELETE", f"methods/{totp}", challenge=token)[0] == 204


def test_what_is_no_proof_is_none(emulator: Emulator, api: Api, ada: Own, clock: Clock) -> None:
    totp, _ = two_methods(emulator, ada)
    emulator.enrol_totp("bob@example.com")
    bob = emulator.state.users.of("app_demo")[1].id
    old = step_up(emulator, api, ada.id)
    clock.now += 601
    others, odd = step_up(emulator, api, bob), step_up(emulator, api, ada.id, "custom")
    fields = {"purpose": "step_up", "method": "email_otp", "app_user_id": ada.id}
    _, made = api("POST", "A/challenges", fields, authorization=api.secret)

    for proof in (old, others, odd, made["challenge"]["token"], "x"):
        assert ada("DELETE", f"methods/{totp}", challenge=proof)[0] == 403


def test_anyone_may_ask_whether_someone_has_a_second_factor(
    emulator: Emulator, api: Api, ada: Own
) -> None:
    two_methods(emulator, ada)

    def enabled(identifier: str) -> Any:
        query = {"identifier": identifier}
        return api("GET", "A/mfa/status", query=query)[1]["mfa_enabled"]

    people = (ADA, "eve@example.com", "nonsense")
    assert [enabled(who) for who in people] == [True, False, False]
    assert len(emulator.state.users.of("app_demo")) == 1


def test_using_a_method_is_noted(emulator: Emulator, api: Api, ada: Own, clock: Clock) -> None:
    two_methods(emulator, ada)
    step_up(emulator, api, ada.id)

    _, body = ada("GET", "methods")

    used = {method["method"]: method["last_used_at"] for method in body["methods"]}
    assert used["email"] is None
    assert used["totp"] is not None


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238 appendix B, its last six digits."""
    secret = b"12345678901234567890"

    codes = [totp_code(secret, second // 30) for second in (59, 1_111_111_109, 20_000_000_000)]

    assert codes == ["287082", "081804", "353130"]


def test_secrets_stay_out_of_every_repr(emulator: Emulator, ada: Own) -> None:
    begun = enrol(ada)
    method = emulator.state.mfa.of(ada.id)[0]

    assert begun["secret"] not in repr(method)
    assert repr(method.secret) not in repr(method)
