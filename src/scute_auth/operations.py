"""What the core asks of Scute's API: rows of its table, each with how the answer is read."""

from scute_auth.answers import (
    challenge,
    link_status,
    machine,
    machine_token,
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
from scute_auth.api import apps, permissions, sessions, signing_in, users, workspaces
from scute_auth.authz import decision, decisions
from scute_auth.calls import Operation, call
from scute_auth.config import ScuteConfig
from scute_auth.enrolments import backup_codes, enrolment
from scute_auth.passkeys import ceremony
from scute_auth.public_app import app_settings

__all__ = [
    "APP",
    "AUTHENTICATE",
    "AUTHZ_CHECK",
    "AUTHZ_CHECK_BATCH",
    "CHALLENGE",
    "CHALLENGE_CREATE",
    "CHALLENGE_RESEND",
    "CHALLENGE_VERIFY",
    "CONFIRM_INVITE",
    "CURRENT_USER",
    "JWKS",
    "JWKS_DOCUMENTED",
    "M2M_CREATE_TOKEN",
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
    "WORKSPACE_SESSION",
    "oauth_authorize_url",
]

JWKS = Operation(sessions.KEYS_JWKS, whole_object)
JWKS_DOCUMENTED = Operation(sessions.KEYS_JWKS_DOCUMENTED, whole_object)
APP = Operation(apps.APPS_SHOW, app_settings)
REFRESH = Operation(sessions.TOKENS_REFRESH, tokens)
ROTATE_ACCESS = Operation(sessions.TOKENS_ROTATE_ACCESS, tokens)
CURRENT_USER = Operation(sessions.SESSIONS_CURRENT_USER, profile)
WORKSPACE_SESSION = Operation(workspaces.WORKSPACES_CREATE_SESSION, signed_in)
SIGN_OUT = Operation(sessions.SESSIONS_SIGN_OUT, nothing)
OWN_SESSIONS = Operation(sessions.SESSIONS_LIST, user_sessions)
REVOKE_SESSION = Operation(sessions.SESSIONS_REVOKE, nothing)
REVOKE_SESSION_OF = Operation(users.USERS_REVOKE_SESSION, nothing)

MAGIC_LINK_LOGIN = Operation(signing_in.MAGIC_LINKS_SEND_LOGIN, magic_link_id)
MAGIC_LINK_REGISTER = Operation(signing_in.MAGIC_LINKS_SEND_REGISTRATION, magic_link_id)
MAGIC_LINK_STATUS = Operation(signing_in.MAGIC_LINKS_STATUS, link_status)
AUTHENTICATE = Operation(signing_in.MAGIC_LINKS_AUTHENTICATE, signed_in)
CONFIRM_INVITE = Operation(signing_in.MAGIC_LINKS_CONFIRM_INVITATION, signed_in)
OTP_SEND = Operation(signing_in.OTP_SEND, otp_challenge)
OTP_VERIFY = Operation(signing_in.OTP_VERIFY, signed_in)
META_LACKING = Operation(users.USERS_LACK_META, meta_lacking)

CHALLENGE_CREATE = Operation(signing_in.CHALLENGES_CREATE, challenge)
STEP_UP = Operation(CHALLENGE_CREATE.row.with_secret(), challenge)
CHALLENGE = Operation(signing_in.CHALLENGES_SHOW, challenge)
CHALLENGE_VERIFY = Operation(signing_in.CHALLENGES_VERIFY, verified)
CHALLENGE_RESEND = Operation(signing_in.CHALLENGES_RESEND, challenge)

MFA_METHODS = Operation(signing_in.MFA_METHODS, methods)
MFA_ENROL = Operation(signing_in.MFA_ENROL, enrolment)
MFA_ENROL_VERIFY = Operation(signing_in.MFA_VERIFY_ENROLMENT, nothing)
MFA_DEFAULT = Operation(signing_in.MFA_SET_DEFAULT, nothing)
MFA_REMOVE = Operation(signing_in.MFA_REMOVE, nothing)
MFA_BACKUP_CODES = Operation(signing_in.MFA_NEW_BACKUP_CODES, backup_codes)

PASSKEY_SIGN_IN_OPTIONS = Operation(signing_in.WEBAUTHN_START_LOGIN, ceremony)
PASSKEY_SIGN_IN = Operation(signing_in.WEBAUTHN_FINISH_LOGIN, signed_in)
PASSKEY_ADD_OPTIONS = Operation(signing_in.WEBAUTHN_START_DEVICE, ceremony)
PASSKEY_ADD = Operation(signing_in.WEBAUTHN_FINISH_DEVICE, nothing)
PASSKEY_REMOVE = Operation(signing_in.WEBAUTHN_REVOKE_DEVICE, nothing)

M2M_CREATE_TOKEN = Operation(apps.M2M_CREATE_TOKEN, machine_token)
M2M_VERIFY = Operation(apps.M2M_VERIFY, machine)
AUTHZ_CHECK = Operation(permissions.AUTHZ_CHECK, decision)
AUTHZ_CHECK_BATCH = Operation(permissions.AUTHZ_CHECK_BATCH, decisions)


def oauth_authorize_url(config: ScuteConfig, provider: str) -> str:
    """Where the browser goes to sign in with a provider: the only parameter is the provider."""
    return call(config, signing_in.OAUTH_AUTHORIZE, query={"provider": provider}).url
