"""One request to an `/auth/*` route, with what it submitted, and the outcome of handling it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from scute_auth.authenticator import Authenticator
from scute_auth.calls import USER_AGENT
from scute_auth.errors import TokenError
from scute_auth.http import Page, Reply, RequestView, ResponseChanges
from scute_auth.identity import UNKNOWN_ACTOR, AuthResult, Profile, Session, SignedIn, User
from scute_auth.json_values import as_object
from scute_auth.jws import json_object
from scute_auth.pages import page
from scute_auth.redirects import auth_url, goal
from scute_auth.refusals import is_navigation, problem
from scute_auth.webhook_events import WebhookEvent

__all__ = [
    "Outcome",
    "Submission",
    "Visit",
    "code_in",
    "in_json",
    "message",
    "redirect",
    "submitted",
]

_MAX_FIELDS = 64
_CODE = re.compile(r"[0-9A-Za-z]{4,16}")
_AGENT = re.compile(r"[ -~]{1,512}")
_BETWEEN = re.compile(r"[\s-]")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request to one of our routes; `entropy` is 32 random bytes of its own."""

    auth: Authenticator = field(repr=False)
    view: RequestView
    result: AuthResult
    now: float
    entropy: bytes = field(repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def by_header(self) -> bool:
        """Did the user's token come in a header? Then no cookie is set."""
        return isinstance(self.result, SignedIn) and self.result.session.source == "header"

    @property
    def path(self) -> str:
        """The path below the auth prefix."""
        return self.view.path.removeprefix(self.auth.config.auth_prefix)

    @property
    def agent(self) -> str:
        """The visitor's browser, in the words that it has for itself."""
        agent = (self.view.header(b"user-agent") or b"").decode("latin-1")
        return agent if _AGENT.fullmatch(agent) else USER_AGENT

    def random_id(self, purpose: str) -> str:
        """An unguessable name, a different one for each purpose."""
        return sha256(self.entropy + purpose.encode()).hexdigest()

    def page(self, name: str, **context: Any) -> Page:
        known = self.auth.settings.known
        support = self.result.user.actor_label if isinstance(self.result, SignedIn) else None
        if support == UNKNOWN_ACTOR:
            support = self.say("unknown_actor")
        return page(
            self.view,
            self.auth.config,
            name,
            app_name="" if known is None else known.name,
            support=support,
            logo=known is not None and known.logo is not None,
            logo_dark=known is not None and known.logo_dark is not None,
            accent_color=None if known is None else known.accent_color,
            **context,
        )

    def say(self, key: str, **values: object) -> str:
        """A text of the catalogue, plain: templates escape it."""
        return self.auth.config.messages.text(key, **values)

    def action(self, key: str, path: str) -> tuple[tuple[str, str]]:
        """The one way on that a message offers: to one of our own pages."""
        return ((self.say(key), auth_url(self.view, self.auth.config, path)),)

    def goal(self, wanted: str | None) -> str | None:
        """Where the visitor wants to go on to, if he may be led there."""
        return goal(self.view, self.auth.config, wanted)

    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.view.query.decode("latin-1"), max_num_fields=None)

    def query_value(self, name: str) -> str | None:
        return next((value for key, value in self.query() if key == name), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to answer, and whom the app's hooks hear about.

    `access` is the token of the session that begins, `replaced` the one that it takes the place of
    in this browser; `without_account` what to answer where the app has no account for this user;
    `event` is what Scute's webhook tells, `claim` what its delivery was claimed with.
    """

    reply: Reply
    signed_in: tuple[User, Profile] | None = None
    signed_out: User | None = None
    access: str = field(default="", repr=False)
    replaced: Session | None = None
    without_account: tuple[User, Reply] | None = None
    event: WebhookEvent | None = None
    claim: bytes = b""


@dataclass(frozen=True, slots=True)
class Submission:
    """The fields of a form or a JSON object; `meta` holds a new user's own data."""

    fields: Mapping[str, str] = field(repr=False)
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)

    def get(self, name: str) -> str:
        return self.fields.get(name, "")


def submitted(view: RequestView) -> Submission | None:
    """Read the body: a form or a JSON object; None where it is neither."""
    kind = (view.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    try:
        if kind == b"application/json":
            return _from_json(view.body or b"{}")
        text = view.body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except (ValueError, TokenError):
        return None
    meta = {key[5:]: value for key, value in pairs if key.startswith("meta.")}
    fields = dict(pair for pair in pairs if not pair[0].startswith("meta."))
    if len(fields) + len(meta) != len(pairs):
        return None
    return Submission(fields, meta)


def code_in(submission: Submission) -> str | None:
    """The code of a form, without what people type between its digits; None if it is none."""
    code = _BETWEEN.sub("", submission.get("code"))
    return code if _CODE.fullmatch(code) else None


def _from_json(data: bytes) -> Submission | None:
    fields = json_object(data)
    meta = as_object(fields.pop("user_meta", {}))
    if meta is None or not all(isinstance(text, str) for text in fields.values()):
        return None
    return Submission(fields, meta)


def redirect(
    visit: Visit, location: str, content: Mapping[str, Any], changes: ResponseChanges | None = None
) -> Reply:
    """Send a browser on to a page of ours (303), and tell a script the same in JSON."""
    changes = visit.result.changes + (changes or ResponseChanges())
    # The URL that brought the visitor here may have held a token.
    quiet = (("referrer-policy", "no-referrer"), ("cache-control", "private, no-store"))
    if is_navigation(visit.view):
        return Reply(303, (("location", location), *quiet), changes=changes)
    return in_json({**content, "next": location}, quiet, changes)


def message(
    visit: Visit,
    status: int,
    reason: str,
    name: str,
    *,
    text: str | None = None,
    actions: tuple[tuple[str, str], ...] = (),
    headers: tuple[tuple[str, str], ...] = (),
    changes: ResponseChanges | None = None,
    content: Mapping[str, Any] | None = None,
) -> Reply:
    """Say what happened and what to do now: a page with `actions` (label, URL).

    `name` stands for a title and a text of the catalogue; `text` takes the place of that one.
    A script gets `content`, or a problem where nothing was done.
    """
    changes = visit.result.changes + (changes or ResponseChanges())
    text = visit.say(f"{name}_text") if text is None else text
    if is_navigation(visit.view):
        title = visit.say(f"{name}_title")
        shown = visit.page("message", title=title, text=text, actions=actions)
        return Reply(status, headers, page=shown, changes=changes)
    if content is not None:
        return in_json(content, headers, changes)
    return problem(status, reason, text, headers=headers, changes=changes)


def in_json(
    content: Mapping[str, Any], headers: tuple[tuple[str, str], ...], changes: ResponseChanges
) -> Reply:
    """What only scripts are told."""
    lines = (("content-type", "application/json"), *headers)
    return Reply(200, lines, json.dumps(content).encode("utf-8"), changes=changes)
