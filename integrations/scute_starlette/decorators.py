"""`@require_user`, `@require_machine` and `@require_permission` for endpoints."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial, wraps
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, cast, overload
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response

from scute_auth import ConfigError
from scute_auth.runtime import MachineRequirement, PermissionRequirement, Requirement
from scute_starlette.guard import guard, guard_machine, guard_permission

__all__ = [
    "Protect",
    "permissions",
    "require_machine",
    "require_permission",
    "require_user",
    "requirement_of",
    "unprotected",
]

P = ParamSpec("P")
AsyncEndpoint = TypeVar("AsyncEndpoint", bound=Callable[..., Awaitable[Any]])

unprotected: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""What stands below one of our decorators, and which: no route may have it for an endpoint."""

permissions: WeakKeyDictionary[Any, PermissionRequirement] = WeakKeyDictionary()
"""What an endpoint demands of its route."""


class Protect(Protocol):
    """A decorator: an async endpoint keeps its type, a plain one becomes async."""

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
    requirement = requirement_of(step_up, impersonated, check)
    protect = partial(_protect, "@require_user", partial(guard, requirement=requirement))
    return protect if endpoint is None else protect(endpoint)


@overload
def require_machine(endpoint: AsyncEndpoint, /) -> AsyncEndpoint: ...


@overload
def require_machine(endpoint: Callable[P, Response], /) -> Callable[P, Awaitable[Response]]: ...


@overload
def require_machine(*, check: Literal["local", "remote"] | None = None) -> Protect: ...


def require_machine(
    endpoint: Any = None, /, *, check: Literal["local", "remote"] | None = None
) -> Any:
    """Let only a machine into an endpoint: a service with a token of its own, in a header.

    `check="remote"` asks Scute whether its session still stands.
    """
    requirement = MachineRequirement(check)
    protect = partial(_protect, "@require_machine", partial(guard_machine, requirement=requirement))
    return protect if endpoint is None else protect(endpoint)


def require_permission(action: str, resource: str | None = None) -> Protect:
    """Let only a user into an endpoint who may do this: `("refund", "invoice:{id}")`.

    What stands in braces is filled from the route.
    """
    requirement = PermissionRequirement(action, resource)
    check = partial(guard_permission, requirement=requirement)

    def protect(endpoint: Any) -> Any:
        protected = _protect("@require_permission", check, endpoint)
        permissions[protected] = requirement
        return protected

    return protect


def requirement_of(
    step_up: int | None, impersonated: bool | None, check: Literal["local", "remote"] | None
) -> Requirement | None:
    """None where nothing is demanded beside a user: then nothing needs to be asked."""
    requirement = Requirement(step_up, impersonated, check)
    return None if requirement == Requirement() else requirement


def _protect(
    decorator: str, check: Callable[[HTTPConnection], Awaitable[object]], endpoint: Callable[P, Any]
) -> Callable[P, Coroutine[Any, Any, Any]]:
    position, name = _connection_parameter(endpoint, decorator)
    unprotected[endpoint] = decorator
    is_async = inspect.iscoroutinefunction(endpoint)

    @wraps(endpoint)
    async def protected(*args: P.args, **kwargs: P.kwargs) -> Any:
        conn = cast(HTTPConnection, kwargs[name] if name in kwargs else args[position])
        if not isinstance(cast(object, conn), HTTPConnection):
            raise ConfigError(f"{decorator}: {name!r} of {endpoint!r} is no Starlette request")
        await check(conn)
        if is_async:
            return await endpoint(*args, **kwargs)
        return await run_in_threadpool(endpoint, *args, **kwargs)

    return protected


def _connection_parameter(endpoint: object, decorator: str) -> tuple[int, str]:
    """Where an endpoint takes its request or WebSocket; anything else is a mistake to report."""
    misplaced = f"{decorator} goes directly on an endpoint, below anything else:"
    if not inspect.isfunction(endpoint) or inspect.isgeneratorfunction(endpoint):
        raise ConfigError(f"{misplaced} {endpoint!r} is no function")
    parameters = list(inspect.signature(endpoint).parameters.values())
    position = 1 if parameters and parameters[0].name == "self" else 0
    taken = parameters[position : position + 1]
    if not taken or taken[0].kind not in _POSITIONAL or not _may_be_connection(taken[0]):
        raise ConfigError(f"{misplaced} {endpoint.__qualname__} takes no request first")
    needed = [one for one in parameters[position + 1 :] if one.default is one.empty]
    if needed and position == 0:
        raise ConfigError(f"{misplaced} {endpoint.__qualname__} takes more than a request")
    return position, taken[0].name


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _may_be_connection(parameter: inspect.Parameter) -> bool:
    annotation: object = parameter.annotation
    return not isinstance(annotation, type) or (
        annotation is parameter.empty or issubclass(annotation, HTTPConnection)
    )
