"""An emulated Scute in memory, an app's core before it, and browsers that visit the app.

Flows run in one thread, effect by effect, on a clock that only tests and `Sleep` move.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from scute_auth.authenticator import Authenticator
from scute_auth.config import ScuteConfig
from scute_auth.effects import (
    Answer,
    Effect,
    Flow,
    HttpCall,
    HttpReply,
    Log,
    Shared,
    Sleep,
    Spawn,
    StoreCall,
)
from scute_auth.endpoints import handle
from scute_auth.errors import ScuteError, ScuteUnavailable
from scute_auth.http import Page, RequestView
from scute_auth.identity import VERDICTS, AuthResult, SignedIn
from scute_auth.signin.completion import end_replaced
from scute_auth.signin.visit import Outcome, Visit
from scute_auth.store import MemoryStore
from scute_emulator import Emulator

T = TypeVar("T")

HOST = "127.0.0.1:8000"
NOTHING: Mapping[str, str] = MappingProxyType({})

EMBEDDED = [("no-cors", "image"), ("navigate", "iframe"), ("navigate", "frame"), ("cors", "empty")]
"""`Sec-Fetch-Mode` and `Sec-Fetch-Dest` of what becomes no page of its own."""


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """One key for all emulators of a run: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stepper:
    """Runs flows effect by effect and keeps a list of the effects; a broken store raises."""

    emulator: Emulator
    store: MemoryStore
    clock: Clock
    effects: list[Effect] = field(default_factory=list[Effect])
    broken: frozenset[str] = frozenset()

    def run(self, flow: Flow[T]) -> T:
        answer: Answer | None = None
        error: ScuteError | None = None
        try:
            while True:
                if error is not None:
                    effect = flow.throw(error)
                else:
                    effect = next(flow) if answer is None else flow.send(answer)
                self.effects.append(effect)
                error = None
                try:
                    value = self.perform(effect)
                except ScuteError as failed:
                    error = failed
                else:
                    answer = Answer(value, self.clock())
        except StopIteration as stop:
            result: T = stop.value
            return result

    def perform(self, effect: Effect) -> Any:
        match effect:
            case HttpCall():
                return self.emulator.transport.send(effect)
            case StoreCall(operation, key, value, ttl):
                if operation in self.broken:
                    raise ScuteUnavailable("the store failed")
                if operation in ("set", "add"):
                    return getattr(self.store, operation)(key, value, ttl)
                return getattr(self.store, operation)(key)
            case Sleep(seconds):
                self.clock.now += seconds
            case Shared(_, flow) | Spawn(_, flow):
                return self.run(flow)
            case Log():
                return None

    def logged(self) -> list[str]:
        return [log.message % log.arguments for log in self.effects if isinstance(log, Log)]


@dataclass
class Site:
    """One process of an app: its settings, its core, and what runs its flows."""

    emulator: Emulator
    clock: Clock
    config: ScuteConfig
    auth: Authenticator
    stepper: Stepper

    def run(self, flow: Flow[T]) -> T:
        return self.stepper.run(flow)

    def authenticate(self, view: RequestView, now: float | None = None) -> AuthResult:
        found = self.auth.authenticate(view, self.clock() if now is None else now)
        return found if isinstance(found, VERDICTS) else self.run(found)

    def browser(self, *, scheme: str = "http", host: str = HOST) -> "Browser":
        return Browser(self, scheme, host)

    def signed_in(self, email: str = "ana@example.com", **session: Any) -> "Browser":
        """A browser with the cookies of a new session."""
        browser = self.browser()
        browser.take(self.emulator.create_session(email, **session))
        return browser

    def calls(self, path: str) -> int:
        """How many calls to this path reached Scute, whatever it answered."""
        counts = self.emulator.calls()
        return sum(call.count for call in counts if call.path.endswith(path))

    def logged(self) -> list[str]:
        return self.stepper.logged()

    def other_process(self) -> "Site":
        """The same app in another process: only the store is shared."""
        stepper = Stepper(self.emulator, self.stepper.store, self.clock)
        return Site(self.emulator, self.clock, self.config, Authenticator(self.config), stepper)


