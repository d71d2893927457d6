"""What Scute knows of the user of this request, asked for from anywhere in the app."""

from scute_auth import Profile
from scute_auth.context import asking, current, demand

__all__ = ["current_profile"]


async def current_profile() -> Profile:
    """What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old.

    Raises what `current_user` raises; also where Scute says that the session is over.
    """
    found = current()
    signed_in = demand(found)
    with asking(found, signed_in):
        profile: Profile = await found.scute.profile(signed_in)
    return profile
