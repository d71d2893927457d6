"""Workspaces, their members and their children."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, hidden, inside, mapping

__all__ = ["ChildWorkspace", "Membership", "Workspace", "child", "membership", "workspace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace(Model):
    """A workspace; `membership` is what the asking user is in it."""

    id: str
    slug: str | None = None
    name: str | None = None
    personal: bool = False
    is_pro: bool = False
    public_signup: bool = False
    user_info_requirement: str | None = None
    logo_url: str | None = None
    membership: Mapping[str, Any] = mapping()
    settings: Mapping[str, Any] = mapping()
    created_at: float | None = None
    updated_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Model):
    """`role`: owner, admin or member."""

    id: str
    role: str | None = None
    user_id: str | None = None
    email: str | None = None
    name: str | None = None
    status: str | None = None
    created_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildWorkspace(Model):
    """A workspace below another. `api_key_token` is its secret: Scute tells it once, and it is
    shown nowhere."""

    id: str
    name: str | None = None
    slug: str | None = None
    app_id: str | None = None
    api_key_id: str | None = None
    api_key_token: str | None = hidden(None)
    created_at: float | None = None
    updated_at: float | None = None


child = inside("workspace", ChildWorkspace)
membership = inside("membership", Membership)
workspace = inside("workspace", Workspace)
