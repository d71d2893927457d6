"""What the decorators stand on: guards for the current request, and the profile of its user."""

from collections.abc import Sequence

from flask import request

from scute_auth import Decision, Machine, Permission, Profile, SignedIn
from scute_auth.context import Current, demand, demand_machine
from scute_auth.identity import machine_of
from scute_auth.runtime import Demand, MachineRequirement, PermissionRequirement, Requirement
from scute_flask.current import current_of
from scute_flask.refusals import refuse
from scute_wsgi import decisions_of, profile_of

__all__ = [
    "check_permissions",
    "current_machine",
    "current_profile",
    "guard",
    "guard_machine",
    "guard_permission",
    "optional_machine",
    "permitted",
]


def guard(requirement: Requirement | None = None) -> SignedIn:
    """The signed-in verdict of a request that meets the requirement, else raise a refusal."""
    current = current_of()
    signed_in = demand(current)
    if requirement is not None:
        _ask(current, requirement)
    return signed_in


def guard_machine(requirement: MachineRequirement) -> Machine:
    """The same for a machine."""
    current = current_of()
    machine = demand_machine(current)
    if requirement.check is not None:
        _ask(current, requirement)
    return machine


def guard_permission(requirement: PermissionRequirement) -> SignedIn:
    """The same for a user with a permission, at the route of this request."""
    current = current_of()
    signed_in = demand(current)
    _ask(current, requirement.at(request.view_args or {}))
    return signed_in


def current_machine() -> Machine:
    """The machine that calls; raises as `current_user` does where none does."""
    return demand_machine(current_of())


def optional_machine() -> Machine | None:
    """The machine that calls, or None."""
    return machine_of(current_of().result)


def _ask(current: Current, demanded: Demand) -> None:
    reply = current.scute.guard(current.view, current.result, demanded)
    if reply is not None:
        raise refuse(current, reply)


def permitted(action: str, resource: str | None = None) -> bool:
    """May the user do this now? False too where a step-up or an approval is wanted first."""
    return check_permissions([Permission(action, resource)])[0].is_allowed


def check_permissions(permissions: Sequence[Permission]) -> tuple[Decision, ...]:
    """Scute's decision on each, in their order; raises what `current_user` raises."""
    return decisions_of(current_of(), permissions)


def current_profile() -> Profile:
    """What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old.

    Raises what `current_user` raises; also where Scute says that the session is over.
    """
    return profile_of(current_of())
