"""The mails and text messages that Scute would have sent."""

from dataclasses import dataclass, field
from typing import Literal

from scute_emulator.state.users import identifier

__all__ = ["Inbox", "Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """`link` and `code` are what the reader is asked to use."""

    to: str
    kind: Literal["email", "sms"]
    subject: str
    text: str
    sent_at: float
    link: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)


class Inbox:
    def __init__(self) -> None:
        self._messages: list[Message] = []

    def add(self, message: Message) -> None:
        self._messages.insert(0, message)

    def messages(self, to: str | None = None) -> list[Message]:
        """Newest first; to one address or phone number, or all."""
        if to is None:
            return list(self._messages)
        who = identifier(to)
        return [each for each in self._messages if who is not None and each.to == who.value]
