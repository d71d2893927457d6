"""An emulator in memory for each test."""

import pytest

from scute_emulator import Emulator


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()
