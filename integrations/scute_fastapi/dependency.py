"""What our dependencies are made of: used in any other way, they fail at import or refuse."""

import asyncio
import inspect
from abc import abstractmethod
from collections.abc import Coroutine, Iterable
from functools import update_wrapper
from typing import Any, Generic, Never, TypeVar, cast

from fastapi.openapi.models import HTTPBearer
from fastapi.requests import HTTPConnection
from fastapi.security.base import SecurityBase

from scute_auth import ConfigError
from scute_auth.openapi import BEARER

__all__ = ["Dependency", "Factory", "check_defaults"]

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


class Factory:
    """Makes dependencies: without its parentheses it is none, and must not be taken for one."""

    name = ""
    usage = ""

    def refuse_view(self, misplaced: tuple[object, ...]) -> None:
        """Called as a decorator?"""
        if misplaced:
            raise ConfigError(
                f"{self.name} is no decorator in FastAPI: write Depends({self.usage})"
            )

    @property
    def __signature__(self) -> inspect.Signature:
        """Asked for when a route is defined with `Depends(require_user)`."""
        # Taken for a dependency, it would let anyone in, and read its demands from the query.
        raise ConfigError(f"Depends({self.name}) lacks parentheses: write Depends({self.usage})")


_NO_DEFAULT = "a dependency stands as a parameter's default: write `= Depends(current_user)`"


def check_defaults(endpoints: Iterable[Any]) -> None:
    """Raise `ConfigError` where a view's parameter has a dependency for its default value."""
    for endpoint in filter(inspect.isfunction, endpoints):
        defaults = [*(endpoint.__defaults__ or ()), *(endpoint.__kwdefaults__ or {}).values()]
        if any(isinstance(default, (Dependency, Factory)) for default in defaults):
            raise ConfigError(f"{endpoint.__qualname__}: {_NO_DEFAULT}")
