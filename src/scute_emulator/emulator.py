"""The emulator as one object: what tests and the command line hold in their hands.

Each method has its twin under `/_emulator`. A fresh signing key at each start, unless one is
given: a constant key would be a key to every app that trusts an emulator.
"""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from scute_emulator import people
from scute_emulator.api import m2m
from scute_emulator.api.shapes import grant_object
from scute_emulator.api.verifying import expire, finish, way_back
from scute_emulator.host import Host
from scute_emulator.memory import MemoryTransport
from scute_emulator.state import State
from scute_emulator.state.apps import App
from scute_emulator.state.authz import Grant
from scute_emulator.state.calls import CallCount
from scute_emulator.state.chance import Randomness, new_id, new_token
from scute_emulator.state.codes import secret_text
from scute_emulator.state.events import Event
from scute_emulator.state.faults import Fault
from scute_emulator.state.inbox import Message
from scute_emulator.state.notifications import Notification
from scute_emulator.state.oauth import Attempt
from scute_emulator.state.passkeys import Passkey
from scute_emulator.state.policy import read_policy
from scute_emulator.state.settings import AppSettings
from scute_emulator.state.users import User
from scute_emulator.state.verifications import Verification
from scute_emulator.state.webhook_endpoints import new_secret
from scute_emulator.webhooks import WebhookSender

__all__ = ["Emulator"]

_LIVE_SECRET = re.compile(r"(scapp|scwor)_[A-Za-z0-9]{20,}")


