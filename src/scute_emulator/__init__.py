"""Scute on localhost: for development and tests, never for production."""

from scute_emulator.emulator import Emulator

__all__ = ["Emulator"]
