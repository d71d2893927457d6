"""The two façades around the same flows: verdicts, hooks, pages, clients, event loops."""

import asyncio
import functools
import json
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx2
import pytest

from scute_auth import AsyncScute, Hooks, Profile, Scute, ScuteConfig, User
from scute_auth.context import Current, variable
from scute_auth.errors import (
    ConfigError,
    NotSignedIn,
    Reason,
    ScuteUnavailable,
    SignInRefused,
    TokenError,
)
from scute_auth.guards import Requirement
from scute_auth.http import Reply, RequestView, ResponseChanges, SetCookie
from scute_auth.identity import AuthResult, SignedIn, SignedOut, Unavailable
from scute_auth.runtime import refusal_of, verdict_of
from scute_auth.store import MemoryStore
from scute_emulator import Emulator
from tests.unit.sessions import Clock, config_of, new_emulator, request
from tests.unit.support import settled

T = TypeVar("T")

Facade = Callable[..., "Sync | Async"]


class Sync:
    """`Scute`, called as a test calls either façade."""

    def __init__(self, emulator: Emulator, **options: Any) -> None:
        config = options.pop("config", None) or config_of(emulator)
        given: dict[str, Any] = {"clock": emulator.state.clock, "transport": emulator.transport}
        self.scute = Scute(config, **(given | options))

    def __call__(self, method: str, *arguments: Any) -> Any:
        with self.scute:
            return getattr(self.scute, method)(*arguments)

    def settle(self) -> None:
        """Wait for what runs in the background."""
        settled()


class Async:
    """`AsyncScute`, each call in an event loop of its own: P03."""

    def __init__(self, emulator: Emulator, **options: Any) -> None:
        config = options.pop("config", None) or config_of(emulator)
        given: dict[str, Any] = {"clock": emulator.state.clock, "transport": emulator.transport}
        self.scute = AsyncScute(config, **(given | options))

    def __call__(self, method: str, *arguments: Any) -> Any:
        async def run() -> Any:
            async with self.scute:
                answer = await getattr(self.scute, method)(*arguments)
                await self._settle()
                return answer

        return asyncio.run(run())

    async def _settle(self) -> None:
        """What runs in the background ends with its event loop: here it has the time it needs."""
        await asyncio.gather(*(each for each in asyncio.all_tasks() if _is_ours(each)))

    def settle(self) -> None:
        """Each call has."""


def _is_ours(task: asyncio.Task[Any]) -> bool:
    return task.get_name().startswith("scute ")


@pytest.fixture
def emulator() -> Emulator:
    return new_emulator(Clock())


@pytest.fixture(params=[Sync, Async], ids=["sync", "async"])
def facade(request: pytest.FixtureRequest) -> Facade:
    made: Facade = request.param
    return made


def signed_in_view(
    emulator: Emulator,
    method: str = "GET",
    path: str = "/",
    email: str = "ana@example.com",
    **session: Any,
) -> Any:
    tokens = emulator.create_session(email, **session)
    config = config_of(emulator)
    names = [config.cookie_names(purpose, secure=False)[0] for purpose in ("access", "refresh")]
    cookies = {names[0]: tokens["access"], names[1]: tokens["refresh"]}
    return request(method, path, {"accept": "text/html"}, cookies=cookies)


