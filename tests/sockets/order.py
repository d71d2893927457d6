"""What the server process is told: with each request, and once for each site."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from scute_auth import ScuteConfig

__all__ = ["HEADER", "Instructions", "Order", "Task"]

Task = Literal["serve", "open", "settle", "close"]

HEADER = "x-stage"
"""The header line that carries an order; the stage takes it off before the app sees it."""


@dataclass(frozen=True, slots=True)
class Order:
    """`scheme` and `root_path` are what a proxy in front would have told the server."""

    site: int
    request: int
    now: float
    task: Task = "serve"
    scheme: str = "https"
    root_path: str = ""

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> "Order":
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Instructions:
    """How to make a site's app; sites of one `world` share their clock and their store."""

    harness: str
    config: ScuteConfig | None
    environ: dict[str, str]
    world: int
    hooks: tuple[str, ...]
