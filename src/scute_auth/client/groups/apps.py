"""Apps. The one of the settings is meant where no other is named."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import apps as rows
from scute_auth.client.models.apps import App
from scute_auth.client.models.apps import app as _app
from scute_auth.client.reading import many, nothing
from scute_auth.client.request import Request, asked, given

__all__ = ["create", "delete", "list", "show", "update"]


def create(
    name: str,
    *,
    origin: str | None = None,
    callback_url: str | None = None,
    login_url: str | None = None,
    workspace_id: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Request[App]:
    """Create an app in the workspace of the secret; `settings` are any others of Scute's."""
    named = given(
        name=name,
        origin=origin,
        callback_url=callback_url,
        login_url=login_url,
        workspace_id=workspace_id,
    )
    return Request(rows.APPS_CREATE, _app, body={**(settings or {}), **named})


def list(*, workspace_id: str | None = None) -> Request[tuple[App, ...]]:
    """List the apps of a workspace; that of the secret unless another is named."""
    query = asked(workspace_id=workspace_id)
    return Request(rows.APPS_LIST, many("apps", App), query=query)


def show(*, app_id: str | None = None) -> Request[App]:
    """Show the public settings of an app."""
    return Request(rows.APPS_SHOW, _app, path=given(app_id=app_id))


def update(
    settings: Mapping[str, Any], *, app_id: str | None = None, token: str | None = None
) -> Request[App]:
    """Change settings of an app. One page wants a member's token beside the secret: `token`."""
    body = {"app": settings}
    return Request(rows.APPS_UPDATE, _app, path=given(app_id=app_id), body=body, token=token or "")


def delete(app_id: str) -> Request[None]:
    """Delete an app."""
    return Request(rows.APPS_DELETE, nothing, path={"app_id": app_id})
