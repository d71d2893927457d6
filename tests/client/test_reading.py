"""From an answer to a model: tolerant of all but what a model cannot be without."""

import json
from dataclasses import FrozenInstanceError, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.client import models
from scute_auth.client.groups.verification import create_with_intent
from scute_auth.client.models.apps import App
from scute_auth.client.models.keys import KeySet
from scute_auth.client.models.sessions import LinkSent, current_user, session, sign_in
from scute_auth.client.models.users import RequiredField, UserRecord, user
from scute_auth.client.models.webhooks import WebhookEndpoint
from scute_auth.client.reading import Model, inside, many, read

ADA: dict[str, Any] = {
    "id": "usr_1",
    "status": "active",
    "email": "ada@example.com",
    "email_verified": True,
    "created_at": "2027-01-15T08:00:00Z",
    "last_login_at": 1_800_000_000,
    "login_count": 3,
    "meta": {"team": "x"},
    "required_fields": [{"field": "team", "required": True}],
    "sessions": [{"id": 7, "type": "otp"}],
    "brand_new": [1, 2],
}


def modules() -> list[dict[str, Any]]:
    folder = Path(models.__file__).parent
    names = sorted(file.stem for file in folder.glob("*.py") if file.stem != "__init__")
    return [vars(import_module(f"{models.__name__}.{name}")) for name in names]


MODELS: list[type[Model]] = [
    value
    for module in modules()
    for value in module.values()
    if isinstance(value, type)
    and issubclass(value, Model)
    and value.__module__ == module["__name__"]
]


def test_a_user_is_read_field_by_field() -> None:
    ada = user({"user": ADA})

    assert (ada.id, ada.status, ada.email, ada.email_verified) == (
        *("usr_1", "active", "ada@example.com", True),
    )
    assert ada.created_at == ada.last_login_at == 1_800_000_000.0
    assert (ada.login_count, ada.phone, ada.phone_verified) == (3, None, False)
    assert ada.meta == {"team": "x"}
    assert ada.required_fields == (RequiredField(field="team", required=True),)
    assert ada.sessions[0].id == "7"


def test_unknown_fields_are_kept() -> None:
    assert user({"user": ADA}).raw["brand_new"] == [1, 2]


@pytest.mark.parametrize("wrapped", [True, False], ids=["below a key", "alone"])
def test_scutes_pages_show_objects_below_a_key_and_alone(wrapped: bool) -> None:
    assert user({"user": ADA} if wrapped else ADA).id == "usr_1"
    assert many("users", UserRecord)({"users": [ADA]} if wrapped else [ADA])[0].id == "usr_1"


def test_metadata_has_two_names() -> None:
    named = {"id": "u", "user_meta": {"a": 1}}

    assert read(UserRecord, named).meta == {"a": 1}
    assert read(UserRecord, named | {"meta": {"b": 2}}).meta == {"b": 2}
    assert read(UserRecord, named | {"meta": None}).meta == {"a": 1}


def test_what_stands_beside_the_object_belongs_to_it() -> None:
    made = user({"user": ADA, "user_meta_errors": {"x": ["is not declared"]}})
    seen = current_user({"user": ADA, "impersonation": {"actor": {"sub": "o"}, "reason": "r"}})

    assert made.meta_errors == {"x": ["is not declared"]}
    assert seen.impersonation is not None
    assert (seen.impersonation.actor, seen.impersonation.reason) == ({"sub": "o"}, "r")


@pytest.mark.parametrize(
    "odd",
    [
        *({"email": 7.5}, {"email": ""}, {"email": None}, {"email_verified": "yes"}),
        *({"login_count": "3"}, {"login_count": True}, {"created_at": "soon"}),
        *({"created_at": float("nan")}, {"created_at": [1]}, {"created_at": 10**400}),
        *({"meta": [1]}, {"sessions": 7}, {"sessions": ["x", None]}, {"required_fields": {}}),
    ],
    ids=lambda odd: ascii(odd)[:40],
)
def test_what_is_of_another_type_counts_as_left_out(odd: dict[str, Any]) -> None:
    assert read(UserRecord, {"id": "u"} | odd) == UserRecord(id="u")


@pytest.mark.parametrize("value", [None, [], "x", 7, {}, {"id": ""}, {"id": None}, {"id": [1]}])
def test_without_what_it_needs_there_is_no_model(value: Any) -> None:
    with pytest.raises(ValueError, match=r"not an object|id is missing"):
        read(UserRecord, value)


def test_a_list_keeps_what_is_of_its_type() -> None:
    app = read(App, {"id": "a", "allowed_identifiers": ["email", 7, None, {}]})

    assert app.allowed_identifiers == ("email", "7")
    assert read(KeySet, {"keys": [{"kid": "1"}, 7]}).keys == ({"kid": "1"},)


def test_the_status_of_a_verification_may_be_a_number() -> None:
    started = create_with_intent("x", {}, token="t").parse({"id": "v1", "status": 200})

    assert (started.verification_id, started.status) == ("v1", "200")


@pytest.mark.parametrize("access", ["a b", "a\r\nx: y", "\u00e9", "a" * 9000])
def test_what_is_no_token_starts_no_session(access: str) -> None:
    for parse in (session, sign_in):
        with pytest.raises(ValueError, match="not a token"):
            parse({"access": access})


def test_nothing_secret_is_shown() -> None:
    every = [
        session({"access": "s3cret", "refresh": "s3cret", "csrf": "s3cret"}),
        read(WebhookEndpoint, {"id": "w", "secret": "s3cret"}),
        inside("magic_link", LinkSent)({"magic_link": {"id": "s3cret"}}),
    ]

    assert "s3cret" not in repr(every)
    assert "s3cret" not in repr(tuple(every))


SECRET_WORDS = ("token", "secret", "access", "refresh", "csrf", "signature", "codes", "uri")
OPEN = {
    *("access_expiration", "access_expires_at", "refresh_expiration", "refresh_expires_at"),
    *("auto_refresh", "refresh_payload", "backup_codes_available", "remaining_backup_codes"),
}


@pytest.mark.parametrize("kind", MODELS, ids=[kind.__name__ for kind in MODELS])
class TestEachModel:
    def test_it_is_a_value(self, kind: type[Model]) -> None:
        assert is_dataclass(kind)
        made = _made(kind)
        with pytest.raises((FrozenInstanceError, TypeError)):
            made.raw = {}  # type: ignore[misc]
        assert not hasattr(made, "__dict__")
        assert hash(made) == hash(_made(kind))
        assert made == _made(kind)

    def test_it_hides_what_sounds_secret(self, kind: type[Model]) -> None:
        names = {each.name for each in fields(kind) if each.repr} - OPEN

        assert not [name for name in names if any(word in name for word in SECRET_WORDS)]

    def test_it_has_a_docstring_where_its_name_says_too_little(self, kind: type[Model]) -> None:
        assert kind.__doc__


def _made(kind: type[Model]) -> Model:
    """One with nothing in it but what it needs."""
    return read(kind, {"raw": 1} | {each.name: _least(each.type) for each in fields(kind)})


def _least(hint: Any) -> Any:
    if "MfaMethod" in str(hint):
        return {"id": "e1", "method": "totp"}
    return [{"a": {}}] if "tuple" in str(hint) else "x"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: (
        st.lists(children)
        | st.dictionaries(st.sampled_from(["id", "created_at", "meta", "sessions"]), children)
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from(MODELS))
def test_any_json_is_read_or_is_no_model(value: Any, kind: type[Model]) -> None:
    value = json.loads(json.dumps(value))
    try:
        found = read(kind, value)
    except ValueError:
        return
    assert found.raw is value
