"""An emulator that the command line is set up for."""

from collections.abc import Iterator

import pytest

from scute_emulator import Emulator


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    emulator = Emulator()
    with emulator.serve():
        for name, value in emulator.config_env().items():
            monkeypatch.setenv(name, value)
        yield emulator
