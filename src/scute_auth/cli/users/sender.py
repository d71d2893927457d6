"""Send one row, so that its user is there exactly once, whatever becomes of the answer.

A call without an answer may have arrived: the user is looked up, by his whole address, before the
row is sent again. 429 means that nothing was done: all wait, then it is sent again.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from threading import Event

from scute_auth.calls import UNUSABLE
from scute_auth.cli.users.columns import META
from scute_auth.cli.users.journal import Fate, Outcome
from scute_auth.cli.users.rows import Row
from scute_auth.client import ScuteClient
from scute_auth.client.models.users import UserRecord
from scute_auth.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    ScuteUnavailable,
    Unauthorized,
)
from scute_auth.signin.identifiers import same_identifier

__all__ = ["Sender", "Stopped"]

TROUBLES = 3
"""Tries of one row, and rows in a row that nobody could tell of, before it is an outage."""
_TURNED_AWAY = 20
_LOOK_UP_TIMEOUT = 10.0


class Stopped(Exception):
    """The import was interrupted while this row waited."""


class Sender:
    """Shared by the threads that send."""

    def __init__(
        self,
        client: ScuteClient,
        *,
        invite: bool,
        wait: Callable[[float], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._invite = invite
        self._stop = Event()
        self._wait = wait or self._stop.wait
        self._clock = clock
        self._not_before = 0.0
        self._undecided = 0

    def stop(self) -> None:
        """Begin no more calls."""
        self._stop.set()

    def send(self, row: Row, *, in_doubt: bool) -> Outcome:
        """What became of a row; `SENDING` where nobody can tell. `in_doubt`: was it sent before?"""
        outcome = self._decided(row, in_doubt=in_doubt)
        self._undecided = self._undecided + 1 if outcome is None else 0
        if self._undecided >= TROUBLES:
            raise ScuteUnavailable("Scute cannot be asked now")
        return outcome or Outcome(Fate.SENDING, "nobody can tell yet whether it arrived")

    def _decided(self, row: Row, *, in_doubt: bool) -> Outcome | None:
        refusal: ApiError | None = None
        troubles = turned_away = 0
        while troubles < TROUBLES and turned_away < _TURNED_AWAY:
            self._pause()
            try:
                if (in_doubt or refusal) and (known := self._known(row)) is not None:
                    return Outcome(Fate.FOUND, _differences(row, known))
                if refusal is not None:
                    return Outcome(Fate.REFUSED, str(refusal))
                return Outcome(Fate.CREATED, _not_taken(row, self._create(row)))
            except RateLimited as error:
                turned_away += 1
                self._hold(error.retry_after)
            except (Conflict, Invalid) as error:
                if refusal is not None:
                    return Outcome(Fate.REFUSED, str(refusal))
                refusal = error
            except (ScuteUnavailable, ApiError) as error:
                if _is_about_all(error):
                    raise
                in_doubt, troubles = True, troubles + 1
                self._sleep(2.0 ** (troubles - 1))
        return None

    def _create(self, row: Row) -> UserRecord:
        both = row.email is not None and row.phone is not None
        return self._client.users.create(
            None if both else row.email or row.phone,
            email=row.email if both else None,
            phone=row.phone if both else None,
            send_invite=self._invite,
            **row.fields,
        )

    def _known(self, row: Row) -> UserRecord | None:
        """The user with one of the row's addresses. Not by the sign-in's look-up: that creates."""
        return next(self._holders(row), None)

    def _holders(self, row: Row) -> Iterator[UserRecord]:
        ask, timeout = self._client.users.list, _LOOK_UP_TIMEOUT
        for spelling in _spellings(row.email):
            found = ask(email=spelling, timeout=timeout).items
            yield from (user for user in found if same_identifier(spelling, user.email))
        if row.phone is not None:
            found = ask(phone=row.phone, timeout=timeout).items
            yield from (user for user in found if same_identifier(row.phone, user.phone))

    def _hold(self, seconds: float) -> None:
        """Who is turned away speaks for all."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def _pause(self) -> None:
        while (left := self._not_before - self._clock()) > 0:
            self._sleep(left)
        self._sleep(0)

    def _sleep(self, seconds: float) -> None:
        if self._wait(seconds):
            raise Stopped


def _spellings(email: str | None) -> Iterable[str]:
    """As it was sent, and as Scute may have kept it."""
    return () if email is None else dict.fromkeys((email, email.lower()))


def _is_about_all(error: ScuteUnavailable | ApiError) -> bool:
    """Is it about the secret or the app? A page of some proxy's is no answer of Scute's."""
    is_no = isinstance(error, (Unauthorized, Forbidden, NotFound))
    return isinstance(error, ApiError) and is_no and error.code != UNUSABLE


def _not_taken(row: Row, user: UserRecord) -> str:
    """What a new user lacks of his row."""
    refused = [f"{META}.{name}" for name in row.fields.get(META, ()) if name in user.meta_errors]
    missing = ", ".join((*_addresses_lacking(row, user), *refused))
    hint = " (has the app declared the field?)" if refused else ""
    return f"without {missing}, which Scute did not take{hint}" if missing else ""


def _differences(row: Row, user: UserRecord) -> str:
    """How a user who is there differs: nobody else tells, where the answer to his row got lost."""
    other = _addresses_lacking(row, user)
    told = row.fields.get(META, ()) if {META, "meta"} & user.raw.keys() else ()
    missing = [f"{META}.{name}" for name in told if name not in user.meta]
    parts = [f"another {', '.join(other)}"] if other else []
    parts += [f"no {', '.join(missing)}"] if missing else []
    return f"a user with {' and '.join(parts)}" if parts else ""


def _addresses_lacking(row: Row, user: UserRecord) -> list[str]:
    pairs = (("email", row.email, user.email), ("phone", row.phone, user.phone))
    return [name for name, own, there in pairs if own and not same_identifier(own, there)]
