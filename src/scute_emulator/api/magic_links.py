"""Signing in by link: send one, poll for it, open it."""

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.mail import mail_link
from scute_emulator.api.meta import declared, meta_errors, undeclared
from scute_emulator.api.refusals import Refusal
from scute_emulator.api.shapes import grant_object, iso
from scute_emulator.state.chance import new_token
from scute_emulator.state.magic_links import MagicLink
from scute_emulator.state.users import User, identifier

__all__ = ["authenticate", "confirm_invite", "login", "register", "status"]

CHALLENGE_LIFETIME = 600


def login(call: Context) -> HttpReply:
    """An unknown person is registered on the way, where public sign-up is on."""
    user = _user(call)
    return json_reply({"magic_link": {"id": mail_link(call, user, "magic").id}})


def register(call: Context) -> HttpReply:
    """For a known identifier this is a sign-in: its metadata stays as it is."""
    meta = call.request.object("user_meta")
    is_new = _known(call) is None
    user = _user(call)
    if is_new:
        kept = declared(call.app, meta)
        user = call.state.users.update(user, call.state.clock(), meta=kept)
    link = mail_link(call, user, "magic")
    return json_reply({"magic_link": {"id": link.id}, **meta_errors(call.app, meta)})


def status(call: Context) -> HttpReply:
    """Once the link has been opened, one session of its own for the browser that polls."""
    link_id = call.request.text("id")
    link = call.state.links.asked(call.app.id, link_id, call.state.clock())
    if link is None:
        raise _gone()
    if not link.opened:
        return json_reply({"message": "ok"})
    link.collected = True
    return _signed_in(call, link)


def authenticate(call: Context) -> HttpReply:
    return _signed_in(call, _opened(call))


def confirm_invite(call: Context) -> HttpReply:
    meta = call.request.object("user_meta")
    if unknown := undeclared(call.app, meta):
        raise Refusal(422, "invalid_user_meta", "Undeclared fields", {"fields": unknown})
    link = _opened(call)
    user = call.state.users.get(call.app.id, link.user_id)
    if user is not None:
        call.state.users.update(user, call.state.clock(), meta={**user.meta, **meta})
    return _signed_in(call, link)


def _known(call: Context) -> User | None:
    who = identifier(call.request.fields.get("identifier"))
    if who is None or who.kind not in call.app.settings.allowed_identifiers:
        raise Refusal(400, "invalid_identifier", "The identifier is not valid")
    return call.state.users.find(call.app.id, who)


def _user(call: Context) -> User:
    _refuse_where_sso_is_required(call)
    user = _known(call)
    who = identifier(call.request.fields.get("identifier"))
    if user is None and who is not None and call.app.settings.public_signup:
        user = call.state.users.add(call.app.id, who, call.state.clock())
    if user is None:
        raise Refusal(404, "identifier_not_recognized", "There is no such user")
    _refuse_inactive(user)
    return user


def _opened(call: Context) -> MagicLink:
    """The link behind the token, used up; a refusal before that leaves it unused."""
    _refuse_where_sso_is_required(call)
    link = call.state.links.open(call.app.id, call.request.text("token"), call.state.clock())
    if link is None:
        raise _gone()
    return link


def _signed_in(call: Context, link: MagicLink) -> HttpReply:
    """A new session, or what stands in its place where a second factor is due."""
    state = call.state
    user = state.users.get(call.app.id, link.user_id)
    if user is None:
        raise _gone()
    _refuse_inactive(user)
    user = state.users.signed_in(user, state.clock(), verifies=True)
    if state.behaviour.mfa_required:
        return _second_factor(call, user)
    agent = call.request.headers.get("user-agent", "")
    kind = "oauth" if link.kind == "oauth" else "magic"
    return json_reply(
        grant_object(state, state.start_session(call.app, user, kind=kind, user_agent=agent))
    )


def _second_factor(call: Context, user: User) -> HttpReply:
    methods = call.state.behaviour.mfa_methods
    return json_reply(
        {
            "mfa_required": True,
            "app_user_id": user.id,
            "mfa_challenge": {
                "token": new_token(call.state.random),
                "status": "pending",
                "purpose": "mfa",
                "method": methods[0] if methods else "totp",
                "expires_at": iso(call.state.clock() + CHALLENGE_LIFETIME),
                "remaining_attempts": 3,
            },
            "available_methods": list(methods),
        }
    )


def _refuse_where_sso_is_required(call: Context) -> None:
    behaviour = call.state.behaviour
    if behaviour.sso_required:
        details = {"sso_login_url": behaviour.sso_login_url, "domain": behaviour.sso_domain}
        raise Refusal(403, "sso_required", "Sign in with your organisation", details)


def _refuse_inactive(user: User) -> None:
    if user.status == "inactive":
        raise Refusal(403, "account_deactivated", "This account is deactivated")


def _gone() -> Refusal:
    return Refusal(404, "not_found", "Magic link not found or expired")
