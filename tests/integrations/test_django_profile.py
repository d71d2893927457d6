"""`current_profile()` in Django, whatever kind the view and the server are."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, JsonResponse
from django.urls import path

from scute_auth import NotSignedIn, ScuteUnavailable, optional_user
from scute_django import ScuteRequest, acurrent_profile, current_profile
from scute_emulator import Emulator
from tests.integrations.django_site import opened
from tests.integrations.support import EMAIL, bearer, expired_cookies

View = Callable[..., JsonResponse]
MODES = pytest.mark.parametrize("mode", ["wsgi", "asgi"])


def plain(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"email": current_profile().email})


async def awaited(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"email": (await acurrent_profile()).email})


VIEWS = pytest.mark.parametrize("view", [plain, awaited], ids=["sync", "async"])


@MODES
@VIEWS
async def test_a_view_learns_what_scute_knows(emulator: Emulator, mode: str, view: View) -> None:
    with opened(emulator, path("", view)) as project:
        known = await project.ask(mode, "GET", "/", headers=bearer(emulator))
        stranger = await project.ask(mode, "GET", "/")

    assert known.json() == {"email": EMAIL}
    assert (stranger.status_code, stranger.json()["reason"]) == (401, "missing")


@MODES
@VIEWS
async def test_an_outage_is_said_and_ends_nothing(
    emulator: Emulator, mode: str, view: View
) -> None:
    with opened(emulator, path("", view)) as project:
        emulator.fault("/current_user", status=503)
        answer = await project.ask(mode, "GET", "/", headers=expired_cookies(emulator))

    assert answer.status_code == 503
    assert all(int(cookie["max-age"]) > 0 for cookie in answer.cookies.values())


@MODES
@VIEWS
async def test_a_session_that_is_over_ends_here_too(
    emulator: Emulator, mode: str, view: View
) -> None:
    with opened(emulator, path("", view)) as project:
        session = emulator.create_session(EMAIL)
        cookies = "; ".join(
            f"{name}={session[kind]}"
            for kind in ("access", "refresh")
            for name in project.scute.config.cookie_names(kind, secure=False)
        )
        emulator.state.sessions.revoke_all(session["user_id"])
        answer = await project.ask(mode, "GET", "/", headers={"cookie": cookies})

    assert (answer.status_code, answer.json()["reason"]) == (401, "revoked")
    assert {pair.partition("=")[0] for pair in cookies.split("; ")} <= set(answer.cookies)
    assert all(int(cookie["max-age"]) == 0 for cookie in answer.cookies.values())


def test_a_view_that_goes_on_goes_on_without_a_user(emulator: Emulator) -> None:
    def view(request: ScuteRequest) -> JsonResponse:
        with pytest.raises((NotSignedIn, ScuteUnavailable)):
            current_profile()
        return JsonResponse({"nobody": request.scute_user is None and optional_user() is None})

    with opened(emulator, path("", view)) as project:
        session = emulator.create_session(EMAIL)
        emulator.state.sessions.revoke_all(session["user_id"])
        header = {"Authorization": f"Bearer {session['access']}"}
        answer = project.client().get("/", headers=header)

    assert answer.json() == {"nobody": True}
