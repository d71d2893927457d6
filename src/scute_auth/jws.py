"""Read one compact JWS, once and strictly (RFC 7515 section 7.1).

Exactly one string stands for one token: what is not canonical is refused, because deny-lists
and remembered tokens are keyed by that string. Nothing here checks a signature, and nothing in
a token's header is ever followed (`jku`, `x5u`, `jwk`, `x5c`: RFC 8725 section 3.10).
"""

from binascii import Error as Base64Error
from binascii import a2b_base64
from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_letters, digits
from typing import Any

from scute_auth.errors import Reason, TokenError
from scute_auth.json_values import strict_object

__all__ = [
    "ALGORITHM",
    "MAX_TOKEN",
    "Header",
    "Jws",
    "is_token_shaped",
    "json_object",
    "parse",
    "unverified_claims",
]

ALGORITHM = "RS256"

MAX_TOKEN = 16 * 1024
"""Characters. Scute's tokens have about 700; uvicorn passes headers of 64 kB on."""

_TOKEN_ALPHABET = (ascii_letters + digits + "_-.").encode("ascii")
_MAX_SHAPED = 8 * 1024

_MAX_KID = 256

_MAX_BRACKETS = 64
"""Deeper nesting than this is no claim of Scute's; the parser must not recurse for a stranger."""

# base64url to base64 (RFC 4648 section 5); "+", "/" and "=" become a byte outside both
# alphabets, so that the strict decoder refuses them.
_TO_BASE64 = bytes.maketrans(b"-_+/=", b"+/\x00\x00\x00")
_PADDING = (b"", None, b"==", b"=")
# What the last character may be when it carries only 2 or 4 bits: any other is a second
# spelling of the same bytes (RFC 4648 section 3.5).
_CANONICAL_END = {2: b"AQgw", 3: b"AEIMQUYcgkosw048"}


@dataclass(frozen=True, slots=True)
class Jws:
    """A well-formed RS256 token whose signature nobody has checked yet."""

    header: "Header"
    claims: dict[str, Any] = field(repr=False)
    signing_input: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    kid: str | None
    typ: str | None


def parse(token: str) -> Jws:
    """Take a token apart; raise `TokenError` for all but a compact RS256 JWS of an object."""
    if not token:
        raise TokenError(Reason.MISSING)
    if len(token) > MAX_TOKEN:
        raise TokenError(Reason.TOO_LARGE)
    if not token.isascii() or token.count(".") != 2:
        raise TokenError(Reason.MALFORMED)
    data = token.encode("ascii")
    signing_input, _, signature = data.rpartition(b".")
    head, _, body = signing_input.partition(b".")
    header = _header(head)
    return Jws(header, json_object(_decode(body)), signing_input, _decode(signature))


def is_token_shaped(text: str) -> bool:
    """Could this be a token of Scute's at all: short, and of the JWT alphabet?

    What passes is safe in a header line, a cookie and a URL.
    """
    if not text.isascii() or not 0 < len(text) <= _MAX_SHAPED:
        return False
    others = text.encode("ascii").translate(None, _TOKEN_ALPHABET)
    return not others and "." not in (text[0], text[-1]) and ".." not in text


def unverified_claims(token: str) -> dict[str, Any]:
    """The claims of a token that Scute, not we, will verify: for display and comparison."""
    if len(token) > MAX_TOKEN or not token.isascii() or token.count(".") != 2:
        raise TokenError(Reason.MALFORMED)
    return json_object(_decode(token.encode("ascii").split(b".")[1]))


@lru_cache(maxsize=256)
def _header(segment: bytes) -> Header:
    """The few header fields that count; the same segment comes with every token of a key."""
    fields = json_object(_decode(segment))
    if fields.get("alg") != ALGORITHM:
        raise TokenError(Reason.ALGORITHM)
    # `crit` names extensions that we would have to understand, and we know none (RFC 7515 section
    # 4.1.11); `b64` changes what was signed (RFC 7797).
    if "crit" in fields or "b64" in fields:
        raise TokenError(Reason.MALFORMED)
    kid = fields.get("kid")
    if "kid" in fields and not (isinstance(kid, str) and 0 < len(kid) <= _MAX_KID):
        raise TokenError(Reason.MALFORMED)
    typ = fields.get("typ")
    if "typ" in fields and not isinstance(typ, str):
        raise TokenError(Reason.MALFORMED)
    return Header(kid, typ)


def _decode(segment: bytes) -> bytes:
    """Decode base64url in its one canonical spelling."""
    remainder = len(segment) % 4
    padding = _PADDING[remainder]
    if padding is None:
        raise TokenError(Reason.MALFORMED)
    if remainder and segment[-1] not in _CANONICAL_END[remainder]:
        raise TokenError(Reason.MALFORMED)
    try:
        return a2b_base64(segment.translate(_TO_BASE64) + padding, strict_mode=True)
    except Base64Error:
        raise TokenError(Reason.MALFORMED) from None


def json_object(data: bytes) -> dict[str, Any]:
    """The one strict JSON object that these bytes are, and not a deep one."""
    try:
        return strict_object(data, max_brackets=_MAX_BRACKETS)
    except ValueError:
        raise TokenError(Reason.MALFORMED) from None
