"""Sessions, and the tokens that each was given.

A token is known by its digest, so it stays good here when its key leaves the key set: what a
withdrawn key means is for those who verify to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from scute_emulator.state.chance import Randomness, new_id

__all__ = ["IssuedToken", "Session", "Sessions", "TokenKind"]

TokenKind: TypeAlias = Literal["access", "refresh"]


@dataclass(slots=True)
class Session:
    """One sign-in on one device.

    `actor` is set while someone else acts as the user, `reason` says why, and such a session has
    an end. `credential_id` names the passkey that it began with.
    """

    id: str
    app_id: str
    user_id: str
    kind: str
    created_at: float
    last_used_at: float
    user_agent: str = ""
    actor: Mapping[str, Any] | None = None
    reason: str = ""
    ends_at: float | None = None
    credential_id: str | None = None
    revoked: bool = False

    def is_over(self, now: float) -> bool:
        return self.revoked or (self.ends_at is not None and now >= self.ends_at)


@dataclass(slots=True)
class IssuedToken:
    """`superseded`: another token has taken its place, by a rotation or a refresh."""

    session: Session
    kind: TokenKind
    expires_at: float
    extra_claims: Mapping[str, Any] = field(default_factory=dict[str, Any])
    superseded: bool = False


class Sessions:
    def __init__(self, random: Randomness) -> None:
        self._random = random
        self._sessions: dict[str, Session] = {}
        self._tokens: dict[bytes, IssuedToken] = {}

    def start(
        self,
        app_id: str,
        user_id: str,
        now: float,
        *,
        kind: str,
        user_agent: str = "",
        actor: Mapping[str, Any] | None = None,
        reason: str = "",
        ends_at: float | None = None,
        credential_id: str | None = None,
    ) -> Session:
        session = Session(
            id=new_id(self._random),
            app_id=app_id,
            user_id=user_id,
            kind=kind,
            created_at=now,
            last_used_at=now,
            user_agent=user_agent,
            actor=actor,
            reason=reason,
            ends_at=ends_at,
            credential_id=credential_id,
        )
        self._sessions[session.id] = session
        return session

    def remember(self, text: str, token: IssuedToken) -> None:
        self._tokens[_digest(text)] = token

    def token(self, text: str, kind: TokenKind) -> IssuedToken | None:
        """The token, if it is one of ours and of this kind: expired or superseded ones too."""
        token = self._tokens.get(_digest(text))
        return token if token is not None and token.kind == kind else None

    def supersede(self, session: Session, kind: TokenKind) -> None:
        """Replace all earlier tokens of this kind."""
        for token in self._tokens.values():
            if token.session is session and token.kind == kind:
                token.superseded = True

    def of(self, user_id: str) -> list[Session]:
        """The user's live sessions, oldest first."""
        return [
            session
            for session in self._sessions.values()
            if session.user_id == user_id and not session.revoked
        ]

    def get(self, user_id: str, session_id: str) -> Session | None:
        return next((session for session in self.of(user_id) if session.id == session_id), None)

    def revoke_all(self, user_id: str) -> None:
        for session in self.of(user_id):
            session.revoked = True


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
