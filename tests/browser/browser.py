"""One Chromium, driven as a person would, and what it says of the pages that it showed."""

import json
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.needs import chromedriver, chromium

__all__ = ["Browser", "Fetched", "launch"]

PATIENCE = 20

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)


@dataclass(frozen=True)
class Fetched:
    """A request that a page made: the page's URL and the request's."""

    page: str
    url: str
    kind: str


class Browser:
    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self._fetched: list[Fetched] = []
        self._policies: dict[str, str] = {}

    @property
    def url(self) -> str:
        return self.driver.current_url

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def text(self) -> str:
        return self.one("body").text

    @property
    def heading(self) -> str:
        return self.one("h1").text

    def open(self, url: str) -> None:
        self.driver.get(url)

    def open_tab(self, url: str) -> None:
        self.driver.switch_to.new_window("tab")
        self.open(url)

    def switch_to_tab(self, number: int) -> None:
        """The tabs are numbered in the order in which they were opened, from 0."""
        self.wait(lambda: len(self.driver.window_handles) > number)
        self.driver.switch_to.window(self.driver.window_handles[number])

    def one(self, selector: str) -> WebElement:
        return self._find(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def controls(self) -> list[WebElement]:
        """What a person can use with the keyboard, in the order of the page."""
        found = self.all("a[href], button, input:not([type=hidden]), summary")
        return [control for control in found if control.is_displayed() and control.is_enabled()]

    def focused(self) -> WebElement:
        return self.driver.switch_to.active_element

    def press(self, label: str) -> None:
        """Press the button or follow the link with these very words."""
        words = f'[normalize-space()="{label}"]'
        self._find(By.XPATH, f"//button{words} | //a{words}").click()

    def type(self, label: str, text: str) -> None:
        """Write into the field with this label."""
        name = self._find(By.XPATH, f"//label[normalize-space()='{label}']")
        field = self._find(By.ID, str(name.get_attribute("for")))
        field.clear()
        field.send_keys(text)

    def answer(self, script: str) -> Any:
        """What a script's promise comes to."""
        untyped: Any = self.driver
        waiting = f"Promise.resolve({script}).then(arguments[arguments.length - 1])"
        return untyped.execute_async_script(waiting)

    def run(self, script: str, *arguments: Any) -> Any:
        untyped: Any = self.driver
        return untyped.execute_script(script, *arguments)

    def _find(self, by: str, what: str) -> WebElement:
        waiting = WebDriverWait(self.driver, PATIENCE, poll_frequency=0.1)
        return waiting.until(lambda driver: driver.find_element(by, what))

    def property_of(self, element: WebElement, name: str) -> Any:
        return self.run("return arguments[0][arguments[1]]", element, name)

    def style_of(self, element: WebElement, name: str) -> str:
        return str(self.run("return getComputedStyle(arguments[0])[arguments[1]]", element, name))

    def box_of(self, element: WebElement) -> dict[str, float]:
        """Where it is: left, right, top, bottom, width, height, in CSS pixels."""
        box = self.run("return arguments[0].getBoundingClientRect().toJSON()", element)
        return {str(side): float(pixels) for side, pixels in box.items()}

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until it holds; a page that is just being replaced does not count."""
        gone = (StaleElementReferenceException,)
        waiting = WebDriverWait(self.driver, PATIENCE, 0.1, ignored_exceptions=gone)
        waiting.until(lambda _: _holds(condition))

    def wait_for_path(self, path: str) -> None:
        self.wait(lambda: self.path == path)

    def wait_for_text(self, text: str) -> None:
        self.wait(lambda: text in self.text)

    def command(self, name: str, /, **parameters: Any) -> Any:
        """Run a command of the DevTools protocol."""
        untyped: Any = self.driver
        return untyped.execute_cdp_cmd(name, parameters)

    def plant(self, origin: str, cookies: Iterable[Mapping[str, Any]]) -> None:
        """Cookies with these names and values, as someone else would put them here."""
        for cookie in cookies:
            kept = {"name": cookie["name"], "value": cookie["value"], "url": f"{origin}/"}
            self.command("Network.setCookie", **kept, httpOnly=True)

    def connect(self, is_online: bool) -> None:
        none = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.command("Network.emulateNetworkConditions", offline=not is_online, **none)

    def run_scripts(self, are_on: bool) -> None:
        """The pages' own scripts, from the next page on."""
        self.command("Emulation.setScriptExecutionDisabled", value=not are_on)

    def look_like(self, width: int, height: int, scheme: str) -> None:
        """A screen of this size, and `light` or `dark` as the person prefers."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.command("Emulation.setDeviceMetricsOverride", **size)
        preference = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", features=[preference])

    def keys(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def cookies(self, origin: str) -> dict[str, dict[str, Any]]:
        """All cookies that the browser would send there, HttpOnly ones too, by name."""
        found = self.command("Network.getCookies", urls=[f"{origin}/"])["cookies"]
        return {cookie["name"]: cookie for cookie in found}

    def complaints(self) -> list[str]:
        """What the console says since it was asked last: scripts that fail, blocked content.

        An answer with an error status, or none, is no complaint about the page; nor is a note
        that somebody was quicker than `autofocus`.
        """
        lines = [line for line in self._log("browser") if line["source"] != "network"]
        return [line["message"] for line in lines if "Autofocus processing" not in line["message"]]

    def fetched(self) -> list[Fetched]:
        """Every request of every page so far, navigations too."""
        self._read_network()
        return self._fetched

    def policy(self) -> str:
        """The Content-Security-Policy that came with the page that is shown."""
        self._read_network()
        return self._policies[self.url.partition("#")[0]]

    def _read_network(self) -> None:
        for line in self._log("performance"):
            message = json.loads(line["message"])["message"]
            about = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                kind, url = about.get("type", ""), about["request"]["url"]
                self._fetched.append(Fetched(about["documentURL"], url, kind))
            if message["method"] == "Network.responseReceived" and about["type"] == "Document":
                headers = {
                    name.lower(): value for name, value in about["response"]["headers"].items()
                }
                self._policies[about["response"]["url"]] = headers.get(
                    "content-security-policy", ""
                )

    def _log(self, kind: str) -> list[dict[str, Any]]:
        untyped: Any = self.driver
        return list(untyped.get_log(kind))

    def landing(self, start: str) -> str:
        """The URL with this beginning to which the browser was sent, even if it was kept away."""
        self.wait(lambda: any(each.url.startswith(start) for each in self.fetched()))
        return next(each.url for each in self.fetched() if each.url.startswith(start))

    def start_over(self) -> None:
        """As if it had just been installed: one empty tab, no cookies, empty logs."""
        first, *others = self.driver.window_handles
        for handle in others:
            self.driver.switch_to.window(handle)
            self.driver.close()
        self.driver.switch_to.window(first)
        self.connect(True)
        self.run_scripts(True)
        self.command("Emulation.clearDeviceMetricsOverride")
        self.command("Emulation.setEmulatedMedia", features=[])
        self.open("about:blank")
        self.command("Network.clearBrowserCookies")
        self.complaints()
        self.fetched()
        self._fetched.clear()
        self._policies.clear()


@contextmanager
def launch(profile: Path) -> Generator[Browser, None, None]:
    """A Chromium with a profile of its own."""
    options = ChromeOptions()
    options.binary_location = chromium()
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=ChromeService(chromedriver()))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


def _holds(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except WebDriverException as error:
        # The driver's other word for a page that went while it was being read.
        if "does not belong to the document" in str(error.msg):
            return False
        raise
