"""Machines: services that call with a token of their own, and what Scute says about those.

A short token (`scm2m_...`) says nothing by itself, and no signature shows that a JWT was revoked:
Scute is asked. Its yes and its no are remembered for `machines_lifetime` seconds, which is how
long a revoked token may still pass.
"""

import logging
import re
from dataclasses import dataclass, replace
from typing import cast

from scute_auth.backoff import Backoff
from scute_auth.calls import UNUSABLE, ask
from scute_auth.config import ScuteConfig
from scute_auth.credentials import HeaderToken, read_credentials
from scute_auth.effects import Flow, Log, Shared
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.expiring import ExpiringMap
from scute_auth.guards import MachineRequirement, without_machine
from scute_auth.http import Reply, RequestView
from scute_auth.identity import AuthResult, Machine, SignedOut, Unavailable, machine_of
from scute_auth.operations import M2M_VERIFY
from scute_auth.refusals import refusal
from scute_auth.verified import digest

__all__ = ["Machines", "is_short"]

_PREFIX = "scm2m_"
_SHORT = re.compile(r"scm2m_[A-Za-z0-9_-]{8,512}")

_MAX_ANSWERS = 10_000
_MAX_STRANGERS = 60
"""In a minute: whoever invents tokens must not make us ask Scute about all of them."""

_WINDOW = 60.0
_TRUSTED_FOR = 86_400.0
"""Seconds in which a token that Scute knew is no stranger, so that a flood does not lock it out."""

_LONGEST_WAIT = 10.0


def is_short(token: str) -> bool:
    """Does it claim to be a short token?"""
    return token.startswith(_PREFIX)


@dataclass(slots=True)
class _Strangers:
    """How many tokens that nobody ever vouched for were asked about in this minute."""

    window: float = 0.0
    asked: int = 0

    def take(self, now: float) -> bool:
        if now // _WINDOW != self.window:
            self.window, self.asked = now // _WINDOW, 0
        self.asked += 1
        return self.asked <= _MAX_STRANGERS

    def give_back(self) -> None:
        self.asked = max(0, self.asked - 1)


class Machines:
    """Scute's answers about machines' tokens. The no's lie apart: a flood of them drops no yes."""

    def __init__(self, config: ScuteConfig) -> None:
        self._config = config
        self._known: ExpiringMap[bytes, Machine] = ExpiringMap(_MAX_ANSWERS)
        self._refused: ExpiringMap[bytes, bool] = ExpiringMap(_MAX_ANSWERS)
        self._trusted: ExpiringMap[bytes, bool] = ExpiringMap(_MAX_ANSWERS)
        self._strangers = _Strangers()
        self._outage = Backoff()

    def recall(self, token: str, now: float) -> Machine | None:
        """The machine that Scute vouched for a moment ago. No flow."""
        return self._known.get(digest(token), now)

    def ask(self, token: str, now: float, *, is_signed: bool = False) -> Flow[Machine]:
        """The machine of a token; raise `TokenError`, or `ScuteUnavailable` where nobody can tell.

        `is_signed`: its signature was checked, so that nobody has invented it.
        """
        if not is_signed and not _SHORT.fullmatch(token):
            raise TokenError(Reason.MALFORMED)
        key = digest(token)
        if (machine := self._known.get(key, now)) is not None:
            return machine
        if self._refused.get(key, now):
            raise TokenError(Reason.REVOKED)
        if not self._outage.allows(now):
            raise ScuteUnavailable(
                "Scute did not answer", retry_after=self._outage.retry_after(now)
            )
        is_stranger = not is_signed and self._trusted.get(key, now) is None
        if is_stranger and not self._strangers.take(now):
            wait = _WINDOW - now % _WINDOW
            raise ScuteUnavailable("too many unknown machine tokens", retry_after=wait)
        answer = yield Shared(f"machine:{key.hex()}", self._fetch(token, key, now))
        if is_stranger:
            self._strangers.give_back()
        return cast(Machine, answer.value)

    def confirmed(
        self, view: RequestView, result: SignedOut, now: float
    ) -> Flow[SignedOut | Unavailable]:
        """A verdict with a machine, once Scute was asked; about a short token it was already."""
        machine, sent = result.machine, read_credentials(view, self._config)
        if machine is None or machine.claims is None or not isinstance(sent, HeaderToken):
            return result
        try:
            asked = yield from self.ask(sent.token, now, is_signed=True)
        except TokenError as error:
            return SignedOut(error.reason, result.changes)
        except ScuteUnavailable as error:
            return Unavailable(error.retry_after, result.changes)
        name = machine.client_name or asked.client_name
        return replace(result, machine=replace(machine, client_name=name))

    def guard(
        self, view: RequestView, result: AuthResult, requirement: MachineRequirement, now: float
    ) -> Flow[Reply | None]:
        """None if a machine calls that meets the requirement, else what to answer."""
        is_asked = self._config.check == "remote" or requirement.check != "remote"
        if isinstance(result, SignedOut) and result.machine is not None and not is_asked:
            result = yield from self.confirmed(view, result, now)
        if machine_of(result) is not None:
            return None
        return refusal(view, self._config, without_machine(result))

    def _fetch(self, token: str, key: bytes, now: float) -> Flow[Machine]:
        try:
            machine = yield from ask(self._config, M2M_VERIFY, token=token)
        except ApiError as error:
            if not _is_a_no(error):
                raise (yield from self._unanswered(ScuteUnavailable(str(error)))) from None
            machine = None
        except ScuteUnavailable as error:
            raise (yield from self._unanswered(error)) from None
        self._outage.succeeded()
        until = now + self._config.machines_lifetime
        if machine is None:
            self._trusted.discard(key)
            self._refused.put(key, True, until)
            raise TokenError(Reason.REVOKED)
        self._known.put(key, machine, until)
        self._trusted.put(key, True, now + _TRUSTED_FOR)
        return machine

    def _unanswered(self, error: ScuteUnavailable) -> Flow[ScuteUnavailable]:
        failed = yield Log(logging.WARNING, "machines wait until Scute answers again")
        self._outage.failed(failed.now, longest=_LONGEST_WAIT)
        wait = max(error.retry_after, self._outage.retry_after(failed.now))
        return ScuteUnavailable(str(error), retry_after=wait)


def _is_a_no(error: ApiError) -> bool:
    """Any refusal of Scute's own: no invented token may look like an outage."""
    return 400 <= error.status < 500 and error.code != UNUSABLE
