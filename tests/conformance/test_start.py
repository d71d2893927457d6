"""An app that lacks a setting does not start, and says which one (design section 7)."""

import pytest

from tests.conformance.asgi_driver import StartFailed
from tests.conformance.harness import Harness
from tests.conformance.opening import Sites


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("SCUTE_"):
            monkeypatch.delenv(name)


@pytest.mark.usefixtures("nothing_set")
async def test_a_missing_setting_stops_the_start_and_is_named(
    sites: Sites, harness: Harness
) -> None:
    driver = harness.serve(sites.without_settings())

    with pytest.raises(StartFailed, match="SCUTE_APP_ID"):
        await driver.start()


@pytest.mark.usefixtures("nothing_set")
async def test_settings_may_come_from_the_environment(
    sites: Sites, harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUTE_APP_ID", "app_demo")
    driver = harness.serve(sites.without_settings())

    await driver.start()

    await driver.stop()


@pytest.mark.usefixtures("nothing_set")
async def test_a_wrong_setting_stops_the_start_and_is_named(
    sites: Sites, harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUTE_APP_ID", "app_demo")
    monkeypatch.setenv("SCUTE_BASE_URL", "file:///etc/passwd")
    driver = harness.serve(sites.without_settings())

    with pytest.raises(StartFailed, match="base_url"):
        await driver.start()
