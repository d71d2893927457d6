"""`scute-auth api`, and the page of the docs that is made of the same table."""

import json

import pytest

from scute_auth.api import ROWS
from scute_auth.cli import main
from scute_auth.client import AsyncScuteClient, ScuteClient
from tests.client.support import CONFIG
from tests.client.test_table import PAGES
from tools.api_page import PAGE, put


def test_the_listing_has_every_page_of_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["api", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)

    assert sorted(each["page"] for each in listed if each["page"]) == PAGES.split()
    assert set(listed[0]) == {
        *("page", "group", "method", "path", "credentials", "sync", "async"),
        *("certainty", "repeatable"),
    }


def test_the_names_that_it_lists_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    main(["api", "--json"])
    clients = {"ScuteClient": ScuteClient(CONFIG), "AsyncScuteClient": AsyncScuteClient(CONFIG)}

    for each in json.loads(capsys.readouterr().out):
        for kind in ("sync", "async"):
            client, group, method = each[kind].split(".")
            assert callable(getattr(getattr(clients[client], group), method)), each[kind]


def test_it_can_be_read_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["api"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert len(lines) == len(ROWS)
    assert "users.list" in lines[[*ROWS].index("users.list")]
    doubtful = [line for line in lines if line.endswith("(experimental)")]
    assert len(doubtful) == sum(row.is_experimental for row in ROWS.values())


def test_the_page_of_the_docs_is_up_to_date() -> None:
    assert put(PAGE.read_text("utf-8")) == PAGE.read_text("utf-8")
