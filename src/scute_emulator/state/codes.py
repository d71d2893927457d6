"""Codes that people type: from a mail or SMS, and from an authenticator app (RFC 6238)."""

import base64
import hmac
import re

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from scute_emulator.state.chance import Randomness
from scute_emulator.state.users import Identifier

__all__ = [
    "STEP",
    "code_for",
    "is_test_identity",
    "new_totp_secret",
    "provisioning_uri",
    "same_code",
    "secret_text",
    "totp_code",
    "totp_step",
]

TEST_CODE = "424242"
STEP = 30
DRIFT = 1
"""Steps that a person's clock may be off (RFC 6238 section 5.2)."""

_TEST_EMAIL = re.compile(r"[^@]*\+scute_test@example\.com")
_TEST_PHONE = re.compile(r"\+1[0-9]{3}55501[0-9]{2}")


def is_test_identity(who: Identifier) -> bool:
    """Addresses to which nothing is sent, and whose code is always the same."""
    pattern = _TEST_EMAIL if who.kind == "email" else _TEST_PHONE
    return pattern.fullmatch(who.value) is not None


def code_for(random: Randomness, who: Identifier, length: int, *, test_identities: bool) -> str:
    """A new code for this address."""
    if test_identities and is_test_identity(who):
        return TEST_CODE
    return str(int.from_bytes(random(16), "big") % 10**length).zfill(length)


def same_code(given: str, wanted: str) -> bool:
    """Compare as people type: spaces and hyphens do not count, nor does the letters' case."""
    one, other = (re.sub(r"[\s-]", "", text).lower() for text in (given, wanted))
    return bool(other) and hmac.compare_digest(one.encode(), other.encode())


def new_totp_secret(random: Randomness) -> bytes:
    """160 bits, as RFC 4226 section 4 (R6) wants."""
    return random(20)


def secret_text(secret: bytes) -> str:
    """As an authenticator app takes it by hand."""
    return base64.b32encode(secret).decode("ascii")


def provisioning_uri(secret: bytes, account: str, issuer: str) -> str:
    return _totp(secret).get_provisioning_uri(account, issuer)


def totp_code(secret: bytes, step: int) -> str:
    return _totp(secret).generate(step * STEP).decode("ascii")


def totp_step(secret: bytes, code: str, now: float, *, after: int) -> int | None:
    """The step that the code stands for; None unless it is a current one later than `after`."""
    current = int(now) // STEP
    steps = range(max(current - DRIFT, after + 1), current + DRIFT + 1)
    return next((step for step in steps if same_code(code, totp_code(secret, step))), None)


def _totp(secret: bytes) -> TOTP:
    # What authenticator apps take where nothing else is said (RFC 6238 section 1.2).
    return TOTP(secret, 6, SHA1(), STEP)  # nosec B303
