"""Workspaces. The one of the settings is meant where no other is named.

A member acts with his own token; sessions across apps and children need the workspace's secret.
"""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import workspaces as rows
from scute_auth.client.models.apps import App
from scute_auth.client.models.sessions import ScuteSession, session
from scute_auth.client.models.workspaces import (
    ChildWorkspace,
    Membership,
    Workspace,
    child,
    membership,
    workspace,
)
from scute_auth.client.reading import many, nothing
from scute_auth.client.request import Request, given

__all__ = [
    "add_member",
    "apps",
    "children",
    "create",
    "create_child",
    "create_session",
    "list",
    "memberships",
    "remove_member",
    "show",
    "show_child",
    "update",
    "update_member",
]


def list(*, token: str) -> Request[tuple[Workspace, ...]]:
    """List the workspaces that the user is a member of."""
    return Request(rows.WORKSPACES_LIST, many("workspaces", Workspace), token=token)


def create(fields: Mapping[str, Any], *, token: str) -> Request[Workspace]:
    """Create a workspace; the user becomes its owner."""
    return Request(rows.WORKSPACES_CREATE, workspace, body=fields, token=token)


def show(*, token: str, workspace_id: str | None = None) -> Request[Workspace]:
    """Show a workspace by its id or slug."""
    path = given(workspace_id=workspace_id)
    return Request(rows.WORKSPACES_SHOW, workspace, path=path, token=token)


def update(
    fields: Mapping[str, Any], *, token: str, workspace_id: str | None = None
) -> Request[Workspace]:
    """Change a workspace."""
    path = given(workspace_id=workspace_id)
    return Request(rows.WORKSPACES_UPDATE, workspace, path=path, body=fields, token=token)


def apps(*, workspace_id: str | None = None, token: str | None = None) -> Request[tuple[App, ...]]:
    """List the apps of a workspace."""
    path = given(workspace_id=workspace_id)
    return Request(rows.WORKSPACES_APPS, many("apps", App), path=path, token=token or "")


def create_session(
    app_id: str, *, token: str, workspace_id: str | None = None
) -> Request[ScuteSession]:
    """Sign a user into another app of the workspace, by his token of this one."""
    path, body = given(workspace_id=workspace_id), {"app_id": app_id}
    return Request(rows.WORKSPACES_CREATE_SESSION, session, path=path, body=body, token=token)


def memberships(*, token: str, workspace_id: str | None = None) -> Request[tuple[Membership, ...]]:
    """List the members."""
    path, parse = given(workspace_id=workspace_id), many("memberships", Membership)
    return Request(rows.WORKSPACES_MEMBERSHIPS, parse, path=path, token=token)


def add_member(
    identifier: str, *, token: str, role: str | None = None, workspace_id: str | None = None
) -> Request[Membership]:
    """Invite a member; an administrator may."""
    path, body = given(workspace_id=workspace_id), given(identifier=identifier, role=role)
    return Request(rows.WORKSPACES_ADD_MEMBER, membership, path=path, body=body, token=token)


def update_member(
    membership_id: str, role: str, *, token: str, workspace_id: str | None = None
) -> Request[Membership]:
    """Give a member another role."""
    path = given(workspace_id=workspace_id, membership=membership_id)
    body = {"role": role}
    return Request(rows.WORKSPACES_UPDATE_MEMBER, membership, path=path, body=body, token=token)


def remove_member(
    membership_id: str, *, token: str, workspace_id: str | None = None
) -> Request[None]:
    """Remove a member."""
    path = given(workspace_id=workspace_id, membership=membership_id)
    return Request(rows.WORKSPACES_REMOVE_MEMBER, nothing, path=path, token=token)


def children(*, workspace_id: str | None = None) -> Request[tuple[ChildWorkspace, ...]]:
    """List the workspaces below this one."""
    parse = many("children", ChildWorkspace)
    return Request(rows.WORKSPACES_CHILDREN, parse, path=given(workspace_id=workspace_id))


def create_child(
    name: str,
    *,
    fields: Mapping[str, Any] | None = None,
    workspace_id: str | None = None,
) -> Request[ChildWorkspace]:
    """Create a workspace below this one. Its `api_key_token` is told this once.

    `fields` are Scute's: `branding_*`, `magic_link_expiry`, `countries`, `webhook_url`,
    `verification_*`.
    """
    path, body = given(workspace_id=workspace_id), {**(fields or {}), "name": name}
    return Request(rows.WORKSPACES_CREATE_CHILD, child, path=path, body=body)


def show_child(child_id: str, *, workspace_id: str | None = None) -> Request[ChildWorkspace]:
    """Show one of the workspaces below this one."""
    path = given(workspace_id=workspace_id, child=child_id)
    return Request(rows.WORKSPACES_SHOW_CHILD, child, path=path)
