"""What the user of this request may do at Scute: plain, and to be awaited."""

from collections.abc import Sequence

from asgiref.sync import async_to_sync, sync_to_async

from scute_auth import Decision, Permission
from scute_auth.context import asking, current, demand
from scute_django.modes import is_async

__all__ = ["acheck_permissions", "apermitted", "check_permissions", "permitted"]


def permitted(action: str, resource: str | None = None) -> bool:
    """May the user do this now? False too where a step-up or an approval is wanted first."""
    return check_permissions([Permission(action, resource)])[0].is_allowed


async def apermitted(action: str, resource: str | None = None) -> bool:
    """`permitted` for views that await."""
    return (await acheck_permissions([Permission(action, resource)]))[0].is_allowed


def check_permissions(permissions: Sequence[Permission]) -> tuple[Decision, ...]:
    """Scute's decision on each, in their order; raises what `current_user` raises."""
    found = current()
    signed_in, ask = demand(found), found.scute.check_permissions
    with asking(found, signed_in):
        call = async_to_sync(ask) if is_async(ask) else ask
        decided: tuple[Decision, ...] = call(signed_in, permissions)
    return decided


async def acheck_permissions(permissions: Sequence[Permission]) -> tuple[Decision, ...]:
    """`check_permissions` for views that await."""
    found = current()
    signed_in, ask = demand(found), found.scute.check_permissions
    with asking(found, signed_in):
        call = ask if is_async(ask) else sync_to_async(ask)
        decided: tuple[Decision, ...] = await call(signed_in, permissions)
    return decided
