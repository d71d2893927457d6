"""What only raw WSGI shows of the base middleware: starts, pieces, closing, bodies, forks."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import BytesIO, StringIO
from typing import Any
from wsgiref.handlers import SimpleHandler
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

import pytest

from scute_auth import ConfigError, NotSignedIn, Reason, Scute, current_user, optional_user
from scute_auth.context import variable
from scute_auth.http import MAX_BODY
from scute_emulator import Emulator
from scute_wsgi import ScuteAuth, current_of, read_body, request_view
from scute_wsgi.request import MOST_NAMES, header_names
from scute_wsgi.types import Environ, StartResponse, WSGIApp
from tests.integrations.support import bearer, config_of, expired_cookies

Lines = list[tuple[str, str]]


def environ_of(
    path: str = "/", headers: dict[str, str] | None = None, more: Environ | None = None
) -> Environ:
    environ: Environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    lines = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in (headers or {}).items()}
    return environ | lines | (more or {})


@dataclass
class Server:
    """Remembers each start and each piece that was written, and starts as often as it is told."""

    starts: list[tuple[str, Lines, Any]] = field(default_factory=list[Any])
    written: list[bytes] = field(default_factory=list[bytes])

    def start_response(
        self, status: str, headers: Lines, exc_info: Any = None
    ) -> Callable[[bytes], None]:
        self.starts.append((status, headers, exc_info))
        return self.written.append

    @property
    def status(self) -> str:
        return self.starts[-1][0][:3]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.starts[-1][1] if key.lower() == name]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def scute(emulator: Emulator) -> Scute:
    return Scute(config_of(emulator), transport=emulator.transport)


def told(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """An app that says who asks."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    user = optional_user()
    return [user.id.encode() if user else b"nobody"]


