"""`M2MAuth`: calls of this machine carry a token that is got once, kept, and renewed in time."""

import asyncio
import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import httpx2
import pytest

from scute_auth import Scute, ScuteClient
from scute_auth.effects import HttpCall, HttpOutcome
from scute_auth.errors import ApiError, ConfigError, ScuteUnavailable
from scute_auth.identity import machine_of
from scute_auth.m2m import M2MAuth
from scute_emulator import Emulator
from tests.needs import needs_fork
from tests.unit.sessions import Clock, config_of, new_emulator, request

URL = "https://stock.example/parts"
TOKEN = "/m2m/token"


@dataclass
class Service:
    """The service that is called: it remembers who came, and may refuse some tokens."""

    refuses: set[str] = field(default_factory=set[str])
    refuses_all: bool = False
    came: list[str] = field(default_factory=list[str])
    bodies: list[bytes] = field(default_factory=list[bytes])
    header: str = "authorization"

    def __call__(self, request: Any) -> Any:
        token = request.headers[self.header].removeprefix("Bearer ")
        self.came.append(token)
        self.bodies.append(request.read())
        response = httpx if isinstance(request, httpx.Request) else httpx2
        is_refused = self.refuses_all or token in self.refuses
        return response.Response(401 if is_refused else 200)


@dataclass
class World:
    emulator: Emulator
    clock: Clock
    service: Service
    auth: M2MAuth

    def call(self, method: str = "GET", **body: Any) -> int:
        transport = httpx2.MockTransport(self.service)
        with httpx2.Client(auth=self.auth, transport=transport) as client:
            return client.request(method, URL, **body).status_code

    async def acall(self, **body: Any) -> int:
        transport = httpx2.MockTransport(self.service)
        async with httpx2.AsyncClient(auth=self.auth, transport=transport) as client:
            return (await client.get(URL, **body)).status_code

    @property
    def fetches(self) -> int:
        return sum(call.count for call in self.emulator.calls() if call.path.endswith(TOKEN))


def opened(transport: Callable[[Any], Any] = lambda given: given, **more: Any) -> World:
    clock = Clock()
    emulator = new_emulator(clock)
    given = transport(emulator.transport)
    auth = M2MAuth("billing", config_of(emulator), clock=clock, transport=given, **more)
    return World(emulator, clock, Service(), auth)


@pytest.fixture
def world() -> World:
    return opened()


def is_good(world: World, token: str) -> bool:
    url = f"{world.emulator.base_url}/v1/apps/app_demo/m2m/verify"
    call = HttpCall("GET", url, (("authorization", f"Bearer {token}"),))
    return getattr(world.emulator.transport.send(call), "status", 0) == 200


