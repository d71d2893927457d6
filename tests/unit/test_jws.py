"""One spelling of one token, and nothing else, passes the parser."""

import inspect
import json
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth import claims, json_values, jws
from scute_auth.errors import Reason, TokenError
from tests.unit.mutation import without
from tests.unit.support import (
    APP_ID,
    NOW,
    base64url,
    good_claims,
    private_key,
    refusal,
    segment,
    sign,
    signed,
    token,
)

ALPHABET = string.ascii_letters + string.digits + "-_"


def accepts(text: str, parser: Any = jws) -> bool:
    """Parse, check the signature, read the claims: the whole way without a cache."""
    parsed = parser.parse(text)
    assert is_signed(parsed), "a tooth needs a good signature"
    claims.read(parsed, app_id=APP_ID, now=NOW, leeway=30, bound=3600)
    return True


def is_signed(parsed: Any) -> bool:
    numbers = private_key(1).public_key().public_numbers()
    size = numbers.n.bit_length() // 8
    signed_number = pow(int.from_bytes(parsed.signature, "big"), numbers.e, numbers.n)
    expected = int.from_bytes(sign_number(parsed.signing_input, size), "big")
    return signed_number == expected


def sign_number(message: bytes, size: int) -> bytes:
    """EMSA-PKCS1-v1_5 of a message (RFC 8017 section 9.2)."""
    from hashlib import sha256

    info = bytes.fromhex("3031300d060960864801650304020105000420") + sha256(message).digest()
    return b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info


def body(text: str | bytes) -> str:
    """A token of exactly these bytes as claims."""
    return token(body=text if isinstance(text, bytes) else text.encode())


def with_claim(raw: str) -> str:
    """A good token with one more claim, written as given."""
    return body(json.dumps(good_claims())[:-1] + ", " + raw + "}")


def second_spelling(text: str) -> str:
    """The same token with other spare bits in its last character."""
    last = ALPHABET_64.index(text[-1])
    return text[:-1] + ALPHABET_64[last + 1]


ALPHABET_64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def ending(end: str) -> str:
    """A good token whose signature, in the standard alphabet, needs one of these characters."""
    for index in range(1000):
        text = token(note=index)
        if end in text.rpartition(".")[2]:
            return text
    raise AssertionError("no signature with this character")


@dataclass(frozen=True)
class Tooth:
    check: str
    instead: str
    token: Callable[[], str]
    reason: Reason = Reason.MALFORMED


TEETH = {
    "size": Tooth(
        "    if len(token) > MAX_TOKEN:\n        raise TokenError(Reason.TOO",
        "    if False:\n        raise TokenError(Reason.TOO",
        lambda: token(note="x" * 16_000),
        Reason.TOO_LARGE,
    ),
    "algorithm": Tooth(
        'if fields.get("alg") != ALGORITHM:',
        "if False:",
        lambda: token({"alg": "RS512"}),
        Reason.ALGORITHM,
    ),
    "crit": Tooth('"crit" in fields or ', "", lambda: token({"crit": ["exp"]})),
    "b64": Tooth(' or "b64" in fields', "", lambda: token({"b64": True})),
    "kid type": Tooth(
        "(isinstance(kid, str) and 0 < len(kid) <= _MAX_KID)", "True", lambda: token({"kid": 7})
    ),
    "kid empty": Tooth("0 < len(kid)", "0 <= len(kid)", lambda: token({"kid": ""})),
    "kid long": Tooth(" <= _MAX_KID", "", lambda: token({"kid": "k" * 257})),
    "spare bits": Tooth(
        "if remainder and segment[-1] not in _CANONICAL_END[remainder]:",
        "if False:",
        lambda: second_spelling(token()),
    ),
    "padding": Tooth(
        r'b"-_+/=", b"+/\x00\x00\x00"', r'b"-_+/", b"+/\x00\x00"', lambda: token() + "=="
    ),
    "plus": Tooth(
        r'b"-_+/=", b"+/\x00\x00\x00"',
        r'b"-_=", b"+/\x00"',
        lambda: ending("-").replace("-", "+"),
    ),
    "strict base64": Tooth(
        "strict_mode=True", "strict_mode=False", lambda: f"{token()[:-1]}!!!!{token()[-1]}"
    ),
    "depth": Tooth(
        "max_brackets=_MAX_BRACKETS",
        "max_brackets=None",
        lambda: with_claim('"x": ' + "[" * 65 + "]" * 65),
    ),
    "utf-8": Tooth(
        'data.decode("utf-8")',
        'data.decode("utf-8", "replace")',
        lambda: body(json.dumps(good_claims())[:-1].encode() + b', "x": "\xff"}'),
    ),
    "utf-16": Tooth(
        'data.decode("utf-8")',
        "data.decode(json.detect_encoding(data))",
        lambda: body(json.dumps(good_claims()).encode("utf-16")),
    ),
    "byte order mark": Tooth(
        'data.decode("utf-8")',
        'data.decode("utf-8-sig")',
        lambda: body(b"\xef\xbb\xbf" + json.dumps(good_claims()).encode()),
    ),
    "lone surrogate": Tooth(
        r'if "\\u" in text:', "if False:", lambda: with_claim(r'"x": "\ud800"')
    ),
    "duplicate names": Tooth(
        "if len(value) != len(pairs):", "if False:", lambda: with_claim(f'"exp": {int(NOW) + 300}')
    ),
    "infinity by size": Tooth(
        "if not isfinite(value):", "if False:", lambda: with_claim('"x": 1e400')
    ),
    "not a number": Tooth(", parse_constant=_refuse", "", lambda: with_claim('"x": NaN')),
    "control characters": Tooth(
        "json.JSONDecoder(",
        "json.JSONDecoder(strict=False, ",
        lambda: with_claim('"x": "a\nb"'),
    ),
    "trailing data": Tooth(
        " or end != len(text)", "", lambda: body(json.dumps(good_claims()) + " {}")
    ),
}


