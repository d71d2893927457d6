"""The cookie that ties a sign-in to the browser that began it.

Sealed, ten minutes, good once. It names the way to sign in, whom it was asked for, and where the
visitor wanted to go. A link or a landing that meets its cookie may be used at once; without it,
a link asks first and an OAuth landing is refused.
"""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal

from scute_auth.cookies import MAX_COOKIE, clear, small_cookie
from scute_auth.credentials import read_cookie
from scute_auth.effects import Flow, StoreCall
from scute_auth.http import ResponseChanges
from scute_auth.signin.visit import Visit

__all__ = ["LIFETIME", "Binding", "bind", "bound", "unbind", "use"]

LIFETIME = 600

_MAX_SEALED = MAX_COOKIE - 256
"""Leaves room for the name: a browser drops a cookie that is too large without a word."""

Way = Literal["magic", "oauth", "otp"]


@dataclass(frozen=True, slots=True)
class Binding:
    """A sign-in under way. `identifier` is who it was asked for, `sent` Scute's id of what it sent.

    `sent` is empty where Scute sent nothing: that must show nowhere.
    """

    id: str
    way: Way
    next: str
    began_at: float
    identifier: str = ""
    sent: str = field(default="", repr=False)


# A cookie that another release sealed may have other fields: then this browser is not bound.
_FIELDS = {field.name for field in fields(Binding)}


def bind(visit: Visit, binding: Binding) -> ResponseChanges:
    """Remember in this browser that it began this sign-in."""
    sealed = _seal(visit, binding)
    if len(sealed) > _MAX_SEALED:
        sealed = _seal(visit, replace(binding, next=visit.auth.config.after_sign_in))
    return ResponseChanges(
        small_cookie(visit.view, visit.auth.config, binding.way, sealed, LIFETIME)
    )


def _seal(visit: Visit, binding: Binding) -> str:
    return visit.auth.sealer.seal(binding.way, asdict(binding), until=visit.now + LIFETIME)


def bound(visit: Visit, way: Way) -> Binding | None:
    """The sign-in of this kind that this very browser began, if there is one."""
    sealed = read_cookie(visit.view, visit.auth.config, way)
    content = visit.auth.sealer.open(way, sealed, now=visit.now)
    if content is None or content.keys() != _FIELDS:
        return None
    return Binding(**content)


def unbind(visit: Visit, way: Way) -> ResponseChanges:
    return ResponseChanges(clear(visit.view, visit.auth.config, way))


def use(visit: Visit, binding: Binding) -> Flow[bool]:
    """Use it up, once for all processes: False if somebody was faster."""
    key = f"scute:{visit.auth.config.app_id}:used:{binding.id}"
    answer = yield StoreCall("add", key, b"1", LIFETIME)
    return bool(answer.value)
