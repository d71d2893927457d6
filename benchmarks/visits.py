"""The requests of a round: of nobody, of users who were here before, or of new ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.world import Scale, World, bearer
from scute_auth import RequestView

__all__ = ["Visits", "batch"]


def batch(tokens: Sequence[str], number: int, scale: Scale) -> Sequence[str]:
    """The tokens of this round; the first batch is left out, for those are the known ones."""
    return tokens[(number + 1) * scale.batch : (number + 2) * scale.batch]


@dataclass(slots=True)
class Visits:
    """Batches of requests: each method takes the number of the round, as a `Case` does."""

    world: World
    scale: Scale
    tokens: Sequence[str]
    path: str = "/me"
    _known: list[RequestView] = field(init=False)

    def __post_init__(self) -> None:
        self._known = [bearer(token, path=self.path) for token in self.known_tokens]

    @property
    def known_tokens(self) -> list[str]:
        return list(self.tokens[: self.scale.batch])

    def nobody(self, _: int) -> list[RequestView]:
        return [bearer(None, path=self.path)] * self.scale.batch

    def known(self, _: int) -> list[RequestView]:
        return self._known

    def with_cookie(self, _: int) -> list[RequestView]:
        """The known ones with their token in a cookie."""
        name = self.world.config.cookie_names("access", secure=True)[0]
        cookies = [f"{name}={token}".encode("ascii") for token in self.known_tokens]
        return [bearer(None, (b"cookie", one), path=self.path) for one in cookies]

    def fresh(self, number: int) -> list[RequestView]:
        return [bearer(token, path=self.path) for token in batch(self.tokens, number, self.scale)]
