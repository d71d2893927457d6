"""An emulator in memory for each test, and Django, which is set up once for the process."""

from importlib import import_module

import pytest

from scute_auth import Scute
from scute_emulator import Emulator
from tests.integrations.support import config_of
from tests.integrations.wsgi_server import Server

import_module("tests.django_setup")


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
def scute(emulator: Emulator) -> Scute:
    """For apps that block."""
    return Scute(config_of(emulator), transport=emulator.transport)


@pytest.fixture
def server() -> Server:
    """A WSGI server."""
    return Server()
