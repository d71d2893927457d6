"""The one table of Scute's API: every path stands here, and nowhere else. Data, and no more.

Rows: docs.scute.io/api-reference, and Scute's own SDKs where those pages disagree or are silent.
"""

from scute_auth.api import (
    apps,
    permissions,
    sessions,
    signing_in,
    users,
    verification,
    workspaces,
)
from scute_auth.api.row import Row

__all__ = ["ROWS"]

_MODULES = (signing_in, sessions, users, apps, permissions, verification, workspaces)

ROWS: dict[str, Row] = {
    row.name: row for module in _MODULES for row in vars(module).values() if isinstance(row, Row)
}
"""Every row by its name."""
