"""An emulator in memory, with a clock that stands until it is moved."""

from collections.abc import Iterator

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from scute_emulator import Emulator
from tests.emulator.support import Api, Clock


@pytest.fixture(scope="session")
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def waits() -> list[float]:
    """How long the emulator in memory was told to wait."""
    return []


@pytest.fixture
def emulator(clock: Clock, waits: list[float], signing_key: rsa.RSAPrivateKey) -> Emulator:
    async def asleep(seconds: float) -> None:
        waits.append(seconds)

    return Emulator(clock=clock, signing_key=signing_key, sleep=waits.append, asleep=asleep)


@pytest.fixture
def api(emulator: Emulator) -> Api:
    return Api(emulator)


@pytest.fixture
def served(emulator: Emulator) -> Iterator[httpx2.Client]:
    """A client of the emulator over real sockets."""
    with emulator.serve() as url, httpx2.Client(base_url=url, trust_env=False) as client:
        yield client
