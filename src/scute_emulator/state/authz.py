"""Each app's policy, who holds which role, and who asks for more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scute_emulator.state.policy import Policy

__all__ = ["AccessRequest", "Authz", "Grant", "RequestStatus"]

RequestStatus: TypeAlias = Literal["pending", "approved", "denied", "expired", "used"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that someone holds: everywhere, or on one object (`document:42`)."""

    role: str
    resource: str | None
    granted_at: float
    expires_at: float | None = None

    def holds(self, now: float) -> bool:
        return self.expires_at is None or now < self.expires_at


@dataclass(slots=True)
class AccessRequest:
    """For a role, or for the approval of one operation, which is good once."""

    id: str
    app_id: str
    user_id: str
    created_at: float
    expires_at: float
    role: str | None = None
    permission: str | None = None
    resource: str | None = None
    reason: str = ""
    duration: int | None = None
    status: RequestStatus = "pending"
    decided_at: float | None = None
    decided_by: str = ""
    decision_note: str = ""
    used_at: float | None = None

    def status_at(self, now: float) -> RequestStatus:
        """What is open runs out: an approval that nobody used, too, but not a role that is held."""
        is_open = self.status == "pending" or (self.status == "approved" and self.role is None)
        return "expired" if is_open and now >= self.expires_at else self.status

    def decide(self, status: RequestStatus, now: float, by: str, note: str) -> None:
        self.status, self.decided_at = status, now
        self.decided_by, self.decision_note = by, note

    def use(self, now: float) -> None:
        self.status, self.used_at = "used", now


class Authz:
    def __init__(self) -> None:
        self._policies: dict[str, Policy] = {}
        self._versions: dict[str, int] = {}
        self._grants: dict[str, list[Grant]] = {}
        self._requests: dict[str, AccessRequest] = {}

    def policy(self, app_id: str) -> Policy:
        """An app that was given none knows no permission."""
        return self._policies.get(app_id, Policy())

    def set_policy(self, app_id: str, policy: Policy) -> None:
        self._policies[app_id] = policy
        self._versions[app_id] = self.version(app_id) + 1

    def version(self, app_id: str) -> int:
        """How often the policy was set."""
        return self._versions.get(app_id, 0)

    def grant(self, user_id: str, grant: Grant) -> None:
        """A role that is held already on the same object is held as said now."""
        self.revoke(user_id, grant.role, grant.resource)
        self._grants.setdefault(user_id, []).append(grant)

    def revoke(self, user_id: str, role: str, resource: str | None) -> bool:
        """Was there such a role?"""
        held = self._grants.get(user_id, [])
        kept = [each for each in held if (each.role, each.resource) != (role, resource)]
        self._grants[user_id] = kept
        return len(kept) < len(held)

    def grants(self, user_id: str) -> list[Grant]:
        return list(self._grants.get(user_id, ()))

    def held(self, app_id: str, user_id: str, resource: str | None, now: float) -> frozenset[str]:
        """The roles that count for this object."""
        own = [each for each in self.grants(user_id) if each.holds(now)]
        fitting = {each.role for each in own if each.resource in (None, resource)}
        return self.policy(app_id).held_by_all() | fitting

    def add_request(self, request: AccessRequest) -> None:
        self._requests[request.id] = request

    def request(self, app_id: str, request_id: str) -> AccessRequest | None:
        found = self._requests.get(request_id)
        return found if found is not None and found.app_id == app_id else None

    def requests(self, app_id: str, wanted: Mapping[str, str], now: float) -> list[AccessRequest]:
        """An app's, newest first; `wanted` may name a `status` and a `user_id`."""
        return [
            each
            for each in reversed(self._requests.values())
            if each.app_id == app_id
            and wanted.get("status", each.status_at(now)) == each.status_at(now)
            and wanted.get("user_id", each.user_id) == each.user_id
        ]

    def forget(self, user_id: str) -> None:
        self._grants.pop(user_id, None)
        mine = [each.id for each in self._requests.values() if each.user_id == user_id]
        for request_id in mine:
            del self._requests[request_id]
