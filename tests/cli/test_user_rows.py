"""The users in a file, and what is wrong with those that cannot be sent."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.cli.user_rows import Row, read_rows, shielded

ADA = {"email": "ada@example.com"}


def from_csv(*lines: str) -> list[Row]:
    return read_rows("\r\n".join(lines), is_json=False)


def from_json(value: object) -> list[Row]:
    return read_rows(json.dumps(value), is_json=True)


def test_a_row_of_csv_is_a_user() -> None:
    rows = from_csv(
        "email,phone,external_id,name,status,meta.team,meta.plan",
        "Ada@EXAMPLE.com,+49 151 123-456,crm-7,Ada Lovelace,inactive,x,",
    )

    assert rows == [
        Row(
            "line 2",
            {
                "email": "Ada@example.com",
                "phone": "+49151123456",
                "external_id": "crm-7",
                "first_name": "Ada Lovelace",
                "status": "inactive",
                "user_meta": {"team": "x"},
            },
        )
    ]
    assert rows[0].key == "Ada@example.com"


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_item_of_json_is_a_user(wrapped: bool) -> None:
    users: Any = [{"identifier": "+49151123456", "user_meta": {"n": 1}, "external_id": None}]
    rows = from_json({"users": users} if wrapped else users)

    assert rows == [Row("item 1", {"phone": "+49151123456", "user_meta": {"n": 1}})]
    assert rows[0].key == "+49151123456"


@pytest.mark.parametrize(
    ("identifier", "field"), [("a@b.example", "email"), ("+49 151 12345", "phone")]
)
def test_an_identifier_is_either(identifier: str, field: str) -> None:
    assert [*from_csv("identifier", identifier)[0].fields] == [field]


def test_what_scute_fills_in_itself_is_not_sent() -> None:
    rows = from_csv("id,email,created_at,last_login_at", "u1,ada@example.com,7,8")

    assert rows[0].fields == ADA
    assert from_json([{"id": "u1", **ADA}])[0].fields == ADA


def test_a_quoted_cell_may_hold_several_lines() -> None:
    rows = from_csv("email,name", 'ada@example.com,"Ada', 'Lovelace"', "bob@example.com,Bob")

    assert [row.place for row in rows] == ["line 3", "line 4"]
    assert rows[0].fields["first_name"] == "Ada\r\nLovelace"


FAULTS: dict[str, tuple[list[Row], str]] = {
    "no address": (from_csv("email,phone", ","), "neither an e-mail address nor a phone"),
    "bad address": (from_csv("email", "a@b@c"), "email is not valid"),
    "two addresses": (from_csv("identifier", '"a@x.de,b@y.de"'), "email is not valid"),
    "bad number": (from_csv("phone", "abc"), "phone is not valid"),
    "one bad of two": (from_csv("email,phone", "ada@example.com,abc"), "phone is not valid"),
    "bad status": (from_csv("email,status", "a@b.de,gone"), "status is neither active nor"),
    "too many cells": (from_csv("email", "a@b.de,more"), "more cells than there are columns"),
    "no object": (from_json(["x"]), "it is no object"),
    "unknown name": (from_json([{**ADA, "teem": "x"}]), "'teem' is not known; put it into"),
    "a number": (from_json([{"phone": 491511234}]), "phone is no text"),
    "meta is no object": (from_json([{**ADA, "user_meta": [1]}]), "user_meta is no object"),
}


@pytest.mark.parametrize("case", sorted(FAULTS))
def test_a_faulty_row_says_what_is_wrong(case: str) -> None:
    [row], told = FAULTS[case]

    assert told in row.fault
    assert row.fields == {}


def test_the_same_user_twice_is_a_fault_of_the_second() -> None:
    rows = from_csv(
        "email,phone", "ada@example.com,", "ADA@example.com,", ",+4915112", ",+49 15112"
    )

    assert [row.fault for row in rows] == [
        *("", "an earlier row has the same address or number"),
        *("", "an earlier row has the same address or number"),
    ]


@pytest.mark.parametrize(
    ("text", "is_json", "told"),
    [
        ("", False, "no column is called email, phone or identifier"),
        ("name\nAda", False, "no column is called"),
        ("email,team\na@b.de,x", False, "column 'team' is not known; call it meta.team"),
        ('email\n"a@b.de', False, "line 1: "),
        ("{}", True, "a list of users is expected"),
        ('{"users": 7}', True, "a list of users is expected"),
        ("7", True, "a list of users is expected"),
        ("{", True, "Expecting"),
    ],
)
def test_a_file_that_is_none_of_users_is_refused(text: str, is_json: bool, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_rows(text, is_json=is_json)


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@x", "\tx", "\rx", "'x", "'=x", "x", "x="])
def test_no_cell_is_a_formula_and_each_comes_back(text: str) -> None:
    cell = shielded(text)

    assert cell[0] not in "=+-@\t\r"
    assert from_csv("email,external_id", f'a@b.de,"{cell}"')[0].fields["external_id"] == text


@given(st.text(), st.booleans())
def test_any_text_is_read_or_refused(text: str, is_json: bool) -> None:
    try:
        rows = read_rows(text, is_json=is_json)
    except ValueError:
        return
    assert all(row.fault or row.key for row in rows)
