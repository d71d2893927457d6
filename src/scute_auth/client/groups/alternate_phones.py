"""Further telephone numbers of the signed-in user."""

from scute_auth.api import sessions as rows
from scute_auth.client.models.factors import AlternatePhone, PhoneAdded, alternate_phones
from scute_auth.client.reading import nothing, reading
from scute_auth.client.request import Request

__all__ = ["add", "list", "remove", "verify"]


def list(*, token: str) -> Request[tuple[AlternatePhone, ...]]:
    """List the user's further numbers."""
    return Request(rows.ALTERNATE_PHONES_LIST, alternate_phones, token=token)


def add(phone: str, *, token: str) -> Request[PhoneAdded]:
    """Add a number: a code is sent to it."""
    parse = reading(PhoneAdded)
    return Request(rows.ALTERNATE_PHONES_ADD, parse, body={"phone": phone}, token=token)


def verify(challenge_token: str, code: str, *, token: str) -> Request[None]:
    """Confirm a number with the code that was sent to it."""
    body = {"challenge_token": challenge_token, "code": code}
    return Request(rows.ALTERNATE_PHONES_VERIFY, nothing, body=body, token=token)


def remove(phone: str, *, token: str) -> Request[None]:
    """Remove a number."""
    return Request(rows.ALTERNATE_PHONES_REMOVE, nothing, path={"phone": phone}, token=token)
