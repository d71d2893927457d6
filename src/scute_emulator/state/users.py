"""The users of each app, and what counts as an identifier."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from scute_emulator.state.chance import Randomness, new_id

__all__ = ["FormerUser", "Identifier", "Status", "User", "Users", "identifier"]

Status: TypeAlias = Literal["active", "pending", "inactive", "imported"]

_EMAIL = re.compile(r"[^\s@,;<>\"()]+@[^\s@,;<>\"()]+\.[^\s@,;<>\"()]+")
_PHONE = re.compile(r"\+[0-9]{7,15}")


@dataclass(frozen=True, slots=True)
class Identifier:
    kind: Literal["email", "phone"]
    value: str

    @property
    def domain(self) -> str | None:
        """Of an e-mail address; a phone number has none."""
        return self.value.rpartition("@")[2] if self.kind == "email" else None


@dataclass(frozen=True, slots=True)
class User:
    id: str
    base_id: str
    app_id: str
    email: str | None
    phone: str | None
    created_at: float
    updated_at: float
    status: Status = "pending"
    name: str | None = None
    email_verified: bool = False
    phone_verified: bool = False
    external_id: str | None = None
    login_count: int = 0
    last_login_at: float | None = None
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])
    authz_attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    alternate_phones: tuple[str, ...] = ()
    workspace_role: str | None = None

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Under which he may sign in."""
        pairs: tuple[tuple[Literal["email", "phone"], str | None], ...] = (
            ("email", self.email),
            ("phone", self.phone),
        )
        return tuple(Identifier(kind, value) for kind, value in pairs if value is not None)

    @property
    def identifier(self) -> Identifier:
        if self.email is not None:
            return Identifier("email", self.email)
        return Identifier("phone", self.phone or "")


@dataclass(slots=True)
class FormerUser:
    """An account that was deleted, as it was then; its data may be taken over once."""

    user: User
    deleted_at: float
    merged: bool = False


Report: TypeAlias = Callable[[str, User, Mapping[str, Any]], object]
"""Takes an event's kind, the user as he is now, and what there is to say beside."""


class Users:
    """Found by id and by identifier at once: people try their imports of thousands here."""

    def __init__(self, random: Randomness, report: Report) -> None:
        self._random = random
        self._report = report
        self._users: dict[str, User] = {}
        self._ids: dict[tuple[str, Identifier], str] = {}
        self._former: list[FormerUser] = []

    def add(self, app_id: str, who: Identifier, now: float, **values: Any) -> User:
        user = User(
            id=new_id(self._random),
            base_id=new_id(self._random),
            app_id=app_id,
            email=who.value if who.kind == "email" else None,
            phone=who.value if who.kind == "phone" else None,
            created_at=now,
            updated_at=now,
        )
        user = self._keep(user, now, values)
        self._report("user.created", user, {})
        return user

    def by_id(self, user_id: str) -> User:
        """A user who is known to exist."""
        return self._users[user_id]

    def get(self, app_id: str, user_id: str) -> User | None:
        user = self._users.get(user_id)
        return user if user is not None and user.app_id == app_id else None

    def find(self, app_id: str, who: Identifier) -> User | None:
        user_id = self._ids.get((app_id, who))
        return None if user_id is None else self._users[user_id]

    def of(self, app_id: str) -> list[User]:
        """Oldest first."""
        return [user for user in self._users.values() if user.app_id == app_id]

    def update(self, user: User, now: float, **values: Any) -> User:
        """Set these values; what is no change is no event."""
        new = self._keep(user, now, values)
        changed = sorted(name for name in values if getattr(user, name) != getattr(new, name))
        moved = [name for name in changed if name in ("email", "phone")]
        if changed:
            self._report("user.updated", new, {"changed": changed})
        for name in moved:
            told = {"identifier_type": name, "previous_identifier": getattr(user, name)}
            self._report("user.identifier_changed", new, told)
        return new

    def verified(self, user: User, who: Identifier, now: float) -> User:
        """The address is the user's own: a link that was sent there has been opened."""
        return self._keep(user, now, {f"{who.kind}_verified": True})

    def signed_in(self, user: User, now: float) -> User:
        """Count a sign-in that is complete."""
        count = user.login_count + 1
        return self._keep(
            user, now, {"status": "active", "login_count": count, "last_login_at": now}
        )

    def delete(self, user: User, now: float) -> None:
        """Gone for all calls; whoever comes back under his identifier is told of him."""
        self._forget_identifiers(user.id)
        del self._users[user.id]
        self._former.append(FormerUser(user, now))

    def former(self, app_id: str, identifiers: Collection[Identifier]) -> list[FormerUser]:
        """The deleted accounts with one of these identifiers, oldest first."""
        return [
            each
            for each in self._former
            if each.user.app_id == app_id and set(identifiers) & set(each.user.identifiers)
        ]

    def is_barred(self, app_id: str, who: Identifier) -> bool:
        """Was he deactivated, and then deleted, when he was here last?"""
        former = self.former(app_id, (who,))
        return bool(former) and former[-1].user.status == "inactive"

    def _keep(self, user: User, now: float, values: Mapping[str, Any]) -> User:
        self._forget_identifiers(user.id)
        user = replace(user, **values, updated_at=now)
        self._users[user.id] = user
        self._ids |= {(user.app_id, who): user.id for who in user.identifiers}
        return user

    def _forget_identifiers(self, user_id: str) -> None:
        if (known := self._users.get(user_id)) is not None:
            for who in known.identifiers:
                del self._ids[known.app_id, who]


def identifier(text: object) -> Identifier | None:
    """One e-mail address or phone number, normalised; None for anything else, lists too."""
    if not isinstance(text, str) or len(text) > 320:
        return None
    text = text.strip()
    if _EMAIL.fullmatch(text):
        return Identifier("email", text.lower())
    digits = re.sub(r"[ ().-]", "", text)
    return Identifier("phone", digits) if _PHONE.fullmatch(digits) else None
