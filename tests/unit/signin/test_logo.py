"""The app's logo: from our own origin, a picture and nothing else."""

import json
from typing import Any

import pytest

from scute_auth.effects import HttpCall
from tests.unit.sessions import Browser, Site, open_site

PICTURE = "/logos/demo.png"


@pytest.fixture
def site() -> Site:
    site = open_site()
    site.emulator.settings(logo=PICTURE)
    return site


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def answer_with(site: Site, **fault: Any) -> None:
    kind = fault.pop("kind", "image/png")
    given: dict[str, Any] = {"status": 200, "body": "picture"} | fault
    site.emulator.fault(PICTURE, headers={"content-type": kind}, **given)


def fetched(site: Site) -> list[str]:
    calls = [effect for effect in site.stepper.effects if isinstance(effect, HttpCall)]
    return [call.url for call in calls if "logo" in call.url]


def test_it_is_fetched_once_and_given_out_as_a_picture(site: Site, browser: Browser) -> None:
    answer_with(site)

    first, second = browser.get("/auth/logo"), browser.get("/auth/logo")

    for answered in (first, second):
        assert (answered.status, answered.outcome.reply.body) == (200, b"picture")
        assert answered.header("content-type") == "image/png"
        assert answered.header("cache-control") == "public, max-age=3600"
        assert answered.header("x-content-type-options") == "nosniff"
        assert "sandbox" in (answered.header("content-security-policy") or "")
    assert fetched(site) == [site.emulator.base_url + PICTURE]
    site.clock.now += 3601
    browser.get("/auth/logo")
    assert len(fetched(site)) == 2


def test_the_call_carries_no_credential(site: Site) -> None:
    site.signed_in().get("/auth/logo")

    (call,) = [
        effect
        for effect in site.stepper.effects
        if isinstance(effect, HttpCall) and effect.url.endswith(PICTURE)
    ]
    assert [name for name, _ in call.headers] == ["accept"]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404, "body": ""},
        {"status": 302, "body": ""},
        {"status": 503, "body": "x"},
        {"delay": 60.0},
        {"body": ""},
        {"kind": "text/html; charset=utf-8", "body": "<script>alert(1)</script>"},
        {"kind": "", "body": "x"},
    ],
    ids=str,
)
def test_what_is_no_picture_is_not_given_out(
    site: Site, browser: Browser, fault: dict[str, Any]
) -> None:
    """And is not asked for again at once."""
    answer_with(site, **fault)

    assert browser.get("/auth/logo").status == 404
    assert browser.get("/auth/logo").status == 404
    assert len(fetched(site)) == 1
    site.clock.now += 61
    browser.get("/auth/logo")
    assert len(fetched(site)) == 2


@pytest.mark.parametrize(
    "told",
    [
        None,
        "http://images.example/logo.png",
        "https://user:pass@images.example/logo.png",
        "file:///etc/logo",
        "javascript:logo",
        "https://[logo",
        "//images.example:99999999/logo\n",
    ],
)
def test_only_a_safe_address_is_fetched(site: Site, browser: Browser, told: str | None) -> None:
    site.emulator.settings(logo=told)

    assert browser.get("/auth/logo").status == 404
    assert [url for url in fetched(site) if not url.startswith("https://images.example:9")] == []


def test_another_host_over_https_may_have_it(site: Site, browser: Browser) -> None:
    site.emulator.settings(logo="https://images.example/logo.png")

    browser.get("/auth/logo")

    assert fetched(site) == ["https://images.example/logo.png"]


def test_the_pages_show_it_in_both_lights(site: Site, browser: Browser) -> None:
    site.emulator.settings(logo=PICTURE, logo_dark="/logos/dark.png")
    site.emulator.fault("/logos/dark.png", status=404, body=json.dumps({}))

    urls = browser.get("/auth/sign-in").page.context["urls"]

    assert (urls["logo"], urls["logo_dark"]) == ("/auth/logo", "/auth/logo/dark")
    assert browser.get("/auth/logo/dark").status == 404
    assert fetched(site) == [site.emulator.base_url + "/logos/dark.png"]


def test_without_one_the_pages_show_the_apps_name(browser: Browser) -> None:
    browser.site.emulator.settings(logo=None)

    urls = browser.get("/auth/sign-in").page.context["urls"]

    assert (urls["logo"], urls["logo_dark"]) == (None, None)
