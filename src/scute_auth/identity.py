"""Who is asking, and the three verdicts on a request.

`Unavailable` is not `SignedOut`: an outage at Scute must not sign anyone out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from scute_auth.claims import Claims, Trusted
from scute_auth.errors import Reason
from scute_auth.http import READ, ResponseChanges

__all__ = [
    "UNKNOWN_ACTOR",
    "VERDICTS",
    "AuthResult",
    "Machine",
    "Profile",
    "Session",
    "SignedIn",
    "SignedOut",
    "Unavailable",
    "User",
    "machine_of",
]

UNKNOWN_ACTOR = "somebody unknown"
"""Stands for who has support access and has told no name, as logs say it."""


@dataclass(frozen=True, slots=True, eq=False)
class User(Trusted):
    """The signed-in user. Two are equal when their ids are; `claims` are those of this sign-in."""

    id: str
    claims: Claims = field(repr=False)

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_impersonated(self) -> bool:
        """Is this someone else, acting as the user with support access?"""
        return self.claims.is_impersonated

    @property
    def actor(self) -> Mapping[str, Any] | None:
        """Who acts as the user: Scute's `act` claim (`sub`, `kind`, maybe `email`, `name`)."""
        return self.claims.actor

    @property
    def actor_label(self) -> str | None:
        """Who has support access as this user, in a word for people: name, address or id."""
        if not self.is_impersonated:
            return None
        told = [(self.actor or {}).get(key) for key in ("name", "email", "sub")]
        return next((text for text in told if _is_label(text)), UNKNOWN_ACTOR)

    @property
    def identity(self) -> str:
        """The id, under the name that Starlette uses."""
        return self.id

    @property
    def display_name(self) -> str:
        """The id, for lack of a name in the token; `Profile` has the name."""
        return self.id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, User) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)


def _is_label(text: object) -> bool:
    """Fit for a page and a line of a log."""
    return isinstance(text, str) and 0 < len(text) <= 100 and text.isprintable()


@dataclass(frozen=True, slots=True)
class Machine(Trusted):
    """A service that calls with a machine-to-machine token.

    `client_name` is None where its token does not say it. A short token has no `claims`.
    """

    client_name: str | None
    claims: Claims | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Profile(Trusted):
    """What Scute's `current_user` answers about the user, fetched when asked for."""

    id: str
    email: str | None = None
    email_verified: bool = False
    phone: str | None = None
    phone_verified: bool = False
    name: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class Session:
    """The tokens behind a verdict and where they came from; expiry in seconds since the epoch."""

    source: Literal["header", "cookie"]
    access: str = field(repr=False)
    expires_at: float
    refresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    user: User
    session: Session
    changes: ResponseChanges = READ


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Nobody is signed in, and why: `missing` where no credential came.

    `machine` is who calls instead of a user. `wanted` is what the place asks for: a machine is
    never sent to the sign-in page.
    """

    reason: Reason
    changes: ResponseChanges = READ
    machine: Machine | None = None
    wanted: Literal["user", "machine"] = "user"


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Scute cannot be asked now, so nobody knows; `retry_after` in seconds. Cookies stay."""

    retry_after: float
    changes: ResponseChanges = READ


AuthResult: TypeAlias = SignedIn | SignedOut | Unavailable


def machine_of(result: AuthResult) -> Machine | None:
    """The machine that calls, if one does."""
    return result.machine if isinstance(result, SignedOut) else None


VERDICTS = (SignedIn, SignedOut, Unavailable)
