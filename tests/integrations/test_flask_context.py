"""Whose request is it? In streams, threads, tasks and greenlets, and when it is over."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from flask import (
    Flask,
    Response,
    copy_current_request_context,
    has_request_context,
    request,
    send_file,
    stream_with_context,
)
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wsgi import FileWrapper

import scute_auth
from scute_auth import ConfigError
from scute_auth.context import variable
from scute_emulator import Emulator
from scute_flask import current_user, require_user
from tests.integrations.flask_support import app_of, client_of, user_view


def header_of(emulator: Emulator, email: str) -> tuple[str, dict[str, str]]:
    session = emulator.create_session(email)
    return session["user_id"], {"Authorization": f"Bearer {session['access']}"}


@pytest.fixture
def people(emulator: Emulator) -> list[tuple[str, dict[str, str]]]:
    """Ids of two users, each with the header that says who calls."""
    return [header_of(emulator, f"{name}@example.com") for name in ("ana", "eve")]


People = list[tuple[str, dict[str, str]]]


def open_body(app: Flask, path: str, headers: dict[str, str]) -> Iterator[bytes]:
    """The body as a server gets it: nothing of it has run."""
    environ = EnvironBuilder(path, headers=Headers(headers)).get_environ()
    body, _, _ = run_wsgi_app(app, environ, buffered=False)
    return iter(body)


class TestStreams:
    @staticmethod
    def app(emulator: Emulator) -> Flask:
        app = app_of(emulator)

        def chunks() -> Iterator[str]:
            for _ in range(3):
                yield f"{current_user.id} {scute_auth.current_user().id}"

        def with_path() -> Iterator[str]:
            for _ in range(3):
                yield f"{current_user.id} {request.args['for']}"

        def outside() -> Iterator[str]:
            yield f"{has_request_context()}"

        app.add_url_rule("/plain", "plain", require_user(lambda: Response(chunks())))
        app.add_url_rule(
            "/kept", "kept", require_user(lambda: Response(stream_with_context(with_path())))
        )
        app.add_url_rule("/outside", "outside", lambda: Response(outside()))
        return app

    def test_two_in_one_thread_never_see_each_others_user(
        self, emulator: Emulator, people: People
    ) -> None:
        app = self.app(emulator)
        bodies = [open_body(app, "/plain", headers) for _, headers in people]

        seen = [next(bodies[turn % 2]).decode() for turn in range(6)]

        assert seen == [f"{people[turn % 2][0]} {people[turn % 2][0]}" for turn in range(6)]
        assert variable.get() is None

    def test_nor_do_those_that_keep_flasks_request(
        self, emulator: Emulator, people: People
    ) -> None:
        app = self.app(emulator)
        bodies = [open_body(app, f"/kept?for={user_id}", head) for user_id, head in people]

        seen = [next(bodies[turn % 2]).decode() for turn in range(6)]

        assert seen == [f"{people[turn % 2][0]} {people[turn % 2][0]}" for turn in range(6)]
        assert not has_request_context()
        assert [list(body) for body in bodies] == [[], []]
        assert variable.get() is None

    def test_flask_has_left_the_request_of_any_other(self, emulator: Emulator) -> None:
        assert client_of(self.app(emulator)).get("/outside").text == "False"

    def test_one_that_nobody_reads_is_closed_in_its_context(
        self, emulator: Emulator, people: People
    ) -> None:
        closed: list[str] = []

        class Body:
            def __iter__(self) -> Iterator[str]:
                raise AssertionError("nobody reads it")

            def close(self) -> None:
                closed.append(current_user.id)

        app = app_of(emulator)
        app.add_url_rule("/", "body", lambda: Response(Body()))
        user_id, headers = people[0]

        client_of(app).head("/", headers=headers).close()

        assert closed == [user_id]
        assert variable.get() is None

    def test_a_file_stays_what_the_server_sends_fast(self, emulator: Emulator) -> None:
        class ServersFile(FileWrapper):
            """As `wsgi.file_wrapper` of a server with `sendfile`."""

        app = app_of(emulator)
        app.add_url_rule("/", "file", lambda: send_file(BytesIO(b"file"), "text/plain"))
        environ = EnvironBuilder("/").get_environ() | {"wsgi.file_wrapper": ServersFile}

        with app.request_context(environ):
            response = app.full_dispatch_request()

        assert isinstance(response.response, ServersFile)
        response.close()


class TestElsewhere:
    def test_async_views_and_their_tasks_know_the_user(
        self, emulator: Emulator, people: People
    ) -> None:
        async def who() -> str:
            await asyncio.sleep(0)
            return f"{current_user.id} {scute_auth.current_user().id}"

        app = app_of(emulator)

        @app.get("/")
        @require_user
        async def view() -> list[str]:
            return list(await asyncio.gather(who(), who()))

        user_id, headers = people[0]

        assert client_of(app).get("/", headers=headers).get_json() == [f"{user_id} {user_id}"] * 2
        assert variable.get() is None

    def test_a_copied_request_knows_him_in_another_thread(
        self, emulator: Emulator, people: People
    ) -> None:
        app = app_of(emulator)

        @app.get("/")
        @require_user
        def view() -> list[str]:
            @copy_current_request_context
            def who() -> str:
                return current_user.id

            with ThreadPoolExecutor(1) as pool:
                there = pool.submit(who).result()
                left = pool.submit(variable.get).result()
            return [there, who(), current_user.id, str(left)]

        user_id, headers = people[0]

        answer = client_of(app).get("/", headers=headers)

        assert answer.get_json() == [user_id, user_id, user_id, "None"]

    def test_a_request_within_a_request_gives_the_outer_one_back(
        self, emulator: Emulator, people: People
    ) -> None:
        inner, outer = app_of(emulator), app_of(emulator)
        inner.add_url_rule("/", view_func=user_view())
        (ana, as_ana), (eve, as_eve) = people

        @outer.get("/")
        @require_user
        def view() -> list[str]:
            there = inner.test_client().get("/", headers=as_eve).text
            return [there, current_user.id, scute_auth.current_user().id]

        assert client_of(outer).get("/", headers=as_ana).get_json() == [eve, ana, ana]

    def test_a_test_may_look_at_the_user_after_the_request(
        self, emulator: Emulator, people: People
    ) -> None:
        app = app_of(emulator)
        app.add_url_rule("/", view_func=user_view())
        (ana, as_ana), (eve, as_eve) = people

        with client_of(app) as client:
            client.get("/", headers=as_ana)
            assert current_user.id == ana
            client.get("/", headers=as_eve)
            assert current_user.id == eve
            client.get("/")
            assert not current_user

        with pytest.raises(ConfigError):
            bool(current_user)

    def test_two_requests_in_one_app_context_are_two(
        self, emulator: Emulator, people: People
    ) -> None:
        """As in a test suite with an app context around everything: Flask's `g` is one there."""
        app = app_of(emulator)
        app.add_url_rule("/", view_func=user_view())
        (ana, as_ana), (eve, as_eve) = people

        with app.app_context():
            client = client_of(app)
            seen = [client.get("/", headers=headers).text for headers in (as_ana, as_eve)]
            stranger = client.get("/")

        assert seen == [ana, eve]
        assert stranger.status_code == 401


