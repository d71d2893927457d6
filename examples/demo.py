"""Run an example app together with the Scute emulator, or check that it works.

python -m examples.demo --framework fastapi --port 8000 --emulator-port 9000 [--check]
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from examples.journey import walk
from scute_emulator import Emulator

__all__ = ["FRAMEWORKS", "main"]

HOST = "127.0.0.1"
NAME = "localhost"
"""What browsers call it: passkeys belong to a name, never to an IP address."""

START_UP = 30.0
"""Seconds that the example may take until it answers."""

# Without an access log: it would print links with the tokens in them.
UVICORN = (
    "uvicorn",
    "--host",
    HOST,
    "--no-access-log",
    "--log-level",
    "warning",
    "--port",
    "{port}",
)

GUNICORN = (
    "gunicorn",
    "--bind",
    f"{HOST}:{{port}}",
    "--worker-class",
    "gthread",
    "--threads",
    "8",
    "--log-level",
    "warning",
)

FRAMEWORKS: dict[str, tuple[str, ...]] = {
    "asgi": (*UVICORN, "examples.asgi_app:app"),
    "django": (*GUNICORN, "examples.django_app:application"),
    "fastapi": (*UVICORN, "examples.fastapi_app:app"),
    "flask": (*GUNICORN, "examples.flask_app:app"),
    "litestar": (*UVICORN, "examples.litestar_app:app"),
    "quart": (*UVICORN, "examples.quart_app:app"),
    "starlette": (*UVICORN, "examples.starlette_app:app"),
    "wsgi": (*GUNICORN, "examples.wsgi_app:app"),
}
"""For each framework the module that serves its example, with arguments."""


class DemoError(Exception):
    """The demo cannot run; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo until Ctrl-C, or the check; the answer is the exit status."""
    options = _parser().parse_args(arguments)
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    try:
        for port in (options.port, options.emulator_port):
            _check_free(port)
        app = f"http://{NAME}:{options.port}"
        emulator = Emulator(login_url=f"{app}/auth/callback")
        emulator.settings(name="The example", passkeys_enabled=True)
        with emulator.serve(options.emulator_port) as scute:
            command = FRAMEWORKS[options.framework]
            with _serve(command, options.port, emulator.config_env()) as example:
                if options.check:
                    return walk(app, scute, options.framework)
                _explain(options.framework, app, scute)
                return _stopped(example)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description=__doc__)
    parser.add_argument("--framework", choices=sorted(FRAMEWORKS), default="fastapi")
    parser.add_argument("--port", type=int, default=8000, help="where the example listens")
    parser.add_argument("--emulator-port", type=int, default=9000)
    parser.add_argument("--check", action="store_true", help="walk through it all, then stop")
    return parser


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _check_free(port: int) -> None:
    try:
        socket.create_server((HOST, port)).close()
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise DemoError(
            f"cannot use port {port} ({reason}): stop what listens there, "
            "or choose others: make demo PORT=8001 EMULATOR_PORT=9001"
        ) from None


@contextmanager
def _serve(
    command: Sequence[str], port: int, settings: dict[str, str]
) -> Generator["subprocess.Popen[bytes]", None, None]:
    """The example in a process of its own, up and answering, stopped at the end."""
    module = [part.replace("{port}", str(port)) for part in command]
    # In a session of its own, so that Ctrl-C reaches it once: from here.
    example = subprocess.Popen(
        [sys.executable, "-m", *module], env=os.environ | settings, start_new_session=True
    )
    try:
        _wait_until_up(example, port)
        yield example
    finally:
        example.terminate()
        example.wait()


def _wait_until_up(example: "subprocess.Popen[bytes]", port: int) -> None:
    give_up = time.monotonic() + START_UP
    while time.monotonic() < give_up:
        if example.poll() is not None:
            raise DemoError("the example did not start: see above")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise DemoError(f"the example did not answer within {START_UP:.0f} s")


def _stopped(example: "subprocess.Popen[bytes]") -> int:
    example.wait()
    raise DemoError("the example stopped by itself: see above")


def _explain(framework: str, app: str, scute: str) -> None:
    print(
        f"""
  {framework} behind Scute

    the app     {app}
    the inbox   {scute}/_emulator

  1. Open the app and sign in with any address, like ada@example.com.
  2. Open the inbox in the same browser and follow the link in the mail.
  3. Look at /private and /me. Add a passkey at /auth/passkeys.
  4. Sign out, and come in with the passkey, or with Google, emulated.

  Scute is emulated: no mail leaves this machine. Ctrl-C stops both.
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
