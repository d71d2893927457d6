"""Scute as an OAuth client: off to the stand-in provider, back, and on to the app."""

from urllib.parse import urlencode

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, redirect
from scute_emulator.api.mail import landing
from scute_emulator.api.refusals import Refusal
from scute_emulator.state.users import User, identifier

__all__ = ["CONSENT_PATH", "authorize", "callback"]

CONSENT_PATH = "/_emulator/provider"


def authorize(call: Context) -> HttpReply:
    provider = call.request.query.get("provider", "")
    known = {each.get("provider") for each in call.app.settings.oauth_providers}
    if provider not in known:
        raise Refusal(400, "invalid_provider", "This provider is not switched on")
    state = call.state.attempts.begin(call.app.id, provider, call.state.clock())
    return redirect(f"{CONSENT_PATH}?{urlencode({'state': state})}")


def callback(call: Context) -> HttpReply:
    """The provider's answer: on to the app with a one-time token, or with the provider's no."""
    query = call.request.query
    email = call.state.attempts.finish(
        call.app.id, query.get("state", ""), query.get("code", ""), call.state.clock()
    )
    user = None if email is None else _user(call, email)
    if user is None:
        return redirect(landing(call, {"error": query.get("error", "access_denied")}))
    token = call.state.new_link(call.app, user, "oauth").token
    return redirect(landing(call, {"sct_oauth": token}))


def _user(call: Context, email: str) -> User | None:
    """The provider vouches for the address; where public sign-up is off he must be known."""
    who = identifier(email)
    if who is None:
        return None
    user = call.state.users.find(call.app.id, who)
    if user is None and call.app.settings.public_signup:
        user = call.state.users.add(call.app.id, who, call.state.clock())
    return user
