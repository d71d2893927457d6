"""What happens in the project when somebody signs in or out, or Scute sends an event: Django's
part, then the app's own.

All of it is code that blocks. Under ASGI it runs in the request's own thread, where Django keeps
its database connections, and never on the event loop.
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.middleware.csrf import rotate_token

from scute_auth import Hooks, Profile, ScuteConfig, User, WebhookEvent
from scute_django import accounts
from scute_django.conf import imported, imported_handlers, own
from scute_django.modes import is_async
from scute_django.requests import current_request
from scute_django.signals import webhook_received

__all__ = ["async_hooks", "hooks"]


def hooks(config: ScuteConfig) -> Hooks:
    """For `Scute`."""
    _imported_hooks()
    webhooks = {"*": _event_received} if _has_webhooks(config) else None
    return Hooks(_signed_in, _signed_out, imported("RENDERER"), _has_account, webhooks)


def async_hooks(config: ScuteConfig) -> Hooks:
    """For `AsyncScute`."""
    _imported_hooks()
    calls = (sync_to_async(_signed_in), sync_to_async(_signed_out))
    webhooks = {"*": sync_to_async(_event_received)} if _has_webhooks(config) else None
    return Hooks(*calls, imported("RENDERER"), sync_to_async(_has_account), webhooks)


def _imported_hooks() -> None:
    """A dotted path that leads nowhere is found at start, and not at the first sign-in."""
    for name in ("ON_SIGN_IN", "ON_SIGN_OUT"):
        imported(name)
    _handlers()


def _has_webhooks(config: ScuteConfig) -> bool:
    return bool(config.webhook_secrets or own("WEBHOOKS"))


def _handlers() -> Hooks:
    return Hooks(webhooks=imported_handlers("WEBHOOKS"))


def _signed_in(user: User, profile: Profile) -> None:
    # As Django's `login`: a token that somebody planted before is worth nothing afterwards.
    rotate_token(current_request())
    accounts.sign_in(current_request(), user, profile)
    _call(imported("ON_SIGN_IN"), user, profile)


def _signed_out(user: User) -> None:
    accounts.sign_out(current_request(), user)
    _call(imported("ON_SIGN_OUT"), user)


def _event_received(event: WebhookEvent) -> None:
    webhook_received.send(sender=WebhookEvent, request=current_request(), event=event)
    for handler in _handlers().handlers(event):
        _call(handler, event)


def _has_account(user: User) -> bool:
    return accounts.has_account(current_request())


def _call(hook: Callable[..., Any] | None, *arguments: Any) -> None:
    if hook is not None:
        (async_to_sync(hook) if is_async(hook) else hook)(*arguments)
