"""Calls over sockets: one deadline over the whole, every fault a value, nothing followed."""

import asyncio
import gc
import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

import httpcore2
import httpx2
import pytest

from scute_auth import transport as transport_module
from scute_auth.effects import HttpCall, HttpFailure, HttpOutcome, HttpReply
from scute_auth.errors import ScuteUnavailable
from scute_auth.transport import AsyncHttpxTransport, HttpxTransport
from scute_emulator import Emulator
from tests.needs import needs_fork
from tests.unit.faults import (
    Handler,
    answering,
    dripping,
    pouring,
    resetting,
    serving,
    silent,
)
from tests.unit.support import Bench, jwk, token

Send = Callable[[HttpCall], HttpOutcome]


def send_sync(call: HttpCall) -> HttpOutcome:
    transport = HttpxTransport()
    try:
        return transport.send(call)
    finally:
        transport.close()


def send_async(call: HttpCall) -> HttpOutcome:
    return asyncio.run(AsyncHttpxTransport().asend(call))


@pytest.fixture(params=[send_sync, send_async], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    """Sends one call with a transport of its own."""
    send: Send = request.param
    return send


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open() -> Iterator[None]:
    """What is left open complains when it is collected, and a complaint is an error."""
    yield
    gc.collect()


def ok(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


HEAD = b"HTTP/1.1 200 OK\r\n"
JWKS = json.dumps({"keys": [jwk(1)]}).encode()
NO_RSA = json.dumps({"keys": [{"kty": "oct"}] * 10_000}).encode()

FAULTS: dict[str, tuple[Handler, str]] = {
    "10 MB": (answering(ok(b"x" * 10_000_000)), "too_large"),
    "10 MB in chunks": (
        answering(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65_536 + b"\r\n"
            b"989680\r\n" + b"x" * 10_000_000 + b"\r\n0\r\n\r\n"
        ),
        "too_large",
    ),
    "an endless body": (pouring(HEAD + b"\r\n", b"x" * 4096), "too_large"),
    "gzip": (answering(ok(gzip.compress(JWKS), b"Content-Encoding: gzip")), "encoding"),
    "a bomb": (
        answering(ok(gzip.compress(bytes(10_000_000)), b"Content-Encoding: gzip")),
        "encoding",
    ),
    "a body that is called gzip": (answering(ok(JWKS, b"Content-Encoding: gzip")), "encoding"),
    "dripped headers": (dripping(HEAD + b"X-Slow: ", b"x", 0.05), "timeout"),
    "a dripped body": (dripping(HEAD + b"\r\n", b"x", 0.05), "timeout"),
    "a dripped status line": (dripping(b"HTTP/1.1 2", b"0", 0.05), "timeout"),
    "early hints without end": (
        pouring(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        "timeout",
    ),
    "early hints, dripped": (
        dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.02),
        "timeout",
    ),
    "no answer": (silent(), "timeout"),
    "no body": (silent(HEAD + b"Content-Length: 9\r\n\r\n"), "timeout"),
    "half a header": (silent(HEAD + b"Content-"), "timeout"),
    "an end at once": (answering(b""), "protocol"),
    "a reset at once": (resetting(), "network"),
    "a reset in the body": (resetting(HEAD + b"Content-Length: 99\r\n\r\nabc"), "network"),
    "a header of 1 MB": (answering(ok(b"", b"X-Long: " + b"x" * 1_000_000)), "protocol"),
    "100,000 headers": (answering(ok(b"", *[b"X: y"] * 100_000)), "protocol"),
    "less than its length": (answering(HEAD + b"Content-Length: 999\r\n\r\nabc"), "protocol"),
    "a length below zero": (answering(HEAD + b"Content-Length: -1\r\n\r\nabc"), "protocol"),
    "a length that is none": (answering(HEAD + b"Content-Length: ten\r\n\r\nabc"), "protocol"),
    "two lengths": (
        answering(HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        "protocol",
    ),
    "a chunk that is none": (
        answering(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
        "protocol",
    ),
    "no HTTP": (answering(b"SSH-2.0-OpenSSH_9.9\r\n"), "protocol"),
    "NUL": (answering(bytes(1000)), "protocol"),
}


@pytest.mark.parametrize(("handler", "kind"), FAULTS.values(), ids=FAULTS)
def test_a_fault_on_the_wire_is_a_value_within_the_deadline(
    send: Send, handler: Handler, kind: str
) -> None:
    """K06"""
    with serving(handler) as server:
        started = time.monotonic()
        outcome = send(HttpCall("GET", f"{server.url}/jwks", timeout=0.25))
        took = time.monotonic() - started

        # What a stack makes of a broken connection differs with who notices first.
        expected = {kind, "network"} if kind == "protocol" else {kind}
        assert isinstance(outcome, HttpFailure), outcome
        assert outcome.kind in expected
        assert took < 5
        assert server.hits == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["http", "//", "file"])
def test_a_redirect_is_not_followed(send: Send, status: int, target: str) -> None:
    """K05: the canary would serve the attacker's key."""
    with serving(answering(ok(JWKS))) as canary:
        location = {"http": canary.url, "//": canary.url[5:], "file": "file:///etc/passwd"}[target]
        reply = ok(b"", b"Location: " + location.encode(), status=b"%d Moved" % status)
        with serving(answering(reply)) as server:
            outcome = send(HttpCall("GET", f"{server.url}/jwks"))

        assert isinstance(outcome, HttpReply)
        assert (outcome.status, outcome.header("location")) == (status, location)
        assert canary.hits == 0


def test_a_closed_port_is_a_network_failure(send: Send) -> None:
    """K03"""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    for url in (f"http://127.0.0.1:{port}/", f"http://localhost:{port}/"):
        assert send(HttpCall("GET", url, timeout=2.0)) == HttpFailure("network")


def test_a_name_that_is_none_is_a_network_failure(send: Send) -> None:
    """K02"""
    for host in ("does-not-exist.invalid", "a" * 64 + ".invalid"):
        outcome = send(HttpCall("GET", f"https://{host}/", timeout=2.0))
        assert isinstance(outcome, HttpFailure)


def test_a_server_that_speaks_no_tls_is_a_network_failure(send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        thread = threading.Thread(target=lambda: greet(plain))
        thread.start()
        url = f"https://127.0.0.1:{plain.getsockname()[1]}"
        assert send(HttpCall("GET", url, timeout=2.0)) == HttpFailure("network")
        thread.join()


def greet(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection, suppress(OSError):
        connection.sendall(b"220 smtp.example ESMTP\r\n")
        connection.settimeout(5)
        connection.recv(1000)


def test_a_handshake_that_hangs_ends_at_the_deadline_and_leaves_nothing_open(send: Send) -> None:
    """K06: httpcore2 forgets the socket of a handshake that is cancelled."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        assert send(HttpCall("GET", url, timeout=0.3)) == HttpFailure("timeout")
    gc.collect()


@pytest.mark.parametrize(
    "headers",
    [(("x", "a\r\nb: c"),), (("x", "\u00e9"),), (("bad name", "x"),)],
    ids=["line break", "accent", "name"],
)
def test_a_header_that_cannot_be_sent_is_a_failure_and_not_sent(
    send: Send, headers: tuple[tuple[str, str], ...]
) -> None:
    """R06: what a client would raise for a hostile cookie."""
    with serving(answering(ok(b"{}"))) as server:
        outcome = send(HttpCall("POST", server.url, headers, b"{}"))

        assert outcome == HttpFailure("protocol")
        assert server.hits == 0


def test_a_call_is_exactly_its_data(send: Send) -> None:
    with serving(answering(ok(b'{"a": 1}', b"X-One: 1", b"Set-Cookie: a=b"))) as server:
        call = HttpCall("POST", f"{server.url}/v1/x", (("accept", "application/json"),), b"{}")
        outcome = send(call)
        request = server.requests[0]

    assert isinstance(outcome, HttpReply)
    assert (outcome.status, outcome.body) == (200, b'{"a": 1}')
    assert (outcome.header("x-one"), outcome.header("x-two")) == ("1", None)
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert lines[0] == b"post /v1/x http/1.1"
    assert {line.partition(b":")[0] for line in lines[1:]} == {
        b"host",
        b"content-length",
        b"accept",
    }
    assert body == b"{}"


def test_what_is_exactly_as_large_as_allowed_is_taken(send: Send) -> None:
    for size, is_taken in ((1000, True), (1001, False)):
        with serving(answering(ok(b"x" * size))) as server:
            outcome = send(HttpCall("GET", server.url, max_bytes=1000))
        assert isinstance(outcome, HttpReply) is is_taken


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/v1/auth/app_a/challenges/t0ken/verify", "/v1/auth/app_a/challenges/***/verify"),
        ("/v1/auth/app_a/challenges/t0ken", "/v1/auth/app_a/challenges/***"),
        ("/v2/auth/app_a/challenges/t0ken", "/v2/auth/app_a/challenges/***"),
        ("/v1/auth/app_a/challenges", "/v1/auth/app_a/challenges"),
        ("/v1/auth/app_a/mfa/methods/7?challenge=t0ken", "/v1/auth/app_a/mfa/methods/7?***"),
        ("/v1/auth/app_a/oauth/callback?state=s&code=t0ken", "/v1/auth/app_a/oauth/callback?***"),
        ("/v1/auth/app_a/users?identifier=t0ken%40example.com", "/v1/auth/app_a/users?***"),
        ("/v1/app_a/users?email=t0ken%40example.com", "/v1/app_a/users?***"),
        ("/signed-in?sct_oauth=t0ken&next=%2F", "/signed-in?sct_oauth=***&next=%2F"),
        ("/v1/apps/app_a", "/v1/apps/app_a"),
    ],
)
def test_no_log_holds_a_challenge_a_code_or_an_address(
    send: Send, caplog: pytest.LogCaptureFixture, path: str, shown: str
) -> None:
    """At INFO httpx2 tells each URL, and an app's own calls to others are none of our business."""
    location = b"Location: https://app.example/?a=1&sct_oauth=t0ken"
    with caplog.at_level("DEBUG"), serving(answering(ok(b"{}", location))) as server:
        send(HttpCall("POST", f"{server.url}{path}"))
        httpx2.get(f"{server.url}/theirs?challenge=1", trust_env=False)

    told = [record.getMessage() for record in caplog.records if record.name == "httpx2"]
    assert len(told) == 2
    assert f"{shown} " in told[0]
    assert "/theirs?challenge=1 " in told[1]
    assert "t0ken" not in caplog.text
    assert "?a=1&sct_oauth=***" in caplog.text


def test_logs_of_other_shapes_stay_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    HttpxTransport().close()
    with caplog.at_level("INFO"):
        logging.getLogger("httpx2").info("%(a)s", {"a": 1})
        logging.getLogger("httpx2").info("a")

    assert [record.getMessage() for record in caplog.records] == ["1", "a"]


def test_an_encoding_that_says_identity_is_none(send: Send) -> None:
    with serving(answering(ok(b"{}", b"Content-Encoding: Identity"))) as server:
        assert isinstance(send(HttpCall("GET", server.url)), HttpReply)


def test_nothing_is_read_from_the_environment(
    send: Send, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """P08: no proxy, no `.netrc`."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(answering(ok(b"{}"))) as canary, serving(answering(ok(b"{}"))) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, canary.url)
        outcome = send(HttpCall("GET", server.url))

        assert isinstance(outcome, HttpReply)
        assert (canary.hits, server.hits) == (0, 1)
        assert b"authorization" not in server.requests[0].lower()


def test_ten_seconds_of_drips_end_at_five() -> None:
    """K06: at the deadline that is shipped, headers and body, sync and async, all at once."""
    drips = {
        "headers": dripping(HEAD + b"X-Slow: ", b"x", 1.0),
        "body": dripping(HEAD + b"\r\n", b"x", 1.0),
    }
    took: dict[str, tuple[HttpOutcome, float]] = {}

    def measure(name: str, send: Send, url: str) -> None:
        started = time.monotonic()
        outcome = send(HttpCall("GET", url))
        took[name] = (outcome, time.monotonic() - started)

    with ExitStack() as stack:
        threads: list[threading.Thread] = []
        for name, handler in drips.items():
            url = stack.enter_context(serving(handler)).url
            for send in (send_sync, send_async):
                label = f"{name} {send.__name__}"
                threads.append(threading.Thread(target=measure, args=(label, send, url)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

    assert len(took) == 4
    for outcome, seconds in took.values():
        assert outcome == HttpFailure("timeout")
        assert 4.7 < seconds < 8


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Let `scute.example` have these addresses."""
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        if host != "scute.example":
            return real(host, *rest, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_each_address_of_a_host_gets_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with addresses that do not answer must not take the deadline once for each."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full, ExitStack() as stack:
        port = full.getsockname()[1]
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        resolve_to(monkeypatch, *[("127.0.0.1", port)] * 20)

        started = time.monotonic()
        outcome = send_sync(HttpCall("GET", f"http://scute.example:{port}/", timeout=0.3))

        assert outcome == HttpFailure("timeout")
        assert time.monotonic() - started < 3


def test_the_next_address_is_tried_where_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(ok(b"{}"))) as server:
        port = server.listening.getsockname()[1]
        resolve_to(monkeypatch, ("127.0.0.9", port), ("127.0.0.1", port))

        outcome = send_sync(HttpCall("GET", f"http://scute.example:{port}/", timeout=2.0))

        assert isinstance(outcome, HttpReply)


def test_a_name_without_any_address_is_a_network_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_to(monkeypatch)

    assert send_sync(HttpCall("GET", "http://scute.example/")) == HttpFailure("network")


# Clients: ours, and somebody else's.


def test_connections_are_kept_between_calls() -> None:
    emulator = Emulator()
    with emulator.serve() as url:
        transport = HttpxTransport()
        for _ in range(3):
            assert isinstance(transport.send(HttpCall("GET", f"{url}/v1/apps/app_demo")), HttpReply)
        pool = vars(transport)["_client"]._transport._pool
        assert len(pool.connections) == 1
        transport.close()
        assert pool.connections == []


def test_an_opened_async_transport_keeps_connections_until_it_is_closed() -> None:
    emulator = Emulator()

    async def use(url: str) -> None:
        transport = AsyncHttpxTransport()
        transport.open()
        for _ in range(3):
            reply = await transport.asend(HttpCall("GET", f"{url}/v1/apps/app_demo"))
            assert isinstance(reply, HttpReply)
        (client,) = vars(transport)["_clients"].values()
        assert len(client._transport._pool.connections) == 1
        await transport.aclose()
        assert client.is_closed
        await transport.aclose()
        again = await transport.asend(HttpCall("GET", f"{url}/v1/apps/app_demo"))
        assert isinstance(again, HttpReply)

    with emulator.serve() as url:
        asyncio.run(use(url))
    gc.collect()


def test_one_async_transport_serves_loop_after_loop() -> None:
    """P03: and leaves nothing open in those that ended without a word."""
    transport = AsyncHttpxTransport()
    with Emulator().serve() as url:
        for _ in range(3):
            call = HttpCall("GET", f"{url}/v1/apps/app_demo")
            assert isinstance(asyncio.run(transport.asend(call)), HttpReply)
            gc.collect()

    assert len(vars(transport)["_clients"]) == 0


def test_a_given_client_is_used_and_left_open() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"a": 1})

    with httpx2.Client(
        transport=httpx2.MockTransport(answer),
        headers={"x-mine": "1"},
        cookies={"a": "b"},
        auth=("me", "s3cret"),
        follow_redirects=True,
    ) as client:
        transport = HttpxTransport(client)
        outcome = transport.send(HttpCall("GET", "https://api.scute.io/x", (("accept", "x"),)))
        transport.close()
        assert not client.is_closed

    assert isinstance(outcome, HttpReply)
    # Nothing of the client's own goes to Scute.
    assert {name.lower() for name, _ in seen[0].headers.raw} == {b"host", b"accept"}


async def test_a_given_async_client_is_used_and_left_open() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(302, headers={"location": "https://evil.example"})

    async with httpx2.AsyncClient(
        transport=httpx2.MockTransport(answer), follow_redirects=True
    ) as client:
        transport = AsyncHttpxTransport(client)
        transport.open()
        outcome = await transport.asend(HttpCall("GET", "https://api.scute.io/x"))
        await transport.aclose()
        assert not client.is_closed

    assert isinstance(outcome, HttpReply)
    assert outcome.status == 302


FAILURES: dict[str, tuple[Exception, str]] = {
    "connect": (httpx2.ConnectError("x"), "network"),
    "proxy": (httpx2.ProxyError("x"), "network"),
    "pool": (httpx2.PoolTimeout("x"), "timeout"),
    "core": (httpcore2.ReadTimeout("x"), "timeout"),
    "core pool": (httpcore2.ConnectionNotAvailable("x"), "network"),
    "protocol": (httpx2.RemoteProtocolError("x"), "protocol"),
    "url": (httpx2.InvalidURL("x"), "protocol"),
    "unicode": (UnicodeEncodeError("ascii", "x", 0, 1, "x"), "protocol"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_a_client_raises_is_a_value(name: str) -> None:
    error, kind = FAILURES[name]

    def fail(request: httpx2.Request) -> httpx2.Response:
        raise error

    with httpx2.Client(transport=httpx2.MockTransport(fail)) as client:
        outcome = HttpxTransport(client).send(HttpCall("GET", "https://api.scute.io/"))

    assert outcome == HttpFailure(kind)  # type: ignore[arg-type] # one of the kinds


def test_a_fault_that_nobody_knows_is_not_swallowed() -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise ZeroDivisionError

    with (
        httpx2.Client(transport=httpx2.MockTransport(fail)) as client,
        pytest.raises(ZeroDivisionError),
    ):
        HttpxTransport(client).send(HttpCall("GET", "https://api.scute.io/"))


async def test_a_fault_that_nobody_knows_is_not_swallowed_in_async_code() -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise ZeroDivisionError

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(fail)) as client:
        with pytest.raises(ZeroDivisionError):
            await AsyncHttpxTransport(client).asend(HttpCall("GET", "https://api.scute.io/"))


def test_a_given_client_that_drips_ends_at_the_deadline_too() -> None:
    class Slow(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                time.sleep(0.02)
                yield b"x"

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=Slow())

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as client:
        call = HttpCall("GET", "https://api.scute.io/", timeout=0.1)
        assert HttpxTransport(client).send(call) == HttpFailure("timeout")


def test_a_transport_that_is_forgotten_closes_its_connections() -> None:
    with Emulator().serve() as url:
        transport = HttpxTransport()
        transport.send(HttpCall("GET", f"{url}/v1/apps/app_demo"))
        client = vars(transport)["_client"]

        del transport
        gc.collect()

        assert client.is_closed


def test_a_forked_child_closes_nothing_of_its_parents() -> None:
    """P02"""
    close_here = vars(transport_module)["_close_here"]
    client = httpx2.Client()

    close_here(client, os.getpid() + 1)
    assert not client.is_closed
    close_here(client, os.getpid())
    assert client.is_closed


def test_another_process_makes_a_client_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """P02: the child of a fork knows itself by its process id."""
    with serving(answering(ok(b"{}"))) as server:
        transport = HttpxTransport()
        parents = vars(transport)["_client"]
        with monkeypatch.context() as patch:
            patch.setattr(os, "getpid", lambda: -1)
            assert isinstance(transport.send(HttpCall("GET", server.url)), HttpReply)
            assert vars(transport)["_client"] is not parents
            assert not parents.is_closed
            transport.close()
        parents.close()


FORK = """
import os, sys
from scute_auth.effects import HttpCall, HttpReply
from scute_auth.transport import HttpxTransport

call = HttpCall("GET", sys.argv[1])
transport = HttpxTransport()
assert isinstance(transport.send(call), HttpReply)
mine = transport._client
child = os.fork()
if child == 0:
    answered = isinstance(transport.send(call), HttpReply)
    os._exit(0 if answered and transport._client is not mine else 1)
_, status = os.waitpid(child, 0)
assert isinstance(transport.send(call), HttpReply) and transport._client is mine
assert len(mine._transport._pool.connections) == 1
transport.close()
sys.exit(os.waitstatus_to_exitcode(status))
"""


@needs_fork
def test_a_forked_child_has_connections_of_its_own() -> None:
    """P02"""
    with Emulator().serve() as url:
        command = [sys.executable, "-W", "error", "-c", FORK, f"{url}/v1/apps/app_demo"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")


# The keys, over a faulty wire.


class Impatient:
    """Ends every call sooner, for the tests' sake."""

    def __init__(self) -> None:
        self._transport = HttpxTransport()

    def send(self, call: HttpCall) -> HttpOutcome:
        return self._transport.send(replace(call, timeout=0.1))


BAD_ANSWERS: dict[str, Handler] = {name: handler for name, (handler, _) in FAULTS.items()} | {
    "10,000 keys": answering(ok(NO_RSA)),
    "a page": answering(ok(b"<html>down for maintenance</html>")),
    "503": answering(ok(b"", status=b"503 Down")),
    "more than its length": answering(HEAD + b"Content-Length: 3\r\n\r\n" + JWKS),
}


@pytest.mark.parametrize("handler", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_a_faulty_key_endpoint_is_survived_warm_and_unavailable_cold(handler: Handler) -> None:
    """K02, K03, K05, K06"""
    with serving(handler) as server:
        cold = Bench(base_url=server.url, emulator=True)
        cold.endpoint.send = Impatient().send  # type: ignore[method-assign] # a fake already
        with pytest.raises(ScuteUnavailable):
            cold.verify(token())

        warm = Bench(base_url=server.url, emulator=True).warm()
        warm.endpoint.send = Impatient().send  # type: ignore[method-assign] # a fake already
        warm.clock.forward(600)
        text = token(exp=int(warm.clock()) + 60)
        warm.verify(text)
        warm.stepper.run_background()
        warm.verify(text)

        assert warm.stepper.waited == 0
        assert server.hits >= 2


def test_these_answers_are_bad_for_one_thing_only() -> None:
    """The same wire with a good answer gives the keys."""
    with serving(answering(ok(JWKS))) as server:
        bench = Bench(base_url=server.url, emulator=True)
        bench.endpoint.send = Impatient().send  # type: ignore[method-assign] # a fake already

        bench.verify(token())
