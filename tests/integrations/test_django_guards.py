"""`@require_user`, `UserRequiredMixin` and `@public`: who gets into which view, and misuse."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, cast

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_page

from scute_auth import ConfigError
from scute_django import UserRequiredMixin, current_user, public, require_user
from scute_emulator import Emulator
from tests.integrations.django_site import ABOVE, OURS, opened
from tests.integrations.support import EMAIL, bearer, session_cookies

MODES = pytest.mark.parametrize("mode", ["wsgi", "asgi"])


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


async def awaited(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


class Plain(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")


class Awaited(View):
    async def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")


def function(view: Any, **demands: Any) -> Any:
    return require_user(**demands)(view)


def decorated_method(**demands: Any) -> Any:
    class Decorated(View):
        @require_user(**demands)
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse("in")

    return Decorated.as_view()


def dispatched(view: type[View], **demands: Any) -> Any:
    class Dispatched(view):  # type: ignore[valid-type,misc] # given by the case
        pass

    return method_decorator(require_user(**demands), "dispatch")(Dispatched).as_view()


def mixed(view: type[View], **demands: Any) -> Any:
    return type("Mixed", (UserRequiredMixin, view), demands).as_view()  # type: ignore[attr-defined]


def route(where: str, view: Any) -> URLPattern:
    made: URLPattern = cast(Any, path)(where, view)
    return made


def everywhere(**demands: Any) -> list[URLPattern]:
    return [route(str(number), place(**demands)) for number, place in enumerate(PLACES.values())]


PLACES: dict[str, Callable[..., Any]] = {
    "function": partial(function, plain),
    "async function": partial(function, awaited),
    "method": decorated_method,
    "dispatch": partial(dispatched, Plain),
    "async dispatch": partial(dispatched, Awaited),
    "mixin": partial(mixed, Plain),
    "async mixin": partial(mixed, Awaited),
}
PLACE = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


@MODES
@PLACE
async def test_only_a_user_gets_in(emulator: Emulator, mode: str, place: Any) -> None:
    with opened(emulator, route("", place())) as project:
        stranger = await project.ask(mode, "GET", "/")
        person = await project.ask(mode, "GET", "/", headers={"accept": "text/html"})
        user = await project.ask(mode, "GET", "/", headers=bearer(emulator))
        wrong = await project.ask(mode, "POST", "/", headers=bearer(emulator))

    assert (stranger.status_code, stranger.json()["reason"]) == (401, "missing")
    assert (person.status_code, person["location"]) == (303, "/auth/sign-in")
    assert (user.status_code, user.content) == (200, b"in")
    assert wrong.status_code in (200, 405)


@MODES
@PLACE
async def test_a_cache_around_a_view_keeps_no_users_page(
    emulator: Emulator, mode: str, place: Any
) -> None:
    cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": repr(place)}
    view = cache_page(60)(place())
    with opened(emulator, route("", view), django={"CACHES": {"default": cache}}) as project:
        cookie = {"Cookie": session_cookies(emulator)["Cookie"]}
        user = await project.ask(mode, "GET", "/", headers=cookie)
        stranger = await project.ask(mode, "GET", "/")

    assert user.content == b"in"
    assert stranger.status_code == 401


def test_what_a_framework_makes_a_response_of_is_left_to_it(emulator: Emulator) -> None:
    def framework(view: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], HttpResponse]:
        return lambda request: JsonResponse(view(request))

    view = cache_page(60)(framework(require_user(lambda request: {"id": current_user().id})))
    with opened(emulator, route("", view)) as project:
        answer = project.client().get("/", headers=bearer(emulator))

    assert answer.json() == {"id": emulator.create_session(EMAIL)["user_id"]}


@MODES
@PLACE
async def test_more_than_a_user_may_be_demanded(emulator: Emulator, mode: str, place: Any) -> None:
    support = bearer(emulator, claims={"imp": True, "act": {"sub": "operator"}})
    urls = (
        route("step-up", place(step_up=300)),
        route("own", place(impersonated=False)),
        route("live", place(check="remote")),
    )
    with opened(emulator, *urls) as project:
        session = emulator.create_session(EMAIL)
        header = {"Authorization": f"Bearer {session['access']}"}
        step_up = await project.ask(mode, "GET", "/step-up", headers=header)
        refused = await project.ask(mode, "GET", "/own", headers=support)
        live = await project.ask(mode, "GET", "/live", headers=header)
        emulator.state.sessions.revoke_all(session["user_id"])
        ended = await project.ask(mode, "GET", "/live", headers=header)
        own = await project.ask(mode, "GET", "/own", headers=header)

    assert (step_up.status_code, step_up.json()["max_age"]) == (401, 300)
    assert (refused.status_code, refused.json()["reason"]) == (403, "forbidden")
    assert live.content == own.content == b"in"
    assert (ended.status_code, ended.json()["reason"]) == (401, "revoked")


@pytest.mark.parametrize("below", ["blocking", "awaiting"])
@MODES
async def test_the_kind_of_server_need_not_be_that_of_the_middleware(
    emulator: Emulator, mode: str, below: str
) -> None:
    """Middleware of one kind makes ours of that kind, whatever the server and the view are."""
    urls = everywhere(check="remote")
    with opened(emulator, *urls, below=(f"tests.integrations.test_django.{below}",)) as project:
        headers = bearer(emulator)
        answers = [
            await project.ask(mode, "GET", f"/{number}", headers=headers)
            for number in range(len(urls))
        ]

    assert [answer.content for answer in answers] == [b"in"] * len(urls)


def test_a_view_that_is_an_object_is_a_view(emulator: Emulator) -> None:
    class Feed:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse(current_user().id)

    with opened(emulator, path("feed", require_user(Feed()))) as project:
        assert project.client().get("/feed").status_code == 401
        assert project.client().get("/feed", headers=bearer(emulator)).status_code == 200


def hiding(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def wrapper(request: HttpRequest) -> Any:
        return view(request)

    return wrapper


def no_view() -> None: ...


def generating(request: HttpRequest) -> Any:
    yield HttpResponse()


async def agenerating(request: HttpRequest) -> Any:
    yield HttpResponse()


def by_name(*, request: HttpRequest) -> HttpResponse:
    return HttpResponse()


MISUSES: list[tuple[Any, str]] = [
    (Plain, "UserRequiredMixin"),
    ("view", "is none"),
    (300, "is none"),
    (no_view, "takes no request"),
    (by_name, "takes no request"),
    (generating, "is none"),
    (agenerating, "is none"),
    (property(plain), "is none"),
    (hiding(awaited), "hides that it is asynchronous"),
]


@pytest.mark.parametrize(("misuse", "message"), MISUSES)
def test_what_cannot_be_guarded_fails_when_it_is_decorated(misuse: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        require_user(misuse)
    with pytest.raises(ConfigError, match=message):
        require_user(step_up=300)(misuse)


@pytest.mark.parametrize("demands", [{"step_up": 0}, {"step_up": "300"}, {"check": "now"}], ids=str)
def test_a_demand_that_means_nothing_fails_when_it_is_made(demands: Any) -> None:
    with pytest.raises(ConfigError):
        require_user(**demands)
    with pytest.raises(ConfigError):
        type("Mixed", (UserRequiredMixin, View), demands)


@pytest.mark.parametrize("view", [require_user, require_user(step_up=300)], ids=["bare", "called"])
def test_the_decorator_itself_is_no_view(emulator: Emulator, view: Any) -> None:
    with opened(emulator, route("", view)) as project:
        answer = project.client().get("/", headers=bearer(emulator))

    assert answer.status_code == 500


def test_a_view_that_is_called_without_a_request_refuses() -> None:
    with pytest.raises(ConfigError, match="without a request"):
        cast(Any, require_user(plain))()
    with pytest.raises(ConfigError, match="ScuteAuthMiddleware"):
        require_user(plain)(HttpRequest())


def test_a_class_that_would_dispatch_past_the_mixin_cannot_be_made() -> None:
    class Own(View):
        def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return HttpResponse("in")

    class Before(UserRequiredMixin):
        def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return super().dispatch(request, *args, **kwargs)

    with pytest.raises(ConfigError, match=r"before .*Own"):
        type("Wrong", (Own, UserRequiredMixin), {})
    assert issubclass(type("Right", (Before, Own), {}), Own)


def opened_up(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


class TestRequireByDefault:
    @staticmethod
    def urls() -> list[URLPattern]:
        class Open(Plain):
            pass

        class AlsoGuarded(Plain):
            pass

        return [
            path("closed", plain),
            path("open", public(opened_up)),
            path("open-class", method_decorator(public, "dispatch")(Open).as_view()),
            path("guarded", require_user(public(AlsoGuarded.as_view()))),
        ]

    @MODES
    @pytest.mark.parametrize(
        ("where", "status"),
        [
            ("/closed", 401),
            ("/open", 200),
            ("/open-class", 200),
            ("/guarded", 401),
            ("/nowhere", 401),
            ("/auth/sign-in", 200),
            ("/auth/nowhere", 404),
        ],
    )
    async def test_a_stranger_gets_into_what_is_public(
        self, emulator: Emulator, mode: str, where: str, status: int
    ) -> None:
        with opened(emulator, *self.urls(), require_by_default=True) as project:
            stranger = await project.ask(mode, "GET", where)
            user = await project.ask(mode, "GET", where, headers=bearer(emulator))

        assert stranger.status_code == status
        assert user.status_code == (404 if "nowhere" in where else 200)

    def test_what_answers_in_place_of_a_view_is_not_public(self, emulator: Emulator) -> None:
        below = (f"{__name__}.answering",)
        with opened(emulator, *self.urls(), below=below, require_by_default=True) as project:
            stranger = project.client().get("/open")
            user = project.client().get("/open", headers=bearer(emulator))

        assert stranger.status_code == 401
        assert user.content == b"from a middleware"

    @MODES
    async def test_a_view_that_cannot_be_asked_whether_it_is_public_is_not(
        self, emulator: Emulator, mode: str
    ) -> None:
        """Django asks views only for a middleware that wanted it when the handler was loaded."""
        with opened(emulator, *self.urls()) as project:
            client: Any = project.client() if mode == "wsgi" else project.aclient()

            async def ask() -> int:
                status: int = (
                    client.get("/open") if mode == "wsgi" else await client.get("/open")
                ).status_code
                return status

            before = await ask()
            project.forget()
            project.settings["require_by_default"] = True
            after = await ask()

        assert (before, after) == (200, 401)

    def test_a_class_is_not_marked_itself(self) -> None:
        with pytest.raises(ConfigError, match="method_decorator"):
            public(Plain)


def answering(get_response: Any) -> Any:
    def middleware(request: HttpRequest) -> HttpResponse:
        return HttpResponse("from a middleware")

    return middleware


def test_no_middleware_no_way_in(emulator: Emulator) -> None:
    urls = everywhere()
    with opened(emulator, *urls) as project, override_settings(MIDDLEWARE=list(ABOVE)):
        assert OURS not in ABOVE
        answers = [project.client().get(f"/{number}") for number in range(len(urls))]

    assert {answer.status_code for answer in answers} == {500}
