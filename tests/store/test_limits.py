"""Limits hold over two server processes that share a real Redis; without one each counts alone."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import TypeAlias

import httpx2
import pytest

from scute_emulator import Emulator
from tests.store.redis_server import running_redis

ROOT = Path(__file__).parents[2]
ANA = "ana@example.com"
A_DAY = 86_400
"""A window that no test gets to the end of."""

Serve: TypeAlias = Callable[..., list[str]]


@contextmanager
def server(redis: str, limits: str) -> Generator[str, None, None]:
    """The origin of one process."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    settings = {**os.environ, "PYTHONPATH": path, "SCUTE_LIMITS": limits}
    command = [sys.executable, "-m", "tests.store.server", *filter(None, [redis])]
    with subprocess.Popen(
        command, env=settings, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("redis")) as path:
        yield path


@pytest.fixture
def serve(scute_emulator: Emulator) -> Iterator[Serve]:
    """Start two processes of the emulated app."""
    with ExitStack() as stack:

        def start(limits: str, redis: str = "") -> list[str]:
            return [stack.enter_context(server(redis, limits)) for _ in range(2)]

        yield start


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    """A browser: its cookies go to both, as they would behind one name."""
    with httpx2.Client(trust_env=False, headers={"accept": "text/html"}) as client:
        yield client


def ask(client: httpx2.Client, origin: str, who: str, **headers: str) -> httpx2.Response:
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"{origin}/auth/magic-link", data={"identifier": who}, headers=lines)


def calls(emulator: Emulator, path: str) -> int:
    return sum(call.count for call in emulator.calls() if call.path.endswith(path))


def test_messages_to_one_address_are_counted_over_both(
    scute_emulator: Emulator, redis_socket: str, serve: Serve, client: httpx2.Client
) -> None:
    both = serve(f"{A_DAY},3,0", redis_socket)

    answers = [ask(client, origin, ANA) for origin, _ in zip(cycle(both), range(4), strict=False)]
    script = ask(client, both[0], ANA, accept="application/json")

    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert calls(scute_emulator, "/magic_links/login") == 3
    seconds = int(answers[-1].headers["retry-after"])
    assert 0 < seconds <= A_DAY
    assert "Too many attempts" in answers[-1].text
    assert f"Try again in {-(-seconds // 60)} minute" in answers[-1].text
    assert (script.status_code, script.json()["reason"]) == (429, "too_often")
    assert int(script.headers["retry-after"]) <= seconds


def test_codes_that_are_tried_are_counted_over_both(
    scute_emulator: Emulator, redis_socket: str, serve: Serve, client: httpx2.Client
) -> None:
    scute_emulator.settings(email_auth_type="otp")
    both = serve(f"{A_DAY},2,0", redis_socket)
    client.post(f"{both[0]}/auth/otp", data={"identifier": "eve@example.com"})

    answers = [
        client.post(f"{origin}/auth/otp/verify", data={"code": "000000"}).status_code
        for origin in (*both, both[0])
    ]

    assert answers == [422, 422, 429]
    assert calls(scute_emulator, "/otps/verify") == 2


def test_one_network_address_is_counted_over_both(
    redis_socket: str, serve: Serve, client: httpx2.Client
) -> None:
    both = serve(f"{A_DAY},0,3", redis_socket)

    def asked(origin: str, number: int, address: str) -> int:
        who = f"user{number}@example.com"
        return ask(client, origin, who, x_forwarded_for=address).status_code

    answers = [asked(both[number % 2], number, "8.8.8.8") for number in range(4)]

    assert answers == [303, 303, 303, 429]
    assert asked(both[1], 4, "8.8.8.8") == 429
    assert asked(both[1], 5, "8.8.4.4") == 303


def test_without_a_shared_store_each_counts_alone(
    scute_emulator: Emulator, serve: Serve, client: httpx2.Client
) -> None:
    one, other = serve(f"{A_DAY},3,0")

    answers = [ask(client, one, ANA).status_code for _ in range(4)]

    assert answers == [303, 303, 303, 429]
    assert ask(client, other, ANA).status_code == 303
