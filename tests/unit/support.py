"""What the core's tests share: keys, tokens of any shape, a movable clock, a driver by hand."""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from scute_auth.app_settings import SettingsCache
from scute_auth.claims import Claims
from scute_auth.config import ScuteConfig
from scute_auth.effects import (
    Answer,
    Effect,
    Flow,
    HttpCall,
    HttpFailure,
    HttpOutcome,
    HttpReply,
    Log,
    Shared,
    Spawn,
)
from scute_auth.errors import Reason, ScuteError, ScuteUnavailable, TokenError
from scute_auth.verifier import Verifier
from scute_emulator import Emulator

T = TypeVar("T")

NOW = 1_800_000_000.0
APP_ID = "app_demo"
HEADER: dict[str, Any] = {"alg": "RS256", "kid": "k1"}


@dataclass
class Clock:
    """Stands until it is moved."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@cache
def private_key(number: int = 1, /) -> rsa.RSAPrivateKey:
    """One of a few keys, each made once in a run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def number64(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8 or 1, "big"))


def jwk(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The public half of a key; a change to None removes a member."""
    public = private_key(number).public_key().public_numbers()
    entry = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": f"k{number}",
        "n": number64(public.n),
        "e": number64(public.e),
    }
    return {name: value for name, value in (entry | changes).items() if value is not None}


def key_set_reply(*keys: Any) -> HttpReply:
    return json_reply({"keys": list(keys)})


def json_reply(value: Any, status: int = 200) -> HttpReply:
    return HttpReply(status, (), json.dumps(value).encode())


def good_claims(**changes: Any) -> dict[str, Any]:
    """Claims of an access token of `app_demo`; a change to `...` removes a name."""
    claims: dict[str, Any] = {"uuid": "usr_1", "aid": APP_ID, "exp": int(NOW) + 600} | changes
    return {name: value for name, value in claims.items() if value is not ...}


def segment(value: object) -> str:
    return base64url(json.dumps(value).encode())


def sign(signing_input: str, number: int = 1) -> bytes:
    data = signing_input.encode("utf-8", "surrogatepass")
    return private_key(number).sign(data, padding.PKCS1v15(), hashes.SHA256())


def signed(head: str, body: str, number: int = 1) -> str:
    """A token of these very segments, whatever they hold, with a good signature."""
    return f"{head}.{body}.{base64url(sign(f'{head}.{body}', number))}"


def token(
    header: Mapping[str, Any] | None = None,
    body: bytes | None = None,
    number: int = 1,
    **claims: Any,
) -> str:
    """A good token but for the changes; `header` is added to the usual one, `...` removes."""
    names = HEADER | {"kid": f"k{number}"} | dict(header or {})
    head = segment({name: value for name, value in names.items() if value is not ...})
    return signed(head, base64url(body) if body else segment(good_claims(**claims)), number)


def config(**changes: Any) -> ScuteConfig:
    settings: dict[str, Any] = {"app_id": APP_ID} | changes
    return ScuteConfig(**settings)


class Endpoint:
    """A transport that answers with what it was told to, and remembers what it was asked."""

    def __init__(self, **outcomes: HttpOutcome) -> None:
        self.keys: HttpOutcome = outcomes.get("keys", key_set_reply(jwk()))
        self.keys_old: HttpOutcome = outcomes.get("keys_old", HttpReply(404))
        self.app: HttpOutcome = outcomes.get("app", app_reply())
        self.calls: list[HttpCall] = []

    def send(self, call: HttpCall) -> HttpOutcome:
        self.calls.append(call)
        if call.url.endswith("/.well-known/jwks.json"):
            return self.keys
        return self.keys_old if call.url.endswith("/jwks") else self.app

    async def asend(self, call: HttpCall) -> HttpOutcome:
        return self.send(call)

    @property
    def key_fetches(self) -> int:
        return sum("jwks" in call.url for call in self.calls)

    @property
    def app_fetches(self) -> int:
        return sum("/v1/apps/" in call.url for call in self.calls)


DOWN = HttpFailure("network")


def app_reply(access_expiration: Any = 3600, app_id: str = APP_ID) -> HttpReply:
    return json_reply({"id": app_id, "name": "Demo", "access_expiration": access_expiration})


@dataclass
class Stepper:
    """Runs flows by hand: in this thread, background work only when it is told to."""

    endpoint: Endpoint
    clock: Clock
    background: dict[str, Flow[Any]] = field(default_factory=dict[str, Flow[Any]])
    logged: list[Log] = field(default_factory=list[Log])
    waited: int = 0

    def run(self, flow: Flow[T]) -> T:
        try:
            effect = next(flow)
            while True:
                try:
                    value = self._perform(effect)
                except ScuteError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(Answer(value, self.clock()))
        except StopIteration as stop:
            result: T = stop.value
            return result

    def run_background(self) -> None:
        while self.background:
            self.run(self.background.pop(next(iter(self.background))))

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case HttpCall():
                return self.endpoint.send(effect)
            case Shared(name, flow):
                self.waited += 1
                return self.run(self.background.pop(name, flow))
            case Spawn(name, flow):
                self.background.setdefault(name, flow)
            case Log():
                self.logged.append(effect)
            case _:
                raise AssertionError(f"no verification asks for {effect!r}")
        return None


class Bench:
    """A verifier with its endpoint, its clock and its driver by hand."""

    def __init__(self, endpoint: Endpoint | None = None, **settings: Any) -> None:
        self.clock = Clock()
        self.endpoint = endpoint or Endpoint()
        self.config = config(**settings)
        self.stepper = Stepper(self.endpoint, self.clock)
        self.settings = SettingsCache(self.config)
        self.verifier = Verifier(self.config, self.settings)

    def verify(self, text: str, *, own: bool = False) -> Claims:
        """As the façades do it: what is remembered costs no flow."""
        if not own and (claims := self.verifier.recall(text, self.clock())) is not None:
            return claims
        return self.stepper.run(self.verifier.verify(text, self.clock(), own=own))

    def warm(self) -> "Bench":
        """With keys and settings at hand."""
        return self.warm_with(token(exp=int(self.clock()) + 60))

    def warm_with(self, text: str) -> "Bench":
        self.verify(text)
        self.stepper.run_background()
        self.stepper.waited = 0
        self.endpoint.calls.clear()
        return self

    def unavailable(self, text: str) -> float:
        """Nobody can tell now: how long to wait."""
        try:
            self.verify(text)
        except ScuteUnavailable as error:
            return error.retry_after
        raise AssertionError("there was a verdict")

    def reason(self, text: str) -> Reason:
        return refusal(lambda: self.verify(text))


def refusal(verify: Callable[[], object]) -> Reason:
    """Why this is refused; a failure of the test if it is not."""
    try:
        verify()
    except TokenError as error:
        return error.reason
    raise AssertionError("the token was accepted")


def emulated(**settings: Any) -> tuple[Emulator, ScuteConfig, Clock]:
    """An emulator whose clock is moved by hand, and the settings that lead to it."""
    clock = Clock()
    emulator = Emulator(clock=clock, signing_key=private_key(1), kid="k1")
    return emulator, config(base_url=emulator.base_url, emulator=True, **settings), clock


def key_fetches(emulator: Emulator) -> int:
    return sum(call.count for call in emulator.calls() if "jwks" in call.path)


def settled() -> None:
    """Wait until no flight is under way in a thread."""
    for thread in threading.enumerate():
        if thread.name.startswith("scute "):
            thread.join(5)
            assert not thread.is_alive()
