"""Where a WSGI app stands (in another, below a prefix, behind a proxy), and what it sees there."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from scute_auth import NotSignedIn, Reason, Scute
from scute_emulator import Emulator
from scute_wsgi import ScuteAuth, request_view
from scute_wsgi.request import MOST_NAMES, header_names
from scute_wsgi.types import Environ, StartResponse
from tests.integrations.support import bearer, config_of, expired_cookies
from tests.integrations.wsgi_server import Body, Server, environ_of, told


def told_by_view(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """An app that says where it was asked."""
    view = request_view(environ)
    start_response(f"200 {view.scheme} {view.host} {view.root_path}", [])
    return []


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


class TestProxies:
    """With Werkzeug's middlewares, which any WSGI app may stand behind."""

    def test_a_mounted_app_links_to_where_it_is(self, scute: Scute, server: Server) -> None:
        refusing = Body([NotSignedIn(Reason.MISSING)]).app
        app = DispatcherMiddleware(told, {"/app": ScuteAuth(refusing, scute=scute)})

        app(environ_of("/app/x", headers={"Accept": "text/html"}), server.start_response)

        assert server.all("location") == ["/app/auth/sign-in?next=/app/x"]

    def test_behind_a_proxy_the_view_is_the_visitors(self, server: Server) -> None:
        forwarded = {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "app.test",
            "X-Forwarded-Prefix": "/app",
        }
        environ = environ_of(headers=forwarded)

        ProxyFix(told_by_view, x_host=1, x_prefix=1)(environ, server.start_response)

        assert [status for status, _, _ in server.starts] == ["200 https app.test /app"]

    def test_a_post_of_the_proxys_own_origin_passes(
        self, emulator: Emulator, scute: Scute, server: Server
    ) -> None:
        app = ProxyFix(ScuteAuth(told, scute=scute), x_host=1)
        cookies = {"Cookie": secure_cookies(emulator)}
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "app.test"}
        post = {"REQUEST_METHOD": "POST"}

        ours = environ_of(headers=cookies | forwarded | {"Origin": "https://app.test"}, more=post)
        bare = environ_of(headers=cookies | forwarded | {"Origin": "http://app.test"}, more=post)

        assert list(app(ours, server.start_response)) != [b"nobody"]
        assert "; Secure" in server.all("set-cookie")[0]
        assert list(app(bare, server.start_response)) == [b"nobody"]


def secure_cookies(emulator: Emulator) -> str:
    """The cookies of an expired session as a browser has them on https."""
    return "; ".join(f"__Host-{pair}" for pair in expired_cookies(emulator)["Cookie"].split("; "))


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
