"""Roles and permissions: Scute's newer authz, which its reference does not list yet."""

from scute_auth.api.row import Credential, Group

__all__ = [
    "AUTHZ_APPROVE_REQUEST",
    "AUTHZ_AUTHORIZED_USERS",
    "AUTHZ_CHECK",
    "AUTHZ_CHECK_BATCH",
    "AUTHZ_CREATE_REQUEST",
    "AUTHZ_DENY_REQUEST",
    "AUTHZ_FILTER",
    "AUTHZ_GIVE_ROLE",
    "AUTHZ_PERMISSIONS",
    "AUTHZ_POLICY",
    "AUTHZ_REQUESTS",
    "AUTHZ_RESOURCES",
    "AUTHZ_ROLES",
    "AUTHZ_ROLES_OF",
    "AUTHZ_SNAPSHOT",
    "AUTHZ_TAKE_ROLE",
]

_AUTH = "/v1/auth/{app_id}"
_APP = "/v1/apps/{app_id}"

_authz = Group("authz", f"{_AUTH}/authz")
AUTHZ_CHECK = _authz("check", "POST", "/check", "S", Credential.SECRET)
AUTHZ_CHECK_BATCH = _authz("check_batch", "POST", "/check-batch", "S", Credential.SECRET)
AUTHZ_PERMISSIONS = _authz(
    "permissions", "GET", "/users/{user}/permissions", "S", Credential.SECRET
)
AUTHZ_AUTHORIZED_USERS = _authz(
    "authorized_users", "GET", "/authorized-users", "S", Credential.SECRET
)
AUTHZ_MY_CHECK = _authz("my_check", "POST", "/me/check", "S", Credential.USER)
AUTHZ_MY_CHECK_BATCH = _authz("my_check_batch", "POST", "/me/check-batch", "S", Credential.USER)
AUTHZ_MY_PERMISSIONS = _authz("my_permissions", "GET", "/me/permissions", "S", Credential.USER)
AUTHZ_FILTER = _authz("filter", "POST", "/filter", "S", Credential.SECRET)

_authz_of_app = Group("authz", f"{_APP}/authz")
AUTHZ_REQUESTS = _authz_of_app("requests", "GET", "/requests", "S", Credential.SECRET)
AUTHZ_CREATE_REQUEST = _authz_of_app("create_request", "POST", "/requests", "S", Credential.SECRET)
AUTHZ_APPROVE_REQUEST = _authz_of_app(
    "approve_request", "POST", "/requests/{request}/approve", "S", Credential.SECRET
)
AUTHZ_DENY_REQUEST = _authz_of_app(
    "deny_request", "POST", "/requests/{request}/deny", "S", Credential.SECRET
)
AUTHZ_ROLES_OF = _authz_of_app("roles_of", "GET", "/users/{user}/roles", "S", Credential.SECRET)
AUTHZ_GIVE_ROLE = _authz_of_app("give_role", "POST", "/users/{user}/roles", "S", Credential.SECRET)
AUTHZ_TAKE_ROLE = _authz_of_app(
    "take_role", "DELETE", "/users/{user}/roles/{role}", "S", Credential.SECRET
)
AUTHZ_ROLES = _authz_of_app("roles", "GET", "/roles", "S", Credential.SECRET)
AUTHZ_RESOURCES = _authz_of_app("resources", "GET", "/resources", "S", Credential.SECRET)
AUTHZ_POLICY = _authz_of_app("policy", "GET", "/policy", "S", Credential.SECRET)
AUTHZ_POLICY_DOCUMENT = _authz_of_app(
    "policy_document", "GET", "/policy/document", "S", Credential.SECRET
)
AUTHZ_IMPORT_POLICY = _authz_of_app(
    "import_policy", "POST", "/policy/import", "S", Credential.SECRET
)
AUTHZ_SNAPSHOT = _authz_of_app("snapshot", "GET", "/snapshot", "S", Credential.SECRET)
