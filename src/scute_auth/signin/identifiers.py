"""What a person types to say who they are: one e-mail address, one phone number, never a list."""

import re

__all__ = ["email_address", "phone_number"]

_MAX_EMAIL = 254
_NOT_IN_EMAIL = frozenset(' ,;:<>()[]"\\')
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{4,23}")


def email_address(text: str) -> str | None:
    """The address without white space around it, its domain in lower case, or None."""
    text = text.strip()
    name, at, domain = text.rpartition("@")
    if not (at and name and domain) or len(text) > _MAX_EMAIL or "@" in name:
        return None
    if not text.isprintable() or not _NOT_IN_EMAIL.isdisjoint(text):
        return None
    return f"{name}@{domain.lower()}"


def phone_number(text: str) -> str | None:
    """The number as it was written, or None."""
    return text if _PHONE.fullmatch(text) else None
