"""What Scute knows of the user of this request: `current_profile()`, and to be awaited."""

from collections.abc import Generator
from contextlib import contextmanager

from asgiref.sync import async_to_sync, sync_to_async

from scute_auth import NotSignedIn, Profile, SignedIn, TokenError
from scute_auth.context import current, demand
from scute_auth.guards import revoked
from scute_django.modes import is_async
from scute_django.requests import current_of, current_request

__all__ = ["acurrent_profile", "current_profile"]


def current_profile() -> Profile:
    """What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old.

    Raises what `current_user` raises; also where Scute says that the session is over.
    """
    signed_in = demand(current())
    ask = current().scute.profile
    with _ending(signed_in):
        profile: Profile = (async_to_sync(ask) if is_async(ask) else ask)(signed_in)
    return profile


async def acurrent_profile() -> Profile:
    """`current_profile` for views that await."""
    signed_in = demand(current())
    ask = current().scute.profile
    with _ending(signed_in):
        profile: Profile = await (ask if is_async(ask) else sync_to_async(ask))(signed_in)
    return profile


@contextmanager
def _ending(signed_in: SignedIn) -> "Generator[None, None, None]":
    try:
        yield
    except TokenError:
        # From here on the request has no user, and its answer takes the cookies back.
        request = current_request()
        found = current_of(request)
        found.result = ended = revoked(found.view, found.scute.config, signed_in.session)
        vars(request)["scute_user"] = None
        raise NotSignedIn(ended.reason) from None
