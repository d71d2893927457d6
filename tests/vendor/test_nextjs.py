"""The page for those who come from Scute's Next.js handlers, followed in a browser: `@scute/nextjs`
from npm, unchanged, with a Python backend in place of its handlers."""

import json
import os
import re
import shlex
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from scute_emulator import Emulator
from tests.browser.browser import Browser
from tests.docs.test_readme import free_port, running, wait_for
from tests.nextjs_page import PAGE, added, block, removed
from tests.vendor import published

NOTHING: Mapping[str, str] = MappingProxyType({})
PHONE = "+15550100123"
HTML = (
    "<!doctype html><title>A page</title><link rel=icon href=data:,>"
    "<script>const settings = {}</script><script src=/app.js></script>"
)
SESSION = {"sc-access-token__app_demo", "sc-access-token", "sc-refresh-token__app_demo"}


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client of either router as a script, and the packages that they are made of."""
    client = block("ts", "scute.ts")
    pages = client.replace("createClientComponentClient", "createPagesBrowserClient")
    return published.bundles_of_nextjs(tmp_path_factory, {"app": client, "pages": pages})


@dataclass
class Page:
    """The app's only page, which a person has open."""

    browser: Browser
    origin: str
    emulator: Emulator

    def open(self, path: str = "/") -> None:
        self.browser.open(f"{self.origin}{path}")

    def client(self, call: str) -> Any:
        return self.browser.answer(f"app.scute.{call}")

    def sign_in(self) -> None:
        assert not self.client(f"signInOrUp('{PHONE}')").get("error")
        code = self.emulator.messages(PHONE)[0].code
        signed_in = self.browser.answer(
            f"app.scute.verifyOtp('{code}', '{PHONE}')"
            ".then(told => app.scute.signInWithTokenPayload(told.data.authPayload))"
        )
        assert not signed_in.get("error"), signed_in

    def user_id(self) -> str | None:
        """As the page of the app asks for it."""
        asked = added("app/page.tsx")
        answer: str | None = self.browser.answer(f"(async () => {{ {asked}\nreturn userId }})()")
        return answer

    def cookies(self) -> dict[str, dict[str, Any]]:
        return self.browser.cookies(self.origin)

    def forget(self, *names: str) -> None:
        """As browsers do it with cookies whose time is up."""
        for name in names:
            self.browser.command("Network.deleteCookies", name=name, url=self.origin)

    def sessions(self) -> int:
        state = self.emulator.state
        (user,) = state.users.of("app_demo")
        return len(state.sessions.of(user.id))


@pytest.fixture
def page(browser: Browser, bundles: Path, tmp_path: Path) -> Iterator[Page]:
    with served(browser, bundles / "app.js", tmp_path) as opened:
        yield opened


