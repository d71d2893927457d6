"""The emulator over real sockets."""

import socket

from scute_emulator.serving import listen


def test_answers_on_kept_connections_wait_for_no_acknowledgement() -> None:
    with listen(0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
