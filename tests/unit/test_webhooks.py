"""The vectors of a webhook's signature: each delivery, and the verdict on it."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import httpx2
import pytest
import starlette.datastructures as starlette
import werkzeug.datastructures as werkzeug
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.errors import ConfigError, ScuteError
from scute_auth.webhooks import (
    MAX_WEBHOOK,
    WebhookError,
    WebhookEvent,
    WebhookReason,
    signature,
    verify_webhook,
)

NOW = 1_800_000_000
SECRET = "whsec_3f9d1c5b7a2e4860"
OLDER = "whsec_0000000000000000"
NAME = "X-Webhook-Signature"
BODY = (
    b'{"id": "dlv_1", "created_at": "2027-01-15T08:00:00Z", "event_type": "user.created",'
    b' "app_id": "app_demo", "data": {"price": 1.10}, "api_version": "v1"}'
)


def mac(body: bytes = BODY, at: object = NOW, secret: str = SECRET) -> str:
    """As Scute's page computes it."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def header(body: bytes = BODY, at: object = NOW, secret: str = SECRET) -> str:
    return f"t={at},v1={mac(body, at, secret)}"


def verdict(
    line: str | bytes, body: bytes = BODY, secrets: Any = (SECRET,)
) -> WebhookEvent | WebhookReason:
    return verdict_on([(NAME, line)], body, secrets)


def verdict_on(
    headers: Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]],
    body: bytes = BODY,
    secrets: Any = (SECRET,),
) -> WebhookEvent | WebhookReason:
    try:
        return verify_webhook(headers, body, secrets, now=NOW)
    except WebhookError as error:
        return error.reason


GOOD: dict[str, str | bytes] = {
    "as Scute writes it": header(),
    "bytes, as ASGI has them": header().encode(),
    "reordered parts": f"v1={mac()},t={NOW}",
    "white space after the comma": f"t={NOW}, v1={mac()}",
    "several v1, the last is good": f"t={NOW},v1={mac(secret=OLDER)},v1={mac()}",
    "several v1, the first is good": f"t={NOW},v1={mac()},v1={'0' * 64}",
    "a later version beside it": f"t={NOW},v2=Zm9v+/=,v1={mac()},v10=x",
    "300 s old": header(at=NOW - 300),
    "300 s ahead": header(at=NOW + 300),
    "zeros before the time": header(at=f"0{NOW}"),
}

REFUSED: dict[str, tuple[str, WebhookReason]] = {
    "the wrong secret": (header(secret=OLDER), WebhookReason.SIGNATURE),
    "a signature over the body alone": (
        f"t={NOW},v1={hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()}",
        WebhookReason.SIGNATURE,
    ),
    "another time than was signed": (f"t={NOW},v1={mac(at=NOW - 1)}", WebhookReason.SIGNATURE),
    "301 s old": (header(at=NOW - 301), WebhookReason.OLD),
    "of the year 1970": (header(at=0), WebhookReason.OLD),
    "301 s ahead": (header(at=NOW + 301), WebhookReason.FUTURE),
    "twelve digits ahead": (header(at=999_999_999_999), WebhookReason.FUTURE),
    "upper-case hex": (f"t={NOW},v1={mac().upper()}", WebhookReason.MALFORMED),
    "full-width digits": (
        f"t={''.join(chr(0xFF10 + int(digit)) for digit in str(NOW))},v1={mac()}",
        WebhookReason.MALFORMED,
    ),
    "arabic digits": (f"t=\u0661\u0668,v1={mac()}", WebhookReason.MALFORMED),
    "full-width hex": (f"t={NOW},v1=" + "\uff11" * 64, WebhookReason.MALFORMED),
    "a sign before the time": (header(at=f"+{NOW}"), WebhookReason.MALFORMED),
    "a time below zero": (header(at=-NOW), WebhookReason.MALFORMED),
    "a time with an underscore": (header(at="1_800_000_000"), WebhookReason.MALFORMED),
    "a time with a point": (header(at=f"{NOW}.0"), WebhookReason.MALFORMED),
    "a time of thirteen digits": (header(at=NOW * 1000), WebhookReason.MALFORMED),
    "a time that ends a line": (f"t={NOW}\n,v1={mac()}", WebhookReason.MALFORMED),
    "a body that begins in the time": (
        f't={NOW}.{{"x",v1={mac()}',
        WebhookReason.MALFORMED,
    ),
    "no time": (f"v1={mac()}", WebhookReason.MALFORMED),
    "an empty time": (f"t=,v1={mac()}", WebhookReason.MALFORMED),
    "no signature": (f"t={NOW}", WebhookReason.MALFORMED),
    "an empty signature": (f"t={NOW},v1=", WebhookReason.MALFORMED),
    "another version alone": (f"t={NOW},v0={mac()}", WebhookReason.MALFORMED),
    "a short signature": (f"t={NOW},v1={mac()[:-2]}", WebhookReason.MALFORMED),
    "a long signature": (f"t={NOW},v1={mac()}00", WebhookReason.MALFORMED),
    "no hex": (f"t={NOW},v1={'g' * 64}", WebhookReason.MALFORMED),
    "non-ASCII": (f"t={NOW},v1={'é' * 64}", WebhookReason.MALFORMED),
    "a lone surrogate": (f"t={NOW},v1=\ud800", WebhookReason.MALFORMED),
    "nothing": ("", WebhookReason.MALFORMED),
    "commas": (",,,", WebhookReason.MALFORMED),
    "a part of nobody's": (f"{header()},x=1", WebhookReason.MALFORMED),
    "a thousand signatures": (f"t={NOW}{f',v1={mac()}' * 1000}", WebhookReason.MALFORMED),
    "two times": (f"t={NOW},{header()}", WebhookReason.DUPLICATE),
    "two headers that were joined": (f"{header()}, {header()}", WebhookReason.DUPLICATE),
}