def parser_without(check: str, instead: str) -> Any:
    """The parser without this check of its own, or of the JSON that it reads."""
    if check in inspect.getsource(jws):
        return without(jws, check, instead)
    parser = without(jws, "MAX_TOKEN = ", "MAX_TOKEN = ")
    parser.strict_object = without(json_values, check, instead).strict_object
    return parser


@pytest.mark.parametrize("tooth", TEETH.values(), ids=TEETH)
def test_one_check_alone_refuses_this_token(tooth: Tooth) -> None:
    text = tooth.token()

    assert refusal(lambda: accepts(text)) is tooth.reason
    assert accepts(text, parser_without(tooth.check, tooth.instead))


# Checks without which the parser would fail in a way that nobody catches.
GUARDS = {
    "not ASCII": (
        'if not token.isascii() or token.count(".") != 2:',
        'if token.count(".") != 2:',
        lambda: token() + "\u00e9",
        UnicodeEncodeError,
    ),
    "a segment of one character too many": (
        "if padding is None:",
        "if False:",
        lambda: token() + "AAA",
        KeyError,
    ),
    "a list for claims": (
        "not is_object(value) or ",
        "",
        lambda: body("[]"),
        AttributeError,
    ),
    "typ of another type": (
        '"typ" in fields and not isinstance(typ, str)',
        "False",
        lambda: token({"typ": 1}),
        AttributeError,
    ),
}


@pytest.mark.parametrize(("check", "instead", "make", "error"), GUARDS.values(), ids=GUARDS)
def test_one_check_alone_keeps_this_token_from_being_a_crash(
    check: str, instead: str, make: Callable[[], str], error: type[Exception]
) -> None:
    text = make()

    assert refusal(lambda: accepts(text)) is Reason.MALFORMED
    with pytest.raises(error):
        accepts(text, parser_without(check, instead))


# Checks that say why, or save work: without them the token is refused for another reason.
REASONS = {
    "nothing at all": ("if not token:", "if False:", "", Reason.MISSING),
    "the count of parts, before any is read": (
        'if not token.isascii() or token.count(".") != 2:',
        "if not token.isascii():",
        f"{segment({'alg': 'none'})}.e30.e30.e30",
        Reason.MALFORMED,
    ),
}


@pytest.mark.parametrize(("check", "instead", "text", "reason"), REASONS.values(), ids=REASONS)
def test_one_check_alone_gives_this_reason(
    check: str, instead: str, text: str, reason: Reason
) -> None:
    mutant = without(jws, check, instead)

    assert refusal(lambda: jws.parse(text)) is reason
    assert refusal(lambda: mutant.parse(text)) is not reason


def test_a_good_token_is_taken_apart() -> None:
    text = token({"typ": "JWT"})

    parsed = jws.parse(text)

    assert parsed.header == jws.Header(kid="k1", typ="JWT")
    assert parsed.claims == good_claims()
    assert parsed.signing_input.decode() == text.rpartition(".")[0]
    assert parsed.signature == sign(text.rpartition(".")[0])


