"""Tokens, sessions and the signed-in user: below `/v1/auth/{app_id}`."""

from scute_auth.api.row import Credential, Group

__all__ = [
    "ALTERNATE_PHONES_ADD",
    "ALTERNATE_PHONES_LIST",
    "ALTERNATE_PHONES_REMOVE",
    "ALTERNATE_PHONES_VERIFY",
    "KEYS_JWKS",
    "KEYS_JWKS_DOCUMENTED",
    "KEYS_PUBLIC_KEY",
    "SESSIONS_CURRENT_USER",
    "SESSIONS_LIST",
    "SESSIONS_REVOKE",
    "SESSIONS_SIGN_OUT",
    "SESSIONS_UPDATE_META",
    "TOKENS_FORCE_REFRESH",
    "TOKENS_REFRESH",
    "TOKENS_ROTATE_ACCESS",
    "TOKENS_VERIFY_ACCESS",
    "TOKENS_VERIFY_REFRESH",
]

_AUTH = "/v1/auth/{app_id}"

_keys = Group("keys", _AUTH, "rsa-keys")
KEYS_JWKS = _keys("jwks", "GET", "/.well-known/jwks.json", "S")
KEYS_JWKS_DOCUMENTED = _keys(
    "jwks_documented", "GET", "/jwks", "P", page="get-jwks-json-web-key-set-for-jwt-verification"
)
KEYS_PUBLIC_KEY = _keys(
    "public_key", "GET", "/public_key", "P", page="get-rsa-public-key-for-jwt-verification"
)

_tokens = Group("tokens", f"{_AUTH}/tokens", "tokens")
TOKENS_REFRESH = _tokens(
    "refresh", "POST", "/refresh", "PS", Credential.REFRESH, page="refresh-access-token"
)
TOKENS_ROTATE_ACCESS = _tokens(
    "rotate_access", "POST", "/rotate_access", "S", Credential.SECRET, Credential.USER
)
TOKENS_FORCE_REFRESH = _tokens(
    "force_refresh", "POST", "/force_refresh", "S", Credential.SECRET, Credential.REFRESH
)
TOKENS_VERIFY_ACCESS = _tokens(
    "verify_access", "POST", "/verify/access", "P", Credential.USER, page="verify-access-token"
)
TOKENS_VERIFY_REFRESH = _tokens(
    "verify_refresh",
    "POST",
    "/verify/refresh",
    "I",
    Credential.REFRESH,
    page="verify-refresh-token",
)

_sessions = Group("sessions", _AUTH, "session-management")
SESSIONS_CURRENT_USER = _sessions(
    "current_user", "GET", "/current_user", "S", Credential.USER, page="get-current-user"
)
SESSIONS_UPDATE_META = _sessions(
    "update_meta",
    "PATCH",
    "/current_user/meta",
    "S",
    Credential.USER,
    page="update-current-user-metadata",
)
SESSIONS_SIGN_OUT = _sessions(
    "sign_out", "DELETE", "/current_user", "S", Credential.USER, page="sign-out-current-user"
)
SESSIONS_LIST = _sessions(
    "list", "GET", "/sessions", "S", Credential.USER, page="list-all-sessions"
)
SESSIONS_REVOKE = _sessions(
    "revoke", "DELETE", "/sessions/{session}", "PS", Credential.USER, page="revoke-session"
)

_alternate_phones = Group("alternate_phones", f"{_AUTH}/current_user/alternate_phones")
ALTERNATE_PHONES_LIST = _alternate_phones("list", "GET", "", "S", Credential.USER)
ALTERNATE_PHONES_ADD = _alternate_phones("add", "POST", "", "S", Credential.USER)
ALTERNATE_PHONES_VERIFY = _alternate_phones("verify", "POST", "/verify", "S", Credential.USER)
ALTERNATE_PHONES_REMOVE = _alternate_phones("remove", "DELETE", "/{phone}", "S", Credential.USER)
