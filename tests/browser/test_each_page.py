"""Each page in each state: what it says of itself, and that nobody is kept out of it.

A page is opened once, and looked at by all the tests of this module.
"""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.browser import Browser
from tests.browser.conftest import nothing_went_wrong
from tests.browser.site import site
from tests.browser.states import STATES
from tests.needs import axe

TO_TOUCH = "button, a.button, summary, input:not([type=hidden], [type=checkbox]), .check label"
"""What a finger must hit; a box is ticked by its label too."""


@pytest.fixture(scope="module")
def axe_script(tmp_path_factory: pytest.TempPathFactory) -> str:
    return axe(tmp_path_factory.mktemp("axe")).read_text("utf-8")


@pytest.fixture(scope="module", params=STATES)
def shown(request: pytest.FixtureRequest, first_browser: Browser) -> Iterator[Browser]:
    """A browser with the page open. The site has a name: without one there are no passkeys."""
    with site("localhost") as served:
        first_browser.start_over()
        STATES[request.param](first_browser, served)
        yield first_browser
        nothing_went_wrong(first_browser, served)


def test_it_says_what_it_is(shown: Browser) -> None:
    assert shown.one("html").get_attribute("lang") == "en"
    assert shown.driver.title
    assert len(shown.all("h1")) == 1
    assert len(shown.all("main")) == 1
    for control in shown.controls():
        assert control.accessible_name


def test_an_error_is_read_out(shown: Browser) -> None:
    """Whoever cannot see it hears it, and stands where it can be mended."""
    problems = [each for each in shown.all(".problem") if each.text]

    for problem in problems:
        assert problem.get_attribute("role") == "alert"
        told = shown.all(f"[aria-describedby='{problem.get_attribute('id')}']")
        assert shown.focused() in (told or [problem])
        assert all(each.get_attribute("aria-invalid") == "true" for each in fields_of(told))
    assert shown.driver.title.startswith("Problem: ") == bool(problems)


def fields_of(elements: list[WebElement]) -> list[WebElement]:
    return [each for each in elements if each.tag_name == "input"]


def test_nothing_in_it_is_inline(shown: Browser) -> None:
    assert "unsafe-" not in shown.policy()
    assert "default-src 'none'" in shown.policy()
    assert shown.all("[style]") == []
    attributes = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    assert shown.run(f"return {attributes}.filter(name => name.startsWith('on'))") == []
    for element in shown.all("script, style"):
        assert shown.property_of(element, "nonce")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_keeps_nobody_out(shown: Browser, axe_script: str, scheme: str) -> None:
    shown.look_like(1280, 900, scheme)
    shown.run(axe_script)

    found = shown.answer("axe.run(document, {resultTypes: ['violations', 'incomplete']})")

    assert _told(found["violations"]) == []
    assert _told(found["incomplete"]) == []
    assert len(found["passes"]) > 10


def test_all_of_it_is_reached_by_keyboard(shown: Browser) -> None:
    controls = shown.controls()
    assert controls

    reached = [_next(shown) for _ in range(len(controls) + 2)]

    visited = [each for each in reached if each != "BODY"]
    assert {control.id for control in controls} <= set(visited)
    order = [control.id for control in controls]
    for one, following in pairwise(visited):
        assert order.index(following) == (order.index(one) + 1) % len(order)


def _next(browser: Browser) -> str:
    """Go on with Tab: where the focus is then can be seen."""
    browser.keys(Keys.TAB)
    focused = browser.focused()
    if focused.tag_name == "body":
        return "BODY"
    assert browser.style_of(focused, "outlineStyle") != "none"
    return focused.id


def test_it_fits_a_small_screen(shown: Browser) -> None:
    for scheme, is_bright in (("light", True), ("dark", False)):
        shown.look_like(390, 844, scheme)

        assert shown.run("return document.documentElement.scrollWidth") <= 390
        for control in shown.all(TO_TOUCH):
            assert not control.is_displayed() or shown.box_of(control)["height"] >= 44
        brightness = _brightness(shown.style_of(shown.one("body"), "backgroundColor"))
        assert brightness > 200 if is_bright else brightness < 60


def _told(results: list[dict[str, object]]) -> list[str]:
    return [f"{each['id']}: {each['help']} {each['nodes']}" for each in results]


def _brightness(colour: str) -> int:
    numbers = colour.partition("(")[2].rstrip(")").split(",")
    return max(int(number) for number in numbers[:3])
