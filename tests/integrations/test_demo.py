"""`python -m examples.demo` as a program: the check, the ports, Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from examples import demo, pages
from tests.architecture.sources import ROOT

WITHOUT_WEBSOCKET = {"django", "flask", "wsgi"}
FRAMEWORKS = pytest.mark.parametrize("framework", sorted(demo.FRAMEWORKS))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def running(
    framework: str, *more: str
) -> "Generator[tuple[subprocess.Popen[str], int, int], None, None]":
    """The demo on free ports; whatever a test does, it is gone afterwards."""
    port, scute = free_port(), free_port()
    command = [sys.executable, "-m", "examples.demo", "--framework", framework]
    ports = ["--port", str(port), "--emulator-port", str(scute)]
    environ = {name: text for name, text in os.environ.items() if not name.startswith("SCUTE_")}
    process = subprocess.Popen(
        [*command, *ports, *more],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process, port, scute
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=20)


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(seen)


@FRAMEWORKS
def test_the_check_walks_the_journey(framework: str) -> None:
    with running(framework, "--check") as (process, _, _):
        said, _ = process.communicate(timeout=60)

    assert process.returncode == 0, said
    assert said.count("  ok  ") == 12
    assert "FAILED" not in said
    assert "sct_" not in said, "a link with its token was printed"


@FRAMEWORKS
def test_the_other_routes_answer(framework: str) -> None:
    with running(framework) as (process, port, scute):
        read_until(process, "Ctrl-C")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            person = {"email": "ana@example.com"}
            session = httpx2.post(f"http://127.0.0.1:{scute}/_emulator/sessions", json=person)
            bearer = {"Authorization": f"Bearer {session.json()['access']}"}
            user_id = session.json()["user_id"]
            stranger = client.get("/optional").json()
            known = client.get("/optional", headers=bearer).json()
            shut = client.get("/stream")
            stream = client.get("/stream", headers=bearer)
            own = client.get("/own-response")
            failed = client.get("/boom")

    assert (stranger, known) == ({"user_id": None}, {"user_id": user_id})
    assert (shut.status_code, stream.text) == (401, f"0\n1\n2\n3\n{user_id}")
    assert (own.headers["x-own"], own.text) == ("yes", "a response of my own")
    assert failed.status_code == 500


@pytest.mark.parametrize("framework", sorted(set(demo.FRAMEWORKS) - WITHOUT_WEBSOCKET))
def test_the_websocket_is_for_users(framework: str) -> None:
    with running(framework) as (process, port, scute):
        read_until(process, "Ctrl-C")
        person = {"email": "ana@example.com"}
        session = httpx2.post(f"http://127.0.0.1:{scute}/_emulator/sessions", json=person).json()
        bearer = {"Authorization": f"Bearer {session['access']}"}
        with connect(f"ws://127.0.0.1:{port}/ws", additional_headers=bearer) as socket:
            said = json.loads(socket.recv(timeout=10))
        with pytest.raises(InvalidStatus) as refused, connect(f"ws://127.0.0.1:{port}/ws"):
            pass

    assert said == {"user_id": session["user_id"]}
    assert refused.value.response.status_code == 401


def test_pages_show_what_came_in_as_text() -> None:
    for page in (pages.home("<b>&"), pages.private("<b>&")):
        assert "&lt;b&gt;&amp;" in page
        assert "<b>" not in page


def test_a_journey_that_goes_wrong_is_told_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """Against the emulator itself, which has no such pages."""
    from examples.journey import walk
    from scute_emulator import Emulator

    with Emulator().serve() as url:
        status = walk(url, url, "nothing")

    said = capsys.readouterr().out
    assert status == 1
    assert "FAILED  the public page offers to sign in: expected a link" in said
    assert "ok" not in said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_it_is_interrupted(how: signal.Signals) -> None:
    with running("fastapi") as (process, port, scute):
        said = read_until(process, "Ctrl-C")
        page = httpx2.get(f"http://127.0.0.1:{port}/")
        inbox = httpx2.get(f"http://127.0.0.1:{scute}/_emulator")

        process.send_signal(how)
        process.communicate(timeout=20)

    assert f"http://localhost:{port}" in said
    assert f"http://127.0.0.1:{scute}/_emulator" in said
    assert (page.status_code, inbox.status_code) == (200, 200)
    assert process.returncode == 0
    for closed in (port, scute):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", closed)) != 0


@pytest.mark.parametrize("taken", ["--port", "--emulator-port"])
def test_a_port_in_use_is_named_in_one_line(taken: str) -> None:
    ports = {"--port": free_port(), "--emulator-port": free_port()}
    with socket.create_server(("127.0.0.1", 0)) as server:
        ports[taken] = server.getsockname()[1]
        arguments = [text for name, port in ports.items() for text in (name, str(port))]

        done = subprocess.run(
            [sys.executable, "-m", "examples.demo", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert done.returncode == 1
    assert f"cannot use port {ports[taken]} (Address already in use)" in done.stderr
    assert "make demo PORT=8001 EMULATOR_PORT=9001" in done.stderr
    assert len(done.stderr.splitlines()) == 1
