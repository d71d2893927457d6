"""Scute's HTTP API over the state: an `HttpCall` in, an `HttpReply` out."""

from scute_emulator.api.answering import answer

__all__ = ["answer"]
