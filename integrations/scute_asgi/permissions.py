"""What the user of this request may do, asked for from anywhere in the app."""

from collections.abc import Sequence

from scute_auth import Decision, Permission
from scute_auth.context import asking, current, demand

__all__ = ["check_permissions", "permitted"]


async def permitted(action: str, resource: str | None = None) -> bool:
    """May the user do this now? False too where a step-up or an approval is wanted first."""
    return (await check_permissions([Permission(action, resource)]))[0].is_allowed


async def check_permissions(permissions: Sequence[Permission]) -> tuple[Decision, ...]:
    """Scute's decision on each, in their order; raises what `current_user` raises."""
    found = current()
    signed_in = demand(found)
    with asking(found, signed_in):
        decided: tuple[Decision, ...] = await found.scute.check_permissions(signed_in, permissions)
    return decided
