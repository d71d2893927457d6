"""Which pages in a browser may call a served emulator, and what they may read."""

from collections.abc import Iterator

import httpx2
import pytest

from scute_emulator import Emulator

OWN = "http://127.0.0.1:8000"
USERS = "/v1/auth/app_demo/users"
NOT_OF_THE_APP = ("https://evil.example", "null", "http://127.0.0.1:8001", "https://127.0.0.1:8000")


def ask_first(client: httpx2.Client, origin: str, method: str = "PATCH") -> httpx2.Response:
    headers = {"origin": origin, "access-control-request-method": method}
    return client.options("/v1/auth/app_demo/current_user/meta", headers=headers)


@pytest.fixture(params=["origin", "additional_origins"])
def own(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[str]:
    """A page of the app, on either of the settings that name its origins."""
    if request.param == "origin":
        yield OWN
    else:
        emulator.settings(additional_origins=["https://spa.example/"])
        yield "https://spa.example"


def test_a_page_of_the_app_may_call_with_every_header_of_the_sdks(
    served: httpx2.Client, own: str
) -> None:
    asked = ask_first(served, own)

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == own
    assert asked.headers["access-control-allow-credentials"] == "true"
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    allowed = asked.headers["access-control-allow-headers"].split(", ")
    assert {"content-type", "x-authorization", "x-refresh-token", "x-fingerprint"} <= set(allowed)
    assert "authorization" not in allowed


def test_a_page_of_the_app_may_read_answers_and_refusals(served: httpx2.Client, own: str) -> None:
    for path, status in ((USERS + "?identifier=ada@example.com", 200), (USERS, 400)):
        answer = served.get(path, headers={"origin": own})

        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == own
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "Origin"


def test_a_fault_is_read_too(served: httpx2.Client) -> None:
    served.post("/_emulator/faults", json={"path": "/users", "status": 503, "times": 1})

    answer = served.get(USERS, headers={"origin": OWN})

    assert answer.status_code == 503
    assert answer.headers["access-control-allow-origin"] == OWN


@pytest.mark.parametrize("origin", NOT_OF_THE_APP)
def test_a_page_of_another_origin_may_neither_call_nor_read(
    served: httpx2.Client, origin: str
) -> None:
    asked = ask_first(served, origin)
    answer = served.get(USERS + "?identifier=ada@example.com", headers={"origin": origin})

    assert asked.status_code == 403
    assert "additional_origins" in asked.json()["error"]
    for reply in (asked, answer):
        assert not [name for name in reply.headers if name.startswith("access-control-")]


def test_no_page_is_told_anything_where_none_asked(served: httpx2.Client) -> None:
    answer = served.get(USERS + "?identifier=ada@example.com")

    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "Origin"


def test_the_control_endpoints_stay_shut_to_the_pages_of_the_app(served: httpx2.Client) -> None:
    headers = {"origin": OWN, "access-control-request-method": "POST"}

    assert served.options("/_emulator/settings", headers=headers).status_code == 403
