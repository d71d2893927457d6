"""The CSRF token of Scute's browser SDK: a text that only our own pages can read, in a cookie too.

It is asked for beside the check that every POST passes, never in its place: by itself it would
fall to a cookie that another host of the same domain plants. On https the cookie has `__Host-`,
which no other host can plant; the older name without the app's id is not read at all.
"""

import re
from hashlib import sha512
from hmac import compare_digest

from scute_auth import csrf
from scute_auth.cookies import clear, small_cookie
from scute_auth.credentials import read_cookie
from scute_auth.errors import Reason
from scute_auth.http import Reply, ResponseChanges
from scute_auth.identity import SignedOut
from scute_auth.refusals import problem, refusal
from scute_auth.signin.visit import Visit

__all__ = ["drop", "give", "is_sent", "passes", "refused"]

_HEADER = b"x-csrf-token"
_TOKEN = re.compile(r"[0-9a-f]{128}")


def give(visit: Visit) -> Reply:
    """GET /auth/csrf: the token as text, the same one for as long as its cookie stands.

    No other site's page may ask for it, though none could read the answer.
    """
    if not csrf.passes(visit.view, visit.auth.config):
        return refusal(visit.view, visit.auth.config, SignedOut(Reason.CSRF))
    token, changes = _standing(visit), visit.result.changes
    if token is None:
        token = sha512(visit.entropy + b"csrf").hexdigest()
        cookie = small_cookie(visit.view, visit.auth.config, "csrf", token, None)
        changes = changes + ResponseChanges(cookie)
    headers = (
        ("content-type", "text/plain; charset=utf-8"),
        ("cache-control", "private, no-store"),
        ("x-content-type-options", "nosniff"),
    )
    return Reply(200, headers, token.encode("ascii"), changes=changes)


def passes(visit: Visit) -> bool:
    """Is the token in the header the one in the cookie?"""
    sent, token = _sent(visit), _standing(visit)
    return len(sent) == 1 and token is not None and compare_digest(sent[0], token.encode("ascii"))


def is_sent(visit: Visit) -> bool:
    """Does the request come from the SDK? Nothing else here sends the header."""
    return bool(_sent(visit))


def refused(visit: Visit) -> Reply:
    return problem(
        403,
        Reason.CSRF,
        "Send the text of GET /auth/csrf as X-CSRF-Token, and the cookie that came with it.",
        changes=visit.result.changes,
    )


def drop(visit: Visit) -> ResponseChanges:
    return ResponseChanges(clear(visit.view, visit.auth.config, "csrf"))


def _sent(visit: Visit) -> list[bytes]:
    return [value for name, value in visit.view.headers if name == _HEADER]


def _standing(visit: Visit) -> str | None:
    """The cookie's token; what does not look like one is none of ours, and is not repeated."""
    token = read_cookie(visit.view, visit.auth.config, "csrf") or ""
    return token if _TOKEN.fullmatch(token) else None
