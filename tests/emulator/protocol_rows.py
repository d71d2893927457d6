"""The protocol's table: each call with its credentials, and the keys of its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.emulator.protocol_world import POLICY, STEP_UP, V, World, Z

SESSION = {"access", "access_expires_at", "csrf", "key_id", "user_id"}
WITH_REFRESH = SESSION | {"refresh", "refresh_expires_at"}
LINK = {"magic_link"}
USER = {"user"}
PAGE = {"users", "total_pages", "current_page", "next_page", "prev_page", "per_page"}
EVENTS = (PAGE - {"users"}) | {"count", "events"}
PEM = {"public_key", "key_id", "algorithm", "workspace_id", "generated_at"}
OK = {"message"}
M2M = {"access", "access_expires_at", "refresh", "refresh_expires_at", "csrf", "key_id"}
NEW_M2M = M2M | {"short_token", "client_name"}
VERIFIED = {"message", "verified"}
APP = {
    "id", "name", "created_at", "updated_at", "origin", "callback_url", "login_url", "base_url",
    "logo", "logo_dark", "public_key", "profile_management", "public_signup", "access_expiration",
    "refresh_expiration", "refresh_payload", "auto_refresh", "magic_link_expiration",
    "session_timeout", "scute_branding", "allowed_identifiers", "required_identifiers",
    "email_auth_type", "default_language", "user_meta_data_schema", "oauth_providers",
    "passkeys_enabled", "mfa_policy", "mfa_methods_allowed", "mfa_reverify_minutes",
}  # fmt: skip
DECISION = {"decision", "allowed", "reason", "permission", "roles", "explanation"}
GRANTED = {"user_id", "roles", "permissions", "step_up", "approval", "conditional"}
WHO_MAY = {"permission", "everyone", "total", "users"}
ASKED = {"id", "kind", "user_id", "status", "role", "created_at", "expires_at"}
DECIDED = ASKED | {"decided_at", "decided_by"}
READ = {"action": "read", "resource": "invoice:7"}
FIELD = {
    "id", "name", "field_name", "field_type", "position", "required", "visible_profile",
    "visible_registration", "as_verification_identifier",
}  # fmt: skip
CHILD = {"id", "name", "slug", "app_id", "api_key_id", "created_at"}
NEW = {"identifier": "new@example.com"}
OPTIONS = {"user_verification", "options"}
DISCOVERY = {"workspace_id", "saml_login_url", "enforce_sso"}
TOTP = {"enrollment", "provisioning_uri", "secret"}
WITH_ADVICE = WITH_REFRESH | {"mfa_enrollment_suggested", "available_methods"}
ANN = "/v1/apps/app_demo/users/{user}"
RUNNING = {"access", "access_expires_at", "session_id", "user_id", "impersonation"}


@dataclass(frozen=True)
class Row:
    """`make` makes the body of the world, and `before` changes it."""

    method: str
    path: str
    credentials: str
    keys: set[str]
    body: dict[str, Any] | None = None
    query: dict[str, str] | None = None
    status: int = 200
    make: Callable[[World], dict[str, Any]] | None = None
    before: Callable[[World], None] | None = None


HOOK = {"webhook": {"url": "https://localhost:8000/auth/webhook", "retry_limit": 0}}
ENDPOINT = {"webhook_endpoint"}
H = "/v1/apps/app_demo/webhooks"


ROWS = [
    Row("GET", "A/.well-known/jwks.json", "", {"keys"}),
    Row("GET", "A/jwks", "", {"keys"}),
    Row("GET", "A/public_key", "", PEM),
    Row("POST", "A/magic_links/login", "", LINK, NEW),
    Row("POST", "A/magic_links/register", "", LINK, NEW),
    Row("POST", "A/magic_links/status", "", OK, {"id": "{link}"}),
    Row("PATCH", "A/magic_links/authenticate", "", WITH_ADVICE, {"token": "{token}"}),
    Row("POST", "A/magic_links/confirm_invite", "", WITH_ADVICE, {"token": "{token}"}),
    Row("GET", "A/oauth/authorize", "", set(), query={"provider": "google"}, status=302),
    Row("GET", "A/oauth/callback", "", set(), query={"state": "x", "code": "y"}, status=302),
    Row("GET", "/v1/auth/saml/discover", "", DISCOVERY, query={"email": "ada@example.com"}),
    Row("GET", "A/saml/login", "", set(), status=302),
    Row("POST", "A/otps/login", "", {"otp", "user_id"}, NEW),
    Row("POST", "A/otps/verify", "", WITH_ADVICE, make=World.otp),
    Row(
        "POST", "A/challenges", "K", {"challenge"}, STEP_UP | {"app_user_id": "{user}"}, status=201
    ),
    Row("GET", "A/challenges/{challenge}", "", {"challenge"}),
    Row("DELETE", "A/challenges/{challenge}", "", OK),
    Row("POST", "A/challenges/{challenge}/verify", "", {"status", "challenge"}, {"code": "{code}"}),
    Row("POST", "A/challenges/{challenge}/resend", "", {"challenge"}),
    Row("POST", "A/challenges/{challenge}/deny", "", {"challenge"}),
    Row("POST", "A/challenges/{challenge}/session", "", WITH_ADVICE, {}, before=World.with_push),
    Row("GET", "A/mfa/methods", "U", {"methods", "backup_codes_available", "mfa_enabled"}),
    Row("GET", "A/mfa/status", "U", {"mfa_enabled"}),
    Row("POST", "A/mfa/enroll", "U", TOTP, {"method": "totp", "name": "Phone"}),
    Row("POST", "A/mfa/enroll/verify", "U", {"enrollment"}, make=World.enrolment),
    Row("PATCH", "A/mfa/methods/{method}/default", "U", {"method"}, before=World.with_mfa),
    Row("DELETE", "A/mfa/methods/{method}", "U", set(), status=204),
    Row("POST", "A/mfa/backup-codes", "U", {"backup_codes"}, {}, before=World.with_mfa),
    Row("POST", "A/webauthn/login/initialize", "", OPTIONS, {"identifier": "ada@example.com"}),
    Row("POST", "A/webauthn/login/finalize", "", WITH_ADVICE, make=World.assertion),
    Row("POST", "A/devices/register", "U", OPTIONS),
    Row(
        "POST", "A/devices/finalize", "U", {"id", "nickname", "user_agent"}, make=World.new_passkey
    ),
    Row("DELETE", "A/devices/{device}", "U", OK),
    Row("POST", "A/tokens/refresh", "R", SESSION),
    Row("POST", "A/tokens/rotate_access", "KU", WITH_REFRESH),
    Row("POST", "A/tokens/force_refresh", "KR", WITH_REFRESH),
    Row("POST", "A/tokens/verify/access", "U", VERIFIED),
    Row("POST", "A/tokens/access/verify", "U", VERIFIED),
    Row("POST", "A/tokens/verify/refresh", "R", VERIFIED),
    Row("POST", "A/tokens/refresh/verify", "R", VERIFIED),
    Row("GET", "A/current_user", "U", USER),
    Row("PATCH", "A/current_user/meta", "U", USER, {"user_meta": {"first_name": "Ada"}}),
    Row("DELETE", "A/current_user", "U", OK),
    Row("POST", "A/current_user/logout", "U", OK),
    Row("GET", "A/current_user/alternate_phones", "U", {"alternate_phones"}),
    Row(
        "POST",
        "A/current_user/alternate_phones",
        "U",
        {"challenge_token", "challenge"},
        {"phone": "+15550101"},
    ),
    Row(
        "POST",
        "A/current_user/alternate_phones/verify",
        "U",
        {"alternate_phones"},
        make=World.phone_code,
    ),
    Row(
        "DELETE",
        "A/current_user/alternate_phones/{phone}",
        "U",
        set(),
        status=204,
        before=World.with_phone,
    ),
    Row("GET", "/v1/apps/app_demo/notifications", "U", {"notifications", "meta"}),
    Row("GET", "A/sessions", "U", set()),
    Row("DELETE", "A/sessions/{session}", "U", VERIFIED),
    Row("GET", "A/users", "", USER, query={"identifier": "ada@example.com"}),
    Row("GET", "A/users/metafields", "", {"meta"}, query={"user_id": "{user}"}),
    Row("POST", "A/errors", "", OK, {"payload": {"label": "http"}}),
    Row("POST", "A/users", "K", USER, NEW),
    Row("GET", "/v1/apps", "K", {"apps"}),
    Row("POST", "/v1/apps", "W", {"app"}, {"name": "Other", "origin": "https://x.y"}, status=201),
    Row("GET", "/v1/apps/app_demo", "", APP),
    Row("PATCH", "/v1/apps/app_demo", "K", {"app"}, {"app": {"name": "Renamed"}}),
    Row("DELETE", "/v1/apps/app_demo", "K", OK),
    Row("POST", "/v1/apps/app_demo/m2m/token", "K", NEW_M2M, {"client_name": "billing"}),
    Row("GET", "/v1/apps/app_demo/m2m/verify", "M", VERIFIED | {"session_id", "client_name"}),
    Row("POST", "/v1/apps/app_demo/m2m/refresh", "M", M2M),
    Row("GET", "/v1/apps/app_demo/m2m/sessions", "K", {"sessions"}),
    Row("GET", H, "K", {"webhook_endpoints"}),
    Row("POST", H, "K", ENDPOINT, HOOK, status=201),
    Row("GET", H + "/{webhook}", "K", ENDPOINT),
    Row("PATCH", H + "/{webhook}", "K", ENDPOINT, {"webhook": {"enabled": False}}),
    Row("DELETE", H + "/{webhook}", "K", OK),
    Row("POST", H + "/{webhook}/test", "K", OK),
    Row("GET", H + "/{webhook}/deliveries", "K", {"deliveries", "pagination"}),
    Row("POST", "/v1/apps/app_demo/api_keys", "K", {"api_key"}, {"nickname": "CI"}),
    Row("POST", "/v1/apps/app_demo/user_meta_fields", "K", FIELD, {"name": "Team"}),
    Row("POST", "/v1/workspaces/{workspace}/sessions", "WU", WITH_REFRESH, {"app_id": "app_demo"}),
    Row("GET", "/v1/workspaces/{workspace}/children", "W", {"children"}),
    Row(
        "POST",
        "/v1/workspaces/{workspace}/children",
        "W",
        CHILD | {"api_key_token", "branding_logo"},
        {"name": "Acme", "branding_logo": "/l.svg"},
        status=201,
    ),
    Row("GET", "/v1/workspaces/{workspace}/children/{child}", "W", CHILD),
    Row("GET", "/v1/apps/app_demo/events", "K", EVENTS),
    Row("GET", "/v1/app_demo/users", "K", PAGE),
    Row("POST", "/v1/app_demo/users", "K", USER, NEW),
    Row("POST", "/v1/app_demo/users/invite", "K", USER, NEW),
    Row("GET", "/v1/app_demo/users/{user}", "K", USER),
    Row("PATCH", "/v1/app_demo/users/{user}", "K", USER, {"user_meta": {}}),
    Row("PUT", "/v1/app_demo/users/{user}", "K", USER, {"user_meta": {}}),
    Row("PATCH", "/v1/app_demo/users/{user}/meta", "K", USER, {"user_meta": {}}),
    Row("DELETE", "/v1/app_demo/users/{user}", "K", OK),
    Row("POST", "/v1/app_demo/users/{user}/activate", "K", USER),
    Row("POST", "/v1/app_demo/users/{user}/deactivate", "K", USER),
    Row("GET", "/v1/app_demo/users/{user}/previous_accounts", "K", {"previous_accounts"}),
    Row(
        "POST",
        "/v1/app_demo/users/{user}/merge",
        "K",
        USER,
        {"from": "{former}"},
        before=World.with_former,
    ),
    Row("POST", ANN + "/impersonate", "K", RUNNING, {"reason": "Ticket 7"}, status=201),
    Row("DELETE", ANN + "/impersonate", "K", {"ended"}),
    Row("GET", ANN + "/impersonations", "K", {"impersonations"}),
    Row("POST", "A/authz/check", "K", DECISION, READ | {"user_id": "{user}"}),
    Row("POST", "A/authz/check-batch", "K", {"results"}, {"checks": []}),
    Row("GET", "A/authz/users/{user}/permissions", "K", GRANTED),
    Row("GET", "A/authz/authorized-users", "K", WHO_MAY, query={"action": "read"}),
    Row(
        "POST",
        "A/authz/filter",
        "K",
        {"permission", "filter"},
        {"user_id": "{user}", "action": "read", "resource_type": "invoice"},
    ),
    Row("POST", "A/authz/me/check", "U", DECISION, READ),
    Row("POST", "A/authz/me/check-batch", "U", {"results"}, {"checks": [READ]}),
    Row("GET", "A/authz/me/permissions", "U", GRANTED),
    Row("GET", Z + "/requests", "K", {"requests"}),
    Row("POST", Z + "/requests", "K", ASKED, {"user_id": "{user}", "role": "billing"}, status=201),
    Row("POST", Z + "/requests/{request}/approve", "K", DECIDED),
    Row("POST", Z + "/requests/{request}/deny", "K", DECIDED),
    Row("GET", Z + "/users/{user}/roles", "K", {"roles"}),
    Row(
        "POST",
        Z + "/users/{user}/roles",
        "K",
        {"role", "active", "granted_at"},
        {"role": "billing"},
        status=201,
    ),
    Row("DELETE", Z + "/users/{user}/roles/{role}", "K", set(), status=204),
    Row("GET", Z + "/roles", "K", {"roles"}),
    Row("GET", Z + "/resources", "K", {"resources"}),
    Row("GET", Z + "/policy", "K", {"roles"}),
    Row("GET", Z + "/policy/document", "K", {"roles"}),
    Row("GET", Z + "/snapshot", "K", {"version", "token", "expires_at", "jwks"}),
    Row("POST", Z + "/policy/import", "K", {"dry_run", "applied", "changes"}, {"document": POLICY}),
    Row(
        "POST",
        V + "/intent",
        "X",
        {"verification_id", "status", "message"},
        {"intent_name": "reset", "meta_data": {"contact_email": "ada@example.com"}},
    ),
    Row("GET", V, "U", {"verifications"}),
    Row("GET", V + "/app", "U", {"verifications"}),
    Row("GET", V + "/{verification}", "K", {"verification"}),
    Row("DELETE", V + "/{verification}", "U", OK),
    Row("POST", V + "/{verification}/verify", "K", {"verification"}, make=World.verification_code),
    Row("POST", V + "/{verification}/approve", "U", {"verification"}),
    Row("POST", V + "/{verification}/deny", "U", {"verification"}, {"reason": "no"}),
    Row("POST", V + "/{verification}/resend", "U", {"verification"}),
    Row("GET", "/v1/app_demo/users/{user}/sessions", "K", set()),
    Row("GET", "/v1/apps/app_demo/users/{user}/sessions", "K", set()),
    Row("DELETE", "/v1/app_demo/users/{user}/sessions/{session}", "K", OK),
    Row("DELETE", "/v1/apps/app_demo/users/{user}/sessions/{session}", "K", OK),
]
