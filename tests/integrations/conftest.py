"""An emulator in memory for each test, and Django, which is set up once for the process."""

from importlib import import_module

import pytest

from scute_emulator import Emulator

import_module("tests.django_setup")


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()
