"""Whom a sign-in is about, and who may not sign in in this way."""

from collections.abc import Mapping
from typing import Any

from scute_emulator.api.context import Context
from scute_emulator.api.meta import declared
from scute_emulator.api.refusals import Refusal
from scute_emulator.api.telling import tell_failed_login
from scute_emulator.state.users import Identifier, User, identifier

__all__ = [
    "asked_user",
    "known_user",
    "read_identifier",
    "refuse_inactive",
    "refuse_outsiders",
    "sso_url",
    "user_or_new",
]


def read_identifier(call: Context) -> Identifier:
    """The address in the body, if it is one that the app lets people sign in with."""
    who = identifier(call.request.fields.get("identifier"))
    if who is None or who.kind not in call.app.settings.allowed_identifiers:
        raise Refusal(400, "invalid_identifier", "The identifier is not valid")
    return who


def known_user(call: Context) -> User | None:
    return call.state.users.find(call.app.id, read_identifier(call))


def asked_user(call: Context, meta: Mapping[str, Any] | None = None) -> User:
    """The user behind the address, who may sign in; an unknown one is created if that is open."""
    who = read_identifier(call)
    refuse_outsiders(call, who)
    user = user_or_new(call, who, meta)
    if user is None and call.state.users.is_barred(call.app.id, who):
        raise _deactivated(call)
    if user is None:
        raise Refusal(404, "identifier_not_recognized", "There is no such user")
    refuse_inactive(call, user)
    return user


def user_or_new(
    call: Context, who: Identifier, meta: Mapping[str, Any] | None = None
) -> User | None:
    """The user, who is created where public sign-up is on; who is known keeps his metadata.

    Someone who was deleted is new; someone who was deactivated before that stays out.
    """
    users, app = call.state.users, call.app
    user = users.find(app.id, who)
    if user is None and app.settings.public_signup and not users.is_barred(app.id, who):
        user = users.add(app.id, who, call.state.clock(), meta=declared(app, meta or {}))
    return user


def refuse_outsiders(call: Context, who: Identifier) -> None:
    """Where an organisation enforces single sign-on, its people come through that alone."""
    behaviour = call.state.behaviour
    if behaviour.sso_required and who.domain == behaviour.sso_domain:
        details = {"sso_login_url": sso_url(call), "domain": who.domain}
        raise Refusal(403, "sso_required", "Sign in with your organisation", details)


def sso_url(call: Context) -> str | None:
    own = f"{call.state.base_url}/v1/auth/{call.app.id}/saml/login"
    return own if call.state.behaviour.sso_login_url == "" else call.state.behaviour.sso_login_url


def refuse_inactive(call: Context, user: User) -> None:
    if user.status == "inactive":
        raise _deactivated(call, user)


def _deactivated(call: Context, user: User | None = None) -> Refusal:
    tell_failed_login(call, "", "account_deactivated", user)
    return Refusal(403, "account_deactivated", "This account is deactivated")
