"""May this user do this? Scute decides; a yes is remembered for `decisions_lifetime` seconds.

Only `allow` is a yes, and only for this user, this action, this resource and whoever acts as the
user. While Scute cannot be asked nobody may do anything.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from scute_auth.authz import Decision, Permission, PermissionRequirement
from scute_auth.calls import UNUSABLE, Operation, ask
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, Log
from scute_auth.errors import ApiError, Reason, ScuteUnavailable
from scute_auth.expiring import ExpiringMap
from scute_auth.http import Reply, RequestView
from scute_auth.identity import AuthResult, SignedIn, Unavailable, User
from scute_auth.operations import AUTHZ_CHECK, AUTHZ_CHECK_BATCH
from scute_auth.proofs import Wish, proof_of
from scute_auth.refusals import denied, needs_step_up, refusal

__all__ = ["MOST_AT_ONCE", "Permissions"]

T = TypeVar("T")

MOST_AT_ONCE = 100
"""What Scute takes in one call (protocol J)."""

_MAX_DECISIONS = 10_000
_UNKNOWN = Decision("deny", "Scute does not know this user.")


class Permissions:
    def __init__(self, config: ScuteConfig) -> None:
        self._config = config
        self._allowed: ExpiringMap[bytes, Decision] = ExpiringMap(_MAX_DECISIONS)

    def decide(
        self, user: User, permissions: Sequence[Permission], now: float
    ) -> Flow[tuple[Decision, ...]]:
        """One decision for each, in their order; raise `ScuteUnavailable` where nobody can tell."""
        found: dict[Permission, Decision] = {}
        for each in permissions:
            if not each.is_sound:
                found[each] = Decision("deny", self._config.messages["no_resource"])
            elif (known := self._allowed.get(_key(user, each), now)) is not None:
                found[each] = known
        unknown = [each for each in dict.fromkeys(permissions) if each not in found]
        for first in range(0, len(unknown), MOST_AT_ONCE):
            some = unknown[first : first + MOST_AT_ONCE]
            for each, decision in zip(some, (yield from self._ask_all(user, some)), strict=True):
                found[each] = self._remembered(user, each, decision, now)
        return tuple(found[each] for each in permissions)

    def guard(
        self, view: RequestView, result: AuthResult, wanted: PermissionRequirement, now: float
    ) -> Flow[Reply | None]:
        """None if the user has the permission, else what to answer."""
        if not isinstance(result, SignedIn):
            return refusal(view, self._config, result)
        permission = wanted.filled()
        if permission is None:
            text = self._config.messages["no_resource"]
            return denied(view, self._config, result, Reason.FORBIDDEN, text)
        try:
            decision = yield from self._decided(view, result, permission, now)
        except ScuteUnavailable as error:
            return refusal(view, self._config, Unavailable(error.retry_after, result.changes))
        return self._answer(view, result, decision, now)

    def _decided(
        self, view: RequestView, signed_in: SignedIn, permission: Permission, now: float
    ) -> Flow[Decision]:
        """The decision; where it asks for a step-up, the one that was given for it counts."""
        user = signed_in.user
        if (known := self._allowed.get(_key(user, permission), now)) is not None:
            return known
        decision = yield from self._ask(user, permission)
        if decision.outcome != "allow_with_step_up":
            return self._remembered(user, permission, decision, now)
        authorizes = decision.authorizes
        proof = proof_of(view, self._config, signed_in, now, authorizes) if authorizes else None
        if proof is None:
            return decision
        # Not remembered: this yes holds for the sign-in that gave the proof, and for no other.
        return (yield from self._ask(user, permission, proof.challenge))

    def _answer(
        self, view: RequestView, signed_in: SignedIn, decision: Decision, now: float
    ) -> Reply | None:
        config, text = self._config, decision.explanation
        match decision.outcome:
            case "allow":
                return None
            case "allow_with_step_up":
                wish = Wish(signed_in.user.id, decision.authorizes, decision.method)
                return needs_step_up(view, config, wish, now)
            case "allow_with_approval":
                return denied(view, config, signed_in, Reason.APPROVAL_REQUIRED, text)
            case _:
                return denied(view, config, signed_in, Reason.FORBIDDEN, text)

    def _remembered(
        self, user: User, permission: Permission, decision: Decision, now: float
    ) -> Decision:
        """The same decision; a no may become a yes at any time, so only a yes is kept."""
        if decision.is_allowed:
            until = now + self._config.decisions_lifetime
            self._allowed.put(_key(user, permission), decision, until)
        return decision

    def _ask(self, user: User, permission: Permission, challenge: str = "") -> Flow[Decision]:
        question = _question(user, permission)
        if challenge:
            question["challenge"] = challenge
        answer = yield from self._call(AUTHZ_CHECK, question)
        return _UNKNOWN if answer is None else answer

    def _ask_all(self, user: User, permissions: Sequence[Permission]) -> Flow[Sequence[Decision]]:
        checks = [_question(user, each) for each in permissions]
        answer = yield from self._call(AUTHZ_CHECK_BATCH, {"checks": checks})
        if answer is None:
            return [_UNKNOWN] * len(checks)
        if len(answer) != len(checks):
            yield Log(logging.ERROR, "Scute answered %s of %s checks", (len(answer), len(checks)))
            raise ScuteUnavailable("Scute left some of the permissions undecided")
        return answer

    def _call(self, operation: Operation[T], body: Mapping[str, Any]) -> Flow[T | None]:
        """None where Scute knows no such user (any more)."""
        try:
            return (yield from ask(self._config, operation, body=body))
        except ApiError as error:
            if error.status == 404 and error.code != UNUSABLE:
                yield Log(logging.WARNING, "Scute knows no such user: %s", (error,))
                return None
            yield Log(logging.ERROR, "no permission could be asked for: %s", (error,))
            raise ScuteUnavailable(str(error)) from None


def _question(user: User, permission: Permission) -> dict[str, Any]:
    question: dict[str, Any] = {"user_id": user.id, "action": permission.action}
    if permission.resource is not None:
        question["resource"] = permission.resource
    if user.is_impersonated:
        # Scute cannot see by itself that somebody else acts as the user (protocol D.22).
        question["context"] = {"impersonated": True, "actor": dict(user.actor or {})}
    return question


def _key(user: User, permission: Permission) -> bytes:
    text = json.dumps(_question(user, permission), sort_keys=True)
    return sha256(text.encode("utf-8")).digest()
