"""`current_profile()` in any WSGI app: for a user, for nobody, in an outage, after the end."""

from collections.abc import Iterable
from typing import Any

import httpx2
import pytest

from scute_auth import NotSignedIn, Scute, optional_user
from scute_auth.cookies import OF_SESSION
from scute_emulator import Emulator
from scute_wsgi import ScuteAuth, current_profile
from tests.integrations.support import EMAIL, bearer, config_of, session_cookies


def address(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    profile = current_profile()
    start_response("200 OK", [])
    return [(profile.email or "").encode()]


def client_of(emulator: Emulator, app: Any = address) -> httpx2.Client:
    scute = Scute(config_of(emulator), transport=emulator.transport)
    transport = httpx2.WSGITransport(ScuteAuth(app, scute=scute))
    return httpx2.Client(transport=transport, base_url="http://127.0.0.1:8000")


def test_it_is_there_for_a_user_and_nobody_else(emulator: Emulator) -> None:
    with client_of(emulator) as client:
        known = client.get("/", headers=bearer(emulator))
        stranger = client.get("/")

    assert known.text == EMAIL
    assert (stranger.status_code, stranger.json()["reason"]) == (401, "missing")


def test_an_outage_is_no_refusal(emulator: Emulator) -> None:
    with client_of(emulator) as client:
        emulator.fault("/current_user", status=503)
        answer = client.get("/", headers=bearer(emulator))

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_a_session_that_proves_to_be_over_takes_its_cookies_with_it(emulator: Emulator) -> None:
    cookies = session_cookies(emulator)
    emulator.fault("/current_user", status=401)

    with client_of(emulator) as client:
        answer = client.get("/", headers=cookies)

    assert (answer.status_code, answer.json()["reason"]) == (401, "revoked")
    assert all("Max-Age=0" in line for line in answer.headers.get_list("set-cookie"))
    assert len(answer.headers.get_list("set-cookie")) == len(OF_SESSION)


def test_after_that_the_request_has_no_user_any_more(emulator: Emulator) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with pytest.raises(NotSignedIn):
            current_profile()
        start_response("200 OK", [])
        return [str(optional_user()).encode()]

    emulator.fault("/current_user", status=401)
    with client_of(emulator, app) as client:
        answer = client.get("/", headers=bearer(emulator))

    assert answer.text == "None"
