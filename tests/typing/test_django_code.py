"""What a type checker sees of Django's adapter: mypy and pyright read this file."""

from typing import assert_type

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import View

import scute_django
from scute_auth import ConfigError, Profile, User
from scute_auth.http import Reply, RequestView
from scute_django import ScuteRequest, UserRequiredMixin, current_user, public, require_user


@require_user
def bare(request: ScuteRequest, number: int) -> JsonResponse:
    assert_type(request.scute_user, User | None)
    assert_type(scute_django.current_profile(), Profile)
    return JsonResponse({"user_id": current_user().id, "number": number})


@require_user(step_up=300, impersonated=False, check="remote")
async def demanding(request: ScuteRequest) -> HttpResponse:
    assert_type(await scute_django.acurrent_profile(), Profile)
    return HttpResponse(current_user().id)


@public
def home(request: HttpRequest) -> HttpResponse:
    assert_type(scute_django.request_view(request), RequestView)
    return scute_django.to_response(Reply(204), request)


class Notes(UserRequiredMixin, View):
    step_up = 300
    check = "remote"

    def get(self, request: ScuteRequest) -> HttpResponse:
        return HttpResponse(current_user().id)


async def calls(request: ScuteRequest) -> None:
    assert_type(bare(request, 1), JsonResponse)
    assert_type(await demanding(request), HttpResponse)
    assert_type(home(request), HttpResponse)


def test_django_code_is_well_typed() -> None:
    with pytest.raises(ConfigError):
        bare(ScuteRequest(), 1)
    with pytest.raises(ConfigError):
        Notes.as_view()(ScuteRequest())
