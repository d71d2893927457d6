"""Bodies of forms and JSON that no page of ours sends (security.md C10 among others)."""

__all__ = ["BODIES", "kind_of", "name_of"]

BODIES = (
    b"",
    b"\xff\xfe",
    b"identifier=%ff",
    b"identifier=a&identifier=b",
    b"identifier=ana@example.com%0d%0aBcc:eve@example.com",
    b"identifier=ana@example.com,eve@example.com",
    b"identifier=ana@example.com;eve@example.com",
    b"identifier=" + b"a" * 300 + b"@example.com",
    b"identifier=ana@example.com@evil.example",
    b"identifier=%00@example.com",
    b"identifier=<script>@example.com",
    b"&" * 60_000,
    b"a=1&" * 1000,
    b"[" * 60_000,
    b'{"identifier": {"$ne": null}}',
    b'{"identifier": "ana@example.com", "user_meta": []}',
    b'{"identifier": "\\ud800@example.com"}',
    b"{",
    b"[]",
    b"null",
    b'"text"',
)


def kind_of(body: bytes) -> str:
    """The content type that has it read as what it pretends to be."""
    is_json = body[:1] in (b"{", b"[", b"n", b'"')
    return "application/json" if is_json else "application/x-www-form-urlencoded"


def name_of(body: bytes) -> str:
    return body[:32].decode("latin-1")
