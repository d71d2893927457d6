"""Put a Python web application behind Scute (scute.io).

The names below are what an application needs. Importing this package loads no web framework, no
HTTP client, no PyJWT and no event loop: the façades bring those when they are made, and the API
client when it is asked for.
"""

from typing import TYPE_CHECKING, Any

from scute_auth.authz import Decision, Permission
from scute_auth.claims import Claims
from scute_auth.config import ScuteConfig
from scute_auth.context import current_machine, current_user, optional_machine, optional_user
from scute_auth.errors import (
    ApiError,
    ConfigError,
    NotSignedIn,
    Reason,
    ScuteError,
    ScuteUnavailable,
    SignInRefused,
    TokenError,
    WebhookError,
    WebhookReason,
)
from scute_auth.http import RequestView
from scute_auth.identity import (
    AuthResult,
    Machine,
    Profile,
    Session,
    SignedIn,
    SignedOut,
    Unavailable,
    User,
)
from scute_auth.intents import IntentVerification
from scute_auth.messages import Messages
from scute_auth.runtime import AsyncScute, Hooks, Scute, refusal_of
from scute_auth.settings import CookieProfile, Limits
from scute_auth.store import AsyncStore, MemoryStore, Store
from scute_auth.webhook_events import WebhookEvent

if TYPE_CHECKING:
    from scute_auth.client import AsyncScuteClient, ScuteClient

__all__ = [
    "ApiError",
    "AsyncScute",
    "AsyncScuteClient",
    "AsyncStore",
    "AuthResult",
    "Claims",
    "ConfigError",
    "CookieProfile",
    "Decision",
    "Hooks",
    "IntentVerification",
    "Limits",
    "Machine",
    "MemoryStore",
    "Messages",
    "NotSignedIn",
    "Permission",
    "Profile",
    "Reason",
    "RequestView",
    "Scute",
    "ScuteClient",
    "ScuteConfig",
    "ScuteError",
    "ScuteUnavailable",
    "Session",
    "SignInRefused",
    "SignedIn",
    "SignedOut",
    "Store",
    "TokenError",
    "Unavailable",
    "User",
    "WebhookError",
    "WebhookEvent",
    "WebhookReason",
    "current_machine",
    "current_user",
    "optional_machine",
    "optional_user",
    "refusal_of",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The API client is loaded by those who use it, not by every protected app."""
    if name in ("AsyncScuteClient", "ScuteClient"):
        from scute_auth import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
