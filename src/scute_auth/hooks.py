"""What the app wants to be told of, and how its functions are called."""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scute_auth import pages
from scute_auth.errors import ConfigError
from scute_auth.identity import Profile, User
from scute_auth.webhook_events import WebhookEvent, matches

__all__ = [
    "NO_HOOKS",
    "Hooks",
    "SignInHook",
    "SignOutHook",
    "WebhookHandler",
    "call_hook",
    "is_async",
]

SignInHook: TypeAlias = Callable[[User, Profile], Any]
SignOutHook: TypeAlias = Callable[[User], Any]
WebhookHandler: TypeAlias = Callable[[WebhookEvent], Any]

_PATTERN = re.compile(r"(?:(?:[a-z_]+|\*)\.)*(?:[a-z_]+|\*)")


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the app wants to be told of, and how it renders our pages.

    A hook may be a plain function or, with `AsyncScute`, a coroutine function; it runs before
    the answer goes out, and what it raises is the app's own error, but for `SignInRefused` in
    `on_sign_in`. In async code a plain function runs in a thread. `has_account` says whether the
    app has an account for who is signed in at Scute, where it may have none.

    `webhooks` has a function for each event of Scute's by its name: `user.created`, `user.*`, `*`.
    All that fit are called, in this order; where one raises, Scute sends the event again.
    """

    on_sign_in: SignInHook | None = None
    on_sign_out: SignOutHook | None = None
    renderer: pages.Renderer = field(default=pages.default_renderer)
    has_account: Callable[[User], Any] | None = None
    webhooks: Mapping[str, WebhookHandler] | None = None

    def __post_init__(self) -> None:
        for name, handler in (self.webhooks or {}).items():
            if not _PATTERN.fullmatch(name) or not callable(handler):
                raise ConfigError(
                    f"webhooks: use a function for each event, like "
                    f'{{"user.created": welcome}} or "user.*", not {name!r}: {handler!r}'
                )

    def handlers(self, event: WebhookEvent) -> list[WebhookHandler]:
        """The functions for an event."""
        given = (self.webhooks or {}).items()
        return [handler for name, handler in given if matches(name, event)]


NO_HOOKS = Hooks()


def is_async(hook: object) -> bool:
    """Is it a coroutine function, or an object that is called like one?"""
    call = getattr(hook, "__call__", None)  # noqa: B004 - its kind is asked for, not its presence
    return inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(call)


async def call_hook(hook: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Await a coroutine function; a plain one runs in a thread."""
    if is_async(hook):
        return await hook(*arguments)
    import asyncio

    answer: Awaitable[Any] | Any = await asyncio.to_thread(hook, *arguments)
    return await answer if inspect.isawaitable(answer) else answer
