"""Signing in: without credentials, for it is about getting some."""

from scute_emulator.api import (
    challenges,
    key_sets,
    lookup,
    magic_links,
    oauth,
    otps,
    passkeys,
    reports,
)
from scute_emulator.api.route import NONE, A, Route

__all__ = ["ROUTES"]

ROUTES = (
    Route("GET", A + "/.well-known/jwks.json", NONE, key_sets.show_jwks),
    Route("GET", A + "/jwks", NONE, key_sets.show_jwks),
    Route("GET", A + "/public_key", NONE, key_sets.public_key),
    Route("POST", A + "/magic_links/login", NONE, magic_links.login),
    Route("POST", A + "/magic_links/register", NONE, magic_links.register),
    Route("POST", A + "/magic_links/status", NONE, magic_links.status),
    Route("PATCH", A + "/magic_links/authenticate", NONE, magic_links.authenticate),
    Route("POST", A + "/magic_links/confirm_invite", NONE, magic_links.confirm_invite),
    Route("GET", A + "/oauth/authorize", NONE, oauth.authorize),
    Route("GET", A + "/oauth/callback", NONE, oauth.callback),
    Route("GET", "/v1/auth/saml/discover", NONE, oauth.discover),
    Route("GET", A + "/saml/login", NONE, oauth.saml_login),
    Route("POST", A + "/otps/login", NONE, otps.send),
    Route("POST", A + "/otps/verify", NONE, otps.verify),
    Route("POST", A + "/challenges", NONE, challenges.create),
    Route("GET", A + "/challenges/{challenge}", NONE, challenges.show),
    Route("DELETE", A + "/challenges/{challenge}", NONE, challenges.cancel),
    Route("POST", A + "/challenges/{challenge}/verify", NONE, challenges.verify),
    Route("POST", A + "/challenges/{challenge}/resend", NONE, challenges.resend),
    Route("POST", A + "/challenges/{challenge}/deny", NONE, challenges.deny),
    Route("POST", A + "/challenges/{challenge}/session", NONE, challenges.claim_session),
    Route("POST", A + "/webauthn/login/initialize", NONE, passkeys.start_login),
    Route("POST", A + "/webauthn/login/finalize", NONE, passkeys.finish_login),
    Route("GET", A + "/users", NONE, lookup.look_up),
    Route("GET", A + "/users/metafields", NONE, lookup.missing_meta),
    Route("POST", A + "/errors", NONE, reports.take),
)