@pytest.mark.parametrize(
    "header", [{"kid": ...}, {"x": 1}, {"jku": "https://evil.example"}, {"kid": "../../dev/null"}]
)
def test_a_header_may_lack_a_kid_and_carry_what_we_never_follow(header: dict[str, Any]) -> None:
    assert accepts(token(header))


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\r", "\x00", "\u00a0"])
def test_white_space_around_a_part_is_refused(space: str) -> None:
    head, claim_set, signature = token().split(".")

    for text in (
        f"{space}{head}.{claim_set}.{signature}",
        f"{head}.{space}{claim_set}.{signature}",
        f"{head}.{claim_set}.{signature}{space}",
    ):
        assert outcome(text) is Reason.MALFORMED


def test_white_space_inside_the_claims_is_fine() -> None:
    assert accepts(body(" \r\n\t" + json.dumps(good_claims(), indent=2) + "\n"))


def test_what_is_parsed_shows_no_secret_in_its_repr() -> None:
    parsed = jws.parse(token(email="ada@example.com"))

    assert "ada" not in repr(parsed)
    assert repr(parsed.signature) not in repr(parsed)


@pytest.mark.parametrize(
    ("text", "shaped"),
    [
        ("a.b.c", True),
        ("opaque-token_1", True),
        ("a" * 8192, True),
        ("a" * 8193, False),
        ("", False),
        ("a..b", False),
        ("a b", False),
        ("a\r\nb", False),
        ("a;b", False),
        ("\u00e9", False),
        ("a\n", False),
    ],
)
def test_only_a_short_word_of_the_jwt_alphabet_is_token_shaped(text: str, shaped: bool) -> None:
    assert jws.is_token_shaped(text) is shaped


def test_claims_can_be_read_unverified() -> None:
    assert jws.unverified_claims(token(number=2)) == good_claims()


@pytest.mark.parametrize("text", ["", "a.b", "a.!.c", "a.e30.c" + "c" * 16_384, "\u00e9.e30.c"])
def test_unverified_claims_of_no_token_are_refused(text: str) -> None:
    assert refusal(lambda: jws.unverified_claims(text)) is Reason.MALFORMED


def outcome(text: str) -> object:
    try:
        return jws.parse(text)
    except TokenError as error:
        return error.reason


@given(st.text() | st.text(alphabet=ALPHABET + ".", max_size=200))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    assert isinstance(outcome(text), jws.Jws | Reason)


@given(st.text(), st.binary(), st.binary())
def test_any_text_between_good_parts_is_parsed_or_refused(
    text: str, head: bytes, claims_bytes: bytes
) -> None:
    good = segment({"alg": "RS256"})
    for attempt in (
        f"{good}.{text}.AA",
        f"{good}.{base64url(text.encode('utf-8', 'surrogatepass'))}.AA",
        f"{good}.{base64url(claims_bytes)}.AA",
        f"{base64url(head)}.e30.AA",
    ):
        assert isinstance(outcome(attempt), jws.Jws | Reason)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), JSON), st.dictionaries(st.text(), JSON))
def test_any_json_is_parsed_or_refused(header: dict[str, Any], content: dict[str, Any]) -> None:
    text = f"{segment({'alg': 'RS256'} | header)}.{segment(content)}.AA"

    assert isinstance(outcome(text), jws.Jws | Reason)


BASE = token(note="\u00fc")


@given(st.integers(0, len(BASE) - 1), st.characters(max_codepoint=0x2FF))
def test_no_other_spelling_means_the_same_token(position: int, character: str) -> None:
    """T11: what differs in a character is refused, or says or signs something else."""
    changed = BASE[:position] + character + BASE[position + 1 :]
    result = outcome(changed)

    assert changed == BASE or result != jws.parse(BASE)


@given(st.binary(max_size=40))
def test_base64url_has_one_spelling(data: bytes) -> None:
    text = base64url(data)
    decode = cast(Callable[[bytes], bytes], vars(jws)["_decode"])

    assert decode(text.encode()) == data
    for other in (text + "=", text + "==", text + "A" * 4 if text else "=", f" {text}"):
        try:
            again = decode(other.encode())
        except TokenError:
            continue
        assert again != data


def test_the_signature_of_a_claim_set_is_of_its_very_bytes() -> None:
    spaced = signed(segment({"alg": "RS256"}), base64url(b'{"a": 1}'))
    tight = signed(segment({"alg": "RS256"}), base64url(b'{"a":1}'))

    one, other = jws.parse(spaced), jws.parse(tight)

    assert one.claims == other.claims
    assert one.signing_input != other.signing_input
