"""Public vectors: every verdict is right, and what we accept, PyJWT accepts."""

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from jwt.utils import base64url_decode

from scute_auth import jws
from scute_auth.errors import TokenError
from scute_auth.keys import KeySet, parse_key_set
from tests.unit.support import base64url

VECTORS = Path(__file__).parent.parent / "vectors"


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VECTORS / name).read_text("utf-8"))
    return loaded


def cases(*names: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for name in names for case in load(name)["cases"]]


def is_object(payload: bytes) -> bool:
    """Is this a claims set at all? Most payloads of these vectors are plain text."""
    try:
        return type(json.loads(payload)) is dict
    except ValueError:
        return False


def accepts(document: Any, token: str) -> bool:
    """The whole signature layer: parse, choose keys, verify."""
    try:
        parsed = jws.parse(token)
        keys = parse_key_set(document)
    except (TokenError, ValueError):
        return False
    return any(
        key.verifies(parsed.signing_input, parsed.signature)
        for key in keys.candidates(parsed.header.kid)
    )


def oracle(document: dict[str, Any], token: str) -> bool:
    """PyJWT with each RSA key of the set; only the signature is asked about."""
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    for entry in document["keys"]:
        try:
            key = jwt.PyJWK(entry, "RS256")
            jwt.decode(token, key, algorithms=["RS256"], options=options | {"verify_aud": False})
        except jwt.PyJWTError:
            continue
        return True
    return False


@pytest.mark.parametrize("case", cases("wycheproof_jws.json", "rfc_jws.json"))
def test_every_jws_vector_gets_its_verdict(case: dict[str, Any]) -> None:
    token = case["token"] if isinstance(case["token"], str) else json.dumps(case["token"])

    accepted = accepts(case["jwks"], token)

    if case["expect"] == "invalid":
        assert not accepted, case["comment"]
    if accepted:
        assert oracle(case["jwks"], token)


def good_payload(case: Any) -> bool:
    case = case.values[0]
    if case["expect"] != "valid":
        return False
    return is_object(base64url_decode(case["token"].split(".")[1]))


@pytest.mark.parametrize(
    "case", [case for case in cases("wycheproof_jws.json", "rfc_jws.json") if good_payload(case)]
)
def test_every_valid_claims_set_is_accepted(case: dict[str, Any]) -> None:
    assert accepts(case["jwks"], case["token"])


VALID = [
    case
    for name in ("wycheproof_jws.json", "rfc_jws.json")
    for case in load(name)["cases"]
    if case["expect"] == "valid"
]


@pytest.mark.parametrize("case", VALID, ids=[case["id"] for case in VALID])
def test_every_valid_signature_is_verified_whatever_it_signs(case: dict[str, Any]) -> None:
    """Most of these payloads are no claims sets, which the parser refuses; the keys take them."""
    signing_input, _, signature = case["token"].rpartition(".")
    kid = json.loads(base64url_decode(case["token"].split(".")[0])).get("kid")

    assert verifies(parse_key_set(case["jwks"]), kid, signing_input.encode(), signature)


def verifies(keys: KeySet, kid: str | None, message: bytes, signature: str) -> bool:
    decoded = base64url_decode(signature)
    return any(key.verifies(message, decoded) for key in keys.candidates(kid))


PKCS1 = load("wycheproof_rsa_pkcs1_sha256.json")


def pkcs1_keys(key: dict[str, str]) -> KeySet:
    n, e = (base64url(bytes.fromhex(key[name]).lstrip(b"\0")) for name in ("n", "e"))
    return parse_key_set({"keys": [{"kty": "RSA", "n": n, "e": e}]})


def is_small(key: dict[str, str]) -> bool:
    return int(key["e"], 16) < 65537


@pytest.mark.parametrize(
    "index", [index for index, key in enumerate(PKCS1["keys"]) if not is_small(key)]
)
def test_every_pkcs1_vector_gets_its_verdict(index: int) -> None:
    """T09"""
    key = pkcs1_keys(PKCS1["keys"][index]).keys[0]
    mine = [case for case in PKCS1["cases"] if case["key"] == index]

    wrong = [
        case["id"]
        for case in mine
        if key.verifies(bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
        != (case["expect"] == "valid")
    ]

    assert len(mine) > 200
    assert wrong == []


@pytest.mark.parametrize("key", [key for key in PKCS1["keys"] if is_small(key)])
def test_a_key_of_a_small_exponent_verifies_nothing(key: dict[str, str]) -> None:
    """K07"""
    with pytest.raises(ValueError, match="no usable key"):
        pkcs1_keys(key)
