"""The two façades: `Scute` for threads, `AsyncScute` for asyncio, around the same flows.

Constructing one loads what is slow to load (PyJWT, httpx2, an SSL context), so that no request
has to. It opens no socket and starts no thread.
"""

import importlib
import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from os import urandom
from typing import TYPE_CHECKING, Any, TypeAlias

from scute_auth import guards, pages
from scute_auth.claims import Claims
from scute_auth.config import ScuteConfig
from scute_auth.context import current
from scute_auth.errors import ConfigError, NotSignedIn, ScuteUnavailable, SignInRefused
from scute_auth.guards import Requirement, essential_headers, failure
from scute_auth.http import MAX_BODY, Reply, RequestView, ResponseChanges
from scute_auth.identity import (
    VERDICTS,
    AuthResult,
    Profile,
    SignedIn,
    SignedOut,
    Unavailable,
    User,
)
from scute_auth.paths import is_auth_path
from scute_auth.store import AsyncStore, Store, check_store, process_store

if TYPE_CHECKING:
    from scute_auth.async_driver import AsyncTransport
    from scute_auth.driver import Transport
    from scute_auth.effects import Flow
    from scute_auth.signin.visit import Outcome, Visit

__all__ = [
    "MAX_BODY",
    "AsyncScute",
    "Hooks",
    "Requirement",
    "Scute",
    "essential_headers",
    "failure",
    "refusal_of",
    "verdict_of",
]

logger = logging.getLogger("scute_auth")

