"""The pages of a sign-in: their names, what each is given, and the default renderer.

A page is a name and a context; a framework with templates of its own may render the same ones.
Rendering adds the security headers: nothing of another origin, scripts and styles by nonce only.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

from scute_auth.colors import accent
from scute_auth.config import ScuteConfig
from scute_auth.errors import ConfigError
from scute_auth.http import Page, Reply, RequestView
from scute_auth.redirects import auth_url

__all__ = ["PAGES", "Renderer", "default_renderer", "page", "qr_code", "render"]

Renderer: TypeAlias = Callable[[str, Mapping[str, Any]], str]

PAGES = (
    "sign_in",
    "check_inbox",
    "enter_code",
    "second_factor",
    "passkeys",
    "confirm",
    "message",
    "mfa_offer",
    "mfa_methods",
    "mfa_enroll",
    "backup_codes",
    "sessions",
    "sign_out",
)
"""`message` says what happened and offers `actions`; the others are named for what they ask."""


def page(
    view: RequestView,
    config: ScuteConfig,
    name: str,
    *,
    app_name: str = "",
    support: str | None = None,
    logo: bool = False,
    logo_dark: bool = False,
    accent_color: str | None = None,
    **context: Any,
) -> Page:
    """A page with what every template may use: the app's name, our `texts`, our routes as `urls`.

    `accent_color` is what Scute tells of the app's; the setting goes before it. `support` is who
    has support access as the user, if somebody has. `urls.inbox` is where the emulator shows the
    mail, and None with the real Scute.
    """
    urls = {
        "sign_in": auth_url(view, config, "/sign-in"),
        "magic_link": auth_url(view, config, "/magic-link"),
        "magic_link_status": auth_url(view, config, "/magic-link/status"),
        "otp": auth_url(view, config, "/otp"),
        "otp_verify": auth_url(view, config, "/otp/verify"),
        "mfa_methods": auth_url(view, config, "/mfa/methods"),
        "mfa_enroll": auth_url(view, config, "/mfa/enroll"),
        "backup_codes": auth_url(view, config, "/mfa/backup-codes"),
        "sessions": auth_url(view, config, "/sessions"),
        "passkey_options": auth_url(view, config, "/passkey/options"),
        "passkey_sign_in": auth_url(view, config, "/passkey/sign-in"),
        "passkeys": auth_url(view, config, "/passkeys"),
        "passkey_add_options": auth_url(view, config, "/passkey/add/options"),
        "passkey_add": auth_url(view, config, "/passkey/add"),
        "passkey_remove": auth_url(view, config, "/passkey/remove"),
        "callback": auth_url(view, config, "/callback"),
        "oauth": auth_url(view, config, "/oauth"),
        "sso": auth_url(view, config, "/sso"),
        "sign_out": auth_url(view, config, "/sign-out"),
        "logo": auth_url(view, config, "/logo") if logo else None,
        "logo_dark": auth_url(view, config, "/logo/dark") if logo_dark else None,
        "home": config.after_sign_out,
        "inbox": f"{config.base_url.rstrip('/')}/_emulator" if config.emulator else None,
    }
    shared = {
        "texts": config.messages,
        "urls": urls,
        "app_name": app_name,
        "accent": accent(config.accent_color or accent_color),
        "support": support,
    }
    return Page(name, {**shared, **context})


def render(reply: Reply, renderer: Renderer, nonce: str) -> Reply:
    """The reply with its page, if it has one, turned into bytes and headers."""
    if reply.page is None:
        return reply
    html = renderer(reply.page.name, {**reply.page.context, "nonce": nonce})
    given = {name for name, _ in reply.headers}
    headers = tuple(line for line in _headers(nonce) if line[0] not in given)
    return replace(reply, headers=reply.headers + headers, body=html.encode("utf-8"), page=None)


_CSP = (
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def _headers(nonce: str) -> tuple[tuple[str, str], ...]:
    # `same-origin`, because under `no-referrer` Chromium sends `Origin: null` from our own forms.
    return (
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "private, no-store"),
        (
            "content-security-policy",
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; {_CSP}",
        ),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    )


def default_renderer(name: str, context: Mapping[str, Any]) -> str:
    """Render one of the templates that come with this package."""
    return str(_templates().get_template(f"{name}.html").render(context))


def qr_code(text: str) -> str:
    """An SVG element with the text as a QR code: dark on light in any colour scheme."""
    try:
        from segno import make_qr
    except ImportError:
        raise ConfigError(
            "the page for authenticator apps needs segno: pip install 'scute-auth[pages]'"
        ) from None
    code = make_qr(text, error="m")
    return code.svg_inline(border=4, omitsize=True, dark="#000", light="#fff")


@cache
def _templates() -> Any:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise ConfigError(
            "the sign-in pages need Jinja2: pip install 'scute-auth[pages]'"
        ) from None
    templates = Environment(
        loader=PackageLoader("scute_auth", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["fours"] = _fours
    return templates


def _fours(text: str) -> str:
    """In groups, as people copy it."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
