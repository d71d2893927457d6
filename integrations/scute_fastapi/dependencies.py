"""What views depend on. Each dependency is one async callable without sub-dependencies."""

import asyncio
import inspect
from abc import abstractmethod
from collections.abc import Coroutine, Iterable
from functools import update_wrapper
from typing import Annotated, Any, Generic, Literal, Never, TypeAlias, TypeVar, cast

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer
from fastapi.requests import HTTPConnection
from fastapi.security.base import SecurityBase

from scute_asgi import current_of
from scute_auth import ConfigError, Profile, SignedIn, User
from scute_auth.openapi import BEARER
from scute_auth.runtime import Requirement
from scute_fastapi.refusals import refuse
from scute_starlette.guard import guard, profile_of, requirement_of

__all__ = [
    "CurrentUser",
    "Dependency",
    "check_defaults",
    "current_profile",
    "current_user",
    "optional_user",
    "require_user",
]

T = TypeVar("T")


class Dependency(SecurityBase, Generic[T]):
    """FastAPI awaits it with the connection; put above a view, it fails at import.

    For OpenAPI it is the bearer scheme; `describe` adds the cookie beside it.
    """

    model = HTTPBearer(description="A Scute access token.")
    scheme_name = BEARER

    @abstractmethod
    async def solve(self, conn: HTTPConnection) -> T:
        """What the view is given."""

    def __call__(self, conn: HTTPConnection) -> Coroutine[Any, Any, T]:
        # Plain, and not `async`: as a decorator it must fail at once, not when it is awaited.
        if not isinstance(cast(object, conn), HTTPConnection):
            raise ConfigError(
                "this is a dependency and no decorator: give the view a parameter like "
                "`user: Annotated[User, Depends(current_user)]`, or the route "
                "`dependencies=[Depends(require_user(...))]`"
            )
        # In a worker thread nobody would await the coroutine: this raises there.
        asyncio.get_running_loop()
        return self.solve(conn)

    def __deepcopy__(self, memo: object) -> Never:
        # FastAPI copies a parameter's default for each request: `user=current_user` is one.
        raise ConfigError(_NO_DEFAULT)

    # FastAPI looks behind a wrapper, and sees the coroutine function that it is to await.
    update_wrapper(__call__, solve)


_NO_DEFAULT = "a dependency stands as a parameter's default: write `= Depends(current_user)`"


def check_defaults(endpoints: Iterable[Any]) -> None:
    """Raise `ConfigError` where a view's parameter has a dependency for its default value."""
    for endpoint in filter(inspect.isfunction, endpoints):
        defaults = [*(endpoint.__defaults__ or ()), *(endpoint.__kwdefaults__ or {}).values()]
        if any(isinstance(default, (Dependency, _RequireUser)) for default in defaults):
            raise ConfigError(f"{endpoint.__qualname__}: {_NO_DEFAULT}")


class _RequiredUser(Dependency[User]):
    def __init__(self, requirement: Requirement | None) -> None:
        self._requirement = requirement

    async def solve(self, conn: HTTPConnection) -> User:
        return (await guard(conn, self._requirement, refuse)).user


class _OptionalUser(Dependency[User | None]):
    async def solve(self, conn: HTTPConnection) -> User | None:
        result = current_of(conn.scope).result
        return result.user if isinstance(result, SignedIn) else None


class _CurrentProfile(Dependency[Profile]):
    async def solve(self, conn: HTTPConnection) -> Profile:
        return await profile_of(conn, refuse)


class _RequireUser:
    """Makes a dependency with demands of its own: `Depends(require_user(step_up=300))`."""

    def __call__(
        self,
        *misplaced: Never,
        step_up: int | None = None,
        impersonated: bool | None = None,
        check: Literal["local", "remote"] | None = None,
    ) -> Dependency[User]:
        """A dependency on a signed-in user.

        `step_up`: seconds since the user last confirmed who it is. `impersonated=False` refuses
        support access. `check="remote"` asks Scute whether the session still stands.
        """
        if misplaced:
            raise ConfigError(
                "require_user is no decorator in FastAPI: write Depends(require_user())"
            )
        return _RequiredUser(requirement_of(step_up, impersonated, check))

    @property
    def __signature__(self) -> inspect.Signature:
        """Asked for when a route is defined with `Depends(require_user)`."""
        # Taken for a dependency, it would let anyone in, and read its demands from the query.
        raise ConfigError("Depends(require_user) lacks parentheses: write Depends(require_user())")


current_user = _RequiredUser(None)
"""The signed-in user; whoever is not gets the right answer, and the view is not entered."""

optional_user = _OptionalUser()
"""The signed-in user, or None."""

current_profile = _CurrentProfile()
"""What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old."""

require_user = _RequireUser()

CurrentUser: TypeAlias = Annotated[User, Depends(current_user)]