SignInHook: TypeAlias = Callable[[User, Profile], Any]
SignOutHook: TypeAlias = Callable[[User], Any]


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the app wants to be told of, and how it renders our pages.

    A hook may be a plain function or, with `AsyncScute`, a coroutine function; it runs before
    the answer goes out, and what it raises is the app's own error, but for `SignInRefused` in
    `on_sign_in`. In async code a plain function runs in a thread. `has_account` says whether the
    app has an account for who is signed in at Scute, where it may have none.
    """

    on_sign_in: SignInHook | None = None
    on_sign_out: SignOutHook | None = None
    renderer: pages.Renderer = field(default=pages.default_renderer)
    has_account: Callable[[User], Any] | None = None


def verdict_of(
    error: NotSignedIn | ScuteUnavailable, result: AuthResult
) -> SignedOut | Unavailable:
    """The verdict that an error of ours stands for, with the changes that the request made."""
    if isinstance(error, ScuteUnavailable):
        return Unavailable(error.retry_after, result.changes)
    return SignedOut(error.reason, result.changes)


def refusal_of(error: NotSignedIn | ScuteUnavailable) -> Reply:
    """The answer to an error of ours, for a framework that lets no exception out to `ScuteAuth`.

    Call it in that framework's own exception handler; the cookies are added on the way out.
    """
    found = current()
    reply: Reply = found.scute.refusal(found.view, verdict_of(error, found.result))
    return reply


class _Core:
    """What both façades are made of; it performs nothing."""

    def __init__(
        self, config: ScuteConfig | None, clock: Callable[[], float], hooks: Hooks
    ) -> None:
        from scute_auth.authenticator import Authenticator
        from scute_auth.keys import load_crypto

        load_crypto()
        importlib.import_module("scute_auth.endpoints")
        self.config = ScuteConfig.from_env() if config is None else config
        if self.config.emulator:
            logger.warning("using the Scute emulator at %s: development only", self.config.base_url)
        self.hooks = hooks
        self._clock = clock
        self._authenticator = Authenticator(self.config)

    def render(self, reply: Reply) -> Reply:
        """The reply with its page rendered: ready to be sent."""
        return pages.render(reply, self.hooks.renderer, urandom(16).hex())

    def gate(
        self, view: RequestView, result: AuthResult, *, is_public: bool = False
    ) -> Reply | None:
        """What to answer before the app is asked, where everything is private by default.

        `is_public`: the framework knows the view that will answer, and it is marked as open.
        """
        reply = guards.gate(view, self.config, result, is_public=is_public)
        return None if reply is None else self.render(reply)

    def refusal(self, view: RequestView, result: SignedOut | Unavailable) -> Reply:
        """The reply to a request that needs a user and has none."""
        return self.render(guards.refusal(view, self.config, result))

    def not_allowed(self, view: RequestView, result: AuthResult, text: str) -> Reply:
        """The reply to a person whom the app itself lets in no further; `text` says why."""
        return self.render(guards.not_allowed(view, self.config, result, text))

    def is_auth_path(self, path: str) -> bool:
        """Is this one of our own routes?"""
        return is_auth_path(self.config.auth_prefix, path)

    def _handled(self, view: RequestView, result: AuthResult) -> "Flow[Outcome]":
        """The flow that answers a request to one of our own routes."""
        from scute_auth.endpoints import handle

        return handle(self._visit(view, result))

    def _turned_away(
        self, view: RequestView, result: AuthResult, outcome: "Outcome", error: SignInRefused
    ) -> "Flow[Outcome]":
        from scute_auth.signin.completion import turn_away

        return turn_away(self._visit(view, result), outcome, error.text)

    def _signing_out(self, view: RequestView, result: AuthResult) -> "Flow[Outcome]":
        from scute_auth.signin.session import sign_out

        return sign_out(self._visit(view, result))

    def _visit(self, view: RequestView, result: AuthResult) -> "Visit":
        from scute_auth.signin.visit import Visit

        return Visit(self._authenticator, view, result, self._clock(), urandom(32))

    def _asked(self, outcome: "Outcome") -> tuple[Callable[[User], Any], User, Reply] | None:
        """The question whether the app has an account, and the reply if it has none."""
        if outcome.without_account is None or self.hooks.has_account is None:
            return None
        return (self.hooks.has_account, *outcome.without_account)

    def _told(self, outcome: "Outcome") -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """The hook to call, with its arguments."""
        if outcome.signed_in is not None and self.hooks.on_sign_in is not None:
            return self.hooks.on_sign_in, outcome.signed_in
        if outcome.signed_out is not None and self.hooks.on_sign_out is not None:
            return self.hooks.on_sign_out, (outcome.signed_out,)
        return None


class Scute(_Core):
    """Scute for code that blocks: Flask, Django under WSGI, scripts. Safe to share by threads.

    `transport` sends the calls (default: httpx2; an `httpx2.Client` or `httpx.Client` is taken
    too), `store` is what processes share (default: this process's memory).
    """

    def __init__(
        self,
        config: ScuteConfig | None = None,
        *,
        clock: Callable[[], float] = time.time,
        transport: "Transport | Any" = None,
        store: Store | None = None,
        hooks: Hooks = Hooks(),
    ) -> None:
        from scute_auth.driver import Driver
        from scute_auth.transport import HttpxTransport

        super().__init__(config, clock, hooks)
        for hook in (hooks.on_sign_in, hooks.on_sign_out):
            if _is_async(hook):
                raise ConfigError(
                    "hooks: Scute cannot await; give a plain function, or use AsyncScute"
                )
        store = process_store() if store is None else store
        check_store(store, "Scute", Store)
        # A client of httpx has a `send` too, of another kind.
        is_ours = hasattr(transport, "send") and not hasattr(transport, "build_request")
        self._transport: Any = transport if is_ours else HttpxTransport(transport)
        self._driver = Driver(self._transport, store, clock=clock)

    def verify(self, token: str) -> Claims:
        """The claims of a user's access token.

        Raises `TokenError(reason)` where it is refused, `ScuteUnavailable` where the keys cannot
        be had. Local: a session that was ended at Scute passes until its token expires.
        """
        now = self._clock()
        verifier = self._authenticator.verifier
        if (claims := verifier.recall(token, now)) is not None:
            return claims
        return self._driver.run(verifier.verify(token, now))

    def authenticate(self, view: RequestView) -> AuthResult:
        """The verdict on a request; never raises for anything that a visitor can send."""
        found = self._authenticator.authenticate(view, self._clock())
        return found if isinstance(found, VERDICTS) else self._driver.run(found)

    def profile(self, signed_in: SignedIn) -> Profile:
        """What Scute knows of the user, at most a minute old.

        Raises `TokenError` where the session is over, `ScuteUnavailable` in an outage.
        """
        return self._driver.run(self._authenticator.profile(signed_in.session, self._clock()))

    def guard(
        self, view: RequestView, result: AuthResult, requirement: Requirement
    ) -> Reply | None:
        """None if the verdict meets the requirement, else the reply to give instead."""
        reply = self._driver.run(
            guards.guard(view, self.config, result, requirement, self._clock())
        )
        return None if reply is None else self.render(reply)

    def respond(self, view: RequestView, result: AuthResult) -> Reply:
        """Answer a request to one of our own routes."""
        outcome = self._driver.run(self._handled(view, result))
        try:
            if (told := self._told(outcome)) is not None:
                told[0](*told[1])
        except SignInRefused as error:
            if outcome.signed_in is None:
                raise
            outcome = self._driver.run(self._turned_away(view, result, outcome, error))
        if (asked := self._asked(outcome)) is not None and not asked[0](asked[1]):
            return self.render(asked[2])
        return self.render(outcome.reply)

    def sign_out(self, view: RequestView, result: AuthResult) -> ResponseChanges:
        """End a session because the app's framework did; the answer is the app's, with these
        changes in."""
        outcome = self._driver.run(self._signing_out(view, result))
        if (told := self._told(outcome)) is not None:
            told[0](*told[1])
        return outcome.reply.changes

    def close(self) -> None:
        """Close the connections that are ours."""
        if (close := getattr(self._transport, "close", None)) is not None:
            close()

    def __enter__(self) -> "Scute":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncScute(_Core):
    """Scute for asyncio: Starlette, FastAPI, any ASGI app. Nothing in it blocks the event loop.

    `transport` and `store` as for `Scute`, in their async forms. Entered as a context manager
    (adapters do it at lifespan start-up) it keeps connections open until it is left.
    """

    def __init__(
        self,
        config: ScuteConfig | None = None,
        *,
        clock: Callable[[], float] = time.time,
        transport: "AsyncTransport | Any" = None,
        store: AsyncStore | None = None,
        hooks: Hooks = Hooks(),
    ) -> None:
        from scute_auth.async_driver import AsyncDriver
        from scute_auth.transport import AsyncHttpxTransport

        super().__init__(config, clock, hooks)
        store = process_store() if store is None else store
        check_store(store, "AsyncScute", AsyncStore)
        is_ours = hasattr(transport, "asend")
        self._transport: Any = transport if is_ours else AsyncHttpxTransport(transport)
        self._driver = AsyncDriver(self._transport, store, clock=clock)

    async def verify(self, token: str) -> Claims:
        """The claims of a user's access token.

        Raises `TokenError(reason)` where it is refused, `ScuteUnavailable` where the keys cannot
        be had. Local: a session that was ended at Scute passes until its token expires.
        """
        now = self._clock()
        verifier = self._authenticator.verifier
        if (claims := verifier.recall(token, now)) is not None:
            return claims
        return await self._driver.run(verifier.verify(token, now))

    async def authenticate(self, view: RequestView) -> AuthResult:
        """The verdict on a request; never raises for anything that a visitor can send."""
        found = self._authenticator.authenticate(view, self._clock())
        return found if isinstance(found, VERDICTS) else await self._driver.run(found)

    async def profile(self, signed_in: SignedIn) -> Profile:
        """What Scute knows of the user, at most a minute old.

        Raises `TokenError` where the session is over, `ScuteUnavailable` in an outage.
        """
        flow = self._authenticator.profile(signed_in.session, self._clock())
        return await self._driver.run(flow)

    async def guard(
        self, view: RequestView, result: AuthResult, requirement: Requirement
    ) -> Reply | None:
        """None if the verdict meets the requirement, else the reply to give instead."""
        reply = await self._driver.run(
            guards.guard(view, self.config, result, requirement, self._clock())
        )
        return None if reply is None else self.render(reply)

    async def respond(self, view: RequestView, result: AuthResult) -> Reply:
        """Answer a request to one of our own routes."""
        outcome = await self._driver.run(self._handled(view, result))
        try:
            if (told := self._told(outcome)) is not None:
                await _call(told[0], told[1])
        except SignInRefused as error:
            if outcome.signed_in is None:
                raise
            outcome = await self._driver.run(self._turned_away(view, result, outcome, error))
        if (asked := self._asked(outcome)) is not None and not await _call(asked[0], (asked[1],)):
            return self.render(asked[2])
        return self.render(outcome.reply)

    async def sign_out(self, view: RequestView, result: AuthResult) -> ResponseChanges:
        """End a session because the app's framework did; the answer is the app's, with these
        changes in."""
        outcome = await self._driver.run(self._signing_out(view, result))
        if (told := self._told(outcome)) is not None:
            await _call(told[0], told[1])
        return outcome.reply.changes

    async def aclose(self) -> None:
        """Close the connections that are ours in this event loop."""
        if (aclose := getattr(self._transport, "aclose", None)) is not None:
            await aclose()

    async def __aenter__(self) -> "AsyncScute":
        if (begin := getattr(self._transport, "open", None)) is not None:
            begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _is_async(hook: object) -> bool:
    """Is it a coroutine function, or an object that is called like one?"""
    call = getattr(hook, "__call__", None)  # noqa: B004 - its kind is asked for, not its presence
    return inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(call)


async def _call(hook: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    if _is_async(hook):
        return await hook(*arguments)
    import asyncio

    answer: Awaitable[Any] | Any = await asyncio.to_thread(hook, *arguments)
    return await answer if inspect.isawaitable(answer) else answer
