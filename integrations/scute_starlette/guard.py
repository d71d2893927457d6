"""`@require_user` for endpoints, and what it stands on: a guard for any connection."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial, wraps
from typing import Any, Literal, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload
from weakref import WeakSet

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response

from scute_asgi import current_of
from scute_auth import ConfigError, Profile, SignedIn
from scute_auth.context import asking, demand
from scute_auth.runtime import Requirement
from scute_starlette.refusals import refuse

__all__ = [
    "Protect",
    "current_profile",
    "guard",
    "profile_of",
    "require_user",
    "requirement_of",
    "unprotected",
]

P = ParamSpec("P")
AsyncEndpoint = TypeVar("AsyncEndpoint", bound=Callable[..., Awaitable[Any]])
_Refuse: TypeAlias = Callable[..., Exception]

unprotected: WeakSet[Any] = WeakSet()
"""What stands below `@require_user`: no route may have it for an endpoint."""


async def guard(
    conn: HTTPConnection, requirement: Requirement | None = None, refuse: _Refuse = refuse
) -> SignedIn:
    """The signed-in verdict of a connection that meets the requirement, else raise a refusal."""
    current = current_of(conn.scope)
    if not isinstance(current.result, SignedIn):
        current = replace(current, refuse=refuse)
    signed_in = demand(current)
    if requirement is not None:
        reply = await current.scute.guard(current.view, signed_in, requirement)
        if reply is not None:
            raise refuse(current, reply)
    return signed_in


async def profile_of(conn: HTTPConnection, refuse: _Refuse = refuse) -> Profile:
    """The profile of the user who is required here."""
    signed_in = await guard(conn, None, refuse)
    current = replace(current_of(conn.scope), refuse=refuse)
    with asking(current, signed_in):
        profile: Profile = await current.scute.profile(signed_in)
    return profile


async def current_profile(conn: HTTPConnection) -> Profile:
    """What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old."""
    return await profile_of(conn)


class Protect(Protocol):
    """`@require_user(...)`: an async endpoint keeps its type, a plain one becomes async."""

    @overload
    def __call__(self, endpoint: AsyncEndpoint, /) -> AsyncEndpoint: ...

    @overload
    def __call__(self, endpoint: Callable[P, Response], /) -> Callable[P, Awaitable[Response]]: ...


@overload
def require_user(endpoint: AsyncEndpoint, /) -> AsyncEndpoint: ...


@overload
def require_user(endpoint: Callable[P, Response], /) -> Callable[P, Awaitable[Response]]: ...


@overload
def require_user(
    *,
    step_up: int | None = None,
    impersonated: bool | None = None,
    check: Literal["local", "remote"] | None = None,
) -> Protect: ...


def require_user(
    endpoint: Any = None,
    /,
    *,
    step_up: int | None = None,
    impersonated: bool | None = None,
    check: Literal["local", "remote"] | None = None,
) -> Any:
    """Let only a signed-in user into an endpoint: a function, a method, HTTP or WebSocket.

    `step_up`: seconds since the user last confirmed who it is. `impersonated=False` refuses
    support access. `check="remote"` asks Scute whether the session still stands.
    """
    protect = partial(_protect, requirement_of(step_up, impersonated, check))
    return protect if endpoint is None else protect(endpoint)


def requirement_of(
    step_up: int | None, impersonated: bool | None, check: Literal["local", "remote"] | None
) -> Requirement | None:
    """None where nothing is demanded beside a user: then nothing needs to be asked."""
    requirement = Requirement(step_up, impersonated, check)
    return None if requirement == Requirement() else requirement


def _protect(
    requirement: Requirement | None, endpoint: Callable[P, Any]
) -> Callable[P, Coroutine[Any, Any, Any]]:
    position, name = _connection_parameter(endpoint)
    unprotected.add(endpoint)
    is_async = inspect.iscoroutinefunction(endpoint)

    @wraps(endpoint)
    async def protected(*args: P.args, **kwargs: P.kwargs) -> Any:
        conn = cast(HTTPConnection, kwargs[name] if name in kwargs else args[position])
        if not isinstance(cast(object, conn), HTTPConnection):
            raise ConfigError(f"@require_user: {name!r} of {endpoint!r} is no Starlette request")
        await guard(conn, requirement)
        if is_async:
            return await endpoint(*args, **kwargs)
        return await run_in_threadpool(endpoint, *args, **kwargs)

    return protected


def _connection_parameter(endpoint: object) -> tuple[int, str]:
    """Where an endpoint takes its request or WebSocket; anything else is a mistake to report."""
    if not inspect.isfunction(endpoint) or inspect.isgeneratorfunction(endpoint):
        raise ConfigError(f"{_NO_ENDPOINT} {endpoint!r} is no function")
    parameters = list(inspect.signature(endpoint).parameters.values())
    position = 1 if parameters and parameters[0].name == "self" else 0
    taken = parameters[position : position + 1]
    if not taken or taken[0].kind not in _POSITIONAL or not _may_be_connection(taken[0]):
        raise ConfigError(f"{_NO_ENDPOINT} {endpoint.__qualname__} takes no request first")
    needed = [one for one in parameters[position + 1 :] if one.default is one.empty]
    if needed and position == 0:
        raise ConfigError(f"{_NO_ENDPOINT} {endpoint.__qualname__} takes more than a request")
    return position, taken[0].name


_NO_ENDPOINT = "@require_user goes directly on an endpoint, below anything else:"
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _may_be_connection(parameter: inspect.Parameter) -> bool:
    annotation: object = parameter.annotation
    return not isinstance(annotation, type) or (
        annotation is parameter.empty or issubclass(annotation, HTTPConnection)
    )
