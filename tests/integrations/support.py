"""What the tests of one framework share: the emulator in memory, and who signs in there."""

from typing import Any

from scute_auth import AsyncScute, ScuteConfig
from scute_emulator import Emulator

__all__ = ["EMAIL", "bearer", "config_of", "expired_cookies", "scute_of", "session_cookies"]

EMAIL = "ana@example.com"


def config_of(emulator: Emulator, **settings: Any) -> ScuteConfig:
    environ = emulator.config_env()
    return ScuteConfig(
        app_id=environ["SCUTE_APP_ID"],
        secret=environ["SCUTE_SECRET"],
        base_url=environ["SCUTE_BASE_URL"],
        emulator=True,
        **settings,
    )


def scute_of(emulator: Emulator, **settings: Any) -> AsyncScute:
    return AsyncScute(config_of(emulator, **settings), transport=emulator.transport)


def bearer(emulator: Emulator, **session: Any) -> dict[str, str]:
    """The header of a caller who is signed in."""
    return {"Authorization": f"Bearer {emulator.create_session(EMAIL, **session)['access']}"}


def expired_cookies(emulator: Emulator) -> dict[str, str]:
    """The header of a browser whose access token has expired and whose refresh token has not."""
    return session_cookies(emulator, access_lifetime=-3600)


def session_cookies(emulator: Emulator, **session: Any) -> dict[str, str]:
    """The header of a browser that holds both tokens of a new session."""
    tokens = emulator.create_session(EMAIL, **session)
    app_id = session_app_id(emulator)
    pairs = (f"scute-{kind}__{app_id}={tokens[kind]}" for kind in ("access", "refresh"))
    return {"Cookie": "; ".join(pairs), "Host": "127.0.0.1:8000"}


def session_app_id(emulator: Emulator) -> str:
    return emulator.config_env()["SCUTE_APP_ID"]
