"""The ways to sign in and to prove who it is: below `/v1/auth/{app_id}`, mostly without a
credential.
"""

from scute_auth.api.row import Credential, Group

__all__ = [
    "CHALLENGES_CANCEL",
    "CHALLENGES_CREATE",
    "CHALLENGES_DENY",
    "CHALLENGES_RESEND",
    "CHALLENGES_SESSION",
    "CHALLENGES_SHOW",
    "CHALLENGES_VERIFY",
    "ERRORS_REPORT",
    "MAGIC_LINKS_AUTHENTICATE",
    "MAGIC_LINKS_CONFIRM_INVITATION",
    "MAGIC_LINKS_SEND_LOGIN",
    "MAGIC_LINKS_SEND_REGISTRATION",
    "MAGIC_LINKS_STATUS",
    "MFA_ENROL",
    "MFA_METHODS",
    "MFA_NEW_BACKUP_CODES",
    "MFA_REMOVE",
    "MFA_SET_DEFAULT",
    "MFA_STATUS",
    "MFA_VERIFY_ENROLMENT",
    "OAUTH_AUTHORIZE",
    "OAUTH_CALLBACK",
    "OAUTH_DISCOVER",
    "OAUTH_SAML_LOGIN",
    "OTP_SEND",
    "OTP_VERIFY",
    "WEBAUTHN_FINISH_DEVICE",
    "WEBAUTHN_FINISH_LOGIN",
    "WEBAUTHN_FINISH_REGISTRATION",
    "WEBAUTHN_REVOKE_DEVICE",
    "WEBAUTHN_START_DEVICE",
    "WEBAUTHN_START_LOGIN",
    "WEBAUTHN_START_REGISTRATION",
]

_AUTH = "/v1/auth/{app_id}"

_magic_links = Group("magic_links", f"{_AUTH}/magic_links", "magic-links")
MAGIC_LINKS_SEND_LOGIN = _magic_links(
    "send_login", "POST", "/login", "PS", page="send-login-magic-link"
)
MAGIC_LINKS_SEND_REGISTRATION = _magic_links(
    "send_registration", "POST", "/register", "PS", page="send-registration-magic-link"
)
MAGIC_LINKS_STATUS = _magic_links("status", "POST", "/status", "PS", page="check-magic-link-status")
MAGIC_LINKS_AUTHENTICATE = _magic_links(
    "authenticate", "PATCH", "/authenticate", "S", page="authenticate-with-magic-link"
)
MAGIC_LINKS_CONFIRM_INVITATION = _magic_links(
    "confirm_invitation", "POST", "/confirm_invite", "PS", page="confirm-workspace-invitation"
)

_otp = Group("otp", f"{_AUTH}/otps", "otp")
OTP_SEND = _otp("send", "POST", "/login", "PS", page="send-otp-code")
OTP_VERIFY = _otp("verify", "POST", "/verify", "PS", page="verify-otp-code")

_oauth = Group("oauth", _AUTH, "oauth")
OAUTH_AUTHORIZE = _oauth(
    "authorize", "GET", "/oauth/authorize", "S", page="initiate-oauth-authorization"
)
OAUTH_CALLBACK = _oauth(
    "callback", "GET", "/oauth/callback", "P", page="oauth-callback-handler", is_once=True
)
OAUTH_DISCOVER = Group("oauth", "/v1/auth/saml")("discover", "GET", "/discover", "S")
OAUTH_SAML_LOGIN = _oauth("saml_login", "GET", "/saml/login", "S")

_webauthn = Group("webauthn", _AUTH, "webauthn")
WEBAUTHN_START_REGISTRATION = _webauthn(
    "start_registration",
    "POST",
    "/webauthn/register/initialize",
    "I",
    page="initialize-webauthn-registration",
)
WEBAUTHN_FINISH_REGISTRATION = _webauthn(
    "finish_registration",
    "POST",
    "/webauthn/register/finalize",
    "I",
    page="finalize-webauthn-registration",
)
WEBAUTHN_START_LOGIN = _webauthn(
    "start_login", "POST", "/webauthn/login/initialize", "PS", page="initialize-webauthn-login"
)
WEBAUTHN_FINISH_LOGIN = _webauthn(
    "finish_login", "POST", "/webauthn/login/finalize", "S", page="finalize-webauthn-login"
)
WEBAUTHN_START_DEVICE = _webauthn(
    "start_device",
    "POST",
    "/devices/register",
    "PS",
    Credential.USER,
    page="register-new-webauthn-device",
)
WEBAUTHN_FINISH_DEVICE = _webauthn(
    "finish_device",
    "POST",
    "/devices/finalize",
    "PS",
    Credential.USER,
    page="finalize-webauthn-device-registration",
)
WEBAUTHN_REVOKE_DEVICE = _webauthn(
    "revoke_device",
    "DELETE",
    "/devices/{passkey}",
    "S",
    Credential.USER,
    page="revoke-webauthn-device",
)

_challenges = Group("challenges", f"{_AUTH}/challenges", "challenges")
CHALLENGES_CREATE = _challenges("create", "POST", "", "PS", page="create-a-challenge")
CHALLENGES_SHOW = _challenges("show", "GET", "/{challenge}", "PS", page="get-challenge-status")
CHALLENGES_VERIFY = _challenges(
    "verify", "POST", "/{challenge}/verify", "PS", page="verify-a-challenge"
)
CHALLENGES_RESEND = _challenges(
    "resend", "POST", "/{challenge}/resend", "PS", page="resend-challenge"
)
CHALLENGES_DENY = _challenges("deny", "POST", "/{challenge}/deny", "P", page="deny-a-challenge")
CHALLENGES_CANCEL = _challenges("cancel", "DELETE", "/{challenge}", "S", page="cancel-a-challenge")
CHALLENGES_SESSION = _challenges("session", "POST", "/{challenge}/session", "S")

_mfa = Group("mfa", f"{_AUTH}/mfa")
MFA_METHODS = _mfa("methods", "GET", "/methods", "S", Credential.USER)
MFA_STATUS = _mfa("status", "GET", "/status", "S")
MFA_ENROL = _mfa("enrol", "POST", "/enroll", "S", Credential.USER)
MFA_VERIFY_ENROLMENT = _mfa("verify_enrolment", "POST", "/enroll/verify", "S", Credential.USER)
MFA_SET_DEFAULT = _mfa("set_default", "PATCH", "/methods/{method}/default", "S", Credential.USER)
MFA_REMOVE = _mfa("remove", "DELETE", "/methods/{method}", "S", Credential.USER)
MFA_NEW_BACKUP_CODES = _mfa("new_backup_codes", "POST", "/backup-codes", "S", Credential.USER)

ERRORS_REPORT = Group("errors", f"{_AUTH}/errors")("report", "POST", "", "S")
