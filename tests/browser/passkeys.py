"""The browser's virtual authenticator: a device that holds passkeys and unlocks as told."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

from tests.browser.browser import Browser

__all__ = ["Device", "device"]


class Device:
    """What is in the person's hand: `unlocks` says whether its screen lock can be opened."""

    def __init__(self, browser: Browser) -> None:
        self._driver: Any = browser.driver

    def unlocks(self, it_does: bool) -> None:
        self._driver.set_user_verified(it_does)

    def passkeys(self) -> list[Any]:
        return list(self._driver.get_credentials())

    def forget(self) -> None:
        self._driver.remove_all_credentials()


@contextmanager
def device(browser: Browser) -> Generator[Device, None, None]:
    """Plugged in until the end of the block."""
    options = VirtualAuthenticatorOptions(
        protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
        transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
        has_resident_key=True,
        has_user_verification=True,
        is_user_verified=True,
    )
    driver: Any = browser.driver
    driver.add_virtual_authenticator(options)
    try:
        yield Device(browser)
    finally:
        driver.remove_virtual_authenticator()
