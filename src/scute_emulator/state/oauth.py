"""OAuth and SAML sign-ins under way, between Scute and its stand-in for a provider.

Scute is the OAuth client here: `state` and `code` travel between it and the provider, and the
app never sees them.
"""

from dataclasses import dataclass, field

from scute_emulator.state.chance import Randomness, new_token

__all__ = ["CONSENT_PATH", "SAML", "Attempt", "Attempts"]

LIFETIME = 600
CONSENT_PATH = "/_emulator/provider"

SAML = "saml"
"""The `provider` of a sign-in through one's organisation."""


@dataclass(slots=True)
class Attempt:
    """`email` is whom the provider vouches for, once that person has agreed."""

    app_id: str
    provider: str
    expires_at: float
    code: str | None = field(default=None, repr=False)
    email: str | None = None


class Attempts:
    def __init__(self, random: Randomness) -> None:
        self._random = random
        self._attempts: dict[str, Attempt] = {}

    def begin(self, app_id: str, provider: str, now: float) -> str:
        """The `state` that names this attempt."""
        state = new_token(self._random)
        self._attempts[state] = Attempt(app_id, provider, now + LIFETIME)
        return state

    def waiting(self, state: str, now: float) -> Attempt | None:
        """The attempt that a consent page asks about."""
        attempt = self._attempts.get(state)
        return attempt if attempt is not None and now < attempt.expires_at else None

    def agree(self, state: str, email: str, now: float) -> str | None:
        """The provider's `code` for this person; None if the attempt is over."""
        attempt = self.waiting(state, now)
        if attempt is None:
            return None
        attempt.code, attempt.email = new_token(self._random), email
        return attempt.code

    def finish(self, app_id: str, state: str, code: str, now: float) -> Attempt | None:
        """The attempt that the code stands for; it ends here, whatever the answer."""
        attempt = self.waiting(state, now)
        if attempt is None or attempt.app_id != app_id:
            return None
        del self._attempts[state]
        return attempt if attempt.code is not None and attempt.code == code else None
