"""What Scute writes to people by mail or SMS: links and codes, put into the inbox."""

from typing import Literal
from urllib.parse import urlencode, urlsplit

from scute_emulator.api.context import Context
from scute_emulator.state.codes import code_for, is_test_identity
from scute_emulator.state.inbox import Message
from scute_emulator.state.magic_links import LinkKind, MagicLink
from scute_emulator.state.users import Identifier, User

__all__ = ["landing", "mail_link", "mail_page", "send_code"]

TEXTS = {
    "magic": ("Sign in to {app}", "Open this link to sign in to {app}. It works once."),
    "invite": ("You are invited to {app}", "Open this link to accept and to sign in to {app}."),
    "verification": ("Please confirm for {app}", "{app} asks you to confirm something."),
    "code": ("Your code for {app}", "This is your code for {app}. Tell it to nobody."),
}


def mail_link(call: Context, user: User, kind: LinkKind, to: Identifier | None = None) -> MagicLink:
    """Send the user a new link, to the address that was given if he has more than one."""
    link = call.state.new_link(call.app, user, kind, to)
    _send(call, link.to, kind, link=landing(call, {"sct_magic": link.token}))
    return link


def send_code(call: Context, to: Identifier) -> str:
    """Send a new code, which is returned; to test identities nothing is sent."""
    state = call.state
    tests = state.behaviour.test_identities
    code = code_for(state.random, to, call.app.settings.otp_length, test_identities=tests)
    if not (tests and is_test_identity(to)):
        _send(call, to, "code", code=code)
    return code


def mail_page(call: Context, to: Identifier, path: str) -> None:
    """Send a link to a page of Scute's own."""
    _send(call, to, "verification", link=f"{call.state.base_url}{path}")


def _send(
    call: Context, to: Identifier, what: str, *, link: str | None = None, code: str | None = None
) -> None:
    subject, text = (part.format(app=call.app.settings.name) for part in TEXTS[what])
    kind: Literal["email", "sms"] = "email" if to.kind == "email" else "sms"
    message = Message(to.value, kind, subject, text, call.state.clock(), link, code)
    call.state.inbox.add(message)


def landing(call: Context, parameters: dict[str, str]) -> str:
    """The app's login URL with these parameters."""
    url = call.app.settings.login_url
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(parameters)}"
