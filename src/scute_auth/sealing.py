"""Seal small values so that only this app can read or make them: sign-in cookies, shared sessions.

AES-SIV (RFC 5297) needs no nonce, so sealing stays a function of its arguments. Each purpose of
each app has its own key, derived by HKDF; opening tries every key of the ring, sealing uses the
first. The format is versioned: `1.<base64url>`.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from scute_auth.config import ScuteConfig
from scute_auth.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Sealer", "sealer_of"]

T = TypeVar("T", bound="DataclassInstance")

_VERSION = "1."
_MAX_SEALED = 8 * 1024


@lru_cache(maxsize=64)
def sealer_of(config: ScuteConfig) -> "Sealer":
    """The sealer of an app's cookies: `cookie_keys`, else a key derived from `secret`."""
    secrets = config.cookie_keys or ((config.secret,) if config.secret else ())
    return Sealer(config.app_id, secrets)


class Sealer:
    """Seals JSON objects for one app with a ring of secrets, the newest first."""

    def __init__(self, app_id: str, secrets: tuple[str, ...]) -> None:
        self._app_id = app_id
        self._secrets = secrets
        self._ciphers: dict[tuple[str, str], Any] = {}

    @property
    def has_key(self) -> bool:
        return bool(self._secrets)

    def seal(self, purpose: str, value: dict[str, Any], *, until: float) -> str:
        """Seal a value that `open` gives back until then (seconds since the epoch)."""
        if not self._secrets:
            raise ConfigError(
                "SCUTE_SECRET (or cookie_keys) is not set: sign-in needs it to seal its cookies"
            )
        data = json.dumps({"until": until, "value": value}, separators=(",", ":")).encode("utf-8")
        sealed = self._cipher(self._secrets[0], purpose).encrypt(data, [self._context(purpose)])
        return _VERSION + urlsafe_b64encode(sealed).decode("ascii").rstrip("=")

    def open(self, purpose: str, text: str | None, *, now: float) -> dict[str, Any] | None:
        """The value, or None if it is not ours, for another purpose, or too old."""
        if text is None or not text.startswith(_VERSION) or len(text) > _MAX_SEALED:
            return None
        try:
            sealed = urlsafe_b64decode(text[len(_VERSION) :].encode("ascii") + b"==")
        except ValueError:
            return None
        for secret in self._secrets:
            if (data := self._decrypt(secret, purpose, sealed)) is not None:
                content = json.loads(data)
                return dict(content["value"]) if now < content["until"] else None
        return None

    def open_as(self, kind: type[T], purpose: str, text: str | None, *, now: float) -> T | None:
        """The same as a value of this kind; another release may have sealed other fields."""
        content = self.open(purpose, text, now=now)
        if content is None or content.keys() != {field.name for field in fields(kind)}:
            return None
        return kind(**content)

    def _decrypt(self, secret: str, purpose: str, sealed: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag

        if len(sealed) <= 16:
            return None
        try:
            return bytes(self._cipher(secret, purpose).decrypt(sealed, [self._context(purpose)]))
        except InvalidTag:
            return None

    def _cipher(self, secret: str, purpose: str) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        cipher = self._ciphers.get((secret, purpose))
        if cipher is None:
            derive = HKDF(SHA256(), length=64, salt=None, info=self._context(purpose))
            cipher = self._ciphers[secret, purpose] = AESSIV(derive.derive(secret.encode("utf-8")))
        return cipher

    def _context(self, purpose: str) -> bytes:
        return f"scute-auth {_VERSION}{self._app_id} {purpose}".encode()
