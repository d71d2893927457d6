"""Django's middleware: both modes, what views are given, bodies, proxies, CSRF."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from asgiref.sync import AsyncToSync, SyncToAsync
from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseNotFound,
    JsonResponse,
    StreamingHttpResponse,
)
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils.decorators import async_only_middleware, sync_only_middleware

from scute_auth import Messages, ScuteUnavailable
from scute_django import ScuteRequest, current_user, optional_user
from scute_emulator import Emulator
from tests.integrations.django_site import ABOVE, opened
from tests.integrations.support import (
    EMAIL,
    bearer,
    expired_cookies,
    session_app_id,
    session_cookies,
)

View = Callable[..., HttpResponse]
MODES = pytest.mark.parametrize("mode", ["wsgi", "asgi"])
AUTH = path("auth/", include("scute_django.urls"))


def me(request: ScuteRequest) -> HttpResponse:
    assert request.scute_user == current_user()
    return JsonResponse({"user_id": current_user().id})


async def ame(request: ScuteRequest) -> HttpResponse:
    assert request.scute_user == current_user()
    return JsonResponse({"user_id": current_user().id})


def optional(request: ScuteRequest) -> HttpResponse:
    assert request.scute_user == optional_user()
    return JsonResponse({"user_id": request.scute_user.id if request.scute_user else None})


@sync_only_middleware
def blocking(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    def middleware(request: HttpRequest) -> Any:
        return get_response(request)

    return middleware


@async_only_middleware
def awaiting(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    async def middleware(request: HttpRequest) -> Any:
        return await get_response(request)

    return middleware


FORM = "application/x-www-form-urlencoded"
BLOCKING, AWAITING = f"{__name__}.blocking", f"{__name__}.awaiting"


@MODES
@pytest.mark.parametrize("below", [(), (BLOCKING,), (AWAITING,)], ids=["none", "sync", "async"])
@pytest.mark.parametrize("view", [me, ame], ids=["sync view", "async view"])
async def test_a_view_of_either_kind_knows_the_user(
    emulator: Emulator, mode: str, below: tuple[str, ...], view: View
) -> None:
    with opened(emulator, path("me", view), below=below) as project:
        known = await project.ask(mode, "GET", "/me", headers=bearer(emulator))
        stranger = await project.ask(mode, "GET", "/me")
        person = await project.ask(mode, "GET", "/me", headers={"accept": "text/html"})

    assert known.status_code == 200
    assert (stranger.status_code, stranger.json()["reason"]) == (401, "missing")
    assert (person.status_code, person["location"]) == (303, "/auth/sign-in?next=/me")


@MODES
async def test_what_only_scute_could_tell_becomes_503_in_an_outage(
    emulator: Emulator, mode: str
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ScuteUnavailable("no answer", retry_after=7)

    with opened(emulator, path("", view)) as project:
        answer = await project.ask(mode, "GET", "/")

    assert (answer.status_code, answer["retry-after"]) == (503, "7")


def test_an_error_of_the_app_stays_its_own(emulator: Emulator) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise TemplateDoesNotExist("theirs.html")

    with opened(emulator, path("", view), django={"DEBUG": False}) as project:
        answer = project.client().get("/", headers=expired_cookies(emulator))

    assert answer.status_code == 500
    assert answer.cookies


@pytest.mark.parametrize("form", ["text/html", "text/plain"])
def test_a_report_of_an_error_shows_no_token(emulator: Emulator, form: str) -> None:
    """The same text goes to `ADMINS` in a mail."""
    cookies = session_cookies(emulator)
    tokens = [pair.partition("=")[2] for pair in cookies["Cookie"].split("; ")]
    cookies["Cookie"] += "; theme=dark"

    def boom(request: HttpRequest) -> HttpResponse:
        raise RuntimeError("boom")

    with opened(emulator, path("boom", boom), django={"DEBUG": True}) as project:
        page = project.client().get("/boom", headers=cookies | {"Accept": form}).text

    assert "scute-access" in page
    assert "dark" in page
    assert [token for token in tokens if token in page] == []


def test_nobody_asks_the_database_or_the_session(emulator: Emulator) -> None:
    touched: list[bool] = []

    def view(request: Any) -> HttpResponse:
        touched.append(request.session.accessed)
        return HttpResponse()

    with opened(emulator, path("", view)) as project, CaptureQueriesContext(connection) as queries:
        project.client().get("/")
        project.client().get("/", headers=expired_cookies(emulator))

    assert touched == [False, False]
    assert len(queries) == 0


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that asgiref goes from the event loop to a thread or back."""
    made: list[str] = []
    for kind in (SyncToAsync, AsyncToSync):
        plain = cast(Any, kind).__call__

        def counted(self: Any, *args: Any, plain: Any = plain, **kwargs: Any) -> Any:
            made.append(type(self).__name__)
            return plain(self, *args, **kwargs)

        monkeypatch.setattr(kind, "__call__", counted)
    return made


