"""What a completed sign-in or a refresh hands out: tokens, and what stands beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scute_emulator.state.apps import App
from scute_emulator.state.chance import Randomness, new_id, new_token
from scute_emulator.state.keys import KeyRing
from scute_emulator.state.sessions import IssuedToken, Session, Sessions, TokenKind
from scute_emulator.state.settings import Behaviour

__all__ = ["Grant", "Issuer"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A "Scute Session": without a refresh token where none is handed out."""

    access: str = field(repr=False)
    access_expires_at: int
    csrf: str = field(repr=False)
    user_id: str
    key_id: str
    refresh: str | None = field(default=None, repr=False)
    refresh_expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    keys: KeyRing
    sessions: Sessions
    random: Randomness

    def grant(
        self,
        app: App,
        session: Session,
        now: float,
        behaviour: Behaviour,
        *,
        with_refresh: bool,
        access_lifetime: float | None = None,
        refresh_lifetime: float | None = None,
        extra_claims: Mapping[str, Any] | None = None,
    ) -> Grant:
        """Hand out an access token, and a refresh token if asked; the app says for how long."""
        settings = app.settings
        lifetime = settings.access_expiration if access_lifetime is None else access_lifetime
        longer = settings.refresh_expiration if refresh_lifetime is None else refresh_lifetime
        extra = extra_claims or {}
        access_ends, refresh_ends = int(now + lifetime), int(now + longer)
        refresh = None
        access = self._token(app, session, "access", access_ends, now, behaviour, extra)
        if with_refresh:
            refresh = self._token(app, session, "refresh", refresh_ends, now, behaviour, extra)
        return Grant(
            access=access,
            access_expires_at=access_ends,
            csrf=new_token(self.random, 32),
            user_id=session.user_id,
            key_id=self.keys.current.kid,
            refresh=refresh,
            refresh_expires_at=refresh_ends if refresh else None,
        )

    def sign(
        self,
        claims: Mapping[str, Any],
        behaviour: Behaviour,
        header: Mapping[str, Any] | None = None,
    ) -> str:
        """Sign any claims under the usual header; `header` changes it, None values remove."""
        key = self.keys.current
        names: dict[str, Any] = {"alg": "RS256"}
        if behaviour.emit_kid:
            names |= {"kid": key.kid}
        names |= header or {}
        return key.sign({name: value for name, value in names.items() if value is not None}, claims)

    def _token(
        self,
        app: App,
        session: Session,
        kind: TokenKind,
        expires_at: int,
        now: float,
        behaviour: Behaviour,
        extra: Mapping[str, Any],
    ) -> str:
        claims: dict[str, Any] = {
            "uuid": session.user_id,
            "aid": session.app_id,
            "uid": session.id if behaviour.uid_is_session else new_id(self.random),
            "wid": app.workspace_id,
            "exp": expires_at,
        }
        if behaviour.emit_iat:
            claims["iat"] = int(now)
        if session.credential_id is not None:
            claims["crid"] = session.credential_id
        if session.actor is not None:
            claims |= {"imp": True, "act": dict(session.actor)}
        text = self.sign(claims | dict(extra), behaviour)
        self.sessions.remember(text, IssuedToken(session, kind, expires_at, extra))
        return text
