"""Send rows one after another, so that each user arrives exactly once.

No answer to a POST means that nobody knows: such a row is looked up before it is sent again, in
this run or in the next.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scute_auth.calls import UNUSABLE
from scute_auth.cli.journal import Journal, Outcome
from scute_auth.cli.user_rows import Row
from scute_auth.client import ScuteClient
from scute_auth.errors import ApiError, Conflict, Invalid, ScuteUnavailable
from scute_auth.signin.identifiers import same_identifier

__all__ = ["Importer"]

WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0)
"""Seconds before each further try; then the import stops, to be resumed."""


@dataclass
class Importer:
    """`moved` is told how many rows are settled; `sleep` waits for seconds."""

    client: ScuteClient
    journal: Journal
    sleep: Callable[[float], None]
    moved: Callable[[int], None]
    send_invite: bool | None = None

    def run(self, rows: Sequence[Row]) -> None:
        """Settle each row; what the journal calls settled is left alone."""
        for count, row in enumerate(rows, 1):
            outcome = self.journal.outcomes.get(row.place, (None, ""))[0]
            if outcome in (None, Outcome.SENT):
                settled, detail = self._settle(row, in_doubt=outcome is Outcome.SENT)
                self.journal.write(settled, row.place, detail)
            self.moved(count)

    def _settle(self, row: Row, *, in_doubt: bool) -> tuple[Outcome, str]:
        waits = iter(WAITS)
        while True:
            try:
                return self._attempt(row, in_doubt=in_doubt)
            except (ScuteUnavailable, ApiError) as error:
                least, wait = _least_wait(error), next(waits, None)
                if least is None or wait is None:
                    raise
                in_doubt = True
                self.sleep(max(wait, least))

    def _attempt(self, row: Row, *, in_doubt: bool) -> tuple[Outcome, str]:
        if in_doubt and self._is_there(row):
            return Outcome.DONE, ""
        self.journal.write(Outcome.SENT, row.place)
        try:
            self.client.users.create(**row.fields, send_invite=self.send_invite)
        except (Invalid, Conflict) as error:
            if self._is_there(row):
                return (Outcome.DONE if in_doubt else Outcome.THERE), ""
            return Outcome.REFUSED, error.code or str(error.status)
        return Outcome.DONE, ""

    def _is_there(self, row: Row) -> bool:
        """Scute's search is loose: only the very address or number counts."""
        found = self.client.users.iterate(q=row.key, per_page=100)
        return any(
            same_identifier(row.key, user.email) or same_identifier(row.key, user.phone)
            for user in found
        )


def _least_wait(error: ScuteUnavailable | ApiError) -> float | None:
    """How long to wait at least before another try; None where a try would be in vain."""
    if isinstance(error, ScuteUnavailable):
        return error.retry_after
    return 0.0 if error.code == UNUSABLE else None
