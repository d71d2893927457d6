"""Support access: a backend starts a session as one of its users, where the app allows it."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import users as rows
from scute_auth.client.models.sessions import ImpersonatedSession, Impersonation
from scute_auth.client.reading import many, reading
from scute_auth.client.request import Request, asked, given

__all__ = ["end", "list", "start"]


def start(
    user_id: str,
    reason: str,
    *,
    minutes: int | None = None,
    actor_user_id: str | None = None,
    actor: Mapping[str, Any] | None = None,
    challenge: str | None = None,
    approval: str | None = None,
) -> Request[ImpersonatedSession]:
    """Start a session as the user. It has an access token alone: when that expires, it is over.

    Who acts is another user of the app (`actor_user_id`), or whomever `actor` names (`id`,
    `email`, `name`). Pass `context={"impersonated": True, "actor": ...}` to each authz check.
    """
    body = given(
        reason=reason,
        minutes=minutes,
        actor_user_id=actor_user_id,
        actor=actor,
        challenge=challenge,
        approval=approval,
    )
    path = {"user": user_id}
    return Request(rows.IMPERSONATION_START, reading(ImpersonatedSession), path=path, body=body)


def list(user_id: str) -> Request[tuple[Impersonation, ...]]:
    """List who acts as this user now."""
    parse = many("impersonations", Impersonation)
    return Request(rows.IMPERSONATION_LIST, parse, path={"user": user_id})


def end(user_id: str, *, session_id: str | None = None) -> Request[int]:
    """End one of these sessions, or all of them: how many."""
    query = asked(session_id=session_id)
    return Request(rows.IMPERSONATION_END, _ended, path={"user": user_id}, query=query)


def _ended(value: Any) -> int:
    return int(value["ended"])
