"""Each method of both clients: what it sends is its row's, and what comes back is its model."""

import json
import re
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from scute_auth import AsyncScuteClient, ScuteClient
from scute_auth.api import ROWS
from scute_auth.api.row import Credential, Row
from scute_auth.client.paging import Page
from scute_auth.effects import HttpCall
from tests.client.cases import CASES, INFERRED, Arguments
from tests.client.parameters import PARAMETERS
from tests.client.support import CONFIG, Scripted, json_reply
from tests.client.world import World

EMULATED = sorted(CASES)
GUESSED = sorted(INFERRED)


@pytest.fixture(scope="module")
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def world(signing_key: rsa.RSAPrivateKey) -> World:
    return World(signing_key)


def test_each_row_has_a_case() -> None:
    assert set(CASES) | set(INFERRED) == set(ROWS)
    assert len(CASES) + len(INFERRED) == len(ROWS)


def test_the_parameters_are_of_rows() -> None:
    assert set(PARAMETERS) <= set(CASES)


def test_the_rows_that_nobody_was_seen_to_call_are_the_inferred_ones() -> None:
    inferred = {name for name, row in ROWS.items() if row.is_experimental}

    assert set(INFERRED) <= inferred
    assert inferred - set(INFERRED) <= set(CASES)


@pytest.mark.parametrize("name", EMULATED)
def test_it_does_what_its_row_says(world: World, name: str) -> None:
    arguments = CASES[name](world)
    recorder = Scripted(world.emulator.transport.send)
    result = _blocking(ScuteClient(world.config, transport=recorder), name, arguments)

    _is_the_rows_call(recorder.calls, ROWS[name], world.config.app_id)
    assert _sent(recorder.calls[0]) <= PARAMETERS.get(name, frozenset())
    assert _fits(result, _result_of(name)), result


@pytest.mark.parametrize("name", EMULATED)
async def test_it_does_the_same_awaited(world: World, name: str) -> None:
    arguments = CASES[name](world)
    recorder = Scripted(world.emulator.transport.send)
    result = await _awaiting(AsyncScuteClient(world.config, transport=recorder), name, arguments)

    _is_the_rows_call(recorder.calls, ROWS[name], world.config.app_id)
    assert _fits(result, _result_of(name)), result


@pytest.mark.parametrize("name", GUESSED)
async def test_what_nobody_was_seen_to_answer_is_sent_as_its_row_says(name: str) -> None:
    arguments, answer = INFERRED[name]
    blocking = Scripted(lambda call: json_reply(answer))
    awaiting = Scripted(lambda call: json_reply(answer))

    result = _blocking(ScuteClient(CONFIG, transport=blocking), name, arguments)
    same = await _awaiting(AsyncScuteClient(CONFIG, transport=awaiting), name, arguments)

    _is_the_rows_call(blocking.calls, ROWS[name], CONFIG.app_id)
    assert blocking.calls == awaiting.calls
    assert _fits(result, _result_of(name)), result
    assert result == same


def _blocking(client: ScuteClient, name: str, arguments: Arguments) -> Any:
    return _method(client, name)(*arguments.positional, **arguments.named)


async def _awaiting(client: AsyncScuteClient, name: str, arguments: Arguments) -> Any:
    return await _method(client, name)(*arguments.positional, **arguments.named)


def _method(client: object, name: str) -> Callable[..., Any]:
    group, method = name.split(".")
    found: Callable[..., Any] = getattr(getattr(client, group), method)
    return found


def _is_the_rows_call(calls: list[HttpCall], row: Row, app_id: str) -> None:
    [call] = calls
    path = row.path.replace("{workspace_id}", "ws_1").replace("{app_id}", app_id)
    pattern = re.sub(r"\\\{\w+\\\}", "[^/?]+", re.escape(path))
    assert call.method == row.method
    assert re.fullmatch(rf"https?://[^/]+{pattern}(\?[^#]*)?", call.url), call.url
    assert _credentials(call) == _wanted(row, call)


def _sent(call: HttpCall) -> set[str]:
    """The names in its body, and with a `?` in its query."""
    query = parse_qs(urlsplit(call.url).query)
    return {*json.loads(call.body or b"{}"), *(f"?{name}" for name in query)}


def _credentials(call: HttpCall) -> set[str]:
    names = {"authorization", "x-authorization", "x-refresh-token"}
    return {name for name, _ in call.headers if name in names}


HEADERS = {
    Credential.SECRET: "authorization",
    Credential.EITHER: "authorization",
    Credential.WORKSPACE: "authorization",
    Credential.MACHINE: "authorization",
    Credential.USER: "x-authorization",
    Credential.CALLER: "x-authorization",
    Credential.REFRESH: "x-refresh-token",
}
SECRETS = {
    Credential.SECRET: {"Bearer emulated_secret", "Bearer scapp_secret"},
    Credential.EITHER: {"Bearer emulated_secret", "Bearer scapp_secret"},
    Credential.WORKSPACE: {"Bearer emulated_workspace", "Bearer scwor_secret"},
}


def _wanted(row: Row, call: HttpCall) -> set[str]:
    for credential in row.credentials:
        if credential in SECRETS:
            assert dict(call.headers)["authorization"] in SECRETS[credential]
    # A step-up is a backend's, though anybody may make a challenge.
    more = {"authorization"} if row.name == "challenges.create" else set[str]()
    return {HEADERS[credential] for credential in row.credentials} | more


def _result_of(name: str) -> Any:
    group, method = name.split(".")
    module = __import__(f"scute_auth.client.groups.{group}", fromlist=[method])
    return get_args(get_type_hints(getattr(module, method))["return"])[0]


def _fits(value: Any, hint: Any) -> bool:
    """Is the value of this type, in depth?"""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is UnionType or hint in (None, NoneType):
        return value is None if not parts else any(_fits(value, part) for part in parts)
    if origin in (tuple, Page):
        items: tuple[Any, ...] = value if origin is tuple else value.items
        return isinstance(value, origin) and all(_fits(each, parts[0]) for each in items)
    return isinstance(value, origin or hint)
