"""Where a request came in, and which cookies that allows."""

import pytest

from scute_auth.origin import cookie_kind, own_origin
from tests.unit.support import config
from tests.unit.views import view


@pytest.mark.parametrize(
    ("scheme", "host", "settings", "expected"),
    [
        ("https", "app.test", {}, "secure"),
        ("wss", "app.test", {}, "secure"),
        ("https", "localhost:8000", {}, "secure"),
        ("http", "app.test", {}, "none"),
        ("ws", "app.test", {}, "none"),
        ("http", "localhost", {}, "plain"),
        ("ws", "localhost:8000", {}, "plain"),
        ("http", "127.0.0.1:8000", {}, "plain"),
        ("http", "127.9.9.9", {}, "plain"),
        ("http", "[::1]:8000", {}, "plain"),
        ("http", "[::1]", {}, "plain"),
        ("http", "app.localhost", {}, "plain"),
        ("http", "localhost.evil.example", {}, "none"),
        ("http", "127.0.0.1.evil.example", {}, "none"),
        ("http", "192.168.1.5", {}, "none"),
        ("http", "", {}, "none"),
        ("http", "a\xe9", {}, "none"),
        ("http", "10.0.0.5", {"public_origin": "https://app.test"}, "secure"),
        ("https", "app.test", {"public_origin": "http://localhost:8000"}, "plain"),
        ("https", "app.test", {"public_origin": "http://app.test"}, "none"),
        ("http", "app", {"emulator": True, "base_url": "http://127.0.0.1:9000"}, "plain"),
    ],
)
def test_which_cookies_may_be_used(
    scheme: str, host: str, settings: dict[str, object], expected: str
) -> None:
    asked = view("/", ("host", host), scheme=scheme)

    assert cookie_kind(asked, config(**settings)) == expected


@pytest.mark.parametrize(
    ("scheme", "host", "settings", "expected"),
    [
        ("https", "App.Test", {}, "https://app.test"),
        ("wss", "app.test:8443", {}, "https://app.test:8443"),
        ("ws", "localhost:8000", {}, "http://localhost:8000"),
        ("http", "evil", {"public_origin": "https://app.test"}, "https://app.test"),
    ],
)
def test_our_own_origin(scheme: str, host: str, settings: dict[str, object], expected: str) -> None:
    asked = view("/", ("host", host), scheme=scheme)

    assert own_origin(asked, config(**settings)) == expected
