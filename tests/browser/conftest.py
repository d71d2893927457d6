"""Two browsers for the whole run, emptied before each test, and a fresh site for each test."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.browser.browser import Browser, launch
from tests.browser.site import Site, site

__all__ = ["nothing_went_wrong"]


@pytest.fixture(scope="session")
def first_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with launch(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(scope="session")
def _second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with launch(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def framework() -> str:
    """Details are looked at in one. Where a test is for each, it is parametrised by them all."""
    return "fastapi"


@pytest.fixture(name="site")
def _site(framework: str) -> Iterator[Site]:
    with site(framework=framework) as served:
        yield served


@pytest.fixture
def browser(first_browser: Browser, site: Site) -> Iterator[Browser]:
    """A person's browser."""
    first_browser.start_over()
    yield first_browser
    nothing_went_wrong(first_browser, site)


@pytest.fixture
def other_browser(_second: Browser, site: Site) -> Iterator[Browser]:
    """Somebody else's, or the same person's on another device."""
    _second.start_over()
    yield _second
    nothing_went_wrong(_second, site)


def nothing_went_wrong(browser: Browser, site: Site) -> None:
    """In no test may the console complain, or a page of ours ask another origin for anything."""
    assert browser.complaints() == []
    for fetched in browser.fetched():
        if _origin(fetched.page) == site.origin and fetched.kind != "Document":
            assert _origin(fetched.url) == site.origin
    browser.start_over()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
