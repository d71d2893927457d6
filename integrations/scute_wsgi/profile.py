"""What Scute knows of the user of this request, asked for from anywhere in the app."""

from scute_auth import Profile
from scute_auth.context import Current, asking, current, demand

__all__ = ["current_profile", "profile_of"]


def current_profile() -> Profile:
    """What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old.

    Raises what `current_user` raises; also where Scute says that the session is over.
    """
    return profile_of(current())


def profile_of(found: Current) -> Profile:
    """The same, of a request that is known."""
    signed_in = demand(found)
    with asking(found, signed_in):
        profile: Profile = found.scute.profile(signed_in)
    return profile