@contextmanager
def served(
    browser: Browser, script: Path, tmp_path: Path, more: Mapping[str, str] = NOTHING
) -> Generator[Page]:
    """The page's backend with this script in its only page."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    emulator = Emulator(login_url=f"{origin}/")
    env = {key: value for key, value in os.environ.items() if not key.startswith("SCUTE_")}
    *exported, start = (line[2:] for line in block("console", "$ export").splitlines())
    env |= dict(line.removeprefix("export ").split("=") for line in exported)
    env |= more
    words = [sys.executable, "-m", *shlex.split(start), "--port", str(port)]
    (tmp_path / "main.py").write_text(block("python", "main.py"), "utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "app.js").write_bytes(script.read_bytes())
    with emulator.serve() as base_url:
        settings = json.dumps({"app_id": emulator.state.apps.first.id, "base_url": base_url})
        (tmp_path / "out" / "index.html").write_text(HTML.format(settings), "utf-8")
        with running(words, tmp_path, env | emulator.config_env()):
            wait_for(origin)
            opened = Page(browser, origin, emulator)
            opened.open()
            yield opened


def test_the_client_signs_in_through_the_backend(page: Page) -> None:
    before = page.user_id()

    page.sign_in()

    (user,) = page.emulator.state.users.of("app_demo")
    assert (before, page.user_id()) == (None, user.id)
    assert page.client("getSession()")["data"]["user"]["phone"] == PHONE
    cookies = page.cookies()
    assert set(cookies) >= SESSION
    assert {name for name in SESSION if cookies[name]["httpOnly"]} == {"sc-refresh-token__app_demo"}
    assert "refresh" not in page.browser.run(
        "return document.cookie + JSON.stringify(localStorage)"
    )


def test_a_link_signs_in_where_it_is_opened(page: Page) -> None:
    page.client("signInOrUp('ana@example.com')")
    link = page.emulator.messages("ana@example.com")[0].link or ""

    page.browser.open(link)
    landing = block("ts", "landing.ts")
    error = page.browser.answer(
        f"(async () => {{ const {{ scute }} = app; {landing}; return error }})()"
    )

    assert error is None
    assert page.user_id() == page.emulator.state.users.of("app_demo")[0].id


def test_the_pages_router_has_its_routes_below_api(
    browser: Browser, bundles: Path, tmp_path: Path
) -> None:
    quoted = re.search(r"`(SCUTE_AUTH_PREFIX)=(\S+)`", PAGE)
    assert quoted is not None
    prefix = {quoted[1]: quoted[2]}

    with served(browser, bundles / "pages.js", tmp_path, prefix) as page:
        page.sign_in()
        renewed = page.client("refreshSession()")

    assert renewed["error"] is None
    assert f"{page.origin}/api/auth/refresh" in {each.url for each in browser.fetched()}


def test_it_renews_the_session_through_the_backend(page: Page) -> None:
    page.sign_in()
    before = page.cookies()["sc-access-token"]["value"]

    renewed = page.client("refreshSession()")

    assert renewed["error"] is None
    assert renewed["data"]["access"] == page.cookies()["sc-access-token"]["value"] != before
    assert renewed["data"]["refresh"] is None


@pytest.mark.parametrize("goes", [SESSION - {"sc-refresh-token__app_demo"}, SESSION], ids=len)
def test_when_its_time_is_up_the_backend_alone_brings_it_back(page: Page, goes: set[str]) -> None:
    page.sign_in()
    user_id = page.user_id()
    page.forget(*goes)
    page.open()

    session = page.client("getSession()")["data"]

    has_ended = goes == SESSION
    assert (session["user"] is None) is has_ended
    assert page.user_id() == (None if has_ended else user_id)


def test_signing_out_ends_it_everywhere(page: Page) -> None:
    page.sign_in()

    page.client("signOut()")

    page.browser.wait(lambda: not SESSION & set(page.cookies()))
    assert page.user_id() is None
    assert page.sessions() == 0


def test_the_backend_can_be_told_first(page: Page) -> None:
    page.sign_in()
    (told,) = re.findall(r"`await (fetch\(.*?\))` first", PAGE)

    page.browser.answer(f"{told}.then(answer => answer.status)")

    assert not SESSION & set(page.cookies())
    assert page.sessions() == 0


def test_what_was_ended_elsewhere_ends_here(page: Page) -> None:
    page.sign_in()
    (user,) = page.emulator.state.users.of("app_demo")
    page.emulator.state.sessions.revoke_all(user.id)
    page.forget(*SESSION - {"sc-refresh-token__app_demo"})
    page.open()

    page.client("getSession()")

    assert page.user_id() is None
    assert not SESSION & set(page.cookies())


def test_who_was_signed_in_by_the_handlers_stays_signed_in(page: Page) -> None:
    """They wrote the older names, the refresh token where no script can read it."""
    session = page.emulator.create_session(phone=PHONE)
    for kind in ("access", "refresh"):
        page.browser.command(
            "Network.setCookie",
            name=f"sc-{kind}-token",
            value=session[kind],
            url=page.origin,
            httpOnly=kind == "refresh",
        )
    page.open()

    assert page.client("getSession()")["data"]["user"]["phone"] == PHONE
    assert page.user_id() == session["user_id"]
    assert not page.client("refreshSession()")["error"]
    assert page.user_id() == session["user_id"]
    page.client("signOut()")
    page.browser.wait(lambda: page.user_id() is None)


def test_what_the_front_end_loses_is_what_the_package_has(bundles: Path) -> None:
    gone = "\n".join(
        removed(name) for name in ("app/auth/[...scute]/route.ts", "middleware.ts", "app/page.tsx")
    )
    named = set(re.findall(r'import { (\w+) } from "@scute/nextjs"', gone))
    packaged = bundles / "node_modules" / "@scute" / "nextjs" / "dist" / "index.mjs"
    exported = packaged.read_text("utf-8").rpartition("export {")[2]

    assert len(named) == 3
    assert all(re.search(rf"\b{name}\b", exported) for name in named)
