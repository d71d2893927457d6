"""Scute as a value that changes: everything it knows, and what its calls do to that.

Clock and randomness come from outside; nothing here does I/O. Whoever hosts it holds one lock.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from scute_emulator.state.api_keys import ApiKeys
from scute_emulator.state.apps import App, Apps
from scute_emulator.state.authz import Authz
from scute_emulator.state.calls import CallLog
from scute_emulator.state.challenges import Challenges
from scute_emulator.state.chance import Randomness, new_id, new_token
from scute_emulator.state.children import Children
from scute_emulator.state.events import Events
from scute_emulator.state.faults import Faults
from scute_emulator.state.inbox import Inbox
from scute_emulator.state.issuing import Grant, Issuer
from scute_emulator.state.keys import KeyRing
from scute_emulator.state.machines import Machines
from scute_emulator.state.magic_links import LinkKind, MagicLink, MagicLinks
from scute_emulator.state.mfa import MfaMethods
from scute_emulator.state.notifications import Notifications
from scute_emulator.state.oauth import Attempts
from scute_emulator.state.passkeys import Passkeys
from scute_emulator.state.sessions import IssuedToken, Session, Sessions, TokenKind
from scute_emulator.state.settings import (
    ALIASES,
    AppSettings,
    Behaviour,
    SettingsError,
    changed,
    names,
)
from scute_emulator.state.users import Identifier, User, Users
from scute_emulator.state.verifications import Verifications
from scute_emulator.state.webhooks import Webhooks

__all__ = ["State"]


class State:
    def __init__(
        self,
        *,
        app_id: str,
        secret: str,
        settings: AppSettings,
        workspace_id: str,
        workspace_secret: str,
        base_url: str,
        clock: Callable[[], float],
        random: Randomness,
        signing_key: RSAPrivateKey | None = None,
        kid: str | None = None,
    ) -> None:
        now = clock()
        self.clock = clock
        self.random = random
        self.workspace_id = workspace_id
        self.workspace_secret = workspace_secret
        self.base_url = base_url
        self.behaviour = Behaviour()
        self.apps = Apps(App(app_id, new_id(random), secret, workspace_id, settings, now, now))
        self.api_keys = ApiKeys(random)
        self.keys = KeyRing.started(workspace_id, now, private=signing_key, kid=kid)
        self.events = Events(random)
        self.webhooks = Webhooks(random)
        self.users = Users(random, self._user_changed)
        self.sessions = Sessions(random)
        self.issuer = Issuer(self.keys, self.sessions, random)
        self.machines = Machines(random)
        self.children = Children()
        self.notifications = Notifications()
        self.verifications = Verifications()
        self.authz = Authz()
        self.links = MagicLinks()
        self.attempts = Attempts(random)
        self.challenges = Challenges()
        self.mfa = MfaMethods(random)
        self.passkeys = Passkeys(random)
        self.inbox = Inbox()
        self.faults = Faults()
        self.calls = CallLog()

    def change_settings(self, values: Mapping[str, Any]) -> None:
        """Change the first app's settings and the behaviour of all; SettingsError changes none."""
        values = {ALIASES.get(name, name): value for name, value in values.items()}
        of_app, of_emulator = names(AppSettings), names(Behaviour)
        if unknown := sorted(set(values) - of_app - of_emulator):
            raise SettingsError(f"unknown settings: {', '.join(unknown)}")
        behaviour = changed(
            self.behaviour, {name: values[name] for name in values if name in of_emulator}
        )
        self.apps.update(
            self.apps.first.id,
            {name: values[name] for name in values if name in of_app},
            self.clock(),
        )
        self.behaviour = behaviour

    def create_app(self, values: Mapping[str, Any], workspace_id: str | None = None) -> App:
        """Another app: of the workspace, unless one of its children is named."""
        now = self.clock()
        settings = changed(AppSettings(), values)
        app = App(
            id=f"app_{new_token(self.random, 10)}",
            uuid=new_id(self.random),
            secret=f"emulated_{new_token(self.random)}",
            workspace_id=workspace_id or self.workspace_id,
            settings=settings,
            created_at=now,
            updated_at=now,
        )
        self.apps.add(app)
        return app

    def start_session(
        self,
        app: App,
        user: User,
        *,
        kind: str,
        user_agent: str = "",
        credential_id: str | None = None,
    ) -> Grant:
        """A new session for this user, and its tokens."""
        session = self.sessions.start(
            app.id,
            user.id,
            self.clock(),
            kind=kind,
            user_agent=user_agent,
            credential_id=credential_id,
        )
        return self.grant(app, session, with_refresh=app.settings.refresh_payload)

    def grant(
        self,
        app: App,
        session: Session,
        *,
        with_refresh: bool,
        extra_claims: Mapping[str, Any] | None = None,
    ) -> Grant:
        return self.issuer.grant(
            app,
            session,
            self.clock(),
            self.behaviour,
            with_refresh=with_refresh,
            extra_claims=extra_claims,
        )

    def live_token(
        self, app: App, text: str, kind: TokenKind, *, expired_too: bool = False
    ) -> IssuedToken | None:
        """The token, if it is good at this app now."""
        token = self.sessions.token(text, kind)
        if token is None or token.session.app_id != app.id:
            return None
        now = self.clock()
        if token.session.is_over(now) or token.superseded:
            return None
        if now >= token.expires_at and not expired_too:
            return None
        return token

    def refresh(self, app: App, text: str) -> Grant | None:
        """A new access token, with a new refresh token where those rotate; None refuses.

        A refresh token that was rotated away and comes back was stolen or replayed: with
        `reuse_revokes` that ends the session (RFC 9700 section 4.14.2).
        """
        token = self.live_token(app, text, "refresh")
        if token is None:
            seen = self.sessions.token(text, "refresh")
            if seen is not None and seen.superseded and self.behaviour.reuse_revokes:
                seen.session.revoked = True
            return None
        session = token.session
        session.last_used_at = self.clock()
        if self.behaviour.refresh_kills_access:
            self.sessions.supersede(session, "access")
        if self.behaviour.rotate_refresh:
            self.sessions.supersede(session, "refresh")
        return self.grant(
            app,
            session,
            with_refresh=self.behaviour.rotate_refresh,
            extra_claims=token.extra_claims,
        )

    def new_link(
        self, app: App, user: User, kind: LinkKind, to: Identifier | None = None
    ) -> MagicLink:
        """A single-use link token; its claims are what the vendor's browser SDK reads."""
        now, to = self.clock(), to or user.identifier
        expires_at = int(now) + app.settings.magic_link_expiration
        claims: dict[str, Any] = {
            "uuid": user.id,
            to.kind: to.value,
            "user_status": user.status,
            "webauthnEnabled": bool(self.passkeys.of(user.id)),
            "jti": new_token(self.random),
            "iat": int(now),
            "exp": expires_at,
        }
        token = self.issuer.sign(claims, self.behaviour)
        link = MagicLink(new_id(self.random), token, app.id, user.id, to, kind, expires_at)
        self.links.add(link)
        return link

    def _user_changed(self, kind: str, user: User, data: Mapping[str, Any]) -> None:
        self.events.happened(kind, user.app_id, user.updated_at, user=user, data=data)

    def forget_user(self, user: User) -> None:
        self.sessions.revoke_all(user.id)
        self.challenges.forget(user.id)
        self.mfa.forget(user.id)
        self.passkeys.forget(user.id)
        self.authz.forget(user.id)
        self.notifications.forget(user.id)
        self.users.delete(user, self.clock())
