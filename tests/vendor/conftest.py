"""What npm has, and a browser, once for the run; for each test a page and an emulator."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.browser.browser import Browser, launch
from tests.vendor import published
from tests.vendor.backend import BACKENDS, Backend, backend
from tests.vendor.page import ClientPage, client_page


@pytest.fixture(scope="session")
def spa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published.spa(tmp_path_factory)


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published.bundle_of_core(tmp_path_factory)


@pytest.fixture(scope="session")
def node_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published.node_packages(tmp_path_factory)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with launch(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """A person's browser; in no test may its console complain.

    But at a sign-out: Scute's client ends the session at Scute, as the backend does, and does not
    catch the refusal that the second of them gets.
    """
    chromium.start_over()
    yield chromium
    assert [line for line in chromium.complaints() if "not_authorized" not in line] == []


@pytest.fixture(scope="session")
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def page(browser: Browser, core: Path, signing_key: rsa.RSAPrivateKey) -> Iterator[ClientPage]:
    with client_page(browser, core, signing_key) as served:
        yield served


@pytest.fixture(scope="session", params=BACKENDS)
def served(request: pytest.FixtureRequest, spa: Path, chromium: Browser) -> Iterator[Backend]:
    with backend(spa, request.param, chromium) as served:
        yield served


@pytest.fixture
def site(served: Backend, browser: Browser) -> Backend:
    """As nobody has used it before in this browser."""
    browser.command("Storage.clearDataForOrigin", origin=served.origin, storageTypes="all")
    served.emulator.clear_faults()
    served.emulator.clear_calls()
    served.emulator.settings(rotate_refresh=False, refresh_kills_access=False)
    return served
