"""What both façades are made of: the same core around the same flows, performing nothing."""

import importlib
import logging
from collections.abc import Callable
from os import urandom
from typing import TYPE_CHECKING, Any

from scute_auth import guards, pages, refusals
from scute_auth.authz import PermissionRequirement
from scute_auth.config import ScuteConfig
from scute_auth.context import current
from scute_auth.errors import NotSignedIn, ScuteUnavailable, SignInRefused
from scute_auth.guards import Demand, MachineRequirement
from scute_auth.hooks import Hooks
from scute_auth.http import Reply, RequestView
from scute_auth.identity import AuthResult, Session, SignedOut, Unavailable, User
from scute_auth.paths import is_auth_path

if TYPE_CHECKING:
    from scute_auth.effects import Flow
    from scute_auth.signin.visit import Outcome, Visit
    from scute_auth.webhook_events import WebhookEvent

__all__ = ["Facade", "refusal_of", "verdict_of"]

logger = logging.getLogger("scute_auth")


def verdict_of(
    error: NotSignedIn | ScuteUnavailable, result: AuthResult
) -> SignedOut | Unavailable:
    """The verdict that an error of ours stands for, with the changes that the request made."""
    if isinstance(error, ScuteUnavailable):
        return Unavailable(error.retry_after, result.changes)
    return SignedOut(error.reason, result.changes, wanted=error.wanted)


def refusal_of(error: NotSignedIn | ScuteUnavailable) -> Reply:
    """The answer to an error of ours, for a framework that lets no exception out to `ScuteAuth`.

    Call it in that framework's own exception handler; the cookies are added on the way out.
    """
    found = current()
    reply: Reply = found.scute.refusal(found.view, verdict_of(error, found.result))
    return reply


class Facade:
    """`Scute` and `AsyncScute` say how its flows are run."""

    def __init__(
        self, config: ScuteConfig | None, clock: Callable[[], float], hooks: Hooks
    ) -> None:
        from scute_auth.authenticator import Authenticator
        from scute_auth.keys import load_crypto

        load_crypto()
        importlib.import_module("scute_auth.endpoints")
        self.config = ScuteConfig.from_env() if config is None else config
        if self.config.emulator:
            logger.warning("using the Scute emulator at %s: development only", self.config.base_url)
        if hooks.webhooks and not self.config.webhook_secrets:
            logger.warning("webhooks: none comes in without SCUTE_WEBHOOK_SECRETS")
        self.hooks = hooks
        self._clock = clock
        self._authenticator = Authenticator(self.config)

    def render(self, reply: Reply) -> Reply:
        """The reply with its page rendered: ready to be sent."""
        return pages.render(reply, self.hooks.renderer, urandom(16).hex())

    def gate(
        self, view: RequestView, result: AuthResult, *, is_public: bool = False
    ) -> Reply | None:
        """What to answer before the app is asked, where everything is private by default.

        `is_public`: the framework knows the view that will answer, and it is marked as open.
        """
        reply = guards.gate(view, self.config, result, is_public=is_public)
        return None if reply is None else self.render(reply)

    def refusal(self, view: RequestView, result: SignedOut | Unavailable) -> Reply:
        """The reply to a request that needs a user and has none."""
        return self.render(refusals.refusal(view, self.config, result))

    def not_allowed(self, view: RequestView, result: AuthResult, text: str) -> Reply:
        """The reply to a person whom the app itself lets in no further; `text` says why."""
        return self.render(refusals.not_allowed(view, self.config, result, text))

    def is_auth_path(self, path: str) -> bool:
        """Is this one of our own routes?"""
        return is_auth_path(self.config.auth_prefix, path)

    def _guarding(
        self, view: RequestView, result: AuthResult, demand: Demand
    ) -> "Flow[Reply | None]":
        """The flow that holds a verdict against what a place demands."""
        now = self._clock()
        if isinstance(demand, MachineRequirement):
            return self._authenticator.machines.guard(view, result, demand, now)
        if isinstance(demand, PermissionRequirement):
            return self._authenticator.permissions.guard(view, result, demand, now)
        return guards.guard(view, self.config, result, demand, now)

    def max_body(self, path: str) -> int:
        """How many bytes of a request to one of our own routes are read, but for one more."""
        from scute_auth.endpoints import max_body

        return max_body(path.removeprefix(self.config.auth_prefix), self.config)

    def _handled(self, view: RequestView, result: AuthResult) -> "Flow[Outcome]":
        """The flow that answers a request to one of our own routes."""
        from scute_auth.endpoints import handle

        return handle(self._visit(view, result))

    def _turned_away(
        self, view: RequestView, result: AuthResult, outcome: "Outcome", error: SignInRefused
    ) -> "Flow[Outcome]":
        from scute_auth.signin.completion import turn_away

        return turn_away(self._visit(view, result), outcome, error.text)

    def _ending_replaced(
        self, view: RequestView, result: AuthResult, session: Session
    ) -> "Flow[None]":
        """The flow that ends the session of before, once the app has let the new one be."""
        from scute_auth.signin.completion import end_replaced

        return end_replaced(self._visit(view, result), session)

    def _signing_out(self, view: RequestView, result: AuthResult) -> "Flow[Outcome]":
        from scute_auth.signin.session import sign_out

        return sign_out(self._visit(view, result))

    def _kept(self, event: "WebhookEvent") -> "Flow[None]":
        from scute_auth.deliveries import keep

        return keep(self.config, event)

    def _given_back(self, event: "WebhookEvent", claim: bytes) -> "Flow[None]":
        from scute_auth.deliveries import give_back

        return give_back(self.config, event, claim)

    def _visit(self, view: RequestView, result: AuthResult) -> "Visit":
        from scute_auth.signin.visit import Visit

        return Visit(self._authenticator, view, result, self._clock(), urandom(32))

    def _asked(self, outcome: "Outcome") -> tuple[Callable[[User], Any], User, Reply] | None:
        """The question whether the app has an account, and the reply if it has none."""
        if outcome.without_account is None or self.hooks.has_account is None:
            return None
        return (self.hooks.has_account, *outcome.without_account)

    def _told(self, outcome: "Outcome") -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """The hook to call, with its arguments."""
        if outcome.signed_in is not None and self.hooks.on_sign_in is not None:
            return self.hooks.on_sign_in, outcome.signed_in
        if outcome.signed_out is not None and self.hooks.on_sign_out is not None:
            return self.hooks.on_sign_out, (outcome.signed_out,)
        return None
