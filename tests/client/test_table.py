"""The table of Scute's API: complete, each path once, each name where it belongs."""

import importlib
from collections import Counter
from pathlib import Path

import pytest

from scute_auth import api
from scute_auth.api import ROWS
from scute_auth.api.row import Credential, Row

PAGES = (Path(__file__).parents[1] / "vectors" / "scute_reference_pages.txt").read_text("utf-8")


def test_every_page_of_the_reference_has_one_row() -> None:
    pages = [row.page for row in ROWS.values() if row.page is not None]

    assert len(PAGES.split()) == 97
    assert sorted(pages) == PAGES.split()


def test_no_two_rows_are_the_same_call() -> None:
    calls = Counter((row.method, row.path) for row in ROWS.values())

    assert [call for call, count in calls.items() if count > 1] == []


def test_each_row_is_a_constant_named_after_it() -> None:
    modules = [importlib.import_module(f"scute_auth.api.{name}") for name in sorted(MODULES)]
    found = {
        name: row
        for module in modules
        for name, row in vars(module).items()
        if isinstance(row, Row)
    }

    assert {row.name for row in found.values()} == set(ROWS)
    assert all(row.name.upper().replace(".", "_") == name for name, row in found.items())


MODULES = {path.stem for path in Path(api.__file__).parent.glob("*.py")} - {"__init__", "row"}


@pytest.mark.parametrize(
    ("name", "experimental", "repeatable", "certainty"),
    [
        ("auth_providers.list", True, True, ("inferred",)),
        ("users.list", False, True, ("documented", "proven")),
        ("users.replace", False, True, ("documented",)),
        ("users.look_up", False, False, ("proven",)),
        ("oauth.callback", False, False, ("documented",)),
        ("users.delete", False, False, ("proven", "third-party")),
        ("tokens.refresh", False, False, ("documented", "proven")),
    ],
)
def test_a_row_says_how_sure_it_is_and_what_may_be_repeated(
    name: str, experimental: bool, repeatable: bool, certainty: tuple[str, ...]
) -> None:
    row = ROWS[name]

    assert (row.is_experimental, row.is_repeatable, row.certainty) == (
        *(experimental, repeatable, certainty),
    )


def test_no_refresh_is_repeatable() -> None:
    assert not any(row.is_repeatable for row in ROWS.values() if "refresh" in row.name)


def test_a_row_is_listed_with_all_that_is_known_of_it() -> None:
    assert ROWS["users.list"].listed() == {
        "page": "users/list-users",
        "group": "users",
        "method": "GET",
        "path": "/v1/{app_id}/users",
        "credentials": ["secret/workspace"],
        "sync": "ScuteClient.users.list",
        "async": "AsyncScuteClient.users.list",
        "certainty": ["documented", "proven"],
        "repeatable": True,
    }
    assert ROWS["users.merge"].listed()["page"] is None


def test_a_step_up_is_made_with_the_secret() -> None:
    row = ROWS["challenges.create"].with_secret()

    assert row.credentials == (Credential.SECRET,)
    assert row.path == ROWS["challenges.create"].path
