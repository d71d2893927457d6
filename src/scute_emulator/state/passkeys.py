"""Passkeys, and the ceremonies (WebAuthn section 1.1) that are under way for them."""

import base64
from dataclasses import dataclass, field

from scute_emulator.state.chance import Randomness

__all__ = ["CEREMONY_LIFETIME", "Ceremony", "Passkey", "Passkeys"]

CEREMONY_LIFETIME = 300


@dataclass(slots=True)
class Passkey:
    id: str
    user_id: str
    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    nickname: str
    user_agent: str
    created_at: float
    last_used_at: float | None = None

    @property
    def credential(self) -> str:
        """The credential's id as browsers and tokens write it."""
        return base64.urlsafe_b64encode(self.credential_id).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True)
class Ceremony:
    """`user_id` is None where someone wants to sign in whom nobody knows: it never succeeds."""

    challenge: bytes = field(repr=False)
    app_id: str
    user_id: str | None
    expires_at: float


class Passkeys:
    def __init__(self, random: Randomness) -> None:
        self._random = random
        self._passkeys: dict[str, Passkey] = {}
        self._ceremonies: dict[bytes, Ceremony] = {}

    def add(self, passkey: Passkey) -> None:
        self._passkeys[passkey.id] = passkey

    def of(self, user_id: str) -> list[Passkey]:
        """Oldest first."""
        return [each for each in self._passkeys.values() if each.user_id == user_id]

    def get(self, user_id: str, passkey_id: str) -> Passkey | None:
        return next((each for each in self.of(user_id) if each.id == passkey_id), None)

    def by_credential(self, credential_id: bytes) -> Passkey | None:
        every = self._passkeys.values()
        return next((each for each in every if each.credential_id == credential_id), None)

    def remove(self, passkey: Passkey) -> None:
        del self._passkeys[passkey.id]

    def forget(self, user_id: str) -> None:
        for passkey in self.of(user_id):
            self.remove(passkey)

    def begin(self, app_id: str, user_id: str | None, now: float) -> bytes:
        """The challenge that the authenticator is to sign."""
        challenge = self._random(32)
        ends = now + CEREMONY_LIFETIME
        self._ceremonies[challenge] = Ceremony(challenge, app_id, user_id, ends)
        return challenge

    def ceremony(self, app_id: str, challenge: bytes, now: float, *, once: bool) -> Ceremony | None:
        """The ceremony with this challenge; with `once` it ends here, whatever comes of it."""
        ceremony = self._ceremonies.get(challenge)
        if ceremony is None or ceremony.app_id != app_id:
            return None
        if once:
            del self._ceremonies[challenge]
        return ceremony if now < ceremony.expires_at else None