class Wire(httpx2.BaseTransport):
    """Sends a body as it comes, and keeps nothing of it in the request."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.sent: list[bytes] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, httpx2.SyncByteStream)
        self.sent.append(b"".join(request.stream))
        return httpx2.Response(401 if self.service.refuses_all else 200)


class TestTheToken:
    def test_it_is_got_once_and_kept(self, world: World) -> None:
        assert [world.call(), world.call()] == [200, 200]

        assert world.fetches == 1
        assert len(set(world.service.came)) == 1
        assert is_good(world, world.service.came[0])
        session = world.emulator.state.machines.of("app_demo")[0]
        assert session.client_name == "billing"

    async def test_async_clients_share_it(self, world: World) -> None:
        assert world.call() == 200
        assert await world.acall() == 200
        assert world.fetches == 1

    def test_it_is_renewed_a_minute_before_its_end(self, world: World) -> None:
        world.call()
        world.clock.now += 3539
        world.call()
        assert world.fetches == 1

        world.clock.now += 1
        world.call()
        assert world.fetches == 2
        assert is_good(world, world.service.came[-1])

    def test_a_short_one_in_its_last_quarter(self, world: World) -> None:
        world.emulator.settings(access_expiration=80)
        world.call()
        world.clock.now += 59
        world.call()
        assert world.fetches == 1

        world.clock.now += 1
        world.call()
        assert world.fetches == 2

    def test_it_may_go_into_the_other_header(self) -> None:
        world = opened(header="x-authorization")
        world.service.header = "x-authorization"

        assert world.call() == 200

    def test_nobody_reads_it_where_it_does_not_belong(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            world.call()

        said = f"{caplog.text} {world.auth!r} {vars(world.auth)}"
        assert world.service.came[0] not in said
        assert world.emulator.state.apps.first.secret not in said
        assert repr(world.auth) == "M2MAuth('billing')"


class TestARefusal:
    def test_a_new_token_is_got_once(self, world: World) -> None:
        world.call()
        world.service.refuses = set(world.service.came)
        world.clock.now += 60

        assert world.call("POST", json={"part": 7}) == 200
        assert world.fetches == 2
        assert world.service.bodies[-2:] == [b'{"part":7}'] * 2

    async def test_also_in_async_code(self, world: World) -> None:
        await world.acall()
        world.service.refuses = set(world.service.came)
        world.clock.now += 60

        assert await world.acall() == 200
        assert world.fetches == 2

    async def test_who_refuses_every_token_is_called_twice_at_the_most(self, world: World) -> None:
        world.service.refuses_all = True
        world.call()
        world.clock.now += 60

        assert world.call() == 401
        world.clock.now += 60
        assert await world.acall() == 401
        assert len(world.service.came) == 5

    async def test_a_token_that_was_just_got_is_not_got_again(self, world: World) -> None:
        """Whoever refuses everything must not make us ask Scute with each call."""
        world.service.refuses_all = True

        assert [world.call() for _ in range(5)] == [401] * 5
        assert await world.acall() == 401
        assert world.fetches == 1

    def test_what_was_streamed_is_not_sent_again(self, world: World) -> None:
        world.service.refuses_all = True
        world.call()
        world.clock.now += 60
        wire = Wire(world.service)

        with httpx2.Client(auth=world.auth, transport=wire) as client:
            answer = client.post(URL, content=iter([b"pa", b"rt"]))

        assert (answer.status_code, wire.sent) == (401, [b"part"])

    def test_without_a_new_token_the_refusal_is_the_answer(self, world: World) -> None:
        world.call()
        world.service.refuses_all = True
        world.clock.now += 60
        world.emulator.fault(TOKEN, status=503)
        before = world.fetches

        assert [world.call() for _ in range(3)] == [401] * 3
        assert world.fetches == before + 1


class TestOutages:
    def test_the_old_one_serves_to_its_end(self, world: World) -> None:
        world.call()
        world.emulator.fault(TOKEN, status=503)
        world.clock.now += 3540
        assert [world.call() for _ in range(3)] == [200] * 3
        assert world.fetches == 2

        world.clock.now += 60
        with pytest.raises(ScuteUnavailable):
            world.call()

    def test_it_is_renewed_when_scute_is_back(self, world: World) -> None:
        world.call()
        world.emulator.fault(TOKEN, status=503, times=1)
        world.clock.now += 3540
        world.call()
        world.clock.now += 1
        world.call()

        assert len(set(world.service.came)) == 2

    async def test_without_any_the_call_is_not_made(self, world: World) -> None:
        world.emulator.fault(TOKEN, status=503)

        with pytest.raises(ScuteUnavailable):
            world.call()
        with pytest.raises(ScuteUnavailable):
            await world.acall()
        assert world.service.came == []

    @pytest.mark.parametrize(
        "body", ["{}", '{"access": "a.b.c"}', '{"access": "é", "access_expires_at": 1}'], ids=len
    )
    def test_an_answer_without_a_token_is_none(self, world: World, body: str) -> None:
        world.emulator.fault(TOKEN, status=200, body=body)

        with pytest.raises(ApiError):
            world.call()


class Held:
    """The way to Scute, shut until it is opened."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport
        self.gate = threading.Event()
        self.open, self.entered = asyncio.Event(), asyncio.Event()

    def send(self, call: HttpCall) -> HttpOutcome:
        assert self.gate.wait(20)
        outcome: HttpOutcome = self.transport.send(call)
        return outcome

    async def asend(self, call: HttpCall) -> HttpOutcome:
        self.entered.set()
        await self.open.wait()
        outcome: HttpOutcome = await self.transport.asend(call)
        return outcome


