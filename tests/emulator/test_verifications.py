"""Verifications: a machine asks, a person answers by code, in the app or on Scute's page."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from scute_auth import Reason, Scute, ScuteConfig, TokenError
from scute_emulator import Emulator
from tests.emulator.support import Answer, Api, Clock, claims_of

ADA = "ada@example.com"
V = "/v1/verify/app_demo/verifications"


class Desk:
    """The machine that asks, and Ada."""

    def __init__(self, emulator: Emulator, api: Api) -> None:
        self.emulator, self._api = emulator, api
        self.ada = emulator.create_user(ADA, name="Ada")
        self._access = emulator.create_session(ADA)["access"]
        self._machine = emulator.create_machine()["access"]

    def ask(self, contact: Any = None, **fields: Any) -> Answer:
        meta = {"contact_email": ADA} if contact is None else contact
        body = {"intent_name": "reset", "meta_data": meta} | fields
        return self._api("POST", f"{V}/intent", body, x_authorization=f"Bearer {self._machine}")

    def asked(self, contact: Any = None, **fields: Any) -> str:
        status, body = self.ask(contact, **fields)
        assert status == 200, body
        assert set(body) == {"verification_id", "status", "message"}
        verification: str = body["verification_id"]
        return verification

    def me(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        return self._api(method, f"{V}{path}", body, query=query, x_authorization=self._access)

    def machine(self, method: str, path: str, body: Any = None) -> Answer:
        return self._api(method, f"{V}{path}", body, x_authorization=self._machine)

    def status(self, verification: str) -> str:
        _, body = self.machine("GET", f"/{verification}")
        status: str = body["verification"]["status"]
        return status

    def kinds(self) -> list[str]:
        kinds = [event.kind for event in self.emulator.events()]
        return [kind for kind in kinds if kind.startswith("verification.")]


@pytest.fixture
def desk(emulator: Emulator, api: Api) -> Desk:
    return Desk(emulator, api)


def token_to(emulator: Emulator, address: str = ADA) -> str:
    """What the newest mail's link opens."""
    link = emulator.messages(address)[0].link or ""
    return parse_qs(urlsplit(link).query)["token"][0]


def test_a_code_by_mail_is_verified(emulator: Emulator, desk: Desk) -> None:
    verification = desk.asked(verification_type="otp")
    code = emulator.messages(ADA)[0].code

    wrong, body = desk.machine("POST", f"/{verification}/verify", {"code": "x"})
    status, done = desk.machine("POST", f"/{verification}/verify", {"code": code})
    again, over = desk.machine("POST", f"/{verification}/verify", {"code": code})

    assert (wrong, body["details"]) == (422, {"remaining_attempts": 2})
    assert (status, done["verification"]["status"]) == (200, "verified")
    assert done["verification"]["verified_at"]
    assert (again, over["error_code"]) == (422, "verification_verified")
    assert desk.kinds() == ["verification.email.requested", "verification.email.verified"]


def test_a_code_by_text_message_reaches_the_first_phone(emulator: Emulator, desk: Desk) -> None:
    phones = [{"phone_number": "+1 555 0100", "phone_type": "mobile"}, {"phone_number": "+155"}]

    verification = desk.asked(
        {"contact_phones": phones, "ticket_id": "T1"}, method="sms", verification_type="otp"
    )

    _, body = desk.machine("GET", f"/{verification}")
    shown = body["verification"]
    assert emulator.messages("+15550100")[0].code
    assert (shown["channel"], shown["challenge_method"]) == ("sms", "sms_otp")
    assert (shown["identifier"], shown["recipient"]["id"]) == ("+15550100", None)
    assert shown["metadata"]["ticket_id"] == "T1"
    assert [user.email for user in emulator.state.users.of("app_demo")] == [ADA]


