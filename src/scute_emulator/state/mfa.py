"""Second factors: the methods that users have set up, and their backup codes."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from scute_emulator.state.chance import Randomness, new_id, new_token
from scute_emulator.state.codes import (
    STEP,
    new_totp_secret,
    same_code,
    totp_code,
    totp_step,
)
from scute_emulator.state.users import Identifier

__all__ = ["ENROL_LIFETIME", "MethodKind", "MfaMethod", "MfaMethods"]

MethodKind: TypeAlias = Literal["totp", "sms", "email"]

ENROL_LIFETIME = 600
BACKUP_CODES = 10


@dataclass(slots=True)
class MfaMethod:
    """One way to prove oneself. A TOTP method has a `secret`, the others a `recipient`.

    Until it is verified it is an enrolment: `code` is what was sent, and it ends at `expires_at`.
    """

    id: str
    user_id: str
    method: MethodKind
    name: str
    created_at: float
    secret: bytes = field(default=b"", repr=False)
    recipient: Identifier | None = None
    code: str = field(default="", repr=False)
    tries_left: int = 3
    verified: bool = False
    is_default: bool = False
    last_used_at: float | None = None
    last_step: int = -1

    @property
    def expires_at(self) -> float:
        return self.created_at + ENROL_LIFETIME

    def take_totp(self, code: str, now: float) -> bool:
        """Is this a code of now? It is used up (RFC 6238 section 5.2: one use only)."""
        step = totp_step(self.secret, code, now, after=self.last_step)
        if step is None:
            return False
        self.last_step = step
        return True

    def next_code(self, now: float) -> str:
        """A code that would be taken now: that of the next step if this one's is used up."""
        return totp_code(self.secret, max(int(now) // STEP, self.last_step + 1))


class MfaMethods:
    def __init__(self, random: Randomness) -> None:
        self._random = random
        self._methods: dict[str, MfaMethod] = {}
        self._backup: dict[str, list[str]] = {}

    def add(self, method: MfaMethod) -> None:
        self._methods[method.id] = method

    def of(self, user_id: str) -> list[MfaMethod]:
        """Enrolments too; oldest first."""
        return [each for each in self._methods.values() if each.user_id == user_id]

    def verified(self, user_id: str) -> list[MfaMethod]:
        """What can be asked for, the default first."""
        found = [each for each in self.of(user_id) if each.verified]
        return sorted(found, key=lambda method: not method.is_default)

    def get(self, user_id: str, method_id: str) -> MfaMethod | None:
        return next((each for each in self.of(user_id) if each.id == method_id), None)

    def enrol_totp(self, user_id: str, now: float) -> MfaMethod:
        """An authenticator that is set up already, without a code."""
        method = MfaMethod(
            id=new_id(self._random),
            user_id=user_id,
            method="totp",
            name="Authenticator",
            created_at=now,
            secret=new_totp_secret(self._random),
        )
        self.add(method)
        self.verify(method)
        return method

    def verify(self, method: MfaMethod) -> None:
        """The enrolment is done; a user's first method is the default."""
        method.is_default = not self.verified(method.user_id)
        method.verified = True

    def set_default(self, method: MfaMethod) -> None:
        for each in self.of(method.user_id):
            each.is_default = each is method

    def remove(self, method: MfaMethod) -> None:
        """Another becomes the default; with the last one the backup codes go too."""
        del self._methods[method.id]
        left = self.verified(method.user_id)
        if not left:
            self._backup.pop(method.user_id, None)
        elif method.is_default:
            left[0].is_default = True

    def new_backup_codes(self, user_id: str) -> list[str]:
        """Ten codes; those from before are worthless."""
        codes = [new_token(self._random, 5) for _ in range(BACKUP_CODES)]
        self._backup[user_id] = [f"{code[:5]}-{code[5:]}" for code in codes]
        return list(self._backup[user_id])

    def backup_codes_left(self, user_id: str) -> int:
        return len(self._backup.get(user_id, ()))

    def take_backup_code(self, user_id: str, code: str) -> bool:
        """Is this one of the user's backup codes? It is used up."""
        codes = self._backup.get(user_id, [])
        found = next((each for each in codes if same_code(code, each)), None)
        if found is None:
            return False
        codes.remove(found)
        return True

    def forget(self, user_id: str) -> None:
        for method in self.of(user_id):
            del self._methods[method.id]
        self._backup.pop(user_id, None)
