"""What a person types to say who they are: one e-mail address, one phone number, never a list."""

import re
from string import ascii_lowercase, ascii_uppercase
from unicodedata import normalize

__all__ = ["counted", "email_address", "exact", "identifier", "phone_number", "same_identifier"]

_MAX_EMAIL = 254
_NOT_IN_EMAIL = frozenset(' ,;:<>()[]"\\')
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{4,23}")
_BETWEEN_DIGITS = re.compile(r"[ ().-]")
_TRUNK = re.compile(r"((?:\+|00)[1-9][0-9]{0,2}[ .-]*)\(0\)")
"""As in `+49 (0)151`: the zero is dialled at home only."""

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_DOTS = re.compile(r"[.\u3002]")
"""What separates labels, after NFKC (RFC 3490 section 3.1)."""


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
    if not _PHONE.fullmatch(text):
        return None
    return _BETWEEN_DIGITS.sub("", _TRUNK.sub(r"\1", text))


def counted(text: str) -> str:
    """By what attempts are counted, so that another spelling brings no more of them.

    Scute may take `+49 ...` and `0049 ...` for one number, or letters that only look the same for
    one address. Two that are different to Scute may share a count: that only makes it stricter.
    """
    number = phone_number(text)
    if number is not None:
        return number.lstrip("+0")
    name, at, domain = _folded(text).rpartition("@")
    labels = (_unicode(label) for label in _DOTS.split(domain))
    return f"{name}{at}{'.'.join(labels).removesuffix('.')}"


def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _unicode(label: str) -> str:
    """A label of a domain as people read it: `xn--bo-hia` is `boß`, and so counts as `boss`."""
    if not label.startswith("xn--"):
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        decoded.encode("utf-8")
    except UnicodeError:
        return label
    return _folded(decoded)


def exact(text: str) -> str:
    """The very one, in one spelling: no two accounts have the same."""
    number = phone_number(text)
    # ASCII only: to Unicode's rules `straße` and `strasse` are the same, to mail servers not.
    return text.translate(_LOWER) if number is None else number


def same_identifier(one: str | None, other: str | None) -> bool:
    """Is it the same one? Case does not count, and an unknown one equals nothing."""
    if not one or not other:
        return False
    return exact(one) == exact(other)
