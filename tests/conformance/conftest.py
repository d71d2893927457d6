"""Sites for the cases: each case runs against every harness, and is searched for leaks."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conformance.harness import Harness, all_harnesses
from tests.conformance.opening import Sites
from tests.conformance.secrets_watch import LogCapture, Secrets
from tests.conformance.site import Site


@pytest.fixture(scope="session")
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def log() -> Iterator[LogCapture]:
    """Every record of every logger, at DEBUG; other suites then get their levels back."""
    capture = LogCapture()
    root = logging.getLogger()
    level = root.level
    root.addHandler(capture)
    root.setLevel(logging.DEBUG)
    yield capture
    root.removeHandler(capture)
    root.setLevel(level)


@pytest.fixture(autouse=True)
def secrets(log: LogCapture) -> Iterator[Secrets]:
    """What must not be seen anywhere when the case is over (security.md P07)."""
    log.texts.clear()
    found = Secrets()
    yield found
    leaks = found.leaks(log.texts)
    assert not leaks, leaks


@pytest.fixture(params=all_harnesses(), ids=lambda harness: harness.name)
def harness(request: pytest.FixtureRequest) -> Harness:
    found: Harness = request.param
    return found


@pytest.fixture
async def opened() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def sites(
    harness: Harness, signing_key: rsa.RSAPrivateKey, secrets: Secrets, opened: AsyncExitStack
) -> Sites:
    """Opens sites with settings of the case's own."""
    return Sites(harness, signing_key, secrets, opened)


@pytest.fixture
async def site(sites: Sites) -> Site:
    """A site with the settings that most cases use."""
    return await sites.open()


Case = Callable[[Site], Awaitable[None]]
