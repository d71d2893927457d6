"""Each call of Scute's API as data: every path stands here, and nowhere else.

Paths and bodies: docs.scute.io/api-reference, and Scute's own SDKs where those pages disagree.
"""

from urllib.parse import urlencode

from scute_auth.answers import (
    challenge,
    link_status,
    machine,
    magic_link_id,
    meta_lacking,
    methods,
    nothing,
    otp_challenge,
    profile,
    signed_in,
    tokens,
    user_sessions,
    verified,
    whole_object,
)
from scute_auth.calls import Operation, path_segment
from scute_auth.config import ScuteConfig
from scute_auth.enrolments import backup_codes, enrolment
from scute_auth.passkeys import ceremony
from scute_auth.public_app import app_settings

__all__ = [
    "APP",
    "AUTHENTICATE",
    "CHALLENGE",
    "CHALLENGE_CREATE",
    "CHALLENGE_RESEND",
    "CHALLENGE_VERIFY",
    "CONFIRM_INVITE",
    "CURRENT_USER",
    "JWKS",
    "JWKS_OLD",
    "M2M_VERIFY",
    "MAGIC_LINK_LOGIN",
    "MAGIC_LINK_REGISTER",
    "MAGIC_LINK_STATUS",
    "META_LACKING",
    "MFA_BACKUP_CODES",
    "MFA_DEFAULT",
    "MFA_ENROL",
    "MFA_ENROL_VERIFY",
    "MFA_METHODS",
    "MFA_REMOVE",
    "MFA_REMOVE_PROVED",
    "OTP_SEND",
    "OTP_VERIFY",
    "OWN_SESSIONS",
    "PASSKEY_ADD",
    "PASSKEY_ADD_OPTIONS",
    "PASSKEY_REMOVE",
    "PASSKEY_SIGN_IN",
    "PASSKEY_SIGN_IN_OPTIONS",
    "REFRESH",
    "REVOKE_SESSION",
    "REVOKE_SESSION_OF",
    "ROTATE_ACCESS",
    "SIGN_OUT",
    "STEP_UP",
    "oauth_authorize_url",
]

_AUTH = "/v1/auth/{app_id}"

JWKS = Operation("jwks.json", "GET", f"{_AUTH}/.well-known/jwks.json", whole_object)
JWKS_OLD = Operation("jwks", "GET", f"{_AUTH}/jwks", whole_object)
APP = Operation("show app", "GET", "/v1/apps/{app_id}", app_settings)
REFRESH = Operation("refresh", "POST", f"{_AUTH}/tokens/refresh", tokens, "refresh")
ROTATE_ACCESS = Operation(
    "exchange an access token", "POST", f"{_AUTH}/tokens/rotate_access", tokens, "user and secret"
)
CURRENT_USER = Operation("current user", "GET", f"{_AUTH}/current_user", profile, "user")
SIGN_OUT = Operation("sign out", "DELETE", f"{_AUTH}/current_user", nothing, "user")
MAGIC_LINK_LOGIN = Operation("send magic link", "POST", f"{_AUTH}/magic_links/login", magic_link_id)
MAGIC_LINK_REGISTER = Operation(
    "send registration link", "POST", f"{_AUTH}/magic_links/register", magic_link_id
)
MAGIC_LINK_STATUS = Operation(
    "magic link status", "POST", f"{_AUTH}/magic_links/status", link_status
)
OTP_SEND = Operation("send code", "POST", f"{_AUTH}/otps/login", otp_challenge)
OTP_VERIFY = Operation("verify code", "POST", f"{_AUTH}/otps/verify", signed_in)
AUTHENTICATE = Operation("authenticate", "PATCH", f"{_AUTH}/magic_links/authenticate", signed_in)
CONFIRM_INVITE = Operation(
    "confirm invitation", "POST", f"{_AUTH}/magic_links/confirm_invite", signed_in
)
META_LACKING = Operation(
    "ask for missing fields", "GET", f"{_AUTH}/users/metafields?user_id={{user}}", meta_lacking
)

CHALLENGE_CREATE = Operation("create challenge", "POST", f"{_AUTH}/challenges", challenge)
CHALLENGE = Operation("show challenge", "GET", f"{_AUTH}/challenges/{{challenge}}", challenge)
CHALLENGE_VERIFY = Operation(
    "verify challenge", "POST", f"{_AUTH}/challenges/{{challenge}}/verify", verified
)
STEP_UP = Operation("create step-up", "POST", f"{_AUTH}/challenges", challenge, "secret")
MFA_METHODS = Operation("list second factors", "GET", f"{_AUTH}/mfa/methods", methods, "user")
MFA_ENROL = Operation("enrol a second factor", "POST", f"{_AUTH}/mfa/enroll", enrolment, "user")
MFA_ENROL_VERIFY = Operation(
    "verify an enrolment", "POST", f"{_AUTH}/mfa/enroll/verify", nothing, "user"
)
_MFA_METHOD = f"{_AUTH}/mfa/methods/{{method}}"
MFA_DEFAULT = Operation(
    "choose a second factor", "PATCH", f"{_MFA_METHOD}/default", nothing, "user"
)
MFA_REMOVE = Operation("remove a second factor", "DELETE", _MFA_METHOD, nothing, "user")
MFA_REMOVE_PROVED = Operation(
    MFA_REMOVE.name, "DELETE", f"{_MFA_METHOD}?challenge={{challenge}}", nothing, "user"
)
MFA_BACKUP_CODES = Operation(
    "make backup codes", "POST", f"{_AUTH}/mfa/backup-codes", backup_codes, "user"
)
OWN_SESSIONS = Operation("list sessions", "GET", f"{_AUTH}/sessions", user_sessions, "user")
REVOKE_SESSION = Operation(
    "revoke session", "DELETE", f"{_AUTH}/sessions/{{session}}", nothing, "user"
)
REVOKE_SESSION_OF = Operation(
    "revoke a user's session",
    "DELETE",
    "/v1/{app_id}/users/{user}/sessions/{session}",
    nothing,
    "secret",
)
CHALLENGE_RESEND = Operation(
    "resend challenge", "POST", f"{_AUTH}/challenges/{{challenge}}/resend", challenge
)

PASSKEY_SIGN_IN_OPTIONS = Operation(
    "ask for a passkey", "POST", f"{_AUTH}/webauthn/login/initialize", ceremony
)
PASSKEY_SIGN_IN = Operation(
    "sign in with a passkey", "POST", f"{_AUTH}/webauthn/login/finalize", signed_in
)
PASSKEY_ADD_OPTIONS = Operation(
    "ask for a new passkey", "POST", f"{_AUTH}/devices/register", ceremony, "user"
)
PASSKEY_ADD = Operation("add a passkey", "POST", f"{_AUTH}/devices/finalize", nothing, "user")
PASSKEY_REMOVE = Operation(
    "remove a passkey", "DELETE", f"{_AUTH}/devices/{{passkey}}", nothing, "user"
)

M2M_VERIFY = Operation(
    "verify a machine's token", "GET", "/v1/apps/{app_id}/m2m/verify", machine, "machine"
)


def oauth_authorize_url(config: ScuteConfig, provider: str) -> str:
    """Where the browser goes to sign in with a provider: the only parameter is the provider."""
    path = f"/v1/auth/{path_segment(config.app_id)}/oauth/authorize"
    return f"{config.base_url.rstrip('/')}{path}?{urlencode({'provider': provider})}"
