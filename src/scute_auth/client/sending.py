"""Make one call of the client's and read its answer, under one deadline.

A call that may be repeated is, while Scute cannot answer and there is time: the wait grows, its
length varies, and Scute's own `Retry-After` counts. No POST is ever sent twice.
"""

from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from scute_auth.api.row import Credential
from scute_auth.backoff import Backoff
from scute_auth.calls import A_DAY, Operation, call, error_of, is_trouble, parsed, retry_after
from scute_auth.client.request import Request
from scute_auth.config import ScuteConfig
from scute_auth.effects import Flow, HttpCall, HttpFailure, HttpOutcome, HttpReply, Sleep
from scute_auth.errors import ApiError, NoAnswer, RateLimited
from scute_auth.json_values import is_object
from scute_auth.jws import is_token_shaped

__all__ = ["send"]

T = TypeVar("T")

MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""Pages of a hundred users, with what an app keeps of each."""

_TRIES = 5
_LONGEST_WAIT = 8.0
_LEAST = 0.1
"""Seconds that a last try has after a sleep that took longer than it was to."""
_TOKENS = frozenset(Credential) - {Credential.SECRET, Credential.EITHER, Credential.WORKSPACE}

_Trouble: TypeAlias = NoAnswer | ApiError


def send(config: ScuteConfig, request: Request[T], *, now: float, timeout: float) -> Flow[T]:
    """The answer's meaning. Raises `ApiError` where Scute said no, `ScuteUnavailable` where nobody
    can tell; where Scute itself said that it cannot, the error is both."""
    until, backoff = now + timeout, Backoff()
    while True:
        answer = yield _call(config, request, max(until - now, _LEAST))
        outcome, now = answer.value, answer.now
        trouble = _trouble(request, outcome)
        if trouble is None:
            return _meaning(request, outcome)
        backoff.failed(now, longest=_LONGEST_WAIT)
        wait = backoff.retry_at - now + _told(outcome)
        is_last = backoff.failures == _TRIES or now + wait >= until
        if is_last or not _may_repeat(request, trouble):
            raise trouble
        now = (yield Sleep(wait)).now


def _call(config: ScuteConfig, request: Request[T], left: float) -> HttpCall:
    row, token = request.row, request.token
    if not _TOKENS.isdisjoint(row.credentials) or token:
        if not is_token_shaped(token):
            raise ValueError(f"token: {row.name} needs a token, and this is none")
        if _TOKENS.isdisjoint(row.credentials):
            row = replace(row, credentials=(*row.credentials, Credential.USER))
    made = call(
        config,
        row,
        token=token,
        body=request.body,
        path=request.path,
        query=request.query,
        timeout=left,
    )
    return replace(made, max_bytes=MAX_ANSWER_BYTES)


def _trouble(request: Request[T], outcome: HttpOutcome) -> _Trouble | None:
    """Why nobody can tell, if so."""
    if isinstance(outcome, HttpFailure):
        return NoAnswer(request.row.name, outcome.kind)
    if not is_trouble(outcome.status):
        return None
    return error_of(request.row.name, outcome)


def _meaning(request: Request[T], reply: HttpReply) -> T:
    location = reply.header("location")
    if request.is_redirect and location and 300 <= reply.status < 400:
        return request.parse({"url": location})
    return parsed(Operation(request.row, lambda value: request.parse(_bare(value))), reply)


def _bare(value: Any) -> Any:
    """One page of the reference shows answers below `data`, which is seen nowhere else."""
    return value["data"] if is_object(value) and list(value) == ["data"] else value


def _told(outcome: HttpOutcome) -> float:
    """The wait that Scute asks for, if it does."""
    if isinstance(outcome, HttpFailure) or outcome.header("retry-after") is None:
        return 0.0
    return retry_after(outcome, longest=A_DAY)


def _may_repeat(request: Request[T], trouble: _Trouble) -> bool:
    """Who was turned away at the door did nothing yet, whatever he came for. But no POST.

    An answer that was too large would be so again.
    """
    if isinstance(trouble, RateLimited):
        return request.row.method != "POST"
    is_vain = isinstance(trouble, NoAnswer) and trouble.kind == "too_large"
    return request.row.is_repeatable and not is_vain