@pytest.mark.parametrize("line", GOOD.values(), ids=GOOD)
def test_a_good_delivery_is_an_event(line: str | bytes) -> None:
    event = verdict(line)

    assert isinstance(event, WebhookEvent)
    assert (event.id, event.type) == ("dlv_1", "user.created")


@pytest.mark.parametrize(("line", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_bad_delivery_is_refused_with_its_reason(line: str, reason: WebhookReason) -> None:
    assert verdict(line) is reason


BODIES: dict[str, tuple[bytes, WebhookReason]] = {
    "JSON that was parsed and written again": (
        json.dumps(json.loads(BODY)).encode(),
        WebhookReason.SIGNATURE,
    ),
    "one more space": (BODY + b" ", WebhookReason.SIGNATURE),
    "nothing": (b"", WebhookReason.SIGNATURE),
    "a huge body": (BODY.ljust(5 * 1024 * 1024), WebhookReason.TOO_LARGE),
    "a body of one byte too many": (BODY.ljust(MAX_WEBHOOK + 1), WebhookReason.TOO_LARGE),
}


@pytest.mark.parametrize(("body", "reason"), BODIES.values(), ids=BODIES)
def test_another_body_is_refused(body: bytes, reason: WebhookReason) -> None:
    assert verdict(header(), body) is reason


def test_the_largest_body_is_taken() -> None:
    body = BODY.ljust(MAX_WEBHOOK)

    assert isinstance(verdict(header(body), body), WebhookEvent)


SIGNED: dict[str, bytes] = {
    "no JSON": b"hello",
    "a list": b"[]",
    "other encoding": BODY.decode().encode("utf-16"),
    "a byte that is no text": BODY[:-1] + b', "x": "\xff"}',
    "a name twice": BODY[:-1] + b', "id": "dlv_2"}',
    "not a number": BODY[:-1] + b', "x": NaN}',
    "more behind it": BODY + b"{}",
    "depth without end": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "no id": BODY.replace(b'"id"', b'"uid"'),
    "a number for an id": BODY.replace(b'"dlv_1"', b"1"),
    "no type": BODY.replace(b'"event_type"', b'"type"'),
    "no app": BODY.replace(b'"app_id"', b'"app"'),
}


@pytest.mark.parametrize("body", SIGNED.values(), ids=SIGNED)
def test_what_is_signed_and_no_event_is_refused(body: bytes) -> None:
    assert verdict(header(body), body) is WebhookReason.UNREADABLE


HEADERS: dict[str, tuple[Any, WebhookReason]] = {
    "no header": ([], WebhookReason.MISSING),
    "other headers": ({"X-Signature": header(), "X_Webhook_Signature": "x"}, WebhookReason.MISSING),
    "the header twice": ([(NAME, header())] * 2, WebhookReason.DUPLICATE),
    "in two spellings": (
        [(NAME.lower().encode(), header().encode()), (NAME, "x")],
        WebhookReason.DUPLICATE,
    ),
}


@pytest.mark.parametrize(("headers", "reason"), HEADERS.values(), ids=HEADERS)
def test_there_is_exactly_one_header(headers: Any, reason: WebhookReason) -> None:
    assert verdict_on(headers) is reason


@pytest.mark.parametrize(
    "headers",
    [{NAME: header()}, {NAME.lower(): header()}, [(b"x-webhook-signature", header().encode())]],
    ids=["mapping", "lower case", "raw"],
)
def test_headers_are_a_mapping_or_pairs(headers: Any) -> None:
    assert isinstance(verdict_on(headers), WebhookEvent)


@pytest.mark.parametrize(
    "kind",
    [werkzeug.Headers, starlette.Headers, httpx2.Headers],
    ids=["werkzeug", "starlette", "httpx2"],
)
def test_a_frameworks_own_headers_hide_no_second_line(kind: Any) -> None:
    def made(lines: int) -> Any:
        pairs = [(NAME.lower(), header())] * lines
        raw = [(name.encode(), value.encode()) for name, value in pairs]
        return kind(raw=raw) if kind is starlette.Headers else kind(pairs)

    assert isinstance(verdict_on(made(1)), WebhookEvent)
    assert verdict_on(made(2)) is WebhookReason.DUPLICATE


@pytest.mark.parametrize(
    "secrets", [SECRET, [OLDER, SECRET], (SECRET, OLDER)], ids=["one", "a list", "a tuple"]
)
def test_any_secret_that_is_good_now_may_have_signed(secrets: Any) -> None:
    assert isinstance(verdict(header(), secrets=secrets), WebhookEvent)


@pytest.mark.parametrize(
    "secrets",
    [(), "", [""], [SECRET, ""], "whsec_", ["geheimnis-é-12345678"], [f"{SECRET}\n"]],
    ids=["none", "empty", "an empty one", "an empty one too", "short", "non-ASCII", "a line end"],
)
def test_with_what_is_no_secret_nothing_is_verified(secrets: Any) -> None:
    with pytest.raises(ConfigError, match="webhook_secrets"):
        verify_webhook({NAME: header(secret="")}, BODY, secrets, now=NOW)


def test_a_secret_is_never_taken_for_a_list_of_letters() -> None:
    assert verdict(header(secret="w"), secrets=SECRET) is WebhookReason.SIGNATURE


def test_the_tolerance_is_ones_own_and_the_time_that_of_now() -> None:
    with pytest.raises(WebhookError) as caught:
        verify_webhook({NAME: header(at=NOW - 2)}, BODY, SECRET, now=NOW, tolerance=1)
    assert caught.value.reason is WebhookReason.OLD

    with pytest.raises(WebhookError):
        verify_webhook({NAME: header(at=1)}, BODY, SECRET)
    with pytest.raises(WebhookError):
        verify_webhook({NAME: header()}, BODY, SECRET, now=NOW, tolerance=float("nan"))


def test_what_we_sign_is_what_scute_would_sign() -> None:
    assert signature(SECRET, NOW, BODY) == header()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([NAME, b"x-webhook-signature", "x"]),
            st.text() | st.binary() | st.from_regex(r"t=\d+,v1=\w{64}", fullmatch=True),
        )
    ),
    st.binary(),
)
def test_any_bytes_are_refused_with_a_documented_error(
    headers: list[tuple[str | bytes, str | bytes]], body: bytes
) -> None:
    with pytest.raises(WebhookError):
        verify_webhook(headers, body, [SECRET], now=NOW)


