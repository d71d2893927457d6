"""Adapters decide nothing: no status, cookie or redirect is written in `integrations/`.

The tests read the syntax trees. What an adapter sends was decided by the core, as a `Reply`
or as `ResponseChanges`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import INTEGRATIONS, integration_files

LONGEST_FILE = 200

STATUS_TEXT = re.compile(r"[345]\d\d(\s.*)?")
STATUS_NAME = re.compile(r"HTTPStatus|HTTP_[345]\d\d_\w+")
COOKIE_TEXT = re.compile(
    r"http-?only|same-?_?site|max[-_]age|set[-_]cookie|__(host|secure)-"
    r"|(^|;\s*)(secure|partitioned)\s*(;|$)|(^|;\s*)(path|domain|expires)=",
    re.IGNORECASE,
)
COOKIE_NAME = re.compile(
    r"(set|delete|set_signed|get_signed)_cookie|httponly|samesite|max_age"
    r"|COOKIES|SimpleCookie|Morsel|cookie_parser|parse_cookie|dump_cookie|SetCookie",
)
REDIRECT_TEXT = re.compile(r"location", re.IGNORECASE)
REDIRECT_NAME = re.compile(
    r"redirect|redirect_to_login|RedirectResponse|RedirectView"
    r"|HttpResponse(Permanent)?Redirect(Base)?|HTTPSRedirectMiddleware",
)


def decisions(source: str) -> list[str]:
    """What this source decides by itself, each with its line."""
    tree = ast.parse(source)
    docstrings = {id(text) for text in _docstrings(tree)}
    nodes = (node for node in ast.walk(tree) if id(node) not in docstrings)
    return [
        f"line {getattr(node, 'lineno', '?')}: {decision}"
        for node in nodes
        for decision in (*_in_literal(node), *_in_names(node))
    ]


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str()) as text):
                yield text
            case _:
                pass


def _in_literal(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=int() as number) if 300 <= number < 600:
            yield f"the status {number}"
        case ast.Constant(value=str() | bytes() as value):
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            if STATUS_TEXT.fullmatch(text):
                yield f"the status {text!r}"
            if COOKIE_TEXT.search(text):
                yield f"the cookie attribute {text!r}"
            if REDIRECT_TEXT.fullmatch(text):
                yield f"the redirect header {text!r}"
        case _:
            pass


def _in_names(node: ast.AST) -> Iterator[str]:
    for name in _names(node):
        if STATUS_NAME.fullmatch(name):
            yield f"the status name {name}"
        if COOKIE_NAME.fullmatch(name):
            yield f"the cookie helper {name}"
        if REDIRECT_NAME.fullmatch(name):
            yield f"the redirect helper {name}"


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str() as name):
            yield name
        case ast.alias(name=name):
            yield name.rpartition(".")[2]
        case _:
            pass


@pytest.mark.parametrize(
    "file", integration_files(), ids=lambda file: str(file.relative_to(INTEGRATIONS))
)
class TestEachFile:
    def test_it_decides_nothing(self, file: Path) -> None:
        assert decisions(file.read_text("utf-8")) == []

    def test_it_is_short(self, file: Path) -> None:
        assert len(file.read_text("utf-8").splitlines()) <= LONGEST_FILE


def test_there_are_files_to_read() -> None:
    assert len(integration_files()) >= len(list(INTEGRATIONS.glob("scute_*")))


def test_integrations_hold_typed_packages_and_a_readme_only() -> None:
    for entry in INTEGRATIONS.iterdir():
        if entry.name in ("README.md", "__pycache__"):
            continue
        assert (entry / "__init__.py").is_file(), entry.name
        assert (entry / "py.typed").is_file(), entry.name


@pytest.mark.parametrize(
    "source",
    [
        "if user is None: return Response(status_code=401)",
        "send({'status': 303})",
        "start_response('401 Unauthorized', [])",
        "start_response(b'503', [])",
        "from http import HTTPStatus",
        "return status.HTTP_303_SEE_OTHER",
        "response.set_cookie('a', value)",
        "response.delete_cookie('a')",
        "make(httponly=True)",
        "make(samesite=mode)",
        "headers.append((b'set-cookie', line))",
        "headers['Set-Cookie'] = line",
        "x = f'{name}={value}; Path=/; Secure'",
        "x = b'SameSite=Lax'",
        "x = 'Max-Age=0'",
        "'__Host-' + name",
        "from http.cookies import SimpleCookie",
        "import http.cookies; http.cookies.SimpleCookie(text)",
        "from scute_auth.http import SetCookie",
        "from starlette.responses import RedirectResponse",
        "from flask import redirect as go",
        "django.http.HttpResponseRedirect(path)",
        "from django.http import HttpResponsePermanentRedirect",
        "Reply(headers={'Location': path})",
    ],
)
def test_a_decision_is_seen(source: str) -> None:
    assert decisions(source) != []


@pytest.mark.parametrize(
    "source",
    [
        '"""Redirects and Set-Cookie are the core\'s: 303, 401."""',
        "def f():\n    '''Never sets HttpOnly.'''\n    return reply.status",
        "send({'type': 'http.response.start', 'status': reply.status, 'headers': headers})",
        "message['headers'] = changes.merge(message['headers'])",
        "if changes.cookies: return await guarded(scope, receive, send)",
        "body = await read(receive, limit=65536); code = 1008; ok = 200",
        "view = RequestView(kind='http', path=path, scheme='https', root_path=root)",
        "is_secure = True",
    ],
)
def test_copying_and_applying_is_no_decision(source: str) -> None:
    assert decisions(source) == []
