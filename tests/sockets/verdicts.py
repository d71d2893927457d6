"""The table of verdicts: what each stack makes of each hostile line; nowhere may two disagree.

`python -m tests.sockets.verdicts` prints it.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conformance.harness import all_harnesses
from tests.conformance.opening import Sites
from tests.conformance.secrets_watch import Secrets
from tests.conformance.site import Site
from tests.sockets.harnesses import PAIRS, over_socket
from tests.sockets.hostile import LINES, TARGETS, Credentials, Line
from tests.sockets.refusals import NotTheRequest
from tests.sockets.servers import ServerProcess, all_servers

__all__ = ["Table", "Verdict", "table_of"]

OWN = frozenset({0, 400, 414, 431})
"""What a server or a framework may answer by itself; 0 is a closed connection."""

Row = dict[str, "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """For whom the protected handler ran. `note` says what the server did before, if it did."""

    status: int
    user: str | None
    by_server: bool = False
    note: str = ""

    @property
    def is_refusal(self) -> bool:
        """A server's or a framework's own: the core has no such answer for the protected page."""
        return self.user is None and (self.by_server or self.status in OWN)

    @property
    def is_altered(self) -> bool:
        return bool(self.note) and not self.by_server

    def __str__(self) -> str:
        mark = "s" if self.by_server else "*" if self.note else ""
        return f"{self.user or '-'} {self.status}{mark}"


@dataclass
class Table:
    """Rows are lines, columns are stacks."""

    rows: dict[str, Row] = field(default_factory=dict[str, Row])

    def add(self, stack: str, verdicts: Row) -> None:
        for line, verdict in verdicts.items():
            self.rows.setdefault(line, {})[stack] = verdict

    def problems(self) -> list[str]:
        return [
            f"{line.name}: {what}"
            for line in LINES + TARGETS
            for what in _problems(line, self.rows[line.name])
        ]

    def text(self) -> str:
        """Narrow: each row names the stacks only where they differ from the most."""
        lines: list[str] = []
        for name, row in self.rows.items():
            stacks: dict[str, list[str]] = {}
            for stack, verdict in row.items():
                stacks.setdefault(str(verdict), []).append(stack)
            usual, *others = sorted(stacks, key=lambda shown: -len(stacks[shown]))
            lines.append(f"{name:42} {usual:9} {len(stacks[usual])} of {len(row)} stacks")
            lines += [f"{'':42} {shown:9} {', '.join(stacks[shown])}" for shown in others]
        return "\n".join([*lines, _LEGEND])


_LEGEND = """
For whom the protected handler ran (- nobody), and the status. s: the server's own answer, the
app was not asked. *: the server changes this request before the app sees it, as is stated in
tests/sockets/refusals.py."""


def _problems(line: Line, row: Row) -> list[str]:
    found = [
        f"{stack}: {verdict}" for stack, verdict in row.items() if not _is_sound(line, verdict)
    ]
    if line in LINES and not line.or_nobody:
        by_app = {(v.status, v.user) for v in row.values() if not (v.is_refusal or v.is_altered)}
        if len(by_app) > 1:
            found.append(f"stacks disagree: {by_app}")
    return found


def _is_sound(line: Line, verdict: Verdict) -> bool:
    """What holds for every stack alone."""
    if verdict.by_server:
        return verdict.status in OWN and verdict.user is None
    if verdict.status >= 500:
        return False
    return verdict.user in (line.if_altered if verdict.is_altered else line.users)


async def table_of(
    processes: dict[str, ServerProcess],
    signing_key: rsa.RSAPrivateKey,
    secrets: Secrets,
    opened: AsyncExitStack,
) -> Table:
    """Ask every stack: the harnesses in memory, and those that are served over sockets."""
    served = [over_socket(pair.harness, processes[pair.server]) for pair in PAIRS]
    table = Table()
    for stack in all_harnesses() + served:
        site = await Sites(stack, signing_key, secrets, opened).open()
        table.add(stack.name, await verdicts_of(site))
    return table


async def verdicts_of(site: Site) -> Row:
    """Send every line to one stack."""
    ana, eve = site.tokens("ana@example.com"), site.tokens("eve@example.com")
    names = {ana["user_id"]: "ana", eve["user_id"]: "eve"}
    credentials = Credentials(
        site.cookie("access").encode(),
        site.cookie("refresh").encode(),
        *(person[kind].encode() for person in (ana, eve) for kind in ("access", "refresh")),
    )
    await site.warm()
    return {line.name: await _verdict(site, line, credentials, names) for line in LINES + TARGETS}


async def _verdict(
    site: Site, line: Line, credentials: Credentials, names: dict[str, str]
) -> Verdict:
    site.setup.entered.clear()
    by_server, note = False, ""
    try:
        answer = await site.client.get(line.target, headers=line.headers(credentials))
        status = answer.status
    except NotTheRequest as seen:
        status, by_server, note = seen.status, seen.by_server, str(seen)
    users = {names.get(entry.user_id or "", "somebody") for entry in site.setup.entered}
    assert len(users) < 2, users
    return Verdict(status, users.pop() if users else None, by_server, note)


async def _print() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with all_servers() as processes:
        async with AsyncExitStack() as opened:
            print((await table_of(processes, key, Secrets(), opened)).text())


if __name__ == "__main__":
    asyncio.run(_print())
