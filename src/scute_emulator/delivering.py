"""A served emulator sends its webhooks by itself, in a thread of its own."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from scute_auth.transport import HttpxTransport
from scute_emulator.webhooks import WebhookSender

__all__ = ["delivering"]


@contextmanager
def delivering(sender: WebhookSender) -> Generator[None, None, None]:
    """Send what is due, as long as this lasts."""
    ending = threading.Event()
    thread = threading.Thread(target=_run, args=(sender, ending), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        sender.queued.set()
        thread.join()


def _run(sender: WebhookSender, ending: threading.Event) -> None:
    transport: HttpxTransport | None = None
    while True:
        sender.queued.wait(sender.wait())
        sender.queued.clear()
        if ending.is_set():
            break
        for delivery, call in sender.due():
            # Only now, for it takes its time: most emulators send nothing.
            transport = transport or HttpxTransport()
            sender.settle(delivery, transport.send(call))
    if transport is not None:
        transport.close()