AROUND = {
    "alone": ((), ()),
    "async": ((AWAITING,), (AWAITING,)),
    "sync above": ((BLOCKING,), ()),
    "sync below": ((), (BLOCKING,)),
    "sync between async": ((AWAITING,), (BLOCKING, AWAITING)),
}


@pytest.mark.parametrize(("above", "below"), AROUND.values(), ids=AROUND)
async def test_under_asgi_no_thread_is_needed_because_of_us(
    emulator: Emulator, hops: list[str], above: tuple[str, ...], below: tuple[str, ...]
) -> None:
    counts: list[int] = []
    without: dict[str, Any] = {"MIDDLEWARE": [*above, *below]}
    url = path("", _answer)
    for django in (without, {}):
        with opened(emulator, url, above=above, below=below, django=django) as project:
            client = project.aclient()
            await client.get("/")
            hops.clear()
            answer = await client.get("/", headers=bearer(emulator))
            counts.append(len(hops))

    assert counts[0] == counts[1]
    assert "vary" in answer


async def _answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


async def test_under_asgi_our_own_pages_need_no_thread(emulator: Emulator, hops: list[str]) -> None:
    with opened(emulator, path("", _answer), above=()) as project:
        client = project.aclient()
        await client.get("/")
        hops.clear()
        await client.get("/")
        plain = len(hops)
        hops.clear()
        page = await client.get("/auth/sign-in")

    assert page.status_code == 200
    assert len(hops) <= plain


def chunks(seen: list[str | None]) -> Iterator[str]:
    try:
        yield current_user().id
        yield current_user().id
    finally:
        user = optional_user()
        seen.append(user.id if user else None)


async def achunks(seen: list[str | None]) -> AsyncIterator[str]:
    for part in chunks(seen):
        yield part


