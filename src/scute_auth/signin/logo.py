"""The app's logo, from its settings at Scute, served from our own origin.

Our pages ask no other origin for anything, so the picture is fetched here, kept for an hour, and
given out as a picture and nothing else: no script in it runs, and a browser guesses no other kind.
"""

from urllib.parse import urljoin, urlsplit

from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, HttpCall, HttpReply, Shared
from scute_auth.http import Reply
from scute_auth.refusals import problem
from scute_auth.signin.visit import Outcome, Visit

__all__ = ["logo", "logo_dark"]

KEPT_FOR = 3600
_ASKED_AGAIN_AFTER = 60
_KINDS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"})


def logo(visit: Visit) -> Flow[Outcome]:
    """GET /auth/logo."""
    settings = yield from visit.auth.settings.get(visit.now)
    return (yield from _picture(visit, settings.logo))


def logo_dark(visit: Visit) -> Flow[Outcome]:
    """GET /auth/logo/dark: the one for dark pages."""
    settings = yield from visit.auth.settings.get(visit.now)
    return (yield from _picture(visit, settings.logo_dark))


def _picture(visit: Visit, told: str | None) -> Flow[Outcome]:
    url = _url(visit.auth.config, told)
    if url is None:
        return Outcome(_none(visit))
    kept = visit.auth.pictures.get(url, visit.now)
    if kept is None:
        answer = yield Shared(f"picture:{url}", _fetch(visit, url))
        kept = answer.value
        kept_for = KEPT_FOR if kept.status == 200 else _ASKED_AGAIN_AFTER
        visit.auth.pictures.put(url, kept, visit.now + kept_for)
    return Outcome(kept)


def _fetch(visit: Visit, url: str) -> Flow[Reply]:
    """What cannot be had is remembered too: no visitor can make us ask again and again."""
    answer = yield HttpCall("GET", url, (("accept", ", ".join(sorted(_KINDS))),))
    outcome = answer.value
    if not isinstance(outcome, HttpReply) or outcome.status != 200:
        return _none(visit)
    kind = (outcome.header("content-type") or "").partition(";")[0].strip().lower()
    if kind not in _KINDS or not outcome.body:
        return _none(visit)
    headers = (
        ("content-type", kind),
        ("cache-control", f"public, max-age={KEPT_FOR}"),
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ("x-content-type-options", "nosniff"),
    )
    return Reply(200, headers, outcome.body)


def _url(config: ScuteConfig, told: str | None) -> str | None:
    """Where it lies: Scute's settings may name a path of its own. Only https, or Scute itself."""
    if told is None:
        return None
    base = config.base_url.rstrip("/")
    try:
        url = urljoin(f"{base}/", told)
        parts = urlsplit(url)
    except ValueError:
        return None
    is_fetched = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    return url if is_fetched or url.startswith(f"{base}/") else None


def _none(visit: Visit) -> Reply:
    return problem(404, "not_found", visit.say("no_such_logo"))
