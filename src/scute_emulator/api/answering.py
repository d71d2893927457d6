"""One call in, one answer out: find the route, check the credentials, run the handler."""

from urllib.parse import unquote

from scute_auth.effects import HttpCall, HttpReply
from scute_emulator.api.context import Context, json_reply
from scute_emulator.api.credentials import (
    Credentials,
    access_token,
    machine_token,
    require_secret,
    require_verifier,
    require_workspace,
    user_of_party,
)
from scute_emulator.api.refusals import Refusal, not_found
from scute_emulator.api.request import ApiRequest, read_request
from scute_emulator.api.route import Route
from scute_emulator.api.routes import ROUTES
from scute_emulator.state import State
from scute_emulator.state.apps import App

__all__ = ["answer"]


def answer(state: State, call: HttpCall) -> HttpReply:
    """Scute's answer to this call; every refusal is one, never an exception."""
    try:
        request = read_request(call)
        route, params = _route(request)
        return route.handler(_admit(state, route, request, params))
    except Refusal as refusal:
        return json_reply(refusal.body(nested=state.behaviour.nested_errors), refusal.status)


def _route(request: ApiRequest) -> tuple[Route, dict[str, str]]:
    fitting = [
        (route, params)
        for route in ROUTES
        if (params := _match(route.path, request.path)) is not None
    ]
    for route, params in fitting:
        if route.method == request.method:
            return route, params
    if fitting:
        raise Refusal(405, "method_not_allowed", "Method not allowed")
    raise not_found("Path")


def _match(pattern: str, path: str) -> dict[str, str] | None:
    """The path's parameters, each one segment; None if the pattern does not fit."""
    wanted, given = pattern.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    params: dict[str, str] = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("{"):
            params[want.strip("{}")] = unquote(have)
        elif want != have:
            return None
    return params


def _admit(state: State, route: Route, request: ApiRequest, params: dict[str, str]) -> Context:
    named = _app(state, params)
    app = named or state.apps.first
    if route.credentials is Credentials.SECRET:
        require_secret(state, named, request)
    elif route.credentials is Credentials.WORKSPACE:
        require_workspace(state, params["workspace"], request)
    elif route.credentials is Credentials.USER:
        access_token(state, app, request)
    elif route.credentials is Credentials.MACHINE:
        machine_token(state, app, request)
    elif route.credentials is Credentials.VERIFIER:
        require_verifier(state, app, request)
    elif route.credentials is Credentials.PARTY:
        user_of_party(state, app, request)
    return Context(state, app, request, params)


def _app(state: State, params: dict[str, str]) -> App | None:
    if "app" not in params:
        return None
    app = state.apps.find(params["app"])
    if app is None:
        raise not_found("App")
    return app
