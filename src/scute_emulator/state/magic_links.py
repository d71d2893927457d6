"""Single-use links: by mail or SMS, as an invitation, and as the end of an OAuth or SAML sign-in.

The browser that asked for a link may poll for it by `id`, and gets one session of its own once
the link has been opened, wherever that was.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from scute_emulator.state.users import Identifier

__all__ = ["LinkKind", "MagicLink", "MagicLinks"]

LinkKind: TypeAlias = Literal["magic", "oauth", "saml", "invite"]


@dataclass(slots=True)
class MagicLink:
    id: str
    token: str = field(repr=False)
    app_id: str
    user_id: str
    to: Identifier
    kind: LinkKind
    expires_at: float
    opened: bool = False
    collected: bool = False


class MagicLinks:
    def __init__(self) -> None:
        self._links: list[MagicLink] = []

    def add(self, link: MagicLink) -> None:
        self._links.append(link)

    def unused(self, app_id: str, token: str, now: float) -> MagicLink | None:
        """The link with this token; None if it is unknown, used or expired."""
        link = next((each for each in self._of(app_id, now) if each.token == token), None)
        return None if link is None or link.opened else link

    def asked(self, app_id: str, link_id: str, now: float) -> MagicLink | None:
        """The link behind a poll; None once its session has been collected."""
        link = next((each for each in self._of(app_id, now) if each.id == link_id), None)
        return None if link is None or link.collected else link

    def _of(self, app_id: str, now: float) -> list[MagicLink]:
        return [link for link in self._links if link.app_id == app_id and now < link.expires_at]
