"""What backends call: apps, users and workspaces, with a secret."""

from scute_emulator.api import (
    accounts,
    api_keys,
    apps,
    children,
    events,
    impersonation,
    meta_fields,
    users,
    workspaces,
)
from scute_emulator.api.route import NONE, SECRET, WORKSPACE, A, Route

__all__ = ["ROUTES"]

ROUTES = (
    Route("POST", A + "/users", SECRET, users.create),
    Route("GET", "/v1/apps", SECRET, apps.list_apps),
    Route("POST", "/v1/apps", SECRET, apps.create_app),
    Route("GET", "/v1/apps/{app}", NONE, apps.show_app),
    Route("PATCH", "/v1/apps/{app}", SECRET, apps.update_app),
    Route("DELETE", "/v1/apps/{app}", SECRET, apps.delete_app),
    Route("POST", "/v1/apps/{app}/api_keys", SECRET, api_keys.create),
    Route("POST", "/v1/apps/{app}/user_meta_fields", SECRET, meta_fields.create),
    Route("GET", "/v1/apps/{app}/events", SECRET, events.list_events),
    Route("POST", "/v1/workspaces/{workspace}/sessions", WORKSPACE, workspaces.create_session),
    Route("GET", "/v1/workspaces/{workspace}/children", WORKSPACE, children.list_children),
    Route("POST", "/v1/workspaces/{workspace}/children", WORKSPACE, children.create),
    Route("GET", "/v1/workspaces/{workspace}/children/{child}", WORKSPACE, children.show),
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
    Route("GET", "/v1/{app}/users/{user}/previous_accounts", SECRET, accounts.previous_accounts),
    Route("POST", "/v1/{app}/users/{user}/merge", SECRET, accounts.merge),
    Route("POST", "/v1/apps/{app}/users/{user}/impersonate", SECRET, impersonation.start),
    Route("DELETE", "/v1/apps/{app}/users/{user}/impersonate", SECRET, impersonation.end),
    Route("GET", "/v1/apps/{app}/users/{user}/impersonations", SECRET, impersonation.list_running),
    Route("GET", "/v1/{app}/users/{user}/sessions", SECRET, users.list_sessions),
    Route("GET", "/v1/apps/{app}/users/{user}/sessions", SECRET, users.list_sessions),
    Route("DELETE", "/v1/{app}/users/{user}/sessions/{session}", SECRET, users.revoke_session),
    Route("DELETE", "/v1/apps/{app}/users/{user}/sessions/{session}", SECRET, users.revoke_session),
)
