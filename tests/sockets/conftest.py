"""The conformance suite's fixtures, with a harness that is served by a real server."""

from collections.abc import Generator, Iterator

import pytest

from tests.conformance.conftest import (
    log,
    opened,
    secrets,
    signing_key,
    site,
    sites,
)
from tests.conformance.harness import Harness
from tests.sockets.harnesses import KNOWN, PAIRS, Pair, over_socket
from tests.sockets.refusals import NotTheRequest
from tests.sockets.servers import ServerProcess, all_servers

__all__ = ["log", "opened", "secrets", "signing_key", "site", "sites"]


@pytest.fixture(scope="session")
def processes() -> Iterator[dict[str, ServerProcess]]:
    """One process a server for the whole run, begun when the first case needs it."""
    with all_servers() as processes:
        yield processes


@pytest.fixture(params=PAIRS, ids="@".join)
def harness(request: pytest.FixtureRequest, processes: dict[str, ServerProcess]) -> Harness:
    pair: Pair = request.param
    return over_socket(pair.harness, processes[pair.server])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function):
            case = item.originalname, server_of(item)
            if reason := KNOWN.get(case):
                mark = pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)
                item.add_marker(mark)


def server_of(item: pytest.Function) -> str:
    """The server that a case is run on; nothing for other tests."""
    parameters: dict[str, object] = item.callspec.params if hasattr(item, "callspec") else {}
    pair = parameters.get("harness")
    return pair.server if isinstance(pair, Pair) else ""


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Generator[None, object, object]:
    """A case ends well where the server does to its request what is stated."""
    try:
        return (yield)
    except NotTheRequest:
        return True
