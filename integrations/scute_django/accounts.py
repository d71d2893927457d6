"""Which user of the project a request belongs to, and what a sign-in means for his session.

One browser has one user. Whom Scute knows is the user; Django's own session counts where no
credential of Scute's came. The last sign-in ends the other: ours empties a session that was
somebody else's, and Django's `login()` and `logout()` end the one at Scute.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from scute_auth import ConfigError, Profile, Reason, SignedIn, SignedOut, SignInRefused, User
from scute_auth.identity import AuthResult
from scute_django.signals import signed_in, signed_out
from scute_django.stateless import StatelessUser

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from scute_django.backends import ScuteBackend

__all__ = [
    "attach",
    "detach",
    "has_account",
    "project_user",
    "require_app",
    "scute_backend",
    "sign_in",
    "sign_out",
]

_OWNER = "_scute_user_id"
_OVER = frozenset({Reason.MISSING, Reason.EXPIRED, Reason.REFRESH_REJECTED, Reason.REVOKED})


class _Lookup:
    """Finds the project's user when he is first asked for, once."""

    def __init__(self, backend: "ScuteBackend", scute_user: User | None) -> None:
        self._backend = backend
        self._scute_user = scute_user
        self._found: AbstractBaseUser | AnonymousUser | None = None

    def user(self) -> "AbstractBaseUser | AnonymousUser":
        if self._found is None:
            known = self._scute_user
            self._found = _or_anonymous(None if known is None else self._backend.user_of(known))
        return self._found

    async def auser(self) -> "AbstractBaseUser | AnonymousUser":
        if self._found is None:
            known = self._scute_user
            found = None if known is None else await self._backend.auser_of(known)
            self._found = _or_anonymous(found)
        return self._found


def _or_anonymous(user: "AbstractBaseUser | None") -> "AbstractBaseUser | AnonymousUser":
    from django.contrib.auth.models import AnonymousUser

    return user or AnonymousUser()


def require_app() -> None:
    """Raise `ConfigError` where `ScuteBackend` is named and its table cannot be there."""
    named = "scute_django.backends.ScuteBackend" in settings.AUTHENTICATION_BACKENDS
    if named and not apps.is_installed("scute_django"):
        raise ConfigError('ScuteBackend needs its table: add "scute_django" to INSTALLED_APPS')


@cache
def scute_backend() -> "ScuteBackend | None":
    """The project's `ScuteBackend`, if it has one: looked for once, for every request asks."""
    require_app()
    if not apps.is_installed("scute_django"):
        # Then our table is not there, and maybe no users at all: nothing of them can be imported.
        return None
    from scute_django.backends import ScuteBackend

    backends = map(auth.load_backend, settings.AUTHENTICATION_BACKENDS)
    return next((found for found in backends if isinstance(found, ScuteBackend)), None)


def attach(request: Any, result: AuthResult) -> None:
    """Make `request.user` and `request.auser` those of the verdict; nothing is asked yet.

    A credential that is refused is not rescued by Django's session; one that is merely over is
    like none, unless it was sent in a header on purpose.
    """
    if isinstance(result, SignedOut) and result.reason in _OVER and not result.changes.by_headers:
        return
    _put(request, result.user if isinstance(result, SignedIn) else None)


def detach(request: Any) -> None:
    """The session has proved to be over while the request was handled: nobody is left in it."""
    request.scute_user = None
    _put(request, None)


def _put(request: Any, user: User | None) -> None:
    if (backend := scute_backend()) is not None:
        lookup = _Lookup(backend, user)
        request.user = SimpleLazyObject(lookup.user)
        request.auser = lookup.auser


def project_user(request: Any, result: SignedIn) -> Any | None:
    """For APIs: the project's user, None where it has none for him or has shut him out."""
    if scute_backend() is None:
        return StatelessUser(result.user.id)
    return request.user if request.user.is_authenticated else None


def has_account(request: Any) -> bool:
    """Has the project an active user for who is signed in? Yes, if it keeps none."""
    return scute_backend() is None or bool(request.user.is_authenticated)


def sign_in(request: Any, user: User, profile: Profile) -> None:
    """Find, link or create the project's user, and tell everyone."""
    found: Any = None
    if (backend := scute_backend()) is not None:
        found = auth.authenticate(request, scute_user=user, scute_profile=profile)
        if found is None:
            raise SignInRefused(backend.why_not(user, profile))
        _take_session(request, user)
        request.user = found
        user_logged_in.send(sender=type(found), request=request, user=found)
    signed_in.send(sender=User, request=request, user=found, scute_user=user, profile=profile)


def sign_out(request: Any, user: User) -> None:
    """Empty Django's session, unless Django itself has just done that, and tell everyone."""
    if not request.scute.left and scute_backend() is not None and hasattr(request, "session"):
        auth.logout(request)
    signed_out.send(sender=User, request=request, scute_user=user)


def _take_session(request: HttpRequest, user: User) -> None:
    """As Django's `login`: keep what a stranger has put into his cart, drop what was another's.

    The project's user is not written there, so a session never outlives the one at Scute.
    """
    if (session := getattr(request, "session", None)) is None:
        return
    if auth.SESSION_KEY in session or session.get(_OWNER, user.id) != user.id:
        session.flush()
    else:
        session.cycle_key()
    session[_OWNER] = user.id


def _leave(*, request: Any = None, **_: Any) -> None:
    """Django's own `login()` or `logout()` was called: the middleware ends Scute's session.

    In an outage too, or it would be back when the outage is over.
    """
    current = getattr(request, "scute", None)
    if current is not None and not isinstance(current.result, SignedOut):
        current.left = True


@receiver(setting_changed)
def _forget(*, setting: str, **_: Any) -> None:
    if setting in ("AUTHENTICATION_BACKENDS", "INSTALLED_APPS"):
        scute_backend.cache_clear()


user_logged_in.connect(_leave, dispatch_uid="scute")
user_logged_out.connect(_leave, dispatch_uid="scute")
