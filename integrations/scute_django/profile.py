"""What Scute knows of the user of this request: `current_profile()`, and to be awaited."""

from collections.abc import Generator
from contextlib import contextmanager

from asgiref.sync import async_to_sync, sync_to_async

from scute_auth import NotSignedIn, Profile, SignedIn
from scute_auth.context import Current, asking, current, demand
from scute_django import accounts
from scute_django.modes import is_async
from scute_django.requests import current_request

__all__ = ["acurrent_profile", "current_profile"]


def current_profile() -> Profile:
    """What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old.

    Raises what `current_user` raises; also where Scute says that the session is over.
    """
    found = current()
    signed_in = demand(found)
    ask = found.scute.profile
    with _asking(found, signed_in):
        profile: Profile = (async_to_sync(ask) if is_async(ask) else ask)(signed_in)
    return profile


async def acurrent_profile() -> Profile:
    """`current_profile` for views that await."""
    found = current()
    signed_in = demand(found)
    ask = found.scute.profile
    with _asking(found, signed_in):
        profile: Profile = await (ask if is_async(ask) else sync_to_async(ask))(signed_in)
    return profile


@contextmanager
def _asking(found: Current, signed_in: SignedIn) -> "Generator[None, None, None]":
    try:
        with asking(found, signed_in):
            yield
    except NotSignedIn:
        accounts.detach(current_request())
        raise
