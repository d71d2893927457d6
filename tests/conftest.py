"""What every test shares: asyncio for asynchronous tests, and how Hypothesis runs.

An `async def test_...` needs no mark. Nothing of the product is set up here.
"""

import os

import pytest
from hypothesis import settings

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the only event loop that the async driver knows."""
    return "asyncio"
