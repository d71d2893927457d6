"""Roles and permissions: checks for anyone and about oneself, and what backends manage."""

from scute_emulator.api import access, authz
from scute_emulator.api.route import SECRET, USER, A, Route

__all__ = ["ROUTES"]

M = "/v1/apps/{app}/authz"

ROUTES = (
    Route("POST", A + "/authz/check", SECRET, authz.check),
    Route("POST", A + "/authz/check-batch", SECRET, authz.check_batch),
    Route("GET", A + "/authz/users/{user}/permissions", SECRET, authz.user_permissions),
    Route("GET", A + "/authz/authorized-users", SECRET, authz.authorized_users),
    Route("POST", A + "/authz/filter", SECRET, authz.filter_rows),
    Route("POST", A + "/authz/me/check", USER, authz.my_check),
    Route("POST", A + "/authz/me/check-batch", USER, authz.my_check_batch),
    Route("GET", A + "/authz/me/permissions", USER, authz.my_permissions),
    Route("GET", M + "/requests", SECRET, access.list_requests),
    Route("POST", M + "/requests", SECRET, access.create_request),
    Route("POST", M + "/requests/{request}/approve", SECRET, access.approve),
    Route("POST", M + "/requests/{request}/deny", SECRET, access.deny),
    Route("GET", M + "/users/{user}/roles", SECRET, access.list_user_roles),
    Route("POST", M + "/users/{user}/roles", SECRET, access.grant_role),
    Route("DELETE", M + "/users/{user}/roles/{role}", SECRET, access.revoke_role),
    Route("GET", M + "/roles", SECRET, access.list_roles),
    Route("GET", M + "/resources", SECRET, access.list_resources),
    Route("GET", M + "/policy", SECRET, access.show_policy),
    Route("GET", M + "/policy/document", SECRET, access.show_policy),
    Route("GET", M + "/snapshot", SECRET, access.show_snapshot),
    Route("POST", M + "/policy/import", SECRET, access.import_policy),
)
