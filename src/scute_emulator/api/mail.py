"""What Scute writes to people: a link by mail or SMS, put into the inbox."""

from urllib.parse import urlencode, urlsplit

from scute_emulator.api.context import Context
from scute_emulator.state.inbox import Message
from scute_emulator.state.magic_links import LinkKind, MagicLink
from scute_emulator.state.users import User

__all__ = ["landing", "mail_link"]

TEXTS = {
    "magic": ("Sign in to {app}", "Open this link to sign in to {app}. It works once."),
    "invite": ("You are invited to {app}", "Open this link to accept and to sign in to {app}."),
}


def mail_link(call: Context, user: User, kind: LinkKind) -> MagicLink:
    """Send the user a new link."""
    link = call.state.new_link(call.app, user, kind)
    subject, text = (part.format(app=call.app.settings.name) for part in TEXTS[kind])
    who = user.identifier
    call.state.inbox.add(
        Message(
            to=who.value,
            kind="email" if who.kind == "email" else "sms",
            subject=subject,
            text=text,
            sent_at=call.state.clock(),
            link=landing(call, {"sct_magic": link.token}),
        )
    )
    return link


def landing(call: Context, parameters: dict[str, str]) -> str:
    """The app's login URL with these parameters."""
    url = call.app.settings.login_url
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(parameters)}"
