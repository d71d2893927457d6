"""Who was it? A filter that puts the user, and who acts as the user, on each log record.

handler.addFilter(UserFilter())
formatter = logging.Formatter("%(message)s user=%(scute_user)s actor=%(scute_actor)s")
"""

import logging

from scute_auth.context import variable
from scute_auth.identity import SignedIn

__all__ = ["UserFilter"]


class UserFilter(logging.Filter):
    """Adds `scute_user`, the signed-in user's id, and `scute_actor`, who has support access as him.

    Both are `-` where there is none. It lets every record pass.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        current = variable.get()
        result = None if current is None else current.result
        user = result.user if isinstance(result, SignedIn) else None
        record.scute_user = "-" if user is None else user.id
        record.scute_actor = "-" if user is None else user.actor_label or "-"
        return True
