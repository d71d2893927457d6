"""Roles and permissions: checks for anyone and about oneself, and what backends manage."""

from scute_emulator.api import access_requests, authz, roles
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
    Route("GET", M + "/requests", SECRET, access_requests.list_requests),
    Route("POST", M + "/requests", SECRET, access_requests.create_request),
    Route("POST", M + "/requests/{request}/approve", SECRET, access_requests.approve),
    Route("POST", M + "/requests/{request}/deny", SECRET, access_requests.deny),
    Route("GET", M + "/users/{user}/roles", SECRET, roles.list_user_roles),
    Route("POST", M + "/users/{user}/roles", SECRET, roles.grant_role),
    Route("DELETE", M + "/users/{user}/roles/{role}", SECRET, roles.revoke_role),
    Route("GET", M + "/roles", SECRET, roles.list_roles),
    Route("GET", M + "/resources", SECRET, roles.list_resources),
    Route("GET", M + "/policy", SECRET, roles.show_policy),
    Route("GET", M + "/policy/document", SECRET, roles.show_policy),
    Route("GET", M + "/snapshot", SECRET, roles.show_snapshot),
    Route("POST", M + "/policy/import", SECRET, roles.import_policy),
)
