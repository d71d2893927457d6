"""Every path of the API, once: method, path, what it asks for, and who answers.

`{app}` is an app's public id or its UUID. Where the protocol knows two paths for one thing,
both are here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from scute_auth.effects import HttpReply
from scute_emulator.api import (
    apps,
    challenges,
    current_user,
    impersonation,
    key_sets,
    lookup,
    magic_links,
    mfa,
    oauth,
    otps,
    passkeys,
    tokens,
    users,
    workspaces,
)
from scute_emulator.api.context import Context
from scute_emulator.api.credentials import Credentials

__all__ = ["ROUTES", "Route"]

Handler: TypeAlias = Callable[[Context], HttpReply]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    credentials: Credentials
    handler: Handler


NONE = Credentials.NONE
USER = Credentials.USER
REFRESH = Credentials.REFRESH
SECRET = Credentials.SECRET
WORKSPACE = Credentials.WORKSPACE
A = "/v1/auth/{app}"

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
    Route("GET", A + "/mfa/methods", USER, mfa.list_methods),
    Route("GET", A + "/mfa/status", NONE, mfa.status),
    Route("POST", A + "/mfa/enroll", USER, mfa.enrol),
    Route("POST", A + "/mfa/enroll/verify", USER, mfa.verify_enrolment),
    Route("PATCH", A + "/mfa/methods/{method}/default", USER, mfa.set_default),
    Route("DELETE", A + "/mfa/methods/{method}", USER, mfa.remove),
    Route("POST", A + "/mfa/backup-codes", USER, mfa.new_backup_codes),
    Route("POST", A + "/webauthn/login/initialize", NONE, passkeys.start_login),
    Route("POST", A + "/webauthn/login/finalize", NONE, passkeys.finish_login),
    Route("POST", A + "/devices/register", USER, passkeys.register_device),
    Route("POST", A + "/devices/finalize", USER, passkeys.finish_device),
    Route("DELETE", A + "/devices/{device}", USER, passkeys.revoke_device),
    Route("POST", A + "/tokens/refresh", REFRESH, tokens.refresh),
    Route("POST", A + "/tokens/rotate_access", SECRET, tokens.rotate_access),
    Route("POST", A + "/tokens/force_refresh", SECRET, tokens.force_refresh),
    Route("POST", A + "/tokens/verify/access", USER, tokens.verify_access),
    Route("POST", A + "/tokens/access/verify", USER, tokens.verify_access),
    Route("POST", A + "/tokens/verify/refresh", REFRESH, tokens.verify_refresh),
    Route("POST", A + "/tokens/refresh/verify", REFRESH, tokens.verify_refresh),
    Route("GET", A + "/current_user", USER, current_user.show),
    Route("PATCH", A + "/current_user/meta", USER, current_user.update_meta),
    Route("DELETE", A + "/current_user", USER, current_user.sign_out),
    Route("POST", A + "/current_user/logout", USER, current_user.sign_out),
    Route("GET", A + "/sessions", USER, current_user.list_sessions),
    Route("DELETE", A + "/sessions/{session}", USER, current_user.revoke_session),
    Route("GET", A + "/users", NONE, lookup.look_up),
    Route("GET", A + "/users/metafields", NONE, lookup.missing_meta),
    Route("POST", A + "/users", SECRET, users.create),
    Route("GET", "/v1/apps", SECRET, apps.list_apps),
    Route("POST", "/v1/apps", SECRET, apps.create_app),
    Route("GET", "/v1/apps/{app}", NONE, apps.show_app),
    Route("PATCH", "/v1/apps/{app}", SECRET, apps.update_app),
    Route("DELETE", "/v1/apps/{app}", SECRET, apps.delete_app),
    Route("POST", "/v1/workspaces/{workspace}/sessions", WORKSPACE, workspaces.create_session),
    Route("GET", "/v1/{app}/users", SECRET, users.list_users),
    Route("POST", "/v1/{app}/users", SECRET, users.create),
    Route("POST", "/v1/{app}/users/invite", SECRET, users.invite),
    Route("GET", "/v1/{app}/users/{user}", SECRET, users.show),
    Route("PATCH", "/v1/{app}/users/{user}", SECRET, users.update),
    Route("PUT", "/v1/{app}/users/{user}", SECRET, users.overwrite),
    Route("PATCH", "/v1/{app}/users/{user}/meta", SECRET, users.update),
    Route("DELETE", "/v1/{app}/users/{user}", SECRET, users.delete),
    Route("POST", "/v1/{app}/users/{user}/activate", SECRET, users.activate),
    Route("POST", "/v1/{app}/users/{user}/deactivate", SECRET, users.deactivate),
    Route("POST", "/v1/apps/{app}/users/{user}/impersonate", SECRET, impersonation.start),
    Route("DELETE", "/v1/apps/{app}/users/{user}/impersonate", SECRET, impersonation.end),
    Route("GET", "/v1/apps/{app}/users/{user}/impersonations", SECRET, impersonation.list_running),
    Route("GET", "/v1/{app}/users/{user}/sessions", SECRET, users.list_sessions),
    Route("GET", "/v1/apps/{app}/users/{user}/sessions", SECRET, users.list_sessions),
    Route("DELETE", "/v1/{app}/users/{user}/sessions/{session}", SECRET, users.revoke_session),
    Route("DELETE", "/v1/apps/{app}/users/{user}/sessions/{session}", SECRET, users.revoke_session),
)
