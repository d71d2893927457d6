"""Organisations that sign their people in themselves."""

from typing import Any

import pytest

from scute_emulator import Emulator
from tests.emulator.authenticator import Authenticator
from tests.emulator.support import Api, landed

ADA = "ada@example.com"


@pytest.fixture
def enforced(emulator: Emulator) -> None:
    emulator.settings(sso_required=True)


def is_refused(answer: tuple[int, Any]) -> bool:
    return answer[0] == 403 and answer[1]["error_code"] == "sso_required"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("magic_links/login", {}),
        ("magic_links/register", {}),
        ("otps/login", {}),
        ("webauthn/login/initialize", {}),
        ("challenges", {"purpose": "authenticate", "method": "email_otp"}),
    ],
)
def test_its_people_are_sent_there(
    emulator: Emulator, api: Api, enforced: None, path: str, fields: dict[str, str]
) -> None:
    emulator.settings(passkeys_enabled=True)

    answer = api("POST", f"A/{path}", {"identifier": ADA, **fields})

    assert is_refused(answer)
    own = "http://127.0.0.1:9000/v1/auth/app_demo/saml/login"
    assert answer[1]["details"] == {"sso_login_url": own, "domain": "example.com"}
    assert emulator.messages() == []


@pytest.mark.parametrize("who", ["bob@elsewhere.example", "+15550100"])
def test_others_sign_in_as_ever(api: Api, enforced: None, who: str) -> None:
    assert api("POST", "A/otps/login", {"identifier": who})[0] == 200


def test_what_was_begun_before_is_refused_and_not_used_up(emulator: Emulator, api: Api) -> None:
    device = Authenticator()
    emulator.settings(passkeys_enabled=True, origin=device.origin)
    access = emulator.create_session(ADA)["access"]
    _, asked = api("POST", "A/devices/register", x_authorization=access)
    api("POST", "A/devices/finalize", device.create(asked["options"]), x_authorization=access)
    _, begun = api("POST", "A/webauthn/login/initialize", {"identifier": ADA})
    _, sent = api("POST", "A/otps/login", {"identifier": ADA})
    code = {"user_id": sent["user_id"], "otp": emulator.messages(ADA)[0].code}
    link = {"token": api.link_for(ADA)}
    emulator.settings(sso_required=True)

    answers = [
        api("POST", "A/otps/verify", code),
        api("PATCH", "A/magic_links/authenticate", link),
        api("POST", "A/webauthn/login/finalize", device.get(begun["options"])),
    ]
    emulator.settings(sso_required=False)

    assert all(is_refused(answer) for answer in answers)
    assert api("POST", "A/otps/verify", code)[0] == 200
    assert api("PATCH", "A/magic_links/authenticate", link)[0] == 200


def test_they_come_in_through_it(emulator: Emulator, api: Api, enforced: None) -> None:
    _, found = api("GET", "/v1/auth/saml/discover", query={"email": ADA})
    away = api.send("GET", found["saml_login_url"].removeprefix(emulator.base_url))
    state = landed(away.header("location"))["state"]
    query = {"state": state, "code": emulator.oauth_agree(state, ADA)}
    back = api.send("GET", "A/oauth/callback", query=query)

    token = landed(back.header("location"))["sct_oauth"]
    status, session = api("PATCH", "A/magic_links/authenticate", {"token": token})

    assert found["enforce_sso"] is True
    assert status == 200
    assert api("GET", "A/current_user", x_authorization=session["access"])[0] == 200


def test_a_social_provider_is_no_way_around_it(
    emulator: Emulator, api: Api, enforced: None
) -> None:
    away = api.send("GET", "A/oauth/authorize", query={"provider": "google"})
    state = landed(away.header("location"))["state"]
    query = {"state": state, "code": emulator.oauth_agree(state, ADA)}
    back = api.send("GET", "A/oauth/callback", query=query)

    token = landed(back.header("location"))["sct_oauth"]

    assert is_refused(api("PATCH", "A/magic_links/authenticate", {"token": token}))


@pytest.mark.parametrize("email", ["", "nobody", "ada@elsewhere.example", "+15550100"])
def test_no_organisation_is_found_for_others(api: Api, email: str) -> None:
    assert api("GET", "/v1/auth/saml/discover", query={"email": email})[0] == 404


@pytest.mark.parametrize("url", [None, "https://idp.example/in", "javascript:alert(1)"])
def test_any_address_can_be_told(emulator: Emulator, api: Api, url: str | None) -> None:
    emulator.settings(sso_required=True, sso_login_url=url, sso_domain="corp.example")

    _, body = api("POST", "A/otps/login", {"identifier": "ada@corp.example"})

    assert body["details"] == {"sso_login_url": url, "domain": "corp.example"}
