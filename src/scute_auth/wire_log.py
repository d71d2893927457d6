"""No challenge in a log: httpx2 and httpx tell the URL of each call at INFO.

Scute's API has challenges in its paths. Whoever holds one may answer it, deny it or have its code
sent again, without a key; and one that was passed is a proof. The code of an OAuth provider stands
in a query.
"""

import logging
import re

__all__ = ["hide_challenges"]

_CHALLENGE = re.compile(
    r"(/v1/auth/[^/?#]+/challenges/|/v1/auth/[^?#]+\?(?:[^#]*&)?(?:challenge|code)=)[^/?&#]+",
    re.ASCII,
)


def hide_challenges() -> None:
    """From now on, in this process; a second time changes nothing."""
    for name in ("httpx2", "httpx"):
        logging.getLogger(name).addFilter(_hide)


def _hide(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(_hidden(argument) for argument in record.args)
    return True


def _hidden(argument: object) -> object:
    """A URL without its challenge, and what has none as it is."""
    text, number = _CHALLENGE.subn(r"\1***", str(argument))
    return text if number else argument
