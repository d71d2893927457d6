"""What a permission is, how a place names the one that it demands, and what Scute decides.

A resource is `type:id`. What the route puts into it must stay one segment of the id: whoever
could write a `:` or a `/` there would be asked about something else than what the view touches.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, cast, get_args

from scute_auth.errors import ConfigError
from scute_auth.json_values import as_object, optional_text, required_text

__all__ = ["Decision", "Permission", "PermissionRequirement", "decision", "decisions"]

_ACTION = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_KIND = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LITERAL = re.compile(r"[A-Za-z0-9_.~@+-]{1,128}")
_VALUE = re.compile(r"[^\s:/\\*?#%{}\"'<>]{1,256}")
_DOTS = frozenset({".", ".."})

Outcome: TypeAlias = Literal["allow", "deny", "allow_with_step_up", "allow_with_approval"]
_OUTCOMES: Mapping[str, Outcome] = {each: each for each in get_args(Outcome)}


@dataclass(frozen=True, slots=True)
class Permission:
    """To do this, to that: `Permission("refund", "invoice:7")`."""

    action: str
    resource: str | None = None

    def __post_init__(self) -> None:
        action = cast(object, self.action)
        if not isinstance(action, str) or not _ACTION.fullmatch(action):
            raise ConfigError(f"{action!r} is no action: use a word, as in ('refund', 'invoice:7')")

    @property
    def is_sound(self) -> bool:
        """Is its resource one, whatever an app has put into it?"""
        if self.resource is None:
            return True
        kind, _, rest = self.resource.partition(":")
        return bool(_KIND.fullmatch(kind)) and all(map(_is_value, rest.split("/")))


@dataclass(frozen=True, slots=True)
class Decision:
    """What Scute decided, in its words; only `allow` is a yes.

    `authorizes` is what a step-up must be for to turn this into one, and `method` how.
    """

    outcome: Outcome
    explanation: str = ""
    reason: str = ""
    roles: tuple[str, ...] = ()
    authorizes: str = ""
    method: str = ""

    @property
    def is_allowed(self) -> bool:
        return self.outcome == "allow"


@dataclass(frozen=True, slots=True)
class PermissionRequirement:
    """What a place demands: `resource` may name parts of the route, as in `invoice:{id}`."""

    action: str
    resource: str | None = None
    params: Mapping[str, object] = field(default_factory=dict[str, object])

    def __post_init__(self) -> None:
        Permission(self.action)
        if self.resource is None:
            return
        kind, colon, rest = self.resource.partition(":")
        parts = rest.split("/")
        if not colon or not _KIND.fullmatch(kind) or not all(map(_is_part, parts)):
            raise ConfigError(
                f"require_permission(): {self.resource!r} is no resource: write 'type:{{name}}', "
                "where the name is one of the route's"
            )

    @property
    def names(self) -> frozenset[str]:
        """The parts of the route that it needs."""
        return frozenset(_NAME.findall(self.resource or ""))

    def check(self, known: Collection[str], where: str) -> None:
        """Raise `ConfigError` where the route has not what the resource names."""
        if missing := sorted(self.names.difference(known)):
            raise ConfigError(
                f"require_permission({self.action!r}, {self.resource!r}): {where} has no "
                f"{missing[0]!r}"
            )

    def at(self, params: Mapping[str, object]) -> "PermissionRequirement":
        """The same at the route of one request."""
        return replace(self, params=dict(params))

    def filled(self) -> Permission | None:
        """The permission that is meant, or None where the address names no resource."""
        self.check(self.params, "the route")
        given = {name: self.params[name] for name in self.names}
        values = {name: str(value) for name, value in given.items() if value is not None}
        if len(values) < len(given) or not all(map(_is_value, values.values())):
            return None
        resource = self.resource and _NAME.sub(lambda found: values[found[1]], self.resource)
        return Permission(self.action, resource)


def _is_part(part: str) -> bool:
    return bool(_NAME.fullmatch(part) or _LITERAL.fullmatch(part)) and part not in _DOTS


def _is_value(text: str) -> bool:
    return _VALUE.fullmatch(text) is not None and text.isprintable() and text not in _DOTS


def decision(value: Any) -> Decision:
    """An outcome that nobody knows is no yes (protocol J)."""
    asked = as_object(value.get("step_up")) or {}
    told = required_text(value["decision"])
    return Decision(
        _OUTCOMES.get(told, "deny"),
        _words(value.get("explanation")),
        _words(value.get("reason")),
        tuple(str(role)[:128] for role in value.get("roles") or ()),
        # What a step-up is for is called like the permission (protocol D.17).
        optional_text(asked.get("authorizes_action") or value.get("permission")) or "",
        optional_text(asked.get("method")) or "",
    )


def decisions(value: Any) -> tuple[Decision, ...]:
    return tuple(map(decision, value["results"]))


def _words(text: Any) -> str:
    """For people to read: one line, and no page of it."""
    return " ".join(text.split())[:500] if isinstance(text, str) else ""
