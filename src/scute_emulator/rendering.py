"""How the pages for people are rendered: templates, and headers that keep everything out."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader

from scute_auth.effects import HttpReply
from scute_emulator.emulator import Emulator

__all__ = ["moment", "origin_of", "render"]

_templates = Environment(
    loader=PackageLoader("scute_emulator"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def render(
    emulator: Emulator,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
    form_target: str = "",
) -> HttpReply:
    nonce = base64.b64encode(emulator.state.random(16)).decode("ascii")
    body = _templates.get_template(template).render(context, nonce=nonce)
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", _policy(nonce, form_target)),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    )
    return HttpReply(status, headers, body.encode("utf-8"))


def _policy(nonce: str, form_target: str) -> str:
    """Browsers hold a form's redirects against `form-action` too, so the app is named there."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        f"img-src data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' http://127.0.0.1:* http://localhost:* {form_target}".rstrip()
    )


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def moment(seconds: float) -> dict[str, str]:
    """A time for people, in this machine's zone, and for programs."""
    local = datetime.fromtimestamp(seconds, UTC).astimezone()
    return {"text": local.strftime("%-d %b, %H:%M:%S"), "iso": local.isoformat()}
