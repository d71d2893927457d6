"""What the emulated Scute knows: one file for each thing that it keeps."""

from scute_emulator.state.state import State

__all__ = ["State"]
