"""What a person types to say who they are: one e-mail address, one phone number, never a list."""

import re
from unicodedata import normalize

__all__ = ["counted", "email_address", "identifier", "phone_number", "same_identifier"]

_MAX_EMAIL = 254
_NOT_IN_EMAIL = frozenset(' ,;:<>()[]"\\')
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{4,23}")
_BETWEEN_DIGITS = re.compile(r"[ ().-]")


def identifier(text: str) -> str | None:
    """An e-mail address or a phone number, or None."""
    return email_address(text) or phone_number(text)


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
    """The number without what people write between its digits, or None."""
    text = text.strip()
    return _BETWEEN_DIGITS.sub("", text) if _PHONE.fullmatch(text) else None


def counted(text: str) -> str:
    """By what attempts are counted, so that another spelling brings no more of them.

    Scute may take `+49 ...` and `0049 ...` for one number, or letters that only look the same for
    one address. Two that are different to Scute may share a count: that only makes it stricter.
    """
    number = phone_number(text)
    return normalize("NFKC", text).casefold() if number is None else number.lstrip("+0")


def same_identifier(one: str | None, other: str | None) -> bool:
    """Is it the same one? Case does not count, and an unknown one equals nothing."""
    if not one or not other:
        return False
    if (phone := phone_number(one)) is not None:
        return phone == phone_number(other)
    # ASCII only: to Unicode's rules `straße` and `strasse` are the same, to mail servers not.
    return one.encode("utf-8").lower() == other.encode("utf-8").lower()
