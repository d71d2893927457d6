"""What Scute answers while a user sets up second factors: secrets, so none has a `repr`.

Parsers, as those in `answers`.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from scute_auth.json_values import required_text

__all__ = ["BackupCodes", "Enrolment", "backup_codes", "enrolment"]

_URI = re.compile(r"otpauth://totp/[!-~]{1,600}")
_SECRET = re.compile(r"[A-Za-z2-7]{8,128}=*")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One that waits for its first code. An authenticator app is given `uri`, or `secret` by hand.

    Both are empty where Scute sends the codes.
    """

    id: str
    uri: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class BackupCodes:
    """Scute shows them once."""

    codes: tuple[str, ...] = field(repr=False)


def enrolment(value: Any) -> Enrolment:
    id = required_text(value["enrollment"]["id"])
    uri, secret = value.get("provisioning_uri"), value.get("secret")
    return Enrolment(id, _fitting(_URI, uri), _fitting(_SECRET, secret))


def _fitting(pattern: re.Pattern[str], value: Any) -> str:
    """What is there must be what an app understands; it is worthless otherwise."""
    if value is None:
        return ""
    if pattern.fullmatch(value) is None:
        raise ValueError("not what an authenticator app takes")
    return str(value)


def backup_codes(value: Any) -> BackupCodes:
    codes = tuple(value["backup_codes"])
    if not codes or not all(isinstance(code, str) and code.isprintable() for code in codes):
        raise ValueError("not codes")
    return BackupCodes(codes)