@pytest.mark.parametrize(
    ("contact", "fields", "code"),
    [
        ({}, {}, "meta_data_required"),
        (None, {"meta_data": "x"}, "meta_data_required"),
        (None, {"intent_name": ""}, "intent_name_required"),
        ({"contact_name": "Ada"}, {}, "email_required"),
        ({"contact_email": "ada"}, {}, "invalid_email"),
        ({"contact_email": "+15550100"}, {}, "invalid_email"),
        ({"contact_email": ADA}, {"method": "sms"}, "phone_required"),
        ({"contact_phones": ["+15550100"]}, {"method": "sms"}, "phone_required"),
        ({"contact_phones": [{"phone_number": ADA}]}, {"method": "sms"}, "invalid_phone"),
        (None, {"method": "pigeon"}, "invalid_method"),
        (None, {"verification_type": "oath"}, "invalid_verification_type"),
        (None, {"redirect_url": "javascript:alert(1)"}, "invalid_redirect_url"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(
    emulator: Emulator, desk: Desk, contact: Any, fields: dict[str, Any], code: str
) -> None:
    status, body = desk.ask(contact, **fields)

    assert (status, body["error_code"]) == (400, code)
    assert emulator.messages() == []


def test_the_method_may_stand_in_the_query(emulator: Emulator, api: Api, desk: Desk) -> None:
    machine = emulator.create_machine()["short_token"]
    body = {"intent_name": "x", "meta_data": {"contact_phones": [{"phone_number": "+15550100"}]}}

    status, _ = api("POST", f"{V}/intent", body, query={"method": "sms"}, x_authorization=machine)

    assert status == 200
    assert emulator.messages("+15550100")


def test_a_machines_refresh_token_asks_nothing(emulator: Emulator, api: Api) -> None:
    refresh = emulator.create_machine()["refresh"]

    assert api("POST", f"{V}/intent", {}, x_authorization=refresh)[0] == 401


def test_a_person_answers_in_the_app(desk: Desk) -> None:
    yes, no, gone = desk.asked(), desk.asked(), desk.asked()

    _, approved = desk.me("POST", f"/{yes}/approve")
    _, denied = desk.me("POST", f"/{no}/deny", {"reason": "not me"})
    cancelled = desk.me("DELETE", f"/{gone}")

    assert approved["verification"]["status"] == "verified"
    assert (denied["verification"]["status"], denied["verification"]["reason"]) == (
        "denied",
        "not me",
    )
    assert cancelled == (200, {"message": "ok"})
    assert desk.status(gone) == "cancelled"
    assert desk.kinds()[3:] == ["verification.email.verified", "verification.email.denied"]
    (event,) = desk.emulator.events("verification.email.denied")
    assert (event.subject, event.user) == (no, desk.ada)
    assert event.data["denial_reason"] == "not me"


def test_a_person_sees_what_he_is_asked(emulator: Emulator, desk: Desk) -> None:
    mine, done = desk.asked(), desk.asked()
    theirs = desk.asked({"contact_email": "bob@example.com"})
    desk.me("POST", f"/{done}/approve")

    def listed(path: str, **query: str) -> list[str]:
        _, body = desk.me("GET", path, **query)
        return [each["id"] for each in body["verifications"]]

    assert listed("") == [done, mine]
    assert listed("", status="pending") == [mine]
    assert listed("", limit="1", page="2") == [mine]
    assert listed("/app") == [theirs, done, mine]
    assert desk.me("GET", f"/{mine}")[0] == 200
    for method, path in (("GET", ""), ("POST", "/approve"), ("POST", "/verify"), ("DELETE", "")):
        assert desk.me(method, f"/{theirs}{path}")[0] == 404


def test_a_backend_sees_it_with_its_secret(emulator: Emulator, api: Api, desk: Desk) -> None:
    path = f"{V}/{desk.asked()}"
    other = emulator.create_app()

    assert api("GET", path, authorization=api.secret)[0] == 200
    assert api("GET", path, authorization=other.secret)[0] == 403
    assert api("GET", path.replace("app_demo", other.id), authorization=other.secret)[0] == 404
    assert api("GET", path)[0] == 401
    assert api("GET", path, authorization=api.secret, x_authorization="x")[0] == 401


def test_after_the_third_wrong_code_it_has_failed(desk: Desk) -> None:
    verification = desk.asked(verification_type="otp")

    for _ in range(3):
        desk.machine("POST", f"/{verification}/verify", {"code": "x"})

    assert desk.status(verification) == "failed"
    assert desk.kinds()[-1] == "verification.email.failed"


def test_what_nobody_answers_expires(desk: Desk, clock: Clock) -> None:
    verification = desk.asked()
    clock.now += 600

    assert desk.status(verification) == "expired"
    assert desk.me("POST", f"/{verification}/approve")[1]["error_code"] == "verification_expired"
    assert desk.me("GET", "", status="expired")[1]["verifications"]
    assert desk.kinds() == ["verification.email.requested", "verification.email.expired"]


def test_another_code_makes_the_first_worthless(
    emulator: Emulator, desk: Desk, clock: Clock
) -> None:
    verification = desk.asked(verification_type="otp")
    first = emulator.messages(ADA)[0].code
    clock.now += 500

    _, resent = desk.me("POST", f"/{verification}/resend")
    clock.now += 500
    second = emulator.messages(ADA)[0].code

    assert resent["verification"]["id"] == verification
    assert desk.machine("POST", f"/{verification}/verify", {"code": first})[0] == 422
    assert desk.machine("POST", f"/{verification}/verify", {"code": second})[0] == 200


def test_the_token_of_a_link_verifies_too(emulator: Emulator, desk: Desk) -> None:
    verification = desk.asked()

    body = {"token": token_to(emulator)}

    assert desk.machine("POST", f"/{verification}/verify", {})[0] == 422
    assert desk.machine("POST", f"/{verification}/verify", body)[0] == 200


def test_neither_code_nor_link_is_told(emulator: Emulator, desk: Desk) -> None:
    verification = desk.asked()
    _, body = desk.machine("GET", f"/{verification}")

    token = token_to(emulator)

    assert token not in str(body)
    assert token not in repr(emulator.state.verifications.get("app_demo", verification))


Opened = Callable[[str], httpx2.Response]
Pressed = Callable[..., httpx2.Response]


@pytest.fixture
def opened(served: httpx2.Client) -> Opened:
    return lambda token: served.get("/_emulator/verification", params={"token": token})


@pytest.fixture
def pressed(served: httpx2.Client) -> Pressed:
    def press(token: str, **fields: str) -> httpx2.Response:
        headers = {"origin": str(served.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
        data = {"token": token, **fields}
        return served.post("/_emulator/verification", data=data, headers=headers)

    return press


def test_the_page_says_what_it_is_about_and_answers_nothing(
    emulator: Emulator, desk: Desk, opened: Opened
) -> None:
    verification = desk.asked({"contact_email": ADA, "ticket_id": "<b>7</b>", "more": {"a": 1}})

    html = opened(token_to(emulator)).text

    assert "Is this you?" in html
    assert re.search(r"<dt>What</dt><dd>reset</dd>", html)
    assert "<dt>Ticket id</dt><dd>&lt;b&gt;7" in html
    assert "more" not in html.split("</style>")[1]
    assert desk.status(verification) == "pending"


def test_the_link_in_the_mail_leads_there(
    emulator: Emulator, desk: Desk, served: httpx2.Client
) -> None:
    desk.asked()

    link = emulator.messages(ADA)[0].link or ""

    assert link.startswith(str(served.base_url).rstrip("/"))
    assert served.get(link).status_code == 200


def test_on_the_page_a_person_agrees(emulator: Emulator, desk: Desk, pressed: Pressed) -> None:
    verification = desk.asked()
    token = token_to(emulator)

    odd = pressed(token, answer="maybe")
    done = pressed(token, answer="yes")
    again = pressed(token, answer="no")

    assert "Is this you?" in odd.text
    assert "You have confirmed it" in done.text
    assert (again.status_code, "This question is over" in again.text) == (404, True)
    assert desk.status(verification) == "verified"
    (event,) = emulator.events("verification.email.verified")
    assert (event.data["was_opened"], "consent_decision" in event.data) == (True, False)


def test_where_consent_is_asked_for_a_person_may_refuse(
    emulator: Emulator, desk: Desk, opened: Opened, pressed: Pressed
) -> None:
    emulator.settings(verification_mode="consent")
    verification = desk.asked()
    token = token_to(emulator)

    asked = opened(token)
    done = pressed(token, answer="no", reason="too much")

    assert "Do you agree?" in asked.text
    assert "It was refused" in done.text
    assert desk.status(verification) == "denied"
    (event,) = emulator.events("verification.email.denied")
    assert (event.data["consent_decision"], event.data["denial_reason"]) == ("denied", "too much")


@pytest.mark.parametrize("token", ["", "x"])
def test_a_page_for_nothing_says_so(desk: Desk, opened: Opened, token: str) -> None:
    desk.asked(verification_type="otp")

    assert opened(token).status_code == 404


def test_nobody_answers_what_is_over(emulator: Emulator, desk: Desk) -> None:
    with pytest.raises(ValueError, match="is over"):
        emulator.answer_verification("x", agree=True)


def test_the_person_comes_back_with_a_token_that_is_no_session(
    emulator: Emulator, desk: Desk, pressed: Pressed, opened: Opened, clock: Clock
) -> None:
    verification = desk.asked(redirect_url="https://shop.example/back?x=1")
    token = token_to(emulator)

    policy = opened(token).headers["content-security-policy"]
    back = pressed(token, answer="yes")

    location = back.headers["location"]
    query = parse_qs(urlsplit(location).query)
    claims = claims_of(query["scute_token"][0])
    assert policy.endswith("https://shop.example")
    assert (back.status_code, query["x"]) == (303, ["1"])
    assert location.startswith("https://shop.example/back?x=1&scute_token=")
    assert (claims["verification_id"], claims["status"]) == (verification, "verified")
    assert (claims["aud"], claims["exp"]) == ("app_demo", clock.now + 300)
    config = ScuteConfig.from_env(emulator.config_env())
    scute = Scute(config, clock=clock, transport=emulator.transport)
    with scute, pytest.raises(TokenError) as refused:
        scute.verify(query["scute_token"][0])
    assert refused.value.reason is Reason.WRONG_APP


def test_without_a_query_the_token_is_the_query(emulator: Emulator, desk: Desk) -> None:
    desk.asked(redirect_url="http://127.0.0.1:8000/back")

    onward = emulator.answer_verification(token_to(emulator), agree=False)

    assert onward is not None
    assert onward.startswith("http://127.0.0.1:8000/back?scute_token=")


def test_a_test_identity_is_sent_nothing(emulator: Emulator, desk: Desk) -> None:
    address = "ada+scute_test@example.com"

    verification = desk.asked({"contact_email": address}, verification_type="otp")

    assert emulator.messages(address) == []
    assert desk.machine("POST", f"/{verification}/verify", {"code": "424242"})[0] == 200