class Emulator:
    def __init__(
        self,
        *,
        app_id: str = "app_demo",
        secret: str | None = None,
        login_url: str = "http://127.0.0.1:8000/auth/callback",
        workspace_id: str | None = None,
        workspace_secret: str | None = None,
        webhook_secret: str | None = None,
        signing_key: RSAPrivateKey | None = None,
        kid: str | None = None,
        base_url: str = "http://127.0.0.1:9000",
        clock: Callable[[], float] = time.time,
        random: Randomness = os.urandom,
        sleep: Callable[[float], None] = time.sleep,
        asleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        for given in (secret, workspace_secret):
            if given is not None and _LIVE_SECRET.fullmatch(given):
                raise ValueError("this secret looks like one of a live Scute app: invent another")
        self.state = State(
            app_id=app_id,
            secret=secret or f"emulated_{new_token(random)}",
            settings=AppSettings(login_url=login_url, origin=_origin(login_url)),
            workspace_id=workspace_id or new_id(random),
            workspace_secret=workspace_secret or f"emulated_{new_token(random)}",
            base_url=base_url,
            clock=clock,
            random=random,
            signing_key=signing_key,
            kid=kid,
        )
        self.host = Host(self.state)
        self.webhooks = WebhookSender(self.host, webhook_secret or new_secret(random))
        self.transport = MemoryTransport(self.host, sleep=sleep, asleep=asleep)

    @property
    def base_url(self) -> str:
        """Where the emulator is served, or seems to be."""
        return self.state.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.state.base_url = url

    def config_env(self) -> dict[str, str]:
        """The `SCUTE_*` settings of an app that talks to this emulator, secrets among them."""
        return {
            "SCUTE_APP_ID": self.state.apps.first.id,
            "SCUTE_SECRET": self.state.apps.first.secret,
            "SCUTE_BASE_URL": self.base_url,
            "SCUTE_WORKSPACE_ID": self.state.workspace_id,
            "SCUTE_WORKSPACE_SECRET": self.state.workspace_secret,
            "SCUTE_WEBHOOK_SECRETS": self.webhooks.secret,
            "SCUTE_EMULATOR": "1",
        }

    @contextmanager
    def serve(self, port: int = 0) -> Generator[str, None, None]:
        """Serve on loopback in a thread of its own, and give the base URL; 0 picks a port."""
        from scute_emulator.serving import listen, serve_in_thread, url_of

        before = self.base_url
        with listen(port) as listening, serve_in_thread(self, listening):
            self.base_url = url_of(listening)
            try:
                yield self.base_url
            finally:
                self.base_url = before

    def messages(self, to: str | None = None) -> list[Message]:
        """What was mailed or texted, newest first."""
        with self.host.lock:
            return self.state.inbox.messages(to)

    def calls(self) -> list[CallCount]:
        with self.host.lock:
            return self.state.calls.counts()

    def clear_calls(self) -> None:
        with self.host.lock:
            self.state.calls.clear()

    def events(self, kind: str | None = None) -> list[Event]:
        """What happened at the first app, oldest first."""
        with self.host.lock:
            return self.state.events.of(self.state.apps.first.id, kind)

    def settings(self, /, **values: Any) -> None:
        """Change the app's settings or the emulator's behaviour; SettingsError names a misfit."""
        with self.host.lock:
            self.state.change_settings(values)

    def rotate_keys(
        self, *, keep_old: bool = True, private: RSAPrivateKey | None = None, kid: str | None = None
    ) -> str:
        """Sign with a new key from now on; the answer is its `kid`."""
        with self.host.lock:
            now = self.state.clock()
            return self.state.keys.rotate(now, keep_old=keep_old, private=private, kid=kid).kid

    def publish_key(self, jwk: Mapping[str, Any]) -> None:
        """Add anything to the key set, a bad key too."""
        with self.host.lock:
            self.state.keys.publish(jwk)

    def fault(self, path: str, *, times: int | None = None, **what: Any) -> None:
        """Let calls whose path ends with `path` go wrong; `what` as in `Fault`."""
        with self.host.lock:
            self.state.faults.add(Fault(path, **what), times)

    def clear_faults(self) -> None:
        with self.host.lock:
            self.state.faults.clear()

    def create_app(self, **settings: Any) -> App:
        """Another app of the same workspace: it shares the signing keys."""
        with self.host.lock:
            return self.state.create_app(settings)

    def create_user(
        self,
        email: str | None = None,
        *,
        phone: str | None = None,
        app_id: str | None = None,
        meta: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> User:
        """An active user with verified addresses, unless `values` say otherwise."""
        with self.host.lock:
            app = people.app_named(self.state, app_id)
            return people.add_user(self.state, app, email, phone, meta or {}, values)

    def create_session(
        self,
        email: str | None = None,
        *,
        phone: str | None = None,
        user_id: str | None = None,
        app_id: str | None = None,
        access_lifetime: float | None = None,
        refresh_lifetime: float | None = None,
        imp: Mapping[str, Any] | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The payload of a new sign-in; a user who does not exist yet is created.

        The lifetimes (seconds, also negative) hold for these first tokens only. `imp` is the
        actor of an impersonation, which has no refresh token. `claims` go into every token.
        """
        with self.host.lock:
            app = people.app_named(self.state, app_id)
            user = people.any_user(self.state, app, email, phone, user_id)
            grant = people.start_session(
                self.state,
                app,
                user,
                imp,
                access_lifetime=access_lifetime,
                refresh_lifetime=refresh_lifetime,
                extra_claims=claims,
            )
            return grant_object(self.state, grant)

    def create_machine(
        self,
        client_name: str = "billing",
        *,
        app_id: str | None = None,
        access_lifetime: float | None = None,
    ) -> dict[str, Any]:
        """The tokens of a new machine session: `access`, `short_token`, `refresh`."""
        with self.host.lock:
            app = people.app_named(self.state, app_id)
            return m2m.new_session(self.state, app, client_name, access_lifetime=access_lifetime)

    def revoke_machines(self, client_name: str) -> None:
        """End every session of this machine."""
        with self.host.lock:
            self.state.machines.revoke(client_name)

    def enrol_totp(self, email: str, *, app_id: str | None = None) -> str:
        """Set an authenticator up for a user, who is created if need be; the secret's text."""
        with self.host.lock:
            user = people.any_user(self.state, people.app_named(self.state, app_id), email)
            return secret_text(self.state.mfa.enrol_totp(user.id, self.state.clock()).secret)

    def totp_code(self, email: str, *, app_id: str | None = None) -> str:
        """What the user's authenticator shows: a code that was not used yet."""
        with self.host.lock:
            user = people.known_user(self.state, people.app_named(self.state, app_id), email)
            return people.totp_code(self.state, user)

    def backup_codes(self, email: str, *, app_id: str | None = None) -> list[str]:
        """Ten new backup codes for a user; the earlier ones are worthless."""
        with self.host.lock:
            user = people.known_user(self.state, people.app_named(self.state, app_id), email)
            return self.state.mfa.new_backup_codes(user.id)

    def answer_push(self, email: str, *, agree: bool = True, app_id: str | None = None) -> str:
        """Agree to what the user's authenticator app asks, or deny it; the number it shows."""
        with self.host.lock:
            user = people.known_user(self.state, people.app_named(self.state, app_id), email)
            return people.answer_push(self.state, user, agree=agree)

    def passkeys(self, email: str, *, app_id: str | None = None) -> list[Passkey]:
        """The user's passkeys, oldest first."""
        with self.host.lock:
            user = people.known_user(self.state, people.app_named(self.state, app_id), email)
            return self.state.passkeys.of(user.id)

    def set_policy(self, document: Mapping[str, Any], *, app_id: str | None = None) -> None:
        """Roles and permissions, as Scute imports them; PolicyError says what is wrong.

        For example `{"roles": {"billing": {"permissions": ["invoice:read"]}}}`.
        """
        with self.host.lock:
            app = people.app_named(self.state, app_id)
            self.state.authz.set_policy(app.id, read_policy(document))

    def grant_role(
        self, email: str, role: str, *, resource: str | None = None, app_id: str | None = None
    ) -> User:
        """Give a user, who is created if need be, a role: everywhere, or on one object."""
        with self.host.lock:
            app = people.app_named(self.state, app_id)
            if role not in self.state.authz.policy(app.id).roles:
                raise ValueError("there is no such role in the policy")
            user = people.any_user(self.state, app, email)
            self.state.authz.grant(user.id, Grant(role, resource, self.state.clock()))
            return user

    def notify(self, email: str, title: str, body: str = "", **more: Any) -> None:
        """Put a notification into a user's list, who is created if need be."""
        with self.host.lock:
            user = people.any_user(self.state, self.state.apps.first, email)
            now, notification_id = self.state.clock(), new_id(self.state.random)
            self.state.notifications.add(
                Notification(notification_id, user.app_id, user.id, title, body, now, **more)
            )

    def mint(self, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
        """Sign any claims with the current key; None values in `header` remove a name."""
        with self.host.lock:
            return self.state.issuer.sign(claims, self.state.behaviour, header)

    def open_verification(self, token: str) -> Verification | None:
        """What the page with this token asks about, while it waits for an answer."""
        with self.host.lock:
            expire(self.state)
            found = self.state.verifications.by_token(token)
            if found is None or found.status != "pending":
                return None
            found.was_opened = True
            return found

    def answer_verification(self, token: str, *, agree: bool, reason: str = "") -> str | None:
        """The person's answer; where the app wants him to go, if it said so."""
        with self.host.lock:
            found = self.open_verification(token)
            if found is None:
                raise ValueError("this verification is over")
            finish(self.state, found, "verified" if agree else "denied", reason)
            return way_back(self.state, found)

    def oauth_attempt(self, state: str) -> Attempt | None:
        """The OAuth sign-in that the stand-in provider is to ask about."""
        with self.host.lock:
            return self.state.attempts.waiting(state, self.state.clock())

    def oauth_agree(self, state: str, email: str) -> str:
        """The person agrees: the provider's `code`, for Scute's callback."""
        with self.host.lock:
            code = self.state.attempts.agree(state, email, self.state.clock())
        if code is None:
            raise ValueError("this OAuth sign-in is over")
        return code


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
