"""What the benchmarks work on: an emulator, an app's settings, tokens, and how much of each."""

import json
import secrets
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWK

from benchmarks.timing import per_call
from scute_auth import RequestView, ScuteConfig
from scute_emulator import Emulator

__all__ = ["FULL", "QUICK", "Clock", "Scale", "World", "bearer", "join_flights", "key_fetches"]

LIFETIME = 3600


@dataclass(frozen=True, slots=True)
class Scale:
    """How much work: `batch` calls in each of `rounds`; the others count what they name."""

    rounds: int
    batch: int
    waiters: int
    flood: int
    users: int
    processes: int


FULL = Scale(rounds=40, batch=150, waiters=200, flood=10_000, users=50_000, processes=15)
QUICK = Scale(rounds=2, batch=5, waiters=20, flood=300, users=50, processes=1)


@dataclass(slots=True)
class Clock:
    """Time that stands still until somebody moves it."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


class World:
    """One app at an emulator of its own; `clock` is the emulator's."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.emulator = Emulator(clock=clock)
        self.config = ScuteConfig.from_env(self.emulator.config_env())
        self._clock = clock

    @property
    def kid(self) -> str:
        return self.emulator.state.keys.current.kid

    def tokens(self, count: int) -> list[str]:
        """Access tokens of as many users, with the claims that Scute's have."""
        expires_at = int(self._clock()) + LIFETIME
        return [self.emulator.mint(self._claims(expires_at)) for _ in range(count)]

    def foreign_tokens(self, count: int, kid: str | None = None) -> list[str]:
        """Well-formed tokens that no key of Scute's signed, under this `kid` or made-up ones."""
        expires_at = int(self._clock()) + LIFETIME
        return [
            ".".join(
                (
                    _segment({"alg": "RS256", "kid": kid or secrets.token_hex(8)}),
                    _segment(self._claims(expires_at)),
                    _encode(b"\1" + secrets.token_bytes(255)),
                )
            )
            for _ in range(count)
        ]

    def floor(self, tokens: list[str]) -> Callable[[int], float]:
        """The unit of all figures: nothing but the signatures of these tokens."""
        verify = self.public_key().verify
        signed = [token.rpartition(".") for token in tokens]
        pairs = [(_decode(signature), text.encode("ascii")) for text, _, signature in signed]

        def verify_one(pair: tuple[bytes, bytes]) -> None:
            verify(pair[0], pair[1], PKCS1v15(), SHA256())

        return lambda _: per_call(verify_one, pairs)

    def public_pem(self) -> str:
        """The key as peers are configured with it."""
        pem = self.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return pem.decode("ascii")

    def public_key(self) -> RSAPublicKey:
        (jwk,) = self.emulator.state.keys.jwks()["keys"]
        key = PyJWK(jwk).key
        assert isinstance(key, RSAPublicKey)
        return key

    def _claims(self, expires_at: int) -> dict[str, Any]:
        return {
            "uuid": f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-4{secrets.token_hex(8)}",
            "aid": self.config.app_id,
            "uid": secrets.token_hex(16),
            "wid": self.config.workspace_id,
            "exp": expires_at,
        }


def bearer(token: str | None, *more: tuple[bytes, bytes], path: str = "/me") -> RequestView:
    """A request as browsers and API clients send it, with this token in its headers."""
    headers = [(b"host", b"app.example"), (b"accept", b"*/*"), (b"user-agent", b"bench"), *more]
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode("ascii")))
    return RequestView("http", "GET", "https", path, headers)


def key_fetches(emulator: Emulator) -> int:
    """How often the emulator was asked for its keys, answered or not."""
    return sum(call.count for call in emulator.calls() if "jwks" in call.path)


def join_flights() -> None:
    """Wait for what `Scute` does in the background."""
    for thread in threading.enumerate():
        if thread.name.startswith("scute "):
            thread.join()


def _segment(value: dict[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode("utf-8"))


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
