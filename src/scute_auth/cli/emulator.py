"""`scute-auth emulator`: Scute on this machine, with the settings for an app to use it."""

import argparse
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scute_emulator import Emulator

__all__ = ["HELP", "define", "run"]

HELP = "run Scute on this machine"

MISSING = "the emulator needs its extra: pip install 'scute-auth[emulator]'"


def define(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="loopback only")
    add("--port", type=int, default=9000)
    add("--app-id", default="app_demo")
    add("--secret", help="the app's secret; a new one at each start unless given")
    add("--login-url", default="http://127.0.0.1:8000/auth/callback", help="where links lead to")
    add("--access-lifetime", type=int, metavar="SECONDS", help="3600 unless given")
    add("--signing-key", type=Path, metavar="PEM", help="a new key at each start unless given")
    add("--webhook-url", metavar="URL", help="where events go: on this machine")
    add("--kid", help="the signing key's id")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted; the answer is the exit status."""
    if options.host not in ("127.0.0.1", "localhost"):
        raise ValueError("--host: the emulator serves this machine only; use 127.0.0.1")
    try:
        from scute_emulator.serving import listen, serve_here, url_of
    except ModuleNotFoundError as error:
        if error.name not in ("jinja2", "uvicorn", "webauthn"):
            raise
        raise ValueError(MISSING) from None
    if not options.login_url.startswith(("http://", "https://")):
        raise ValueError("--login-url: give a URL like http://127.0.0.1:8000/auth/callback")
    emulator = _build(options)
    with listen(options.port) as listening:
        emulator.base_url = url_of(listening)
        print(f"# Scute, emulated; its inbox: {emulator.base_url}/_emulator")
        print(f"# links lead to {options.login_url} (--login-url changes that)")
        if options.webhook_url is not None:
            print(f"# events go to {options.webhook_url}")
        for name, value in emulator.config_env().items():
            print(f"export {name}={shlex.quote(value)}")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            serve_here(emulator, listening)
    return 0


def _build(options: argparse.Namespace) -> "Emulator":
    from scute_emulator import Emulator
    from scute_emulator.state.keys import load_key

    key = options.signing_key and load_key(options.signing_key.read_bytes())
    emulator = Emulator(
        app_id=options.app_id,
        secret=options.secret,
        login_url=options.login_url,
        signing_key=key,
        kid=options.kid,
    )
    if options.webhook_url is not None:
        emulator.webhooks.add(options.webhook_url)
    if options.access_lifetime is not None:
        emulator.settings(access_lifetime=options.access_lifetime)
    return emulator
