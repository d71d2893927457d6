"""What views depend on. Each dependency is one async callable without sub-dependencies."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Never, TypeAlias, TypeVar, cast

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer
from fastapi.requests import HTTPConnection

from scute_asgi import current_of
from scute_auth import Machine, Profile, SignedIn, User
from scute_auth.identity import machine_of
from scute_auth.openapi import MACHINE
from scute_auth.runtime import MachineRequirement, PermissionRequirement, Requirement
from scute_fastapi.dependency import Dependency, Factory
from scute_fastapi.refusals import refuse
from scute_starlette.decorators import requirement_of
from scute_starlette.guard import guard, guard_machine, guard_permission, profile_of
from scute_starlette.start import params_of

__all__ = [
    "CurrentMachine",
    "CurrentUser",
    "RequiredPermission",
    "check_permissions",
    "current_machine",
    "current_profile",
    "current_user",
    "optional_machine",
    "optional_user",
    "require_machine",
    "require_permission",
    "require_user",
]

T = TypeVar("T")


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


class _OfMachine(Dependency[T]):
    """For OpenAPI a scheme of its own: no cookie will do in its place."""

    model = HTTPBearer(description="A Scute machine token.")
    scheme_name = MACHINE


class _RequiredMachine(_OfMachine[Machine]):
    def __init__(self, requirement: MachineRequirement) -> None:
        self._requirement = requirement

    async def solve(self, conn: HTTPConnection) -> Machine:
        return await guard_machine(conn, self._requirement, refuse)


class _OptionalMachine(_OfMachine[Machine | None]):
    async def solve(self, conn: HTTPConnection) -> Machine | None:
        return machine_of(current_of(conn.scope).result)


class RequiredPermission(Dependency[User]):
    """`requirement` is looked at when the app starts: has the route what it names?"""

    def __init__(self, requirement: PermissionRequirement) -> None:
        self.requirement = requirement

    async def solve(self, conn: HTTPConnection) -> User:
        return (await guard_permission(conn, self.requirement, refuse)).user


class _RequireUser(Factory):
    """Makes a dependency with demands of its own: `Depends(require_user(step_up=300))`."""

    name, usage = "require_user", "require_user()"

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
        self.refuse_view(misplaced)
        return _RequiredUser(requirement_of(step_up, impersonated, check))


class _RequireMachine(Factory):
    """Makes a dependency on a machine: `Depends(require_machine(check="remote"))`."""

    name, usage = "require_machine", "require_machine()"

    def __call__(
        self, *misplaced: Never, check: Literal["local", "remote"] | None = None
    ) -> Dependency[Machine]:
        """A dependency on a service that calls with a token of its own, in a header.

        `check="remote"` asks Scute whether its session still stands.
        """
        self.refuse_view(misplaced)
        return _RequiredMachine(MachineRequirement(check))


class _RequirePermission(Factory):
    """Makes a dependency on a permission: `Depends(require_permission("read", "invoice:{id}"))`."""

    name, usage = "require_permission", 'require_permission("read", "invoice:{id}")'

    def __call__(self, action: str, resource: str | None = None) -> Dependency[User]:
        """A dependency on a user who may do this; braces are filled from the route's path."""
        if not isinstance(cast(object, action), str):
            self.refuse_view((action,))
        return RequiredPermission(PermissionRequirement(action, resource))


current_user = _RequiredUser(None)
"""The signed-in user; whoever is not gets the right answer, and the view is not entered."""

optional_user = _OptionalUser()
"""The signed-in user, or None."""

current_profile = _CurrentProfile()
"""What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old."""

require_user = _RequireUser()

current_machine = _RequiredMachine(MachineRequirement())
"""The machine that calls; whoever is none gets the right answer, and the view is not entered."""

optional_machine = _OptionalMachine()
"""The machine that calls, or None."""

require_machine = _RequireMachine()

require_permission = _RequirePermission()

CurrentUser: TypeAlias = Annotated[User, Depends(current_user)]
CurrentMachine: TypeAlias = Annotated[Machine, Depends(current_machine)]


def check_permissions(routes: Iterable[Any]) -> None:
    """Raise `ConfigError` where a permission names what its route has not."""
    for route, names in params_of(routes):
        for call in _calls(getattr(route, "dependant", None)):
            if isinstance(call, RequiredPermission):
                call.requirement.check(names, f"the route {route.path!r}")


def _calls(dependant: Any) -> Iterator[Any]:
    for inner in getattr(dependant, "dependencies", ()):
        yield inner.call
        yield from _calls(inner)
