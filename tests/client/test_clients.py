"""Both clients as a whole: settings, corrections, deadlines, threads, event loops, a fork."""

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from scute_auth import AsyncScuteClient, ConfigError, ScuteClient, ScuteConfig, ScuteUnavailable
from scute_auth.client.models.sessions import MfaRequired, ScuteSession
from scute_auth.effects import HttpReply
from scute_auth.errors import ApiError, NoAnswer, NotFound, RateLimited
from scute_emulator import Emulator
from tests.client.support import CONFIG, Scripted, json_reply

ANY = json_reply({"id": "x", "events": []})


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open() -> Iterator[None]:
    """What is left open complains when it is collected, and a complaint is an error."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def served() -> Iterator[ScuteConfig]:
    """The emulator on a socket of this machine, with one user."""
    emulator = Emulator(secret="emulated_secret", workspace_secret="emulated_workspace")
    emulator.create_user("ada@example.com")
    with emulator.serve() as url:
        yield ScuteConfig("app_demo", secret="emulated_secret", base_url=url, emulator=True)


class TestSettings:
    def test_they_come_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SCUTE_APP_ID", "app_env")

        assert ScuteClient(transport=Scripted(lambda call: ANY)).config.app_id == "app_env"
        assert AsyncScuteClient(transport=Scripted(lambda call: ANY)).config.app_id == "app_env"

    def test_a_secret_that_is_missing_is_named(self) -> None:
        client = ScuteClient(ScuteConfig("app_demo"), transport=Scripted(lambda call: ANY))

        with pytest.raises(ConfigError, match=r"SCUTE_SECRET is not set: users\.show needs it"):
            client.users.show("u1")

    def test_nothing_secret_is_shown(self) -> None:
        client = ScuteClient(CONFIG, transport=Scripted(lambda call: ANY))

        assert "secret" not in repr(client) + repr(client.users)


class TestCorrections:
    def test_a_path_that_was_inferred_is_corrected(self) -> None:
        transport = Scripted(lambda call: ANY)
        client = ScuteClient(
            CONFIG, transport=transport, paths={"events.list": "/v2/{app_id}/all/{workspace_id}"}
        )
        client.events.list(page=2)

        assert transport.calls[0].url == "https://api.scute.io/v2/app_demo/all/ws_1?page=2"

    def test_and_so_are_credentials(self) -> None:
        transport = Scripted(lambda call: ANY)
        client = ScuteClient(
            CONFIG,
            transport=transport,
            paths={"events.list": "/v2/{app_id}/events"},
            credentials={"events.list": ["user"], "users.show": ["workspace"]},
        )
        client.events.list(token="t.o.k")
        client.users.show("u1")

        first, second = (dict(call.headers) for call in transport.calls)
        assert (first["x-authorization"], "authorization" in first) == ("t.o.k", False)
        assert second["authorization"] == "Bearer scwor_secret"
        with pytest.raises(ValueError, match=r"events\.list needs a token"):
            client.events.list()

    def test_a_corrected_path_leaves_the_credentials_of_a_call_alone(self) -> None:
        transport = Scripted(lambda call: json_reply({"challenge": {"token": "t"}}))
        paths = {"challenges.create": "/v2/{app_id}/challenges"}
        client = ScuteClient(CONFIG, transport=transport, paths=paths)
        client.challenges.create("step_up", "totp", app_user_id="u")

        assert dict(transport.calls[0].headers)["authorization"] == "Bearer scapp_secret"

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"paths": {"event.list": "/v1/x"}}, "did you mean 'events.list'"),
            ({"paths": {"zzzzzz": "/v1/x"}}, "'zzzzzz' is no operation of the client's$"),
            ({"paths": {"events.list": "v1/x"}}, "'events.list' needs a path like /v1/apps/"),
            ({"paths": {"events.list": "/v1/{user}"}}, "'events.list' needs a path like"),
            ({"paths": {"events.list": "/v1/{}"}}, "'events.list' needs a path like"),
            ({"paths": {"users.show": "/v1/../{user}"}}, "'users.show' needs a path like"),
            ({"paths": {"users.show": "/v1/{app_id}/.."}}, "'users.show' needs a path like"),
            ({"paths": {"users.show": "/v1/users"}}, "'users.show' needs a path like"),
            ({"paths": {"events.list": "/v1/{app_id.x}"}}, "'events.list' needs a path like"),
            ({"paths": {"events.list": "/v1/{app_id"}}, "'events.list' needs a path like"),
            ({"credentials": {"events.list": ["root"]}}, "'secret', 'secret/workspace'"),
            ({"credentials": {"events.list": "user"}}, "a list of these"),
        ],
    )
    def test_a_correction_that_cannot_be_meant_is_refused(
        self, given: dict[str, Any], told: str
    ) -> None:
        for client in (ScuteClient, AsyncScuteClient):
            with pytest.raises(ConfigError, match=told):
                client(CONFIG, **given)


class TestDeadlines:
    @pytest.mark.parametrize("timeout", [0, -1, float("nan")])
    def test_a_deadline_is_in_the_future(self, timeout: float) -> None:
        client = ScuteClient(CONFIG, transport=Scripted(lambda call: ANY))

        with pytest.raises(ValueError, match="timeout"):
            client.users.show("u1", timeout=timeout)
        with pytest.raises(ValueError, match="timeout"):
            ScuteClient(CONFIG, timeout=timeout)

    def test_each_call_may_have_its_own(self) -> None:
        transport = Scripted(lambda call: ANY)
        client = ScuteClient(CONFIG, transport=transport, timeout=7.0)
        client.users.show("u1")
        client.users.show("u1", timeout=2.5)

        assert [call.timeout for call in transport.calls] == pytest.approx([7.0, 2.5])


class TestIds:
    @pytest.mark.parametrize("identifier", ["../admin", "a/b?c#d", "a b", "\u00e9", "%2e%2e"])
    def test_an_id_is_one_segment(self, identifier: str) -> None:
        transport = Scripted(lambda call: ANY)
        ScuteClient(CONFIG, transport=transport).users.show(identifier)

        segments = transport.calls[0].url.split("/")
        assert segments[:-1] == ["https:", "", "api.scute.io", "v1", "app_demo", "users"]
        assert not set(segments[-1]) & set("/?# ")

    @pytest.mark.parametrize("identifier", ["", ".", ".."])
    def test_what_would_leave_its_place_is_refused(self, identifier: str) -> None:
        transport = Scripted(lambda call: ANY)

        with pytest.raises(ValueError, match="segment"):
            ScuteClient(CONFIG, transport=transport).users.show(identifier)
        assert transport.calls == []


class TestOverSockets:
    def test_it_calls_and_closes(self, served: ScuteConfig) -> None:
        with ScuteClient(served) as client:
            assert [user.email for user in client.users.iterate()] == ["ada@example.com"]
            with pytest.raises(NotFound) as caught:
                client.users.show("nobody")

        assert (caught.value.status, caught.value.operation) == (404, "users.show")

    async def test_it_does_so_awaited(self, served: ScuteConfig) -> None:
        async with AsyncScuteClient(served) as client:
            assert [user.email async for user in client.users.iterate()] == ["ada@example.com"]

    def test_a_client_of_ones_own_stays_open(self, served: ScuteConfig) -> None:
        with httpx2.Client(trust_env=False) as own:
            with ScuteClient(served, transport=own) as client:
                client.users.list()
            assert not own.is_closed

    def test_a_transport_that_cannot_be_closed_needs_not_be(self) -> None:
        with ScuteClient(CONFIG, transport=Scripted(lambda call: ANY)) as client:
            client.users.show("u1")

    async def test_nor_awaited(self) -> None:
        async with AsyncScuteClient(CONFIG, transport=Scripted(lambda call: ANY)) as client:
            await client.users.show("u1")

    def test_one_that_nobody_closed_leaves_nothing_open(self, served: ScuteConfig) -> None:
        ScuteClient(served).users.list()
        gc.collect()

    def test_nobody_there_is_no_answer(self) -> None:
        config = ScuteConfig("app_demo", base_url="http://127.0.0.1:1", emulator=True)
        with ScuteClient(config) as client, pytest.raises(NoAnswer) as caught:
            client.magic_links.send_login("ada@example.com")

        assert caught.value.kind == "network"
        assert isinstance(caught.value, ScuteUnavailable)

    def test_one_serves_sixteen_threads(self, served: ScuteConfig) -> None:
        found: list[int] = []

        def work() -> None:
            for _ in range(5):
                found.append(len(client.users.list().items))

        with ScuteClient(served) as client:
            _together(16, work)

        assert found == [1] * 80

    def test_one_serves_two_event_loops(self, served: ScuteConfig) -> None:
        client = AsyncScuteClient(served)

        async def work() -> list[int]:
            async with client:
                pages = await asyncio.gather(*(client.users.list() for _ in range(5)))
            return [len(page.items) for page in pages]

        async def unentered() -> int:
            return len((await client.users.list()).items)

        assert [asyncio.run(work()), asyncio.run(work())] == [[1] * 5] * 2
        assert [asyncio.run(unentered()), asyncio.run(unentered())] == [1, 1]

    def test_one_serves_two_event_loops_at_the_same_time(self, served: ScuteConfig) -> None:
        client, found = AsyncScuteClient(served), list[int]()

        async def work() -> None:
            async with client:
                for _ in range(5):
                    found.append(len((await client.users.list()).items))

        _together(2, lambda: asyncio.run(work()))

        assert found == [1] * 10

    def test_one_serves_a_forked_child_and_its_parent(self, served: ScuteConfig) -> None:
        with ScuteClient(served) as client:
            client.users.list()
            child = os.fork()
            if child == 0:
                os._exit(0 if len(client.users.list().items) == 1 else 1)
            here = len(client.users.list().items)
            _, status = os.waitpid(child, 0)

        assert (here, os.waitstatus_to_exitcode(status)) == (1, 0)


def _together(count: int, work: Callable[[], None]) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is the test's
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


class TestWaits:
    def test_a_list_comes_through_a_429(self) -> None:
        emulator = Emulator(secret="emulated_secret")
        emulator.fault("/v1/app_demo/users", times=1, status=429, headers={"retry-after": "0"})
        config = ScuteConfig(
            "app_demo", secret="emulated_secret", base_url="http://127.0.0.1:9000", emulator=True
        )

        assert ScuteClient(config, transport=emulator.transport).users.list().items == ()
        assert sum(call.count for call in emulator.calls()) == 2

    def test_a_creation_does_not_come_twice(self) -> None:
        transport = Scripted(lambda call: HttpReply(429, (("retry-after", "7"),)))

        with pytest.raises(RateLimited) as caught:
            ScuteClient(CONFIG, transport=transport).users.create("ada@example.com")
        assert (caught.value.retry_after, len(transport.calls)) == (7, 1)


class TestAnswersOfSeveralKinds:
    """Which one it is, a call's answer says; `isinstance` and None tell them apart."""

    def answered(self, value: object) -> ScuteClient:
        return ScuteClient(CONFIG, transport=Scripted(lambda call: json_reply(value)))

    def test_a_link_that_was_not_opened_yet(self) -> None:
        assert self.answered({"message": "ok"}).magic_links.status("l") is None

    def test_a_session_or_a_second_factor(self) -> None:
        wanted = {"mfa_required": True, "app_user_id": "u", "available_methods": ["totp"]}
        asked = self.answered(wanted).magic_links.status("l")
        challenged = {"mfa_challenge": {"token": "t", "method": "sms_otp"}}
        also = self.answered(wanted | challenged).challenges.verify("c", code="1")

        assert isinstance(asked, MfaRequired)
        assert (asked.app_user_id, asked.available_methods) == ("u", ("totp",))
        assert isinstance(also, MfaRequired)
        assert also.mfa_challenge is not None
        assert also.mfa_challenge.method == "sms_otp"

    def test_a_session_from_a_challenge(self) -> None:
        found = self.answered({"access": "a.b.c"}).challenges.verify("c", code="1")

        assert isinstance(found, ScuteSession)
        assert found.access == "a.b.c"

    def test_only_allow_allows(self) -> None:
        verdicts = ("allow", "deny", "allow_with_step_up", "allow_with_approval", "ALLOW")
        checks = [self.answered({"decision": verdict}) for verdict in verdicts]

        allowed = [client.authz.check("u", "read").is_allowed for client in checks]
        assert allowed == [True, False, False, False, False]
        with pytest.raises(ApiError, match="unusable_answer"):
            self.answered({"decision": None}).authz.check("u", "read")
