"""Reports of errors, as Scute's browser SDK sends them."""

from collections.abc import Mapping
from typing import Any

from scute_auth.api import signing_in as rows
from scute_auth.client.reading import nothing
from scute_auth.client.request import Request

__all__ = ["report"]


def report(fields: Mapping[str, Any]) -> Request[None]:
    """Tell Scute of an error; what it wants to know is not documented."""
    return Request(rows.ERRORS_REPORT, nothing, body=fields)