class TestManyAtOnce:
    def held(self) -> tuple[World, Held]:
        made: list[Held] = []

        def hold(transport: Any) -> Held:
            made.append(Held(transport))
            return made[0]

        return opened(hold), made[0]

    def test_threads_get_one_token(self) -> None:
        world, held = self.held()
        statuses: list[int] = []
        begun = threading.Semaphore(0)

        def visit() -> None:
            begun.release()
            statuses.append(world.call())

        threads = [threading.Thread(target=visit) for _ in range(16)]
        for thread in threads:
            thread.start()
        for _ in threads:
            begun.acquire()
        held.gate.set()
        for thread in threads:
            thread.join(20)

        assert statuses == [200] * 16
        assert world.fetches == 1

    async def test_tasks_get_one_token(self) -> None:
        world, held = self.held()
        tasks = [asyncio.create_task(world.acall()) for _ in range(50)]
        await held.entered.wait()
        held.open.set()

        assert await asyncio.gather(*tasks) == [200] * 50
        assert world.fetches == 1

    def test_two_event_loops_may_use_it(self, world: World) -> None:
        assert asyncio.run(world.acall()) == 200
        world.clock.now += 3600
        assert asyncio.run(world.acall()) == 200
        assert world.fetches == 2

    @needs_fork
    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    def test_a_forked_child_may_use_it(self, world: World) -> None:
        world.call()
        world.clock.now += 3600
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = 0 if world.call() == 200 else 2
            finally:
                os._exit(status)

        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class TestHttpx:
    async def test_it_shares_the_token(self, world: World) -> None:
        transport = httpx.MockTransport(world.service)
        async with httpx.AsyncClient(auth=world.auth.for_httpx(), transport=transport) as client:
            assert (await client.get(URL)).status_code == 200
        world.call()

        assert world.fetches == 1

    def test_a_refused_token_is_renewed_there_too(self, world: World) -> None:
        world.call()
        world.service.refuses = set(world.service.came)
        world.clock.now += 60
        transport = httpx.MockTransport(world.service)

        with httpx.Client(auth=world.auth.for_httpx(), transport=transport) as client:
            assert client.post(URL, json={"part": 7}).status_code == 200


class TestMisuse:
    @pytest.mark.parametrize("name", ["", "  "])
    def test_a_machine_has_a_name(self, name: str) -> None:
        with pytest.raises(ConfigError, match="the name of this machine"):
            M2MAuth(name)

    def test_it_goes_into_one_of_two_headers(self) -> None:
        with pytest.raises(ConfigError, match="header"):
            M2MAuth("billing", header=cast(Any, "cookie"))

    def test_the_settings_come_from_the_environment(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in world.emulator.config_env().items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("SCUTE_SECRET")
        monkeypatch.delenv("SCUTE_WORKSPACE_SECRET")
        world.auth = M2MAuth("billing")

        with pytest.raises(ConfigError, match="SCUTE_SECRET"):
            world.call()


class TestTheShortToken:
    """For Scute's own API, which verifications are asked of."""

    async def test_it_is_of_the_same_session(self, world: World) -> None:
        short = world.auth.short_token()
        world.call()

        assert short.startswith("scm2m_")
        assert await world.auth.ashort_token() == short
        assert is_good(world, short)
        assert world.fetches == 1

    def test_it_asks_for_a_verification(self, world: World) -> None:
        config = config_of(world.emulator)
        with ScuteClient(config, clock=world.clock, transport=world.emulator.transport) as client:
            client.verification.create_with_intent(
                "reset", {"contact_email": "ada@example.com"}, token=world.auth.short_token()
            )

        assert world.emulator.messages("ada@example.com")

    async def test_one_that_was_revoked_is_replaced(self, world: World) -> None:
        first = world.auth.short_token()
        world.emulator.revoke_machines("billing")
        world.clock.now += 6

        second = await world.auth.ashort_token(refused=first)

        assert not is_good(world, first)
        assert is_good(world, second)
        assert world.auth.short_token(refused=first) == second

    def test_where_scute_gives_none_it_is_the_long_one(self, world: World) -> None:
        machine = world.emulator.create_machine()
        del machine["short_token"]
        world.emulator.fault(TOKEN, status=200, body=json.dumps(machine))

        assert world.auth.short_token() == machine["access"]


def test_a_machine_is_known_where_it_calls(world: World) -> None:
    """Both ends of it: the token that goes out is taken by a protected app."""
    world.call()
    scute = Scute(config_of(world.emulator), clock=world.clock, transport=world.emulator.transport)
    view = request(headers={"authorization": f"Bearer {world.service.came[0]}"})

    machine = machine_of(scute.authenticate(view))

    assert machine is not None
    assert machine.client_name == "billing"
