"""Webhooks: is a delivery Scute's own, and what does it tell?

Scute signs `"<t>.<raw body>"` with HMAC-SHA256 and the endpoint's secret, and sends
`X-Webhook-Signature: t=<unix>,v1=<hex>` (docs.scute.io, guides/webhooks). The raw bytes count:
JSON that was parsed and written again is another body.
"""

import hmac
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from scute_auth.config import check_webhook_secrets
from scute_auth.errors import ConfigError, WebhookError, WebhookReason
from scute_auth.webhook_events import WebhookEvent, WebhookKind, WebhookUser, read_event

__all__ = [
    "MAX_WEBHOOK",
    "TOLERANCE",
    "WebhookError",
    "WebhookEvent",
    "WebhookKind",
    "WebhookReason",
    "WebhookUser",
    "signature",
    "verify_webhook",
]

Pair: TypeAlias = tuple[str | bytes, str | bytes]
Headers: TypeAlias = Mapping[str, str] | Iterable[Pair]

MAX_WEBHOOK = 256 * 1024
"""Bytes of a delivery. Scute's pages show events of a few hundred."""

TOLERANCE = 300
"""Seconds between our clock and the signature's: Scute names none; this is what others take."""

_HEADER = "x-webhook-signature"
_MAX_HEADER = 2048
_TIME = re.compile(r"t=([0-9]{1,12})")
_V1 = re.compile(r"v1=([0-9a-f]{64})")
_OTHER_VERSION = re.compile(r"v(?!1=)[0-9]{1,3}=[0-9A-Za-z+/=_-]{1,512}")


def verify_webhook(
    headers: Headers,
    body: bytes,
    secrets: str | Sequence[str],
    *,
    now: float | None = None,
    tolerance: float = TOLERANCE,
) -> WebhookEvent:
    """The event of a delivery: `body` is the raw body, `secrets` those that are good now.

    Raises `WebhookError(reason)` for whatever else anybody may send, `ConfigError` for secrets
    that are none. Whether the delivery came before is not known here: remember `event.id`.
    """
    keys = _keys(secrets)
    if len(body) > MAX_WEBHOOK:
        raise WebhookError(WebhookReason.TOO_LARGE)
    sent = _read_header(_only_line(headers))
    if not _is_signed(sent, body, keys):
        raise WebhookError(WebhookReason.SIGNATURE)
    age = (time.time() if now is None else now) - sent.at
    if not -tolerance <= age <= tolerance:
        raise WebhookError(WebhookReason.FUTURE if age < 0 else WebhookReason.OLD)
    return read_event(body, sent.at)


def signature(secret: str, at: int, body: bytes) -> str:
    """The header's value for this body, signed at this second."""
    return f"t={at},v1={_mac(secret.encode('ascii'), str(at), body).hex()}"


@dataclass(frozen=True, slots=True)
class _Sent:
    """The header, taken apart; `time` is as it was written, for that is what is signed."""

    time: str
    macs: tuple[str, ...]

    @property
    def at(self) -> int:
        return int(self.time)


def _keys(secrets: str | Sequence[str]) -> list[bytes]:
    # A string is a sequence too: of keys with one character each, which anybody could try.
    given = [secrets] if isinstance(secrets, str) else secrets
    if not given:
        raise ConfigError("webhook_secrets: without a secret nothing can be verified")
    check_webhook_secrets(given)
    return [secret.encode("ascii") for secret in given]


def _only_line(headers: Headers) -> str:
    lines = list(_lines(headers))
    if not lines:
        raise WebhookError(WebhookReason.MISSING)
    if len(lines) > 1:
        raise WebhookError(WebhookReason.DUPLICATE)
    return lines[0]


def _lines(headers: Headers) -> Iterator[str]:
    given: Any = headers
    pairs: Iterable[Pair] = given.items() if isinstance(headers, Mapping) else given
    for name, value in pairs:
        if _text(name).lower() == _HEADER:
            yield _text(value)


def _text(line: str | bytes) -> str:
    return line.decode("latin-1") if isinstance(line, bytes) else line


def _read_header(line: str) -> _Sent:
    """Its parts in any order: one time, one signature or more; later versions are passed over.

    `int` takes the digits of every alphabet, and hexadecimal of both cases: we take what Scute
    writes. Two times may be two headers that something on the way has joined.
    """
    times: list[str] = []
    macs: list[str] = []
    if len(line) > _MAX_HEADER:
        raise WebhookError(WebhookReason.MALFORMED)
    for part in (part.strip(" \t") for part in line.split(",")):
        if found := _TIME.fullmatch(part):
            times.append(found[1])
        elif found := _V1.fullmatch(part):
            macs.append(found[1])
        elif not _OTHER_VERSION.fullmatch(part):
            raise WebhookError(WebhookReason.MALFORMED)
    if len(times) > 1:
        raise WebhookError(WebhookReason.DUPLICATE)
    if not times or not macs:
        raise WebhookError(WebhookReason.MALFORMED)
    return _Sent(times[0], tuple(macs))


def _is_signed(sent: _Sent, body: bytes, keys: Sequence[bytes]) -> bool:
    """Has one of the secrets signed it? All are tried, so that time tells nothing."""
    good = [_mac(key, sent.time, body) for key in keys]
    macs = [bytes.fromhex(mac) for mac in sent.macs]
    found = [hmac.compare_digest(one, other) for one in good for other in macs]
    return any(found)


def _mac(key: bytes, time: str, body: bytes) -> bytes:
    return hmac.digest(key, time.encode("ascii") + b"." + body, "sha256")
