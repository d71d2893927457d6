"""Signing keys: what is published, and what rotation does."""

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from scute_emulator import Emulator
from scute_emulator.state.keys import load_key
from tests.emulator.support import Api, claims_of, header_of


def kids(api: Api) -> list[str]:
    return [key["kid"] for key in api("GET", "A/jwks")[1]["keys"]]


def test_a_token_verifies_against_the_published_key_set(emulator: Emulator, api: Api) -> None:
    payload = emulator.create_session("ada@example.com")
    key_set = jwt.PyJWKSet.from_dict(api("GET", "A/.well-known/jwks.json")[1])

    header = header_of(payload["access"])
    key = key_set[header["kid"]]
    claims = jwt.decode(payload["access"], key, ["RS256"], options={"verify_exp": False})

    assert header == {"alg": "RS256", "kid": emulator.state.keys.current.kid}
    assert claims["uuid"] == payload["user_id"]
    assert set(claims) == {"uuid", "aid", "uid", "wid", "exp"}


def test_the_pem_is_the_same_key(emulator: Emulator, api: Api) -> None:
    _, body = api("GET", "A/public_key")
    public = serialization.load_pem_public_key(body["public_key"].encode())

    assert public == emulator.state.keys.current.private.public_key()


def test_rotation_with_overlap_publishes_both_keys(emulator: Emulator, api: Api) -> None:
    (old,) = kids(api)

    new = emulator.rotate_keys(keep_old=True)

    assert kids(api) == [new, old]
    assert header_of(emulator.mint({}))["kid"] == new


def test_rotation_without_overlap_withdraws_the_old_key(emulator: Emulator, api: Api) -> None:
    (old,) = kids(api)

    new = emulator.rotate_keys(keep_old=False)

    assert kids(api) == [new] != [old]


def test_two_rotations_within_a_second_get_two_kids(
    emulator: Emulator, api: Api, signing_key: rsa.RSAPrivateKey
) -> None:
    emulator.rotate_keys(private=signing_key)
    emulator.rotate_keys(private=signing_key)

    assert len(set(kids(api))) == 3


def test_a_refresh_survives_a_withdrawn_key(emulator: Emulator, api: Api) -> None:
    refresh = emulator.create_session("ada@example.com")["refresh"]
    new = emulator.rotate_keys(keep_old=False)

    status, body = api("POST", "A/tokens/refresh", x_refresh_token=refresh)

    assert (status, body["key_id"]) == (200, new)


def test_any_key_can_be_published_beside_the_good_one(emulator: Emulator, api: Api) -> None:
    emulator.publish_key({"kty": "oct", "k": "AA"})

    assert api("GET", "A/jwks")[1]["keys"][1:] == [{"kty": "oct", "k": "AA"}]


def test_the_kid_can_be_left_out(emulator: Emulator) -> None:
    emulator.settings(emit_kid=False)

    token = emulator.create_session("ada@example.com")["access"]

    assert header_of(token) == {"alg": "RS256"}


def test_any_token_can_be_minted(emulator: Emulator) -> None:
    token = emulator.mint({"uuid": 7}, {"alg": "HS256", "kid": None, "crit": ["b64"]})

    assert header_of(token) == {"alg": "HS256", "crit": ["b64"]}
    assert claims_of(token) == {"uuid": 7}


def test_a_given_key_and_kid_are_used(signing_key: rsa.RSAPrivateKey) -> None:
    emulator = Emulator(signing_key=signing_key, kid="k1")

    assert emulator.state.keys.current.kid == "k1"
    assert emulator.state.keys.current.private is signing_key


def test_each_start_has_a_key_of_its_own() -> None:
    one, other = Emulator(), Emulator()

    assert one.state.keys.current.pem() != other.state.keys.current.pem()


def test_a_key_is_read_from_pem(signing_key: rsa.RSAPrivateKey) -> None:
    assert load_key(pem(signing_key)).private_numbers() == signing_key.private_numbers()


def test_what_is_no_rsa_key_is_refused() -> None:
    with pytest.raises(ValueError, match="no RSA key"):
        load_key(pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(ValueError, match="no unencrypted private key"):
        load_key(b"nonsense")


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
