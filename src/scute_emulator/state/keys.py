"""The workspace's signing keys: all its apps share them, so only `aid` tells their tokens apart."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

__all__ = ["KeyRing", "SigningKey", "load_key"]


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    created_at: float
    private: rsa.RSAPrivateKey = field(repr=False)

    def sign(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        """A compact JWS (RFC 7515 section 3.1) of exactly this header and these claims.

        Not through PyJWT: the tests of hostile tokens need headers and claims that it refuses.
        """
        signed = f"{_segment(header)}.{_segment(claims)}"
        signature = self.private.sign(signed.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64url(signature)}"

    def jwk(self) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "alg": "RS256",
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        }

    def pem(self) -> str:
        """The public half."""
        encoded = self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return encoded.decode("ascii")


class KeyRing:
    """The key that signs, and what the key set publishes beside it."""

    def __init__(self, workspace_id: str, first: SigningKey) -> None:
        self._workspace_id = workspace_id
        self._keys = [first]
        self._foreign: list[dict[str, Any]] = []

    @classmethod
    def started(
        cls,
        workspace_id: str,
        now: float,
        *,
        private: rsa.RSAPrivateKey | None = None,
        kid: str | None = None,
    ) -> "KeyRing":
        """A ring of one key: the one given, else a new one."""
        private = private or _generate()
        return cls(workspace_id, SigningKey(kid or f"{workspace_id}_{int(now)}", now, private))

    @property
    def current(self) -> SigningKey:
        return self._keys[0]

    def rotate(
        self,
        now: float,
        *,
        keep_old: bool,
        private: rsa.RSAPrivateKey | None = None,
        kid: str | None = None,
    ) -> SigningKey:
        """Sign with another key from now on; without `keep_old` it is the only one published."""
        new = SigningKey(kid or self._unused_kid(now), now, private or _generate())
        self._keys = [new, *(self._keys if keep_old else ())]
        return new

    def publish(self, jwk: Mapping[str, Any]) -> None:
        """Add any JSON object to the published set: a bad key beside the good one."""
        self._foreign.append(dict(jwk))

    def jwks(self) -> dict[str, Any]:
        return {"keys": [*(key.jwk() for key in self._keys), *self._foreign]}

    def _unused_kid(self, now: float) -> str:
        used = {key.kid for key in self._keys}
        second = int(now)
        while f"{self._workspace_id}_{second}" in used:
            second += 1
        return f"{self._workspace_id}_{second}"


def load_key(pem: bytes) -> rsa.RSAPrivateKey:
    """Read a private key; ValueError unless it is an unencrypted RSA key in PEM."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise ValueError("the signing key is no unencrypted private key in PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the signing key is no RSA key: Scute signs with RS256 only")
    return key


def _generate() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _segment(value: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode("utf-8"))


def _number(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
