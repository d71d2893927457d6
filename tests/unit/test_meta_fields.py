"""The fields that an app declares: which are asked for, and what a form's texts become."""

from typing import Any

import pytest

from scute_auth.meta_fields import MetaField, lacking, meta_fields, typed

NAME = MetaField("first_name", "First name", "string", is_required=True)
AGE = MetaField("age", "Age", "integer", is_required=False)
TERMS = MetaField("terms", "I agree", "boolean", is_required=True)
NEWS = MetaField("news", "Send me news", "boolean", is_required=False)
ALL = (NAME, AGE, TERMS, NEWS)


def declared(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "name": "First name",
        "field_name": "first_name",
        "field_type": "string",
        "visible_registration": True,
        "required": True,
    } | changes


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, NAME),
        ({"visible_registration": False}, NAME),
        ({"required": False}, MetaField("first_name", "First name", "string", is_required=False)),
        ({"name": ""}, MetaField("first_name", "first_name", "string", is_required=True)),
        ({"name": 7}, MetaField("first_name", "first_name", "string", is_required=True)),
        ({"field_type": None}, MetaField("first_name", "First name", "None", is_required=True)),
    ],
    ids=str,
)
def test_a_field_is_read_as_it_is_declared(changes: dict[str, Any], expected: MetaField) -> None:
    assert meta_fields([declared(**changes)]) == (expected,)


@pytest.mark.parametrize(
    "entry",
    [
        declared(visible_registration=False, required=False),
        declared(required="yes", visible_registration=1),
        declared(field_name=""),
        declared(field_name=None),
        declared(field_name='x" onfocus="alert(1)'),
        declared(field_name="x" * 65),
        "first_name",
        None,
    ],
    ids=str,
)
def test_what_is_hidden_or_malformed_is_no_field_and_spoils_no_other(entry: object) -> None:
    assert meta_fields([entry, declared()]) == (NAME,)


@pytest.mark.parametrize("schema", [None, {}, "x", 7, []], ids=str)
def test_without_a_schema_there_are_no_fields(schema: object) -> None:
    assert meta_fields(schema) == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"first_name": "  Ana "}, {"first_name": "Ana"}),
        ({"first_name": "  "}, {}),
        ({"age": "42"}, {"age": 42}),
        ({"age": "-1"}, {"age": -1}),
        ({"age": "4.2"}, {"age": "4.2"}),
        ({"age": "9" * 5000}, {"age": "9" * 5000}),
        ({"age": 42}, {"age": 42}),
        ({"terms": "yes"}, {"terms": True}),
        ({"terms": ""}, {"terms": False}),
        ({"terms": True}, {"terms": True}),
        ({"other": "x"}, {"other": "x"}),
    ],
    ids=str,
)
def test_a_forms_texts_become_what_the_app_declared(
    given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert typed(ALL, given) == {"terms": False, "news": False} | expected


def test_what_is_lacking_is_what_is_required_and_not_there() -> None:
    assert lacking(ALL, {}) == [NAME, TERMS]
    assert lacking(ALL, {"first_name": "", "terms": False}) == [NAME, TERMS]
    assert lacking(ALL, {"first_name": "Ana", "terms": True}) == []
    assert lacking((AGE,), {"age": 0}) == []
    required = MetaField("age", "Age", "integer", is_required=True)
    assert lacking((required,), {"age": 0}) == []
