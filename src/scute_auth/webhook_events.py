"""What a webhook tells, as a value. Shapes: docs.scute.io, guides/webhooks and webhooks/payload.

Those pages name the same events in two ways (`verification.email.verified`,
`verification.success`): `type` keeps the word that was sent, `kind` is what it means.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from scute_auth.errors import WebhookError, WebhookReason
from scute_auth.json_values import (
    as_object,
    optional_text,
    optional_time,
    required_text,
    strict_object,
)
from scute_auth.risk import Risk, read_risk

__all__ = ["WebhookEvent", "WebhookKind", "WebhookUser", "matches", "read_event"]


class WebhookKind(StrEnum):
    """The events that Scute documents."""

    VERIFICATION_REQUESTED = "verification.requested"
    VERIFICATION_VERIFIED = "verification.verified"
    VERIFICATION_EXPIRED = "verification.expired"
    VERIFICATION_FAILED = "verification.failed"
    VERIFICATION_DENIED = "verification.denied"
    VERIFICATION_DELIVERY_FAILED = "verification.delivery_failed"
    LOGIN_FAILED = "auth.login.failed"
    CHALLENGE_CREATED = "challenge.created"
    CHALLENGE_COMPLETED = "challenge.completed"
    CHALLENGE_FAILED = "challenge.failed"
    USER_CREATED = "user.created"
    USER_UPDATED = "user.updated"
    USER_IDENTIFIER_CHANGED = "user.identifier_changed"
    TEST = "webhook.test"


_VERIFICATION = re.compile(r"verification\.(?:(email|sms)\.)?([a-z_]+)")
_OTHER_WORDS = {"success": "verified"}


@dataclass(frozen=True, slots=True)
class WebhookUser:
    """Whom an event is about: `id` is Scute's, `external_id` the one that you gave him."""

    id: str
    external_id: str | None = None
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    app_user_id: str | None = None
    msp_id: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One event; `kind` is None where it is one that we do not know, and `raw` all that came.

    `id` names the delivery, `created_at` is when Scute made it and `sent_at` when it was signed,
    in seconds since the epoch. `metadata` is what you gave the challenge or verification,
    `verification_id` its id, `channel` is `email` or `sms`, `risk` Scute's assessment.
    """

    id: str
    type: str
    kind: WebhookKind | None
    app_id: str
    sent_at: int
    created_at: float | None = None
    user: WebhookUser | None = None
    verification_id: str | None = None
    channel: str | None = None
    risk: Risk | None = None
    data: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


def read_event(body: bytes, sent_at: int) -> WebhookEvent:
    """The event that a body holds whose signature is good."""
    try:
        return _event(strict_object(body), sent_at)
    except ValueError:
        raise WebhookError(WebhookReason.UNREADABLE) from None


def matches(pattern: str, event: WebhookEvent) -> bool:
    """Is it this event, by the word that was sent or by its meaning? `*` stands for any words."""
    names = [event.type] if event.kind is None else [event.type, event.kind]
    return any(fnmatchcase(name, pattern) for name in names)


def _event(raw: dict[str, Any], sent_at: int) -> WebhookEvent:
    sent_as = required_text(raw.get("event_type"))
    data = as_object(raw.get("data")) or {}
    meaning, channel = _meaning(sent_as)
    known = (raw.get("verification_id"), raw.get("challenge_id"), data.get("verification_id"))
    return WebhookEvent(
        id=required_text(raw.get("id")),
        type=sent_as,
        kind=meaning,
        app_id=required_text(raw.get("app_id")),
        sent_at=sent_at,
        created_at=_time(raw.get("created_at")),
        user=_user(as_object(raw.get("user")) or {}),
        verification_id=next(filter(None, map(optional_text, known)), None),
        channel=channel or optional_text(data.get("channel")),
        risk=read_risk(data.get("risk", raw.get("risk"))),
        data=data,
        metadata=as_object(raw.get("metadata")) or as_object(data.get("meta_data")) or {},
        raw=raw,
    )


def _meaning(sent_as: str) -> tuple[WebhookKind | None, str | None]:
    name, channel = sent_as, None
    if found := _VERIFICATION.fullmatch(sent_as):
        channel, outcome = found[1], found[2]
        name = f"verification.{_OTHER_WORDS.get(outcome, outcome)}"
    return next((kind for kind in WebhookKind if kind == name), None), channel


def _user(user: Mapping[str, Any]) -> WebhookUser | None:
    app_user_id = optional_text(user.get("app_user_id"))
    user_id = optional_text(user.get("id")) or app_user_id
    if user_id is None:
        return None
    return WebhookUser(
        user_id,
        optional_text(user.get("external_id")),
        optional_text(user.get("email")),
        optional_text(user.get("phone")),
        app_user_id,
        optional_text(user.get("msp_id")),
    )


def _time(value: Any) -> float | None:
    """A time that nobody can read loses no event."""
    with suppress(ValueError, TypeError, OverflowError):
        return optional_time(value)
    return None
