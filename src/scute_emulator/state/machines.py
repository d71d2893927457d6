"""Machine sessions, and the tokens that each was given: a JWT, a refresh token, a short token."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias

from scute_emulator.state.chance import Randomness, new_id

__all__ = ["MachineSession", "MachineToken", "Machines", "TokenKind"]

TokenKind: TypeAlias = Literal["access", "refresh", "short"]


@dataclass(slots=True)
class MachineSession:
    """One service that calls by itself."""

    id: str
    app_id: str
    client_name: str
    created_at: float
    last_used_at: float
    user_agent: str = ""
    revoked: bool = False


@dataclass(slots=True)
class MachineToken:
    session: MachineSession
    kind: TokenKind
    expires_at: float


class Machines:
    def __init__(self, random: Randomness) -> None:
        self._random = random
        self._sessions: dict[str, MachineSession] = {}
        self._tokens: dict[bytes, MachineToken] = {}

    def start(self, app_id: str, client_name: str, now: float, agent: str) -> MachineSession:
        session = MachineSession(new_id(self._random), app_id, client_name, now, now, agent)
        self._sessions[session.id] = session
        return session

    def remember(self, text: str, token: MachineToken) -> None:
        self._tokens[_digest(text)] = token

    def live(self, app_id: str, text: str, now: float) -> MachineToken | None:
        """The token of whatever kind, if it is good at this app now."""
        token = self._tokens.get(_digest(text))
        if token is None or token.session.app_id != app_id or token.session.revoked:
            return None
        return token if now < token.expires_at else None

    def of(self, app_id: str) -> list[MachineSession]:
        """The app's sessions, oldest first; revoked ones too."""
        return [session for session in self._sessions.values() if session.app_id == app_id]

    def revoke(self, client_name: str) -> None:
        for session in self._sessions.values():
            if session.client_name == client_name:
                session.revoked = True


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
