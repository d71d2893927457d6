"""The second factor of a sign-in: prove it, choose another method, have the code sent again."""

from scute_auth.answers import Challenge, Completed
from scute_auth.effects import Flow
from scute_auth.http import ResponseChanges
from scute_auth.signin.binding import Binding
from scute_auth.signin.completion import Expected, complete
from scute_auth.signin.kept import kept
from scute_auth.signin.proving import Answer, Asked, Kind, page
from scute_auth.signin.proving import prove as go_through
from scute_auth.signin.second_factor import PLACE, create, no_way
from scute_auth.signin.sending import way_on
from scute_auth.signin.visit import Outcome, Visit, submitted

__all__ = ["prove", "show"]


def show(visit: Visit) -> Flow[Outcome]:
    """GET /auth/mfa."""
    yield from ()
    asked = kept(visit, "mfa", Asked)
    return way_on(visit) if asked is None else page(visit, MFA, asked)


def prove(visit: Visit) -> Flow[Outcome]:
    """POST /auth/mfa."""
    asked, submission = kept(visit, "mfa", Asked), submitted(visit.view)
    if asked is None or submission is None:
        return way_on(visit)
    return (yield from go_through(visit, MFA, asked, submission))


def _sign_in(visit: Visit, asked: Asked, answer: Answer) -> Flow[Outcome]:
    if isinstance(answer, Completed):
        return no_way(visit, ResponseChanges())
    expected = Expected(asked.account, asked.identifier)
    binding = Binding(asked.id, "mfa", asked.next, asked.began_at)
    return (yield from complete(visit, answer, expected, binding, ResponseChanges()))


def _create(visit: Visit, asked: Asked, method: str) -> Flow[Challenge | None]:
    return create(visit, asked.account, method)


MFA = Kind(PLACE.purpose, PLACE.path, _create, _sign_in)
