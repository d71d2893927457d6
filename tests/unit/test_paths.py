"""Paths match exactly, or as a prefix at a segment boundary (security.md H09)."""

import pytest

from scute_auth.paths import covers


@pytest.mark.parametrize(
    ("listed", "path", "expected"),
    [
        ("/health", "/health", True),
        ("/health", "/health/", True),
        ("/health", "/health/db", True),
        ("/health", "/healthy", False),
        ("/health", "/Health", False),
        ("/health", "/", False),
        ("/health", "health", False),
        ("/static/", "/static/a.css", True),
        ("/static/", "/static/", True),
        ("/static/", "/static", False),
        ("/", "/", True),
        ("/", "/me", False),
        ("/static", "/static//me", False),
        ("/static", "/static/../me", False),
        ("/static", "/static/./me", False),
        ("/static", "/static/..me", True),
        ("/static", "//static", False),
        ("/static", "/x/static", False),
    ],
)
def test_what_a_listed_path_covers(listed: str, path: str, expected: bool) -> None:
    assert covers((listed,), path) is expected


def test_one_of_several_is_enough_and_none_covers_nothing() -> None:
    assert covers(("/a", "/b"), "/b/c")
    assert not covers((), "/")


@pytest.mark.parametrize("path", ["/static/..", "/static/.", "/.."])
def test_a_path_that_ends_in_dots_is_not_covered(path: str) -> None:
    """Servers that fold it away arrive above the listed path."""
    assert not covers(("/static",), path)


@pytest.mark.parametrize(
    ("path", "root_path", "expected"),
    [
        ("/open/x", "/app", True),
        ("/open/app/private", "/app", False),
        ("/open/appprivate", "/app", False),
        ("/open/app/private", "", True),
    ],
)
def test_a_path_that_names_the_root_path_again_is_not_covered(
    path: str, root_path: str, expected: bool
) -> None:
    """Litestar's router cuts at the root path wherever it stands."""
    assert covers(["/open"], path, root_path) is expected
