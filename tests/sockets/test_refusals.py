"""What is stated of servers is held against what they do, both ways."""

import pytest

from tests.conformance.harness import Harness
from tests.conformance.opening import Sites
from tests.sockets.harnesses import KNOWN, PAIRS
from tests.sockets.refusals import ALTERATIONS, REFUSALS, Alteration, NotTheRequest, Refusal
from tests.sockets.servers import SERVERS

NUL = {"cookie": "x=\0"}


@pytest.fixture
def server(harness: Harness) -> str:
    return harness.name.partition("@")[2]


async def test_a_stated_refusal_ends_the_case(sites: Sites) -> None:
    site = await sites.open()

    with pytest.raises(NotTheRequest) as ended:
        await site.client.get("/optional", headers=NUL)

    assert (ended.value.by_server, ended.value.status) == (True, 400)


async def test_a_refusal_that_is_not_stated_fails_the_case(
    sites: Sites, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REFUSALS, server, ())
    site = await sites.open()

    with pytest.raises(AssertionError, match="not stated"):
        await site.client.get("/optional", headers=NUL)


async def test_a_stated_refusal_that_does_not_come_fails_the_case(
    sites: Sites, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = Refusal("everything", lambda request: True, 400)
    site = await sites.open()
    monkeypatch.setitem(REFUSALS, server, (everything,))

    with pytest.raises(AssertionError, match="does not refuse"):
        await site.client.get("/optional")


async def test_a_stated_change_that_does_not_happen_fails_the_case(
    sites: Sites, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drops_all = Alteration("drops all", lambda request: True, lambda request: set())
    site = await sites.open()
    monkeypatch.setitem(ALTERATIONS, server, (drops_all,))

    with pytest.raises(AssertionError, match="not as"):
        await site.client.get("/optional")


def test_every_server_is_stated_and_used() -> None:
    assert set(REFUSALS) == set(SERVERS) == {pair.server for pair in PAIRS}
    assert {*ALTERATIONS, *(server for _, server in KNOWN)} <= set(SERVERS)
