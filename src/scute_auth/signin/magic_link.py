"""Sign in by a link in a mail: send it, and wait for it to be opened anywhere.

The browser that asks is bound to what it asked for. The waiting page polls Scute with the link's
id from that binding, never from the request's body: nobody can wait for a stranger's link.
"""

from scute_auth.answers import Pending
from scute_auth.calls import ask
from scute_auth.effects import Flow, StoreCall
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.operations import MAGIC_LINK_LOGIN, MAGIC_LINK_REGISTER, MAGIC_LINK_STATUS
from scute_auth.redirects import auth_url, sign_in_url
from scute_auth.signin import sending
from scute_auth.signin.binding import LIFETIME, Binding, bound, unbind
from scute_auth.signin.completion import Expected, complete
from scute_auth.signin.identifiers import email_address
from scute_auth.signin.refusals import is_about_the_person, refused
from scute_auth.signin.visit import Outcome, Visit, redirect

__all__ = ["poll", "send", "wait"]

_LINK = sending.Sending(
    "magic",
    "/magic-link",
    MAGIC_LINK_LOGIN,
    MAGIC_LINK_REGISTER,
    email_address,
    "enter_email",
)


def send(visit: Visit) -> Flow[Outcome]:
    """POST /auth/magic-link."""
    return (yield from sending.send(visit, _LINK))


def wait(visit: Visit) -> Reply:
    """GET /auth/magic-link: the page that says to look into the inbox, and asks on and on."""
    binding = bound(visit, "magic")
    if binding is None:
        return sending.way_on(visit).reply
    shown = visit.page(
        "check_inbox",
        identifier=binding.identifier,
        next=binding.next,
        seconds_left=max(0, int(binding.began_at + LIFETIME - visit.now)),
    )
    return Reply(200, page=shown, changes=visit.result.changes)


def poll(visit: Visit) -> Flow[Outcome]:
    """POST /auth/magic-link/status: signed in as soon as the link was opened somewhere."""
    binding = bound(visit, "magic")
    if binding is None:
        return sending.way_on(visit)
    waiting = auth_url(visit.view, visit.auth.config, "/magic-link")
    pending = Outcome(redirect(visit, waiting, {"status": "pending"}))
    if not (yield from _is_time(visit, binding)):
        return pending
    link = binding.sent.rstrip()
    try:
        # Where nothing was sent Scute is asked all the same: else the time would tell.
        body = {"id": link or visit.random_id("link")}
        answer = yield from ask(visit.auth.config, MAGIC_LINK_STATUS, body=body, agent=visit.agent)
    except ApiError as error:
        if (yield from _waits_on(visit, binding)):
            return pending
        if link and is_about_the_person(error):
            return Outcome(refused(visit, error, binding.next, ResponseChanges()))
        gone = sign_in_url(visit.view, visit.auth.config, binding.next)
        return Outcome(redirect(visit, gone, {"status": "expired"}, unbind(visit, "magic")))
    if isinstance(answer, Pending) or not link:
        return pending
    expected = Expected(identifier=binding.identifier)
    return (yield from complete(visit, answer, expected, binding, ResponseChanges()))


def _waits_on(visit: Visit, binding: Binding) -> Flow[bool]:
    """Does the page wait on, though Scute says that the link is over? Its end must tell nothing.

    Where only known people may sign in Scute sends nobody else a link: then the page waits on for
    both alike, as long as the sign-in lasts. Elsewhere what was never sent, to whom Scute has
    deactivated, ends when it would have.
    """
    settings = yield from visit.auth.settings.get(visit.now)
    if not settings.public_signup:
        return True
    lifetime = LIFETIME if settings.link_expiration is None else settings.link_expiration
    return not binding.sent.rstrip() and visit.now < binding.began_at + lifetime


def _is_time(visit: Visit, binding: Binding) -> Flow[bool]:
    """Is Scute asked, for the first time in this second? A page asks every other one."""
    key = f"scute:{visit.auth.config.app_id}:poll:{binding.id}:{int(visit.now)}"
    answer = yield StoreCall("add", key, b"1", 2)
    return bool(answer.value)
