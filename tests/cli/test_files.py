"""A file of users, read and checked before anything is sent."""

import json
from pathlib import Path
from typing import Any

import pytest

from scute_auth.cli.users.columns import bare, quiet
from scute_auth.cli.users.files import read
from scute_auth.cli.users.rows import BadRow, Row, checked

MAIL = "ana@example.com"


def rows_of(path: Path, text: str) -> tuple[list[Row], list[BadRow]]:
    path.write_bytes(text.encode())
    return checked(read(str(path), None).records)


def reasons(*records: dict[str, Any]) -> list[str]:
    return [each.reason for each in checked(enumerate(records, start=1))[1]]


class TestCsv:
    def test_it_gives_rows_as_a_spreadsheet_counts_them(self, tmp_path: Path) -> None:
        text = (
            "\ufeffemail,phone,first_name,user_meta.plan,user_meta\r\n"
            ' Ana@EXAMPLE.com ,+49 (151) 123-456,Ana,pro,"{""seats"": 2}"\r\n'
            "\r\n"
            "bob@example.com,,,,\r\n"
        )

        rows, bad = rows_of(tmp_path / "users.csv", text)

        assert bad == []
        meta = {"seats": 2, "plan": "pro"}
        assert rows == [
            Row(2, "Ana@example.com", "+49151123456", {"first_name": "Ana", "user_meta": meta}),
            Row(4, "bob@example.com", None, {}),
        ]

    def test_semicolons_part_cells_where_the_header_has_them(self, tmp_path: Path) -> None:
        rows, _ = rows_of(tmp_path / "u.csv", "identifier;last_name\nana@example.com;Bo, Jr\n")

        assert rows == [Row(2, MAIL, None, {"last_name": "Bo, Jr"})]

    def test_an_exports_own_columns_are_passed_over(self, tmp_path: Path) -> None:
        rows, bad = rows_of(tmp_path / "u.csv", f"id,created_at,email\n7,2026,{MAIL}\n")

        assert (rows, bad) == ([Row(2, MAIL, None, {})], [])

    def test_a_whole_name_is_taken_where_there_is_no_first_name(self, tmp_path: Path) -> None:
        text = "email,name,first_name\na@x.com,Ana Bo,\nb@x.com,Bob Bo,Bob\n"

        rows, _ = rows_of(tmp_path / "u.csv", text)

        assert [row.fields["first_name"] for row in rows] == ["Ana Bo", "Bob"]

    def test_a_row_of_other_length_is_bad_alone(self, tmp_path: Path) -> None:
        rows, bad = rows_of(tmp_path / "u.csv", f"email,phone\nx\n{MAIL},\n")

        assert bad == [BadRow(2, "1 cells, and 2 columns")]
        assert [row.number for row in rows] == [3]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("email,plan\n", "unknown column 'plan'"),
            ("email,email\n", "two columns are named 'email'"),
            ("", "it is empty"),
            ('email\n"a"b\n', "line 2: "),
            ("email\nj\udcfcrg@example.com\n", "save it as UTF-8"),
        ],
        ids=["unknown", "twice", "empty", "quotes", "Latin-1"],
    )
    def test_a_fault_of_the_whole_file_is_said(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "users.csv"
        path.write_bytes(text.encode("utf-8", "surrogateescape"))

        with pytest.raises(ValueError, match=said) as error:
            read(str(path), None)
        assert str(error.value).startswith(f"{path}: ")


class TestJson:
    def test_a_list(self, tmp_path: Path) -> None:
        items = [{"email": MAIL, "external_id": 7, "user_meta": {"a": True}}, "x"]

        rows, bad = rows_of(tmp_path / "u.json", json.dumps(items))

        assert rows == [Row(1, MAIL, None, {"external_id": "7", "user_meta": {"a": True}})]
        assert bad == [BadRow(2, "this is no object")]

    def test_an_object_in_each_line(self, tmp_path: Path) -> None:
        lines = f'{{"email": "{MAIL}"}}\n\n{{"email": \n[1]\n{{"plan": 1}}\n'

        rows, bad = rows_of(tmp_path / "u.jsonl", lines)

        assert rows == [Row(1, MAIL, None, {})]
        assert [each.number for each in bad] == [3, 4, 5]
        assert bad[0].reason.startswith("bad JSON: ")
        assert bad[2].reason == "unknown column 'plan'"

    def test_a_broken_list_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"u\.json: "):
            rows_of(tmp_path / "u.json", "[{]")


def test_an_unknown_suffix_needs_a_format(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    path.write_text(f"email\n{MAIL}\n")

    assert read(str(path), "csv").records == [(2, {"email": MAIL})]
    with pytest.raises(ValueError, match="--format csv or --format json"):
        read(str(path), None)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"email": "nobody"}, "email: 'nobody' is no e-mail address"),
        ({"email": "a@x.com,b@x.com"}, "is no e-mail address"),
        ({"phone": "0151 123456"}, "phone: '0151 123456' is no phone number"),
        ({"phone": "+0151123456"}, "(E.164)"),
        ({"phone": "+1"}, "(E.164)"),
        ({"identifier": "x@"}, "identifier: 'x@' is no e-mail address"),
        ({"identifier": "12"}, "identifier: '12' is no phone number"),
        ({"identifier": MAIL, "email": "b@x.com"}, "identifier: another than email"),
        ({"identifier": "+49151123456", "phone": "+49151123457"}, "another than phone"),
        ({"first_name": "Ana"}, "no email, phone or identifier"),
        ({"email": ["x"]}, "email: this is no text"),
        ({"email": True}, "email: this is no text"),
        ({"email": MAIL, "status": "gone"}, "status: 'gone' is none of active, "),
        ({"email": MAIL, "user_meta": "{x"}, "user_meta: bad JSON: "),
        ({"email": MAIL, "user_meta": [1]}, "user_meta: this is no object"),
        ({"email": MAIL, "secret": "x"}, "unknown column 'secret'"),
    ],
    ids=str,
)
def test_a_bad_row_says_why(cells: dict[str, Any], said: str) -> None:
    assert said in reasons(cells)[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": MAIL}, {"identifier": "ANA@Example.com"}),
        ({"phone": "+49 151 123456"}, {"phone": "+49151123456"}),
        ({"email": MAIL, "external_id": "7"}, {"email": "b@x.com", "external_id": 7}),
    ],
    ids=["email", "phone", "external id"],
)
def test_who_is_there_twice_is_bad_the_second_time(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    rows, bad = checked(enumerate([one, {"email": "c@x.com"}, other], start=2))

    assert [row.number for row in rows] == [2, 3]
    assert bad[0].number == 4
    assert bad[0].reason.endswith("is in row 2 already")


def test_identifier_may_repeat_the_address() -> None:
    rows, _ = checked([(1, {"identifier": MAIL, "email": MAIL.upper()})])

    assert rows == [Row(1, MAIL, None, {})]


def test_no_address_is_in_the_repr_of_a_row() -> None:
    assert "ana" not in repr(Row(1, MAIL, "+49151", {"first_name": "ana"}))


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+49151123456", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "'=1", "''+1"],  # noqa: RUF001 - on purpose
)
def test_a_cell_that_begins_like_a_formula_is_text(cell: str) -> None:
    assert quiet(cell) == f"'{cell}"
    assert bare(quiet(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Ana", "O'Brien", "'tis", "1=1", "a@x.com"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert quiet(cell) == cell
    assert bare(cell) == cell
