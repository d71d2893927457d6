"""`current_user`, as Flask users know such a thing: a proxy, false where nobody is signed in."""

from typing import TYPE_CHECKING, Any

from werkzeug.local import LocalProxy

from scute_auth import SignedIn, User
from scute_auth.context import demand
from scute_flask.current import current_of

__all__ = ["current_user", "optional_user"]


def optional_user() -> User | None:
    """The signed-in user, or None."""
    result = current_of().result
    return result.user if isinstance(result, SignedIn) else None


class _Nobody:
    """False, and no user in any other way."""

    is_authenticated = False

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "<nobody is signed in>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # Python and Jinja ask for those, of anything
        return getattr(demand(current_of()).user, name)


_NOBODY = _Nobody()

if TYPE_CHECKING:

    class CurrentUser(User):
        """The user whom the current request has, or nobody: look before you use it."""

        def __bool__(self) -> bool: ...


current_user: "CurrentUser" = LocalProxy(lambda: optional_user() or _NOBODY)  # type: ignore[assignment] # it stands for what it finds
"""The signed-in user. False where nobody is; then every attribute but `is_authenticated` raises
`NotSignedIn` (in an outage, `ScuteUnavailable`): left alone, that becomes the right answer."""
