"""What only raw WSGI shows of the base middleware: starts, refusals, failures, settings."""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from scute_auth import ConfigError, NotSignedIn, Reason, Scute, current_user
from scute_emulator import Emulator
from scute_wsgi import ScuteAuth, current_of
from scute_wsgi.types import Environ, StartResponse
from tests.integrations.support import config_of, expired_cookies
from tests.integrations.wsgi_server import Body, Server, boom, environ_of, serve, start, told


class TestStart:
    def test_a_late_start_carries_the_cookies(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        def app(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
            start(start_response)
            yield b"late"

        environ = environ_of(headers=expired_cookies(emulator))
        body = ScuteAuth(app, scute=scute)(environ, server.start_response)

        assert list(body) == [b"late"]
        assert len(server.starts) == 1
        assert len(server.all("set-cookie")) == 1

    def test_a_second_start_carries_them_too(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            start(start_response)
            try:
                raise RuntimeError("boom")
            except RuntimeError:
                start_response("500 Sorry", [("Content-Type", "text/html")], sys.exc_info())
            return [b"sorry"]

        environ = environ_of(headers=expired_cookies(emulator))
        body = ScuteAuth(app, scute=scute)(environ, server.start_response)

        assert list(body) == [b"sorry"]
        assert server.status == "500"
        assert server.starts[1][2][0] is RuntimeError
        assert len(server.all("set-cookie")) == 1

    def test_what_a_framework_made_of_a_refusal_gives_way_to_it(
        self, scute: Scute, server: Server
    ) -> None:
        def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            try:
                current_user()
            except Exception:  # noqa: BLE001 - as Bottle does
                start_response("500 Sorry", [], sys.exc_info())
            return [b"sorry"]

        body = ScuteAuth(app, scute=scute)(environ_of(), server.start_response)

        assert b'"reason": "missing"' in b"".join(body)
        assert [status for status, _, _ in server.starts] == ["401 Unauthorized"]

    def test_written_pieces_come_after_the_cookies(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            start(start_response)(b"written")
            return [b"returned"]

        environ = environ_of(headers=expired_cookies(emulator))
        body = ScuteAuth(app, scute=scute)(environ, server.start_response)

        assert (server.written, list(body)) == ([b"written"], [b"returned"])
        assert len(server.all("set-cookie")) == 1

    @pytest.mark.parametrize("error", [RuntimeError("boom"), NotSignedIn(Reason.MISSING)])
    def test_what_was_written_is_not_followed_by_another_answer(
        self, emulator: Emulator, scute: Scute, server: Server, error: Exception
    ) -> None:
        def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            start(start_response)(b"written")
            raise error

        environ = environ_of(headers=expired_cookies(emulator))
        with pytest.raises(type(error)):
            ScuteAuth(app, scute=scute)(environ, server.start_response)

        assert len(server.starts) == 1


class TestRefusals:
    def test_one_at_the_first_piece_replaces_what_was_started(
        self, scute: Scute, server: Server
    ) -> None:
        body = Body([NotSignedIn(Reason.MISSING)])

        answer = ScuteAuth(body.app, scute=scute)(environ_of(), server.start_response)

        assert [status[:3] for status, _, _ in server.starts] == ["200", "401"]
        assert server.starts[1][2] is not None
        assert b'"reason": "missing"' in b"".join(answer)
        assert body.closed_by == [None]

    def test_one_in_the_middle_is_the_servers(self, scute: Scute, server: Server) -> None:
        body = Body([b"first", NotSignedIn(Reason.MISSING)])

        answer = iter(ScuteAuth(body.app, scute=scute)(environ_of(), server.start_response))

        assert next(answer) == b"first"
        with pytest.raises(NotSignedIn):
            next(answer)
        assert len(server.starts) == 1

    def test_a_head_request_gets_the_length_and_no_body(self, scute: Scute, server: Server) -> None:
        environ = environ_of(more={"REQUEST_METHOD": "HEAD"})

        body = ScuteAuth(Body([NotSignedIn(Reason.MISSING)]).app, scute=scute)(
            environ, server.start_response
        )

        assert list(body) == []
        assert int(server.all("content-length")[0]) > 0

    def test_a_handshake_of_another_site_has_no_user(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        """Servers with WebSockets of their own hand them to the app as a GET (CSWSH)."""
        lines = expired_cookies(emulator) | {"Upgrade": "WebSocket", "Connection": "upgrade"}
        theirs = environ_of(headers=lines | {"Origin": "https://evil.example"})
        ours = environ_of(headers=lines | {"Origin": "http://127.0.0.1:8000"})
        app = ScuteAuth(told, scute=scute)

        assert list(app(theirs, server.start_response)) == [b"nobody"]
        assert list(app(ours, server.start_response)) != [b"nobody"]


class TestFailures:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_the_cookies_arrive_and_the_error_is_logged(
        self,
        emulator: Emulator,
        scute: Scute,
        server: Server,
        method: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        environ = environ_of(headers=expired_cookies(emulator), more={"REQUEST_METHOD": method})

        body = ScuteAuth(boom, scute=scute)(environ, server.start_response)

        assert list(body) == ([] if method == "HEAD" else [b"Internal Server Error"])
        assert server.status == "500"
        assert len(server.all("set-cookie")) == 1
        errors = [record.exc_info for record in caplog.records if record.exc_info]
        assert [info[0] for info in errors] == [RuntimeError]

    def test_an_answer_that_was_begun_gives_way(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        environ = environ_of(headers=expired_cookies(emulator))
        app = Body([RuntimeError("boom")]).app

        body = ScuteAuth(app, scute=scute)(environ, server.start_response)

        assert list(body) == [b"Internal Server Error"]
        assert [status[:3] for status, _, _ in server.starts] == ["200", "500"]
        assert len(server.all("set-cookie")) == 1

    def test_without_cookies_to_save_the_error_is_the_servers(
        self, scute: Scute, server: Server
    ) -> None:
        with pytest.raises(RuntimeError, match="boom"):
            ScuteAuth(boom, scute=scute)(environ_of(), server.start_response)

        assert server.starts == []

    def test_the_server_of_the_standard_library_sends_the_cookies(
        self, emulator: Emulator, scute: Scute
    ) -> None:
        out = serve(ScuteAuth(boom, scute=scute), expired_cookies(emulator))

        assert out.startswith("HTTP/1.0 500 Internal Server Error\r\n")
        assert out.lower().count("set-cookie:") == 1
        assert out.endswith("\r\n\r\nInternal Server Error")


class TestSettings:
    @pytest.fixture(autouse=True)
    def nothing_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in list(os.environ):
            if name.startswith("SCUTE_"):
                monkeypatch.delenv(name)

    def test_the_first_request_names_what_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, server: Server
    ) -> None:
        app = ScuteAuth(told)

        with pytest.raises(ConfigError, match="SCUTE_APP_ID is not set"):
            app(environ_of(), server.start_response)

        monkeypatch.setenv("SCUTE_APP_ID", "app_demo")
        assert list(app(environ_of(), server.start_response)) == [b"nobody"]

    def test_an_async_hook_is_named_too(self, emulator: Emulator, server: Server) -> None:
        async def hook(*_: object) -> None:
            raise AssertionError("nobody awaits it")

        app = ScuteAuth(told, config_of(emulator), on_sign_in=hook)

        with pytest.raises(ConfigError, match="hooks"):
            app(environ_of(), server.start_response)

    def test_without_the_middleware_there_is_no_verdict(self) -> None:
        with pytest.raises(ConfigError, match="not installed"):
            current_of(environ_of())


@pytest.mark.parametrize("path", ["/", "/auth/session", "/auth/sign-in", "/auth/nothing"])
@pytest.mark.parametrize("is_new", [True, False])
def test_the_validator_of_the_standard_library_finds_nothing(
    emulator: Emulator, scute: Scute, server: Server, path: str, is_new: bool
) -> None:
    app = validator(ScuteAuth(validator(Body([b"one", b"two"]).app), scute=scute))
    headers = {} if is_new else expired_cookies(emulator)

    body: Any = app(environ_of(path, headers=headers), server.start_response)
    pieces = list(body)
    body.close()

    assert all(type(piece) is bytes for piece in pieces)
