"""Roles and permissions: who may do what, decided from values alone.

A policy is the document that Scute imports: `resources` with their actions, `permissions` with
what each asks for besides a role, `roles` with what each grants. A permission is called
`resource:action`. Conditions (`when`) are not emulated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast, get_type_hints

__all__ = ["Decision", "Permission", "Policy", "PolicyError", "Role", "decide", "read_policy"]

Verdict: TypeAlias = Literal["allow", "deny", "allow_with_step_up", "allow_with_approval"]


class PolicyError(ValueError):
    """A document that is no policy."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What a permission asks for besides a role that grants it."""

    enabled: bool = True
    requires_verification: bool = False
    verification_method: str = "any"
    requires_approval: bool = False
    blocked_while_impersonating: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """`default`: everyone holds it."""

    name: str
    permissions: tuple[str, ...]
    default: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """`document` is what it was read from."""

    document: Mapping[str, Any] = field(default_factory=lambda: {"scute_policy": 1})
    resources: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    permissions: Mapping[str, Permission] = field(default_factory=dict[str, Permission])
    roles: Mapping[str, Role] = field(default_factory=dict[str, Role])

    def held_by_all(self) -> frozenset[str]:
        return frozenset(slug for slug, role in self.roles.items() if role.default)

    def granting(self, permission: str, held: frozenset[str]) -> tuple[str, ...]:
        """Which of the roles grant it, in the alphabet's order."""
        known = sorted(held & set(self.roles))
        return tuple(slug for slug in known if permission in self.roles[slug].permissions)


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    reason: str
    roles: tuple[str, ...] = ()


def decide(
    policy: Policy,
    permission: str,
    held: frozenset[str],
    *,
    impersonated: bool,
    approved: bool,
    verified: bool,
) -> Decision:
    """May someone who holds these roles do this? An approval is asked for before a proof."""
    rules = policy.permissions.get(permission)
    if rules is None:
        return Decision("deny", "unknown_permission")
    if not rules.enabled:
        return Decision("deny", "permission_disabled")
    roles = policy.granting(permission, held)
    if not roles:
        return Decision("deny", "no_role_grants_permission")
    if impersonated and rules.blocked_while_impersonating:
        return Decision("deny", "impersonating", roles)
    if rules.requires_approval and not approved:
        return Decision("allow_with_approval", "approval_required", roles)
    if rules.requires_verification and not verified:
        return Decision("allow_with_step_up", "verification_required", roles)
    if rules.requires_verification:
        return Decision("allow", "verified", roles)
    return Decision("allow", "approved" if rules.requires_approval else "role_grant", roles)


def read_policy(document: object) -> Policy:
    """PolicyError says what is wrong. A permission that only a role names is known as well."""
    whole = _object(document, "the policy")
    resources = {
        slug: _texts(_object(told, slug).get("actions", []), f"{slug}: actions")
        for slug, told in _object(whole.get("resources", {}), "resources").items()
    }
    roles = {
        slug: _role(slug, _object(told, slug))
        for slug, told in _object(whole.get("roles", {}), "roles").items()
    }
    told = _object(whole.get("permissions", {}), "permissions")
    slugs = {f"{kind}:{action}" for kind, actions in resources.items() for action in actions}
    slugs |= {permission for role in roles.values() for permission in role.permissions} | set(told)
    permissions = {slug: _permission(slug, told.get(slug, {})) for slug in sorted(slugs)}
    return Policy(whole, resources, permissions, roles)


def _role(slug: str, told: Mapping[str, Any]) -> Role:
    permissions = _texts(told.get("permissions", []), f"{slug}: permissions")
    return Role(str(told.get("name", slug)), permissions, told.get("default") is True)


def _permission(slug: str, told: object) -> Permission:
    rules = _object(told, slug)
    known: dict[str, type] = get_type_hints(Permission)
    # What Scute's documents say besides, about agents, is taken and not emulated.
    values = {name: value for name, value in rules.items() if name in known}
    wrong = sorted(name for name, value in values.items() if not isinstance(value, known[name]))
    if wrong:
        raise PolicyError(f"{slug}: {', '.join(wrong)} has the wrong type")
    return Permission(**values)


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PolicyError(f"{what}: give an object")
    return cast("dict[str, Any]", value)


def _texts(value: object, what: str) -> tuple[str, ...]:
    items = cast("Sequence[object]", value if isinstance(value, list | tuple) else (None,))
    if not all(isinstance(item, str) for item in items):
        raise PolicyError(f"{what}: give a list of names; conditions are not emulated")
    return tuple(cast("Sequence[str]", items))
