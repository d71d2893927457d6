"""What an import reports: how many, and each row that needs a look."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scute_auth.cli.users.journal import Fate, Outcome
from scute_auth.cli.users.rows import BadRow, Row
from scute_auth.cli.users.text import plain

__all__ = ["Report"]

_SAID = {
    "rows": "rows",
    "created": "created",
    "found": "there already",
    "refused": "refused",
    "in_doubt": "in doubt",
    "unsent": "not sent yet",
    "bad": "bad, never sent",
}


@dataclass(frozen=True, slots=True)
class Report:
    rows: Sequence[Row]
    bad: Sequence[BadRow]
    outcomes: Mapping[int, Outcome]
    stopped: str = ""

    @property
    def counts(self) -> dict[str, int]:
        fates = [each.fate for each in self.outcomes.values()]
        return {
            "rows": len(self.rows) + len(self.bad),
            **{name: fates.count(fate) for name, fate in _FATES.items()},
            "unsent": len(self.rows) - len(fates),
            "bad": len(self.bad),
        }

    @property
    def problems(self) -> list[tuple[int, str]]:
        """Row number and reason, in the file's order."""
        found = [(each.number, each.reason) for each in self.bad]
        for name, fate in _FATES.items():
            found += [
                (number, f"{_SAID[name]}: {each.note}")
                for number, each in self.outcomes.items()
                if each.fate is fate and each.note
            ]
        return sorted(found)

    @property
    def status(self) -> int:
        """The exit status: 0 all are there, 1 a row needs a look, 3 it is to be run again."""
        counts = self.counts
        if self.stopped or counts["in_doubt"] or counts["unsent"]:
            return 3
        return 1 if self.problems else 0

    def as_text(self) -> str:
        lines = [f"{count:8} {_SAID[name]}" for name, count in self.counts.items() if count]
        lines += [f"row {number}: {plain(reason)}" for number, reason in self.problems]
        lines += [f"stopped: {self.stopped}"] if self.stopped else []
        return "\n".join(lines)

    def as_json(self) -> str:
        problems = [{"row": number, "reason": reason} for number, reason in self.problems]
        about = {**self.counts, "stopped": self.stopped, "problems": problems}
        return json.dumps(about, indent=2)


_FATES = {
    "created": Fate.CREATED,
    "found": Fate.FOUND,
    "refused": Fate.REFUSED,
    "in_doubt": Fate.SENDING,
}