class TestVerdicts:
    def test_a_token_is_verified(self, emulator: Emulator, facade: Facade) -> None:
        scute = facade(emulator)
        session = emulator.create_session("ana@example.com")

        assert scute("verify", session["access"]).user_id == session["user_id"]
        emulator.clear_calls()
        assert scute("verify", session["access"]).user_id == session["user_id"]
        assert emulator.calls() == []

    def test_a_token_is_verified_once_in_an_event_loop_too(self, emulator: Emulator) -> None:
        token = emulator.create_session("ana@example.com")["access"]

        async def run() -> bool:
            async with Async(emulator, config=config_of(emulator, access_lifetime=3600)).scute as s:
                return await s.verify(token) is await s.verify(token)

        assert asyncio.run(run())

    def test_a_bad_token_is_refused_with_its_reason(
        self, emulator: Emulator, facade: Facade
    ) -> None:
        with pytest.raises(TokenError) as caught:
            facade(emulator)("verify", "bad")

        assert caught.value.reason is Reason.MALFORMED

    def test_without_keys_nobody_can_tell(self, emulator: Emulator, facade: Facade) -> None:
        emulator.fault("jwks.json", drop=True)

        with pytest.raises(ScuteUnavailable):
            facade(emulator)("verify", emulator.create_session("ana@example.com")["access"])

    def test_a_request_is_authenticated(self, emulator: Emulator, facade: Facade) -> None:
        scute = facade(emulator)

        assert isinstance(scute("authenticate", signed_in_view(emulator)), SignedIn)
        assert scute("authenticate", request()) == SignedOut(Reason.MISSING)

    def test_the_user_has_a_profile(self, emulator: Emulator, facade: Facade) -> None:
        scute = facade(emulator)
        result = scute("authenticate", signed_in_view(emulator))

        assert scute("profile", result).email == "ana@example.com"

    def test_a_requirement_is_held_against_the_verdict(
        self, emulator: Emulator, facade: Facade
    ) -> None:
        scute = facade(emulator)
        view = signed_in_view(emulator)
        result = scute("authenticate", view)

        assert scute("guard", view, result, Requirement()) is None
        refused = scute("guard", view, SignedOut(Reason.MISSING), Requirement())
        assert refused.status == 303
        stepped = scute("guard", view, result, Requirement(step_up=60))
        assert stepped.status == 303
        assert dict(stepped.headers)["location"].startswith("/auth/step-up?next=")

    def test_a_frameworks_own_sign_out_needs_no_hook(
        self, emulator: Emulator, facade: Facade
    ) -> None:
        scute = facade(emulator)
        view = signed_in_view(emulator)
        result = scute("authenticate", view)

        changes = scute("sign_out", view, result)

        assert changes.cookies
        assert {cookie.max_age for cookie in changes.cookies} == {0}

    def test_what_is_private_by_default_is_closed(self, emulator: Emulator, facade: Facade) -> None:
        config = config_of(emulator, require_by_default=True, public_paths=("/open",))
        scute = facade(emulator, config=config).scute
        nobody = SignedOut(Reason.MISSING)

        closed = scute.gate(request(path="/closed"), nobody)
        assert closed is not None
        assert closed.status == 401
        assert scute.gate(request(path="/open"), nobody) is None

    def test_our_own_routes_are_known(self, emulator: Emulator, facade: Facade) -> None:
        scute = facade(emulator).scute

        assert scute.is_auth_path("/auth/session")
        assert not scute.is_auth_path("/me")

    def test_an_outage_is_rendered(self, emulator: Emulator, facade: Facade) -> None:
        view = request(headers={"accept": "text/html"})

        reply = facade(emulator).scute.refusal(view, Unavailable(3.2))

        assert reply.status == 503
        assert ("retry-after", "4") in reply.headers
        assert b"<html" in reply.body


class TestPages:
    def test_a_page_comes_with_security_headers_and_a_nonce_of_its_own(
        self, emulator: Emulator, facade: Facade
    ) -> None:
        scute, view = facade(emulator), request(path="/auth/sign-in")
        first, second = (scute("respond", view, SignedOut(Reason.MISSING)) for _ in range(2))
        policies = [dict(reply.headers)["content-security-policy"] for reply in (first, second)]

        assert first.page is None
        assert b"<form" in first.body
        assert policies[0] != policies[1]
        assert "default-src 'none'" in policies[0]

    def test_the_app_may_render_them_itself(self, emulator: Emulator, facade: Facade) -> None:
        hooks = Hooks(renderer=lambda name, context: f"{name} for {context['app_name']}")

        reply = facade(emulator, hooks=hooks)(
            "respond", request(path="/auth/sign-in"), SignedOut(Reason.MISSING)
        )

        assert reply.body == b"sign_in for Demo"

    def test_a_reply_without_a_page_stays_as_it_is(self, emulator: Emulator) -> None:
        reply = Reply(204)

        assert Sync(emulator).scute.render(reply) is reply


