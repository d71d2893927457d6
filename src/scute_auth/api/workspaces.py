"""Workspaces: their apps, their members, their children, and sessions across their apps."""

from scute_auth.api.row import Credential, Group

__all__ = [
    "WORKSPACES_ADD_MEMBER",
    "WORKSPACES_APPS",
    "WORKSPACES_CHILDREN",
    "WORKSPACES_CREATE",
    "WORKSPACES_CREATE_CHILD",
    "WORKSPACES_CREATE_SESSION",
    "WORKSPACES_LIST",
    "WORKSPACES_MEMBERSHIPS",
    "WORKSPACES_REMOVE_MEMBER",
    "WORKSPACES_SHOW",
    "WORKSPACES_SHOW_CHILD",
    "WORKSPACES_UPDATE",
    "WORKSPACES_UPDATE_MEMBER",
]


_workspaces = Group("workspaces", "/v1/workspaces", "workspaces")
WORKSPACES_LIST = _workspaces("list", "GET", "", "I", Credential.USER, page="list-workspaces")
WORKSPACES_CREATE = _workspaces("create", "POST", "", "I", Credential.USER, page="create-workspace")
WORKSPACES_SHOW = _workspaces(
    "show", "GET", "/{workspace_id}", "I", Credential.USER, page="show-workspace"
)
WORKSPACES_UPDATE = _workspaces(
    "update", "PATCH", "/{workspace_id}", "I", Credential.USER, page="update-workspace"
)
WORKSPACES_CHILDREN = _workspaces(
    "children", "GET", "/{workspace_id}/children", "S", Credential.WORKSPACE
)
WORKSPACES_CREATE_CHILD = _workspaces(
    "create_child", "POST", "/{workspace_id}/children", "S", Credential.WORKSPACE
)
WORKSPACES_SHOW_CHILD = _workspaces(
    "show_child", "GET", "/{workspace_id}/children/{child}", "S", Credential.WORKSPACE
)

_workspace_apps = Group("workspaces", "/v1/workspaces/{workspace_id}", "workspace-apps")
WORKSPACES_APPS = _workspace_apps(
    "apps", "GET", "/apps", "I", Credential.EITHER, page="list-workspace-apps"
)

_workspace_sessions = Group("workspaces", "/v1/workspaces/{workspace_id}", "workspace-sessions")
WORKSPACES_CREATE_SESSION = _workspace_sessions(
    "create_session",
    "POST",
    "/sessions",
    "PT",
    Credential.WORKSPACE,
    Credential.USER,
    page="create-workspace-session",
)

_workspace_memberships = Group(
    "workspaces", "/v1/workspaces/{workspace_id}/memberships", "workspace-memberships"
)
WORKSPACES_MEMBERSHIPS = _workspace_memberships(
    "memberships", "GET", "", "I", Credential.USER, page="list-workspace-memberships"
)
WORKSPACES_ADD_MEMBER = _workspace_memberships(
    "add_member", "POST", "", "I", Credential.USER, page="create-workspace-membership"
)
WORKSPACES_UPDATE_MEMBER = _workspace_memberships(
    "update_member",
    "PATCH",
    "/{membership}",
    "I",
    Credential.USER,
    page="update-workspace-membership",
)
WORKSPACES_REMOVE_MEMBER = _workspace_memberships(
    "remove_member",
    "DELETE",
    "/{membership}",
    "I",
    Credential.USER,
    page="delete-workspace-membership",
)
