"""Pages for people: the inbox."""

from scute_auth.effects import HttpReply
from scute_emulator.api.refusals import not_found
from scute_emulator.api.request import ApiRequest
from scute_emulator.emulator import Emulator

__all__ = ["PAGES", "page"]

PAGES: frozenset[str] = frozenset()


def page(emulator: Emulator, request: ApiRequest) -> HttpReply:
    raise not_found("Page")