class TestHooks:
    def callback(self, emulator: Emulator) -> tuple[RequestView, RequestView]:
        """A landing in the browser that asked for it, and a sign-out of that session."""
        asked = Sync(emulator, store=MemoryStore())  # one of its own: links are limited
        sending = request(
            "POST",
            "/auth/magic-link",
            {"content-type": "application/x-www-form-urlencoded"},
            body=b"identifier=ana%40example.com",
        )
        sent = asked("respond", sending, SignedOut(Reason.MISSING))
        cookies = {cookie.name: cookie.value for cookie in sent.changes.cookies}
        link = emulator.messages("ana@example.com")[0].link or ""
        landing = request(path="/auth/callback?" + link.partition("?")[2], cookies=cookies)
        return landing, signed_in_view(emulator, "POST", "/auth/sign-out")

    def test_they_are_told_of_sign_in_and_sign_out(
        self, emulator: Emulator, facade: Facade
    ) -> None:
        told: list[tuple[str, ...]] = []

        def signed_in(user: User, profile: Profile) -> None:
            told.append((user.id, profile.email or ""))

        def signed_out(user: User) -> None:
            told.append((user.id,))

        landing, leaving = self.callback(emulator)
        scute = facade(emulator, hooks=Hooks(signed_in, signed_out))
        scute("respond", landing, SignedOut(Reason.MISSING))
        scute("respond", leaving, scute("authenticate", leaving))
        user_id = emulator.create_session("ana@example.com")["user_id"]

        assert told == [(user_id, "ana@example.com"), (user_id,)]

    def test_without_any_nobody_is_told(self, emulator: Emulator, facade: Facade) -> None:
        landing, leaving = self.callback(emulator)
        scute = facade(emulator)

        assert scute("respond", landing, SignedOut(Reason.MISSING)).status == 200
        assert scute("respond", leaving, scute("authenticate", leaving)).status == 303

    def test_coroutine_functions_are_awaited(self, emulator: Emulator) -> None:
        told: list[Any] = []

        async def signed_in(user: User, profile: Profile) -> None:
            await asyncio.sleep(0)
            told.append(profile.email)

        async def signed_out(user: User, note: str) -> None:
            told.append(note)

        landing, leaving = self.callback(emulator)
        hooks = Hooks(signed_in, functools.partial(signed_out, note="bye"))
        scute = Async(emulator, hooks=hooks)
        scute("respond", landing, SignedOut(Reason.MISSING))
        scute("respond", leaving, scute("authenticate", leaving))

        assert told == ["ana@example.com", "bye"]

    def test_a_plain_function_runs_in_a_thread_and_may_answer_an_awaitable(
        self, emulator: Emulator
    ) -> None:
        told: list[Any] = []

        async def later() -> None:
            told.append("awaited")

        def signed_in(user: User, profile: Profile) -> Coroutine[Any, Any, None]:
            told.append(threading.current_thread() is threading.main_thread())
            return later()

        landing, _ = self.callback(emulator)
        Async(emulator, hooks=Hooks(signed_in))("respond", landing, SignedOut(Reason.MISSING))

        assert told == [False, "awaited"]

    def test_what_a_hook_raises_is_the_apps_own_error(
        self, emulator: Emulator, facade: Facade
    ) -> None:
        def signed_in(user: User, profile: Profile) -> None:
            raise ZeroDivisionError

        landing, _ = self.callback(emulator)
        scute = facade(emulator, hooks=Hooks(signed_in))

        with pytest.raises(ZeroDivisionError):
            scute("respond", landing, SignedOut(Reason.MISSING))

    def test_the_app_may_turn_somebody_away(self, emulator: Emulator, facade: Facade) -> None:
        def signed_in(user: User, profile: Profile) -> None:
            raise SignInRefused("Members only.")

        landing, _ = self.callback(emulator)
        scute = facade(emulator, hooks=Hooks(signed_in))
        user = emulator.state.users.of("app_demo")[0]
        before = len(emulator.state.sessions.of(user.id))

        reply = scute("respond", landing, SignedOut(Reason.MISSING))

        assert (reply.status, json.loads(reply.body)["detail"]) == (403, "Members only.")
        assert reply.changes.cookies == ()
        assert len(emulator.state.sessions.of(user.id)) == before

    def test_the_session_of_before_ends_unless_the_app_turns_the_new_user_away(
        self, emulator: Emulator, facade: Facade
    ) -> None:
        def signed_in(user: User, profile: Profile) -> None:
            raise SignInRefused("Members only.")

        for hooks, lives in ((Hooks(signed_in), 1), (Hooks(), 0)):
            landing, _ = self.callback(emulator)
            before = signed_in_view(emulator, "GET", "/", "before@example.com")
            scute = facade(emulator, hooks=hooks)
            result = scute("authenticate", before)

            scute("respond", landing, result)
            scute.settle()

            assert len(emulator.state.sessions.of(result.user.id)) == lives
            emulator.state.sessions.revoke_all(result.user.id)

    def test_who_signs_out_is_not_turned_away(self, emulator: Emulator, facade: Facade) -> None:
        def signed_out(user: User) -> None:
            raise SignInRefused("Stay.")

        leaving = signed_in_view(emulator, "POST", "/auth/sign-out")
        scute = facade(emulator, hooks=Hooks(on_sign_out=signed_out))

        with pytest.raises(SignInRefused):
            scute("respond", leaving, scute("authenticate", leaving))

    @pytest.mark.parametrize("known", [True, False])
    def test_who_has_no_account_in_the_app_is_not_sent_back_to_it(
        self, emulator: Emulator, facade: Facade, known: bool
    ) -> None:
        asked: list[str] = []

        def has_account(user: User) -> bool:
            asked.append(user.id)
            return known

        view = signed_in_view(emulator, "GET", "/auth/sign-in")
        scute = facade(emulator, hooks=Hooks(has_account=has_account))
        page = scute("respond", view, scute("authenticate", view)).body.decode()
        scute("respond", request(path="/auth/sign-in"), SignedOut(Reason.MISSING))

        assert len(asked) == 1
        assert ("Continue</a>" in page) is known
        assert ("no active account" in page) is not known
        assert ('href="/auth/sign-out"' in page) is not known

    def test_scute_takes_no_coroutine_function(self, emulator: Emulator) -> None:
        async def signed_out(user: User) -> None: ...

        with pytest.raises(ConfigError, match="hooks"):
            Sync(emulator, hooks=Hooks(on_sign_out=signed_out))

    def test_scute_takes_no_object_that_is_called_like_one(self, emulator: Emulator) -> None:
        with pytest.raises(ConfigError, match="hooks"):
            Sync(emulator, hooks=Hooks(on_sign_in=Telling()))

    def test_async_scute_awaits_an_object_that_is_called_like_one(self, emulator: Emulator) -> None:
        hook = Telling()
        landing, _ = self.callback(emulator)

        Async(emulator, hooks=Hooks(hook))("respond", landing, SignedOut(Reason.MISSING))

        assert hook.told == ["ana@example.com"]


