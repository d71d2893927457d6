"""`require_machine` and `require_permission` in each framework: who gets in, and who stays out."""

from collections.abc import Callable
from typing import Any

import pytest

from scute_emulator import Emulator
from tests.integrations.shops import SHOPS, Ask
from tests.integrations.support import EMAIL, bearer, session_cookies

POLICY = {
    "resources": {"invoice": {"actions": ["read"]}},
    "permissions": {"invoice:read": {"blocked_while_impersonating": True}},
    "roles": {"billing": {"permissions": ["invoice:read"]}},
}
PROBLEM = "application/problem+json"


@pytest.fixture(params=SHOPS)
def open_shop(request: pytest.FixtureRequest) -> Callable[..., Ask]:
    return SHOPS[request.param]


@pytest.fixture
def ask(open_shop: Callable[..., Ask], emulator: Emulator) -> Ask:
    emulator.set_policy(POLICY)
    return open_shop(emulator)


def by(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def machine(emulator: Emulator, kind: str = "access", **more: Any) -> dict[str, str]:
    return by(emulator.create_machine("billing", **more)[kind])


def refused(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == PROBLEM
    return answer.status_code, answer.json()["reason"]


@pytest.mark.parametrize("kind", ["access", "short_token"])
async def test_a_machine_gets_in_and_is_known(ask: Ask, emulator: Emulator, kind: str) -> None:
    headers = machine(emulator, kind)

    for path in ("/machine", "/ping", "/either"):
        answer = await ask(path, headers)
        assert (answer.status_code, answer.json()) == (200, {"name": "billing"}), path


async def test_who_is_no_machine_is_told_so(ask: Ask, emulator: Emulator) -> None:
    for path in ("/machine", "/ping"):
        nobody, user = await ask(path), await ask(path, bearer(emulator))
        person = await ask(path, session_cookies(emulator) | {"Accept": "text/html"})

        assert refused(nobody) == (401, "missing")
        assert nobody.headers["www-authenticate"] == "Bearer"
        assert refused(user) == refused(person) == (401, "not_a_machine")
        assert 'error="invalid_token"' in user.headers["www-authenticate"]
    either = await ask("/either", bearer(emulator))
    assert (either.status_code, either.json()) == (200, {"name": None})


async def test_a_machine_comes_by_no_cookie(ask: Ask, emulator: Emulator) -> None:
    token = emulator.create_machine()["access"]
    cookies = {"Cookie": f"scute-access__app_demo={token}", "Host": "127.0.0.1"}

    assert refused(await ask("/machine", cookies)) == (401, "not_a_machine")


async def test_a_machine_of_another_app_stays_out(ask: Ask, emulator: Emulator) -> None:
    other = emulator.create_app().id

    assert refused(await ask("/machine", machine(emulator, app_id=other))) == (401, "wrong_app")
    short = machine(emulator, "short_token", app_id=other)
    assert refused(await ask("/machine", short)) == (401, "revoked")


async def test_a_revoked_machine_stays_out_where_scute_is_asked(
    ask: Ask, emulator: Emulator
) -> None:
    headers = machine(emulator)
    emulator.revoke_machines("billing")

    assert (await ask("/machine", headers)).status_code == 200
    assert refused(await ask("/ping", headers)) == (401, "revoked")


async def test_an_outage_is_no_refusal(ask: Ask, emulator: Emulator) -> None:
    emulator.fault("/m2m/verify", status=500)
    for path, kind in [("/ping", "access"), ("/machine", "short_token")]:
        answer = await ask(path, machine(emulator, kind))

        assert refused(answer) == (503, "unavailable")
        assert answer.headers["retry-after"]


async def test_who_has_the_permission_gets_in(ask: Ask, emulator: Emulator) -> None:
    emulator.grant_role(EMAIL, "billing", resource="invoice:7")

    seven = await ask("/invoices/7", bearer(emulator))
    eight = await ask("/invoices/8", bearer(emulator))

    assert (seven.status_code, seven.json()) == (200, {"id": "7"})
    assert refused(eight) == (403, "forbidden")
    assert eight.json()["detail"] == f"No role of {EMAIL} grants invoice:read."


async def test_who_is_nobody_or_a_machine_has_none(ask: Ask, emulator: Emulator) -> None:
    assert refused(await ask("/invoices/7")) == (401, "missing")
    assert refused(await ask("/invoices/7", machine(emulator))) == (401, "not_a_user")
    assert all("authz" not in call.path for call in emulator.calls())


async def test_scute_learns_that_somebody_else_acts(ask: Ask, emulator: Emulator) -> None:
    emulator.grant_role(EMAIL, "billing")

    assert (await ask("/invoices/7", bearer(emulator))).status_code == 200
    support = bearer(emulator, imp={"sub": "sam", "kind": "operator"})
    assert refused(await ask("/invoices/7", support)) == (403, "forbidden")


@pytest.mark.parametrize("id", ["1:admin", "1%3Aadmin", "*", "%2e%2e", "1%00"])
async def test_no_address_means_another_resource(ask: Ask, emulator: Emulator, id: str) -> None:
    emulator.grant_role(EMAIL, "billing")

    answer = await ask(f"/invoices/{id}", bearer(emulator))

    assert answer.status_code in (403, 404)
    assert all("authz" not in call.path for call in emulator.calls())


async def test_in_an_outage_nobody_has_a_permission(ask: Ask, emulator: Emulator) -> None:
    emulator.grant_role(EMAIL, "billing")
    emulator.fault("/authz/check", status=500)

    assert refused(await ask("/invoices/7", bearer(emulator))) == (503, "unavailable")


async def test_a_place_may_ask_what_the_user_may_do(ask: Ask, emulator: Emulator) -> None:
    emulator.grant_role(EMAIL, "billing")

    answer = await ask("/may", bearer(emulator))

    assert answer.json() == {"may_read": True, "both": [False, True]}
    assert refused(await ask("/may")) == (401, "missing")


@pytest.mark.parametrize("name", ["django-wsgi", "django-asgi"])
async def test_views_of_django_that_await_may_ask_too(emulator: Emulator, name: str) -> None:
    emulator.set_policy(POLICY)
    emulator.grant_role(EMAIL, "billing")

    answer = await SHOPS[name](emulator)("/amay", bearer(emulator))

    assert answer.json() == {"may_read": True, "both": [False, True]}


async def test_what_cannot_be_asked_is_not_known(
    open_shop: Callable[..., Ask], emulator: Emulator
) -> None:
    emulator.fault("/authz/check-batch", status=500)

    assert refused(await open_shop(emulator)("/may", bearer(emulator))) == (503, "unavailable")


@pytest.mark.parametrize("name", ["flask", "django-wsgi", "django-asgi"])
async def test_where_all_is_private_a_place_for_machines_takes_them(
    emulator: Emulator, name: str
) -> None:
    ask = SHOPS[name](emulator, require_by_default=True)

    assert (await ask("/machine", machine(emulator))).status_code == 200
    assert refused(await ask("/machine", bearer(emulator))) == (401, "not_a_machine")
    assert refused(await ask("/invoices/7", machine(emulator))) == (401, "not_a_user")


@pytest.mark.parametrize("name", ["starlette", "fastapi", "asgi", "wsgi"])
async def test_elsewhere_its_path_has_to_be_open(emulator: Emulator, name: str) -> None:
    closed = SHOPS[name](emulator, require_by_default=True)
    ajar = SHOPS[name](emulator, require_by_default=True, public_paths=("/machine",))

    assert refused(await closed("/machine", machine(emulator))) == (401, "not_a_user")
    assert (await ajar("/machine", machine(emulator))).status_code == 200
    assert refused(await ajar("/machine")) == (401, "missing")
