"""The API keys of the apps, besides the secret that each began with."""

import hmac
from dataclasses import dataclass, field

from scute_emulator.state.chance import Randomness, new_id, new_token

__all__ = ["ApiKey", "ApiKeys", "same_secret"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    app_id: str
    nickname: str
    token: str = field(repr=False)
    created_at: float


class ApiKeys:
    def __init__(self, random: Randomness) -> None:
        self._random = random
        self._keys: list[ApiKey] = []

    def add(self, app_id: str, nickname: str, now: float) -> ApiKey:
        token = f"emulated_{new_token(self._random)}"
        key = ApiKey(new_id(self._random), app_id, nickname, token, now)
        self._keys.append(key)
        return key

    def app_of(self, token: str) -> str | None:
        """The app that this key may manage."""
        return next((key.app_id for key in self._keys if same_secret(key.token, token)), None)


def same_secret(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