def new_emulator(clock: Clock) -> Emulator:
    def sleep(seconds: float) -> None:
        clock.now += seconds

    async def asleep(seconds: float) -> None:
        sleep(seconds)

    return Emulator(clock=clock, signing_key=signing_key(), sleep=sleep, asleep=asleep)


def config_of(emulator: Emulator, **settings: Any) -> ScuteConfig:
    app = emulator.state.apps.first
    given: dict[str, Any] = {"secret": app.secret, "base_url": emulator.base_url, "emulator": True}
    return ScuteConfig(app.id, **(given | settings))


def open_site(**settings: Any) -> Site:
    clock = Clock()
    emulator = new_emulator(clock)
    config = config_of(emulator, **settings)
    stepper = Stepper(emulator, MemoryStore(clock=clock), clock)
    return Site(emulator, clock, config, Authenticator(config), stepper)


def request(
    method: str = "GET",
    path: str = "/",
    headers: Mapping[str, str] = NOTHING,
    *,
    cookies: Mapping[str, str] = NOTHING,
    scheme: str = "http",
    host: str = HOST,
    body: bytes = b"",
    kind: Any = "http",
) -> RequestView:
    path, _, query = path.partition("?")
    lines = {"host": host, **headers}
    if cookies:
        lines["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    raw = tuple((name.encode("ascii"), value.encode("latin-1")) for name, value in lines.items())
    return RequestView(kind, method, scheme, path, raw, query=query.encode("ascii"), body=body)


@dataclass(frozen=True)
class Answered:
    """What a browser got, and what the app's hooks would hear."""

    outcome: Outcome
    headers: tuple[tuple[str, str], ...]

    @property
    def status(self) -> int:
        return self.outcome.reply.status

    @property
    def page(self) -> Page:
        assert self.outcome.reply.page is not None
        return self.outcome.reply.page

    @property
    def json(self) -> Any:
        return json.loads(self.outcome.reply.body)

    @property
    def location(self) -> str | None:
        return self.header("location")

    @property
    def set_cookies(self) -> list[str]:
        return [value for name, value in self.headers if name == "set-cookie"]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


@dataclass
class Browser:
    """Keeps cookies and says where a request comes from, as browsers do."""

    site: Site
    scheme: str
    host: str
    jar: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    client: str | None = None

    @property
    def cookies(self) -> dict[str, str]:
        now = self.site.clock()
        return {name: value for name, (value, until) in self.jar.items() if now < until}

    def name(self, purpose: str) -> str:
        return self.site.config.cookie_names(purpose, secure=self.scheme == "https")[0]

    def cookie(self, purpose: str) -> str | None:
        return self.cookies.get(self.name(purpose))

    def put(self, purpose: str, value: str) -> None:
        self.jar[self.name(purpose)] = (value, float("inf"))

    def drop(self, purpose: str) -> None:
        self.jar.pop(self.name(purpose), None)

    def take(self, session: Mapping[str, Any]) -> None:
        for purpose in ("access", "refresh"):
            if purpose in session:
                self.put(purpose, session[purpose])

    def request(self, method: str = "GET", path: str = "/", **headers: str) -> RequestView:
        """A request of a page of this site, to anywhere in it."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(method, path, sent, cookies=self.cookies, scheme=self.scheme, host=self.host)

    def authenticate(self, method: str = "GET", path: str = "/", **headers: str) -> AuthResult:
        """The verdict on such a request; its cookies are kept."""
        result = self.site.authenticate(self.request(method, path, **headers))
        self.keep(result.changes.merge([]))
        return result

    def open(self, url: str, **headers: str) -> Answered:
        """Open a link that stands elsewhere, in a mail for one."""
        return self._send("GET", url, b"", False, {"sec_fetch_site": "cross-site", **headers})

    def get(
        self, url: str, *, method: str = "GET", script: bool = False, **headers: str
    ) -> Answered:
        return self._send(method, url, b"", script, headers)

    def post(
        self,
        url: str,
        form: Mapping[str, str] | None = None,
        *,
        script: bool = False,
        body: bytes | None = None,
        **headers: str,
    ) -> Answered:
        """Send a form of this site, or as a script of its: JSON."""
        content = {} if form is None else dict(form)
        kind = "application/json" if script else "application/x-www-form-urlencoded"
        encoded = (json.dumps(content) if script else urlencode(content)).encode()
        headers = {"content_type": kind, "origin": f"{self.scheme}://{self.host}", **headers}
        return self._send("POST", url, encoded if body is None else body, script, headers)

    def keep(self, headers: list[tuple[bytes, bytes]]) -> None:
        for name, value in headers:
            if name == b"set-cookie":
                cookie, *attributes = value.decode("ascii").split("; ")
                ages = [item[8:] for item in attributes if item.startswith("Max-Age=")]
                until = self.site.clock() + float(ages[0]) if ages else float("inf")
                key, _, content = cookie.partition("=")
                self.jar[key] = (content, until)

    def _send(
        self, method: str, url: str, body: bytes, script: bool, headers: Mapping[str, str]
    ) -> Answered:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        given = {
            "accept": "application/json" if script else "text/html",
            "sec-fetch-site": "same-origin",
            "sec-fetch-mode": "cors" if script else "navigate",
            "sec-fetch-dest": "empty" if script else "document",
        }
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        view = request(
            method,
            path,
            {name: value for name, value in given.items() if value},
            cookies=self.cookies,
            scheme=self.scheme,
            host=self.host,
            body=body,
        )
        return self.answer(replace(view, client=self.client))

    def answer(self, view: RequestView) -> Answered:
        """As an adapter does it: the reply's changes first, then those of the verdict."""
        site = self.site
        result = site.authenticate(view)
        entropy = site.emulator.state.random(32)
        visit = Visit(site.auth, view, result, site.clock(), entropy)
        outcome = site.run(handle(visit))
        if outcome.replaced is not None:
            site.run(end_replaced(visit, outcome.replaced))
        raw = [(name.encode(), value.encode()) for name, value in outcome.reply.headers]
        merged = result.changes.merge(outcome.reply.changes.merge(raw))
        self.keep(merged)
        lines = tuple((name.decode().lower(), value.decode()) for name, value in merged)
        return Answered(outcome, lines)


def ask_for_link(browser: Browser, email: str = "ana@example.com", **fields: str) -> str:
    """Have a link mailed to this address; the answer is the link."""
    sent = browser.post("/auth/magic-link", {"identifier": email, **fields})
    assert sent.status == 303
    return mailed(browser.site, email)


def mailed(site: Site, email: str = "ana@example.com") -> str:
    link = site.emulator.messages(email)[0].link
    assert link is not None
    return link


def consent(site: Site, authorize_url: str | None, email: str = "ana@example.com") -> str:
    """Go through the stand-in provider as this person; the answer is where that ends."""
    state = dict(parse_qsl(urlsplit(_redirected(site, authorize_url)).query))["state"]
    code = site.emulator.oauth_agree(state, email)
    query = urlencode({"state": state, "code": code})
    path = f"/v1/auth/{site.config.app_id}/oauth/callback?{query}"
    return _redirected(site, site.emulator.base_url + path)


def _redirected(site: Site, url: str | None) -> str:
    assert url is not None
    reply = site.emulator.transport.send(HttpCall("GET", url))
    assert isinstance(reply, HttpReply)
    location = reply.header("location")
    assert location is not None
    return location


def user_of(result: AuthResult) -> str:
    """The id of the user whom a verdict names."""
    assert isinstance(result, SignedIn), result
    return result.user.id
