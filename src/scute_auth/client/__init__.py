"""Scute's whole API, typed: `ScuteClient` for code that blocks, `AsyncScuteClient` for asyncio.

Both are made of the same functions, one for each operation. The models that they answer with are
in `scute_auth.client.models`.
"""

from scute_auth.client.awaiting import AsyncScuteClient
from scute_auth.client.blocking import ScuteClient
from scute_auth.client.paging import Page

__all__ = ["AsyncScuteClient", "Page", "ScuteClient"]
