"""`POST /auth/webhook`: each delivery is handed to the app's handlers once.

It is claimed in the store before they run, kept when they are done, and given back where one of
them raises: then Scute's next try is handled. Who takes longer than a claim stands may find that
another has claimed it since: that one's claim is not his to give back.
"""

import logging
from hashlib import sha256

from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, Log, StoreCall
from scute_auth.errors import ScuteUnavailable, WebhookError, WebhookReason
from scute_auth.http import Reply
from scute_auth.refusals import problem
from scute_auth.signin.visit import Outcome, Visit, in_json
from scute_auth.webhook_events import WebhookEvent
from scute_auth.webhooks import verify_webhook

__all__ = ["give_back", "keep", "receive"]

CLAIMED_FOR = 120.0
"""Seconds after which a claim is void whose process died with it; longer than anyone waits."""

KEPT_FOR = 86_400.0
"""Seconds that a delivery is remembered: longer than its signature is good, and than retries."""

_CLAIMED = b"claimed"
_PUBLIC_ID = "app_"

_TEXTS = {
    WebhookReason.MISSING: "There is no X-Webhook-Signature.",
    WebhookReason.DUPLICATE: "X-Webhook-Signature came twice.",
    WebhookReason.MALFORMED: "X-Webhook-Signature is not t=<unix>,v1=<hex>.",
    WebhookReason.TOO_LARGE: "The body is too large.",
    WebhookReason.NO_BODY: "The body came in chunks, and the server handed nothing on.",
    WebhookReason.SIGNATURE: "No secret of this endpoint signed this body.",
    WebhookReason.OLD: "This was signed too long ago.",
    WebhookReason.FUTURE: "This was signed in the future: compare the clocks.",
    WebhookReason.UNREADABLE: "The body is no event.",
    WebhookReason.WRONG_APP: "The event is another app's.",
    WebhookReason.REPLAYED: "This very delivery came before.",
}
_STATUS = {WebhookReason.TOO_LARGE: 413, WebhookReason.REPLAYED: 409}


def receive(visit: Visit) -> Flow[Outcome]:
    """Verify a delivery and claim it; the outcome's event is for the app's handlers."""
    try:
        event = _verified(visit)
    except WebhookError as error:
        return (yield from _refused(error.reason))
    key = _key(visit.auth.config, event)
    claim = _CLAIMED + visit.random_id("claim").encode("ascii")
    claimed = yield StoreCall("add", key, claim, CLAIMED_FOR)
    if not claimed.value:
        earlier = yield StoreCall("get", key)
        return (yield from _seen(visit, event, earlier.value))
    if event.user is not None:
        visit.auth.profiles.forget({event.user.id, event.user.app_user_id})
    return Outcome(_answer(visit, "handled"), event=event, claim=claim)


def keep(config: ScuteConfig, event: WebhookEvent) -> Flow[None]:
    """The handlers are done: a retry or a replay will find that out, whoever claims it by now."""
    yield StoreCall("set", _key(config, event), _signed_at(event), KEPT_FOR)


def give_back(config: ScuteConfig, event: WebhookEvent, claim: bytes) -> Flow[None]:
    """A handler failed: the next try is to be handled.

    No store deletes only what it is told is there: one that claims between the two calls loses
    its claim, and a third try is handled beside it.
    """
    key = _key(config, event)
    try:
        standing = yield StoreCall("get", key)
        if standing.value == claim:
            yield StoreCall("delete", key)
    except ScuteUnavailable as error:
        # The handler's own error is what must be seen; the claim lapses by itself.
        yield Log(logging.WARNING, "a webhook was not given back: %s", (error,))


def _verified(visit: Visit) -> WebhookEvent:
    config, view = visit.auth.config, visit.view
    if not view.body and view.header(b"transfer-encoding") is not None:
        raise WebhookError(WebhookReason.NO_BODY)
    event = verify_webhook(view.headers, view.body, config.webhook_secrets, now=visit.now)
    # Older payloads name the app by a UUID, which nobody here can compare: the secret is the
    # endpoint's, and so the app's.
    if event.app_id.startswith(_PUBLIC_ID) and event.app_id != config.app_id:
        raise WebhookError(WebhookReason.WRONG_APP)
    return event


def _seen(visit: Visit, event: WebhookEvent, earlier: bytes | None) -> Flow[Outcome]:
    """What came before: the same bytes again are a replay, signed anew they are Scute's retry."""
    if earlier is None or earlier.startswith(_CLAIMED):
        wait = (("retry-after", "10"),)
        return Outcome(problem(503, "in_progress", "This delivery is being handled.", headers=wait))
    if earlier == _signed_at(event):
        return (yield from _refused(WebhookReason.REPLAYED))
    return Outcome(_answer(visit, "handled_before"))


def _refused(reason: WebhookReason) -> Flow[Outcome]:
    yield Log(logging.WARNING, "a webhook was refused: %s", (reason,))
    return Outcome(problem(_STATUS.get(reason, 400), reason, _TEXTS[reason]))


def _answer(visit: Visit, status: str) -> Reply:
    return in_json({"status": status}, (("cache-control", "no-store"),), visit.result.changes)


def _key(config: ScuteConfig, event: WebhookEvent) -> str:
    return f"scute:{config.app_id}:webhook:{sha256(event.id.encode('utf-8')).hexdigest()}"


def _signed_at(event: WebhookEvent) -> bytes:
    return b"%d" % event.sent_at
