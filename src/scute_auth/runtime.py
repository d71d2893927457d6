"""The two façades: `Scute` for threads, `AsyncScute` for asyncio, around the same flows.

Constructing one loads what is slow to load (PyJWT, httpx2, an SSL context), so that no request
has to. It opens no socket and starts no thread.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from scute_auth.authz import Decision, Permission, PermissionRequirement
from scute_auth.claims import Claims
from scute_auth.config import ScuteConfig
from scute_auth.errors import ConfigError, SignInRefused
from scute_auth.facade import Facade, refusal_of, verdict_of
from scute_auth.guards import Demand, MachineRequirement, Requirement
from scute_auth.hooks import (
    NO_HOOKS,
    Hooks,
    SignInHook,
    SignOutHook,
    WebhookHandler,
    call_hook,
    is_async,
)
from scute_auth.http import Reply, RequestView, ResponseChanges
from scute_auth.identity import VERDICTS, AuthResult, Profile, SignedIn
from scute_auth.intents import Awaited, IntentVerification
from scute_auth.refusals import essential_headers, failure
from scute_auth.store import AsyncStore, Store, check_store, process_store
from scute_auth.webhook_events import WebhookEvent

if TYPE_CHECKING:
    from scute_auth.async_driver import AsyncTransport
    from scute_auth.driver import Transport

__all__ = [
    "AsyncScute",
    "Demand",
    "Hooks",
    "MachineRequirement",
    "PermissionRequirement",
    "Requirement",
    "Scute",
    "SignInHook",
    "SignOutHook",
    "WebhookHandler",
    "essential_headers",
    "failure",
    "refusal_of",
    "verdict_of",
]


class Scute(Facade):
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
        hooks: Hooks = NO_HOOKS,
    ) -> None:
        from scute_auth.driver import Driver
        from scute_auth.transport import blocking_transport

        super().__init__(config, clock, hooks)
        for hook in (hooks.on_sign_in, hooks.on_sign_out, *(hooks.webhooks or {}).values()):
            if is_async(hook):
                raise ConfigError(
                    "hooks: Scute cannot await; give a plain function, or use AsyncScute"
                )
        store = process_store() if store is None else store
        check_store(store, "Scute", Store)
        self._transport = blocking_transport(transport)
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

    def verify_intent_token(
        self, token: str, *, verification_id: Awaited = ..., once: bool = True
    ) -> IntentVerification:
        """The result of an intent verification, from the `scute_token` that came with a person.

        Give the `verification_id` that you keep for this very person or ticket: without it, anyone
        may bring the result of a verification of his own. None is no id, and is refused. `once`: a
        verification's result is taken once, by all processes that share a store.
        Raises `TokenError(reason)` where the token is refused, `ScuteUnavailable` where the keys
        or the store cannot be had.
        """
        verify = self._authenticator.verifier.verify_intent
        flow = verify(token, self._clock(), expected=verification_id, once=once)
        return self._driver.run(flow)

    def authenticate(self, view: RequestView) -> AuthResult:
        """The verdict on a request; never raises for anything that a visitor can send."""
        found = self._authenticator.authenticate(view, self._clock())
        return found if isinstance(found, VERDICTS) else self._driver.run(found)

    def profile(self, signed_in: SignedIn) -> Profile:
        """What Scute knows of the user, at most a minute old.

        Raises `TokenError` where the session is over, `ScuteUnavailable` in an outage.
        """
        return self._driver.run(self._authenticator.profiles.of(signed_in.session, self._clock()))

    def guard(self, view: RequestView, result: AuthResult, demand: Demand) -> Reply | None:
        """None if the verdict meets the demand, else the reply to give instead."""
        reply = self._driver.run(self._guarding(view, result, demand))
        return None if reply is None else self.render(reply)

    def check_permissions(
        self, signed_in: SignedIn, permissions: Sequence[Permission]
    ) -> tuple[Decision, ...]:
        """Scute's decision on each, in their order, however many; a yes may be some seconds old.

        Raises `ScuteUnavailable` in an outage.
        """
        decide = self._authenticator.permissions.decide
        return self._driver.run(decide(signed_in.user, permissions, self._clock()))

    def respond(self, view: RequestView, result: AuthResult) -> Reply:
        """Answer a request to one of our own routes."""
        outcome = self._driver.run(self._handled(view, result))
        if outcome.event is not None:
            self._deliver(outcome.event, outcome.claim)
        try:
            if (told := self._told(outcome)) is not None:
                told[0](*told[1])
        except SignInRefused as error:
            if outcome.signed_in is None:
                raise
            outcome = self._driver.run(self._turned_away(view, result, outcome, error))
        if outcome.replaced is not None:
            self._driver.run(self._ending_replaced(view, result, outcome.replaced))
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

    def _deliver(self, event: WebhookEvent, claim: bytes) -> None:
        try:
            for handler in self.hooks.handlers(event):
                handler(event)
        except BaseException:
            self._driver.run(self._given_back(event, claim))
            raise
        self._driver.run(self._kept(event))

    def close(self) -> None:
        """Close the connections that are ours."""
        if (close := getattr(self._transport, "close", None)) is not None:
            close()

    def __enter__(self) -> "Scute":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncScute(Facade):
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
        hooks: Hooks = NO_HOOKS,
    ) -> None:
        from scute_auth.async_driver import AsyncDriver
        from scute_auth.transport import async_transport

        super().__init__(config, clock, hooks)
        store = process_store() if store is None else store
        check_store(store, "AsyncScute", AsyncStore)
        self._transport = async_transport(transport)
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

    async def verify_intent_token(
        self, token: str, *, verification_id: Awaited = ..., once: bool = True
    ) -> IntentVerification:
        """The result of an intent verification, from the `scute_token` that came with a person.

        Give the `verification_id` that you keep for this very person or ticket: without it, anyone
        may bring the result of a verification of his own. None is no id, and is refused. `once`: a
        verification's result is taken once, by all processes that share a store.
        Raises `TokenError(reason)` where the token is refused, `ScuteUnavailable` where the keys
        or the store cannot be had.
        """
        verify = self._authenticator.verifier.verify_intent
        flow = verify(token, self._clock(), expected=verification_id, once=once)
        return await self._driver.run(flow)

    async def authenticate(self, view: RequestView) -> AuthResult:
        """The verdict on a request; never raises for anything that a visitor can send."""
        found = self._authenticator.authenticate(view, self._clock())
        return found if isinstance(found, VERDICTS) else await self._driver.run(found)

    async def profile(self, signed_in: SignedIn) -> Profile:
        """What Scute knows of the user, at most a minute old.

        Raises `TokenError` where the session is over, `ScuteUnavailable` in an outage.
        """
        flow = self._authenticator.profiles.of(signed_in.session, self._clock())
        return await self._driver.run(flow)

    async def guard(self, view: RequestView, result: AuthResult, demand: Demand) -> Reply | None:
        """None if the verdict meets the demand, else the reply to give instead."""
        reply = await self._driver.run(self._guarding(view, result, demand))
        return None if reply is None else self.render(reply)

    async def check_permissions(
        self, signed_in: SignedIn, permissions: Sequence[Permission]
    ) -> tuple[Decision, ...]:
        """Scute's decision on each, in their order, however many; a yes may be some seconds old.

        Raises `ScuteUnavailable` in an outage.
        """
        decide = self._authenticator.permissions.decide
        return await self._driver.run(decide(signed_in.user, permissions, self._clock()))

    async def respond(self, view: RequestView, result: AuthResult) -> Reply:
        """Answer a request to one of our own routes."""
        outcome = await self._driver.run(self._handled(view, result))
        if outcome.event is not None:
            await self._deliver(outcome.event, outcome.claim)
        try:
            if (told := self._told(outcome)) is not None:
                await call_hook(told[0], told[1])
        except SignInRefused as error:
            if outcome.signed_in is None:
                raise
            outcome = await self._driver.run(self._turned_away(view, result, outcome, error))
        if outcome.replaced is not None:
            await self._driver.run(self._ending_replaced(view, result, outcome.replaced))
        if (asked := self._asked(outcome)) is not None and not await call_hook(
            asked[0], (asked[1],)
        ):
            return self.render(asked[2])
        return self.render(outcome.reply)

    async def sign_out(self, view: RequestView, result: AuthResult) -> ResponseChanges:
        """End a session because the app's framework did; the answer is the app's, with these
        changes in."""
        outcome = await self._driver.run(self._signing_out(view, result))
        if (told := self._told(outcome)) is not None:
            await call_hook(told[0], told[1])
        return outcome.reply.changes

    async def _deliver(self, event: WebhookEvent, claim: bytes) -> None:
        for handler in self.hooks.handlers(event):
            try:
                await call_hook(handler, (event,))
            except BaseException as error:
                # Who is cancelled stops waiting for a thread, which goes on: its claim lapses.
                if is_async(handler) or isinstance(error, Exception):
                    await self._driver.run(self._given_back(event, claim))
                raise
        await self._driver.run(self._kept(event))

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
