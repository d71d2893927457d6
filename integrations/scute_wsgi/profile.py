"""What Scute knows of the user of this request, asked for from anywhere in the app."""

from scute_auth import NotSignedIn, Profile, ScuteUnavailable, TokenError
from scute_auth.context import Current, current, demand
from scute_auth.guards import revoked

__all__ = ["current_profile", "profile_of"]


def current_profile() -> Profile:
    """What Scute knows of the signed-in user (e-mail, name, ...), at most a minute old.

    Raises what `current_user` raises; also where Scute says that the session is over.
    """
    return profile_of(current())


def profile_of(found: Current) -> Profile:
    """The same, of a request that is known."""
    signed_in = demand(found)
    try:
        profile: Profile = found.scute.profile(signed_in)
    except ScuteUnavailable as error:
        raise found.refuse(found, error) from None
    except TokenError:
        # From here on the request has no user, and its answer takes the cookies back.
        found.result = ended = revoked(found.view, found.scute.config, signed_in.session)
        raise found.refuse(found, NotSignedIn(ended.reason)) from None
    return profile
