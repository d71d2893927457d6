"""Hostile lines: the same verdict on every stack, in memory and behind every server."""

from contextlib import AsyncExitStack

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conformance.harness import all_harnesses
from tests.conformance.secrets_watch import Secrets
from tests.sockets.harnesses import PAIRS
from tests.sockets.hostile import LINES, TARGETS
from tests.sockets.servers import ServerProcess
from tests.sockets.verdicts import Table, Verdict, table_of


async def test_no_two_stacks_disagree(
    processes: dict[str, ServerProcess],
    signing_key: rsa.RSAPrivateKey,
    secrets: Secrets,
    opened: AsyncExitStack,
) -> None:
    """security.md H01-H09; `python -m tests.sockets.verdicts` prints the table."""
    table = await table_of(processes, signing_key, secrets, opened)

    assert table.problems() == []
    assert {len(row) for row in table.rows.values()} == {len(all_harnesses()) + len(PAIRS)}
    assert {verdict.user for verdict in table.rows["Ana's cookies"].values()} == {"ana"}


def a_table() -> Table:
    """Everybody is refused, on two stacks."""
    refused = {line.name: Verdict(401, None) for line in LINES + TARGETS}
    table = Table()
    table.add("one", refused)
    table.add("two", refused)
    return table


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("H01 access twice, differs", Verdict(200, "ana")),
        ("H01 access twice, differs", Verdict(200, "eve")),
        ("H01 access twice, differs", Verdict(403, None)),
        ("H03 two lines, Ana's twice", Verdict(200, "eve")),
        ("H03 nameless", Verdict(500, None)),
        ("H03 nameless", Verdict(200, "eve", note="altered")),
        ("H03 nameless", Verdict(403, None, by_server=True)),
        ("H09 b'//me', a stranger", Verdict(200, "ana")),
        ("H09 b'//me', Ana", Verdict(200, "eve")),
        ("H09 b'//me', Ana", Verdict(500, None)),
    ],
)
def test_a_stack_that_differs_is_found(line: str, verdict: Verdict) -> None:
    table = a_table()
    assert table.problems() == []

    table.rows[line]["two"] = verdict

    assert any(problem.startswith(line) for problem in table.problems())


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("H01 access twice, differs", Verdict(431, None, by_server=True)),
        ("H03 two lines, Ana's twice", Verdict(200, "ana")),
        ("H09 b'//me', Ana", Verdict(200, "ana")),
        ("H09 b'//me', a stranger", Verdict(404, None)),
    ],
)
def test_a_servers_own_refusal_and_a_routers_own_reading_are_none(
    line: str, verdict: Verdict
) -> None:
    table = a_table()

    table.rows[line]["two"] = verdict

    assert table.problems() == []
