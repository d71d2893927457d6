"""What both backends serve: the built page, and the settings that it starts from."""

from pathlib import Path

from scute_auth import ScuteConfig

__all__ = ["BUILT", "headers", "settings"]

BUILT = Path(__file__).parent / "dist"
"""`npm run build` makes it."""


def headers(config: ScuteConfig) -> dict[str, str]:
    """The page runs our script alone, and talks to us and to Scute alone.

    It holds the access token, so that a script which somebody smuggles in would have it too.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
        f"connect-src 'self' {config.base_url}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }


def settings(config: ScuteConfig) -> dict[str, str]:
    return {"app_id": config.app_id, "base_url": config.base_url}
