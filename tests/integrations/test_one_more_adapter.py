"""integrations/README.md by the letter: its code runs as it stands there.

Its two adapters go through the whole conformance suite, as harnesses `readme-falcon` and
`readme-hooked`; here is what the suite does not ask.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any

import falcon
import httpx2
import pytest
from falcon.asgi import App, Request, Response

from scute_asgi import ScuteAuth
from scute_auth.cookies import OF_SESSION
from scute_auth.testing import SignIn
from scute_emulator import Emulator
from tests.conformance.readme_code import README, adapter
from tests.integrations.support import bearer, scute_of, session_cookies

ORIGIN = "http://127.0.0.1:8000"
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCUTE_APP_ID", "app_demo")


@pytest.fixture
def root_logger() -> Iterator[None]:
    """Litestar sets the root logger up; other tests get theirs back."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


def client_of(app: Any) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ORIGIN)


def test_every_block_of_code_is_run() -> None:
    names = re.findall(r"```python\n# (\w+)\.py\n", README.read_text("utf-8"))

    assert README.read_text("utf-8").count("```python") == len(names)
    assert set(names) == {
        *("with_litestar", "with_quart", "with_falcon", "with_wsgi"),
        *("scute_falcon", "scute_hooked"),
    }


@pytest.mark.usefixtures("root_logger")
@pytest.mark.parametrize("name", ["with_litestar", "with_quart"])
async def test_an_asgi_app_behind_scute_refuses_strangers_and_shows_the_way_in(name: str) -> None:
    async with client_of(adapter(name).app) as client:
        refused = await client.get("/me")
        sent = await client.get("/me", headers=NAVIGATION)

    assert (refused.status_code, refused.json()["reason"]) == (401, "missing")
    assert refused.headers["content-type"] == "application/problem+json"
    assert (sent.status_code, sent.headers["location"]) == (303, "/auth/sign-in?next=/me")


def test_a_wsgi_app_behind_scute_refuses_strangers_and_shows_the_way_in() -> None:
    with httpx2.Client(
        transport=httpx2.WSGITransport(adapter("with_falcon").app), base_url=ORIGIN
    ) as client:
        refused = client.get("/me")
        sent = client.get("/me", headers=NAVIGATION)

    assert (refused.status_code, refused.json()["reason"]) == (401, "missing")
    assert refused.headers["content-type"] == "application/problem+json"
    assert (sent.status_code, sent.headers["location"]) == (303, "/auth/sign-in?next=/me")


def test_a_plain_wsgi_app_demands_more_than_a_user(
    scute_emulator: Emulator, sign_in: SignIn
) -> None:
    with httpx2.Client(
        transport=httpx2.WSGITransport(adapter("with_wsgi").app), base_url=ORIGIN
    ) as client:
        stranger = client.get("/")
        sign_in(client, "ana@example.com")
        refused = client.get("/")
        client.post("/auth/step-up", json={"method": "email_otp"})
        code = scute_emulator.messages("ana@example.com")[0].code
        client.post("/auth/step-up", json={"code": code})
        confirmed = client.get("/")

    assert (stranger.status_code, stranger.json()["reason"]) == (401, "missing")
    assert (refused.status_code, refused.json()["reason"]) == (401, "step_up_required")
    assert (confirmed.status_code, confirmed.text[:17]) == (200, "You confirmed it ")


class TestFalcon:
    def app_of(self, emulator: Emulator) -> ScuteAuth:
        scute_falcon = adapter("scute_falcon")

        class Account:
            @falcon.before(scute_falcon.require_user(check="remote"))
            async def on_get(self, req: Request, resp: Response) -> None:
                resp.media = {"user_id": req.context.user.id}

            @falcon.before(scute_falcon.require_user(impersonated=False))
            async def on_delete(self, req: Request, resp: Response) -> None:
                raise AssertionError("nobody comes here")

        app = App()
        app.add_route("/account", Account())
        return ScuteAuth(scute_falcon.prepare(app), scute=scute_of(emulator))

    async def test_its_guard_asks_for_more_than_a_user(self, emulator: Emulator) -> None:
        cookies = session_cookies(emulator)
        support = bearer(emulator, imp={"email": "help@example.com"})
        async with client_of(self.app_of(emulator)) as client:
            known = await client.get("/account", headers=bearer(emulator))
            emulator.fault("/current_user", status=401)
            ended = await client.get("/account", headers=cookies)
            forbidden = await client.delete("/account", headers=support)
            stranger = await client.get("/account")

        assert known.status_code == 200
        assert (ended.status_code, ended.json()["reason"]) == (401, "revoked")
        assert all("Max-Age=0" in line for line in ended.headers.get_list("set-cookie"))
        assert len(ended.headers.get_list("set-cookie")) == len(OF_SESSION)
        assert (forbidden.status_code, forbidden.json()["reason"]) == (403, "forbidden")
        assert (stranger.status_code, stranger.json()["reason"]) == (401, "missing")