@MODES
async def test_a_stream_and_its_closing_belong_to_the_request(
    emulator: Emulator, mode: str
) -> None:
    seen: list[str | None] = []
    make: Any = chunks if mode == "wsgi" else achunks

    def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(make(seen))

    with opened(emulator, path("", view)) as project:
        headers = bearer(emulator)
        answer = await project.ask(mode, "GET", "/", headers=headers)
        body = (
            b"".join(answer.streaming_content)
            if mode == "wsgi"
            else b"".join([part async for part in answer.streaming_content])
        )
        user_id = body[: len(body) // 2].decode()

    assert body.decode() == user_id * 2
    assert seen == [user_id]


def test_a_stream_that_is_left_is_closed_as_a_part_of_its_request(emulator: Emulator) -> None:
    seen: list[str | None] = []

    def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(chunks(seen))

    with opened(emulator, path("", view)) as project:
        answer: Any = project.client().get("/", headers=bearer(emulator))
        first = next(answer.streaming_content)
        answer.close()

    assert seen == [first.decode()]


async def test_an_asynchronous_stream_that_is_left_is_closed_as_a_part_of_its_request(
    emulator: Emulator,
) -> None:
    seen: list[str | None] = []
    sent: list[bytes] = []
    left = asyncio.Event()

    async def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(endless())

    async def endless() -> AsyncIterator[str]:
        try:
            yield current_user().id
            await asyncio.Event().wait()
        finally:
            seen.append(current_user().id)

    async def receive() -> dict[str, Any]:
        if sent:
            await left.wait()
            return {"type": "http.disconnect"}
        sent.append(b"")
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            sent.append(message["body"])
            left.set()

    with opened(emulator, path("", view), above=()):
        lines = [(k.lower().encode(), v.encode()) for k, v in bearer(emulator).items()]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": lines}
        await ASGIHandler()(scope, receive, send)

    assert seen == [sent[1].decode()]


@pytest.mark.parametrize(("mode", "make"), [("wsgi", achunks), ("asgi", chunks)])
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
def test_django_may_have_to_gather_a_stream_of_the_other_kind(
    emulator: Emulator, mode: str, make: Any
) -> None:
    def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(make([]))

    with opened(emulator, path("", view)) as project:
        answer: Any = project.client().get("/", headers=bearer(emulator))
        body = b"".join(answer) if mode == "wsgi" else answer.getvalue()

    assert len(body) == 72


def test_a_file_is_sent_in_the_servers_own_way(emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "invoice.txt"
    file.write_text("an invoice")
    wrapped: list[Any] = []

    def wrapper(opened_file: Any, size: int) -> Iterator[bytes]:
        wrapped.append(opened_file)
        return iter([opened_file.read(size)])

    def view(request: HttpRequest) -> FileResponse:
        return FileResponse(file.open("rb"))

    with opened(emulator, path("", view)):
        started: list[Any] = []

        def start(*line: Any) -> Callable[[bytes], object]:
            started.append(line)
            return started.append

        environ = _environ() | _as_environ(expired_cookies(emulator))
        content = b"".join(WSGIHandler()(environ | {"wsgi.file_wrapper": wrapper}, start))
        wrapped[0].close()

    assert content == b"an invoice"
    assert any(name == "Set-Cookie" for name, _ in started[0][1])


def _environ() -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }


def _as_environ(headers: dict[str, str]) -> dict[str, str]:
    return {f"HTTP_{name.upper()}": value for name, value in headers.items()}


def test_a_file_in_memory_goes_piece_by_piece(emulator: Emulator) -> None:
    def view(request: HttpRequest) -> FileResponse:
        return FileResponse(io.BytesIO(b"an invoice"), filename="invoice.txt")

    with opened(emulator, path("", view)) as project:
        answer: Any = project.client().get("/", headers=bearer(emulator))

        assert answer.getvalue() == b"an invoice"
        answer.close()


def test_our_cookies_are_what_django_knows_as_cookies(emulator: Emulator) -> None:
    """What stands above, and the test client, look for them in `response.cookies`."""
    with opened(emulator, path("", optional)) as project:
        answer = project.client().get("/", headers=expired_cookies(emulator))

    cookie = answer.cookies[f"scute-access__{session_app_id(emulator)}"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/", True, "Lax")
    assert int(cookie["max-age"]) > 0
    assert cookie.value.count(".") == 2


@MODES
async def test_the_proxys_word_on_the_scheme_counts(emulator: Emulator, mode: str) -> None:
    header = {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}
    session = emulator.create_session(EMAIL)
    cookie = f"__Host-scute-access__{session_app_id(emulator)}={session['access']}"

    with opened(emulator, path("me", me), django=header) as project:
        behind = {"cookie": cookie, "x-forwarded-proto": "https"}
        secure = await project.ask(mode, "GET", "/me", headers=behind)
        plain = await project.ask(mode, "GET", "/me", headers={"cookie": cookie})

    assert (secure.status_code, plain.status_code) == (200, 401)


@pytest.mark.parametrize("name", ["/app", "/app/"])
def test_links_keep_the_script_name(emulator: Emulator, name: str) -> None:
    with opened(emulator, path("me", me), django={"FORCE_SCRIPT_NAME": name}) as project:
        answer = project.client().get("/me", headers={"accept": "text/html"})

    assert answer["location"] == "/app/auth/sign-in?next=/app/me"


class TestCsrf:
    ORIGIN = "https://Other.example"

    @MODES
    async def test_our_forms_need_no_token_of_djangos(self, emulator: Emulator, mode: str) -> None:
        with opened(emulator) as project:
            client: Any = (project.client if mode == "wsgi" else project.aclient)(
                enforce_csrf_checks=True
            )
            sent = client.post("/auth/magic-link", f"identifier={EMAIL}", FORM)
            answer = sent if mode == "wsgi" else await sent

        assert answer.status_code in (200, 202)
        assert emulator.messages(EMAIL)

    def test_django_still_guards_the_apps_own_views(self, emulator: Emulator) -> None:
        with opened(emulator, path("", optional)) as project:
            answer = project.client(enforce_csrf_checks=True).post("/")

        assert answer.status_code == 403

    def test_the_origins_that_django_trusts_are_trusted(self, emulator: Emulator) -> None:
        from scute_django.conf import config_of_project

        origins = ["https://Other.example", "https://*.example"]
        given = {"SCUTE": {"APP_ID": "app_a", "TRUSTED_ORIGINS": ["https://a.example"]}}
        with opened(emulator, django={"CSRF_TRUSTED_ORIGINS": origins} | given):
            trusted = config_of_project().trusted_origins

        assert trusted == ("https://a.example", "https://other.example")

    @MODES
    async def test_a_token_from_before_the_sign_in_is_worth_nothing_after_it(
        self, emulator: Emulator, mode: str
    ) -> None:
        def form(request: HttpRequest) -> HttpResponse:
            return HttpResponse(get_token(request))

        with opened(emulator, path("form", form), AUTH) as project:
            client: Any = project.client() if mode == "wsgi" else project.aclient()

            async def ask(method: str, where: str, *data: Any) -> Any:
                sent = getattr(client, method)(where, *data)
                return sent if mode == "wsgi" else await sent

            await ask("get", "/form")
            before = client.cookies["csrftoken"].value
            await ask("post", "/auth/magic-link", f"identifier={EMAIL}", FORM)
            link = emulator.messages(EMAIL)[0].link or ""
            await ask("get", "/auth/callback?" + link.partition("?")[2])

        assert f"scute-access__{session_app_id(emulator)}" in client.cookies
        assert client.cookies["csrftoken"].value != before


@MODES
async def test_a_body_that_is_too_large_is_refused(emulator: Emulator, mode: str) -> None:
    with opened(emulator) as project:
        request = {"data": b"x" * 70_000, "content_type": "application/x-www-form-urlencoded"}
        answer = await project.ask(mode, "POST", "/auth/magic-link", **request)

    assert answer.status_code == 413


def test_login_required_sends_to_our_page_and_back(emulator: Emulator) -> None:
    @login_required
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    django = {"LOGIN_URL": "scute:sign_in"}
    with opened(emulator, path("private", view), AUTH, django=django) as project:
        answer = project.client().get("/private?page=2")
        page = project.client().get(answer["location"])

    assert answer["location"] == "/auth/sign-in?next=/private%3Fpage%3D2"
    assert b"/private?page=2" in page.content


def test_routes_included_in_another_place_say_so(emulator: Emulator) -> None:
    other = path("accounts/", include("scute_django.urls"))
    with opened(emulator, other) as project:
        client = project.client()
        client.raise_request_exception = True
        with pytest.raises(Exception, match="auth_prefix is '/auth'"):
            client.get("/accounts/sign-in")


def test_a_view_behind_no_middleware_is_told(emulator: Emulator) -> None:
    with opened(emulator, AUTH, django={"MIDDLEWARE": list(ABOVE)}) as project:
        client = project.client()
        client.raise_request_exception = True
        with pytest.raises(Exception, match="ScuteAuthMiddleware"):
            client.get("/auth/sign-in")


class TestTemplates:
    def test_the_projects_own_template_comes_first(
        self, emulator: Emulator, tmp_path: Path
    ) -> None:
        self._write(tmp_path, "sign_in.html", "ours: {{ urls.magic_link }} {{ nonce|length }}")
        with opened(emulator, AUTH, django={"TEMPLATES": self._engine(tmp_path)}) as project:
            page = project.client().get("/auth/sign-in")
            other = project.client().get("/auth/sign-out")

        assert page.content == b"ours: /auth/magic-link 32"
        assert page["content-security-policy"]
        assert b"<!doctype html>" in other.content

    def test_a_template_that_extends_what_is_not_there_is_no_reason_to_show_ours(
        self, emulator: Emulator, tmp_path: Path
    ) -> None:
        self._write(tmp_path, "sign_in.html", '{% extends "nothing.html" %}')
        with opened(emulator, AUTH, django={"TEMPLATES": self._engine(tmp_path)}) as project:
            client = project.client()
            client.raise_request_exception = True
            with pytest.raises(TemplateDoesNotExist, match=r"nothing\.html"):
                client.get("/auth/sign-in")

    def test_the_projects_own_template_has_our_texts_and_the_projects_own(
        self, emulator: Emulator, tmp_path: Path
    ) -> None:
        said = '{% scute_text "fill_in" fields=texts.sign_in %}'
        self._write(tmp_path, "sign_in.html", "{% load scute %}{{ texts.sign_in }} " + said)
        own, django = Messages({"sign_in": "<Anmelden>"}), {"TEMPLATES": self._engine(tmp_path)}
        with opened(emulator, AUTH, django=django, messages=own) as project:
            page = project.client().get("/auth/sign-in")

        assert page.content == b"&lt;Anmelden&gt; Fill in: &lt;Anmelden&gt;."

    @staticmethod
    def _write(folder: Path, name: str, text: str) -> None:
        (folder / "scute").mkdir()
        (folder / "scute" / name).write_text(text)

    @staticmethod
    def _engine(folder: Path) -> list[dict[str, Any]]:
        backend = "django.template.backends.django.DjangoTemplates"
        return [{"BACKEND": backend, "DIRS": [folder], "OPTIONS": {}}]


def test_a_handler_is_not_loaded_without_settings(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCUTE_APP_ID", raising=False)
    ours = "scute_django.middleware.ScuteAuthMiddleware"
    with opened(emulator, django={"MIDDLEWARE": [ours], "SCUTE": {}}):
        for handler in (WSGIHandler, ASGIHandler):
            with pytest.raises(Exception, match="SCUTE_APP_ID"):
                handler()


def test_the_apps_own_404_page_carries_the_cookies(emulator: Emulator) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponseNotFound()

    with opened(emulator, path("", view)) as project:
        answer = project.client().get("/", headers=expired_cookies(emulator))

    assert answer.status_code == 404
    assert answer.cookies
