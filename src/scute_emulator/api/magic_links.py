"""Signing in by link: send one, poll for it, open it."""

from collections.abc import Mapping
from typing import Any

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.identifying import (
    asked_user,
    read_identifier,
    refuse_inactive,
    refuse_outsiders,
)
from scute_emulator.api.mail import mail_link
from scute_emulator.api.meta import meta_errors, missing, undeclared
from scute_emulator.api.refusals import Refusal
from scute_emulator.api.signing_in import pass_first_factor
from scute_emulator.api.telling import tell_failed_login
from scute_emulator.state.magic_links import MagicLink
from scute_emulator.state.users import User

__all__ = ["authenticate", "confirm_invite", "login", "register", "status"]


def login(call: Context) -> HttpReply:
    """An unknown person is registered on the way, where public sign-up is on."""
    link = mail_link(call, asked_user(call), "magic", read_identifier(call))
    return json_reply({"magic_link": {"id": link.id}})


def register(call: Context) -> HttpReply:
    """For a known identifier this is a sign-in: its metadata stays as it is."""
    meta = call.request.object("user_meta")
    link = mail_link(call, asked_user(call, meta), "magic", read_identifier(call))
    return json_reply({"magic_link": {"id": link.id}, **meta_errors(call.app, meta)})


def status(call: Context) -> HttpReply:
    """Once the link has been opened, one session of its own for the browser that polls."""
    link_id = call.request.text("id")
    link = call.state.links.asked(call.app.id, link_id, call.state.clock())
    if link is None:
        raise _gone()
    if not link.opened:
        return json_reply({"message": "ok"})
    user = _user(call, link)
    link.collected = True
    return _signed_in(call, link, user)


def authenticate(call: Context) -> HttpReply:
    """Who is invited must give what the app requires, and so goes through `confirm_invite`."""
    link = _unused(call)
    user = _user(call, link)
    if link.kind == "invite":
        _require_meta(call, user.meta)
    link.opened = True
    return _signed_in(call, link, user)


def confirm_invite(call: Context) -> HttpReply:
    meta = call.request.object("user_meta")
    if unknown := undeclared(call.app, meta):
        raise Refusal(422, "invalid_user_meta", "Undeclared fields", {"fields": unknown})
    link = _unused(call)
    user = _user(call, link)
    told = {**user.meta, **meta}
    _require_meta(call, told)
    user = call.state.users.update(user, call.state.clock(), meta=told)
    link.opened = True
    return _signed_in(call, link, user)


def _unused(call: Context) -> MagicLink:
    link = call.state.links.unused(call.app.id, call.request.text("token"), call.state.clock())
    if link is None:
        tell_failed_login(call, "magic_link", "not_found")
        raise _gone()
    return link


def _user(call: Context, link: MagicLink) -> User:
    """Whom the link is for; a refusal here leaves it unused."""
    user = call.state.users.get(call.app.id, link.user_id)
    if user is None:
        raise _gone()
    if link.kind != "saml":
        refuse_outsiders(call, link.to)
    refuse_inactive(call, user)
    return user


def _require_meta(call: Context, meta: Mapping[str, Any]) -> None:
    if lacking := missing(call.app, meta):
        raise Refusal(422, "user_meta_required", "Fields are missing", {"fields": lacking})


def _signed_in(call: Context, link: MagicLink, user: User) -> HttpReply:
    user = call.state.users.verified(user, link.to, call.state.clock())
    return pass_first_factor(call, user, "oauth" if link.kind in ("oauth", "saml") else "magic")


def _gone() -> Refusal:
    return Refusal(404, "not_found", "Magic link not found or expired")
