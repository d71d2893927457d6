"""No token, cookie or secret where people look (security.md P07, H12).

Every case of this suite is searched when it is over: logs of all loggers at DEBUG, tracebacks,
answers. Here are the places that no other case visits, and the proof that the search finds.
"""

import logging
import traceback
from base64 import b64encode
from urllib.parse import quote

import pytest

from scute_auth import RequestView, Scute, TokenError
from scute_auth.context import Current
from tests.conformance.secrets_watch import LogCapture, Secrets
from tests.conformance.site import Site

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJ1dWlkIjoidXNyXzEifQ.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4"


def view_of(site: Site, cookies: str, token: str) -> RequestView:
    lines = [(b"cookie", cookies.encode()), (b"authorization", f"Bearer {token}".encode())]
    query = f"sct_magic={token}".encode()
    return RequestView("http", "GET", "https", "/me", lines, query=query, body=token.encode())


async def test_no_repr_shows_a_token_or_a_secret(site: Site) -> None:
    ana = site.signed_in()
    access = ana.jar.get(site.cookie("access")) or ""
    scute = site.setup.scute()
    assert scute is not None
    by_header = view_of(site, "", access)
    by_cookie = RequestView("http", "GET", "https", "/me", [(b"cookie", ana.jar.header().encode())])

    for view in (by_header, by_cookie):
        result = scute.authenticate(view)
        for thing in (view, result, Current(view, result, scute), scute, site.config, site.setup):
            site.secrets.search("a repr", f"{thing!r} {thing}")
    expired = site.expired()
    lines = [(b"cookie", expired.jar.header().encode())]
    renewed = scute.authenticate(RequestView("http", "GET", "https", "/me", lines))
    assert renewed.changes.cookies
    site.secrets.search("a repr", f"{renewed!r} {renewed.changes.cookies!r}")


async def test_no_error_shows_a_token_or_a_secret(site: Site) -> None:
    scute = site.setup.scute()
    assert isinstance(scute, Scute)
    tokens = site.tokens(access_lifetime=-3600)

    for text in (tokens["access"], tokens["refresh"] + "x", TOKEN, f"{tokens['access']}\ud800"):
        with pytest.raises(TokenError) as raised:
            scute.verify(text)
        site.secrets.search("an error", "".join(traceback.format_exception(raised.value)))
        site.secrets.search("an error", repr(raised.value))


@pytest.mark.parametrize("path", ["/boom", "/me", "/private", "/auth/callback", "/no/such/page"])
async def test_no_error_page_shows_a_token_or_a_secret(site: Site, path: str) -> None:
    ana = site.expired()
    token = site.tokens("eve@example.com")["access"]

    for headers in ({}, {"x-authorization": f"{token}x"}):
        await ana.visit(f"{path}?sct_magic={token}&token={token}", headers=headers)

    assert site.secrets.known


@pytest.mark.parametrize(
    "written",
    [
        TOKEN,
        f"Bearer {TOKEN}!",
        b64encode(TOKEN.encode()).decode(),
        b64encode(b"x" + TOKEN.encode()).decode(),
        b64encode(b"xy" + TOKEN.encode() + b"z").decode(),
        TOKEN.encode().hex(),
        repr({"token": TOKEN.encode()}),
    ],
)
async def test_the_search_finds_a_secret_in_a_log(log: LogCapture, written: str) -> None:
    """Else none of this would mean anything."""
    secrets = Secrets()
    secrets.add(TOKEN)

    logging.getLogger("some.library").debug("sent %s", written)

    assert secrets.leaks(log.texts)
    assert not Secrets().leaks(log.texts)


async def test_the_search_finds_a_secret_in_a_traceback_and_in_an_answer(log: LogCapture) -> None:
    secrets = Secrets()
    secrets.add('a "secret" & more')
    try:
        raise ValueError('a "secret" & more')
    except ValueError:
        logging.getLogger("some.library").exception("failed")

    assert secrets.leaks(log.texts)
    secrets.search("an answer", quote('a "secret" & more'))
    assert secrets.leaks([])