class TestAfterwards:
    @pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
    def test_nothing_is_left_when_the_view_fails(
        self, emulator: Emulator, people: People, error: type[BaseException]
    ) -> None:
        app = app_of(emulator)
        app.testing = True

        @app.get("/")
        def view() -> str:
            raise error

        with pytest.raises(error):
            client_of(app).get("/", headers=people[0][1])
        assert variable.get() is None

    @pytest.mark.parametrize("hook", ["after_request", "teardown_request"])
    def test_nothing_is_left_when_a_hook_of_the_app_fails(
        self, emulator: Emulator, people: People, hook: str
    ) -> None:
        app = app_of(emulator)
        app.add_url_rule("/", view_func=user_view())

        def fails(_: object) -> Any:
            raise RuntimeError("a hook")

        getattr(app, hook)(fails)

        if hook == "after_request":
            assert client_of(app).get("/", headers=people[0][1]).status_code == 500
        else:
            with pytest.raises(RuntimeError, match="a hook"):
                client_of(app).get("/", headers=people[0][1])
        assert variable.get() is None


GREENLETS = """
from gevent import monkey
monkey.patch_all()
import gevent
from flask import Flask, Response
from scute_auth import Scute, current_user as core_user
from scute_auth.context import variable
from scute_emulator import Emulator
from scute_flask import ScuteAuth, current_user, require_user
from tests.integrations.flask_support import app_of, client_of

emulator = Emulator()
app = app_of(emulator)

@app.get("/")
@require_user
def view():
    before = current_user.id
    gevent.sleep(0)
    def chunks():
        for _ in range(3):
            gevent.sleep(0)
            yield f"{before == current_user.id == core_user().id} "
        yield current_user.id
    return Response(chunks())

def visit(number):
    session = emulator.create_session(f"user{number}@example.com")
    headers = {"Authorization": "Bearer " + session["access"]}
    answer = client_of(app).get("/", headers=headers)
    assert answer.text == "True True True " + session["user_id"], answer.text
    assert variable.get() is None

gevent.joinall([gevent.spawn(visit, number) for number in range(20)], raise_error=True)
print("never mixed up")
"""


def test_greenlets_never_see_each_others_user() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GREENLETS], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout == "never mixed up\n", done.stderr
