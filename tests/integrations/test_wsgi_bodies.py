"""Bodies in plain WSGI: the app's, piece by piece, and those of requests to our own routes."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from wsgiref.util import FileWrapper

import pytest

from scute_auth import Scute, optional_user
from scute_auth.context import Current, variable
from scute_auth.http import MAX_BODY
from scute_emulator import Emulator
from scute_wsgi import BodyInContext, ScuteAuth, read_body, request_view
from scute_wsgi.types import Environ, StartResponse
from tests.integrations.support import bearer
from tests.integrations.wsgi_server import Body, Server, environ_of, serve, start, told


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

    def test_an_adapter_may_leave_the_beginning_to_the_server(
        self, emulator: Emulator, scute: Scute
    ) -> None:
        view = request_view(environ_of(headers=bearer(emulator)))
        context, body = copy_context(), Body([b"one", b"two"])
        context.run(variable.set, Current(view, scute.authenticate(view), scute))

        waiting = BodyInContext(body, context)

        assert body.pulled == 0
        assert list(waiting) == [b"one", b"two"]
        waiting.close()
        assert body.closed_by[0] is not None

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

        assert len(read_body(environ, MAX_BODY)) == read

    def test_without_a_length_nothing_is_read(self) -> None:
        environ = environ_of(
            headers={"Transfer-Encoding": "chunked"}, more={"wsgi.input": Connection(b"")}
        )

        assert read_body(environ, MAX_BODY) == b""

    def test_chunks_are_read_from_a_server_that_says_where_they_end(self) -> None:
        environ = environ_of(more={"wsgi.input": BytesIO(b"abc"), "wsgi.input_terminated": True})

        assert read_body(environ, MAX_BODY) == b"abc"

    def test_a_body_that_breaks_off_is_what_came(self) -> None:
        environ = environ_of(more={"wsgi.input": BytesIO(b"abc"), "CONTENT_LENGTH": "10"})

        assert read_body(environ, MAX_BODY) == b"abc"

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