def boom(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    raise RuntimeError("boom")


def start(start_response: StartResponse, *rest: Any) -> Any:
    return start_response("200 OK", [("Content-Type", "text/plain")], *rest)


@dataclass
class Body:
    """Pieces that an app makes one by one; an exception among them is raised."""

    pieces: Sequence[bytes | Exception]
    pulled: int = 0
    closed_by: list[str | None] = field(default_factory=list[Any])

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.pulled == len(self.pieces):
            raise StopIteration
        piece = self.pieces[self.pulled]
        self.pulled += 1
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        user = optional_user()
        self.closed_by.append(user.id if user else None)

    def app(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start(start_response)
        return self


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


class TestBodies:
    def test_a_body_is_pulled_piece_by_piece(self, scute: Scute, server: Server) -> None:
        body = Body([b"first", b"second", b"third"])

        answer = iter(ScuteAuth(body.app, scute=scute)(environ_of(), server.start_response))

        for number, piece in enumerate(body.pieces, 1):
            assert next(answer) == piece
            assert body.pulled == number

    @pytest.mark.parametrize(
        "pieces",
        [[], [b"one"], [RuntimeError("boom")], [b"one", RuntimeError("boom")]],
        ids=["empty", "whole", "fails at once", "fails later"],
    )
    def test_it_is_closed_once_by_its_own_user(
        self, emulator: Emulator, scute: Scute, server: Server, pieces: list[bytes | Exception]
    ) -> None:
        body, person = Body(pieces), bearer(emulator)

        with suppress(RuntimeError):
            answer: Any = ScuteAuth(body.app, scute=scute)(
                environ_of(headers=person), server.start_response
            )
            try:
                list(answer)
            finally:
                answer.close()
                answer.close()

        assert len(body.closed_by) == 1
        assert body.closed_by[0] is not None
        assert variable.get() is None

    def test_a_body_that_was_never_begun_is_closed(self, scute: Scute, server: Server) -> None:
        body = Body([b"one"])

        answer: Any = ScuteAuth(body.app, scute=scute)(environ_of(), server.start_response)
        answer.close()

        assert body.closed_by == [None]

    def test_a_generator_is_closed_where_it_stands(self, scute: Scute, server: Server) -> None:
        seen: list[object] = []

        def app(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
            start(start_response)
            try:
                yield b"first"
                yield b"never"
            finally:
                seen.append(optional_user())

        answer: Any = iter(ScuteAuth(app, scute=scute)(environ_of(), server.start_response))
        next(answer)
        answer.close()

        assert seen == [None]
        assert list(answer) == []

    @pytest.mark.parametrize(
        "body",
        [[b"one"], (b"one",), [b"one", b"two"], [], FileWrapper(BytesIO(b"file"))],
        ids=["list", "tuple", "two", "empty", "file"],
    )
    def test_what_servers_send_at_once_stays_what_it_is(
        self, scute: Scute, server: Server, body: Iterable[bytes]
    ) -> None:
        def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            start(start_response)
            return body

        assert ScuteAuth(app, scute=scute)(environ_of(), server.start_response) is body

    def test_a_file_wrapper_that_is_no_class_is_none_of_ours(
        self, scute: Scute, server: Server
    ) -> None:
        environ = environ_of(more={"wsgi.file_wrapper": iter})

        answer = ScuteAuth(Body([b"one"]).app, scute=scute)(environ, server.start_response)

        assert list(answer) == [b"one"]

    def test_a_server_still_tells_the_length_of_a_single_piece(self, scute: Scute) -> None:
        out = serve(ScuteAuth(told, scute=scute), {})

        assert "Content-Length: 6\r\n" in out


class TestNesting:
    def test_the_same_app_twice_has_one_verdict_and_one_refresh(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        twin = Scute(config_of(emulator), transport=emulator.transport)
        app = ScuteAuth(ScuteAuth(told, scute=twin), scute=scute)

        body = app(environ_of(headers=expired_cookies(emulator)), server.start_response)

        assert list(body) != [b"nobody"]
        assert len(server.all("set-cookie")) == 1
        assert len(server.all("vary")) == 1
        calls = [call.count for call in emulator.calls() if "refresh" in call.path]
        assert calls == [1]

    def test_another_app_inside_asks_for_itself(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        other = emulator.create_app()
        config = replace(config_of(emulator), app_id=other.id, secret=other.secret)
        inner = ScuteAuth(told, scute=Scute(config, transport=emulator.transport))
        person = environ_of(headers=bearer(emulator))

        assert list(ScuteAuth(inner, scute=scute)(person, server.start_response)) == [b"nobody"]

    def test_a_refusal_of_the_inner_one_passes_the_outer_one(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        other = emulator.create_app()
        config = replace(
            config_of(emulator), app_id=other.id, secret=other.secret, auth_prefix="/inner"
        )
        inner = ScuteAuth(
            Body([NotSignedIn(Reason.MISSING)]).app,
            scute=Scute(config, transport=emulator.transport),
        )
        person = environ_of(headers={"Accept": "text/html"})

        list(ScuteAuth(inner, scute=scute)(person, server.start_response))

        assert server.status == "303"
        assert server.all("location") == ["/inner/sign-in"]

    def test_two_apps_in_one_process_know_their_own(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        elsewhere = Emulator(app_id="app_other")
        other = Scute(config_of(elsewhere), transport=elsewhere.transport)
        one, two = ScuteAuth(told, scute=scute), ScuteAuth(told, scute=other)
        person = bearer(emulator)

        assert list(one(environ_of(headers=person), server.start_response)) != [b"nobody"]
        assert list(two(environ_of(headers=person), server.start_response)) == [b"nobody"]

    def test_our_own_routes_may_be_left_to_the_app(self, scute: Scute, server: Server) -> None:
        app = ScuteAuth(told, scute=scute, serve_auth=False)

        assert list(app(environ_of("/auth/session"), server.start_response)) == [b"nobody"]


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


class TestView:
    @pytest.mark.parametrize(
        ("path", "seen"),
        [
            ("/me", "/me"),
            ("", "/"),
            ("/caf\xc3\xa9", "/café"),
            ("/\xff", "/\ufffd"),
            ("/日", "/?"),
        ],
        ids=["plain", "empty", "UTF-8", "no UTF-8", "decoded by others"],
    )
    def test_the_path_is_what_routers_match(self, path: str, seen: str) -> None:
        assert request_view(environ_of(path)).path == seen

    def test_everything_is_copied(self) -> None:
        view = request_view(
            environ_of(
                headers={"X-Authorization": "caf\xe9"},
                more={
                    "SCRIPT_NAME": "/app\xc3\xa9/",
                    "QUERY_STRING": "a=%20b",
                    "CONTENT_TYPE": "application/json",
                    "REMOTE_ADDR": "203.0.113.7",
                },
            )
        )

        assert view.header(b"x-authorization") == b"caf\xe9"
        assert view.header(b"content-type") == b"application/json"
        assert (view.root_path, view.query, view.client) == ("/appé", b"a=%20b", "203.0.113.7")
        assert (view.kind, view.method, view.scheme) == ("http", "GET", "http")

    def test_names_that_a_visitor_invents_are_read_and_fill_no_memory(self) -> None:
        invented = {f"x-{number}": str(number) for number in range(2 * MOST_NAMES)}
        invented["x-" + "long" * 100] = "long"

        headers = request_view(environ_of(headers=invented)).headers

        assert dict(headers).items() >= {(k.encode(), v.encode()) for k, v in invented.items()}
        assert len(header_names) == MOST_NAMES
        assert max(map(len, header_names)) < 100


@dataclass
class Connection:
    """A request's body that comes in parts, and never ends."""

    left: bytes
    most: int = 1000

    def read(self, size: int) -> bytes:
        assert self.left, "waits for bytes that never come"
        size = min(size, self.most)
        piece, self.left = self.left[:size], self.left[size:]
        return piece


class TestRequestBodies:
    @pytest.mark.parametrize(
        ("length", "read"),
        [
            ("12", 12),
            ("0", 0),
            ("", 0),
            ("-1", 0),
            ("+5", 0),
            ("1_0", 0),
            ("0x10", 0),
            ("\uff11\uff12", 0),
            ("9" * 5000, 0),
            (str(MAX_BODY), MAX_BODY),
            (str(MAX_BODY + 1), MAX_BODY + 1),
            (str(10 * MAX_BODY), MAX_BODY + 1),
        ],
    )
    def test_it_is_read_as_far_as_its_length_says(self, length: str, read: int) -> None:
        body = Connection(b"x" * 10 * MAX_BODY)

        environ = environ_of(more={"wsgi.input": body, "CONTENT_LENGTH": length})

        assert len(read_body(environ)) == read

    def test_without_a_length_nothing_is_read(self) -> None:
        environ = environ_of(
            headers={"Transfer-Encoding": "chunked"}, more={"wsgi.input": Connection(b"")}
        )

        assert read_body(environ) == b""

    def test_chunks_are_read_from_a_server_that_says_where_they_end(self) -> None:
        environ = environ_of(more={"wsgi.input": BytesIO(b"abc"), "wsgi.input_terminated": True})

        assert read_body(environ) == b"abc"

    def test_a_body_that_breaks_off_is_what_came(self) -> None:
        environ = environ_of(more={"wsgi.input": BytesIO(b"abc"), "CONTENT_LENGTH": "10"})

        assert read_body(environ) == b"abc"

    def test_a_body_that_is_too_large_is_refused(self, scute: Scute, server: Server) -> None:
        body = Connection(b"x" * 10 * MAX_BODY)
        more = {"wsgi.input": body, "CONTENT_LENGTH": str(len(body.left)), "REQUEST_METHOD": "POST"}
        environ = environ_of("/auth/sign-out", more=more)

        list(ScuteAuth(told, scute=scute)(environ, server.start_response))

        assert server.status == "413"

    def test_the_apps_own_bodies_are_left_alone(self, scute: Scute, server: Server) -> None:
        environ = environ_of(more={"CONTENT_LENGTH": "5", "wsgi.input": Connection(b"hello")})

        list(ScuteAuth(told, scute=scute)(environ, server.start_response))

        assert environ["wsgi.input"].left == b"hello"


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


def serve(app: WSGIApp, headers: dict[str, str]) -> str:
    """What the standard library's server sends."""
    out, errors = BytesIO(), StringIO()
    SimpleHandler(BytesIO(), out, errors, environ_of(headers=headers)).run(app)
    assert errors.getvalue() == ""
    return out.getvalue().decode("latin-1")
