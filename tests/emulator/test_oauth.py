"""The stand-in provider: off to it, yes or no, and back."""

import pytest

from scute_emulator import Emulator
from tests.emulator.support import Api, Clock, landed


def begin(api: Api) -> str:
    reply = api.send("GET", "A/oauth/authorize", query={"provider": "google"})
    assert reply.status == 302
    return landed(reply.header("location"))["state"]


def come_back(api: Api, **query: str) -> dict[str, str]:
    reply = api.send("GET", "A/oauth/callback", query=query)
    assert reply.status == 302
    return landed(reply.header("location"))


def test_agreeing_leads_to_a_session(emulator: Emulator, api: Api) -> None:
    state = begin(api)
    code = emulator.oauth_agree(state, "ada@example.com")

    landing = come_back(api, state=state, code=code)

    token = landing["sct_oauth"]
    status, session = api("PATCH", "A/magic_links/authenticate", {"token": token})
    _, body = api("GET", "A/current_user", x_authorization=session["access"])
    assert status == 200
    assert body["user"]["email"] == "ada@example.com"
    assert body["user"]["sessions"][0]["type"] == "oauth"


def test_the_token_may_land_under_its_older_name(emulator: Emulator, api: Api) -> None:
    emulator.settings(oauth_param="sct_pkce")
    state = begin(api)
    code = emulator.oauth_agree(state, "ada@example.com")

    landing = come_back(api, state=state, code=code)

    status, _ = api("PATCH", "A/magic_links/authenticate", {"token": landing["sct_pkce"]})
    assert (status, set(landing)) == (200, {"sct_pkce"})


def test_cancelling_leads_to_no_token(api: Api) -> None:
    landing = come_back(api, state=begin(api), error="access_denied")

    assert landing == {"error": "access_denied"}


def test_a_code_works_once(emulator: Emulator, api: Api) -> None:
    state = begin(api)
    code = emulator.oauth_agree(state, "ada@example.com")

    assert "sct_oauth" in come_back(api, state=state, code=code)
    assert "sct_oauth" not in come_back(api, state=state, code=code)


def test_a_wrong_code_ends_the_attempt(emulator: Emulator, api: Api) -> None:
    state = begin(api)
    code = emulator.oauth_agree(state, "ada@example.com")

    assert "sct_oauth" not in come_back(api, state=state, code="x" + code)
    assert "sct_oauth" not in come_back(api, state=state, code=code)


def test_an_attempt_expires(emulator: Emulator, api: Api, clock: Clock) -> None:
    state = begin(api)
    clock.now += 600

    assert emulator.oauth_attempt(state) is None
    with pytest.raises(ValueError, match="is over"):
        emulator.oauth_agree(state, "ada@example.com")


def test_an_attempt_belongs_to_one_app(emulator: Emulator, api: Api) -> None:
    other = emulator.create_app().id
    state = begin(api)
    code = emulator.oauth_agree(state, "ada@example.com")

    query = {"state": state, "code": code}
    reply = api.send("GET", f"/v1/auth/{other}/oauth/callback", query=query)

    assert "sct_oauth" not in landed(reply.header("location"))


@pytest.mark.parametrize(
    ("email", "comes_in"), [("ada@example.com", True), ("eve@example.com", False), ("?", False)]
)
def test_without_public_sign_up_only_known_people_come_in(
    emulator: Emulator, api: Api, email: str, comes_in: bool
) -> None:
    emulator.create_user("ada@example.com")
    emulator.settings(public_signup=False)
    state = begin(api)
    code = emulator.oauth_agree(state, email)

    assert ("sct_oauth" in come_back(api, state=state, code=code)) is comes_in


def test_a_provider_that_is_switched_off_is_refused(api: Api) -> None:
    status, body = api("GET", "A/oauth/authorize", query={"provider": "myspace"})

    assert (status, body["error_code"]) == (400, "invalid_provider")
