"""A page of an app that signs in with `@scute/core` alone: no backend, the client unchanged."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx2
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from scute_emulator import Emulator
from tests.browser.browser import Browser
from tests.browser.serving import listen, port_of, serve_wsgi

__all__ = ["ClientPage", "client_page"]

HTML = (
    b"<!doctype html><title>A page</title><link rel=icon href=data:,><script src=/core.js></script>"
)


@dataclass
class ClientPage:
    """`client` and `events` stand in the page; an expression may be a promise."""

    browser: Browser
    origin: str
    emulator: Emulator

    def open(self, url: str | None = None, **options: Any) -> None:
        """Load the page, and make a client that writes down what happens to the session."""
        self.browser.open(url or f"{self.origin}/")
        app_id = self.emulator.state.apps.first.id
        config = {"appId": app_id, "baseUrl": self.emulator.base_url, **options}
        self.browser.run(
            "window.client = scute.createClient(arguments[0]); window.events = [];"
            "client.onAuthStateChange(event => events.push(event))",
            config,
        )
        self.wait_for("initial_session")

    def __call__(self, expression: str) -> Any:
        """What the client's call gives."""
        return self.browser.answer(f"client.{expression}")

    def data(self, expression: str) -> Any:
        """The data of a call that must go well."""
        answer = self(expression)
        assert not answer.get("error"), answer
        return answer.get("data")

    def wait_for(self, event: str) -> None:
        self.browser.wait(lambda: event in self.browser.run("return events"))

    def stored(self) -> dict[str, str]:
        """What the client keeps in this browser."""
        return dict(self.browser.run("return {...localStorage}"))

    def code_to(self, address: str) -> str:
        return self.emulator.messages(address)[0].code or ""

    def link_to(self, address: str) -> str:
        return self.emulator.messages(address)[0].link or ""

    def invite(self, address: str) -> str:
        """A backend invites somebody; the link in the mail."""
        app = self.emulator.state.apps.first
        url = f"{self.emulator.base_url}/v1/{app.id}/users/invite"
        headers = {"authorization": f"Bearer {app.secret}"}
        httpx2.post(url, headers=headers, json={"identifier": address}).raise_for_status()
        return self.link_to(address)

    def sign_in(self, address: str = "+15550100123") -> None:
        """With a code, as the client's own documentation does it."""
        self.data(f"signInOrUp('{address}')")
        code = self.code_to(address)
        given = f"verifyOtp('{code}', '{address}')"
        assert self(f"{given}.then(v => client.signInWithTokenPayload(v.data.authPayload))") == {
            "error": None
        }
        self.wait_for("signed_in")

    def user(self) -> Any:
        return self.data("getSession()")["user"]

    def access(self) -> str:
        return str(self.data("getAuthToken()")["access"])


@contextmanager
def client_page(
    browser: Browser, core: Path, key: RSAPrivateKey, name: str = "127.0.0.1"
) -> Generator[ClientPage]:
    """Serve the page beside an emulator, for which it is the app."""
    script = core.read_bytes()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_script = environ["PATH_INFO"] == "/core.js"
        kind = "text/javascript" if is_script else "text/html"
        start_response("200 OK", [("Content-Type", kind)])
        return [script if is_script else HTML]

    listening = listen()
    origin = f"http://{name}:{port_of(listening)}"
    emulator = Emulator(login_url=f"{origin}/", signing_key=key)
    with emulator.serve(), serve_wsgi(app, listening):
        yield ClientPage(browser, origin, emulator)
