"""Roles, permissions and decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scute_auth.client.reading import Model, also, anything, hidden, mapping

__all__ = [
    "AccessRequest",
    "AuthorizedUser",
    "AuthorizedUsers",
    "Decision",
    "Filter",
    "Permissions",
    "PolicyImport",
    "ResourceKind",
    "Role",
    "RoleGrant",
    "Snapshot",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Model):
    """`decision`: allow, deny, allow_with_step_up or allow_with_approval. Only allow allows."""

    decision: str
    reason: str | None = None
    permission: str | None = None
    roles: tuple[str, ...] = ()
    explanation: str | None = None
    say: str | None = None
    step_up: Mapping[str, Any] = mapping()
    approval: Mapping[str, Any] = mapping()

    @property
    def is_allowed(self) -> bool:
        return self.decision == "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions(Model):
    """What a user's roles grant, of it what wants a step-up, and what an approval."""

    user_id: str | None = None
    roles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    step_up: tuple[str, ...] = ()
    approval: tuple[str, ...] = ()
    conditional: tuple[str, ...] = ()
    resource: str | None = None
    resource_roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizedUser(Model):
    id: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizedUsers(Model):
    """Who may; with `everyone` each user of the app may."""

    permission: str | None = None
    everyone: bool = False
    total: int | None = None
    users: tuple[AuthorizedUser, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Model):
    """Which rows of a kind a user may act on: `filter` is "all", "none", or Scute's conditions."""

    permission: str | None = None
    filter: str | Mapping[str, Any] | None = anything(None)
    step_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Model):
    slug: str
    name: str | None = None
    permissions: tuple[str, ...] = ()
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGrant(Model):
    """A role that a user has, everywhere or on one `resource`."""

    role: str
    resource: str | None = None
    active: bool = True
    granted_at: float | None = None
    expires_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest(Model):
    """Somebody asks for a role, or for the approval of one operation. `status`: pending, approved,
    denied or expired."""

    id: str
    kind: str | None = None
    user_id: str | None = None
    status: str | None = None
    role: str | None = None
    permission: str | None = None
    resource: str | None = None
    reason: str | None = None
    duration_seconds: int | None = None
    decided_by: str | None = None
    decision_note: str | None = None
    created_at: float | None = None
    expires_at: float | None = None
    decided_at: float | None = None
    used_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKind(Model):
    """A kind of thing, and what may be done with one."""

    slug: str = also("name")
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyImport(Model):
    """What an import of a policy changed, or would."""

    dry_run: bool = True
    applied: bool = False
    changes: tuple[Mapping[str, Any], ...] = anything(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Model):
    """The policy as a signed token, for decisions without a call."""

    token: str = hidden()
