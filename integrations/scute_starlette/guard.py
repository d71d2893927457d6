"""What the decorators stand on: guards for any connection, and the profile of its user."""

from dataclasses import replace
from typing import Any, TypeAlias

from starlette.requests import HTTPConnection

from scute_asgi import current_of
from scute_auth import Machine, Profile, SignedIn
from scute_auth.context import Current, asking, demand, demand_machine
from scute_auth.runtime import Demand, MachineRequirement, PermissionRequirement, Requirement
from scute_starlette.refusals import refuse

__all__ = [
    "current_profile",
    "guard",
    "guard_machine",
    "guard_permission",
    "profile_of",
]

_Refuse: TypeAlias = Any
"""Makes an exception of an error of ours or of a reply."""


async def guard(
    conn: HTTPConnection, requirement: Requirement | None = None, refuse: _Refuse = refuse
) -> SignedIn:
    """The signed-in verdict of a connection that meets the requirement, else raise a refusal."""
    current = current_of(conn.scope)
    if not isinstance(current.result, SignedIn):
        current = replace(current, refuse=refuse)
    signed_in = demand(current)
    if requirement is not None:
        await _ask(current, requirement, refuse)
    return signed_in


async def guard_machine(
    conn: HTTPConnection, requirement: MachineRequirement, refuse: _Refuse = refuse
) -> Machine:
    """The same for a machine."""
    current = replace(current_of(conn.scope), refuse=refuse)
    machine = demand_machine(current)
    if requirement.check is not None:
        await _ask(current, requirement, refuse)
    return machine


async def guard_permission(
    conn: HTTPConnection, requirement: PermissionRequirement, refuse: _Refuse = refuse
) -> SignedIn:
    """The same for a user with a permission, at this connection's route."""
    signed_in = await guard(conn, None, refuse)
    await _ask(current_of(conn.scope), requirement.at(conn.path_params), refuse)
    return signed_in


async def _ask(current: Current, demanded: Demand, refuse: _Refuse) -> None:
    reply = await current.scute.guard(current.view, current.result, demanded)
    if reply is not None:
        raise refuse(current, reply)


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
