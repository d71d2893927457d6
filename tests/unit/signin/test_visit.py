"""What a request to our own routes submits: a form, a JSON object, or nothing that counts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.http import RequestView
from scute_auth.signin.visit import submitted
from tests.unit.sessions import request

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def body(content: bytes, kind: str = FORM) -> RequestView:
    return request("POST", "/auth/x", {"content-type": kind}, body=content)


class TestAForm:
    def test_its_fields_are_read(self) -> None:
        submission = submitted(body(b"identifier=ana%40example.com&next=%2Fa&empty="))

        assert submission is not None
        assert submission.get("identifier") == "ana@example.com"
        assert submission.get("next") == "/a"
        assert submission.get("empty") == ""
        assert submission.get("absent") == ""

    def test_a_new_users_data_stands_under_meta(self) -> None:
        submission = submitted(body(b"identifier=a&meta.first_name=Ana"))

        assert submission is not None
        assert submission.meta == {"first_name": "Ana"}
        assert submission.get("meta.first_name") == ""

    def test_without_a_type_it_is_a_form(self) -> None:
        submission = submitted(request("POST", "/auth/x", body=b"a=b"))

        assert submission is not None
        assert submission.get("a") == "b"

    @pytest.mark.parametrize(
        "content",
        [b"a=1&a=2", b"meta.a=1&meta.a=2", b"a=%ff", b"\xff=1", b"&".join([b"a=1"] * 65)],
        ids=["twice", "meta-twice", "no-utf-8", "no-ascii", "65-fields"],
    )
    def test_one_that_can_be_read_in_two_ways_is_none(self, content: bytes) -> None:
        assert submitted(body(content)) is None


class TestJson:
    def test_its_fields_are_read(self) -> None:
        content = {"identifier": "ana@example.com", "user_meta": {"first_name": "Ana", "age": 5}}

        submission = submitted(body(json.dumps(content).encode(), "application/json; charset=x"))

        assert submission is not None
        assert submission.get("identifier") == "ana@example.com"
        assert submission.meta == {"first_name": "Ana", "age": 5}

    def test_an_empty_body_is_an_empty_object(self) -> None:
        submission = submitted(body(b"", JSON))

        assert submission is not None
        assert submission.fields == {}

    @pytest.mark.parametrize(
        "content",
        [
            b"[]",
            b'"text"',
            b"null",
            b"{",
            b'{"a": 1}',
            b'{"a": null}',
            b'{"user_meta": []}',
            b'{"a": "1", "a": "2"}',
            b'{"user_meta": {"a": NaN}}',
            b'{"a": "\\ud800"}',
            b'{"user_meta": {"\\udfff": "x"}}',
            b"\xff",
            b"\xef\xbb\xbf{}",
            b"[" * 60_000,
            b'{"a": ' + b"9" * 5000 + b"}",
            b'{"user_meta": {"a": ' + b"[" * 1000 + b"]" * 1000 + b"}}",
            b'{"user_meta": ' + b'{"a": ' * 1000 + b"1" + b"}" * 1001,
            b'{"user_meta": {"a": 1e400}}',
            b'{"user_meta": {"a": -1e400}}',
        ],
        ids=[
            "list",
            "text",
            "null",
            "open",
            "number",
            "field-null",
            "meta-list",
            "twice",
            "nan",
            "surrogate",
            "meta-surrogate",
            "no-utf-8",
            "bom",
            "deep",
            "digits",
            "thousand-lists",
            "thousand-objects",
            "infinite",
            "minus-infinite",
        ],
    )
    def test_anything_but_an_object_of_texts_is_none(self, content: bytes) -> None:
        assert submitted(body(content, JSON)) is None


@given(st.binary(max_size=200), st.sampled_from([FORM, JSON, "", "text/plain"]))
def test_no_body_is_too_odd(content: bytes, kind: str) -> None:
    submission = submitted(body(content, kind))

    if submission is not None:
        repr(submission)
        json.dumps(dict(submission.fields), ensure_ascii=False).encode()


def test_nothing_that_was_submitted_is_in_the_repr() -> None:
    submission = submitted(body(b"identifier=ana%40example.com"))

    assert "ana" not in repr(submission)
