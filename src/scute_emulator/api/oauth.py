"""Scute as a client of OAuth providers and SAML: off to the stand-in, back, and on to the app."""

from urllib.parse import urlencode

from scute_auth.effects import HttpReply
from scute_emulator.api.context import Context, json_reply, redirect
from scute_emulator.api.identifying import sso_url, user_or_new
from scute_emulator.api.mail import landing
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.state.magic_links import LinkKind
from scute_emulator.state.oauth import CONSENT_PATH, SAML
from scute_emulator.state.users import User, identifier

__all__ = ["authorize", "callback", "discover", "saml_login"]


def authorize(call: Context) -> HttpReply:
    provider = call.request.query.get("provider", "")
    known = {each.get("provider") for each in call.app.settings.oauth_providers}
    if provider not in known:
        raise Refusal(400, "invalid_provider", "This provider is not switched on")
    return _begin(call, provider)


def discover(call: Context) -> HttpReply:
    """Does an organisation sign in the people of this address's domain itself?"""
    behaviour = call.state.behaviour
    who = identifier(call.request.query.get("email"))
    if who is None or who.domain != behaviour.sso_domain:
        raise not_found("Organisation")
    return json_reply(
        {
            "workspace_id": call.state.workspace_id,
            "saml_login_url": sso_url(call),
            "enforce_sso": behaviour.sso_required,
        }
    )


def saml_login(call: Context) -> HttpReply:
    """Off to the organisation's identity provider: the stand-in asks for it too."""
    return _begin(call, SAML)


def callback(call: Context) -> HttpReply:
    """The provider's answer: on to the app with a one-time token, or with the provider's no."""
    query = call.request.query
    attempt = call.state.attempts.finish(
        call.app.id, query.get("state", ""), query.get("code", ""), call.state.clock()
    )
    user = None if attempt is None else _user(call, attempt.email)
    if attempt is None or user is None:
        return redirect(landing(call, {"error": query.get("error", "access_denied")}))
    kind: LinkKind = "saml" if attempt.provider == SAML else "oauth"
    token = call.state.new_link(call.app, user, kind, identifier(attempt.email)).token
    return redirect(landing(call, {call.state.behaviour.oauth_param: token}))


def _begin(call: Context, provider: str) -> HttpReply:
    state = call.state.attempts.begin(call.app.id, provider, call.state.clock())
    return redirect(f"{CONSENT_PATH}?{urlencode({'state': state})}")


def _user(call: Context, email: str | None) -> User | None:
    """The provider vouches for the address; where public sign-up is off he must be known."""
    who = identifier(email)
    return None if who is None else user_or_new(call, who)
