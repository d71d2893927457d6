"""No challenge, code or address in a log: httpx2 and httpx tell the URL of each call at INFO, and
what they stand on tells the headers of each answer at DEBUG.

Scute's API has challenges in its paths. Whoever holds one may answer it, deny it or have its code
sent again, without a key; and one that was passed is a proof. The code of an OAuth provider and
whom a look-up is about stand in a query, and the token of a sign-in in the `location` of an answer.
"""

import logging
import re

__all__ = ["hide_secrets"]

_SECRETS = re.compile(
    r"(/auth/[^/?#\s]+/challenges/)[^/?#\s]+"
    r"|(/v1/(?:auth|apps|verify|workspaces|app_\w+|[0-9a-f-]{36})(?:/[^?#\s]*)?\?)[^#\s]+"
    r"|(\bsct_\w+=)[^&#\s'\"]+",
    re.ASCII,
)
_LOGGERS = ("httpx2", "httpx", "httpcore2.http11", "httpcore.http11")


def hide_secrets() -> None:
    """From now on, in this process; a second time changes nothing."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_hide)


def _hide(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple) and record.args:
        record.args = tuple(_hidden(argument) for argument in record.args)
    else:
        record.msg = _hidden(record.msg)
    return True


def _hidden(argument: object) -> object:
    """A text without its secrets, and what has none as it is."""
    text, number = _SECRETS.subn(_masked, str(argument))
    return text if number else argument


def _masked(found: re.Match[str]) -> str:
    return f"{next(filter(None, found.groups()))}***"
