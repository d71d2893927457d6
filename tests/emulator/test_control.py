"""The control endpoints of a served emulator, and who may use them."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from scute_auth.config import ScuteConfig
from scute_emulator import Emulator
from scute_emulator.server import EmulatorApp
from tests.emulator.authenticator import Authenticator
from tests.emulator.support import Api, Clock, claims_of, header_of

JWKS = "/v1/auth/app_demo/jwks"


@pytest.fixture(scope="module")
def door(signing_key: rsa.RSAPrivateKey) -> Iterator[httpx2.Client]:
    """One emulator for all who are turned away."""
    emulator = Emulator(signing_key=signing_key)
    with emulator.serve() as url, httpx2.Client(base_url=url, trust_env=False) as client:
        yield client


def test_an_app_can_be_configured_for_it(emulator: Emulator) -> None:
    with emulator.serve() as url:
        config = ScuteConfig.from_env(emulator.config_env())

    assert (config.base_url, config.app_id, config.emulator) == (url, "app_demo", True)
    assert emulator.config_env()["SCUTE_BASE_URL"] == "http://127.0.0.1:9000"


def test_the_inbox_is_read_newest_first(served: httpx2.Client, clock: Clock) -> None:
    for name in ("ada", "bob"):
        clock.now += 1
        fields = {"identifier": f"{name}@example.com"}
        served.post("/v1/auth/app_demo/magic_links/login", json=fields)

    every = served.get("/_emulator/messages").json()
    adas = served.get("/_emulator/messages", params={"to": "Ada@example.com"}).json()
    nobody = served.get("/_emulator/messages", params={"to": "nobody"}).json()

    assert [mail["to"] for mail in every] == ["bob@example.com", "ada@example.com"]
    assert adas == every[1:]
    assert nobody == []
    assert {"to", "kind", "link", "code", "sent_at"} <= set(every[0])
    assert every[0]["sent_at"] == "2027-01-15T08:00:02.000+00:00"


def test_calls_are_counted_and_cleared(served: httpx2.Client) -> None:
    served.get(JWKS)
    served.get(JWKS)

    counted = served.get("/_emulator/calls").json()
    served.delete("/_emulator/calls")

    assert counted == [{"method": "GET", "path": JWKS, "status": 200, "count": 2}]
    assert served.get("/_emulator/calls").json() == []


def test_settings_are_changed(served: httpx2.Client) -> None:
    fields = {"rotate_refresh": True, "reuse_revokes": True, "access_lifetime": 5}

    assert served.post("/_emulator/settings", json=fields).status_code == 200
    assert served.get("/v1/apps/app_demo").json()["access_expiration"] == 5


def test_keys_are_rotated_and_added(served: httpx2.Client) -> None:
    kid = served.post("/_emulator/keys/rotate", json={"keep_old": False}).json()["kid"]
    served.post("/_emulator/keys/add", json={"kty": "oct"})

    assert [key.get("kid") for key in served.get(JWKS).json()["keys"]] == [kid, None]


def test_users_sessions_and_tokens_are_minted(served: httpx2.Client, clock: Clock) -> None:
    user = served.post("/_emulator/users", json={"email": "ada@example.com"}).json()
    fields = {"user_id": user["id"], "access_lifetime": 2.5, "claims": {"crid": "c"}}
    session = served.post("/_emulator/sessions", json=fields).json()
    hostile = {"claims": {"a": 1}, "header": {"typ": "x"}}
    token = served.post("/_emulator/tokens", json=hostile).json()["token"]

    claims = claims_of(session["access"])
    assert (claims["uuid"], claims["exp"], claims["crid"]) == (user["id"], clock.now + 2, "c")
    assert session["refresh"]
    assert (claims_of(token), header_of(token)["typ"]) == ({"a": 1}, "x")


def test_an_authenticator_and_codes_are_ordered(served: httpx2.Client) -> None:
    who = {"email": "ada@example.com"}

    made = served.post("/_emulator/mfa/totp", json=who).json()
    shown = served.get("/_emulator/mfa/totp", params=who).json()
    codes = served.post("/_emulator/mfa/backup-codes", json=who).json()["backup_codes"]
    passkeys = served.get("/_emulator/passkeys", params=who).json()

    assert (len(made["secret"]), len(made["code"]), len(codes)) == (32, 6, 10)
    assert (shown, passkeys) == ({"code": made["code"]}, [])


def test_a_policy_and_roles_are_ordered(emulator: Emulator, served: httpx2.Client) -> None:
    policy = {"roles": {"billing": {"permissions": ["invoice:read"]}}}
    asked = {"email": "ada@example.com", "role": "billing", "resource": "invoice:7"}

    served.post("/_emulator/authz/policy", json=policy)
    user = served.post("/_emulator/authz/roles", json=asked).json()
    refused = [
        served.post("/_emulator/authz/policy", json={"roles": 7}),
        served.post("/_emulator/authz/roles", json={"email": "ada@example.com"}),
        served.post("/_emulator/authz/roles", json=asked | {"role": "boss"}),
    ]

    (grant,) = emulator.state.authz.grants(user["id"])
    assert (grant.role, grant.resource) == ("billing", "invoice:7")
    assert [answer.status_code for answer in refused] == [400, 400, 400]


def test_what_happened_is_listed(served: httpx2.Client) -> None:
    served.post("/_emulator/users", json={"email": "ada@example.com"})

    (event,) = served.get("/_emulator/events").json()
    others = served.get("/_emulator/events", params={"kind": "user.updated"}).json()

    assert (event["slug"], others) == ("user.created", [])


def test_a_notification_is_ordered(emulator: Emulator, served: httpx2.Client) -> None:
    body = {"email": "ada@example.com", "title": "Hello", "read": True}

    answers = [
        served.post("/_emulator/notifications", json=each) for each in (body, {"read": True})
    ]

    (ada,) = emulator.state.users.of("app_demo")
    (shown,) = emulator.state.notifications.of(ada.id)
    assert [answer.status_code for answer in answers] == [200, 400]
    assert (shown.title, shown.read) == ("Hello", True)


def test_a_push_is_answered(api: Api, served: httpx2.Client) -> None:
    who = {"identifier": "ada@example.com"}
    body = {"purpose": "authenticate", "method": "entra_push", **who}
    _, made = api("POST", "A/challenges", body)

    refused = served.post("/_emulator/pushes", json={"agree": True})
    answered = served.post("/_emulator/pushes", json={"email": "ada@example.com"})

    assert refused.status_code == 400
    assert answered.json() == made["challenge"]["metadata"]
    assert api("POST", f"A/challenges/{made['challenge']['token']}/session")[0] == 200


def test_the_passkeys_of_a_user_are_listed(
    emulator: Emulator, api: Api, served: httpx2.Client
) -> None:
    device = Authenticator()
    emulator.settings(passkeys_enabled=True, origin=device.origin)
    access = emulator.create_session("ada@example.com")["access"]
    _, asked = api("POST", "A/devices/register", x_authorization=access)
    made = device.create(asked["options"]) | {"nickname": "Laptop"}
    _, added = api("POST", "A/devices/finalize", made, x_authorization=access)

    found = served.get("/_emulator/passkeys", params={"email": "ada@example.com"}).json()

    assert found == [{"id": added["id"], "nickname": "Laptop", "credential_id": made["id"]}]


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("settings", {"nope": 1, "name": "x"}, "nope"),
        ("settings", {"name": 1}, "name"),
        ("settings", {"self": 1}, "self"),
        ("keys/rotate", {"keep_old": 1}, "keep_old"),
        ("faults", {"status": 503}, "path"),
        ("faults", {"path": "/x", "status": 7}, "status"),
        ("faults", {"path": "/x", "times": True}, "times"),
        ("faults", {"path": "/x", "headers": {"a": 1}}, "headers"),
        ("faults", {"path": "/x", "drip": "body"}, "drip"),
        ("users", {"email": "nobody"}, "e-mail"),
        ("users", {"email": "a@b.example", "status": "odd"}, "status"),
        ("sessions", {"user_id": "u"}, "user"),
        ("sessions", {"email": "a@b.example", "access_lifetime": 1e400}, "infinity"),
        ("tokens", {"claims": []}, "claims"),
        ("sessions", {"email": "a@b.example", "app_id": "app_none"}, "app"),
        ("mfa/totp", {}, "email"),
        ("mfa/totp", {"email": "a@b.example", "nope": 1}, "nope"),
        ("mfa/backup-codes", {"email": "nobody"}, "user"),
        ("users", {"email": "a@b.example", "phone": "nobody"}, "phone number"),
    ],
    ids=str,
)
def test_a_mistake_is_named(door: httpx2.Client, path: str, body: Any, named: str) -> None:
    text = json_text(body)

    answer = door.post(f"/_emulator/{path}", content=text)

    assert answer.status_code == 400
    assert named in answer.json()["error"]


@pytest.mark.parametrize("body", ["nonsense", "[]", '"x"', "rotate_refresh"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
def test_a_body_that_says_nothing_is_not_passed_over(
    door: httpx2.Client, body: str, kind: str
) -> None:
    """`curl -d` calls everything a form."""
    answer = door.post("/_emulator/settings", content=body, headers={"content-type": kind})

    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


def json_text(body: Any) -> str:
    return repr(body).replace("'", '"').replace("True", "true").replace("inf", "1e400")


def test_an_unknown_control_path_is_said_so(served: httpx2.Client) -> None:
    assert served.get("/_emulator/nothing").status_code == 404
    assert served.get("/_emulator/settings").status_code == 404


def test_a_fault_is_served(served: httpx2.Client) -> None:
    served.post("/_emulator/faults", json={"path": "/jwks", "status": 503, "times": None})

    assert served.get(JWKS).status_code == 503
    served.delete("/_emulator/faults")
    assert served.get(JWKS).status_code == 200


def test_a_drop_closes_the_connection_without_an_answer(served: httpx2.Client) -> None:
    served.post("/_emulator/faults", json={"path": "/jwks", "drop": True, "times": 1})

    with pytest.raises((httpx2.NetworkError, httpx2.RemoteProtocolError)):
        served.get(JWKS)

    assert served.get(JWKS).status_code == 200
    assert [call["status"] for call in served.get("/_emulator/calls").json()] == [None, 200]


def test_a_delay_holds_the_answer_up(served: httpx2.Client) -> None:
    served.post("/_emulator/faults", json={"path": "/jwks", "delay": 30, "times": 1})

    with pytest.raises(httpx2.ReadTimeout):
        served.get(JWKS, timeout=0.05)

    assert served.get(JWKS).status_code == 200


def test_a_short_delay_ends(served: httpx2.Client) -> None:
    served.post("/_emulator/faults", json={"path": "/jwks", "delay": 0.01, "times": 1})

    assert served.get(JWKS).status_code == 200


def test_one_address_can_be_taken_once(emulator: Emulator, served: httpx2.Client) -> None:
    port = served.base_url.port
    assert port is not None

    with pytest.raises(OSError, match="in use"), emulator.serve(port):
        pass


def test_only_this_machine_is_listened_to(served: httpx2.Client) -> None:
    port = served.base_url.port
    assert port is not None

    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", port))


FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    {"sec-fetch-site": "weird"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "settings"), ("GET", "messages"), ("DELETE", "calls"), ("POST", "provider")],
)
def test_a_page_of_another_origin_is_refused(
    door: httpx2.Client, method: str, path: str, headers: dict[str, str]
) -> None:
    assert door.request(method, f"/_emulator/{path}", headers=headers).status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_may_ask(door: httpx2.Client, site: str) -> None:
    origin = str(door.base_url).rstrip("/")
    headers = {"origin": origin, "sec-fetch-site": site}

    assert door.get("/_emulator/messages", headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "10.0.0.1", "[::2]:1", ""])
@pytest.mark.parametrize("path", ["/_emulator/messages", "/_emulator", JWKS])
def test_a_foreign_name_for_this_machine_is_refused(
    door: httpx2.Client, host: str, path: str
) -> None:
    assert door.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:1", "[::1]:1", "127.0.0.1", "app.localhost"])
def test_every_loopback_name_will_do(door: httpx2.Client, host: str) -> None:
    assert door.get(JWKS, headers={"host": host}).status_code == 200


def test_a_body_of_megabytes_is_refused(served: httpx2.Client) -> None:
    answer = served.post("/_emulator/settings", content=b"x" * (1024 * 1024 + 1))

    assert answer.status_code == 413


def test_a_head_request_has_no_body(served: httpx2.Client) -> None:
    answer = served.head("/_emulator")

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_target_that_is_no_path_is_refused(served: httpx2.Client) -> None:
    port = served.base_url.port
    with socket.create_connection(("127.0.0.1", port or 0)) as raw:
        raw.sendall(b"GET http://evil/[ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answer = raw.recv(100)

    assert answer.startswith(b"HTTP/1.1 400")


def test_nobody_is_waited_for_who_has_gone(emulator: Emulator) -> None:
    emulator.fault("/jwks", delay=30)
    messages = [{"type": "http.request"}, {"type": "http.request"}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": JWKS.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }
    asyncio.run(EmulatorApp(emulator)(scope, receive, send))

    assert emulator.calls() == []
    assert sent == []


def test_a_machine_is_made_and_revoked(served: httpx2.Client) -> None:
    machine = served.post("/_emulator/machines", json={"client_name": "reports"}).json()
    headers = {"authorization": f"Bearer {machine['short_token']}"}
    path = "/v1/apps/app_demo/m2m/verify"

    before = served.get(path, headers=headers)
    served.post("/_emulator/machines/revoke", json={"client_name": "reports"})

    assert (before.status_code, before.json()["client_name"]) == (200, "reports")
    assert served.get(path, headers=headers).status_code == 401


def test_a_user_without_an_authenticator_shows_no_code(emulator: Emulator) -> None:
    emulator.create_user("ada@example.com")

    with pytest.raises(ValueError, match="no authenticator"):
        emulator.totp_code("ada@example.com")


def test_the_origin_is_that_of_the_login_url(signing_key: rsa.RSAPrivateKey) -> None:
    emulator = Emulator(signing_key=signing_key, login_url="http://localhost:5000/auth/callback")

    assert emulator.state.apps.first.settings.origin == "http://localhost:5000"
