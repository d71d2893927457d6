"""What the app wants to be told of, and how its functions are called."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scute_auth import pages
from scute_auth.identity import Profile, User

__all__ = ["NO_HOOKS", "Hooks", "SignInHook", "SignOutHook", "call_hook", "is_async"]

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