class Telling:
    """A hook that is an object."""

    def __init__(self) -> None:
        self.told: list[str | None] = []

    async def __call__(self, user: User, profile: Profile) -> None:
        self.told.append(profile.email)


class TestConstruction:
    def test_settings_come_from_the_environment(
        self, emulator: Emulator, facade: Facade, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in emulator.config_env().items():
            monkeypatch.setenv(name, value)

        config = facade(emulator, config=ScuteConfig.from_env()).scute.config
        assert Scute().config == AsyncScute().config == config
        assert config.app_id == emulator.state.apps.first.id

    def test_a_missing_setting_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SCUTE_APP_ID", raising=False)

        for made in (Scute, AsyncScute):
            with pytest.raises(ConfigError, match="SCUTE_APP_ID"):
                made()

    def test_the_emulator_is_named_in_the_log(
        self, emulator: Emulator, facade: Facade, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING, "scute_auth"):
            facade(emulator)
            facade(emulator, config=ScuteConfig("app_live"))

        assert [record.getMessage() for record in caplog.records] == [
            "using the Scute emulator at http://127.0.0.1:9000: development only"
        ]

    @pytest.mark.parametrize("given", [True, False], ids=["given-client", "own-client"])
    def test_calls_go_over_httpx2(self, emulator: Emulator, given: bool) -> None:
        session = emulator.create_session("ana@example.com")

        clock = emulator.state.clock

        async def in_a_loop() -> str:
            async with httpx2.AsyncClient(trust_env=False) as client:
                scute = AsyncScute(config, clock=clock, transport=client if given else None)
                async with scute:
                    return (await scute.verify(session["access"])).user_id

        def in_a_thread() -> str:
            with httpx2.Client(trust_env=False) as client:
                scute = Scute(config, clock=clock, transport=client if given else None)
                with scute:
                    return scute.verify(session["access"]).user_id

        with emulator.serve():
            config = config_of(emulator)
            assert in_a_thread() == session["user_id"]
            assert asyncio.run(in_a_loop()) == session["user_id"]

    def test_a_store_that_is_empty_is_a_store(self, emulator: Emulator, facade: Facade) -> None:
        """A store may have a length, and begins with none."""

        class Sized(MemoryStore):
            def __len__(self) -> int:
                return len(self._entries)

        store = Sized()
        scute = facade(emulator, store=store)

        scute("authenticate", signed_in_view(emulator, access_lifetime=-100))

        assert len(store) == 1

    @pytest.mark.parametrize("lacking", ["get", "set", "add", "delete"])
    def test_one_of_the_wrong_shape_is_refused_at_once(
        self, emulator: Emulator, facade: Facade, lacking: str
    ) -> None:
        prefix = "a" if facade is Async else ""
        four = ("get", "set", "add", "delete")
        shape = {prefix + name: getattr(MemoryStore, prefix + name) for name in four}
        shape[prefix + lacking] = None
        with pytest.raises(ConfigError, match=f"Mine has no {prefix}{lacking}$"):
            facade(emulator, store=type("Mine", (), shape)())

    def test_one_of_the_other_facade_is_refused_with_what_is_called(
        self, emulator: Emulator
    ) -> None:
        class Plain:
            get, set = MemoryStore.get, MemoryStore.set
            add, delete = MemoryStore.add, MemoryStore.delete

        with pytest.raises(ConfigError, match="AsyncScute calls aget, aset, aadd, adelete, and"):
            Async(emulator, store=Plain())


class TestTransportsOfOnesOwn:
    def test_one_that_cannot_be_closed_is_left_alone(self, emulator: Emulator) -> None:
        class Bare:
            def send(self, call: Any) -> Any:
                return emulator.transport.send(call)

            async def asend(self, call: Any) -> Any:
                return await emulator.transport.asend(call)

        token = emulator.create_session("ana@example.com")["access"]

        assert Sync(emulator, transport=Bare())("verify", token)
        assert Async(emulator, transport=Bare())("verify", token)


class TestManyAtOnce:
    """R01, in threads and in one event loop, with the drivers that apps use."""

    @pytest.mark.parametrize("rotates", [True, False])
    def test_threads_share_one_refresh(self, emulator: Emulator, rotates: bool) -> None:
        emulator.settings(rotate_refresh=rotates, reuse_revokes=rotates)
        view = signed_in_view(emulator, access_lifetime=-100)
        scute = Sync(emulator).scute

        with ThreadPoolExecutor(20) as pool:
            results = list(pool.map(scute.authenticate, [view] * 50))

        assert_one_refresh(emulator, results)

    @pytest.mark.parametrize("rotates", [True, False])
    def test_tasks_share_one_refresh(self, emulator: Emulator, rotates: bool) -> None:
        emulator.settings(rotate_refresh=rotates, reuse_revokes=rotates)
        view = signed_in_view(emulator, access_lifetime=-100)

        async def run() -> list[AuthResult]:
            scute = Async(emulator).scute
            return await asyncio.gather(*(scute.authenticate(view) for _ in range(200)))

        assert_one_refresh(emulator, asyncio.run(run()))

    def test_a_client_that_hangs_up_costs_nobody_the_session(self) -> None:
        """P04: the one who began the refresh goes away in the middle of it."""
        clock, reached, gate = Clock(), asyncio.Event(), asyncio.Event()

        async def held_up(seconds: float) -> None:
            reached.set()
            await gate.wait()

        emulator = Emulator(clock=clock, asleep=held_up)
        emulator.settings(rotate_refresh=True, reuse_revokes=True)
        emulator.fault("/tokens/refresh", delay=0.1, after=True)
        view = signed_in_view(emulator, access_lifetime=-100)

        async def run() -> AuthResult:
            scute = Async(emulator).scute
            first = asyncio.create_task(scute.authenticate(view))
            await reached.wait()
            second = asyncio.create_task(scute.authenticate(view))
            await asyncio.sleep(0)
            first.cancel()
            gate.set()
            with pytest.raises(asyncio.CancelledError):
                await first
            return await second

        assert_one_refresh(emulator, [asyncio.run(run())])

    def test_two_processes_share_one_refresh(self, emulator: Emulator) -> None:
        """R02: what processes share is the store."""
        emulator.settings(rotate_refresh=True, reuse_revokes=True)
        view = signed_in_view(emulator, access_lifetime=-100)
        store = MemoryStore()

        async def run() -> list[AuthResult]:
            one, two = (Async(emulator, store=store).scute for _ in range(2))
            return await asyncio.gather(*(s.authenticate(view) for s in (one, two) * 10))

        assert_one_refresh(emulator, asyncio.run(run()))

    @pytest.mark.parametrize("kinds", [(Sync, Sync), (Async, Async), (Sync, Async)])
    def test_two_facades_that_were_given_no_store_share_one_refresh(
        self, emulator: Emulator, kinds: tuple[Facade, Facade]
    ) -> None:
        """R01: the same app twice in one process, for instance in two mounted apps."""
        emulator.settings(rotate_refresh=True, reuse_revokes=True)
        view = signed_in_view(emulator, access_lifetime=-100)

        results = [kind(emulator)("authenticate", view) for kind in kinds]

        assert_one_refresh(emulator, results)

    def test_a_loop_that_ends_in_the_middle_of_a_refresh_ends_in_peace(self) -> None:
        reached = asyncio.Event()

        async def for_ever(seconds: float) -> None:
            reached.set()
            await asyncio.Event().wait()

        emulator = Emulator(asleep=for_ever)
        emulator.fault("/tokens/refresh", delay=1.0)
        view = signed_in_view(emulator, access_lifetime=-100)

        async def run() -> None:
            asking = asyncio.create_task(Async(emulator).scute.authenticate(view))
            await reached.wait()
            asking.cancel()

        asyncio.run(run())


def assert_one_refresh(emulator: Emulator, results: list[AuthResult]) -> None:
    calls = [call for call in emulator.calls() if call.path.endswith("/tokens/refresh")]
    user_id = emulator.create_session("ana@example.com")["user_id"]
    sessions = {
        (result.user.id, result.session.access, result.session.refresh)
        for result in results
        if isinstance(result, SignedIn)
    }

    assert all(isinstance(result, SignedIn) for result in results)
    assert [call.count for call in calls] == [1]
    assert len(sessions) == 1
    assert sessions.pop()[0] == user_id


def test_an_error_stands_for_a_verdict_with_the_changes_of_the_request() -> None:
    changes = ResponseChanges((SetCookie("a", "b", 1, False),))
    before = SignedOut(Reason.MISSING, changes)

    refused = verdict_of(NotSignedIn(Reason.EXPIRED), before)
    unavailable = verdict_of(ScuteUnavailable("x", retry_after=7), before)

    assert refused == SignedOut(Reason.EXPIRED, changes)
    assert unavailable == Unavailable(7, changes)


def test_a_framework_that_catches_all_asks_what_to_answer() -> None:
    scute = Scute(config_of(new_emulator(Clock())))
    token = variable.set(Current(request("/me"), SignedOut(Reason.MISSING), scute))

    refused = refusal_of(NotSignedIn(Reason.EXPIRED))
    unavailable = refusal_of(ScuteUnavailable("x", retry_after=7))
    variable.reset(token)

    assert (refused.status, dict(refused.headers)["content-type"]) == (
        401,
        "application/problem+json",
    )
    assert (unavailable.status, dict(unavailable.headers)["retry-after"]) == (503, "7")


def test_outside_of_a_request_there_is_nothing_to_answer() -> None:
    with pytest.raises(ConfigError, match="middleware"):
        refusal_of(NotSignedIn(Reason.MISSING))
