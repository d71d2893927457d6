"""Tokens from strangers: one test or more for each row T01-T22 of the threat catalogue.

Each verdict is asked of `Scute.verify` itself, over an emulator in memory.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from scute_auth import Reason, Scute, TokenError
from scute_auth.claims import Claims
from scute_auth.jws import MAX_TOKEN
from scute_emulator import Emulator
from tests.unit.support import (
    APP_ID,
    HEADER,
    NOW,
    Clock,
    base64url,
    emulated,
    good_claims,
    jwk,
    key_fetches,
    private_key,
    refusal,
    segment,
    settled,
    sign,
    signed,
    token,
)


@dataclass
class Place:
    emulator: Emulator
    scute: Scute
    clock: Clock

    def reason(self, text: str) -> Reason:
        return refusal(lambda: self.verify(text))

    def verify(self, text: str) -> Claims:
        """Verified twice, for the second time meets what is remembered."""
        claims = self.scute.verify(text)
        assert self.scute.verify(text) is claims
        assert accepted_by_pyjwt(text)
        return claims


def accepted_by_pyjwt(text: str) -> bool:
    """The oracle: what we accept, `jwt.decode` accepts."""
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    jwt.decode(
        text,
        private_key(1).public_key(),
        algorithms=["RS256"],
        options=options | {"verify_aud": False},
    )
    return True


@pytest.fixture
def place() -> Iterator[Place]:
    emulator, config, clock = emulated()
    with Scute(config, clock=clock, transport=emulator.transport) as scute:
        scute.verify(token(uid="warm"))
        settled()
        emulator.clear_calls()
        yield Place(emulator, scute, clock)
        settled()


BODY = segment(good_claims())
GOOD_SIGNATURE = token().rpartition(".")[2]


# A1. Algorithms and keys.


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", " none"])
@pytest.mark.parametrize("signature", ["", "AAAA", GOOD_SIGNATURE], ids=["empty", "any", "good"])
def test_an_unsigned_token_is_refused(place: Place, algorithm: str, signature: str) -> None:
    """T01"""
    assert place.reason(f"{segment({'alg': algorithm})}.{BODY}.{signature}") is Reason.ALGORITHM
    assert place.reason(f"{segment({'alg': algorithm})}.{BODY}") is Reason.MALFORMED
    assert key_fetches(place.emulator) == 0


def public_key_forms() -> dict[str, bytes]:
    public = private_key(1).public_key()
    encodings, formats = serialization.Encoding, serialization.PublicFormat
    pem = public.public_bytes(encodings.PEM, formats.SubjectPublicKeyInfo)
    return {
        "SPKI": pem,
        "PKCS1": public.public_bytes(encodings.PEM, formats.PKCS1),
        "stripped": pem.strip(),
        "CRLF": pem.replace(b"\n", b"\r\n"),
        "one line": b"".join(pem.splitlines()),
        "DER": public.public_bytes(encodings.DER, formats.SubjectPublicKeyInfo),
        "OpenSSH": public.public_bytes(encodings.OpenSSH, formats.OpenSSH),
        "byte order mark": b"\xef\xbb\xbf" + pem,
        "JWK": json.dumps(jwk(1)).encode(),
        "JWKS": json.dumps({"keys": [jwk(1)]}).encode(),
        "modulus": jwk(1)["n"].encode(),
        "empty": b"",
    }


@pytest.mark.parametrize("secret", public_key_forms().values(), ids=public_key_forms())
@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [("HS256", hashlib.sha256), ("HS384", hashlib.sha384), ("HS512", hashlib.sha512)],
    ids=["HS256", "HS384", "HS512"],
)
def test_the_public_key_is_no_secret(
    place: Place, secret: bytes, algorithm: str, digest: Callable[[], Any]
) -> None:
    """T02, T04: under its own name, and with an RS256 header."""
    for named, reason in ((algorithm, Reason.ALGORITHM), ("RS256", Reason.SIGNATURE)):
        signing_input = f"{segment({**HEADER, 'alg': named})}.{BODY}"
        mac = hmac.digest(secret, signing_input.encode(), digest)
        assert place.reason(f"{signing_input}.{base64url(mac)}") is reason


@pytest.mark.parametrize(
    "algorithm",
    [
        *("RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", "RS256 ", "RS\uff12\uff15\uff16"),
        *(None, ["RS256"], 256, {"RS256": 1}, True, ...),
    ],
    ids=repr,
)
def test_no_other_algorithm_is_known(place: Place, algorithm: Any) -> None:
    """T03: though the signature is a good RS256 one."""
    assert place.reason(token({"alg": algorithm})) is Reason.ALGORITHM


@pytest.mark.parametrize("named", ["RS512", "RS256"])
def test_a_signature_with_another_hash_is_refused(place: Place, named: str) -> None:
    """T03: a key of the set that says RS512 is not taken either."""
    place.emulator.publish_key(jwk(2, alg="RS512"))
    place.clock.forward(60)
    signing_input = f"{segment({'alg': named, 'kid': 'k2'})}.{BODY}"
    signature = private_key(2).sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA512())

    reason = place.reason(f"{signing_input}.{base64url(signature)}")

    assert reason in (Reason.ALGORITHM, Reason.UNKNOWN_KEY)


def test_a_symmetric_key_in_the_set_signs_nothing(place: Place) -> None:
    """T04"""
    place.emulator.publish_key({"kty": "oct", "kid": "hmac", "k": base64url(b"secret")})
    place.clock.forward(60)
    signing_input = f"{segment({'alg': 'RS256', 'kid': 'hmac'})}.{BODY}"
    mac = hmac.digest(b"secret", signing_input.encode(), hashlib.sha256)

    assert place.reason(f"{signing_input}.{base64url(mac)}") is Reason.UNKNOWN_KEY


FOREIGN_KEYS: dict[str, dict[str, Any]] = {
    "jku": {"jku": "https://evil.example/jwks.json"},
    "jku file": {"jku": "file:///etc/passwd"},
    "jku metadata": {"jku": "http://169.254.169.254/latest"},
    "x5u": {"x5u": "https://evil.example/cert.pem"},
    "jwk": {"jwk": jwk(2)},
    "x5c": {"x5c": ["MIIC"]},
    "kid that is a URL": {"kid": "https://evil.example/jwks.json"},
}


@pytest.mark.parametrize("header", FOREIGN_KEYS.values(), ids=FOREIGN_KEYS)
def test_a_key_that_the_token_brings_is_never_used_nor_fetched(
    place: Place, header: dict[str, Any]
) -> None:
    """T05"""
    place.clock.forward(60)
    reason = place.reason(token({"kid": "k2"} | header, number=2))

    assert reason is Reason.UNKNOWN_KEY
    assert [call.path for call in place.emulator.calls()] == [
        f"/v1/auth/{APP_ID}/.well-known/jwks.json"
    ]


KIDS: dict[str, Any] = {
    "path": "../../dev/null",
    "SQL": "' UNION SELECT 'secret' --",
    "command": "|sleep 5",
    "NUL": "k1\x00",
    "case": "K1",
    "space": "k1 ",
    "line break": "k1\r\nlogged: yes",
}


@pytest.mark.parametrize("kid", KIDS.values(), ids=KIDS)
def test_a_kid_is_looked_up_and_nothing_else(place: Place, kid: str) -> None:
    """T06"""
    assert place.reason(token({"kid": kid})) is Reason.UNKNOWN_KEY


@pytest.mark.parametrize(
    "kid",
    [["k1"], {"k1": 1}, None, 1, True, "", "\ud800", "k" * 257],
    ids=lambda kid: ascii(kid)[:20],
)
def test_a_kid_of_another_kind_is_refused(place: Place, kid: Any) -> None:
    """T06"""
    assert place.reason(token({"kid": kid})) is Reason.MALFORMED
    assert key_fetches(place.emulator) == 0


def test_a_kid_of_64_kb_is_refused(place: Place) -> None:
    """T06"""
    assert place.reason(token({"kid": "k" * 65_536})) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": "exp"},
        {"crit": ["alg"]},
        {"crit": None},
        {"crit": ["b64"], "b64": False},
        {"crit": ["b64"], "b64": "false"},
        {"b64": False},
        {"b64": True},
    ],
    ids=str,
)
def test_extensions_that_must_be_understood_are_refused(place: Place, header: Any) -> None:
    """T07"""
    assert place.reason(token(header)) is Reason.MALFORMED


def test_a_payload_that_is_detached_or_not_encoded_is_refused(place: Place) -> None:
    """T07"""
    head = segment(HEADER | {"b64": False, "crit": ["b64"]})
    raw = json.dumps(good_claims())
    signature = base64url(sign(f"{head}.{raw}"))

    assert place.reason(f"{head}..{signature}") is Reason.MALFORMED
    assert place.reason(f"{head}.{raw}.{signature}") is Reason.MALFORMED
    assert place.reason(f"{head}.{'A' * 200_000}.{signature}") is Reason.TOO_LARGE


def encrypted(header: dict[str, Any]) -> str:
    """Five parts, as RFC 7516 has them."""
    key = (
        private_key(1)
        .public_key()
        .encrypt(b"k" * 32, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    )
    return ".".join([segment(header), base64url(key), "AAAA", BODY, "AAAA"])


OTHER_FORMS: dict[str, str] = {
    "RSA-OAEP": encrypted({"alg": "RSA-OAEP-256", "enc": "A256GCM"}),
    "dir": encrypted({"alg": "dir", "enc": "A256GCM"}),
    "PBES2": encrypted({"alg": "PBES2-HS256+A128KW", "p2c": 2**31}),
    "zip": encrypted({"alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "DEF"}),
    "JSON": json.dumps({"payload": BODY, "signatures": [{"protected": segment(HEADER)}]}),
    "flattened": json.dumps({"payload": BODY, "signature": GOOD_SIGNATURE}),
    "nested": signed(segment(HEADER), base64url(token().encode())),
    "compressed": signed(segment(HEADER | {"zip": "DEF"}), base64url(b"\x78\x9c\x03\x00")),
}


@pytest.mark.parametrize("text", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_any_other_form_of_jose_is_refused_by_its_shape(place: Place, text: str) -> None:
    """T08"""
    assert place.reason(text) is Reason.MALFORMED


INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SHA1_INFO = bytes.fromhex("3021300906052b0e03021a05000414")
SHA512_INFO = bytes.fromhex("3051300d060960864801650304020305000440")
INPUT = f"{segment(HEADER)}.{BODY}"
HASH = hashlib.sha256(INPUT.encode()).digest()


def encoded(info: bytes, digest: bytes, *, block: int = 1, tail: bytes = b"") -> bytes:
    filler = b"\xff" * (256 - 3 - len(info) - len(digest) - len(tail))
    return b"\x00" + bytes([block]) + filler + b"\x00" + info + digest + tail


def raw_signature(message: bytes, *, add: int = 0, length: int = 256) -> bytes:
    """What the private key makes of any encoding, however wrong."""
    numbers = private_key(1).private_numbers()
    modulus = numbers.public_numbers.n
    value = pow(int.from_bytes(message, "big"), numbers.d, modulus) + add * modulus
    return value.to_bytes(length, "big")


GOOD_ENCODING = encoded(INFO, HASH)
MALLEABLE: dict[str, bytes] = {
    "without the NULL": raw_signature(
        encoded(bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20", HASH)
    ),
    "a tail": raw_signature(encoded(INFO, HASH, tail=b"x" * 8)),
    "a short filler": raw_signature(
        b"\x00\x01" + b"\xff" * 8 + b"\x00" + INFO + HASH + b"\x00" * 194
    ),
    "SHA-1": raw_signature(encoded(SHA1_INFO, hashlib.sha1(INPUT.encode()).digest())),
    "SHA-512": raw_signature(encoded(SHA512_INFO, hashlib.sha512(INPUT.encode()).digest())),
    "block type 2": raw_signature(encoded(INFO, HASH, block=2)),
    "no DigestInfo": raw_signature(encoded(b"", HASH)),
    "plus the modulus": raw_signature(GOOD_ENCODING, add=1, length=257),
    "a leading zero": raw_signature(GOOD_ENCODING, length=257),
    "empty": b"",
    "zero": bytes(256),
    "one": (1).to_bytes(256, "big"),
}


@pytest.mark.parametrize("signature", MALLEABLE.values(), ids=MALLEABLE)
def test_a_signature_has_one_encoding(place: Place, signature: bytes) -> None:
    """T09"""
    assert place.reason(f"{INPUT}.{base64url(signature)}") is Reason.SIGNATURE


def test_the_encoding_that_these_are_made_from_is_the_good_one(place: Place) -> None:
    """T09: what is refused above is refused for the one thing that is wrong with it."""
    place.verify(f"{INPUT}.{base64url(raw_signature(GOOD_ENCODING))}")


def test_the_signature_of_one_token_is_no_good_for_another(place: Place) -> None:
    """T10"""
    head, _, signature = token().split(".")

    swapped = f"{head}.{segment(good_claims(uuid='usr_victim'))}.{signature}"

    assert place.reason(swapped) is Reason.SIGNATURE


@given(st.integers(0, 2047))
def test_a_flipped_bit_spoils_the_signature(bit: int) -> None:
    """T10"""
    from scute_auth.keys import parse_key_set

    flipped = bytearray(sign(INPUT))
    flipped[bit // 8] ^= 1 << bit % 8
    key = parse_key_set({"keys": [jwk(1)]}).keys[0]

    assert not key.verifies(INPUT.encode(), bytes(flipped))


# A2. One string per token, one meaning per string.

SPELLINGS: dict[str, Callable[[str], str]] = {
    "padding": lambda text: text + "==",
    "one padding": lambda text: text + "=",
    "standard alphabet": lambda text: text.replace("-", "+").replace("_", "/"),
    "junk": lambda text: text[:-5] + "!" + text[-5:],
    "spare bits": lambda text: text[:-1] + chr(ord(text[-1]) + 1),
    "leading space": lambda text: " " + text,
    "trailing space": lambda text: text + " ",
    "newline": lambda text: text + "\n",
    "newline inside": lambda text: text[:40] + "\n" + text[40:],
    "percent": lambda text: text.replace(".", "%2E"),
    "Bearer": lambda text: "Bearer " + text,
    "quotes": lambda text: f'"{text}"',
    "surrogate": lambda text: text + "\ud800",
    "accent": lambda text: text + "\u00e9",
    "full width": lambda text: text.replace("e", "\uff45", 1),
    "NUL": lambda text: text + "\x00",
    "a fourth part": lambda text: text + ".",
    "an empty first part": lambda text: "." + text,
}


def token_with(characters: str) -> str:
    for index in range(1000):
        text = token(uid=index)
        if set(characters) <= set(text.rpartition(".")[2]):
            return text
    raise AssertionError("no such signature")


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_token_has_one_spelling(place: Place, spell: Callable[[str], str]) -> None:
    """T11, T14"""
    text = token_with("-_")
    place.verify(text)

    assert place.reason(spell(text)) is Reason.MALFORMED


def expressions(good: str) -> dict[str, bytes]:
    """Ways to write a JSON object that some parsers take and some do not."""
    return {
        "a name twice": f'{{"aid": 9, "alg": 9, {good[1:]}'.encode(),
        "a name twice, once escaped": good[:-1].encode()
        + rb', "\u0061id": "app_demo", "\u0061lg": "RS256"}',
        "a nested name twice": good[:-1].encode() + b', "x": {"a": 1, "a": 2}}',
        "NaN": good[:-1].encode() + b', "x": NaN}',
        "Infinity": good[:-1].encode() + b', "x": Infinity}',
        "-Infinity": good[:-1].encode() + b', "x": [-Infinity]}',
        "1e400": good[:-1].encode() + b', "x": 1e400}',
        "5000 digits": good[:-1].encode() + b', "x": ' + b"9" * 5000 + b"}",
        "byte order mark": b"\xef\xbb\xbf" + good.encode(),
        "UTF-16": good.encode("utf-16"),
        "UTF-16 without mark": good.encode("utf-16-le"),
        "UTF-32": good.encode("utf-32"),
        "no UTF-8": good[:-1].encode() + b', "x": "\xff"}',
        "overlong": good[:-1].encode() + b', "x": "\xc0\x80"}',
        "encoded surrogate": good[:-1].encode() + b', "x": "\xed\xa0\x80"}',
        "escaped lone surrogate": good[:-1].encode() + rb', "x": "\ud800"}',
        "escaped lone surrogate in a name": good[:-1].encode() + rb', "\udc00": 1}',
        "trailing data": good.encode() + b"{}",
        "trailing comma": good[:-1].encode() + b",}",
        "comment": b"/* */" + good.encode(),
        "single quotes": good.replace('"', "'").encode(),
        "control character": good[:-1].encode() + b', "x": "\x01"}',
        "NUL at the end": good.encode() + b"\x00",
        "vertical tab": b"\x0b" + good.encode(),
        "a list": f"[{good}]".encode(),
        "a text": b'"claims"',
        "a number": b"1",
        "null": b"null",
        "nothing": b" ",
        "deep": b"[" * 5000 + b"]" * 5000,
        "deep objects": b'{"a":' * 500 + b"1" + b"}" * 500,
    }


@pytest.mark.parametrize("way", expressions("{}"))
def test_claims_are_one_strict_json_object(place: Place, way: str) -> None:
    """T12, T13, T14: all of them signed with the good key."""
    content = expressions(json.dumps(good_claims()))[way]

    assert place.reason(token(body=content)) is Reason.MALFORMED


@pytest.mark.parametrize("way", expressions("{}"))
def test_the_header_is_one_strict_json_object(place: Place, way: str) -> None:
    """T12"""
    content = expressions(json.dumps(HEADER))[way]

    assert place.reason(signed(base64url(content), BODY)) is Reason.MALFORMED


HUGE: dict[str, str] = {
    "100 kB": "a" * 100_000,
    "8 MB": "a" * 8_000_000,
    "200,000 dots": "." * 200_000,
    "a good one with a claim too long": token(note="x" * MAX_TOKEN),
    "depth 60,000": f"{segment(HEADER)}.{base64url(b'[' * 60_000)}.AA",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_what_is_too_large_is_refused_before_anything_is_read(place: Place, text: str) -> None:
    """T13"""
    assert place.reason(text) is Reason.TOO_LARGE


@pytest.mark.parametrize("dots", [0, 1, 3, 16_000])
def test_the_dots_are_counted_first(place: Place, dots: int) -> None:
    """T13"""
    assert place.reason("a" + "." * dots) is Reason.MALFORMED


def test_10_000_header_names_are_too_many(place: Place) -> None:
    """T13"""
    header = {f"x{index}": index for index in range(10_000)}

    assert place.reason(token(header)) is Reason.TOO_LARGE


def test_no_token_at_all_is_missing(place: Place) -> None:
    assert place.reason("") is Reason.MISSING


# A3. Claims: what kind of token, of which app, for whom, until when.

EXPIRIES: dict[str, tuple[bytes, Reason]] = {
    "null": (b"null", Reason.MALFORMED),
    "true": (b"true", Reason.MALFORMED),
    "list": (b"[1]", Reason.MALFORMED),
    "text": (b'"1900000000"', Reason.MALFORMED),
    "NaN": (b"NaN", Reason.MALFORMED),
    "Infinity": (b"Infinity", Reason.MALFORMED),
    "1e400": (b"1e400", Reason.MALFORMED),
    "1e308": (b"1e308", Reason.MALFORMED),
    "5000 digits": (b"9" * 5000, Reason.MALFORMED),
    "400 digits": (b"9" * 400, Reason.MALFORMED),
    "negative": (b"-1", Reason.EXPIRED),
    "zero": (b"0", Reason.EXPIRED),
    "just over": (str(NOW - 30).encode(), Reason.EXPIRED),
    "milliseconds": (str(int(NOW + 600) * 1000).encode(), Reason.MALFORMED),
    "year 9999": (b"253402300799", Reason.NOT_ACCESS),
    "year 10000": (b"253402300801", Reason.MALFORMED),
}


@pytest.mark.parametrize(("exp", "reason"), EXPIRIES.values(), ids=EXPIRIES)
def test_an_expiry_is_a_finite_time_to_come(place: Place, exp: bytes, reason: Reason) -> None:
    """T15"""
    content = f'{{"uuid": "usr_1", "aid": "{APP_ID}", "exp": '.encode() + exp + b"}"

    assert place.reason(token(body=content)) is reason


def test_an_expiry_is_required(place: Place) -> None:
    """T15"""
    assert place.reason(token(exp=...)) is Reason.MALFORMED


@pytest.mark.parametrize(
    "changes",
    [
        {"nbf": NOW + 31},
        {"iat": NOW + 31},
        {"nbf": "0"},
        {"iat": None},
        {"iat": True},
        {"iat": [NOW]},
        {"iat": NOW + 20, "exp": NOW + 10},
    ],
    ids=str,
)
def test_a_token_from_the_future_or_of_no_time_is_refused(place: Place, changes: Any) -> None:
    """T16"""
    assert place.reason(token(**changes)) is Reason.MALFORMED


VALID: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the least": ({}, {}),
    "no kid": ({"kid": ...}, {}),
    "a type": ({"typ": "JWT"}, {}),
    "unknown header names": ({"cty": "x", "x5t": "abc"}, {}),
    "issued at": ({}, {"iat": NOW - 10}),
    "skew within the leeway": ({}, {"iat": NOW + 30, "nbf": NOW + 30}),
    "just expired": ({}, {"exp": NOW - 29}),
    "a float": ({}, {"exp": NOW + 59.5}),
    "exactly its lifetime": ({}, {"exp": NOW + 3600}),
    "more claims": ({}, {"email": "ada@example.com", "x": {"y": [None, 1.5, "\u00fc"]}}),
    "every documented claim": ({}, {"uid": "s", "wid": "w", "crid": "c", "m2m": False}),
}


@pytest.mark.parametrize(("header", "changes"), VALID.values(), ids=VALID)
def test_valid_variants_are_accepted(place: Place, header: Any, changes: Any) -> None:
    """T16: `iat` and `kid` are never required."""
    assert place.verify(token(header, **changes)).user_id == "usr_1"


@pytest.mark.parametrize(
    "aid",
    [
        *(None, "", "app_demo2", "app_dem", "APP_DEMO", ["app_demo"], {"app_demo": 1}, 1, True),
        *("app_demo\x00", "app_demo ", "\u0430pp_demo", "*", ...),
    ],
    ids=ascii,
)
def test_a_token_of_another_app_is_refused(place: Place, aid: Any) -> None:
    """T17"""
    assert place.reason(token(aid=aid)) is Reason.WRONG_APP


def test_a_sibling_app_of_the_workspace_shares_the_key_and_nothing_else(place: Place) -> None:
    """T17"""
    sibling = place.emulator.create_app(name="Sibling")
    access = place.emulator.create_session("ada@example.com", app_id=sibling.id)["access"]

    assert place.reason(access) is Reason.WRONG_APP


@pytest.mark.parametrize(
    "aud", ["https://api.example", "app_other", ["app_demo"], [], None, "", 1], ids=str
)
def test_another_audience_is_refused(place: Place, aud: Any) -> None:
    """T17"""
    assert place.reason(token(aud=aud)) is Reason.WRONG_APP


@pytest.mark.parametrize(
    "uuid",
    [
        *(..., None, "", False, 0, 7, [], ["usr_1"], {"$ne": None}),
        *("usr\r\n1", "usr\x00", "u" * 6500, "usr\u2028", "usr\u202e"),
    ],
    ids=lambda uuid: ascii(uuid)[:20],
)
def test_a_user_is_a_short_printable_text(place: Place, uuid: Any) -> None:
    """T18"""
    assert place.reason(token(uuid=uuid)) is Reason.NOT_A_USER


def test_a_refresh_token_is_no_access_token(place: Place) -> None:
    """T19: it differs only in how long it lives."""
    session = place.emulator.create_session("ada@example.com")

    place.verify(session["access"])
    assert place.reason(session["refresh"]) is Reason.NOT_ACCESS


OTHER_TOKENS: dict[str, tuple[dict[str, Any], dict[str, Any], Reason]] = {
    "machine": ({}, {"m2m": True}, Reason.NOT_A_USER),
    "machine without uuid": ({}, {"m2m": True, "uuid": ...}, Reason.NOT_A_USER),
    "machine by number": ({}, {"m2m": 1}, Reason.NOT_A_USER),
    "machine by text": ({}, {"m2m": "true"}, Reason.NOT_A_USER),
    "machine by object": ({}, {"m2m": {}}, Reason.NOT_A_USER),
    "machine by null": ({}, {"m2m": None}, Reason.NOT_A_USER),
    "policy snapshot": ({"typ": "scute-authz-snapshot"}, {}, Reason.NOT_ACCESS),
    "policy": ({}, {"policy": {}, "version": 1}, Reason.NOT_ACCESS),
    "policy for an audience": ({}, {"aud": "authz"}, Reason.WRONG_APP),
    "MCP": ({"typ": "at+jwt"}, {}, Reason.NOT_ACCESS),
    "MCP by type": ({"typ": "application/at+jwt"}, {}, Reason.NOT_ACCESS),
    "MCP by scope": ({}, {"scope": "read"}, Reason.NOT_ACCESS),
    "MCP by client": ({}, {"client_id": "c"}, Reason.NOT_ACCESS),
    "MCP by grant": ({}, {"scute": {"grant": "x", "app": APP_ID}}, Reason.NOT_ACCESS),
    "magic link": ({}, {"user_status": "active", "webauthnEnabled": False}, Reason.NOT_ACCESS),
    "magic link, half": ({}, {"webauthnEnabled": False}, Reason.NOT_ACCESS),
    "ID token": ({}, {"nonce": "n"}, Reason.NOT_ACCESS),
    "ID token by hash": ({}, {"at_hash": "h"}, Reason.NOT_ACCESS),
    "logout token": ({"typ": "logout+jwt"}, {}, Reason.NOT_ACCESS),
    "logout token by event": ({}, {"events": {}}, Reason.NOT_ACCESS),
    "intent": ({}, {"intent": "pay", "verification_id": "v"}, Reason.NOT_ACCESS),
    "agent's delegation": ({}, {"act": {"sub": "agent_1"}}, Reason.NOT_ACCESS),
    "DPoP proof": ({"typ": "dpop+jwt"}, {}, Reason.NOT_ACCESS),
}


@pytest.mark.parametrize(("header", "changes", "reason"), OTHER_TOKENS.values(), ids=OTHER_TOKENS)
def test_what_else_scute_signs_is_no_session(
    place: Place, header: Any, changes: Any, reason: Reason
) -> None:
    """T20"""
    assert place.reason(token(header, **changes)) is reason


def test_a_magic_link_token_is_no_session(place: Place) -> None:
    """T20: as the emulator mails it."""
    place.emulator.create_user("ada@example.com")
    state = place.emulator.state
    with place.emulator.host.lock:
        link = state.new_link(state.apps.first, state.users.of(APP_ID)[0], "magic")

    assert place.reason(link.token) is Reason.WRONG_APP
    claims = jwt.decode(link.token, options={"verify_signature": False})
    assert place.reason(token(**claims, aid=APP_ID)) is Reason.NOT_ACCESS


def test_impersonation_is_accepted_and_shown(place: Place) -> None:
    """T21"""
    actor = {"sub": "op_1", "kind": "operator", "email": "op@example.com"}
    access = place.emulator.create_session("ada@example.com", imp=actor)["access"]

    claims = place.verify(access)

    assert claims.is_impersonated
    assert claims.actor is not None
    assert claims.actor["sub"] == "op_1"


@pytest.mark.parametrize("imp", ["true", 1, None, [], {}], ids=str)
def test_an_impersonation_of_another_type_is_refused(place: Place, imp: Any) -> None:
    """T21"""
    assert place.reason(token(imp=imp)) is Reason.MALFORMED


def test_a_revoked_token_is_refused_here_and_elsewhere_only_by_asking(place: Place) -> None:
    """T22: the window of local verification is documented; a revocation here closes it here."""
    text = token(uid="to be revoked")
    place.verify(text)
    other = Scute(place.scute.config, clock=place.clock, transport=place.emulator.transport)

    vars(place.scute)["_authenticator"].verifier.revoke(text, place.clock())

    assert place.reason(text) is Reason.REVOKED
    assert other.verify(text).user_id == "usr_1"


# And whatever else a visitor may send.


@given(st.text(max_size=50), st.binary(max_size=60), st.booleans())
def test_anything_is_refused_with_a_reason(text: str, content: bytes, is_signed: bool) -> None:
    emulator, config, clock = emulated()
    scute = Scute(config, clock=clock, transport=emulator.transport)
    attempts = [text, f"{segment(HEADER)}.{base64url(content)}.{text}"]
    if is_signed:
        attempts.append(token(body=content or b" "))

    for attempt in attempts:
        with pytest.raises(TokenError):
            scute.verify(attempt)
    settled()


def test_no_error_holds_the_token(place: Place) -> None:
    for text in (token(uuid=""), token(number=2), token() + "x"):
        with pytest.raises(TokenError) as caught:
            place.scute.verify(text)
        shown = f"{caught.value!r} {caught.value} {caught.value.__cause__}"
        assert not any(part in shown for part in text.split("."))


def test_the_test_keys_are_of_this_run(place: Place) -> None:
    assert isinstance(private_key(1), rsa.RSAPrivateKey)
    assert base64.urlsafe_b64decode(jwk(1)["n"] + "==") != base64.urlsafe_b64decode(
        jwk(2)["n"] + "=="
    )
