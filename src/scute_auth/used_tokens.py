"""Access tokens that begin no session any more: else whoever gets hold of one keeps the session.

With `browser_sdk` a token that was issued just now becomes a session with a refresh token. It
counts once; one that we gave to a browser ourselves never does, for scripts can read it there.
"""

from scute_auth.claims import Claims
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, StoreCall
from scute_auth.verified import digest

__all__ = ["JUST_NOW", "use"]

JUST_NOW = 30
"""Seconds between a token's issue and its exchange at the most, as the vendor has it."""


def use(config: ScuteConfig, token: str, claims: Claims, now: float) -> Flow[bool]:
    """Note that it was used, for all processes; False if it was before.

    The note outlives the time in which the token could count: all of its life, where it does not
    say when it was issued. The app's lifetime of tokens may fall, and make it look new once more.
    """
    ends = claims.expires_at if claims.issued_at is None else claims.issued_at + JUST_NOW
    key = f"scute:{config.app_id}:exchanged:{digest(token).hex()}"
    # Clocks may differ by as much.
    answer = yield StoreCall("add", key, b"1", max(ends - now, 0) + JUST_NOW + 1)
    return bool(answer.value)
