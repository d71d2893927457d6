"""Requests as values, for the tests of what reads them."""

from typing import Any

from scute_auth.http import RequestView

__all__ = ["view"]


def view(path: str = "/", *headers: tuple[str, str | bytes], **changes: Any) -> RequestView:
    """A GET over https at app.test; header values as bytes, or text in latin-1."""
    lines = [(name.encode("ascii"), _raw(value)) for name, value in headers]
    if all(name != b"host" for name, _ in lines):
        lines.insert(0, (b"host", b"app.test"))
    given: dict[str, Any] = {"kind": "http", "method": "GET", "scheme": "https"} | changes
    return RequestView(path=path, headers=lines, **given)


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")
