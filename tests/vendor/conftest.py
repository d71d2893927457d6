"""What npm has, and a browser, once for the run; for each test a page and an emulator."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.browser import Browser, launch
from tests.vendor import published
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
def _chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with launch(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(_chromium: Browser) -> Iterator[Browser]:
    """A person's browser; in no test may its console complain."""
    _chromium.start_over()
    yield _chromium
    assert _chromium.complaints() == []


@pytest.fixture
def page(browser: Browser, core: Path) -> Iterator[ClientPage]:
    with client_page(browser, core) as served:
        yield served
