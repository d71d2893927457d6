"""What every test shares: asyncio for asynchronous tests, and how Hypothesis runs.

An `async def test_...` needs no mark. Nothing of the product is set up here.
"""

import os

import pytest
from coverage import Coverage
from hypothesis import settings

from tests.conformance.matrix import MatrixPlugin

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure(config: pytest.Config) -> None:
    """Here and not beside the suite, so that the process that prints it knows it too."""
    config.pluginmanager.register(MatrixPlugin(), "conformance-matrix")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker that takes long to end is killed: what it has measured is written before."""
    if hasattr(session.config, "workerinput") and (measured := Coverage.current()) is not None:
        measured.save()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the only event loop that the async driver knows."""
    return "asyncio"
