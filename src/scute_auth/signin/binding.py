"""The cookie that ties a sign-in to the browser that began it.

Sealed, ten minutes, good once. It names the way to sign in, whom it was asked for, and where the
visitor wanted to go. A link or a landing that meets its cookie may be used at once; without it,
a link asks first and an OAuth landing is refused.
"""

from dataclasses import dataclass, field
from typing import Literal

from scute_auth.effects import Flow, StoreCall
from scute_auth.http import ResponseChanges
from scute_auth.signin.kept import forget, keep, kept
from scute_auth.signin.visit import Visit

__all__ = ["LIFETIME", "Binding", "Way", "bind", "bound", "unbind", "use"]

LIFETIME = 600

Way = Literal["magic", "oauth", "otp", "mfa", "passkey"]


@dataclass(frozen=True, slots=True)
class Binding:
    """A sign-in under way. `identifier` is who it was asked for, `sent` Scute's id of what it sent.

    `sent` is empty where Scute sent nothing: that must show nowhere. For a passkey it is the
    challenge.
    """

    id: str
    way: Way
    next: str
    began_at: float
    identifier: str = ""
    sent: str = field(default="", repr=False)


def bind(visit: Visit, binding: Binding) -> ResponseChanges:
    """Remember in this browser that it began this sign-in."""
    return keep(visit, binding.way, binding, until=visit.now + LIFETIME)


def bound(visit: Visit, way: Way) -> Binding | None:
    """The sign-in of this kind that this very browser began, if there is one."""
    return kept(visit, way, Binding)


def unbind(visit: Visit, way: Way) -> ResponseChanges:
    return forget(visit, way)


def use(visit: Visit, binding: Binding) -> Flow[bool]:
    """Use it up, once for all processes: False if somebody was faster."""
    key = f"scute:{visit.auth.config.app_id}:used:{binding.id}"
    answer = yield StoreCall("add", key, b"1", LIFETIME)
    return bool(answer.value)