@given(st.binary() | st.text().map(lambda text: json.dumps(text).encode()))
def test_any_signed_bytes_are_an_event_or_a_documented_error(body: bytes) -> None:
    with suppress(WebhookError):
        verify_webhook({NAME: header(body)}, body, [SECRET], now=NOW)


FINITE = st.floats(allow_nan=False, allow_infinity=False)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["created_at", "user", "data", "metadata", "verification_id", "x"]),
        ANYTHING,
    )
)
def test_whatever_scute_adds_loses_no_event(members: dict[str, object]) -> None:
    known = {"id": "dlv_1", "event_type": "x", "app_id": "app_demo"}
    body = json.dumps({**members, **known}).encode()

    assert isinstance(verdict(header(body), body), WebhookEvent)


@pytest.mark.parametrize("reason", list(WebhookReason))
def test_a_refusal_is_one_of_our_errors(reason: WebhookReason) -> None:
    assert isinstance(WebhookError(reason), ScuteError)
    assert str(WebhookError(reason)) == f"the webhook is refused: {reason}"


def test_no_secret_is_compared_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    compare: Callable[[Any, Any], bool] = hmac.compare_digest

    def watching(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watching)

    assert isinstance(verdict(header(), secrets=[SECRET, OLDER]), WebhookEvent)
    assert len(compared) == 2  # all are tried, also behind one that was good
    assert all(type(one) is type(other) is bytes for one, other in compared)
